"""The EC2 listings: one row for each Describe operation the sandbox answers itself.

Filters are those of the API reference, e.g.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    operation: str
    items: str                  # member of the answer that holds the objects
    key: str                    # member of an object that holds its id
    ids: str                    # parameter that asks for objects by id
    prefix: str                 # of the ids, for tagging
    unknown: tuple[str, str]    # error code and message for an unknown id
    filters: dict[str, str] = field(default_factory=dict)  # filter -> path in an object
    pages: bool = True
    filter_parameter: str = "Filters"


_ROWS = (
    Table(
        "DescribeVpcs", "Vpcs", "VpcId", "VpcIds", "vpc-",
        ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
        {
            "vpc-id": "VpcId", "state": "State", "cidr": "CidrBlock", "cidr-block": "CidrBlock",
            "is-default": "IsDefault", "isDefault": "IsDefault", "owner-id": "OwnerId",
            "dhcp-options-id": "DhcpOptionsId",
            "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
            "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
            "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
        },
    ),
    Table(
        "DescribeSubnets", "Subnets", "SubnetId", "SubnetIds", "subnet-",
        ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
        {
            "subnet-id": "SubnetId", "vpc-id": "VpcId", "state": "State", "owner-id": "OwnerId",
            "cidr": "CidrBlock", "cidr-block": "CidrBlock", "cidrBlock": "CidrBlock",
            "availability-zone": "AvailabilityZone", "availabilityZone": "AvailabilityZone",
            "availability-zone-id": "AvailabilityZoneId",
            "available-ip-address-count": "AvailableIpAddressCount",
            "default-for-az": "DefaultForAz", "defaultForAz": "DefaultForAz",
            "map-public-ip-on-launch": "MapPublicIpOnLaunch",
        },
    ),
    Table(
        "DescribeInternetGateways", "InternetGateways", "InternetGatewayId", "InternetGatewayIds", "igw-",
        ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
        {
            "internet-gateway-id": "InternetGatewayId", "owner-id": "OwnerId",
            "attachment.vpc-id": "Attachments.VpcId", "attachment.state": "Attachments.State",
        },
    ),
    Table(
        "DescribeAddresses", "Addresses", "AllocationId", "AllocationIds", "eipalloc-",
        ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"),
        {
            "allocation-id": "AllocationId", "association-id": "AssociationId",
            "public-ip": "PublicIp", "private-ip-address": "PrivateIpAddress",
            "instance-id": "InstanceId", "network-interface-id": "NetworkInterfaceId",
            "network-interface-owner-id": "NetworkInterfaceOwnerId",
            "network-border-group": "NetworkBorderGroup", "domain": "Domain",
        },
        pages=False,
    ),
    Table(
        "DescribeNatGateways", "NatGateways", "NatGatewayId", "NatGatewayIds", "nat-",
        ("NatGatewayNotFound", "The Nat Gateway {} was not found"),
        {
            "nat-gateway-id": "NatGatewayId", "vpc-id": "VpcId", "subnet-id": "SubnetId",
            "state": "State",
        },
        filter_parameter="Filter",
    ),
    Table(
        "DescribeRouteTables", "RouteTables", "RouteTableId", "RouteTableIds", "rtb-",
        ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
        {
            "route-table-id": "RouteTableId", "vpc-id": "VpcId", "owner-id": "OwnerId",
            "association.main": "Associations.Main",
            "association.gateway-id": "Associations.GatewayId",
            "association.route-table-association-id": "Associations.RouteTableAssociationId",
            "association.route-table-id": "Associations.RouteTableId",
            "association.subnet-id": "Associations.SubnetId",
            "route.destination-cidr-block": "Routes.DestinationCidrBlock",
            "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
            "route.destination-prefix-list-id": "Routes.DestinationPrefixListId",
            "route.gateway-id": "Routes.GatewayId", "route.instance-id": "Routes.InstanceId",
            "route.nat-gateway-id": "Routes.NatGatewayId", "route.origin": "Routes.Origin",
            "route.state": "Routes.State", "route.transit-gateway-id": "Routes.TransitGatewayId",
            "route.vpc-peering-connection-id": "Routes.VpcPeeringConnectionId",
        },
    ),
    Table(
        "DescribeSecurityGroups", "SecurityGroups", "GroupId", "GroupIds", "sg-",
        ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
        {
            "group-id": "GroupId", "group-name": "GroupName", "vpc-id": "VpcId",
            "description": "Description", "owner-id": "OwnerId",
            **{
                f"{prefix}ip-permission.{name}": f"{member}.{path}"
                for prefix, member in (("", "IpPermissions"), ("egress.", "IpPermissionsEgress"))
                for name, path in (
                    ("cidr", "IpRanges.CidrIp"), ("ipv6-cidr", "Ipv6Ranges.CidrIpv6"),
                    ("from-port", "FromPort"), ("to-port", "ToPort"), ("protocol", "IpProtocol"),
                    ("group-id", "UserIdGroupPairs.GroupId"),
                    ("group-name", "UserIdGroupPairs.GroupName"),
                    ("user-id", "UserIdGroupPairs.UserId"),
                    ("prefix-list-id", "PrefixListIds.PrefixListId"),
                )
            },
        },
    ),
    Table(
        "DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleId",
        "SecurityGroupRuleIds", "sgr-",
        ("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"),
        {"group-id": "GroupId", "security-group-rule-id": "SecurityGroupRuleId"},
    ),
    Table(
        "DescribeNetworkAcls", "NetworkAcls", "NetworkAclId", "NetworkAclIds", "acl-",
        ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"),
        {
            "network-acl-id": "NetworkAclId", "vpc-id": "VpcId", "default": "IsDefault",
            "owner-id": "OwnerId",
            "association.association-id": "Associations.NetworkAclAssociationId",
            "association.network-acl-id": "Associations.NetworkAclId",
            "association.subnet-id": "Associations.SubnetId",
            "entry.cidr": "Entries.CidrBlock", "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
            "entry.egress": "Entries.Egress", "entry.protocol": "Entries.Protocol",
            "entry.rule-action": "Entries.RuleAction", "entry.rule-number": "Entries.RuleNumber",
            "entry.icmp.code": "Entries.IcmpTypeCode.Code", "entry.icmp.type": "Entries.IcmpTypeCode.Type",
            "entry.port-range.from": "Entries.PortRange.From", "entry.port-range.to": "Entries.PortRange.To",
        },
    ),
    Table(
        "DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId", "VpcEndpointIds", "vpce-",
        ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
        {
            "vpc-endpoint-id": "VpcEndpointId", "vpc-id": "VpcId", "service-name": "ServiceName",
            "vpc-endpoint-state": "State", "vpc-endpoint-type": "VpcEndpointType",
            "ip-address-type": "IpAddressType",
        },
    ),
    Table(
        "DescribeInstances", "Instances", "InstanceId", "InstanceIds", "i-",
        ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"),
        {
            "instance-id": "InstanceId", "instance-state-name": "State.Name", "instance-type": "InstanceType",
            "vpc-id": "VpcId", "subnet-id": "SubnetId", "architecture": "Architecture", "image-id": "ImageId",
            "private-ip-address": "PrivateIpAddress", "client-token": "ClientToken",
            "instance.group-id": "SecurityGroups.GroupId", "availability-zone": "Placement.AvailabilityZone",
            "iam-instance-profile.arn": "IamInstanceProfile.Arn",
        },
    ),
    Table(
        "DescribeFlowLogs", "FlowLogs", "FlowLogId", "FlowLogIds", "fl-",
        ("InvalidFlowLogId.NotFound", "These flow log ids in the input list are not found: [{}]"),
        {
            "flow-log-id": "FlowLogId", "resource-id": "ResourceId", "traffic-type": "TrafficType",
            "log-group-name": "LogGroupName", "log-destination-type": "LogDestinationType",
            "deliver-log-status": "DeliverLogsStatus",
        },
        filter_parameter="Filter",
    ),
    Table(
        "DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId",
        "NetworkInterfaceIds", "eni-",
        ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
        {
            "network-interface-id": "NetworkInterfaceId", "vpc-id": "VpcId", "subnet-id": "SubnetId",
            "status": "Status", "group-id": "Groups.GroupId", "description": "Description",
            "interface-type": "InterfaceType", "requester-managed": "RequesterManaged",
            "owner-id": "OwnerId", "availability-zone": "AvailabilityZone",
            "private-ip-address": "PrivateIpAddress", "attachment.instance-id": "Attachment.InstanceId",
            "association.allocation-id": "Association.AllocationId",
        },
    ),
)

TABLES = {row.operation: row for row in _ROWS}

# Which listings a write may change, by the first of these words in its name.
_TOUCHED = (
    ("Instance", ("Instances", "NetworkInterfaces")),
    ("VpcEndpoint", ("VpcEndpoints", "RouteTables", "NetworkInterfaces")),
    ("FlowLogs", ("FlowLogs",)),
    ("NatGateway", ("NatGateways", "Addresses", "NetworkInterfaces", "RouteTables")),
    ("Address", ("Addresses",)),
    ("NetworkAcl", ("NetworkAcls",)),
    ("Route", ("RouteTables",)),
    ("SecurityGroup", ("SecurityGroups", "SecurityGroupRules")),
    ("InternetGateway", ("InternetGateways", "RouteTables")),
    ("Subnet", ("Subnets", "NetworkAcls", "RouteTables")),
    ("NetworkInterface", ("NetworkInterfaces",)),
    ("Vpc", ("Vpcs", "RouteTables", "SecurityGroups", "SecurityGroupRules", "NetworkAcls")),
)


def touched(operation: str, tagged: list[str]) -> list[Table]:
    """The listings that a write may change; `tagged` are the ids a tagging call names."""
    if operation in ("CreateTags", "DeleteTags"):
        return [row for row in _ROWS if any(name.startswith(row.prefix) for name in tagged)]
    for word, names in _TOUCHED:
        if word in operation:
            return [TABLES[f"Describe{name}"] for name in names]
    return []
