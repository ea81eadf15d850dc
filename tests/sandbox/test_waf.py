"""WAF: web ACLs, the sets that their rules name, and what they protect."""

from __future__ import annotations

import copy

import pytest
from conftest import fails, wait_for
from test_cloudfront import change, delete, distribution
from test_elbv2 import Front

VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "web"}
GROUPS = ("CommonRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet", "AmazonIpReputationList", "AnonymousIpList",
          "BotControlRuleSet", "LinuxRuleSet", "PHPRuleSet", "WordPressRuleSet", "UnixRuleSet",
          "AdminProtectionRuleSet")


@pytest.fixture
def front(cloud):
    return Front(cloud)


@pytest.fixture
def east(cloud):
    return cloud.client("wafv2", region_name="us-east-1")


def rule(name, priority, statement, **more):
    return {"Name": name, "Priority": priority, "Statement": statement, "VisibilityConfig": VISIBILITY, **more}


def managed(name, priority=0, **more):
    statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": f"AWSManagedRules{name}"}}
    return rule(name, priority, statement, **{"OverrideAction": {"None": {}}, **more})


def block(name, priority, statement):
    return rule(name, priority, statement, Action={"Block": {}})


def acl(waf, name="web", *rules, scope="REGIONAL", **more):
    wanted = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY, "Rules": [*rules], **more}
    return waf.create_web_acl(Name=name, Scope=scope, **wanted)["Summary"]


def key(summary, scope="REGIONAL"):
    return {"Name": summary["Name"], "Id": summary["Id"], "Scope": scope}


def addresses(waf, name="office", *ranges, version="IPV4", **more):
    made = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=version, Addresses=[*ranges], **more)
    return made["Summary"]


