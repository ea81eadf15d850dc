"""What a rule may do in each phase, and what its parameters may be on each plan.

https://developers.cloudflare.com/ruleset-engine/rules-language/actions/
https://developers.cloudflare.com/cache/how-to/cache-rules/settings/
https://developers.cloudflare.com/rules/origin-rules/features/
https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/
https://developers.cloudflare.com/waf/managed-rules/
https://developers.cloudflare.com/ddos-protection/managed-rulesets/http/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cloudflare_limits import (
    LEAST_EDGE_TTL,
    LONGEST_PERIOD,
    LONGEST_TIMEOUT,
    PERIODS,
    RATE_FIELDS,
    check_expression,
    entitled,
    fields,
    wrong,
)
from .cloudflare_world import Zone

Rule = dict[str, Any]

_CHALLENGES = ("challenge", "js_challenge", "managed_challenge")
ACTIONS: dict[str, tuple[str, ...]] = {
    "ddos_l7": ("execute",),
    "http_config_settings": ("set_config",),
    "http_custom_errors": ("serve_error",),
    "http_ratelimit": ("block", *_CHALLENGES, "log"),
    "http_request_cache_settings": ("set_cache_settings",),
    "http_request_dynamic_redirect": ("redirect",),
    "http_request_firewall_custom": ("block", *_CHALLENGES, "log", "skip"),
    "http_request_firewall_managed": ("execute", "skip"),
    "http_request_late_transform": ("rewrite",),
    "http_request_origin": ("route",),
    "http_request_transform": ("rewrite",),
    "http_response_compression": ("compress_response",),
    "http_response_headers_transform": ("rewrite",),
}
DDOS = "4d21379b4f9f4bb088e0729962c8b3cf"

# Those of Cloudflare itself: id -> name, phase, from which plan they can be executed. The free one runs by itself.
MANAGED: dict[str, tuple[str, str, str | None]] = {
    "efb7b8c949ac4650a09736fc376e9aee": ("Cloudflare Managed Ruleset", "http_request_firewall_managed", "pro"),
    "4814384a9e5d4991b9815dcfc25d2f1f": ("Cloudflare OWASP Core Ruleset", "http_request_firewall_managed", "pro"),
    "c2e184081120413c86c3ab7e14069605":
        ("Cloudflare Exposed Credentials Check Ruleset", "http_request_firewall_managed", "pro"),
    "e22d83c647c64a3eae91b71b499d988e":
        ("Cloudflare Sensitive Data Detection", "http_request_firewall_managed", "enterprise"),
    "77454fe2d30c4220b5701f6fdfb893ba": ("Cloudflare Managed Free Ruleset", "http_request_firewall_managed", None),
    DDOS: ("DDoS L7 ruleset", "ddos_l7", "free"),
}


def check(zone: Zone, phase: str, rule: Any, at: str) -> None:
    """Refuses a rule that the service would refuse."""
    if not isinstance(rule, dict):
        raise wrong(rule, "rule", "it is no object", at)
    action = rule.get("action")
    if action not in ACTIONS[phase]:
        raise wrong(action, "action", f"the phase {phase} does not allow it", f"{at}/action")
    check_expression(zone, rule.get("expression"), f"{at}/expression")
    if action == "log" and not zone.at_least("enterprise"):
        raise entitled("the use of action log is not allowed", f"{at}/action")
    parameters = rule.get("action_parameters")
    if action in _NEEDED and not parameters:
        raise wrong("", "action_parameters", f"{action} has to have some", f"{at}/action_parameters")
    if action in _PARAMETERS:
        _PARAMETERS[action](zone, rule, f"{at}/action_parameters")
    if phase == "http_ratelimit":
        _rate(zone, rule, f"{at}/ratelimit")
    elif "ratelimit" in rule:
        raise wrong("ratelimit", "rule", f"the phase {phase} does not have it", f"{at}/ratelimit")


def _cache(zone: Zone, rule: Rule, at: str) -> None:
    parameters = rule["action_parameters"]
    for name in ("edge_ttl", "browser_ttl"):
        ttl = parameters.get(name)
        if ttl is None:
            continue
        if (ttl.get("mode") == "override_origin") != ("default" in ttl):
            raise wrong(ttl.get("mode"), "mode", "default goes with override_origin", f"{at}/{name}")
        least = LEAST_EDGE_TTL[zone.plan] if name == "edge_ttl" else 1
        if "default" in ttl and ttl["default"] < least:
            raise entitled(f"{name} has to be at least {least} seconds", f"{at}/{name}/default")
    key = (parameters.get("cache_key") or {}).get("custom_key") or {}
    query = key.get("query_string") or {}
    listed = any("list" in (query.get(name) or {}) for name in ("include", "exclude"))
    for used, where in (
        (parameters.get("edge_ttl", {}).get("status_code_ttl"), "edge_ttl/status_code_ttl"),
        (listed, "cache_key/custom_key/query_string"),
        *((key.get(name), f"cache_key/custom_key/{name}") for name in ("header", "cookie", "host", "user")),
        (parameters.get("read_timeout"), "read_timeout"),
        (parameters.get("additional_cacheable_ports"), "additional_cacheable_ports"),
    ):
        if used and not zone.at_least("enterprise"):
            raise entitled(f"the use of {where.rpartition('/')[2]} is not allowed", f"{at}/{where}")


def _route(zone: Zone, rule: Rule, at: str) -> None:
    parameters = rule["action_parameters"]
    for used, where, what in (
        (parameters.get("host_header"), "host_header", "Host Header override"),
        (parameters.get("sni"), "sni", "SNI override"),
        ((parameters.get("origin") or {}).get("host"), "origin/host", "DNS override"),
    ):
        if used and not zone.at_least("enterprise"):
            raise entitled(f"the use of {what} is not allowed", f"{at}/{where}")


def _redirect(zone: Zone, rule: Rule, at: str) -> None:
    said = rule["action_parameters"].get("from_value")
    if not isinstance(said, dict):
        raise wrong("", "from_value", "it is missing", f"{at}/from_value")
    if said.get("status_code", 302) not in (301, 302, 303, 307, 308):
        raise wrong(said["status_code"], "status_code", "it is no redirect", f"{at}/from_value/status_code")
    _value_or_expression(zone, said.get("target_url"), f"{at}/from_value/target_url")


def _rewrite(zone: Zone, rule: Rule, at: str) -> None:
    parameters = rule["action_parameters"]
    for name, part in (parameters.get("uri") or {}).items():
        if name in ("path", "query"):
            _value_or_expression(zone, part, f"{at}/uri/{name}")
    for name, header in (parameters.get("headers") or {}).items():
        where = f"{at}/headers/{name}"
        if header.get("operation") not in ("set", "add", "remove"):
            raise wrong(header.get("operation"), "operation", "there is no such operation", where)
        if header["operation"] != "remove":
            _value_or_expression(zone, header, where)


def _value_or_expression(zone: Zone, said: Any, at: str) -> None:
    if not isinstance(said, dict) or ("value" in said) == ("expression" in said):
        raise wrong("", at.rpartition("/")[2], "it has to have either a value or an expression", at)
    if "expression" in said:
        check_expression(zone, said["expression"], f"{at}/expression")


def _execute(zone: Zone, rule: Rule, at: str) -> None:
    number = rule["action_parameters"].get("id")
    _, phase, plan = MANAGED.get(number, ("", "", None))
    if plan is None:
        raise wrong(number, "id", "there is no such ruleset", f"{at}/id")
    if not zone.at_least(plan):
        raise entitled(f"the ruleset {number} is not available on this plan", f"{at}/id")
    overrides = rule["action_parameters"].get("overrides") or {}
    if phase == "ddos_l7":
        if rule["expression"] != "true":
            raise entitled("custom expressions are not allowed in the phase ddos_l7", at)
        if overrides.get("enabled") is False:
            raise wrong("false", "enabled", "this ruleset cannot be disabled", f"{at}/overrides/enabled")
    elif "sensitivity_level" in overrides:
        raise wrong(overrides["sensitivity_level"], "sensitivity_level", "it is for ddos_l7 only", f"{at}/overrides")
    for where, override in (("overrides", overrides), *(
        (f"overrides/{kind}/{n}", one)
        for kind in ("categories", "rules") for n, one in enumerate(overrides.get(kind, []))
    )):
        if override.get("action") == "log" and not zone.at_least("enterprise") and phase == "ddos_l7":
            raise entitled("the use of action log is not allowed", f"{at}/{where}/action")


def _rate(zone: Zone, rule: Rule, at: str) -> None:
    limit = rule.get("ratelimit")
    if not isinstance(limit, dict):
        raise wrong("", "ratelimit", "it is missing", at)
    of = limit.get("characteristics") or []
    if "cf.colo.id" not in of:
        raise wrong(",".join(of), "characteristics", "cf.colo.id is missing", f"{at}/characteristics")
    if not zone.at_least("enterprise") and {*of} - {"cf.colo.id", "ip.src"}:
        raise entitled("counting by other characteristics than the IP address", f"{at}/characteristics")
    period, timeout = limit.get("period"), limit.get("mitigation_timeout", 0)
    if period not in PERIODS:
        raise wrong(period, "period", f"it has to be one of {', '.join(map(str, PERIODS))}", f"{at}/period")
    if period > LONGEST_PERIOD[zone.plan]:
        raise entitled(f"the use of period {period} is not allowed, the longest is {LONGEST_PERIOD[zone.plan]}",
                       f"{at}/period")
    if not isinstance(limit.get("requests_per_period"), int) or limit["requests_per_period"] < 1:
        raise wrong(limit.get("requests_per_period"), "requests_per_period", "it is from 1 on",
                    f"{at}/requests_per_period")
    if timeout > LONGEST_TIMEOUT[zone.plan] or zone.plan == "free" and timeout != 10 and rule["action"] == "block":
        raise entitled(f"the use of mitigation timeout {timeout} is not allowed", f"{at}/mitigation_timeout")
    if timeout and rule["action"] in _CHALLENGES and not zone.at_least("enterprise"):
        raise wrong(timeout, "mitigation_timeout", "challenges have none", f"{at}/mitigation_timeout")
    if "counting_expression" in limit:
        if not zone.at_least("business"):
            raise entitled("the use of a counting expression is not allowed", f"{at}/counting_expression")
        check_expression(zone, limit["counting_expression"], f"{at}/counting_expression")
    allowed = RATE_FIELDS[zone.plan]
    for name in fields(rule["expression"]) if allowed is not None else ():
        if name not in allowed:
            raise entitled(f"the use of field {name} is not allowed", f"{at.rpartition('/')[0]}/expression")


def _skip(zone: Zone, rule: Rule, at: str) -> None:
    products = rule["action_parameters"].get("products") or []
    known = ("bic", "hot", "rateLimit", "securityLevel", "uaBlock", "waf", "zoneLockdown")
    for name in products:
        if name not in known:
            raise wrong(name, "products", "there is no such product", f"{at}/products")


def _config(zone: Zone, rule: Rule, at: str) -> None:
    if rule["action_parameters"].get("polish") not in (None, "off") and not zone.at_least("pro"):
        raise entitled("the use of Polish is not allowed", f"{at}/polish")


_NEEDED = ("execute", "redirect", "rewrite", "route", "serve_error", "set_cache_settings", "set_config", "skip",
           "compress_response")
_PARAMETERS: dict[str, Callable[[Zone, Rule, str], None]] = {
    "execute": _execute, "redirect": _redirect, "rewrite": _rewrite, "route": _route, "set_cache_settings": _cache,
    "set_config": _config, "skip": _skip,
}
