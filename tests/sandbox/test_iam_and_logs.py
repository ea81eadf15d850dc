"""IAM roles and CloudWatch log groups."""

import json

import pytest
from conftest import fails

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
INLINE = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:a+b c*"}]}


@pytest.fixture
def role(cloud):
    return cloud.iam.create_role(
        RoleName="Web", Path="/app/", Description="d", AssumeRolePolicyDocument=json.dumps(TRUST),
        MaxSessionDuration=7200, Tags=[{"Key": "k", "Value": "v"}],
    )["Role"]


def test_role(cloud, role):
    shown = cloud.iam.get_role(RoleName="Web")["Role"]
    assert shown["Arn"] == f"arn:aws:iam::{cloud.account}:role/app/Web"
    assert shown["AssumeRolePolicyDocument"] == TRUST
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("d", 7200)
    assert shown["Tags"] == [{"Key": "k", "Value": "v"}]
    assert shown["CreateDate"]
    cloud.iam.update_role(RoleName="Web", Description="e", MaxSessionDuration=3600)
    assert cloud.iam.get_role(RoleName="Web")["Role"]["Description"] == "e"


def test_default_role_fields(cloud):
    cloud.iam.create_role(RoleName="bare", AssumeRolePolicyDocument=json.dumps(TRUST))
    shown = cloud.iam.get_role(RoleName="bare")["Role"]
    assert (shown["Path"], shown["MaxSessionDuration"]) == ("/", 3600)
    assert "Tags" not in shown and "Description" not in shown


def test_list_roles(cloud, role):
    (listed,) = cloud.iam.list_roles(PathPrefix="/app/")["Roles"]
    assert listed["RoleName"] == "Web" and "Tags" not in listed
    assert listed["AssumeRolePolicyDocument"] == TRUST
    assert cloud.iam.list_roles(PathPrefix="/other/")["Roles"] == []


def test_role_tags(cloud, role):
    cloud.iam.tag_role(RoleName="Web", Tags=[{"Key": "l", "Value": "w"}])
    cloud.iam.untag_role(RoleName="Web", TagKeys=["k"])
    assert cloud.iam.list_role_tags(RoleName="Web")["Tags"] == [{"Key": "l", "Value": "w"}]
    assert cloud.iam.get_role(RoleName="Web")["Role"]["Tags"] == [{"Key": "l", "Value": "w"}]


def test_inline_policies(cloud, role):
    cloud.iam.put_role_policy(RoleName="Web", PolicyName="p", PolicyDocument=json.dumps(INLINE))
    assert cloud.iam.list_role_policies(RoleName="Web")["PolicyNames"] == ["p"]
    assert cloud.iam.get_role_policy(RoleName="Web", PolicyName="p")["PolicyDocument"] == INLINE
    cloud.iam.delete_role_policy(RoleName="Web", PolicyName="p")
    fails("NoSuchEntity", cloud.iam.get_role_policy, RoleName="Web", PolicyName="p")
    fails("NoSuchEntity", cloud.iam.delete_role_policy, RoleName="Web", PolicyName="p")


def test_policies_of_aws(cloud, role):
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    cloud.iam.attach_role_policy(RoleName="Web", PolicyArn=arn)
    attached = cloud.iam.list_attached_role_policies(RoleName="Web")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": arn}]
    assert cloud.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    fails("NoSuchEntity", cloud.iam.attach_role_policy, RoleName="Web", PolicyArn=f"{arn}X")


def test_trust_policy(cloud, role):
    other = json.loads(json.dumps(TRUST).replace("ec2", "ecs-tasks"))
    cloud.iam.update_assume_role_policy(RoleName="Web", PolicyDocument=json.dumps(other))
    assert cloud.iam.get_role(RoleName="Web")["Role"]["AssumeRolePolicyDocument"] == other


def test_role_refusals(cloud, role):
    create = cloud.iam.create_role
    fails("EntityAlreadyExists", create, RoleName="WEB", AssumeRolePolicyDocument=json.dumps(TRUST))
    fails("ValidationError", create, RoleName="a b", AssumeRolePolicyDocument=json.dumps(TRUST))
    for wrong in ("{", "[]", "{}", json.dumps(INLINE), json.dumps({**TRUST, "Version": "1"})):
        fails("MalformedPolicyDocument", create, RoleName="r", AssumeRolePolicyDocument=wrong)
    fails("MalformedPolicyDocument", cloud.iam.put_role_policy,
          RoleName="Web", PolicyName="p", PolicyDocument=json.dumps(TRUST))
    fails("NoSuchEntity", cloud.iam.put_role_policy,
          RoleName="none", PolicyName="p", PolicyDocument=json.dumps(INLINE))
    fails("NoSuchEntity", cloud.iam.delete_role, RoleName="none")


def test_log_group(cloud):
    logs = cloud.logs
    logs.create_log_group(logGroupName="/app/web", tags={"k": "v"}, logGroupClass="INFREQUENT_ACCESS")
    arn = f"arn:aws:logs:eu-central-1:{cloud.account}:log-group:/app/web"
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/app")["logGroups"]
    assert (group["arn"], group["logGroupArn"]) == (f"{arn}:*", arn)
    assert group["logGroupClass"] == "INFREQUENT_ACCESS"
    assert "retentionInDays" not in group
    logs.put_retention_policy(logGroupName="/app/web", retentionInDays=30)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    logs.delete_retention_policy(logGroupName="/app/web")
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]

    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"k": "v"}
    logs.tag_resource(resourceArn=arn, tags={"l": "w"})
    logs.untag_resource(resourceArn=arn, tagKeys=["k"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"l": "w"}
    fails("InvalidParameterException", logs.tag_resource, resourceArn=f"{arn}:*", tags={"a": "b"})
    fails("ResourceNotFoundException", logs.list_tags_for_resource, resourceArn=f"{arn}x")

    fails("ResourceAlreadyExistsException", logs.create_log_group, logGroupName="/app/web")
    logs.delete_log_group(logGroupName="/app/web")
    assert logs.describe_log_groups()["logGroups"] == []
    logs.create_log_group(logGroupName="/app/web")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_log_group_refusals(cloud, plain):
    logs = cloud.logs
    for name in ("aws/x", "a b", "x" * 513):
        fails("InvalidParameterException", logs.create_log_group, logGroupName=name)
    logs.create_log_group(logGroupName="g")
    fails("InvalidParameterException", logs.put_retention_policy, logGroupName="g", retentionInDays=31)
    fails("ResourceNotFoundException", logs.put_retention_policy, logGroupName="none", retentionInDays=30)
    fails("ResourceNotFoundException", logs.delete_log_group, logGroupName="none")
    plain.logs.create_log_group(logGroupName="g")
    plain.logs.put_retention_policy(logGroupName="g", retentionInDays=31)
