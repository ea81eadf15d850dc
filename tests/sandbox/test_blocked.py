"""Deletes that are refused while something depends on the object."""

import time

import pytest
from conftest import fails, where


def test_vpc_waits_for_its_last_part(cloud):
    ec2, vpc = cloud.ec2, cloud.vpc()
    refused = lambda: fails("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
    subnet = cloud.subnet(vpc)
    refused()
    ec2.delete_subnet(SubnetId=subnet)
    igw = cloud.gateway(vpc)
    refused()
    fails("DependencyViolation", ec2.delete_internet_gateway, InternetGatewayId=igw)
    ec2.detach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    fails("Gateway.NotAttached", ec2.detach_internet_gateway, InternetGatewayId=igw, VpcId=vpc)
    group = cloud.group(vpc)
    refused()
    ec2.delete_security_group(GroupId=group)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    refused()
    ec2.delete_route_table(RouteTableId=table)
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    refused()
    ec2.delete_network_acl(NetworkAclId=acl)
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3")
    refused()
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpoint"]["VpcEndpointId"]])
    ec2.delete_vpc(VpcId=vpc)
    for listing, member in (("network_acls", "NetworkAcls"), ("route_tables", "RouteTables"),
                            ("security_groups", "SecurityGroups")):
        assert getattr(ec2, f"describe_{listing}")(Filters=where("vpc-id", vpc))[member] == []


def test_plain_moto_lets_a_vpc_go(plain):
    vpc = plain.vpc()
    plain.gateway(vpc)
    plain.ec2.delete_vpc(VpcId=vpc)


def test_nat_gateway_blocks_until_deleted(cloud):
    vpc = cloud.vpc()
    igw, subnet, address = cloud.gateway(vpc), cloud.subnet(vpc), cloud.address()
    nat = cloud.nat(subnet, address)
    cloud.behave(nat_delete_delay=0.3)
    association = cloud.ec2.describe_addresses()["Addresses"][0]["AssociationId"]

    def all_refused():
        fails("DependencyViolation", cloud.ec2.delete_subnet, SubnetId=subnet)
        error = fails("DependencyViolation", cloud.ec2.detach_internet_gateway, InternetGatewayId=igw, VpcId=vpc)
        assert "mapped public address" in str(error)
        fails("InvalidIPAddress.InUse", cloud.ec2.release_address, AllocationId=address)
        fails("AuthFailure", cloud.ec2.disassociate_address, AssociationId=association)

    all_refused()
    cloud.ec2.delete_nat_gateway(NatGatewayId=nat)
    all_refused()
    time.sleep(0.35)
    cloud.ec2.delete_subnet(SubnetId=subnet)
    cloud.ec2.detach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    cloud.ec2.release_address(AllocationId=address)
    fails("InvalidAllocationID.NotFound", cloud.ec2.release_address, AllocationId=address)


def test_subnet_takes_its_associations_along(cloud):
    vpc = cloud.vpc()
    subnet = cloud.subnet(vpc)
    table = cloud.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    cloud.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    fails("DependencyViolation", cloud.ec2.delete_route_table, RouteTableId=table)
    cloud.ec2.delete_subnet(SubnetId=subnet)
    cloud.ec2.delete_route_table(RouteTableId=table)
    acls = cloud.ec2.describe_network_acls(Filters=where("association.subnet-id", subnet))
    assert acls["NetworkAcls"] == []


def test_referenced_security_groups(cloud):
    vpc = cloud.vpc()
    web, db = cloud.group(vpc, "web"), cloud.group(vpc, "db")
    rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": web}]}]
    for group in (db, web):  # a reference to itself does not count
        cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
    fails("DependencyViolation", cloud.ec2.delete_security_group, GroupId=web)
    cloud.ec2.revoke_security_group_ingress(GroupId=db, IpPermissions=rule)
    cloud.ec2.delete_security_group(GroupId=web)


def test_default_parts_of_a_vpc(cloud):
    vpc = cloud.vpc()
    group = cloud.ec2.describe_security_groups(Filters=where("vpc-id", vpc))["SecurityGroups"][0]
    fails("CannotDelete", cloud.ec2.delete_security_group, GroupId=group["GroupId"])
    table = cloud.ec2.describe_route_tables(Filters=where("vpc-id", vpc))["RouteTables"][0]
    fails("DependencyViolation", cloud.ec2.delete_route_table, RouteTableId=table["RouteTableId"])


@pytest.mark.parametrize("policy", ["inline", "managed"])
def test_role_with_policies(cloud, policy):
    trust = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
             '"Principal":{"Service":"ec2.amazonaws.com"}}]}')
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    iam = cloud.iam
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    if policy == "inline":
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)
        undo = lambda: iam.delete_role_policy(RoleName="r", PolicyName="p")
    else:
        arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)
        assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"][0]["PolicyArn"] == arn
        undo = lambda: iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    fails("DeleteConflict", iam.delete_role, RoleName="r")
    undo()
    iam.delete_role(RoleName="r")
    fails("NoSuchEntity", iam.get_role, RoleName="r")
