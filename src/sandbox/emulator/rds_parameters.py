"""Parameter groups: what is static waits until the databases that use a group are rebooted.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
"""

from __future__ import annotations

import re
from typing import Any

from .consistency import Item
from .hooks import Context, Result, instead
from .rds_store import arn, put_tags, store
from .wire import AwsError

_NAME = re.compile(r"[a-z](-?[a-z0-9.])*")
_FAMILY = re.compile(r"postgres1[1-8]")

# Name -> default value (None: PostgreSQL's own), apply type, data type.
PARAMETERS: dict[str, tuple[str | None, str, str]] = {
    "autovacuum_max_workers": ("GREATEST({DBInstanceClassMemory/64371566592},3)", "static", "integer"),
    "checkpoint_timeout": (None, "dynamic", "integer"),
    "client_encoding": (None, "dynamic", "string"),
    "deadlock_timeout": (None, "dynamic", "integer"),
    "effective_cache_size": ("{DBInstanceClassMemory/16384}", "dynamic", "integer"),
    "huge_pages": ("off", "static", "string"),
    "idle_in_transaction_session_timeout": ("86400000", "dynamic", "integer"),
    "log_connections": (None, "dynamic", "boolean"),
    "log_disconnections": (None, "dynamic", "boolean"),
    "log_lock_waits": (None, "dynamic", "boolean"),
    "log_min_duration_statement": (None, "dynamic", "integer"),
    "log_statement": (None, "dynamic", "string"),
    "log_temp_files": (None, "dynamic", "integer"),
    "maintenance_work_mem": ("GREATEST({DBInstanceClassMemory*1024/63963136},65536)", "dynamic", "integer"),
    "max_connections": ("LEAST({DBInstanceClassMemory/9531392},5000)", "static", "integer"),
    "max_locks_per_transaction": (None, "static", "integer"),
    "max_parallel_workers": ("GREATEST({DBInstanceVCPU/2},8)", "dynamic", "integer"),
    "max_prepared_transactions": ("0", "static", "integer"),
    "max_replication_slots": ("20", "static", "integer"),
    "max_wal_senders": ("35", "static", "integer"),
    "max_worker_processes": ("GREATEST({DBInstanceVCPU*2},8)", "static", "integer"),
    "pg_stat_statements.max": (None, "static", "integer"),
    "pg_stat_statements.track": (None, "dynamic", "string"),
    "random_page_cost": (None, "dynamic", "float"),
    "rds.force_ssl": ("1", "dynamic", "boolean"),
    "rds.logical_replication": ("0", "static", "boolean"),
    "shared_buffers": ("{DBInstanceClassMemory/32768}", "static", "integer"),
    "shared_preload_libraries": ("pg_stat_statements", "static", "list"),
    "statement_timeout": (None, "dynamic", "integer"),
    "tcp_keepalives_idle": ("300", "dynamic", "integer"),
    "timezone": ("UTC", "dynamic", "string"),
    "track_activity_query_size": ("4096", "static", "integer"),
    "wal_buffers": (None, "static", "integer"),
    "work_mem": (None, "dynamic", "integer"),
}


def parameter_group(context: Context, name: str) -> Item:
    """One that is there, or the default one of a family, which is there once someone needs it."""
    groups = store(context).parameter_groups
    family = name.removeprefix("default.")
    if name not in groups and name.startswith("default.") and _FAMILY.fullmatch(family):
        groups[name] = _group(context, name, family, f"Default parameter group for {family}")
    if name not in groups:
        raise AwsError("DBParameterGroupNotFoundFault", f"DBParameterGroup not found: {name}")
    return groups[name]


def _group(context: Context, name: str, family: str, description: str) -> Item:
    return {
        "DBParameterGroupName": name,
        "DBParameterGroupFamily": family,
        "Description": description,
        "DBParameterGroupArn": arn(context, "pg", name),
    }


@instead("rds:CreateDBParameterGroup")
def create(context: Context) -> Result:
    params, groups = context.params, store(context).parameter_groups
    name = params["DBParameterGroupName"].lower()
    if context.behaviour("validation"):
        if not _NAME.fullmatch(name) or len(name) > 255:
            raise AwsError("InvalidParameterValue", f"The parameter DBParameterGroupName is not valid: {name}")
        if not _FAMILY.fullmatch(params.get("DBParameterGroupFamily") or ""):
            raise AwsError("InvalidParameterValue", "ParameterGroupFamily is not a valid parameter group family")
        if not params.get("Description"):
            raise AwsError("InvalidParameterValue", "The parameter Description must be provided.")
    if name in groups:
        raise AwsError("DBParameterGroupAlreadyExistsFault", f"Parameter group {name} already exists")
    groups[name] = _group(context, name, params["DBParameterGroupFamily"], params["Description"])
    put_tags(context, groups[name]["DBParameterGroupArn"], params.get("Tags"))
    return {"DBParameterGroup": groups[name]}


