"""Security group rules, written anew over moto's groups.

On AWS a call adds or removes all its rules or none, every source is a rule of
its own with an id, and a rule is the same whatever its description. moto stops
in the middle, answers with the last permission's rules only, and lets the
description decide whether two group references are equal.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

from .ec2_rule import Rule, identity
from .hooks import Context, Result, instead
from .wire import AwsError

_PER_DIRECTION = 60
# The lists of sources in a permission, and the member that identifies a source.
_SOURCES = (
    ("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"), ("PrefixListIds", "PrefixListId"),
)


def _group(context: Context) -> SecurityGroup:
    key = context.params.get("GroupId") or context.params.get("GroupName")
    group = context.ec2.get_security_group_by_name_or_id(key)
    if group is None:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{key}' does not exist")
    return group


def _egress(context: Context) -> bool:
    return context.call.operation.endswith("Egress")


def _rules(group: SecurityGroup, egress: bool) -> list[SecurityGroupRule]:
    return group.egress_rules if egress else group.ingress_rules


def _asked(context: Context, group: SecurityGroup, tags: dict[str, str]) -> Iterator[Rule]:
    """The rules a request speaks of, in its long or its short form."""
    params = context.params
    permissions = params.get("IpPermissions") or [
        {**params, **{
            name: [{member: params[member]}] for name, member in _SOURCES[:2] if member in params
        }}
    ]
    for permission in permissions:
        for name, member in _SOURCES:
            for source in permission.get(name) or []:
                if member == "GroupId":
                    source = _reference(context, group, source)
                yield Rule(context.ec2, group, _egress(context), permission, member, source, tags)


def _reference(context: Context, group: SecurityGroup, source: dict[str, Any]) -> dict[str, Any]:
    name = source.get("GroupId") or source.get("GroupName", "")
    other = context.ec2.get_security_group_by_name_or_id(name, group.vpc_id)
    if other is None:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
    if other.vpc_id != group.vpc_id:
        raise AwsError("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
    kept: dict[str, Any] = {member: source[member] for member in ("UserId", "Description") if member in source}
    return {**kept, "GroupId": other.id}


@instead("ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress")
def authorize(context: Context) -> Result:
    group, egress = _group(context), _egress(context)
    specs = context.params.get("TagSpecifications") or []
    tags = {tag["Key"]: tag.get("Value", "") for spec in specs for tag in spec.get("Tags") or []}
    present, added = _rules(group, egress), list(_asked(context, group, tags))
    if not added:
        raise AwsError("MissingParameter", "The request must contain the parameter ipPermissions")
    seen = {identity(rule) for rule in present}
    for rule in added:
        if identity(rule) in seen:
            source = rule.cidr_ipv4 or rule.cidr_ipv6 or rule.source_group.get("GroupId") or rule.prefix_list_id
            raise AwsError(
                "InvalidPermission.Duplicate",
                f'the specified rule "peer: {source}, {rule.ip_protocol}, ALLOW" already exists',
            )
        seen.add(identity(rule))
    if context.behaviour("quotas") and len(present) + len(added) > _PER_DIRECTION:
        raise AwsError(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        )
    present.extend(added)
    ids = [rule.id for rule in added]
    rows = context.moto("DescribeSecurityGroupRules", {"SecurityGroupRuleIds": ids})
    return {"Return": True, **rows}


@instead("ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress")
def revoke(context: Context) -> Result:
    group, egress = _group(context), _egress(context)
    gone = {rule.id for rule in _named(context, group, egress)}
    kept = [rule for rule in _rules(group, egress) if rule.id not in gone]
    if egress:
        group.egress_rules = kept
    else:
        group.ingress_rules = kept
    for key in gone:
        context.ec2.tags.pop(key, None)
    return {"Return": True}


def _named(context: Context, group: SecurityGroup, egress: bool) -> list[SecurityGroupRule]:
    """The group's rules that a request names, by id or by content."""
    present = _rules(group, egress)
    ids = context.params.get("SecurityGroupRuleIds")
    if ids:
        by_id = {rule.id: rule for rule in present}
        return [_by_id(by_id, key) for key in ids]
    by_key = {identity(rule): rule for rule in present}
    found = []
    for rule in _asked(context, group, {}):
        if identity(rule) not in by_key:
            raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        found.append(by_key[identity(rule)])
    return found


def _by_id(rules: dict[str, SecurityGroupRule], key: str) -> SecurityGroupRule:
    if key not in rules:
        raise AwsError("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{key}' does not exist")
    return rules[key]


@instead("ec2:UpdateSecurityGroupRuleDescriptionsIngress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress")
def update_descriptions(context: Context) -> Result:
    group, egress = _group(context), _egress(context)
    by_id = {rule.id: rule for rule in _rules(group, egress)}
    notes = context.params.get("SecurityGroupRuleDescriptions") or []
    if notes:
        changes = [(_by_id(by_id, note["SecurityGroupRuleId"]), note.get("Description")) for note in notes]
    else:
        asked = [rule.note for rule in _asked(context, group, {})]
        changes = list(zip(_named(context, group, egress), asked, strict=True))
    for rule, note in changes:
        _as_ours(context, group, rule, egress).describe(note)
    return {"Return": True}


def _as_ours(context: Context, group: SecurityGroup, rule: SecurityGroupRule, egress: bool) -> Rule:
    """The rule itself, or its replacement if it is one that moto made with the group."""
    if isinstance(rule, Rule):
        return rule
    kind = "CidrIpv6" if rule.cidr_ipv6 else "CidrIp"
    ours = Rule(context.ec2, group, egress, {"IpProtocol": rule.ip_protocol}, kind, rule.ip_range, {})
    ours.id = rule.id
    _swap(_rules(group, egress), rule, ours)
    return ours


def _swap(rules: list[SecurityGroupRule], old: SecurityGroupRule, new: SecurityGroupRule) -> None:
    # Not rules.index(): moto's rules can equal one another across their sources.
    rules[:] = [new if rule is old else rule for rule in rules]


@instead("ec2:ModifySecurityGroupRules")
def modify(context: Context) -> Result:
    """Gives a rule new content under its old id."""
    group = _group(context)
    for change in context.params.get("SecurityGroupRules") or []:
        key, wanted = change["SecurityGroupRuleId"], change["SecurityGroupRule"]
        rules = group.egress_rules if any(rule.id == key for rule in group.egress_rules) else group.ingress_rules
        old = _by_id({rule.id: rule for rule in rules}, key)
        sources = {
            "CidrIp": wanted.get("CidrIpv4"), "CidrIpv6": wanted.get("CidrIpv6"),
            "GroupId": wanted.get("ReferencedGroupId"), "PrefixListId": wanted.get("PrefixListId"),
        }
        given = [(kind, value) for kind, value in sources.items() if value]
        if len(given) != 1:
            raise AwsError("InvalidParameterCombination", "Exactly one source must be specified for a rule")
        kind, value = given[0]
        source = {kind: value}
        if "Description" in wanted:
            source["Description"] = wanted["Description"]
        new = Rule(context.ec2, group, old.is_egress, wanted, kind, source, {})
        new.id = key
        _swap(rules, old, new)
    return {"Return": True}
