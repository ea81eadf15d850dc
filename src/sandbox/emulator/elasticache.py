"""ElastiCache: groups of subnets and of parameters, and what their names and tags have in common.

moto has no parameter groups, neither changes nor deletes subnet groups, and forgets most of what a
cache is; so all of this is ours. The caches are in `elasticache_groups` and `elasticache_serverless`.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from .consistency import Item, Items
from .hooks import Context, Result, before, instead, snapshots
from .wire import AwsError

# A few of the engine's parameters: what they are by themselves, and what they may be.
_DEFAULTS: dict[str, tuple[str | None, str]] = {
    "activedefrag": ("no", "yes|no"),
    "appendonly": ("no", "yes|no"),
    "lazyfree-lazy-eviction": ("no", "yes|no"),
    "maxmemory-policy": (
        "volatile-lru",
        "volatile-lru|allkeys-lru|volatile-lfu|allkeys-lfu|volatile-random|allkeys-random|volatile-ttl|noeviction",
    ),
    "maxmemory-samples": ("3", r"\d+"),
    "notify-keyspace-events": (None, "[KEg$lshzxeAtdmn]*"),
    "reserved-memory-percent": ("25", r"\d+"),
    "slowlog-max-len": ("128", r"\d+"),
    "tcp-keepalive": ("300", r"\d+"),
    "timeout": ("0", r"\d+"),
}
FAMILIES = ("redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9")
_NAME = re.compile(r"[a-z](-?[a-z0-9.])*", re.IGNORECASE)


class Store:
    """All caches and their groups in a region of an account, each as AWS shows it."""

    def __init__(self) -> None:
        self.tables: dict[str, Items] = {name: {} for name in ("subnetgroup", "parametergroup", "replicationgroup",
                                                              "cluster", "serverlesscache")}
        self.tags: dict[str, dict[str, str]] = {}
        self.interfaces: dict[str, list[str]] = {}  # by the ARN of what they belong to
        self.snapshots: list[str] = []

    def __getitem__(self, table: str) -> Items:
        return self.tables[table]


def store(context: Context) -> Store:
    backend = context.backend("elasticache")
    if not hasattr(backend, "sandbox"):
        backend.sandbox = Store()
    found: Store = backend.sandbox
    return found


@snapshots("elasticache")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    def reader(name: str) -> Callable[[], Items]:
        return lambda: copy.deepcopy(store(context)[name])

    return {name: reader(name) for name in store(context).tables} | {"tags": lambda: _all_tags(context)}


def _all_tags(context: Context) -> Items:
    return {arn: dict(tags) for arn, tags in store(context).tags.items()}


def visible(context: Context, table: str) -> Items:
    """What readers see of a table."""
    return context.visible(table, lambda: copy.deepcopy(store(context)[table]))


def shown(context: Context, table: str, name: str | None, missing: str) -> list[Item]:
    """All of a table, or the one that was asked for; what begins with `_` is the sandbox's own."""
    items = visible(context, table)
    if name is not None and name.lower() not in items:
        raise AwsError(missing, f"{name} not found.")
    found = [items[name.lower()]] if name is not None else [item for _, item in sorted(items.items())]
    return [{key: value for key, value in item.items() if not key.startswith("_")} for item in found]


def arn(context: Context, what: str, name: str) -> str:
    return f"arn:aws:elasticache:{context.call.region}:{context.call.account}:{what}:{name}"


def checked_name(context: Context, name: str | None, longest: int) -> str:
    if context.behaviour("validation") and not (name and _NAME.fullmatch(name) and len(name) <= longest):
        raise invalid(
            f"The parameter {name} must begin with a letter, contain only letters, digits and hyphens, and "
            f"not end with a hyphen or contain two consecutive hyphens; at most {longest} characters."
        )
    return (name or "").lower()


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def add(context: Context, table: str, name: str, item: Item, exists: str) -> Item:
    """A new thing with its ARN and the tags of the call."""
    if name in store(context)[table]:
        raise AwsError(exists, f"{name} already exists.")
    item = {**item, "ARN": arn(context, table, name)}
    store(context)[table][name] = item
    tags = context.params.get("Tags") or []
    store(context).tags[item["ARN"]] = {tag["Key"]: tag.get("Value") or "" for tag in tags}
    return item


def get(context: Context, table: str, name: str | None, missing: str) -> Item:
    """A thing as it is, for those who change it."""
    item = store(context)[table].get((name or "").lower())
    if item is None:
        raise AwsError(missing, f"{name} not found.")
    return item


def drop(context: Context, table: str, name: str) -> None:
    item = store(context)[table].pop(name, None)
    if item:
        store(context).tags.pop(item["ARN"], None)


# Tags

_TAGGED = {
    "subnetgroup": "CacheSubnetGroupNotFoundFault", "parametergroup": "CacheParameterGroupNotFound",
    "replicationgroup": "ReplicationGroupNotFoundFault", "cluster": "CacheClusterNotFound",
    "serverlesscache": "ServerlessCacheNotFoundFault",
}


