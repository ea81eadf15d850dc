"""What AWS checks in an EC2 request, or tidies up in it, and moto does not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from .ec2_reads import read_all
from .ec2_tables import TABLES
from .hooks import Context, Result, after, before
from .wire import AwsError

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
_GROUP_TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
_TAGGABLE = {
    "CreateVpc": "vpc", "CreateSubnet": "subnet", "CreateInternetGateway": "internet-gateway",
    "AllocateAddress": "elastic-ip", "CreateNatGateway": "natgateway",
    "CreateRouteTable": "route-table", "CreateSecurityGroup": "security-group",
    "AuthorizeSecurityGroupIngress": "security-group-rule",
    "AuthorizeSecurityGroupEgress": "security-group-rule", "CreateNetworkAcl": "network-acl",
    "CreateVpcEndpoint": "vpc-endpoint", "CreateFlowLogs": "vpc-flow-log",
}


@before("ec2:*")
def young_ids(context: Context) -> None:
    """A write may land on a replica that has not heard of an id it names."""
    rate = context.behaviour("new_id_unknown")
    if not rate or not context.call.mutating:
        return
    for text in _texts(context.params):
        for table in TABLES.values():
            if text.startswith(table.prefix):
                view = context.account.view(context.call.region, table.operation)
                if view.unseen(text) and context.account.chance(rate):
                    code, message = table.unknown
                    raise AwsError(code, message.format(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


@before(*(f"ec2:{operation}" for operation in _TAGGABLE), when="validation")
def tag_specifications(context: Context) -> None:
    kind = _TAGGABLE[context.call.operation]
    for spec in context.params.get("TagSpecifications") or []:
        if spec.get("ResourceType") != kind:
            raise AwsError(
                "InvalidParameterValue",
                f"'{spec.get('ResourceType')}' is not a valid taggable resource type for this operation.",
            )
        check_tags(spec.get("Tags") or [])


@before("ec2:CreateTags", when="validation")
def tags(context: Context) -> None:
    check_tags(context.params.get("Tags") or [])
    for key in context.params.get("Resources") or []:
        for table in TABLES.values():
            if key.startswith(table.prefix):
                if key not in read_all(context, table):
                    code, message = table.unknown
                    raise AwsError(code, message.format(key))


def check_tags(given: list[dict[str, Any]]) -> None:
    keys = [tag.get("Key") or "" for tag in given]
    if len(keys) != len(set(keys)):
        raise AwsError("InvalidParameterValue", "Duplicate tag keys are not allowed.")
    for key in keys:
        if not 0 < len(key) <= 128:
            raise AwsError("InvalidParameterValue", "Tag keys must have between 1 and 128 characters")
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")


@before("ec2:CreateVpc", "ec2:CreateSubnet", "ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute",
        "ec2:CreateNetworkAclEntry", "ec2:ReplaceNetworkAclEntry", when="validation")
def canonical_cidrs(context: Context) -> None:
    """AWS zeroes the host bits: 10.0.0.7/16 becomes 10.0.0.0/16."""
    for member in ("CidrBlock", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "Ipv6CidrBlock"):
        value = context.params.get(member)
        if value:
            network = ipaddress.IPv6Network if "Ipv6" in member else ipaddress.IPv4Network
            try:
                context.params[member] = str(network(value, strict=False))
            except ValueError:
                raise AwsError(
                    "InvalidParameterValue",
                    f"Value ({value}) for parameter {member[0].lower() + member[1:]} is invalid. "
                    "This is not a valid CIDR block.",
                ) from None


@before("ec2:CreateSubnet", when="validation")
def subnet(context: Context) -> None:
    params = context.params
    if not 16 <= ipaddress.ip_network(params["CidrBlock"]).prefixlen <= 28:
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{params['CidrBlock']}' is invalid.")
    zones = context.ec2.describe_availability_zones()
    name, key = params.get("AvailabilityZone"), params.pop("AvailabilityZoneId", None)
    if not name and not key:
        return
    zone = next((zone for zone in zones if zone.name == name or zone.zone_id == key), None)
    if zone is None:
        names = ", ".join(zone.name for zone in zones)
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({name or key}) for parameter availabilityZone is invalid. "
            f"Subnets can currently only be created in the following availability zones: {names}.",
        )
    params["AvailabilityZone"] = zone.name


@after("ec2:CreateSubnet")
def not_default(context: Context, result: Result) -> Result:
    """moto takes the first subnet of a zone for the default one, with public addresses."""
    made = context.ec2.get_subnet(result["Subnet"]["SubnetId"])
    made.default_for_az = made.map_public_ip_on_launch = False
    return {"Subnet": {**result["Subnet"], "DefaultForAz": False, "MapPublicIpOnLaunch": False}}


@before("ec2:CreateSecurityGroup", when="validation")
def security_group(context: Context) -> None:
    params, ec2 = context.params, context.ec2
    name, description = params.get("GroupName") or "", params.get("Description") or ""
    if not description:
        raise AwsError("MissingParameter", "The request must contain the parameter GroupDescription")
    for member, text in (("GroupName", name), ("GroupDescription", description)):
        if not _GROUP_TEXT.fullmatch(text):
            raise AwsError(
                "InvalidParameterValue",
                f"Value ({text}) for parameter {member} is invalid. "
                "Character sets beyond ASCII are not supported, or the value is too long.",
            )
    if name.lower().startswith("sg-"):
        raise AwsError("InvalidParameterValue", "Group names may not be in the format sg-*")
    vpc = params.get("VpcId") or ec2.default_vpc.id
    ec2.get_vpc(vpc)
    if any(group.name.lower() == name.lower() for group in ec2.groups[vpc].values()):
        raise AwsError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")


@before("ec2:ModifyVpcAttribute", "ec2:ModifySubnetAttribute", when="validation")
def one_attribute(context: Context) -> None:
    given = [name for name in context.params if name not in ("VpcId", "SubnetId", "DryRun")]
    if len(given) > 1:
        raise AwsError("InvalidParameterCombination", "Fields for multiple attribute types specified")


@before("ec2:AttachInternetGateway", when="validation")
def one_gateway(context: Context) -> None:
    vpc = context.params["VpcId"]
    if any(igw.vpc and igw.vpc.id == vpc for igw in context.ec2.internet_gateways.values()):
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"resource {context.params['InternetGatewayId']} is already attached to network {vpc}",
        )


@before("ec2:CreateVpc", when="quotas")
def vpc_quota(context: Context) -> None:
    if len(context.ec2.vpcs) >= 5:
        raise AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")


@before("ec2:AllocateAddress", when="quotas")
def address_quota(context: Context) -> None:
    if len(context.ec2.addresses) >= 5:
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")


@before("ec2:CreateInternetGateway", when="quotas")
def gateway_quota(context: Context) -> None:
    if len(context.ec2.internet_gateways) >= 5:
        raise AwsError(
            "InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached."
        )