@instead("rds:DescribeDBParameterGroups")
def describe_groups(context: Context) -> Result:
    if name := context.params.get("DBParameterGroupName"):
        return {"DBParameterGroups": [parameter_group(context, name)]}
    return {"DBParameterGroups": [group for _, group in sorted(store(context).parameter_groups.items())]}


@instead("rds:DescribeDBParameters")
def describe(context: Context) -> Result:
    params = context.params
    name = parameter_group(context, params["DBParameterGroupName"])["DBParameterGroupName"]
    values = store(context).parameters.get(name, {})
    named: set[str] | None = None
    for wanted in params.get("Filters") or []:
        if wanted["Name"] != "parameter-name":
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {wanted['Name']}")
        named = set(wanted["Values"])
    found = [_parameter(key, values.get(key)) for key in PARAMETERS if named is None or key in named]
    source = params.get("Source")
    return {"Parameters": [one for one in found if source in (None, one["Source"])]}


def _parameter(name: str, value: str | None) -> Item:
    """What is set to its default counts as not set."""
    default, apply_type, data_type = PARAMETERS[name]
    usual = value is None or value == default
    shown = default if usual else value
    return {
        "ParameterName": name,
        **({"ParameterValue": shown} if shown is not None else {}),
        "Description": f"({name})",
        "Source": ("system" if default is not None else "engine-default") if usual else "user",
        "ApplyType": apply_type,
        "DataType": data_type,
        "IsModifiable": True,
        "ApplyMethod": "pending-reboot" if usual or apply_type == "static" else "immediate",
    }


@instead("rds:ModifyDBParameterGroup")
def modify(context: Context) -> Result:
    name, given = _changes(context)
    values = store(context).parameters.setdefault(name, {})
    changed = {one["ParameterName"].lower() for one in given if values.get(one["ParameterName"].lower()) != one["ParameterValue"]}
    values |= {one["ParameterName"].lower(): one["ParameterValue"] for one in given}
    _tell(context, name, changed)
    return {"DBParameterGroupName": name}


@instead("rds:ResetDBParameterGroup")
def reset(context: Context) -> Result:
    name, given = _changes(context)
    values = store(context).parameters.setdefault(name, {})
    everything = str(context.params.get("ResetAllParameters")).lower() == "true"
    named = set(values) if everything else {one["ParameterName"].lower() for one in given}
    changed = {key for key in named if values.pop(key, None) is not None}
    _tell(context, name, changed)
    return {"DBParameterGroupName": name}


def _changes(context: Context) -> tuple[str, list[Any]]:
    name = parameter_group(context, context.params["DBParameterGroupName"])["DBParameterGroupName"]
    given = context.params.get("Parameters") or []
    if not context.behaviour("validation"):
        return name, given
    if name.startswith("default."):
        raise AwsError("InvalidParameterValue", f"The parameter group {name} cannot be modified.")
    if len(given) > 20:
        raise AwsError("InvalidParameterValue", "A maximum of 20 parameters can be modified in a single request.")
    for one in given:
        key = one.get("ParameterName", "").lower()
        if key not in PARAMETERS:
            raise AwsError("InvalidParameterValue", f"Could not find parameter with name: {key}")
        if PARAMETERS[key][1] == "static" and one.get("ApplyMethod") == "immediate":
            raise AwsError(
                "InvalidParameterCombination",
                f"cannot use immediate apply method for static parameter: {key}",
            )
        if PARAMETERS[key][2] == "boolean" and one.get("ParameterValue", "0") not in ("0", "1"):
            raise AwsError("InvalidParameterValue", f"Invalid parameter value: {one['ParameterValue']} for: {key}")
    return name, given


def _tell(context: Context, name: str, changed: set[str]) -> None:
    """What is static makes the databases that use the group wait for a reboot, once they have heard of it."""
    if not any(PARAMETERS.get(key, ("", "", ""))[1] == "static" for key in changed):
        return

    def hear() -> None:
        for one in store(context).instances.values():
            for used in one["DBParameterGroups"]:
                if used["DBParameterGroupName"] == name and one["DBInstanceStatus"] != "creating":
                    used["ParameterApplyStatus"] = "pending-reboot"

    context.account.schedule.later(context.behaviour("rds_change_delay") / 4, hear)


@instead("rds:DeleteDBParameterGroup")
def delete(context: Context) -> Result:
    group = parameter_group(context, context.params["DBParameterGroupName"])
    name, kept = group["DBParameterGroupName"], store(context)
    if name.startswith("default."):
        raise AwsError("InvalidDBParameterGroupState", f"Default DBParameterGroup cannot be deleted: {name}")
    users = [
        key for key, one in kept.instances.items()
        if any(used["DBParameterGroupName"] == name for used in one["DBParameterGroups"])
    ]
    if users and context.behaviour("dependencies"):
        raise AwsError(
            "InvalidDBParameterGroupState",
            f"One or more database instances are still members of this parameter group {name}, so the group cannot "
            "be deleted",
        )
    del kept.parameter_groups[name]
    kept.parameters.pop(name, None)
    kept.tags.pop(group["DBParameterGroupArn"], None)
    return {}
