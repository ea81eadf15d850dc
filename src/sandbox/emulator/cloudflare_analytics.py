"""Numbers about a zone's traffic, by GraphQL: made up, but the same for the same question.

    { viewer { zones(filter: {zoneTag: "…"}) {
        httpRequests1hGroups(limit: 24, filter: {datetime_geq: "…", datetime_lt: "…"}) {
          dimensions { datetime } sum { requests cachedRequests bytes } uniq { uniques } } } } }

Days have at night a third of what they have at noon. What is wrong is told in
`errors`, with status 200. The behaviour `cloudflare_analytics` says what the
numbers of the Adaptive datasets are, however long the time that is asked for:

    {"requests": {"hit 200": 620, "dynamic 502": 3}, "events": {"block": 12}}

https://developers.cloudflare.com/analytics/graphql-api/
https://developers.cloudflare.com/analytics/graphql-api/errors/
https://developers.cloudflare.com/analytics/graphql-api/limits/
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from .cloudflare_wire import Answer, Ask, Failure, route
from .cloudflare_world import Zone, derived
from .graphql import Field, QueryError, parse

_MOST = 10_000
_BYTES = 18_000  # of an answer
_DAY = timedelta(days=1)
# What groups of each dataset consist of, besides `dimensions`.
_ROLLED = {
    "count": None, "uniq": ("uniques",),
    "sum": ("requests", "cachedRequests", "bytes", "cachedBytes", "threats", "pageViews", "encryptedRequests",
            "encryptedBytes"),
}
_SAMPLED = {"count": None, "avg": ("sampleInterval",), "sum": ("edgeResponseBytes", "visits")}
_EVENTS = {"count": None, "avg": ("sampleInterval",)}
Values = dict[str, tuple[Any, ...]]
Combination = tuple[tuple[str, Any], ...]  # of dimensions and their values
_DIMENSIONS: Values = {
    "cacheStatus": ("hit", "miss", "dynamic"),
    "edgeResponseStatus": (200, 304, 404, 500),
    "clientRequestHTTPMethodName": ("GET", "POST"),
    "clientCountryName": ("DE", "US"),
    "clientRequestPath": ("/", "/api/health", "/assets/app.js"),
}
_EVENT_DIMENSIONS: Values = {
    "action": ("block", "managed_challenge", "log"),
    "source": ("firewallManaged", "firewallCustom"),
    "clientCountryName": ("DE", "US"),
}
# How often each of these comes, of a hundred requests.
_SHARES = {"hit": 62, "miss": 14, "dynamic": 24, 200: 91, 304: 5, 404: 3, 500: 1, "GET": 85, "POST": 15, "DE": 70,
           "US": 30, "/": 40, "/api/health": 35, "/assets/app.js": 25, "block": 60, "managed_challenge": 30, "log": 10,
           "firewallManaged": 75, "firewallCustom": 25}


@route("POST", "graphql", "Analytics", reads=True)
def analytics(ask: Ask) -> Answer:
    said = ask.object()
    try:
        data = _top(ask, parse(str(said.get("query", "")), said.get("variables") or {}))
    except QueryError as error:
        return _refusal(str(error))
    return Answer(200, {"data": data, "errors": None})


def denied() -> Answer:
    """The answer to a token without `Analytics: Read`."""
    return _refusal("not authorized for that account")


def _refusal(message: str) -> Answer:
    told = {"message": message, "path": None, "extensions": {"timestamp": "2024-01-31T12:00:00Z"}}
    return Answer(200, {"data": None, "errors": [told]})


def _top(ask: Ask, fields: list[Field]) -> dict[str, Any]:
    return _each(fields, {"viewer": lambda viewer: _each(viewer.fields, {
        "zones": lambda zones: [_zone(ask, zones)],
        "budget": lambda _: 320,
    })})


def _each(fields: list[Field], known: dict[str, Callable[[Field], Any]]) -> dict[str, Any]:
    if not fields:
        raise QueryError("object field must have selections")
    for one in fields:
        if one.name not in known:
            raise QueryError(f'unknown field "{one.name}"')
    return {one.alias: known[one.name](one) for one in fields}


def _zone(ask: Ask, zones: Field) -> dict[str, Any]:
    number = (zones.arguments.get("filter") or {}).get("zoneTag")
    try:
        zone = ask.world.zone(str(number))
    except Failure:
        raise QueryError(f"zone {number} is not authorized for that account") from None
    return _each(zones.fields, {
        "zoneTag": lambda _: zone.id,
        "httpRequests1hGroups": lambda it: _over_time(zone, it, timedelta(hours=1)),
        "httpRequests1dGroups": lambda it: _over_time(zone, it, timedelta(days=1)),
        "httpRequestsAdaptiveGroups": lambda it: _sampled(ask, zone, it),
        "firewallEventsAdaptiveGroups": lambda it: _events(ask, zone, it),
    })


def _over_time(zone: Zone, groups: Field, step: timedelta) -> list[dict[str, Any]]:
    """One group an hour or a day."""
    name = "date" if step == _DAY else "datetime"
    start, end = _span(groups, name, ())
    found = []
    at = start
    while at < end and len(found) < _limit(groups):
        requests = sum(_requests(zone, at + timedelta(hours=n)) for n in range(step // timedelta(hours=1)))
        moment = at.strftime("%Y-%m-%d" if step == _DAY else "%Y-%m-%dT%H:%M:%SZ")
        found.append(_group(groups, requests, {name: moment}, _ROLLED))
        at += step
    return found


def _sampled(ask: Ask, zone: Zone, groups: Field) -> list[dict[str, Any]]:
    """Requests, one group for each combination of what is asked for."""
    hosts = tuple(sorted({it["name"] for it in zone.records.values() if it["proxied"]})) or (zone.name,)
    values: Values = {**_DIMENSIONS, "clientRequestHTTPHost": hosts}
    names, total = _asked(groups, values), _total(zone, groups, ("requestSource",))
    if groups.arguments["filter"].get("requestSource", "eyeball") != "eyeball":
        total = 0  # no Worker asks for anything
    told = ask.account.behaviours["cloudflare_analytics"].get("requests")
    if told is None:
        return _groups(groups, _made_up(names, values, total), _SAMPLED)
    split = ((what.split(), count) for what, count in told.items())
    those = {(("cacheStatus", cache), ("edgeResponseStatus", int(status))): count for (cache, status), count in split}
    return _groups(groups, _told(those, names, values), _SAMPLED)


def _events(ask: Ask, zone: Zone, groups: Field) -> list[dict[str, Any]]:
    """What was done about requests, one group for each combination of what is asked for."""
    if not zone.at_least("pro"):
        raise QueryError(f"zone '{zone.id}' does not have access to the path. Refer to this page for more details "
                         "about access controls: https://developers.cloudflare.com/analytics/graphql-api/errors/")
    names, total = _asked(groups, _EVENT_DIMENSIONS), _total(zone, groups, ())
    told = ask.account.behaviours["cloudflare_analytics"].get("events")
    if told is None:
        return _groups(groups, _made_up(names, _EVENT_DIMENSIONS, total // 400), _EVENTS)
    known = _told({(("action", action),): count for action, count in told.items()}, names, _EVENT_DIMENSIONS)
    return _groups(groups, known, _EVENTS)


def _asked(groups: Field, values: Values) -> list[str]:
    """The dimensions that groups are made by."""
    names = [one.name for part in groups.fields if part.name == "dimensions" for one in part.fields]
    for name in names:
        if name not in values:
            raise QueryError(f'unknown field "{name}"')
    said = groups.arguments.get("orderBy") or []
    for order in said if isinstance(said, list) else [said]:
        if str(order).rpartition("_")[0] not in ("count", *names):
            raise QueryError(f'error parsing args for "{groups.name}": cannot order by {order}')
    return names


def _total(zone: Zone, groups: Field, filters: tuple[str, ...]) -> int:
    """How many requests there were in the time that is asked for."""
    start, end = _span(groups, "datetime", filters)
    if end - start > _DAY and not zone.at_least("enterprise"):
        raise QueryError("query time range is too large, it can't be wider than 1d")
    hours = math.ceil((end - start) / timedelta(hours=1))
    return sum(_requests(zone, start + timedelta(hours=n)) for n in range(hours))


def _made_up(names: list[str], values: Values, total: int) -> dict[Combination, int]:
    found = {}
    for combination in itertools.product(*(values[name] for name in names)):
        share = math.prod(_SHARES.get(value, 100 / len(values[name])) / 100
                          for name, value in zip(names, combination, strict=True))
        found[tuple(zip(names, combination, strict=True))] = int(total * share)
    return found


def _told(those: dict[Combination, int], names: list[str], values: Values) -> dict[Combination, int]:
    """The same by the dimensions that are asked for; what it does not say is the first there is."""
    found: Counter[Combination] = Counter()
    for said, count in those.items():
        found[tuple((name, dict(said).get(name, values[name][0])) for name in names)] += count
    return found


def _groups(groups: Field, counts: dict[Combination, int], parts: dict[str, Any]) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda it: -it[1])
    return [_group(groups, count, dict(those), parts) for those, count in ordered[:_limit(groups)]]


def _group(groups: Field, count: int, dimensions: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    numbers = {
        "requests": count, "cachedRequests": count * 62 // 100, "bytes": count * _BYTES, "cachedBytes": count * 13_000,
        "threats": count // 400, "pageViews": count // 9, "encryptedRequests": count,
        "encryptedBytes": count * _BYTES, "edgeResponseBytes": count * _BYTES, "visits": count // 12,
        "uniques": count // 30, "sampleInterval": 1,
    }

    def part(names: tuple[str, ...] | None) -> Callable[[Field], Any]:
        if names is None:
            return lambda _: count
        return lambda it: _each(it.fields, {name: lambda _, name=name: numbers[name] for name in names})

    return _each(groups.fields, {
        "dimensions": lambda it: _each(it.fields, {name: lambda _, name=name: dimensions[name] for name in dimensions}),
        **{name: part(names) for name, names in parts.items()},
    })


def _limit(groups: Field) -> int:
    limit = groups.arguments.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise QueryError(f"limit must be from 1 to {_MOST}")
    return limit


def _span(groups: Field, name: str, filters: tuple[str, ...]) -> tuple[datetime, datetime]:
    """From when to when the filter asks; it may say something of `filters` besides."""
    said = groups.arguments.get("filter")
    if not isinstance(said, dict):
        raise QueryError("filter is required")
    times = tuple(f"{name}_{how}" for how in ("geq", "gt", "lt", "leq"))
    for known, given in ((("limit", "filter", "orderBy"), groups.arguments), ((*times, *filters), said)):
        for unknown in given.keys() - set(known):
            raise QueryError(f'error parsing args for "{groups.name}": unknown field "{unknown}"')
    starts = [said[it] for it in times[:2] if it in said]
    if not starts:
        raise QueryError(f"filter: {name}_geq is required")
    start = _time(starts[0])
    if f"{name}_lt" in said:
        return start, _time(said[f"{name}_lt"])
    if f"{name}_leq" in said:
        return start, _time(said[f"{name}_leq"]) + (_DAY if name == "date" else timedelta(seconds=1))
    return start, datetime.now(timezone.utc)


def _time(text: Any) -> datetime:
    try:
        read = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise QueryError(f"cannot parse {text!r} as a time") from None
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def _requests(zone: Zone, at: datetime) -> int:
    """How many there were in an hour."""
    hour = at.strftime("%Y-%m-%dT%H")
    level = 2 + math.sin((at.hour - 6) / 24 * 2 * math.pi)  # least at midnight, most at noon
    return int(400 * level * random.Random(derived(zone.id, hour)).uniform(0.9, 1.1))
