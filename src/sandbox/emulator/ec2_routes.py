"""Routes, network ACLs and their associations: what AWS refuses, and what moto leaves out.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from .hooks import Context, Result, after, before, instead
from .wire import AwsError

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def _destination(context: Context) -> str:
    return next((context.params[name] for name in _DESTINATIONS if context.params.get(name)), "")


@before("ec2:CreateRoute", when="validation")
def create(context: Context) -> None:
    table = context.ec2.get_route_table(context.params["RouteTableId"])
    destination = _destination(context)
    route = table._routes.get(f"{table.id}~{destination}")
    if route is not None:
        raise AwsError("RouteAlreadyExists", f"The route identified by {destination} already exists.")
    _check_target(context, table)


@before("ec2:ReplaceRoute", when="validation")
def replace(context: Context) -> None:
    table = context.ec2.get_route_table(context.params["RouteTableId"])
    _check_target(context, table)


def _check_target(context: Context, table: Any) -> None:
    ec2, params = context.ec2, context.params
    nat, gateway = params.get("NatGatewayId"), params.get("GatewayId") or ""
    if nat and (nat not in ec2.nat_gateways or ec2.nat_gateways[nat].state == "deleted"):
        raise AwsError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")
    if gateway.startswith("igw-"):
        igw = ec2.get_internet_gateway(gateway)
        if igw.vpc is None or igw.vpc.id != table.vpc_id:
            raise AwsError(
                "InvalidParameterValue",
                f"route table {table.id} and network gateway {gateway} belong to different networks",
            )
    destination = params.get("DestinationCidrBlock")
    if destination and (nat or gateway.startswith("igw-")):
        vpc = ec2.get_vpc(table.vpc_id)
        block = ipaddress.IPv4Network(destination)
        if any(
            block.subnet_of(ipaddress.IPv4Network(own["cidr_block"], strict=False))
            for own in vpc.get_cidr_block_association_set()
        ):
            raise AwsError(
                "InvalidParameterValue",
                f"The destination CIDR block {destination} is equal to or more specific than one of "
                "this VPC's CIDR blocks. This route can target only an interface or an instance.",
            )


@before("ec2:DeleteRoute", when="validation")
def delete(context: Context) -> None:
    table = context.ec2.get_route_table(context.params["RouteTableId"])
    route = table._routes.get(f"{table.id}~{_destination(context)}")
    if route is not None and route.local:
        raise AwsError(
            "InvalidParameterValue",
            f"cannot remove local route {_destination(context)} in route table {table.id}",
        )


@instead("ec2:AssociateRouteTable")
def associate(context: Context) -> Result:
    """A subnet has at most one association of its own; asking for it again is no error."""
    params = context.params
    for table in context.ec2.route_tables.values():
        for association, target in table._associations.items():
            if target != params.get("SubnetId"):
                continue
            if table.id == params["RouteTableId"]:
                return {"AssociationId": association, "AssociationState": {"State": "associated"}}
            if context.behaviour("validation"):
                raise AwsError(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {params['RouteTableId']} "
                    "conflicts with an existing association",
                )
    return context.moto()


@after("ec2:CreateNetworkAcl")
def implicit_deny(context: Context, result: Result) -> Result:
    """Every ACL ends with a deny of everything, as rule 32767 in both directions."""
    key = result["NetworkAcl"]["NetworkAclId"]
    for egress in (False, True):
        context.ec2.create_network_acl_entry(
            key, 32767, "-1", "deny", egress, "0.0.0.0/0", None, None, None, None, None
        )
    return {
        "NetworkAcl": context.moto("DescribeNetworkAcls", {"NetworkAclIds": [key]})["NetworkAcls"][0],
        "ClientToken": context.params.get("ClientToken"),
    }


@instead("ec2:ReplaceNetworkAclAssociation")
def replace_acl_association(context: Context) -> Result:
    """moto fails with an internal error if the association is unknown."""
    key = context.params["AssociationId"]
    context.ec2.get_network_acl(context.params["NetworkAclId"])
    if not any(key in acl._associations for acl in context.ec2.network_acls.values()):
        raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{key}' does not exist")
    return context.moto()


@before("ec2:DeleteNetworkAclEntry", "ec2:ReplaceNetworkAclEntry")
def acl_entry(context: Context) -> None:
    """moto fails with an internal error if the entry is unknown."""
    params = context.params
    acl = context.ec2.get_network_acl(params["NetworkAclId"])
    wanted = (params["RuleNumber"], params["Egress"])
    if not any((entry.rule_number, entry.egress) == wanted for entry in acl.network_acl_entries):
        raise AwsError(
            "InvalidNetworkAclEntry.NotFound",
            f"The network acl entry identified by {params['RuleNumber']} does not exist.",
        )