@before("elasticache:AddTagsToResource", "elasticache:RemoveTagsFromResource", "elasticache:ListTagsForResource")
def _check_tagged(context: Context) -> None:
    """Of a cache that is busy, tags can neither be changed nor, while it comes or goes, be listed."""
    name = context.params.get("ResourceName") or ""
    parts = name.split(":")
    if len(parts) != 7 or parts[5] not in _TAGGED:
        raise AwsError("InvalidARN", f"The value {name} is not a valid ARN.")
    reads = not context.call.mutating
    items = visible(context, parts[5]) if reads else store(context)[parts[5]]
    item = items.get(parts[6])
    if item is None:
        raise AwsError(_TAGGED[parts[5]], f"{parts[6]} is either not present or not available.")
    busy = ("creating", "deleting") if reads else ("creating", "deleting", "modifying", "snapshotting")
    if item.get("Status") in busy and parts[5] == "replicationgroup":
        raise AwsError("InvalidReplicationGroupState", f"Cluster not in available state: {parts[6]}")
    if not reads and item.get("Status") in busy:
        raise AwsError("InvalidServerlessCacheStateFault", f"{parts[6]} is not available.")


def _tag_list(tags: dict[str, str]) -> Result:
    return {"TagList": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


@instead("elasticache:ListTagsForResource")
def list_tags(context: Context) -> Result:
    seen = context.visible("tags", lambda: _all_tags(context))
    return _tag_list(seen.get(context.params["ResourceName"]) or {})


@instead("elasticache:AddTagsToResource")
def add_tags(context: Context) -> Result:
    tags = store(context).tags[context.params["ResourceName"]]
    tags.update({tag["Key"]: tag.get("Value") or "" for tag in context.params.get("Tags") or []})
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("aws: prefixed tag key names are not allowed for external use.")
    return _tag_list(tags)


@instead("elasticache:RemoveTagsFromResource")
def remove_tags(context: Context) -> Result:
    tags = store(context).tags[context.params["ResourceName"]]
    for key in context.params.get("TagKeys") or []:
        tags.pop(key, None)
    return _tag_list(tags)


# Subnet groups

def _subnets(context: Context, ids: list[str] | None) -> Item:
    found = [_subnet(context, key) for key in ids or []]
    vpcs = {subnet.vpc_id for subnet in found}
    if len(vpcs) != 1:
        raise AwsError("InvalidSubnet", f"Subnets {ids} are not all of one VPC.")
    zones = [{"SubnetIdentifier": subnet.id, "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
              "SupportedNetworkTypes": ["ipv4"]} for subnet in found]
    return {"VpcId": vpcs.pop(), "Subnets": zones, "SupportedNetworkTypes": ["ipv4"]}


def _subnet(context: Context, key: str) -> Any:
    for subnets in context.ec2.subnets.values():
        if key in subnets:
            return subnets[key]
    raise AwsError("InvalidSubnet", f"Subnet {key} does not exist.")


def members(context: Context, subnet_group: str) -> Iterator[Item]:
    """The nodes in a subnet group."""
    nodes = store(context)["cluster"].values()
    return (node for node in nodes if node.get("CacheSubnetGroupName") == subnet_group)


@instead("elasticache:CreateCacheSubnetGroup")
def create_subnet_group(context: Context) -> Result:
    params = context.params
    name = checked_name(context, params.get("CacheSubnetGroupName"), 255)
    item = {"CacheSubnetGroupName": name, "CacheSubnetGroupDescription": params["CacheSubnetGroupDescription"],
            **_subnets(context, params.get("SubnetIds"))}
    return {"CacheSubnetGroup": add(context, "subnetgroup", name, item, "CacheSubnetGroupAlreadyExists")}


@instead("elasticache:DescribeCacheSubnetGroups")
def describe_subnet_groups(context: Context) -> Result:
    name = context.params.get("CacheSubnetGroupName")
    return {"CacheSubnetGroups": shown(context, "subnetgroup", name, "CacheSubnetGroupNotFoundFault")}


@instead("elasticache:ModifyCacheSubnetGroup")
def modify_subnet_group(context: Context) -> Result:
    params = context.params
    group = get(context, "subnetgroup", params.get("CacheSubnetGroupName"), "CacheSubnetGroupNotFoundFault")
    if params.get("CacheSubnetGroupDescription") is not None:
        group["CacheSubnetGroupDescription"] = params["CacheSubnetGroupDescription"]
    if params.get("SubnetIds"):
        after = _subnets(context, params["SubnetIds"])
        if after["VpcId"] != group["VpcId"]:
            raise AwsError("InvalidSubnet", "The subnets are in another VPC.")
        kept = {subnet["SubnetIdentifier"] for subnet in after["Subnets"]}
        for node in members(context, group["CacheSubnetGroupName"]):
            if node["_Subnet"] not in kept:
                raise AwsError("SubnetInUse", f"The subnet {node['_Subnet']} is in use by {node['CacheClusterId']}.")
        group.update(after)
    return {"CacheSubnetGroup": group}


@instead("elasticache:DeleteCacheSubnetGroup")
def delete_subnet_group(context: Context) -> Result:
    group = get(context, "subnetgroup", context.params.get("CacheSubnetGroupName"), "CacheSubnetGroupNotFoundFault")
    name = group["CacheSubnetGroupName"]
    if context.behaviour("dependencies") and any(members(context, name)):
        raise AwsError("CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster.")
    drop(context, "subnetgroup", name)
    return {}


# Parameter groups

@instead("elasticache:CreateCacheParameterGroup")
def create_parameter_group(context: Context) -> Result:
    params = context.params
    name = checked_name(context, params.get("CacheParameterGroupName"), 255)
    family = params.get("CacheParameterGroupFamily")
    if family not in FAMILIES or name.startswith("default."):
        raise invalid(f"CacheParameterGroupFamily {family} is not a valid parameter group family.")
    item = {"CacheParameterGroupName": name, "CacheParameterGroupFamily": family,
            "Description": params["Description"], "IsGlobal": False, "_Set": {}}
    add(context, "parametergroup", name, item, "CacheParameterGroupAlreadyExists")
    return {"CacheParameterGroup": item}


@instead("elasticache:DescribeCacheParameterGroups")
def describe_parameter_groups(context: Context) -> Result:
    name = context.params.get("CacheParameterGroupName")
    own = shown(context, "parametergroup", name, "CacheParameterGroupNotFound")
    defaults = [
        {"CacheParameterGroupName": f"default.{family}", "CacheParameterGroupFamily": family, "IsGlobal": False,
         "Description": f"Default parameter group for {family}", "ARN": arn(context, "parametergroup", f"default.{family}")}
        for family in FAMILIES
    ]
    return {"CacheParameterGroups": own if name else [*defaults, *own]}


@instead("elasticache:DescribeCacheParameters")
def describe_parameters(context: Context) -> Result:
    name, source = context.params.get("CacheParameterGroupName") or "", context.params.get("Source")
    groups = visible(context, "parametergroup")
    if name not in groups:
        raise AwsError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    set_ = groups[name]["_Set"]
    found = []
    for parameter, (default, allowed) in _DEFAULTS.items():
        own = parameter in set_
        if source in (None, "user" if own else "system"):
            value = {"ParameterValue": set_.get(parameter, default)} if set_.get(parameter, default) is not None else {}
            found.append({"ParameterName": parameter, **value, "Source": "user" if own else "system",
                          "DataType": "string", "AllowedValues": allowed, "IsModifiable": True,
                          "ChangeType": "immediate"})
    return {"Parameters": found}


def _changed(context: Context) -> tuple[Item, list[dict[str, str]]]:
    params = context.params
    group = get(context, "parametergroup", params.get("CacheParameterGroupName"), "CacheParameterGroupNotFound")
    pairs = params.get("ParameterNameValues") or []
    if len(pairs) > 20:
        raise invalid("A maximum of 20 parameters can be modified at a time.")
    for pair in pairs:
        if pair["ParameterName"] not in _DEFAULTS:
            raise invalid(f"The parameter {pair['ParameterName']} does not exist.")
    return group, pairs


@instead("elasticache:ModifyCacheParameterGroup")
def modify_parameter_group(context: Context) -> Result:
    group, pairs = _changed(context)
    for pair in pairs:
        default, allowed = _DEFAULTS[pair["ParameterName"]]
        value = pair.get("ParameterValue") or ""
        if not re.fullmatch(allowed, value):
            raise invalid(f"The parameter value {value} of {pair['ParameterName']} is not allowed: {allowed}")
        # What is set to what it is anyway does not count as set.
        if value == default:
            group["_Set"].pop(pair["ParameterName"], None)
        else:
            group["_Set"][pair["ParameterName"]] = value
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


@instead("elasticache:ResetCacheParameterGroup")
def reset_parameter_group(context: Context) -> Result:
    group, pairs = _changed(context)
    for name in [pair["ParameterName"] for pair in pairs] or list(group["_Set"]):
        group["_Set"].pop(name, None)
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


@instead("elasticache:DeleteCacheParameterGroup")
def delete_parameter_group(context: Context) -> Result:
    group = get(context, "parametergroup", context.params.get("CacheParameterGroupName"), "CacheParameterGroupNotFound")
    name = group["CacheParameterGroupName"]
    nodes = store(context)["cluster"].values()
    if any(node["CacheParameterGroup"]["CacheParameterGroupName"] == name for node in nodes):
        raise AwsError("InvalidCacheParameterGroupState", f"One or more cache clusters are still members of {name}.")
    drop(context, "parametergroup", name)
    return {}
