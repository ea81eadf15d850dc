"""Requests that AWS refuses or tidies up, client tokens, and the limits of a new account."""

import pytest
from conftest import fails, tagged


def test_cidrs_are_canonicalised(cloud):
    vpc = cloud.ec2.create_vpc(CidrBlock="10.0.0.7/16")["Vpc"]
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    subnet = cloud.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.0.1.9/24")["Subnet"]
    assert subnet["CidrBlock"] == "10.0.1.0/24"


def test_subnet_ranges(cloud):
    vpc = cloud.vpc()
    cloud.subnet(vpc)
    create = cloud.ec2.create_subnet
    fails("InvalidSubnet.Conflict", create, VpcId=vpc, CidrBlock="10.0.1.128/25")
    fails("InvalidSubnet.Range", create, VpcId=vpc, CidrBlock="10.1.1.0/24")
    fails("InvalidSubnet.Range", create, VpcId=vpc, CidrBlock="10.0.2.0/29")
    fails("InvalidParameterValue", create, VpcId=vpc, CidrBlock="nonsense")
    fails("InvalidVpcID.NotFound", create, VpcId="vpc-0", CidrBlock="10.0.2.0/24")


def test_subnet_zones(cloud):
    vpc = cloud.vpc()
    zones = cloud.ec2.describe_availability_zones()["AvailabilityZones"]
    by_id = cloud.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZoneId=zones[1]["ZoneId"])
    assert by_id["Subnet"]["AvailabilityZone"] == zones[1]["ZoneName"]
    fails("InvalidParameterValue", cloud.ec2.create_subnet,
          VpcId=vpc, CidrBlock="10.0.2.0/24", AvailabilityZone="us-east-1a")


@pytest.mark.parametrize("name, description, code", [
    ("WEB", "d", "InvalidGroup.Duplicate"),
    ("default", "d", "InvalidGroup.Duplicate"),
    ("sg-web", "d", "InvalidParameterValue"),
    ("wéb", "d", "InvalidParameterValue"),
    ("w" * 256, "d", "InvalidParameterValue"),
    ("other", "a <b>", "InvalidParameterValue"),
    ("other", "", "MissingParameter"),
])
def test_security_group_texts(cloud, name, description, code):
    vpc = cloud.vpc()
    cloud.group(vpc, "web")
    fails(code, cloud.ec2.create_security_group, GroupName=name, Description=description, VpcId=vpc)


def test_one_gateway_per_vpc(cloud):
    vpc = cloud.vpc()
    igw = cloud.gateway(vpc)
    other = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    attach = cloud.ec2.attach_internet_gateway
    fails("Resource.AlreadyAssociated", attach, InternetGatewayId=other, VpcId=vpc)
    fails("Resource.AlreadyAssociated", attach, InternetGatewayId=igw, VpcId=vpc)


def test_tags(cloud):
    fails("InvalidParameterValue", cloud.ec2.create_vpc,
          CidrBlock="10.0.0.0/16", TagSpecifications=tagged("subnet", k="v"))
    vpc = cloud.vpc()
    tag = cloud.ec2.create_tags
    fails("InvalidParameterValue", tag, Resources=[vpc], Tags=[{"Key": "aws:k", "Value": "v"}])
    fails("InvalidVpcID.NotFound", tag, Resources=["vpc-0123456789abcdef0"], Tags=[{"Key": "k", "Value": "v"}])
    fails("TagLimitExceeded", tag, Resources=[vpc], Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(51)])


