"""What readers see: lag behind writes, pages, empty pages."""

import time

import pytest
from conftest import fails, tagged, wait_for, where

TRUST = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
         '"Principal":{"Service":"ec2.amazonaws.com"}}]}')


@pytest.fixture
def lagging(cloud):
    cloud.behave(read_after_write=0.4)
    return cloud


def test_new_objects_are_unknown_at_first(lagging):
    vpc = lagging.vpc(TagSpecifications=tagged("vpc", k="v"))
    listed = lambda: lagging.ec2.describe_vpcs(Filters=where("tag:k", "v"))["Vpcs"]
    subnets = lambda: lagging.ec2.describe_subnets(Filters=where("vpc-id", vpc))["Subnets"]
    fails("InvalidVpcID.NotFound", lagging.ec2.describe_vpcs, VpcIds=[vpc])
    assert listed() == []
    subnet = lagging.subnet(vpc)  # but a write can use it at once
    assert subnets() == []
    wait_for(listed)
    assert wait_for(subnets)[0]["SubnetId"] == subnet


def test_without_lag_everything_shows_at_once(cloud):
    vpc = cloud.vpc()
    assert cloud.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_changes_and_deletes_show_late(cloud):
    vpc = cloud.vpc()
    cloud.behave(read_after_write=0.4)
    shown = lambda: cloud.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
    cloud.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "k", "Value": "1"}])
    assert shown() == []
    wait_for(lambda: shown() == [{"Key": "k", "Value": "1"}])
    cloud.ec2.delete_vpc(VpcId=vpc)
    assert shown()
    fails("InvalidVpcID.NotFound", cloud.ec2.delete_vpc, VpcId=vpc)
    wait_for(lambda: vpc not in [v["VpcId"] for v in cloud.ec2.describe_vpcs()["Vpcs"]])
    fails("InvalidVpcID.NotFound", cloud.ec2.describe_vpcs, VpcIds=[vpc])


def test_vpc_attributes_show_late(cloud):
    vpc = cloud.vpc()
    cloud.behave(read_after_write=0.4)
    cloud.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    read = lambda: cloud.ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert read()["EnableDnsHostnames"]["Value"] is False
    wait_for(lambda: read()["EnableDnsHostnames"]["Value"])


def test_roles_and_log_groups_lag_too(lagging):
    iam, logs = lagging.iam, lagging.logs
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    fails("NoSuchEntity", iam.get_role, RoleName="r")
    assert iam.list_roles()["Roles"] == []
    logs.create_log_group(logGroupName="g", tags={"k": "v"})
    assert logs.describe_log_groups(logGroupNamePrefix="g")["logGroups"] == []
    wait_for(lambda: iam.list_roles()["Roles"])
    wait_for(lambda: logs.describe_log_groups()["logGroups"])


def test_new_ids_may_be_unknown_to_writes(lagging):
    lagging.behave(new_id_unknown=1)
    vpc = lagging.vpc()
    fails("InvalidVpcID.NotFound", lagging.ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.1.0/24")
    time.sleep(0.7)
    lagging.subnet(vpc)


def test_iam_takes_time_to_reach_other_services(cloud):
    cloud.behave(iam_delay=0.5)
    vpc = cloud.vpc()
    cloud.logs.create_log_group(logGroupName="g")
    trust = TRUST.replace("ec2", "vpc-flow-logs")
    role = cloud.iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    wanted = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogGroupName": "g",
              "DeliverLogsPermissionArn": role}
    error = fails("InvalidParameter", cloud.ec2.create_flow_logs, **wanted)
    assert "Unable to assume given IAM role" in str(error)
    time.sleep(0.55)
    assert cloud.ec2.create_flow_logs(**wanted)["FlowLogIds"]


PAGED = ["vpcs", "subnets", "route_tables", "security_groups", "security_group_rules", "network_acls"]


@pytest.mark.parametrize("listing", PAGED)
def test_forced_pages(cloud, listing):
    describe = getattr(cloud.ec2, f"describe_{listing}")
    vpc = cloud.vpc()
    for i in range(3):
        cloud.subnet(vpc, f"10.0.{i}.0/24")
        cloud.ec2.create_route_table(VpcId=vpc)
        cloud.group(vpc, f"g{i}")
        cloud.ec2.create_network_acl(VpcId=vpc)
    member = next(name for name in describe() if name != "ResponseMetadata")
    whole = describe()[member]
    cloud.behave(page_size=2, empty_pages=1)
    first = describe()
    assert (first[member], bool(first["NextToken"])) == ([], True)
    paged = [item for page in pages(describe, first) for item in page[member]]
    assert len(whole) >= 2
    assert paged == whole


def pages(describe, page):
    while True:
        yield page
        if not page.get("NextToken"):
            return
        page = describe(NextToken=page["NextToken"])


def test_asked_pages(cloud):
    for i in range(3):
        cloud.vpc(f"10.{i}.0.0/16")
    vpc = cloud.vpc("10.9.0.0/16")
    for i in range(7):
        cloud.subnet(vpc, f"10.9.{i}.0/24")
    describe, subnets = cloud.ec2.describe_subnets, where("vpc-id", vpc)
    first = describe(MaxResults=5, Filters=subnets)
    assert len(first["Subnets"]) == 5
    rest = describe(MaxResults=5, Filters=subnets, NextToken=first["NextToken"])
    assert (len(rest["Subnets"]), rest.get("NextToken")) == (2, None)
    fails("InvalidParameterValue", describe, MaxResults=4)
    fails("InvalidNextToken", describe, NextToken="nonsense")
    known = first["Subnets"][0]["SubnetId"]
    fails("InvalidParameterCombination", describe, MaxResults=5, SubnetIds=[known])


def test_addresses_never_page(cloud):
    for _ in range(3):
        cloud.address()
    cloud.behave(page_size=1, empty_pages=1)
    answer = cloud.ec2.describe_addresses()
    assert len(answer["Addresses"]) == 3
    assert "NextToken" not in answer


def test_iam_and_logs_page(cloud):
    for name in "abc":
        cloud.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        cloud.logs.create_log_group(logGroupName=name)
    cloud.behave(page_size=1)
    roles = cloud.iam.list_roles()
    assert roles["IsTruncated"] and len(roles["Roles"]) == 1
    everything = cloud.iam.get_paginator("list_roles").paginate().build_full_result()["Roles"]
    assert [role["RoleName"] for role in everything] == ["a", "b", "c"]
    groups = cloud.logs.get_paginator("describe_log_groups").paginate().build_full_result()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["a", "b", "c"]
