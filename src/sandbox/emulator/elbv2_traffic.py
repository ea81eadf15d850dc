"""What a load balancer does with a request: the rule that fits, the target group by weight, a target in turn.

Nothing is left to chance: where weights decide, requests are spread as evenly as the weights allow.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#listener-rules
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from . import elbv2
from . import elbv2_store as store
from .hooks import Context

Doc = dict[str, Any]


@dataclass
class Request:
    """A request as it comes to a load balancer."""

    host: str = ""
    port: int = 80
    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    source: str = "127.0.0.1"


@dataclass
class Answer:
    """What the load balancer answers by itself."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Place:
    """Where a request is sent."""

    group: str
    address: str
    port: int


def listener(balancer: Any, port: int) -> Any:
    return next((it for it in balancer.listeners.values() if int(it.port) == port), None)


def fits_some_rule(of: Any, request: Request) -> bool:
    """Whether a listener has more for a request than its default action."""
    return any(not it.is_default and fits(it, request) for it in store.rules_of(of))


def handle(context: Context, of: Any, request: Request) -> Answer | Place:
    """What a listener does with a request."""
    rule = next(it for it in store.rules_of(of) if it.is_default or fits(it, request))
    for action in rule.shown:
        if action["Type"] == "forward":
            return _forward(context, rule.arn, action["ForwardConfig"]["TargetGroups"])
        if action["Type"] == "redirect":
            return _redirect(of, request, action["RedirectConfig"])
        if action["Type"] == "fixed-response":
            config = action["FixedResponseConfig"]
            return Answer(int(config["StatusCode"]), config.get("MessageBody") or "",
                          {"Content-Type": config["ContentType"]})
    return Answer(500)  # nobody can log in here


def _forward(context: Context, rule: str, groups: list[Doc]) -> Answer | Place:
    weights = {it["TargetGroupArn"]: it.get("Weight", 1) for it in groups}
    arn = _in_turn(context, rule, weights)
    known = store.backend(context).target_groups.get(arn)
    if arn is None or known is None:
        return _unavailable()
    states = elbv2.health(context, arn)
    # Where all are unhealthy, all get requests.
    open_to = [key for key, state in states.items() if state == "healthy"] or \
        [key for key, state in states.items() if state == "unhealthy"]
    if not open_to:
        return _unavailable()
    turns = _turns(context)
    turns[arn] = at = turns.get(arn, -1) + 1
    address, port = open_to[at % len(open_to)]
    return Place(arn, address, port)


def _unavailable() -> Answer:
    return Answer(503, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>",
                  {"Content-Type": "text/html"})


def _in_turn(context: Context, rule: str, weights: dict[str, int]) -> str | None:
    """A target group, each as often as its weight says (smooth weighted round-robin)."""
    total = sum(weights.values())
    if not total:
        return None
    known: tuple[dict[str, int], dict[str, int]] | None = _turns(context).get(rule)
    # Other weights begin anew.
    credit = known[1] if known and known[0] == weights else dict.fromkeys(weights, 0)
    for group, weight in weights.items():
        credit[group] += weight
    chosen = max(weights, key=lambda group: credit[group])
    credit[chosen] -= total
    _turns(context)[rule] = (weights, credit)
    return chosen


def _turns(context: Context) -> dict[str, Any]:
    found: dict[str, Any] = context.account.stores.setdefault((context.call.region, "elb turns"), {})
    return found


def _redirect(of: Any, request: Request, config: Doc) -> Answer:
    now = {
        "protocol": of.protocol, "port": str(of.port), "host": request.host, "path": request.path.lstrip("/"),
        "query": request.query,
    }
    said = {name: re.sub(r"#\{(\w+)\}", lambda it: now.get(it[1], it[0]), config[name])
            for name in ("Protocol", "Port", "Host", "Path", "Query")}
    usual = {"HTTP": "80", "HTTPS": "443"}[said["Protocol"].upper()]
    port = "" if said["Port"] == usual else f":{said['Port']}"
    query = f"?{said['Query']}" if said["Query"] else ""
    location = f"{said['Protocol'].lower()}://{said['Host']}{port}{said['Path']}{query}"
    return Answer(int(config["StatusCode"].removeprefix("HTTP_")), headers={"Location": location})


def fits(rule: Any, request: Request) -> bool:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""
    return all(_holds(condition, request) for condition in rule.conditions)


def _holds(condition: Doc, request: Request) -> bool:
    kind = condition["Field"]
    if kind == "host-header":
        return _any(condition["HostHeaderConfig"]["Values"], [request.host], fold=True)
    if kind == "path-pattern":
        return _any(condition["PathPatternConfig"]["Values"], [request.path])
    if kind == "http-header":
        config = condition["HttpHeaderConfig"]
        found = [value for name, value in request.headers.items() if name.lower() == config["HttpHeaderName"].lower()]
        return _any(config["Values"], found, fold=True)
    if kind == "http-request-method":
        return request.method in condition["HttpRequestMethodConfig"]["Values"]
    if kind == "query-string":
        return any(_asked(request.query, it) for it in condition["QueryStringConfig"]["Values"])
    networks = condition["SourceIpConfig"]["Values"]
    return any(ipaddress.ip_address(request.source) in ipaddress.ip_network(it) for it in networks)


def _asked(query: str, wanted: Doc) -> bool:
    return any(
        like(wanted.get("Value") or "", value, fold=True) and wanted.get("Key", key).lower() == key.lower()
        for key, value in parse_qsl(query, keep_blank_values=True)
    )


def _any(patterns: list[str], values: list[str], fold: bool = False) -> bool:
    return any(like(pattern, value, fold) for pattern in patterns for value in values)


def like(pattern: str, value: str, fold: bool = False) -> bool:
    """Whether a text is as a pattern with `*` and `?` says."""
    return _compiled(pattern, fold).fullmatch(value) is not None


@lru_cache(1000)
def _compiled(pattern: str, fold: bool) -> re.Pattern[str]:
    words, flags = {"*": ".*", "?": "."}, re.IGNORECASE if fold else 0
    return re.compile("".join(words.get(it) or re.escape(it) for it in pattern), re.DOTALL | flags)