@pytest.mark.parametrize("kind", ["route_table", "network_acl", "vpc_endpoint", "nat_gateway", "flow_logs"])
def test_client_tokens(cloud, plain, kind):
    for account in (cloud, plain):
        ec2, vpc = account.ec2, account.vpc()
        account.logs.create_log_group(logGroupName="g")
        if kind == "nat_gateway":
            account.gateway(vpc)
            wanted = {"SubnetId": account.subnet(vpc), "AllocationId": account.address()}
            changed = {**wanted, "AllocationId": account.address()}
        elif kind == "flow_logs":
            wanted = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL",
                      "LogDestinationType": "cloud-watch-logs", "LogGroupName": "g",
                      "DeliverLogsPermissionArn": flow_role(account)}
            changed = {**wanted, "TrafficType": "REJECT"}
        else:
            wanted = {"VpcId": vpc}
            if kind == "vpc_endpoint":
                wanted["ServiceName"] = "com.amazonaws.eu-central-1.s3"
            changed = {**wanted, "VpcId": account.vpc("10.9.0.0/16")}
        create = getattr(ec2, f"create_{kind}")

        def ident(**params):
            answer = create(ClientToken="token", **params)
            if kind == "flow_logs":
                return answer["FlowLogIds"][0]
            (inner,) = [v for k, v in answer.items() if isinstance(v, dict) and k != "ResponseMetadata"]
            return next(v for k, v in inner.items() if k in (
                "RouteTableId", "NetworkAclId", "VpcEndpointId", "NatGatewayId"))

        first = ident(**wanted)
        if account is cloud:
            assert ident(**wanted) == first
            fails("IdempotentParameterMismatch", create, ClientToken="token", **changed)
        elif kind in ("route_table", "network_acl"):
            assert ident(**wanted) != first


def flow_role(account, service="vpc-flow-logs.amazonaws.com", name="flow"):
    return account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"%s"}}]}' % service
    ))["Role"]["Arn"]


def test_quotas(cloud, plain):
    for account in (cloud, plain):
        room = 5 - len(account.ec2.describe_vpcs()["Vpcs"])
        for i in range(room):
            account.vpc(f"10.{i}.0.0/16")
        for _ in range(5):
            account.address()
            account.ec2.create_internet_gateway()
        if account is plain:
            account.vpc(), account.address(), account.ec2.create_internet_gateway()
            continue
        fails("VpcLimitExceeded", account.ec2.create_vpc, CidrBlock="10.9.0.0/16")
        fails("AddressLimitExceeded", account.ec2.allocate_address, Domain="vpc")
        fails("InternetGatewayLimitExceeded", account.ec2.create_internet_gateway)


def test_flow_logs(cloud):
    ec2, vpc = cloud.ec2, cloud.vpc()
    cloud.logs.create_log_group(logGroupName="g")
    wanted = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL",
              "LogDestinationType": "cloud-watch-logs", "LogGroupName": "g"}
    wrong = flow_role(cloud, "ec2.amazonaws.com", "wrong")
    fails("InvalidParameter", ec2.create_flow_logs, **wanted, DeliverLogsPermissionArn=wrong)
    missing = f"arn:aws:iam::{cloud.account}:role/missing"
    fails("InvalidParameter", ec2.create_flow_logs, **wanted, DeliverLogsPermissionArn=missing)
    role = flow_role(cloud)
    made = ec2.create_flow_logs(**wanted, DeliverLogsPermissionArn=role)
    assert made["Unsuccessful"] == []
    arn = f"arn:aws:logs:eu-central-1:{cloud.account}:log-group:g:*"
    del wanted["LogGroupName"]
    fails("FlowLogAlreadyExists", ec2.create_flow_logs, **wanted, LogDestination=arn, DeliverLogsPermissionArn=role)
    ec2.delete_flow_logs(FlowLogIds=made["FlowLogIds"])
    ec2.create_flow_logs(**wanted, LogDestination=arn, DeliverLogsPermissionArn=role)
    log = ec2.describe_flow_logs()["FlowLogs"][0]
    assert (log["LogGroupName"], log["LogDestination"]) == ("g", arn[:-2])
    assert log["DeliverLogsStatus"] == "SUCCESS"
    fails("InvalidFlowLogId.NotFound", ec2.delete_flow_logs, FlowLogIds=["fl-0"])
