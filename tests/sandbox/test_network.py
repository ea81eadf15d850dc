"""EC2 networking as such: creation with tags, filters, updates, routes, ACLs."""

import pytest
from conftest import fails, tagged, where


@pytest.fixture
def made(cloud):
    """One object of every kind, each tagged k=<kind> in its create call."""
    ec2 = cloud.ec2
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", k="vpc"))["Vpc"]["VpcId"]
    subnet = cloud.subnet(vpc, TagSpecifications=tagged("subnet", k="subnet"))
    igw = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway", k="igw"))
    igw = igw["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", k="eip"))["AllocationId"]
    nat = cloud.nat(subnet, address, TagSpecifications=tagged("natgateway", k="nat"))
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tagged("route-table", k="rtb"))
    group = ec2.create_security_group(
        GroupName="g", Description="d", VpcId=vpc, TagSpecifications=tagged("security-group", k="sg")
    )["GroupId"]
    rule = ec2.authorize_security_group_ingress(
        GroupId=group, TagSpecifications=tagged("security-group-rule", k="sgr"),
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    acl = ec2.create_network_acl(VpcId=vpc, TagSpecifications=tagged("network-acl", k="acl"))
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3", TagSpecifications=tagged("vpc-endpoint", k="vpce")
    )
    cloud.logs.create_log_group(logGroupName="flows")
    role = cloud.iam.create_role(RoleName="flow", AssumeRolePolicyDocument=(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"vpc-flow-logs.amazonaws.com"}}]}'
    ))["Role"]["Arn"]
    log = ec2.create_flow_logs(
        ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", LogGroupName="flows",
        DeliverLogsPermissionArn=role, TagSpecifications=tagged("vpc-flow-log", k="fl"),
    )["FlowLogIds"][0]
    return {
        "vpc": vpc, "subnet": subnet, "igw": igw, "eip": address, "nat": nat,
        "rtb": table["RouteTable"]["RouteTableId"], "sg": group, "sgr": rule,
        "acl": acl["NetworkAcl"]["NetworkAclId"], "vpce": endpoint["VpcEndpoint"]["VpcEndpointId"], "fl": log,
    }


LISTINGS = [
    ("vpc", "vpcs", "Vpcs", "VpcId", "Filters"),
    ("subnet", "subnets", "Subnets", "SubnetId", "Filters"),
    ("igw", "internet_gateways", "InternetGateways", "InternetGatewayId", "Filters"),
    ("eip", "addresses", "Addresses", "AllocationId", "Filters"),
    ("nat", "nat_gateways", "NatGateways", "NatGatewayId", "Filter"),
    ("rtb", "route_tables", "RouteTables", "RouteTableId", "Filters"),
    ("sg", "security_groups", "SecurityGroups", "GroupId", "Filters"),
    ("sgr", "security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId", "Filters"),
    ("acl", "network_acls", "NetworkAcls", "NetworkAclId", "Filters"),
    ("vpce", "vpc_endpoints", "VpcEndpoints", "VpcEndpointId", "Filters"),
    ("fl", "flow_logs", "FlowLogs", "FlowLogId", "Filter"),
]


def test_tags_at_create_and_tag_filters(cloud, made):
    for kind, operation, member, key, parameter in LISTINGS:
        describe = getattr(cloud.ec2, f"describe_{operation}")
        for filters in (where("tag:k", kind), where("tag:k", "nothing", kind[:-1] + "?")):
            found = describe(**{parameter: filters})[member]
            assert [item[key] for item in found] == [made[kind]], kind
            assert found[0]["Tags"] == [{"Key": "k", "Value": kind}]
        assert describe(**{parameter: where("tag:k", "other")})[member] == []
        fails("InvalidParameterValue", describe, **{parameter: where("no-such-filter", "x")})


def test_retagging(cloud, made):
    for kind, operation, member, key, _ in LISTINGS:
        describe, ids = getattr(cloud.ec2, f"describe_{operation}"), f"{key}s"
        cloud.ec2.create_tags(Resources=[made[kind]], Tags=[{"Key": "k", "Value": "new"}, {"Key": "l", "Value": ""}])
        cloud.ec2.delete_tags(Resources=[made[kind]], Tags=[{"Key": "l"}])
        assert describe(**{ids: [made[kind]]})[member][0]["Tags"] == [{"Key": "k", "Value": "new"}]


