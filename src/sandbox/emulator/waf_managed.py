"""The groups of rules that AWS manages, and how much of a web ACL's capacity each takes.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

from . import waf_store as store
from .hooks import Context, Result, instead
from .wire import AwsError

VENDOR = "AWS"
GROUPS = {
    "AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200, "AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100, "AWSManagedRulesWindowsRuleSet": 200, "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100, "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesBotControlRuleSet": 50, "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50, "AWSManagedRulesAntiDDoSRuleSet": 50,
}
# Those that say what they are to do for this account, and so have to be configured.
_CONFIGURED = {"AWSManagedRulesATPRuleSet": "AWSManagedRulesATPRuleSet",
               "AWSManagedRulesACFPRuleSet": "AWSManagedRulesACFPRuleSet"}
_VERSIONLESS = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList",
                "AWSManagedRulesAntiDDoSRuleSet")


def capacity(statement: store.Doc) -> int:
    """Of a rule that runs a managed group; refused if there is no such group."""
    vendor, name = statement.get("VendorName"), statement.get("Name") or ""
    if vendor != VENDOR or name not in GROUPS:
        raise AwsError("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource "
                                                      f"doesn’t exist: the managed rule group {vendor} {name}", 400)
    given = {key for it in statement.get("ManagedRuleGroupConfigs") or [] for key in it}
    if name in _CONFIGURED and _CONFIGURED[name] not in given:
        raise store.invalid("A required field is missing from the parameter.", "MANAGED_RULE_GROUP_CONFIG", name)
    return GROUPS[name]


@instead("wafv2:ListAvailableManagedRuleGroups")
def listing(context: Context) -> Result:
    return store.listed(context, "ManagedRuleGroups", [
        {"VendorName": VENDOR, "Name": name, "VersioningSupported": name not in _VERSIONLESS, "Description": name}
        for name in GROUPS
    ])


@instead("wafv2:ListAvailableManagedRuleGroupVersions")
def versions(context: Context) -> Result:
    capacity({"VendorName": context.params.get("VendorName"), "Name": context.params.get("Name"),
              "ManagedRuleGroupConfigs": [_CONFIGURED]})
    if context.params["Name"] in _VERSIONLESS:
        return {"Versions": []}
    return {**store.listed(context, "Versions", [{"Name": "Version_1.0"}]), "CurrentDefaultVersion": "Version_1.0"}


@instead("wafv2:DescribeManagedRuleGroup")
def describe(context: Context) -> Result:
    name = context.params.get("Name") or ""
    units = capacity({**context.params, "ManagedRuleGroupConfigs": [_CONFIGURED]})
    return {"Capacity": units, "Rules": [{"Name": "Rule_1", "Action": {"Block": {}}}],
            "LabelNamespace": f"awswaf:managed:aws:{name}:", "AvailableLabels": []}
