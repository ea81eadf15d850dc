"""What each plan of Cloudflare allows of rules, and what an expression may say.

https://developers.cloudflare.com/cache/how-to/cache-rules/#availability
https://developers.cloudflare.com/waf/custom-rules/#availability
https://developers.cloudflare.com/waf/rate-limiting-rules/#availability
https://developers.cloudflare.com/rules/url-forwarding/single-redirects/#availability
https://developers.cloudflare.com/ruleset-engine/rules-language/
"""

from __future__ import annotations

import re
from typing import Any

from .cloudflare_wire import Failure
from .cloudflare_world import PLANS, Zone


def _by_plan(*values: Any) -> dict[str, Any]:
    return dict(zip(PLANS, values, strict=True))


_USUAL = _by_plan(10, 25, 50, 300)

# How many rules there may be, by phase.
RULES: dict[str, dict[str, int]] = {
    "cloud_connector": _USUAL,
    "http_config_settings": _USUAL,
    "http_request_cache_settings": _USUAL,
    "http_request_dynamic_redirect": _USUAL,
    "http_request_late_transform": _USUAL,
    "http_request_origin": _USUAL,
    "http_request_transform": _USUAL,
    "http_response_compression": _USUAL,
    "http_response_headers_transform": _USUAL,
    "http_custom_errors": _by_plan(0, 25, 50, 300),
    "http_request_firewall_custom": _by_plan(5, 20, 100, 1000),
    "http_ratelimit": _by_plan(1, 2, 5, 5),
    "http_request_firewall_managed": _by_plan(0, 10, 10, 100),
    "ddos_l7": _by_plan(1, 1, 1, 1),
}
LEAST_EDGE_TTL = _by_plan(7200, 3600, 1, 1)
PERIODS = (10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 2400, 3600, 65535, 86400)
LONGEST_PERIOD = _by_plan(10, 60, 600, 65535)
LONGEST_TIMEOUT = _by_plan(10, 3600, 86400, 86400)

_PATH = ("http.request.uri.path", "raw.http.request.uri.path", "cf.bot_management.verified_bot", "cf.client.bot")
_PRO = (*_PATH, "http.host", "http.request.uri", "http.request.full_uri", "http.request.uri.query",
        "raw.http.request.uri", "raw.http.request.full_uri", "raw.http.request.uri.query", "ssl")
_BUSINESS = (*_PRO, "http.request.method", "ip.src", "http.user_agent")

# The fields that expressions of rate limits may name; None is all of them.
RATE_FIELDS: dict[str, tuple[str, ...] | None] = _by_plan(_PATH, _PRO, _BUSINESS, None)

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|r(#*)".*?"\1', re.DOTALL)
_WORD = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.]*")
_ADDRESS = re.compile(r"[0-9a-fA-F]*:[0-9a-fA-F:.]*(/\d+)?")
_OPERATORS = {"and", "or", "not", "xor", "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "matches", "wildcard",
              "strict", "true", "false", "bitwise_and"}
_FUNCTIONS = {"any", "all", "concat", "ends_with", "starts_with", "len", "lower", "upper", "lookup_json_string",
              "lookup_json_integer", "regex_replace", "wildcard_replace", "remove_bytes", "remove_query_args",
              "substring", "split", "join", "to_string", "url_decode", "uuidv4", "is_timed_hmac_valid_v0", "cidr",
              "cidr6", "has_key", "has_value", "bit_slice", "decode_base64", "encode_base64", "sha256", "cut"}
_FIELDS = ("http.", "ip.", "cf.", "raw.", "ssl", "tcp.", "udp.", "icmp.")


def entitled(message: str, pointer: str | None) -> Failure:
    """Refused by the plan."""
    return Failure(400, 20120, f"not entitled: {message}", pointer=pointer)


def wrong(value: Any, what: str, why: str, pointer: str) -> Failure:
    return Failure(400, 20127, f"'{value}' is not a valid value for {what} because {why}", pointer=pointer)


def check_count(zone: Zone, phase: str, rules: list[Any]) -> None:
    most = RULES[phase][zone.plan]
    if rules and most == 0:
        raise entitled(f"the phase {phase} is not available on this plan", "/rules")
    if len(rules) > most:
        raise Failure(400, 20218, f"exceeded maximum number of rules in the phase {phase}: {len(rules)} out of {most}",
                      pointer="/rules")


def fields(expression: str) -> list[str]:
    """The fields that an expression names."""
    names = _WORD.findall(_ADDRESS.sub("", _STRING.sub('""', expression)))
    return [name for name in names if name not in _OPERATORS and name not in _FUNCTIONS]


def check_expression(zone: Zone, expression: Any, pointer: str) -> None:
    """Roughly, whether it can be understood, and whether the plan has what it uses."""
    if not isinstance(expression, str) or not expression.strip():
        raise wrong("", "expression", "it is empty", pointer)
    bare = _STRING.sub('""', expression)
    depth = 0
    for letter in bare:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            break
    if depth != 0 or bare.count('"') % 2:
        raise wrong(expression, "expression", "it could not be parsed: unbalanced brackets or quotes", pointer)
    for name in fields(expression):
        if not name.startswith(_FIELDS):
            raise wrong(expression, "expression", f"it could not be parsed: unknown identifier {name}", pointer)
    if "matches" in _WORD.findall(bare) or re.search(r"(^|[^=!<>])~", bare) or "regex_replace" in bare:
        if not zone.at_least("business"):
            raise entitled("the use of operator Matches is not allowed, a Business plan or a WAF Advanced plan is "
                           "required", pointer)