@pytest.mark.parametrize("operation, parameter, key, code", [
    ("vpcs", "VpcIds", "vpc-0", "InvalidVpcID.NotFound"),
    ("subnets", "SubnetIds", "subnet-0", "InvalidSubnetID.NotFound"),
    ("internet_gateways", "InternetGatewayIds", "igw-0", "InvalidInternetGatewayID.NotFound"),
    ("addresses", "AllocationIds", "eipalloc-0", "InvalidAllocationID.NotFound"),
    ("nat_gateways", "NatGatewayIds", "nat-0", "NatGatewayNotFound"),
    ("route_tables", "RouteTableIds", "rtb-0", "InvalidRouteTableID.NotFound"),
    ("security_groups", "GroupIds", "sg-0", "InvalidGroup.NotFound"),
    ("security_group_rules", "SecurityGroupRuleIds", "sgr-0", "InvalidSecurityGroupRuleId.NotFound"),
    ("network_acls", "NetworkAclIds", "acl-0", "InvalidNetworkAclID.NotFound"),
    ("vpc_endpoints", "VpcEndpointIds", "vpce-0", "InvalidVpcEndpointId.NotFound"),
    ("flow_logs", "FlowLogIds", "fl-0", "InvalidFlowLogId.NotFound"),
])
def test_unknown_ids(cloud, operation, parameter, key, code):
    fails(code, getattr(cloud.ec2, f"describe_{operation}"), **{parameter: [key]})


def test_flow_log_fields(cloud, made):
    log = cloud.ec2.describe_flow_logs(FlowLogIds=[made["fl"]])["FlowLogs"][0]
    assert log["MaxAggregationInterval"] == 600
    assert log["LogFormat"].startswith("${version} ${account-id}")
    assert (log["TrafficType"], log["LogGroupName"]) == ("ALL", "flows")
    assert log["LogDestination"] == f"arn:aws:logs:eu-central-1:{cloud.account}:log-group:flows"
    assert (log["FlowLogStatus"], log["DeliverLogsStatus"]) == ("ACTIVE", "SUCCESS")
    assert (log["ResourceId"], log["LogDestinationType"]) == (made["vpc"], "cloud-watch-logs")


def test_vpc_attributes(cloud):
    vpc = cloud.vpc()

    def read(name):
        return cloud.ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[name[0].upper() + name[1:]]["Value"]

    assert (read("enableDnsSupport"), read("enableDnsHostnames")) == (True, False)
    cloud.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    cloud.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    assert (read("enableDnsSupport"), read("enableDnsHostnames")) == (False, True)
    both = {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
    fails("InvalidParameterCombination", cloud.ec2.modify_vpc_attribute, VpcId=vpc, **both)


def test_subnet_public_addresses(cloud):
    subnet = cloud.subnet(cloud.vpc())
    shown = lambda: cloud.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
    assert shown()["MapPublicIpOnLaunch"] is False
    cloud.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    assert shown()["MapPublicIpOnLaunch"] is True


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_zones(cloud, region):
    found = cloud.client("ec2", region_name=region).describe_availability_zones()["AvailabilityZones"]
    assert len(found) >= 3
    for zone in found:
        assert (zone["State"], zone["OptInStatus"]) == ("available", "opt-in-not-required")
        assert zone["ZoneType"] == "availability-zone"


def test_routes(cloud):
    ec2 = cloud.ec2
    vpc = cloud.vpc()
    igw, subnet = cloud.gateway(vpc), cloud.subnet(vpc)
    nat = cloud.nat(subnet, cloud.address())
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    everywhere = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}

    def routes():
        found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return {r.get("DestinationCidrBlock") or r.get("DestinationIpv6CidrBlock"): r for r in found}

    ec2.create_route(**everywhere, GatewayId=igw)
    ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=igw)
    assert routes()["0.0.0.0/0"]["GatewayId"] == igw
    assert routes()["0.0.0.0/0"]["Origin"] == "CreateRoute"
    assert routes()["10.0.0.0/16"] == {
        "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active",
    }
    fails("RouteAlreadyExists", ec2.create_route, **everywhere, GatewayId=igw)
    fails("RouteAlreadyExists", ec2.create_route, RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=igw)
    ec2.replace_route(**everywhere, NatGatewayId=nat)
    assert routes()["0.0.0.0/0"]["NatGatewayId"] == nat
    assert "GatewayId" not in routes()["0.0.0.0/0"]
    fails("InvalidNatGatewayID.NotFound", ec2.replace_route, **everywhere, NatGatewayId="nat-0")
    fails("InvalidParameterValue", ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.0.0.0/16")
    fails("InvalidParameterValue", ec2.create_route,
          RouteTableId=table, DestinationCidrBlock="10.0.3.0/24", GatewayId=igw)
    fails("InvalidParameterValue", ec2.replace_route,
          RouteTableId=table, DestinationCidrBlock="192.168.0.0/16", GatewayId=igw)
    ec2.delete_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0")
    ec2.delete_route(**everywhere)
    fails("InvalidRoute.NotFound", ec2.delete_route, **everywhere)


def test_routes_turn_into_black_holes(cloud):
    ec2 = cloud.ec2
    vpc = cloud.vpc()
    igw, subnet = cloud.gateway(vpc), cloud.subnet(vpc)
    nat = cloud.nat(subnet, cloud.address())
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="8.8.8.8/32", GatewayId=igw)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.detach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    states = {
        route["DestinationCidrBlock"]: route["State"]
        for route in ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    }
    assert states == {"10.0.0.0/16": "active", "0.0.0.0/0": "blackhole", "8.8.8.8/32": "blackhole"}


