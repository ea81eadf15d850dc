"""Numbers about a zone's traffic, by GraphQL: made up, but the same for the same question.

    { viewer { zones(filter: {zoneTag: "…"}) {
        httpRequests1hGroups(limit: 24, filter: {datetime_geq: "…", datetime_lt: "…"}) {
          dimensions { datetime } sum { requests cachedRequests bytes } uniq { uniques } } } } }

Days have at night a third of what they have at noon. What is wrong is told in
`errors`, with status 200.

https://developers.cloudflare.com/analytics/graphql-api/
https://developers.cloudflare.com/analytics/graphql-api/errors/
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from .cloudflare_wire import Answer, Ask, Failure, route
from .cloudflare_world import Zone, derived
from .graphql import Field, QueryError, parse

_MOST = 10_000
_SUMS = ("requests", "cachedRequests", "bytes", "cachedBytes", "threats", "pageViews", "encryptedRequests",
         "encryptedBytes", "edgeResponseBytes", "visits")
_DIMENSIONS: dict[str, tuple[Any, ...]] = {
    "cacheStatus": ("hit", "miss", "dynamic"),
    "edgeResponseStatus": (200, 304, 404, 500),
    "clientRequestHTTPMethodName": ("GET", "POST"),
    "clientCountryName": ("DE", "US"),
    "clientRequestPath": ("/", "/api/health", "/assets/app.js"),
}
# How often each of these comes, of a hundred requests.
_SHARES = {"hit": 62, "miss": 14, "dynamic": 24, 200: 91, 304: 5, 404: 3, 500: 1, "GET": 85, "POST": 15, "DE": 70,
           "US": 30, "/": 40, "/api/health": 35, "/assets/app.js": 25}


@route("POST", "graphql", "Analytics", reads=True)
def analytics(ask: Ask) -> Answer:
    said = ask.object()
    try:
        data = _top(ask, parse(str(said.get("query", "")), said.get("variables") or {}))
    except QueryError as error:
        told = {"message": str(error), "path": None, "extensions": {"timestamp": "2024-01-31T12:00:00Z"}}
        return Answer(200, {"data": None, "errors": [told]})
    return Answer(200, {"data": data, "errors": None})


def _top(ask: Ask, fields: list[Field]) -> dict[str, Any]:
    return _each(fields, {"viewer": lambda viewer: _each(viewer.fields, {
        "zones": lambda zones: [_zone(ask, zones)],
        "budget": lambda _: 320,
    })})


def _each(fields: list[Field], known: dict[str, Callable[[Field], Any]]) -> dict[str, Any]:
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
        "httpRequestsAdaptiveGroups": lambda it: _by_dimension(zone, it),
    })


def _over_time(zone: Zone, groups: Field, step: timedelta) -> list[dict[str, Any]]:
    """One group an hour or a day."""
    daily = step.days == 1
    start, end = _span(groups, "date" if daily else "datetime")
    found = []
    at = start
    while at < end and len(found) < _limit(groups):
        steps = 24 if daily else 1
        requests = sum(_requests(zone, at + timedelta(hours=n)) for n in range(steps))
        dimensions = {"date": at.strftime("%Y-%m-%d")} if daily else {"datetime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        found.append(_group(groups, requests, dimensions))
        at += step
    return found


def _by_dimension(zone: Zone, groups: Field) -> list[dict[str, Any]]:
    """One group for each combination of what is asked for."""
    start, end = _span(groups, "datetime")
    hours = math.ceil((end - start) / timedelta(hours=1))
    total = sum(_requests(zone, start + timedelta(hours=n)) for n in range(hours))
    names = [one.name for part in groups.fields if part.name == "dimensions" for one in part.fields]
    hosts = tuple(sorted({it["name"] for it in zone.records.values() if it["proxied"]})) or (zone.name,)
    values = {**_DIMENSIONS, "clientRequestHTTPHost": hosts}
    for name in names:
        if name not in values:
            raise QueryError(f'unknown field "{name}"')
    found = []
    for combination in itertools.product(*(values[name] for name in names)):
        share = math.prod(_SHARES.get(value, 100 / len(hosts)) / 100 for value in combination)
        found.append(_group(groups, int(total * share), dict(zip(names, combination, strict=True))))
    found.sort(key=lambda it: -it.get("count", 0))
    return found[:_limit(groups)]


def _group(groups: Field, requests: int, dimensions: dict[str, Any]) -> dict[str, Any]:
    sums = {
        "requests": requests, "cachedRequests": requests * 62 // 100, "bytes": requests * 18_000,
        "cachedBytes": requests * 13_000, "threats": requests // 400, "pageViews": requests // 9,
        "encryptedRequests": requests, "encryptedBytes": requests * 18_000, "edgeResponseBytes": requests * 18_000,
        "visits": requests // 12,
    }
    return _each(groups.fields, {
        "count": lambda _: requests,
        "dimensions": lambda it: _each(it.fields, {name: lambda _, name=name: dimensions[name] for name in dimensions}),
        "sum": lambda it: _each(it.fields, {name: lambda _, name=name: sums[name] for name in _SUMS}),
        "uniq": lambda it: _each(it.fields, {"uniques": lambda _: requests // 30}),
        "avg": lambda it: _each(it.fields, {"sampleInterval": lambda _: 1}),
    })


def _limit(groups: Field) -> int:
    limit = groups.arguments.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise QueryError(f"limit must be from 1 to {_MOST}")
    return limit


def _span(groups: Field, name: str) -> tuple[datetime, datetime]:
    """From when to when the filter asks."""
    said = groups.arguments.get("filter")
    if not isinstance(said, dict):
        raise QueryError("filter is required")
    starts = [said[f"{name}_{how}"] for how in ("geq", "gt") if f"{name}_{how}" in said]
    if not starts:
        raise QueryError(f"filter: {name}_geq is required")
    start = _time(starts[0])
    if f"{name}_lt" in said:
        return start, _time(said[f"{name}_lt"])
    if f"{name}_leq" in said:
        return start, _time(said[f"{name}_leq"]) + (timedelta(days=1) if name == "date" else timedelta(seconds=1))
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
