"""The rules of a web ACL: what they may say, and the capacity that they take.

https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import waf_managed
from . import waf_store as store
from .hooks import Context, Result, instead
from .waf_store import ADDRESSES, PATTERNS, Doc, invalid
from .wire import AwsError

_NAME = re.compile(r"[\w-]{1,128}")
_METRIC = re.compile(r"[\w#:./-]{1,255}")
_MOST = 5000
_GROUPS = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")
_ACTIONS = ("Block", "Allow", "Count", "Captcha", "Challenge")
_RATES = (10, 2_000_000_000)
_WINDOWS = (60, 120, 300, 600)
# What a statement takes, without what is in it and what is done to the text before.
_UNITS = {"ByteMatchStatement": 2, "SqliMatchStatement": 20, "XssMatchStatement": 40, "SizeConstraintStatement": 1,
          "GeoMatchStatement": 1, "IPSetReferenceStatement": 1, "RegexPatternSetReferenceStatement": 25,
          "RateBasedStatement": 2, "LabelMatchStatement": 1, "RegexMatchStatement": 3, "AsnMatchStatement": 1}
_TRANSFORMED = 10


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid("The parameter contains formatting that is not valid.", "ENTITY_NAME", name)


def check_visibility(config: Doc | None) -> None:
    if not config or not {"SampledRequestsEnabled", "CloudWatchMetricsEnabled", "MetricName"} <= config.keys():
        raise invalid("A required field is missing from the parameter.", "VISIBILITY_CONFIG", "VisibilityConfig")
    if not _METRIC.fullmatch(config["MetricName"]):
        raise invalid("The parameter contains formatting that is not valid.", "METRIC_NAME", config["MetricName"])


def check_rules(context: Context, rules: list[Doc]) -> None:
    for member, field in (("Name", "RULE_NAME"), ("Priority", "RULE_PRIORITY")):
        values = [rule[member] for rule in rules]
        for value in values:
            if values.count(value) > 1:
                raise invalid(f"You have used none unique {member.lower()}s for your rules", field, str(value))
    for rule in rules:
        _check_rule(context, rule)
    if capacity(rules) > _MOST:
        raise AwsError("WAFLimitsExceededException", "AWS WAF couldn’t perform the operation because you exceeded "
                                                     f"your resource limit: {_MOST} capacity units.", 400)


def _check_rule(context: Context, rule: Doc) -> None:
    check_name(rule["Name"])
    check_visibility(rule.get("VisibilityConfig"))
    _one(rule["Statement"], "STATEMENT", rule["Name"])
    group = any(it in rule["Statement"] for it in _GROUPS)
    action, override = rule.get("Action"), rule.get("OverrideAction")
    if bool(action) == bool(override) or bool(override) != group:
        raise invalid("Your rule needs an Action, or an OverrideAction if it runs a group of rules, and not both.",
                      "RULE_ACTION", rule["Name"])
    _one(action or override, "RULE_ACTION", rule["Name"])
    if set(action or override or {}) - {*(_ACTIONS if action else ("Count", "None"))}:
        raise invalid("The action is not known.", "RULE_ACTION", rule["Name"])
    for kind, it in statements(rule["Statement"]):
        _check_statement(context, kind, it)


def _one(choice: Doc | None, field: str, parameter: str) -> None:
    if len(choice or {}) != 1:
        raise invalid("You have to specify exactly one of the members.", field, parameter)


def _check_statement(context: Context, kind: str, it: Doc) -> None:
    if kind == "ManagedRuleGroupStatement":
        waf_managed.capacity(it)
    elif kind == "RuleGroupReferenceStatement":
        raise store.missing()
    elif kind == "IPSetReferenceStatement":
        store.usable(context, it["ARN"], ADDRESSES)
    elif kind == "RegexPatternSetReferenceStatement":
        store.usable(context, it["ARN"], PATTERNS)
    elif kind == "RateBasedStatement":
        if not _RATES[0] <= int(it.get("Limit") or 0) <= _RATES[1]:
            raise invalid(f"The limit has to be at least {_RATES[0]}.", "RATE_BASED_STATEMENT", str(it.get("Limit")))
        if int(it.get("EvaluationWindowSec") or 300) not in _WINDOWS:
            raise invalid("The window is not one of those that there are.", "RATE_BASED_STATEMENT",
                          str(it["EvaluationWindowSec"]))
    elif kind in ("AndStatement", "OrStatement") and len(it.get("Statements") or []) < 2:
        raise invalid("You have to specify two statements at least.", kind.upper(), "Statements")


def statements(statement: Doc) -> Iterator[tuple[str, Doc]]:
    """A statement and all that are in it, by kind."""
    for kind, it in statement.items():
        if it is None:
            continue
        yield kind, it
        for inner in (*(it.get("Statements") or []), it.get("Statement"), it.get("ScopeDownStatement")):
            if inner:
                yield from statements(inner)


def named_by(rules: list[Doc]) -> set[str]:
    """The sets that rules name."""
    return {it["ARN"] for rule in rules for _, it in statements(rule["Statement"]) if it.get("ARN")}


def capacity(rules: list[Doc]) -> int:
    return sum(_units(kind, it) for rule in rules for kind, it in statements(rule["Statement"]))


def _units(kind: str, it: Doc) -> int:
    if kind == "ManagedRuleGroupStatement":
        return waf_managed.GROUPS.get(it.get("Name") or "", 0)
    changed = [one for one in it.get("TextTransformations") or [] if one.get("Type") != "NONE"]
    return _UNITS.get(kind, 0) + _TRANSFORMED * len(changed)


def filled(rules: list[Doc]) -> list[Doc]:
    """As they are shown: sorted, and with what is not said."""
    shown: list[Any] = []
    for rule in sorted(rules, key=lambda it: int(it["Priority"])):
        for kind, it in statements(rule["Statement"]):
            if kind == "RateBasedStatement":
                it.setdefault("EvaluationWindowSec", 300)
        shown.append(rule)
    return shown


@instead("wafv2:CheckCapacity")
def check_capacity(context: Context) -> Result:
    rules = context.params.get("Rules") or []
    check_rules(context, rules)
    return {"Capacity": capacity(rules)}
