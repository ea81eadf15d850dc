"""Changing a database: some of it is at once, some waits for `modifying`, some for the maintenance window.

A change that was accepted is not seen at once: for a moment the database is
available as it was.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
"""

from __future__ import annotations

import math
from typing import Any

from . import rds_checks as checks
from .consistency import Item
from .hooks import Context, Result, instead
from .rds_instances import flag, forget_password, guard, in_sync, manage_password, memberships, speed_of, write_logs
from .rds_store import event, instance, shown, store
from .wire import AwsError

_CHANGEABLE = ("available", "storage-optimization", "storage-full", "incompatible-parameters")
_STORAGE = ("AllocatedStorage", "StorageType", "Iops", "StorageThroughput")
# What is so at once: its name in the call -> its name when described.
_AT_ONCE = {
    "PreferredBackupWindow": "PreferredBackupWindow",
    "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "DeletionProtection": "DeletionProtection",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "PubliclyAccessible": "PubliclyAccessible",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}
_FLAGS = ("AutoMinorVersionUpgrade", "DeletionProtection", "CopyTagsToSnapshot", "PubliclyAccessible",
          "PerformanceInsightsEnabled")


@instead("rds:ModifyDBInstance")
def modify(context: Context) -> Result:
    checks.common(context)
    one, params = instance(context), context.params
    if one["DBInstanceStatus"] not in _CHANGEABLE:
        raise AwsError(
            "InvalidDBInstanceState",
            f"Database instance {one['DBInstanceIdentifier']} is not in available state.",
        )
    queued = _queued(context, one)
    group = params.get("DBParameterGroupName")
    if group:
        checks.family(context, group, queued.get("EngineVersion", one["EngineVersion"]))
    changed = _at_once(context, one)
    changed |= _password(context, one)
    changed |= _exports(context, one)
    changed |= _groups(context, one, group)
    pending = one["PendingModifiedValues"]
    here = {name: _shown(one, name) for name in queued}
    fresh = {name: value for name, value in queued.items() if pending.get(name, here[name]) != value}
    now = flag(params.get("ApplyImmediately"))
    # What waits comes with whatever is to be now, even if that is nothing else.
    if not fresh and not changed and not (now and pending) and context.behaviour("validation"):
        raise checks.combination("No modifications were requested")
    for name, value in queued.items():
        # To ask for what is so takes back what waits.
        if value == here[name]:
            pending.pop(name, None)
        else:
            pending[name] = value
    if now or "Port" in queued:
        _carry_out(context, one)
    return {"DBInstance": shown(context, one)}


def _shown(one: Item, name: str) -> Any:
    return one["_port"] if name == "Port" else one.get(name)


def _queued(context: Context, one: Item) -> Item:
    """What waits, as it will be."""
    params = context.params
    queued: Item = {}
    if params.get("DBInstanceClass"):
        queued["DBInstanceClass"] = params["DBInstanceClass"]
    if params.get("MultiAZ") is not None:
        queued["MultiAZ"] = flag(params["MultiAZ"])
    if params.get("BackupRetentionPeriod") is not None:
        queued["BackupRetentionPeriod"] = int(params["BackupRetentionPeriod"])
    if params.get("DBPortNumber"):
        queued["Port"] = int(params["DBPortNumber"])
    if target := checks.upgrade(one, params):
        queued["EngineVersion"] = target
        group = params.get("DBParameterGroupName") or one["DBParameterGroups"][0]["DBParameterGroupName"]
        if not group.startswith("default."):
            checks.family(context, group, target)
    return {**queued, **_storage(context, one)}


def _storage(context: Context, one: Item) -> Item:
    params = context.params
    given = {name: params[name] for name in _STORAGE if params.get(name) is not None}
    here = one["AllocatedStorage"]
    size, kind = int(given.get("AllocatedStorage", here)), given.get("StorageType", one["StorageType"])
    if (limit := params.get("MaxAllocatedStorage")) is not None and int(limit) < size:
        raise checks.combination("Max storage size must not be less than storage size.")
    if not given:
        return {}
    if size < here:
        raise checks.combination(f"Requested size (in GB) {size} cannot be less than current size {here}.")
    if here < size < here * 1.1:
        size = math.ceil(here * 1.1)
    wanted = {"AllocatedStorage": size, "StorageType": kind}
    if context.behaviour("validation"):
        checks.speed(params, size, kind)
    if kind != one["StorageType"] or (here < 400 <= size) or params.get("Iops") or params.get("StorageThroughput"):
        wanted |= speed_of(params, size, kind)
    elif kind == "gp3" and size >= 400 and size != here and context.behaviour("validation"):
        raise checks.combination("You must specify IOPS when you change the size of this storage.")
    changes = any(one.get(name) != value for name, value in wanted.items())
    if changes and one["DBInstanceStatus"] == "storage-optimization":
        raise checks.combination(
            "You can't currently modify the storage of this DB instance because the previous storage change is being "
            "optimized."
        )
    return wanted


def _at_once(context: Context, one: Item) -> bool:
    params, before = context.params, dict(one)
    for given, member in _AT_ONCE.items():
        if params.get(given) is not None:
            value = params[given]
            one[member] = flag(value) if member in _FLAGS else value
    one["PreferredMaintenanceWindow"] = one["PreferredMaintenanceWindow"].lower()
    if (limit := params.get("MaxAllocatedStorage")) is not None:
        one.pop("MaxAllocatedStorage", None)
        if int(limit) > one["AllocatedStorage"]:
            one["MaxAllocatedStorage"] = int(limit)
    return one != before


def _password(context: Context, one: Item) -> bool:
    params = context.params
    password, managed = params.get("MasterUserPassword"), params.get("ManageMasterUserPassword")
    if managed is not None and not flag(managed) and not password:
        raise checks.combination("You must specify MasterUserPassword when you turn off ManageMasterUserPassword.")
    if password and "MasterUserSecret" in one and managed is None:
        raise checks.combination("You can't specify MasterUserPassword for an instance with ManageMasterUserPassword.")
    if managed is not None and flag(managed) and "MasterUserSecret" not in one:
        manage_password(context, one)
        return True
    if password:
        forget_password(context, one)
        one["_password"] = password
        _pass_through(context, one, "resetting-master-credentials")
    return bool(password)


def _exports(context: Context, one: Item) -> bool:
    wanted = context.params.get("CloudwatchLogsExportConfiguration") or {}
    here = one["EnabledCloudwatchLogsExports"]
    off = [log for log in wanted.get("DisableLogTypes") or [] if log in here]
    on = [log for log in wanted.get("EnableLogTypes") or [] if log not in here]
    if not on and not off:
        return False
    one["PendingModifiedValues"]["PendingCloudwatchLogsExports"] = {"LogTypesToEnable": on, "LogTypesToDisable": off}

    def done() -> None:
        one["EnabledCloudwatchLogsExports"] = [log for log in here if log not in off] + on
        one["PendingModifiedValues"].pop("PendingCloudwatchLogsExports", None)
        write_logs(context, one)

    _pass_through(context, one, "configuring-log-exports", done)
    return True


def _groups(context: Context, one: Item, group: str | None) -> bool:
    changed, wanted = False, context.params.get("VpcSecurityGroupIds")
    if wanted and memberships(wanted) != one["VpcSecurityGroups"]:
        one["VpcSecurityGroups"], changed = memberships(wanted), True
        guard(context, one)
    if group and group != one["DBParameterGroups"][0]["DBParameterGroupName"]:
        one["DBParameterGroups"] = [{"DBParameterGroupName": group, "ParameterApplyStatus": "pending-reboot"}]
        changed = True
    return changed


def _pass_through(context: Context, one: Item, word: str, then: Any = None) -> None:
    """In the state `word` for a while, a moment from now."""
    delay, schedule = context.behaviour("rds_change_delay"), context.account.schedule

    def begin() -> None:
        if one["DBInstanceStatus"] in _CHANGEABLE:
            one["DBInstanceStatus"] = word
        schedule.later(delay, end)

    def end() -> None:
        if one["DBInstanceStatus"] == "deleting":
            return
        if then:
            then()
        if one["DBInstanceStatus"] == word:
            one["DBInstanceStatus"] = "available"

    schedule.later(delay / 4, begin)


def _carry_out(context: Context, one: Item) -> None:
    pending = one["PendingModifiedValues"]
    queued = {name: value for name, value in pending.items() if name != "PendingCloudwatchLogsExports"}
    if not queued:
        return

    def done() -> None:
        before = one["AllocatedStorage"], one["StorageType"]
        for name, value in queued.items():
            if pending.get(name) == value:
                pending.pop(name)
            _apply(context, one, name, value)
        if (one["AllocatedStorage"], one["StorageType"]) != before:
            _optimize(context, one)

    _pass_through(context, one, "upgrading" if "EngineVersion" in queued else "modifying", done)


def _apply(context: Context, one: Item, name: str, value: Any) -> None:
    if name == "EngineVersion":
        _upgrade(context, one, value)
    elif name == "Port":
        one["_port"] = value
        one["Endpoint"]["Port"] = value
    else:
        one[name] = value
    if name == "StorageType":
        for speed in {"gp2": ("Iops", "StorageThroughput"), "io1": ("StorageThroughput",),
                      "io2": ("StorageThroughput",)}.get(value, ()):
            one.pop(speed, None)
    if name == "AllocatedStorage" and one.get("MaxAllocatedStorage", value + 1) <= value:
        one.pop("MaxAllocatedStorage")
    if name in ("EngineVersion", "Port", "DBInstanceClass"):
        in_sync(one)


def _upgrade(context: Context, one: Item, version: str) -> None:
    """May fail without any call telling; takes the replicas along if it is a major one."""
    name, fails = one["DBInstanceIdentifier"], context.behaviour("rds_upgrade_fails")
    if fails:
        context.account.behaviours["rds_upgrade_fails"] = fails[1:]
        event(context, name, f"Database instance is in a state that cannot be upgraded: {fails[0]}")
        return
    major = version.split(".")[0]
    replicas = [store(context).instances[key] for key in one["ReadReplicaDBInstanceIdentifiers"]]
    moved = replicas if major != one["EngineVersion"].split(".")[0] else []
    for each in (one, *moved):
        each["EngineVersion"] = version
        event(context, each["DBInstanceIdentifier"], f"Finished applying upgrade to version {version}")
    for replica in moved:
        replica["DBParameterGroups"] = [
            {"DBParameterGroupName": f"default.postgres{major}", "ParameterApplyStatus": "in-sync"},
        ]


def _optimize(context: Context, one: Item) -> None:
    """It can be used, but its storage not be changed again."""
    lasts = context.behaviour("rds_optimization")

    def done() -> None:
        if one["DBInstanceStatus"] == "storage-optimization":
            one["DBInstanceStatus"] = "available"

    if lasts:
        one["DBInstanceStatus"] = "storage-optimization"
        context.account.schedule.later(lasts, done)