def test_route_table_associations(cloud):
    ec2 = cloud.ec2
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    first, second = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    link = ec2.associate_route_table(RouteTableId=first, SubnetId=subnet)["AssociationId"]
    fails("Resource.AlreadyAssociated", ec2.associate_route_table, RouteTableId=second, SubnetId=subnet)
    moved = ec2.replace_route_table_association(AssociationId=link, RouteTableId=second)["NewAssociationId"]
    assert moved != link
    found = ec2.describe_route_tables(Filters=where("association.subnet-id", subnet))["RouteTables"]
    assert [table["RouteTableId"] for table in found] == [second]
    ec2.disassociate_route_table(AssociationId=moved)
    fails("InvalidAssociationID.NotFound", ec2.disassociate_route_table, AssociationId=moved)
    main = ec2.describe_route_tables(Filters=where("vpc-id", vpc) + where("association.main", "true"))["RouteTables"]
    fails("InvalidParameterValue", ec2.disassociate_route_table,
          AssociationId=main[0]["Associations"][0]["RouteTableAssociationId"])


def test_network_acls(cloud):
    ec2 = cloud.ec2
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    rule = {
        "NetworkAclId": acl, "RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": False,
        "CidrBlock": "10.0.0.9/8", "PortRange": {"From": 80, "To": 81},
    }
    ec2.create_network_acl_entry(**rule)
    fails("NetworkAclEntryAlreadyExists", ec2.create_network_acl_entry, **rule)
    ec2.replace_network_acl_entry(**{**rule, "RuleAction": "deny"})
    shown = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]
    entry = next(e for e in shown["Entries"] if e["RuleNumber"] == 100)
    assert (entry["RuleAction"], entry["CidrBlock"]) == ("deny", "10.0.0.0/8")
    assert entry["PortRange"] == {"From": 80, "To": 81}
    assert {(e["RuleNumber"], e["Egress"]) for e in shown["Entries"]} == {(100, False), (32767, False), (32767, True)}

    default = ec2.describe_network_acls(Filters=where("association.subnet-id", subnet))["NetworkAcls"][0]
    assert default["IsDefault"]
    link = default["Associations"][0]["NetworkAclAssociationId"]
    new = ec2.replace_network_acl_association(AssociationId=link, NetworkAclId=acl)["NewAssociationId"]
    fails("InvalidAssociationID.NotFound", ec2.replace_network_acl_association, AssociationId=link, NetworkAclId=acl)
    fails("DependencyViolation", ec2.delete_network_acl, NetworkAclId=acl)
    ec2.replace_network_acl_association(AssociationId=new, NetworkAclId=default["NetworkAclId"])
    ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    fails("InvalidNetworkAclEntry.NotFound", ec2.delete_network_acl_entry,
          NetworkAclId=acl, RuleNumber=100, Egress=False)
    ec2.delete_network_acl(NetworkAclId=acl)
    fails("InvalidParameterValue", ec2.delete_network_acl, NetworkAclId=default["NetworkAclId"])
