"""Security group rules."""

import pytest
from conftest import fails, where


@pytest.fixture
def group(cloud):
    return cloud.group(cloud.vpc())


def tcp(port, **sources):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **sources}


def rules_of(cloud, group, egress=False):
    found = cloud.ec2.describe_security_group_rules(Filters=where("group-id", group))["SecurityGroupRules"]
    return [rule for rule in found if rule["IsEgress"] == egress]


def test_a_new_group_lets_everything_out(cloud, group):
    assert rules_of(cloud, group) == []
    (rule,) = rules_of(cloud, group, egress=True)
    assert (rule["IpProtocol"], rule["CidrIpv4"]) == ("-1", "0.0.0.0/0")
    assert (rule["FromPort"], rule["ToPort"]) == (-1, -1)
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    cloud.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    fails("InvalidPermission.NotFound", cloud.ec2.revoke_security_group_egress,
          GroupId=group, IpPermissions=everything)
    assert rules_of(cloud, group, egress=True) == []


def test_every_source_is_a_rule_with_its_description(cloud, group):
    answer = cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        tcp(80, IpRanges=[{"CidrIp": "10.0.0.7/8", "Description": "v4"}, {"CidrIp": "0.0.0.0/0"}],
            Ipv6Ranges=[{"CidrIpv6": "2001:DB8::/32", "Description": "v6"}]),
        tcp(443, UserIdGroupPairs=[{"GroupId": group, "Description": "myself"}]),
    ])["SecurityGroupRules"]
    assert answer == rules_of(cloud, group)
    by_source = {
        rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule["ReferencedGroupInfo"]["GroupId"]: rule
        for rule in answer
    }
    assert {key: rule.get("Description") for key, rule in by_source.items()} == {
        "10.0.0.0/8": "v4", "0.0.0.0/0": None, "2001:db8::/32": "v6", group: "myself",
    }
    assert by_source[group]["ReferencedGroupInfo"]["UserId"] == cloud.account
    shown = cloud.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    pairs = [pair for permission in shown for pair in permission["UserIdGroupPairs"]]
    assert pairs == [{"GroupId": group, "UserId": cloud.account, "Description": "myself"}]


def test_authorize_is_all_or_nothing(cloud, group):
    authorize = cloud.ec2.authorize_security_group_ingress
    anywhere = [{"CidrIp": "0.0.0.0/0"}]
    authorize(GroupId=group, IpPermissions=[tcp(80, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "x"}])])
    fails("InvalidPermission.Duplicate", authorize, GroupId=group,
          IpPermissions=[tcp(81, IpRanges=anywhere), tcp(80, IpRanges=anywhere)])
    fails("InvalidPermission.Duplicate", authorize, GroupId=group,
          IpPermissions=[tcp(82, IpRanges=anywhere), tcp(82, IpRanges=anywhere)])
    fails("InvalidParameterValue", authorize, GroupId=group,
          IpPermissions=[{"IpProtocol": "tcp", "IpRanges": anywhere}])
    fails("InvalidParameterValue", authorize, GroupId=group, IpPermissions=[tcp(83, IpRanges=[{"CidrIp": "x"}])])
    fails("InvalidGroup.NotFound", authorize, GroupId=group,
          IpPermissions=[tcp(84, UserIdGroupPairs=[{"GroupId": "sg-0"}])])
    assert [rule["FromPort"] for rule in rules_of(cloud, group)] == [80]


def test_protocol_numbers_mean_their_names(cloud, group):
    authorize = cloud.ec2.authorize_security_group_ingress
    authorize(GroupId=group, IpPermissions=[tcp(80, IpRanges=[{"CidrIp": "0.0.0.0/0"}])])
    fails("InvalidPermission.Duplicate", authorize, GroupId=group, IpPermissions=[
        {"IpProtocol": "6", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    authorize(GroupId=group, IpPermissions=[{"IpProtocol": "50", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert {(rule["IpProtocol"], rule["FromPort"]) for rule in rules_of(cloud, group)} == {("tcp", 80), ("50", -1)}


def test_revoke_ignores_descriptions(cloud, group):
    permission = tcp(80, UserIdGroupPairs=[{"GroupId": group, "Description": "x"}])
    cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    without = tcp(80, UserIdGroupPairs=[{"GroupId": group}])
    cloud.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[without])
    assert rules_of(cloud, group) == []
    fails("InvalidPermission.NotFound", cloud.ec2.revoke_security_group_ingress,
          GroupId=group, IpPermissions=[without])
    made = cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    key = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    cloud.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[key])
    fails("InvalidSecurityGroupRuleId.NotFound", cloud.ec2.revoke_security_group_ingress,
          GroupId=group, SecurityGroupRuleIds=[key])


def test_descriptions_can_be_changed(cloud, group):
    ec2 = cloud.ec2
    pair = [{"GroupId": group, "Description": "old"}]
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(80, UserIdGroupPairs=pair)])
    key = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    note = lambda: rules_of(cloud, group)[0].get("Description")
    pair = [{"GroupId": group, "Description": "new"}]
    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=group, IpPermissions=[tcp(80, UserIdGroupPairs=pair)])
    assert note() == "new"
    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=group, SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": key, "Description": "newer"}])
    assert note() == "newer"
    (default,) = rules_of(cloud, group, egress=True)
    ec2.update_security_group_rule_descriptions_egress(GroupId=group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "out"}]}])
    (changed,) = rules_of(cloud, group, egress=True)
    assert changed == {**default, "Description": "out"}


def test_modify_keeps_the_id(cloud, group):
    made = cloud.ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(80, IpRanges=[{"CidrIp": "10.0.0.0/8"}])])
    key = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    cloud.ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{
        "SecurityGroupRuleId": key,
        "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 90, "ToPort": 91,
                              "ReferencedGroupId": group, "Description": "d"},
    }])
    (rule,) = rules_of(cloud, group)
    assert (rule["SecurityGroupRuleId"], rule["FromPort"], rule["ToPort"]) == (key, 90, 91)
    assert (rule["ReferencedGroupInfo"]["GroupId"], rule["Description"]) == (group, "d")
