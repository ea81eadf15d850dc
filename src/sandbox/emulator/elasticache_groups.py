"""Replication groups: what they refuse, what AWS fills in, and how long each change takes.

What a group has is partly shown on its nodes (security groups, subnets, parameters, version).
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow
from moto.ec2.utils import random_private_ip

from .consistency import Item
from .elasticache import FAMILIES, add, checked_name, drop, get, invalid, shown, store
from .hooks import Context, Result, instead
from .states import becomes
from .wire import AwsError

# The versions of each engine, with the patch that one gets, and their families.
VERSIONS = {
    "redis": {"5.0.6": "redis5.0", "6.2.6": "redis6.x", "7.0.7": "redis7", "7.1.0": "redis7"},
    "valkey": {"7.2.6": "valkey7", "8.0.1": "valkey8", "8.1.0": "valkey8", "8.2.0": "valkey8", "9.0.0": "valkey9"},
}
_TOKEN = re.compile(r"[!#-$&-.0-?A-~]{16,128}")
_WINDOW = re.compile(r"(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d")
_MOST = 6  # nodes of a group
_MISSING = "ReplicationGroupNotFoundFault"


def combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def full_version(engine: str, asked: str | None) -> str:
    known = VERSIONS.get(engine)
    if known is None:
        raise invalid(f"Invalid cache engine: {engine}")
    found = [version for version in known if not asked or version == asked or version.startswith(f"{asked}.")]
    if not found:
        raise invalid(f"Cannot find version {asked} for {engine}")
    return found[-1]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _check_parameters(context: Context, name: str, engine: str, version: str) -> None:
    family = VERSIONS[engine][version]
    own = store(context)["parametergroup"].get(name)
    found = own["CacheParameterGroupFamily"] if own else name.removeprefix("default.")
    if found not in FAMILIES or (own is None and not name.startswith("default.")):
        raise AwsError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    if found != family:
        raise combination(f"Expected a parameter group of family {family} but found one of family {found}")


def _check_groups(context: Context, ids: list[str], vpc: str) -> None:
    known = {group.id for group in context.ec2.groups.get(vpc, {}).values()}
    for key in ids:
        if key not in known:
            raise invalid(f"Some security group is not in the VPC of the subnet group: {key}")


def _check_windows(params: dict[str, Any]) -> None:
    window, times = params.get("PreferredMaintenanceWindow"), params.get("SnapshotWindow")
    if window and not _WINDOW.fullmatch(window.lower()):
        raise invalid(f"Invalid maintenance window: {window}")
    if times and not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", times):
        raise invalid(f"Invalid snapshot window: {times}")
    if not 0 <= int(params.get("SnapshotRetentionLimit") or 0) <= 35:
        raise invalid("The snapshot retention limit must be between 0 and 35.")


def _check_new(context: Context, params: dict[str, Any], count: int) -> None:
    if not re.fullmatch(r"cache\.[a-z0-9]+\.[a-z0-9]+", params.get("CacheNodeType") or ""):
        raise invalid(f"Invalid cache node type: {params.get('CacheNodeType')}")
    if not 1 <= count <= _MOST:
        raise invalid(f"NumCacheClusters must be between 1 and {_MOST}.")
    if params.get("AutomaticFailoverEnabled") and count < 2:
        raise combination("Must specify at least two nodes with automatic failover.")
    if params.get("MultiAZEnabled") and not params.get("AutomaticFailoverEnabled"):
        raise combination("Multi-AZ needs automatic failover.")
    token, tls = params.get("AuthToken"), params.get("TransitEncryptionEnabled")
    if token is not None and not tls:
        raise combination("The AUTH token is only supported with encryption-in-transit.")
    if token is not None and not _TOKEN.fullmatch(token):
        raise invalid("Invalid AuthToken provided.")
    if tls and not params.get("CacheSubnetGroupName"):
        raise combination("Encryption features are only supported in a VPC.")
    if params.get("TransitEncryptionMode") and not tls:
        raise combination("TransitEncryptionMode needs TransitEncryptionEnabled.")
    if params.get("KmsKeyId") and not params.get("AtRestEncryptionEnabled"):
        raise combination("A KMS key needs encryption at rest.")
    _check_windows(params)


@instead("elasticache:CreateReplicationGroup")
def create(context: Context) -> Result:
    params, now = context.params, iso_8601_datetime_with_milliseconds(utcnow())
    name = checked_name(context, params.get("ReplicationGroupId"), 40)
    engine = params.get("Engine") or "redis"
    version, count = full_version(engine, params.get("EngineVersion")), int(params.get("NumCacheClusters") or 1)
    _check_new(context, params, count)
    parameters = params.get("CacheParameterGroupName") or f"default.{VERSIONS[engine][version]}"
    _check_parameters(context, parameters, engine, version)
    subnets = get(context, "subnetgroup", params.get("CacheSubnetGroupName"), "CacheSubnetGroupNotFoundFault")
    _check_groups(context, params.get("SecurityGroupIds") or [], subnets["VpcId"])
    tls = bool(params.get("TransitEncryptionEnabled"))
    group = {
        "ReplicationGroupId": name, "Description": params["ReplicationGroupDescription"], "Status": "creating",
        "PendingModifiedValues": {}, "MemberClusters": [],
        "AutomaticFailover": "enabled" if params.get("AutomaticFailoverEnabled") else "disabled",
        "MultiAZ": "enabled" if params.get("MultiAZEnabled") else "disabled",
        "SnapshotRetentionLimit": int(params.get("SnapshotRetentionLimit") or 0),
        "SnapshotWindow": params.get("SnapshotWindow") or "01:30-02:30",
        "ClusterEnabled": False, "ClusterMode": "disabled", "CacheNodeType": params["CacheNodeType"],
        "AuthTokenEnabled": params.get("AuthToken") is not None, "TransitEncryptionEnabled": tls,
        # Valkey is encrypted where it lies unless one says otherwise, Redis is not.
        "AtRestEncryptionEnabled": bool(params.get("AtRestEncryptionEnabled", engine == "valkey")),
        "ReplicationGroupCreateTime": now, "DataTiering": "disabled", "NetworkType": "ipv4", "IpDiscovery": "ipv4",
        "AutoMinorVersionUpgrade": bool(params.get("AutoMinorVersionUpgrade", True)), "Engine": engine,
        "LogDeliveryConfigurations": [],
        "_Port": int(params.get("Port") or 6379), "_Next": 1, "_Version": version, "_Parameters": parameters,
        "_Subnets": subnets["CacheSubnetGroupName"], "_Groups": list(params.get("SecurityGroupIds") or []),
        "_Window": (params.get("PreferredMaintenanceWindow") or "sat:23:00-sun:00:00").lower(),
    }
    if tls:
        group["TransitEncryptionMode"] = params.get("TransitEncryptionMode") or "required"
    if params.get("KmsKeyId"):
        group["KmsKeyId"] = params["KmsKeyId"]
    group = add(context, "replicationgroup", name, group, "ReplicationGroupAlreadyExists")
    for _ in range(count):
        _add_node(context, group)
    _busy(context, group, "creating", "cache_delay")
    return {"ReplicationGroup": _shown(group)}


def _shown(group: Item) -> Item:
    return {key: value for key, value in group.items() if not key.startswith("_")}


def _nodes(context: Context, group: Item) -> list[Item]:
    return [store(context)["cluster"][name] for name in group["MemberClusters"]]


def _add_node(context: Context, group: Item) -> None:
    """A node, with its interface in one of the subnets in turn."""
    subnets = store(context)["subnetgroup"][group["_Subnets"]]["Subnets"]
    place = subnets[len(group["MemberClusters"]) % len(subnets)]
    name = f"{group['ReplicationGroupId']}-{group['_Next']:03}"
    group["_Next"] += 1
    group["MemberClusters"].append(name)
    node = {"CacheClusterId": name, "CacheClusterStatus": "creating", "NumCacheNodes": 1, "PendingModifiedValues": {},
            "ReplicationGroupId": group["ReplicationGroupId"], "ReplicationGroupLogDeliveryEnabled": False,
            "PreferredAvailabilityZone": place["SubnetAvailabilityZone"]["Name"], "_Subnet": place["SubnetIdentifier"],
            "CacheClusterCreateTime": iso_8601_datetime_with_milliseconds(utcnow())}
    tags = context.params.pop("Tags", None)  # nodes have none of their own
    node = add(context, "cluster", name, node, "CacheClusterAlreadyExists")
    if tags is not None:
        context.params["Tags"] = tags
    interface = context.ec2.create_network_interface(
        place["SubnetIdentifier"], random_private_ip(), description=f"ElastiCache {name}"
    )
    interface.requester_managed, interface.status = True, "in-use"
    store(context).interfaces[node["ARN"]] = [interface.id]
    _dress(context, group)


def _remove_node(context: Context, group: Item, name: str) -> None:
    """Its interface stays a little longer."""
    node, ec2 = store(context)["cluster"][name], context.ec2
    interfaces = store(context).interfaces.pop(node["ARN"], [])
    group["MemberClusters"].remove(name)
    drop(context, "cluster", name)

    def let_go() -> None:
        for key in interfaces:
            ec2.enis.pop(key, None)

    context.account.schedule.later(context.behaviour("eni_linger"), let_go)


def _dress(context: Context, group: Item) -> None:
    """The nodes and the endpoints, as the group says."""
    there = group["Status"] != "creating"
    for node in _nodes(context, group):
        node.update({
            "CacheNodeType": group["CacheNodeType"], "Engine": group["Engine"], "EngineVersion": group["_Version"],
            "PreferredMaintenanceWindow": group["_Window"], "CacheSubnetGroupName": group["_Subnets"],
            "CacheParameterGroup": {"CacheParameterGroupName": group["_Parameters"], "ParameterApplyStatus": "in-sync",
                                    "CacheNodeIdsToReboot": []},
            "SecurityGroups": [{"SecurityGroupId": key, "Status": "active"} for key in group["_Groups"]],
            "CacheClusterStatus": group["Status"],
            **{key: group[key] for key in ("SnapshotRetentionLimit", "SnapshotWindow", "AutoMinorVersionUpgrade",
                                           "AuthTokenEnabled", "TransitEncryptionEnabled", "AtRestEncryptionEnabled")},
        })
        for key in store(context).interfaces.get(node["ARN"], []):
            groups = [context.ec2.get_security_group_from_id(one) for one in group["_Groups"]]
            context.ec2.enis[key]._group_set = [one for one in groups if one]
    if not there:
        return
    name, port = group["ReplicationGroupId"], group["_Port"]
    region = "".join(part[0] for part in context.call.region.split("-")[:-1]) + context.call.region[-1]
    rest = f"x1y2z3.{region}.cache.amazonaws.com"
    hosts = (f"master.{name}.{rest}", f"replica.{name}.{rest}") if group["TransitEncryptionEnabled"] else (
        f"{name}.x1y2z3.ng.0001.{region}.cache.amazonaws.com", f"{name}-ro.x1y2z3.ng.0001.{region}.cache.amazonaws.com")
    group["NodeGroups"] = [{
        "NodeGroupId": "0001", "Status": group["Status"],
        "PrimaryEndpoint": {"Address": hosts[0], "Port": port}, "ReaderEndpoint": {"Address": hosts[1], "Port": port},
        "NodeGroupMembers": [
            {"CacheClusterId": member, "CacheNodeId": "0001", "CurrentRole": "replica" if at else "primary"}
            for at, member in enumerate(group["MemberClusters"])
        ],
    }]


def _busy(context: Context, group: Item, word: str, after: str, settle: Any = None) -> None:
    """Something happens to the group, which is available again after it."""

    def done() -> None:
        if settle:
            settle()
        _dress(context, group)

    becomes(context, group, "Status", word, "available", after=after, then=done)
    _dress(context, group)


@instead("elasticache:DescribeReplicationGroups")
def describe(context: Context) -> Result:
    return {"ReplicationGroups": shown(context, "replicationgroup", context.params.get("ReplicationGroupId"), _MISSING)}


@instead("elasticache:DescribeCacheClusters")
def describe_nodes(context: Context) -> Result:
    nodes = shown(context, "cluster", context.params.get("CacheClusterId"), "CacheClusterNotFound")
    lonely = context.params.get("ShowCacheClustersNotInReplicationGroups")
    return {"CacheClusters": [] if lonely else nodes}


def _available(context: Context) -> Item:
    group = get(context, "replicationgroup", context.params.get("ReplicationGroupId"), _MISSING)
    if group["Status"] != "available":
        raise AwsError(
            "InvalidReplicationGroupState",
            f"Replication group {group['ReplicationGroupId']} has status {group['Status']} which is not valid for this.",
        )
    return group


@instead("elasticache:ModifyReplicationGroup")
def modify(context: Context) -> Result:
    params, group = context.params, _available(context)
    engine = params.get("Engine") or group["Engine"]
    version = full_version(engine, params["EngineVersion"]) if params.get("EngineVersion") else group["_Version"]
    parameters = params.get("CacheParameterGroupName") or group["_Parameters"]
    if engine != group["Engine"] and engine != "valkey" or (
            engine == group["Engine"] and _number(version) < _number(group["_Version"])):
        raise combination(f"Cannot modify the engine version from {group['_Version']} to {version}.")
    _check_parameters(context, parameters, engine, version)
    _check_windows(params)
    _check_failover(group, params)
    _check_snapshots(group, params)
    vpc = store(context)["subnetgroup"][group["_Subnets"]]["VpcId"]
    _check_groups(context, params.get("SecurityGroupIds") or [], vpc)
    tls = _tls(group, params)
    later = {"CacheNodeType": params.get("CacheNodeType"), "EngineVersion": params.get("EngineVersion") and version}
    later = {key: value for key, value in later.items() if value}
    for node in _nodes(context, group):
        node["PendingModifiedValues"] = {**node["PendingModifiedValues"], **later}
    group.setdefault("_Later", {}).update({**later, **({"_Parameters": parameters, "Engine": engine} if later else {})})
    _change_now(group, params, {} if later else {"_Parameters": parameters})
    group.update(tls)
    if params.get("ApplyImmediately") or not later:
        _busy(context, group, "modifying", "cache_change_delay", lambda: _carry_out(context, group, params))
    return {"ReplicationGroup": _shown(group)}


def _check_failover(group: Item, params: dict[str, Any]) -> None:
    failover = params.get("AutomaticFailoverEnabled", group["AutomaticFailover"] == "enabled")
    zones = params.get("MultiAZEnabled", group["MultiAZ"] == "enabled")
    if failover and len(group["MemberClusters"]) < 2:
        raise combination("Automatic failover needs at least one replica.")
    if zones and not failover:
        raise combination("Multi-AZ needs automatic failover.")


def _check_snapshots(group: Item, params: dict[str, Any]) -> None:
    turned_on = int(params.get("SnapshotRetentionLimit") or 0) > 0 and group["SnapshotRetentionLimit"] == 0
    if turned_on and params.get("SnapshottingClusterId") not in group["MemberClusters"]:
        raise combination("SnapshottingClusterId must name a node of the group.")


def _tls(group: Item, params: dict[str, Any]) -> Item:
    """TLS goes one step at a time: off, preferred, required."""
    asked, mode = params.get("TransitEncryptionEnabled"), params.get("TransitEncryptionMode")
    if asked is None and mode is None:
        return {}
    if not params.get("ApplyImmediately"):
        raise combination("A change of encryption in transit has to be applied immediately.")
    on, now = group["TransitEncryptionEnabled"], group.get("TransitEncryptionMode")
    if asked is False:
        if on and (now != "preferred" or group["AuthTokenEnabled"]):
            raise combination("Encryption in transit can only be turned off when it is preferred, and without AUTH.")
        return {"TransitEncryptionEnabled": False, "TransitEncryptionMode": None}
    if not on and mode != "preferred":
        raise combination("Encryption in transit has to be preferred before it is required.")
    return {"TransitEncryptionEnabled": True, "TransitEncryptionMode": mode or now}


def _change_now(group: Item, params: dict[str, Any], more: Item) -> None:
    """What needs neither new nodes nor new software."""
    for name, member in (("ReplicationGroupDescription", "Description"), ("SnapshotWindow", "SnapshotWindow"),
                         ("AutoMinorVersionUpgrade", "AutoMinorVersionUpgrade"), ("SecurityGroupIds", "_Groups"),
                         ("SnapshotRetentionLimit", "SnapshotRetentionLimit")):
        if params.get(name) is not None:
            group[member] = params[name]
    if params.get("PreferredMaintenanceWindow"):
        group["_Window"] = params["PreferredMaintenanceWindow"].lower()
    for name, member in (("AutomaticFailoverEnabled", "AutomaticFailover"), ("MultiAZEnabled", "MultiAZ")):
        if params.get(name) is not None:
            group[member] = "enabled" if params[name] else "disabled"
    group.update(more)


def _carry_out(context: Context, group: Item, params: dict[str, Any]) -> None:
    """All that is pending, if it was to be at once."""
    if not params.get("ApplyImmediately"):
        return
    later = group.pop("_Later", {})
    if "EngineVersion" in later:
        group.update({"_Version": later["EngineVersion"], "Engine": later["Engine"], "_Parameters": later["_Parameters"]})
    group["CacheNodeType"] = later.get("CacheNodeType", group["CacheNodeType"])
    for node in _nodes(context, group):
        node["PendingModifiedValues"] = {}


@instead("elasticache:IncreaseReplicaCount", "elasticache:DecreaseReplicaCount")
def change_replicas(context: Context) -> Result:
    params, group = context.params, _available(context)
    count, wanted = len(group["MemberClusters"]) - 1, int(params.get("NewReplicaCount") or 0)
    more = context.call.operation == "IncreaseReplicaCount"
    if not params.get("ApplyImmediately"):
        raise invalid("ApplyImmediately must be true.")
    if wanted == count:
        raise AwsError("NoOperationFault", "The operation was not performed because no changes were required.")
    if (wanted > count) != more or wanted >= _MOST:
        raise invalid(f"New replica count {wanted} is not valid with {count} replicas.")
    if wanted < 1 and group["AutomaticFailover"] == "enabled":
        raise invalid("At least one replica is needed with automatic failover.")

    def fewer() -> None:
        for name in group["MemberClusters"][wanted + 1:]:
            _remove_node(context, group, name)

    while more and len(group["MemberClusters"]) <= wanted:
        _add_node(context, group)
    _busy(context, group, "modifying", "cache_change_delay", None if more else fewer)
    return {"ReplicationGroup": _shown(group)}


@instead("elasticache:DeleteReplicationGroup")
def delete(context: Context) -> Result:
    group = _available(context)
    group["Status"] = "deleting"
    _dress(context, group)

    def gone() -> None:
        for name in list(group["MemberClusters"]):
            _remove_node(context, group, name)
        drop(context, "replicationgroup", group["ReplicationGroupId"])

    context.account.schedule.later(context.behaviour("cache_delete_delay"), gone)
    return {"ReplicationGroup": _shown(group)}
