"""What RDS refuses when a database is made or changed.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
"""

from __future__ import annotations

import re
from typing import Any

from .consistency import Item
from .hooks import Context
from .rds_parameters import parameter_group
from .wire import AwsError

_IDENTIFIER = re.compile(r"[a-zA-Z](-?[a-zA-Z0-9])*")
_CLASS = re.compile(r"db\.[a-z0-9-]+\.[a-z0-9]+")
_USERNAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,15}")
_DATABASE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,62}")
_LOGS = {"postgresql", "upgrade", "iam-db-auth-error"}
# The latest minor versions, by major version.
VERSIONS = {"13": "13.22", "14": "14.19", "15": "15.14", "16": "16.10", "17": "17.6", "18": "18.1"}


def value(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def full(version: str) -> str:
    """A version in full: the latest minor one of a major one."""
    major = version.split(".")[0]
    if major not in VERSIONS or (version != major and numbers(version) > numbers(VERSIONS[major])):
        raise combination(f"Cannot find version {version} for postgres")
    return VERSIONS[major] if version == major else version


def new(context: Context) -> None:
    """A database from nothing."""
    params = context.params
    if not context.behaviour("validation"):
        return
    if params.get("Engine") != "postgres":
        raise value(f"Invalid DB engine: {params.get('Engine')}")
    username, password = params.get("MasterUsername") or "", params.get("MasterUserPassword")
    if not _USERNAME.fullmatch(username) or username.lower() in ("rdsadmin", "admin"):
        raise value(f"MasterUsername {username} cannot be used as it is a reserved word used by the engine")
    if not _DATABASE.fullmatch(params.get("DBName") or "postgres"):
        raise value("DBName must begin with a letter and contain only alphanumeric characters.")
    if not password and not params.get("ManageMasterUserPassword"):
        raise value("The parameter MasterUserPassword must be provided and must not be blank.")
    size, limit = int(params.get("AllocatedStorage") or 0), params.get("MaxAllocatedStorage")
    if not 20 <= size <= 65536:
        raise value(f"Invalid storage size for engine name postgres and storage type gp3: {size}")
    if limit is not None and int(limit) <= size:
        raise combination("Max storage size must be greater than storage size.")
    speed(params, size, params.get("StorageType") or "gp3")


def common(context: Context) -> None:
    """Whatever makes or changes a database."""
    params = context.params
    if not context.behaviour("validation"):
        return
    name = params.get("DBInstanceIdentifier") or params.get("TargetDBInstanceIdentifier") or ""
    if not _IDENTIFIER.fullmatch(name) or len(name) > 63:
        raise value(f"The parameter DBInstanceIdentifier is not a valid identifier: {name}")
    if not _CLASS.fullmatch(params.get("DBInstanceClass") or "db.t4g.micro"):
        raise value(f"Invalid DB Instance class: {params['DBInstanceClass']}")
    if (password := params.get("MasterUserPassword")) is not None:
        if params.get("ManageMasterUserPassword"):
            raise combination("You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.")
        if not 8 <= len(password) <= 128 or set(password) & set('/"@ '):
            raise value(
                "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides "
                "'/', '@', '\"', ' ' may be used."
            )
    port = params.get("Port") or params.get("DBPortNumber")
    if port is not None and not 1150 <= int(port) <= 65535:
        raise value(f"Port {port} is not in the range 1150-65535.")
    days = params.get("BackupRetentionPeriod")
    if days is not None and not 0 <= int(days) <= 35:
        raise value(f"Invalid backup retention period: {days}. Must be between 0 and 35.")
    mode, kept = params.get("DatabaseInsightsMode"), params.get("PerformanceInsightsRetentionPeriod")
    if mode == "advanced" and (not params.get("EnablePerformanceInsights") or int(kept or 7) < 465):
        raise combination(
            "To enable the Advanced mode of Database Insights, modify your DB instance to enable Performance Insights "
            "and set the retention period for Performance Insights to at least 465 days."
        )
    logs = [*(params.get("EnableCloudwatchLogsExports") or []),
            *((params.get("CloudwatchLogsExportConfiguration") or {}).get("EnableLogTypes") or [])]
    for log in logs:
        if log not in _LOGS:
            raise combination(f"You cannot use the log types '{log}' with engine version postgres.")


def speed(params: dict[str, Any], size: int, kind: str) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage"""
    iops, throughput = params.get("Iops"), params.get("StorageThroughput")
    if kind == "gp3" and size < 400 and (iops or throughput):
        raise combination(
            "You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400."
        )
    if kind == "gp3" and iops and int(iops) < 12000:
        raise combination(f"You can't specify {iops} IOPS for gp3 storage of this size: 12000 is the least.")
    if kind in ("io1", "io2") and not iops:
        raise combination(f"You must specify IOPS for {kind} storage.")
    if kind == "gp2" and (iops or throughput):
        raise combination("You can't specify IOPS or storage throughput for gp2 storage.")


def family(context: Context, group: str, version: str) -> None:
    """A parameter group is for one major version."""
    found = parameter_group(context, group)["DBParameterGroupFamily"]
    needed = f"postgres{version.split('.')[0]}"
    if found != needed and context.behaviour("validation"):
        raise combination(
            f"The parameter group {group} with DBParameterGroupFamily {found} can't be used for this instance. Please "
            f"use a parameter group with DBParameterGroupFamily {needed}."
        )


def upgrade(one: Item, params: dict[str, Any]) -> str | None:
    """The version to go to, if it is another one."""
    wanted = params.get("EngineVersion")
    if not wanted:
        return None
    here = one["EngineVersion"]
    if wanted == here.split(".")[0]:
        return here
    target = full(wanted)
    if numbers(target) < numbers(here):
        raise combination(f"Cannot upgrade postgres from {here} to {target}")
    allowed = str(params.get("AllowMajorVersionUpgrade")).lower() == "true"
    if target.split(".")[0] != here.split(".")[0] and not allowed:
        raise combination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
    return target
