"""Deletes that AWS refuses because something still depends on the object.

Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .ec2_nat import ALIVE
from .hooks import Context, Result, after, before
from .wire import AwsError


def _violation(kind: str, key: str) -> AwsError:
    return AwsError("DependencyViolation", f"The {kind} '{key}' has dependencies and cannot be deleted.")


def _groups(ec2: Any) -> Iterator[Any]:
    for groups in ec2.groups.values():
        yield from groups.values()


def _nats(ec2: Any, **where: str) -> list[Any]:
    return [
        nat for nat in ec2.nat_gateways.values()
        if nat.state in ALIVE and all(getattr(nat, name) == value for name, value in where.items())
    ]


@before("ec2:DeleteVpc", when="dependencies")
def vpc(context: Context) -> None:
    ec2, key = context.ec2, context.params["VpcId"]
    ec2.get_vpc(key)
    left = (
        any(subnet.vpc_id == key for subnet in ec2.describe_subnets())
        or any(igw.vpc and igw.vpc.id == key for igw in ec2.internet_gateways.values())
        or any(group.vpc_id == key and not group.is_default for group in _groups(ec2))
        or any(t.vpc_id == key and not t.main_association_id for t in ec2.route_tables.values())
        or any(acl.vpc_id == key and not acl.default for acl in ec2.network_acls.values())
        or any(endpoint.vpc_id == key for endpoint in ec2.vpc_end_points.values())
        or any(eni.subnet.vpc_id == key for eni in ec2.enis.values())
        or bool(_nats(ec2, vpc_id=key))
    )
    if left:
        raise _violation("vpc", key)


@after("ec2:DeleteVpc")
def vpc_gone(context: Context, result: Result) -> None:
    """The default network ACL goes with its VPC; moto leaves it behind."""
    acls = context.ec2.network_acls
    for key in [key for key, acl in acls.items() if acl.vpc_id == context.params["VpcId"]]:
        del acls[key]


@before("ec2:DeleteSubnet", when="dependencies")
def subnet(context: Context) -> None:
    ec2, key = context.ec2, context.params["SubnetId"]
    ec2.get_subnet(key)
    if _nats(ec2, subnet_id=key) or any(eni.subnet.id == key for eni in ec2.enis.values()):
        raise _violation("subnet", key)


@after("ec2:DeleteSubnet")
def subnet_gone(context: Context, result: Result) -> None:
    """A subnet takes its route table and network ACL associations with it."""
    key = context.params["SubnetId"]
    for table in context.ec2.route_tables.values():
        for association in [name for name, target in table._associations.items() if target == key]:
            del table._associations[association]
    for acl in context.ec2.network_acls.values():
        for association in [n for n, link in acl._associations.items() if link.subnet_id == key]:
            del acl._associations[association]


@before("ec2:DeleteSecurityGroup", when="dependencies")
def security_group(context: Context) -> None:
    ec2, params = context.ec2, context.params
    group = ec2.get_security_group_by_name_or_id(params.get("GroupId") or params.get("GroupName"))
    if group is None:
        return
    if group.is_default:
        raise AwsError(
            "CannotDelete",
            f'the specified group: "{group.id}" name: "default" cannot be deleted by a user',
        )
    referenced = any(
        rule.source_group.get("GroupId") == group.id
        for other in _groups(ec2) if other is not group
        for rule in (*other.ingress_rules, *other.egress_rules)
    )
    used = any(any(one.id == group.id for one in eni.group_set) for eni in ec2.enis.values())
    if referenced or used:
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")


@before("ec2:DetachInternetGateway", when="dependencies")
def attachment(context: Context) -> None:
    ec2, params = context.ec2, context.params
    igw = ec2.get_internet_gateway(params["InternetGatewayId"])
    attached = igw.vpc is not None and igw.vpc.id == params["VpcId"]
    mapped = _nats(ec2, vpc_id=params["VpcId"], connectivity_type="public") or any(
        address.eni and address.eni.subnet.vpc_id == params["VpcId"] for address in ec2.addresses
    )
    if attached and mapped:
        raise AwsError(
            "DependencyViolation",
            f"Network {params['VpcId']} has some mapped public address(es). "
            "Please unmap those public address(es) before detaching the gateway.",
        )


@before("ec2:ReleaseAddress", when="dependencies")
def address(context: Context) -> None:
    for found in _addresses(context):
        if found.association_id:
            raise AwsError("InvalidIPAddress.InUse", f"Address {found.public_ip} is in use.")


@before("ec2:DisassociateAddress", when="dependencies")
def association(context: Context) -> None:
    """The address of a NAT gateway can only be freed by deleting the gateway."""
    nat_interfaces = [nat._eni for nat in _nats(context.ec2)]
    for found in _addresses(context):
        if any(found.eni is interface for interface in nat_interfaces):
            raise AwsError("AuthFailure", "You do not have permission to access the specified resource.")


def _addresses(context: Context) -> list[Any]:
    params = context.params
    wanted = {params.get(name) for name in ("AllocationId", "AssociationId", "PublicIp")} - {None}
    return [
        found for found in context.ec2.addresses
        if wanted & {found.allocation_id, found.association_id, found.public_ip}
    ]


@before("ec2:DeleteRouteTable", when="dependencies")
def route_table(context: Context) -> None:
    key = context.params["RouteTableId"]
    table = context.ec2.get_route_table(key)
    if table.main_association_id or table._associations:
        raise _violation("routeTable", key)


@before("ec2:DisassociateRouteTable", when="dependencies")
def main_association(context: Context) -> None:
    key = context.params["AssociationId"]
    if any(table.main_association_id == key for table in context.ec2.route_tables.values()):
        raise AwsError("InvalidParameterValue", f"cannot disassociate the main route table association {key}")


@before("ec2:DeleteNetworkAcl", when="dependencies")
def network_acl(context: Context) -> None:
    key = context.params["NetworkAclId"]
    if context.ec2.get_network_acl(key).default:
        raise AwsError("InvalidParameterValue", f"cannot delete default network ACL {key}")
