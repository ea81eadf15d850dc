"""Serverless caches.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateServerlessCache.html
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow
from moto.ec2.utils import random_private_ip

from .consistency import Item
from .elasticache import add, checked_name, drop, get, invalid, shown, store
from .elasticache_groups import combination
from .hooks import Context, Result, instead
from .states import becomes
from .wire import AwsError

_VERSIONS = {"redis": {"7": "7.1"}, "valkey": {"7": "7.2", "8": "8.1", "9": "9.0"}}
_MISSING = "ServerlessCacheNotFoundFault"


def _version(engine: str | None, major: str | None) -> Item:
    known = _VERSIONS.get(engine or "")
    if known is None or (major and major not in known):
        raise invalid(f"Engine {engine} with version {major} is not supported for serverless caches.")
    major = major or max(known)
    return {"Engine": engine, "MajorEngineVersion": major, "FullEngineVersion": known[major]}


def _check_limits(limits: dict[str, Any]) -> None:
    for name, least, most in (("DataStorage", 1, 5000), ("ECPUPerSecond", 1000, 15_000_000)):
        limit = limits.get(name) or {}
        low, high = limit.get("Minimum", least), limit.get("Maximum", most)
        if not least <= int(low) <= int(high) <= most:
            raise invalid(f"{name} must be between {least} and {most}, and the minimum not above the maximum.")


def _check_groups(context: Context, vpc: str, ids: list[str]) -> None:
    known = {group.id for group in context.ec2.groups.get(vpc, {}).values()}
    if not ids or not set(ids) <= known:
        raise invalid(f"The security groups {ids} are not in the VPC {vpc}.")


@instead("elasticache:CreateServerlessCache")
def create(context: Context) -> Result:
    params = context.params
    name = checked_name(context, params.get("ServerlessCacheName"), 40)
    subnets = [one for group in context.ec2.subnets.values() for key, one in group.items()
               if key in (params.get("SubnetIds") or [])]
    zones = {subnet.availability_zone for subnet in subnets}
    if not 2 <= len(subnets) <= 3 or len(zones) != len(subnets) or len(subnets) != len(params["SubnetIds"]):
        raise invalid("A serverless cache needs two or three subnets, each in an availability zone of its own.")
    limits = params.get("CacheUsageLimits") or {}
    _check_limits(limits)
    _check_groups(context, subnets[0].vpc_id, params.get("SecurityGroupIds") or [])
    cache = {
        "ServerlessCacheName": name, "Description": params.get("Description") or "",
        "CreateTime": iso_8601_datetime_with_milliseconds(utcnow()),
        **_version(params.get("Engine"), params.get("MajorEngineVersion")), "CacheUsageLimits": limits,
        "SecurityGroupIds": params["SecurityGroupIds"], "SubnetIds": params["SubnetIds"],
        "SnapshotRetentionLimit": int(params.get("SnapshotRetentionLimit") or 0),
        "DailySnapshotTime": params.get("DailySnapshotTime") or "03:30", "Status": "creating", "_Vpc": subnets[0].vpc_id,
    }
    if params.get("KmsKeyId"):
        cache["KmsKeyId"] = params["KmsKeyId"]
    cache = add(context, "serverlesscache", name, cache, "ServerlessCacheAlreadyExistsFault")
    made = [context.ec2.create_network_interface(subnet.id, random_private_ip(), description=f"ElastiCache {name}")
            for subnet in subnets]
    for interface in made:
        interface.requester_managed, interface.status = True, "in-use"
    store(context).interfaces[cache["ARN"]] = [interface.id for interface in made]
    _guard(context, cache)

    def there() -> None:
        host = f"{name}-x1y2z3.serverless.{context.call.region}.cache.amazonaws.com"
        cache["Endpoint"] = {"Address": host, "Port": 6379}
        cache["ReaderEndpoint"] = {"Address": host, "Port": 6380}

    becomes(context, cache, "Status", "creating", "available", after="cache_delay", then=there)
    return {"ServerlessCache": _shown(cache)}


def _guard(context: Context, cache: Item) -> None:
    for key in store(context).interfaces[cache["ARN"]]:
        groups = [context.ec2.get_security_group_from_id(one) for one in cache["SecurityGroupIds"]]
        context.ec2.enis[key]._group_set = [one for one in groups if one]


def _shown(cache: Item) -> Item:
    return {key: value for key, value in cache.items() if not key.startswith("_")}


@instead("elasticache:DescribeServerlessCaches")
def describe(context: Context) -> Result:
    name = context.params.get("ServerlessCacheName")
    return {"ServerlessCaches": shown(context, "serverlesscache", name, _MISSING)}


def _available(context: Context) -> Item:
    cache = get(context, "serverlesscache", context.params.get("ServerlessCacheName"), _MISSING)
    if cache["Status"] != "available":
        raise AwsError("InvalidServerlessCacheStateFault", f"The serverless cache is {cache['Status']}.")
    return cache


@instead("elasticache:ModifyServerlessCache")
def modify(context: Context) -> Result:
    params, cache = context.params, _available(context)
    after = {}
    if params.get("Engine") or params.get("MajorEngineVersion"):
        after = _version(params.get("Engine") or cache["Engine"],
                         params.get("MajorEngineVersion") or cache["MajorEngineVersion"])
        back = after["Engine"] == "redis" and cache["Engine"] == "valkey"
        if back or int(after["MajorEngineVersion"]) < int(cache["MajorEngineVersion"]):
            raise combination("A serverless cache cannot go back to an older version.")
    if params.get("CacheUsageLimits"):
        _check_limits(params["CacheUsageLimits"])
    if params.get("SecurityGroupIds"):
        _check_groups(context, cache["_Vpc"], params["SecurityGroupIds"])
    for name in ("Description", "CacheUsageLimits", "SecurityGroupIds", "SnapshotRetentionLimit", "DailySnapshotTime"):
        if params.get(name) is not None:
            after[name] = params[name]
    cache.update(after)
    _guard(context, cache)
    becomes(context, cache, "Status", "modifying", "available", after="cache_change_delay")
    return {"ServerlessCache": _shown(cache)}


@instead("elasticache:DeleteServerlessCache")
def delete(context: Context) -> Result:
    """Its interfaces stay a little longer."""
    cache, ec2 = _available(context), context.ec2
    cache["Status"] = "deleting"
    interfaces = store(context).interfaces[cache["ARN"]]

    def let_go() -> None:
        for key in interfaces:
            ec2.enis.pop(key, None)

    def gone() -> None:
        drop(context, "serverlesscache", cache["ServerlessCacheName"])
        context.account.schedule.later(context.behaviour("eni_linger"), let_go)

    context.account.schedule.later(context.behaviour("cache_delete_delay"), gone)
    return {"ServerlessCache": _shown(cache)}
