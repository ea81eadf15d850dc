"""Things that take their time: states, tombstones, failures after a successful call."""

import time

import pytest
from conftest import fails, tagged, wait_for, where


@pytest.fixture
def site(cloud):
    """A VPC with a gateway, a subnet and an address: all that a NAT gateway needs."""
    vpc = cloud.vpc()
    return {"igw": cloud.gateway(vpc), "vpc": vpc, "subnet": cloud.subnet(vpc), "address": cloud.address()}


def test_vpc_is_pending_at_first(cloud):
    cloud.behave(vpc_delay=0.3)
    vpc = cloud.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    assert vpc["State"] == "pending"
    state = lambda: cloud.ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"][0]["State"]
    assert state() == "pending"
    wait_for(lambda: state() == "available")


def test_nat_gateway_comes_up_and_goes_down(cloud, site):
    cloud.behave(nat_delay=0.3, nat_delete_delay=0.3, tombstone=0.5)
    made = cloud.ec2.create_nat_gateway(
        SubnetId=site["subnet"], AllocationId=site["address"], TagSpecifications=tagged("natgateway", k="v")
    )["NatGateway"]
    nat = made["NatGatewayId"]
    assert (made["State"], made["VpcId"], made["SubnetId"]) == ("pending", site["vpc"], site["subnet"])
    assert made["ConnectivityType"] == "public"
    assert cloud.nat_state(nat)["State"] == "pending"
    wait_for(lambda: cloud.nat_state(nat)["State"] == "available")
    assert cloud.nat_state(nat)["NatGatewayAddresses"][0]["AllocationId"] == site["address"]
    held = cloud.ec2.describe_addresses(AllocationIds=[site["address"]])["Addresses"][0]
    assert held["AssociationId"]

    cloud.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert cloud.nat_state(nat)["State"] == "deleting"
    wait_for(lambda: cloud.nat_state(nat)["State"] == "deleted")
    assert cloud.nat_state(nat)["Tags"] == [{"Key": "k", "Value": "v"}]
    assert cloud.ec2.describe_nat_gateways(Filter=where("state", "pending", "available"))["NatGateways"] == []
    free = cloud.ec2.describe_addresses(AllocationIds=[site["address"]])["Addresses"][0]
    assert "AssociationId" not in free
    wait_for(lambda: not cloud.ec2.describe_nat_gateways()["NatGateways"])
    fails("NatGatewayNotFound", cloud.ec2.describe_nat_gateways, NatGatewayIds=[nat])


def test_nat_gateway_without_delays(cloud, site):
    nat = cloud.nat(site["subnet"], site["address"])
    assert cloud.nat_state(nat)["State"] == "available"
    cloud.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert cloud.nat_state(nat)["State"] == "deleted"


def test_nat_gateway_fails_on_request(cloud, site):
    cloud.behave(nat_delay=0.2, nat_fails=["InsufficientFreeAddressesInSubnet"])
    nat = cloud.nat(site["subnet"], site["address"])
    assert cloud.nat_state(nat)["State"] == "pending"
    failed = wait_for(lambda: (now := cloud.nat_state(nat))["State"] == "failed" and now)
    assert failed["FailureCode"] == "InsufficientFreeAddressesInSubnet"
    assert failed["FailureMessage"]
    # It holds nothing, and only one was to fail.
    second = cloud.nat(site["subnet"], site["address"])
    wait_for(lambda: cloud.nat_state(second)["State"] == "available")
    cloud.ec2.delete_nat_gateway(NatGatewayId=nat)
    wait_for(lambda: cloud.nat_state(nat)["State"] == "deleted")


def test_nat_gateway_needs_an_internet_gateway(cloud, plain):
    for account, state in ((cloud, "failed"), (plain, "available")):
        subnet = account.subnet(account.vpc())
        found = account.nat_state(account.nat(subnet, account.address()))
        assert found["State"] == state
        assert found.get("FailureCode") == ("Gateway.NotAttached" if state == "failed" else None)


def test_nat_gateway_needs_a_free_address(cloud, site):
    cloud.nat(site["subnet"], site["address"])
    failed = cloud.nat_state(cloud.nat(site["subnet"], site["address"]))
    assert (failed["State"], failed["FailureCode"]) == ("failed", "Resource.AlreadyAssociated")


def test_nat_gateway_with_unknown_parts(cloud, site):
    create = cloud.ec2.create_nat_gateway
    fails("InvalidSubnetID.NotFound", create, SubnetId="subnet-0", AllocationId=site["address"])
    fails("InvalidAllocationID.NotFound", create, SubnetId=site["subnet"], AllocationId="eipalloc-0")
    fails("NatGatewayNotFound", cloud.ec2.delete_nat_gateway, NatGatewayId="nat-0")


def endpoint_of(cloud, key):
    return cloud.ec2.describe_vpc_endpoints(VpcEndpointIds=[key])["VpcEndpoints"][0]


def interface_endpoint(cloud, vpc, subnets, **more):
    return cloud.ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.eu-central-1.logs",
        SubnetIds=subnets, PrivateDnsEnabled=False, **more,
    )["VpcEndpoint"]