def test_a_web_acl(cloud):
    waf = cloud.wafv2
    geo = block("geo", 1, {"GeoMatchStatement": {"CountryCodes": ["XX"]}})
    made = acl(waf, "web", managed("CommonRuleSet", 2), geo, Description="d", Tags=[{"Key": "a", "Value": "b"}])
    found = waf.get_web_acl(**key(made))
    shown = found["WebACL"]
    assert found["LockToken"] == made["LockToken"] and shown["ARN"] == made["ARN"]
    assert f":{cloud.account}:regional/webacl/web/{made['Id']}" in made["ARN"]
    assert [it["Name"] for it in shown["Rules"]] == ["geo", "CommonRuleSet"] and shown["Capacity"] == 701
    assert shown["Description"] == "d" and shown["LabelNamespace"] == f"awswaf:{cloud.account}:webacl:web:"
    tags = waf.list_tags_for_resource(ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"]
    assert tags == [{"Key": "a", "Value": "b"}]
    waf.tag_resource(ResourceARN=made["ARN"], Tags=[{"Key": "c", "Value": "d"}])
    waf.untag_resource(ResourceARN=made["ARN"], TagKeys=["a"])
    tags = waf.list_tags_for_resource(ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"]
    assert tags == [{"Key": "c", "Value": "d"}]
    fails("WAFDuplicateItemException", acl, waf=waf)
    fails("WAFNonexistentItemException", waf.get_web_acl, **{**key(made), "Name": "other"})


def test_only_the_state_that_was_read_is_changed(cloud):
    waf = cloud.wafv2
    made = acl(waf, "web", managed("CommonRuleSet"), Description="d")
    update = {**key(made), "DefaultAction": {"Block": {}}, "VisibilityConfig": VISIBILITY, "Rules": []}
    fails("WAFOptimisticLockException", waf.update_web_acl, **update, LockToken="0")
    after = waf.update_web_acl(**update, Description="", LockToken=made["LockToken"])["NextLockToken"]
    fails("WAFOptimisticLockException", waf.update_web_acl, **update, LockToken=made["LockToken"])
    shown = waf.get_web_acl(**key(made))["WebACL"]
    assert shown["Rules"] == [] and shown["DefaultAction"] == {"Block": {}} and shown["Capacity"] == 0
    assert shown["Description"] == "d"
    fails("WAFOptimisticLockException", waf.delete_web_acl, **key(made), LockToken=made["LockToken"])
    waf.delete_web_acl(**key(made), LockToken=after)
    fails("WAFNonexistentItemException", waf.get_web_acl, **key(made))


def test_what_is_for_cloudfront_is_in_one_region(cloud, east):
    fails("WAFInvalidParameterException", acl, waf=cloud.wafv2, scope="CLOUDFRONT")
    fails("WAFInvalidParameterException", cloud.wafv2.list_web_acls, Scope="CLOUDFRONT")
    made = acl(east, scope="CLOUDFRONT")
    assert ":us-east-1:" in made["ARN"] and ":global/webacl/web/" in made["ARN"]
    acl(east)
    assert len(east.list_web_acls(Scope="CLOUDFRONT")["WebACLs"]) == 1


@pytest.mark.parametrize(("code", "rules"), [
    ("WAFInvalidParameterException", [managed("CommonRuleSet", 1), managed("SQLiRuleSet", 1)]),
    ("WAFInvalidParameterException", [managed("CommonRuleSet", 1), managed("CommonRuleSet", 2)]),
    ("WAFInvalidParameterException", [rule("a", 1, {"GeoMatchStatement": {"CountryCodes": ["XX"]}})]),
    ("WAFInvalidParameterException", [managed("CommonRuleSet", 1, Action={"Block": {}})]),
    ("WAFInvalidParameterException", [managed("CommonRuleSet", OverrideAction={"Count": {}, "None": {}})]),
    ("WAFInvalidParameterException", [managed("ATPRuleSet")]),
    ("WAFInvalidParameterException", [block("a b", 1, {"GeoMatchStatement": {"CountryCodes": ["XX"]}})]),
    ("WAFInvalidParameterException", [block("a", 1, {"RateBasedStatement": {"Limit": 1, "AggregateKeyType": "IP"}})]),
    ("WAFNonexistentItemException", [managed("NoSuchRuleSet")]),
    ("WAFNonexistentItemException", [block("a", 1, {"IPSetReferenceStatement": {"ARN": "arn:aws:wafv2:none"}})]),
    ("WAFLimitsExceededException", [
        {**managed("CommonRuleSet", n), "Name": f"r{n}"} for n in range(8)]),
])
def test_checks_of_rules(cloud, code, rules):
    fails(code, lambda: acl(cloud.wafv2, "web", *copy.deepcopy(rules)))
    fails(code, cloud.wafv2.check_capacity, Scope="REGIONAL", Rules=rules)


def test_groups_of_rules_are_known(cloud):
    rules = [managed(name, at) for at, name in enumerate(GROUPS)]
    assert cloud.wafv2.check_capacity(Scope="REGIONAL", Rules=rules)["Capacity"] == 1825
    listed = cloud.wafv2.list_available_managed_rule_groups(Scope="REGIONAL")["ManagedRuleGroups"]
    assert {f"AWSManagedRules{name}" for name in GROUPS} <= {it["Name"] for it in listed}
    common = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet", "Scope": "REGIONAL"}
    assert cloud.wafv2.describe_managed_rule_group(**common)["Capacity"] == 700
    assert not cloud.control("GET", "calls")["n_mutating"]


def test_what_is_searched_for_is_kept_as_it_is(cloud):
    search = {"ByteMatchStatement": {
        "SearchString": b"/admin\xff", "FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "STARTS_WITH",
        "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}}
    made = acl(cloud.wafv2, "web", block("admin", 1, search))
    shown = cloud.wafv2.get_web_acl(**key(made))["WebACL"]
    assert shown["Rules"][0]["Statement"] == search and shown["Capacity"] == 12


def test_what_it_does_not_know_moto_does_not_do(cloud):
    fails("NotImplementedInSandbox", cloud.wafv2.create_rule_group, Name="a", Scope="REGIONAL", Capacity=1,
          VisibilityConfig=VISIBILITY)


def test_a_limit_of_requests(cloud):
    limit = {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}}
    made = acl(cloud.wafv2, "web", block("limit", 1, limit))
    shown = cloud.wafv2.get_web_acl(**key(made))["WebACL"]["Rules"][0]["Statement"]["RateBasedStatement"]
    assert shown == {"Limit": 2000, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}


def test_sets_of_addresses(cloud):
    waf = cloud.wafv2
    made = addresses(waf, "office", "192.0.2.0/24", Tags=[{"Key": "a", "Value": "b"}])
    fails("WAFDuplicateItemException", addresses, waf=waf)
    for wrong in (["192.0.2.1"], ["0.0.0.0/0"], ["2001:db8::/32"], ["x/8"]):
        fails("WAFInvalidParameterException", waf.create_ip_set, Name="b", Scope="REGIONAL", IPAddressVersion="IPV4",
              Addresses=wrong)
    named = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
    user = acl(waf, "web", block("office", 1, {"NotStatement": {"Statement": named}}))
    fails("WAFAssociatedItemException", waf.delete_ip_set, **key(made), LockToken=made["LockToken"])
    fails("WAFOptimisticLockException", waf.update_ip_set, **key(made), Addresses=[], LockToken="0")
    after = waf.update_ip_set(**key(made), Addresses=["192.0.2.0/25"], LockToken=made["LockToken"])["NextLockToken"]
    found = waf.get_ip_set(**key(made))
    assert found["IPSet"]["Addresses"] == ["192.0.2.0/25"] and found["LockToken"] == after
    waf.delete_web_acl(**key(user), LockToken=user["LockToken"])
    waf.delete_ip_set(**key(made), LockToken=after)
    assert waf.list_ip_sets(Scope="REGIONAL")["IPSets"] == []


def test_sets_of_patterns(cloud):
    waf, scope = cloud.wafv2, {"Scope": "REGIONAL"}
    made = waf.create_regex_pattern_set(Name="p", **scope, RegularExpressionList=[{"RegexString": "^a"}])["Summary"]
    fails("WAFInvalidParameterException", waf.create_regex_pattern_set, Name="q", **scope,
          RegularExpressionList=[{"RegexString": "("}])
    found = waf.get_regex_pattern_set(**key(made))["RegexPatternSet"]
    assert found["RegularExpressionList"] == [{"RegexString": "^a"}]
    waf.delete_regex_pattern_set(**key(made), LockToken=made["LockToken"])


def test_listings_have_a_marker_after_the_last_page_too(cloud):
    for n in range(3):
        acl(cloud.wafv2, f"web{n}")
    cloud.behave(page_size=2, empty_pages=1)
    pages, marker = [], {}
    while True:
        page = cloud.wafv2.list_web_acls(Scope="REGIONAL", **marker)
        pages.append([it["Name"] for it in page["WebACLs"]])
        if "NextMarker" not in page:
            break
        marker = {"NextMarker": page["NextMarker"]}
    assert pages == [[], ["web0", "web1"], ["web2"]]
    cloud.behave(page_size=3, empty_pages=0)
    page = cloud.wafv2.list_web_acls(Scope="REGIONAL")
    assert len(page["WebACLs"]) == 3
    assert cloud.wafv2.list_web_acls(Scope="REGIONAL", NextMarker=page["NextMarker"])["WebACLs"] == []


def test_listings_lag(cloud):
    cloud.behave(read_after_write=0.3)
    acl(cloud.wafv2)
    assert cloud.wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"] == []
    wait_for(lambda: cloud.wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"])


def test_a_load_balancer_has_one(cloud, front):
    waf, balancer = cloud.wafv2, front.balancer()
    made, other = acl(waf), acl(waf, "other")
    for one in (other, made):
        waf.associate_web_acl(WebACLArn=one["ARN"], ResourceArn=balancer)
    assert waf.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["Name"] == "web"
    assert waf.list_resources_for_web_acl(WebACLArn=made["ARN"])["ResourceArns"] == [balancer]
    assert waf.list_resources_for_web_acl(WebACLArn=other["ARN"])["ResourceArns"] == []
    cloud.behave(waf_release=0.3)
    gone = {**key(made), "LockToken": made["LockToken"]}
    fails("WAFAssociatedItemException", waf.delete_web_acl, **gone)
    waf.disassociate_web_acl(ResourceArn=balancer)
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=balancer)
    fails("WAFAssociatedItemException", waf.delete_web_acl, **gone)
    wait_for(lambda: _deleted(waf, gone))
    waf.associate_web_acl(WebACLArn=other["ARN"], ResourceArn=balancer)
    cloud.behave(waf_release=0)
    front.elb.delete_load_balancer(LoadBalancerArn=balancer)
    waf.delete_web_acl(**key(other), LockToken=other["LockToken"])
    fails("WAFNonexistentItemException", waf.associate_web_acl, WebACLArn=made["ARN"], ResourceArn=balancer)
    fails("WAFInvalidParameterException", waf.associate_web_acl, WebACLArn=made["ARN"],
          ResourceArn="arn:aws:cloudfront::1:distribution/E1")


def _deleted(waf, gone):
    try:
        return waf.delete_web_acl(**gone)
    except waf.exceptions.WAFAssociatedItemException:
        return None


def test_what_is_new_cannot_be_used_at_once(cloud, front):
    cloud.behave(waf_delay=0.3)
    waf, balancer = cloud.wafv2, front.balancer()
    made = acl(waf)
    fails("WAFUnavailableEntityException", waf.associate_web_acl, WebACLArn=made["ARN"], ResourceArn=balancer)
    named = {"IPSetReferenceStatement": {"ARN": addresses(waf)["ARN"]}}
    fails("WAFUnavailableEntityException", lambda: acl(waf, "b", block("office", 1, named)))
    wait_for(lambda: _associated(waf, made, balancer))


def _associated(waf, made, balancer):
    try:
        return waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=balancer)
    except waf.exceptions.WAFUnavailableEntityException:
        return None


def test_a_distribution_holds_it(cloud, east):
    made = acl(east, scope="CLOUDFRONT")
    fails("InvalidWebACLId", distribution, cloud=cloud, WebACLId=acl(east)["ARN"])
    of = distribution(cloud, WebACLId=made["ARN"])
    gone = {**key(made, "CLOUDFRONT"), "LockToken": made["LockToken"]}
    fails("WAFAssociatedItemException", east.delete_web_acl, **gone)
    listed = cloud.cloudfront.list_distributions_by_web_acl_id(WebACLId=made["ARN"])["DistributionList"]
    assert [it["Id"] for it in listed["Items"]] == [of]
    cloud.behave(waf_release=0.3)
    change(cloud, of, WebACLId="")
    fails("WAFAssociatedItemException", east.delete_web_acl, **gone)
    wait_for(lambda: _deleted(east, gone))
    delete(cloud, of)


def test_logging(cloud):
    waf, made = cloud.wafv2, acl(cloud.wafv2)
    place = f"arn:aws:logs:eu-central-1:{cloud.account}:log-group:"
    for wrong in ("web", "arn:aws:s3:::web", f"{place}web"):
        fails("WAFInvalidParameterException", waf.put_logging_configuration, LoggingConfiguration={
            "ResourceArn": made["ARN"], "LogDestinationConfigs": [wrong]})
    config = {"ResourceArn": made["ARN"], "LogDestinationConfigs": [f"{place}aws-waf-logs-web"]}
    waf.put_logging_configuration(LoggingConfiguration=config)
    found = waf.get_logging_configuration(ResourceArn=made["ARN"])["LoggingConfiguration"]
    assert {name: found[name] for name in config} == config
    assert len(waf.list_logging_configurations(Scope="REGIONAL")["LoggingConfigurations"]) == 1
    waf.delete_logging_configuration(ResourceArn=made["ARN"])
    fails("WAFNonexistentItemException", waf.get_logging_configuration, ResourceArn=made["ARN"])


def test_faults_and_the_log(cloud):
    cloud.control("PUT", "faults", [{"kind": "server_error", "operation": "wafv2:CreateWebACL", "count": 1}])
    fails("WAFInternalErrorException", acl, waf=cloud.wafv2)
    acl(cloud.wafv2)
    cloud.wafv2.list_web_acls(Scope="REGIONAL")
    calls = cloud.control("GET", "calls")["calls"]
    assert [(it["service"], it["operation"], it["mutating"], it["status"]) for it in calls] == [
        ("wafv2", "CreateWebACL", True, 500), ("wafv2", "CreateWebACL", True, 200),
        ("wafv2", "ListWebACLs", False, 200)]