def test_interface_endpoint_states(cloud, site):
    cloud.behave(endpoint_delay=0.3, endpoint_delete_delay=0.3, eni_linger=0.4)
    group = cloud.group(site["vpc"])
    made = interface_endpoint(cloud, site["vpc"], [site["subnet"]], SecurityGroupIds=[group])
    key = made["VpcEndpointId"]
    assert made["State"] == endpoint_of(cloud, key)["State"] == "pending"
    shown = wait_for(lambda: (now := endpoint_of(cloud, key))["State"] == "available" and now)
    assert [g["GroupId"] for g in shown["Groups"]] == [group]
    assert (shown["SubnetIds"], shown["VpcEndpointType"]) == ([site["subnet"]], "Interface")
    cards = cloud.ec2.describe_network_interfaces(Filters=where("vpc-id", site["vpc"]))["NetworkInterfaces"]
    assert [card["NetworkInterfaceId"] for card in cards] == shown["NetworkInterfaceIds"]
    assert cards[0]["Description"] == f"VPC Endpoint Interface {key}"

    assert cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[key])["Unsuccessful"] == []
    assert endpoint_of(cloud, key)["State"] == "deleting"
    wait_for(lambda: not cloud.ec2.describe_vpc_endpoints()["VpcEndpoints"])
    fails("InvalidVpcEndpointId.NotFound", endpoint_of, cloud=cloud, key=key)
    # The interface is still there, and blocks.
    fails("DependencyViolation", cloud.ec2.delete_subnet, SubnetId=site["subnet"])
    fails("DependencyViolation", cloud.ec2.delete_security_group, GroupId=group)
    time.sleep(0.5)
    cloud.ec2.delete_subnet(SubnetId=site["subnet"])
    cloud.ec2.delete_security_group(GroupId=group)


def test_modifying_an_interface_endpoint(cloud, site):
    second = cloud.subnet(site["vpc"], "10.0.2.0/24")
    one, two = cloud.group(site["vpc"], "one"), cloud.group(site["vpc"], "two")
    key = interface_endpoint(cloud, site["vpc"], [site["subnet"]], SecurityGroupIds=[one])["VpcEndpointId"]
    cloud.behave(endpoint_delay=0.2)
    modify = cloud.ec2.modify_vpc_endpoint
    modify(VpcEndpointId=key, AddSubnetIds=[second], RemoveSubnetIds=[site["subnet"]],
           AddSecurityGroupIds=[two], RemoveSecurityGroupIds=[one], PolicyDocument='{"Version":"2012-10-17"}')
    shown = endpoint_of(cloud, key)
    assert shown["State"] == "pending"
    assert (shown["SubnetIds"], [g["GroupId"] for g in shown["Groups"]]) == ([second], [two])
    assert shown["PolicyDocument"] == '{"Version":"2012-10-17"}'
    cards = cloud.ec2.describe_network_interfaces(NetworkInterfaceIds=shown["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [(card["SubnetId"], card["Groups"][0]["GroupId"]) for card in cards] == [(second, two)]
    wait_for(lambda: endpoint_of(cloud, key)["State"] == "available")
    fails("InvalidParameter", modify, VpcEndpointId=key, PrivateDnsEnabled=True)
    cloud.ec2.modify_vpc_attribute(VpcId=site["vpc"], EnableDnsHostnames={"Value": True})
    modify(VpcEndpointId=key, PrivateDnsEnabled=True)
    assert endpoint_of(cloud, key)["PrivateDnsEnabled"] is True
    modify(VpcEndpointId=key, ResetPolicy=True)
    assert '"Action": "*"' in endpoint_of(cloud, key)["PolicyDocument"]


def test_private_dns_conflicts(cloud, plain):
    for account in (cloud, plain):
        vpc = account.vpc()
        subnet = account.subnet(vpc)
        create = account.ec2.create_vpc_endpoint
        wanted = {"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": [subnet],
                  "ServiceName": "com.amazonaws.eu-central-1.ecr.api"}
        if account is plain:
            create(**wanted)
            continue
        fails("InvalidParameter", create, **wanted)
        account.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        assert create(**wanted)["VpcEndpoint"]["PrivateDnsEnabled"] is True
        fails("InvalidParameter", create, **wanted)
        fails("InvalidServiceName", create, **{**wanted, "ServiceName": "com.amazonaws.eu-central-1.nonsense"})


def test_gateway_endpoint_routes(cloud):
    vpc = cloud.vpc()
    first, second = (cloud.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    wanted = {"VpcId": vpc, "ServiceName": "com.amazonaws.eu-central-1.s3", "RouteTableIds": [first]}
    made = cloud.ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"]
    key = made["VpcEndpointId"]
    assert (made["State"], made["VpcEndpointType"], made["PrivateDnsEnabled"]) == ("available", "Gateway", False)
    assert made["RouteTableIds"] == [first]

    def gateway_routes(table):
        routes = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return [route for route in routes if "DestinationPrefixListId" in route]

    route = gateway_routes(first)[0]
    assert (route["GatewayId"], route["State"]) == (key, "active")
    assert route["DestinationPrefixListId"].startswith("pl-")
    fails("RouteAlreadyExists", cloud.ec2.create_vpc_endpoint, **wanted)
    cloud.ec2.modify_vpc_endpoint(VpcEndpointId=key, AddRouteTableIds=[second], RemoveRouteTableIds=[first])
    assert gateway_routes(first) == []
    assert gateway_routes(second)[0]["GatewayId"] == key
    assert endpoint_of(cloud, key)["RouteTableIds"] == [second]
    cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[key])
    assert gateway_routes(second) == []
    failed = cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[key])["Unsuccessful"]
    assert [(f["ResourceId"], f["Error"]["Code"]) for f in failed] == [(key, "InvalidVpcEndpoint.NotFound")]
