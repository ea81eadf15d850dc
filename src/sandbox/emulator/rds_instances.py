"""Databases: made from nothing or from others, over time, and deleted over time.

Right after its creation a database is available for a moment, then makes its
first backup, and is available again.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
"""

from __future__ import annotations

import copy
import json
from typing import Any

from moto.ec2.utils import random_private_ip

from . import rds_checks as checks
from .consistency import Item
from .hooks import Context, Result, instead
from .rds_groups import subnet_group
from .rds_store import arn, event, instance, now, put_tags, resource_id, shown, store
from .states import becomes
from .wire import AwsError

BACKUP = "02:10-02:40"
# How many an account has in a region, if it does not ask for more.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
MOST = 40
MAINTENANCE = "thu:23:11-thu:23:41"


def flag(value: Any, default: bool = False) -> bool:
    return default if value is None else str(value).lower() == "true"


@instead("rds:CreateDBInstance")
def create(context: Context) -> Result:
    params = context.params
    checks.common(context)
    checks.new(context)
    size = int(params.get("AllocatedStorage") or 20)
    base = {
        "Engine": params.get("Engine") or "postgres",
        "EngineVersion": checks.full(params.get("EngineVersion") or "17"),
        "MasterUsername": params.get("MasterUsername") or "postgres",
        "AllocatedStorage": size,
        "StorageEncrypted": flag(params.get("StorageEncrypted")),
        "BackupRetentionPeriod": int(params.get("BackupRetentionPeriod", 1)),
        "_password": params.get("MasterUserPassword"),
    }
    if params.get("DBName"):
        base["DBName"] = params["DBName"]
    if base["StorageEncrypted"]:
        key = params.get("KmsKeyId") or "00000000-0000-0000-0000-000000000000"
        own = f"arn:aws:kms:{context.call.region}:{context.call.account}:key/{key}"
        base["KmsKeyId"] = key if key.startswith("arn:") else own
    return {"DBInstance": _begin(context, params["DBInstanceIdentifier"], base)}


@instead("rds:CreateDBInstanceReadReplica")
def replicate(context: Context) -> Result:
    checks.common(context)
    _unused(context, context.params["DBInstanceIdentifier"])
    source = instance(context, context.params["SourceDBInstanceIdentifier"])
    if source["BackupRetentionPeriod"] == 0 or source["DBInstanceStatus"] not in ("available", "storage-optimization"):
        raise AwsError(
            "InvalidDBInstanceState",
            f"Automated backups are not enabled for, or not yet made of, this database instance: "
            f"{source['DBInstanceIdentifier']}. To enable automated backups, use ModifyDBInstance to set the backup "
            "retention period to a non-zero value.",
        )
    base = {
        **_inherited(source),
        "BackupRetentionPeriod": 0,
        "ReadReplicaSourceDBInstanceIdentifier": source["DBInstanceIdentifier"],
        "StatusInfos": [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}],
        "_groups": [one["VpcSecurityGroupId"] for one in source["VpcSecurityGroups"]],
        "_subnet_group": source["_subnet_group"],
    }
    made = _begin(context, context.params["DBInstanceIdentifier"], base)
    source["ReadReplicaDBInstanceIdentifiers"].append(made["DBInstanceIdentifier"])
    return {"DBInstance": made}


@instead("rds:RestoreDBInstanceFromDBSnapshot")
def restore(context: Context) -> Result:
    checks.common(context)
    key = context.params["DBSnapshotIdentifier"].rpartition(":")[2]
    found = store(context).snapshots.get(key)
    if found is None:
        raise AwsError("DBSnapshotNotFoundFault", f"DBSnapshot not found: {key}")
    base = {**copy.deepcopy(found["_base"]), "BackupRetentionPeriod": 1}
    return {"DBInstance": _begin(context, context.params["DBInstanceIdentifier"], base)}


@instead("rds:RestoreDBInstanceToPointInTime")
def restore_to(context: Context) -> Result:
    checks.common(context)
    params = context.params
    source = instance(context, params["SourceDBInstanceIdentifier"])
    if source["BackupRetentionPeriod"] == 0:
        raise AwsError(
            "PointInTimeRestoreNotEnabledFault",
            f"Automated backups are not enabled for {source['DBInstanceIdentifier']}",
        )
    if flag(params.get("UseLatestRestorableTime")) == bool(params.get("RestoreTime")):
        raise checks.combination("You must specify either RestoreTime or UseLatestRestorableTime.")
    base = {**_inherited(source), "BackupRetentionPeriod": 1}
    return {"DBInstance": _begin(context, params["TargetDBInstanceIdentifier"], base)}


def _inherited(source: Item) -> Item:
    """What a database has from the one that it is made from, or from a snapshot of it."""
    members = ("Engine", "EngineVersion", "MasterUsername", "AllocatedStorage", "MaxAllocatedStorage",
               "StorageEncrypted", "KmsKeyId", "DBName", "_password")
    return {name: copy.deepcopy(source[name]) for name in members if name in source}


def _unused(context: Context, name: str) -> str:
    if name.lower() in store(context).instances:
        raise AwsError("DBInstanceAlreadyExistsFault", "DB instance already exists")
    if len(store(context).instances) >= MOST:
        raise AwsError("InstanceQuotaExceededFault", "You've reached the maximum number of DB instances: 40.")
    return name.lower()


def _begin(context: Context, name: str, base: Item) -> Item:
    """A database, from the parameters of the call and from what it is made of."""
    params, kept, name = context.params, store(context), _unused(context, name)
    version, size = base["EngineVersion"], base["AllocatedStorage"]
    group = params.get("DBParameterGroupName") or f"default.postgres{version.split('.')[0]}"
    checks.family(context, group, version)
    subnets = base.get("_subnet_group") or params.get("DBSubnetGroupName") or ""
    subnets = subnet_group(context, subnets)["DBSubnetGroupName"] if subnets else ""
    kind = params.get("StorageType") or "gp3"
    one: Item = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": arn(context, "db", name),
        "DbiResourceId": resource_id(),
        "DBInstanceStatus": "creating",
        "DBInstanceClass": params.get("DBInstanceClass") or "db.t4g.micro",
        "InstanceCreateTime": now(),
        "LicenseModel": "postgresql-license",
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "NetworkType": "IPV4",
        "EngineLifecycleSupport": params.get("EngineLifecycleSupport") or "open-source-rds-extended-support",
        "OptionGroupMemberships": [
            {"OptionGroupName": f"default:postgres-{version.split('.')[0]}", "Status": "in-sync"},
        ],
        "DbInstancePort": 0,
        "_port": int(params.get("Port") or 5432),
        "StorageType": kind,
        **speed_of(params, size, kind),
        "MultiAZ": flag(params.get("MultiAZ")),
        "PubliclyAccessible": flag(params.get("PubliclyAccessible"), default=not subnets),
        "AutoMinorVersionUpgrade": flag(params.get("AutoMinorVersionUpgrade"), default=True),
        "DeletionProtection": flag(params.get("DeletionProtection")),
        "CopyTagsToSnapshot": flag(params.get("CopyTagsToSnapshot")),
        "PreferredBackupWindow": params.get("PreferredBackupWindow") or BACKUP,
        "PreferredMaintenanceWindow": (params.get("PreferredMaintenanceWindow") or MAINTENANCE).lower(),
        "MonitoringInterval": 0,
        "IAMDatabaseAuthenticationEnabled": False,
        "DatabaseInsightsMode": params.get("DatabaseInsightsMode") or "standard",
        "PerformanceInsightsEnabled": flag(params.get("EnablePerformanceInsights")),
        "PerformanceInsightsRetentionPeriod": int(params.get("PerformanceInsightsRetentionPeriod") or 7),
        "EnabledCloudwatchLogsExports": list(params.get("EnableCloudwatchLogsExports") or []),
        "DBParameterGroups": [{"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"}],
        "VpcSecurityGroups": memberships(params.get("VpcSecurityGroupIds") or base.pop("_groups", [])),
        "ReadReplicaDBInstanceIdentifiers": [],
        "PendingModifiedValues": {},
        "_subnet_group": subnets,
        **base,
    }
    one.pop("_groups", None)
    limit = int(params.get("MaxAllocatedStorage") or 0)
    if limit > size:
        one["MaxAllocatedStorage"] = limit
    kept.instances[name] = one
    put_tags(context, one["DBInstanceArn"], params.get("Tags"))
    _place(context, one)
    if flag(params.get("ManageMasterUserPassword")):
        manage_password(context, one)
    write_logs(context, one)
    _come_up(context, one)
    return shown(context, one)


def speed_of(params: dict[str, Any], size: int, kind: str) -> Item:
    """What storage does if nobody says more."""
    if kind == "gp2":
        return {}
    if kind == "gp3":
        iops, throughput = (3000, 125) if size < 400 else (12000, 500)
        return {
            "Iops": int(params.get("Iops") or iops),
            "StorageThroughput": int(params.get("StorageThroughput") or throughput),
        }
    return {"Iops": int(params.get("Iops") or 1000)}


def memberships(groups: list[str]) -> list[Item]:
    return [{"VpcSecurityGroupId": group, "Status": "active"} for group in sorted(groups, reverse=True)]


def _place(context: Context, one: Item) -> None:
    """An interface in a subnet, which keeps that and the security groups from being deleted."""
    group = store(context).subnet_groups.get(one["_subnet_group"])
    if not group or not group["Subnets"]:
        one["AvailabilityZone"] = f"{context.call.region}a"
        return
    subnet = group["Subnets"][-1]
    one["AvailabilityZone"] = subnet["SubnetAvailabilityZone"]["Name"]
    interface = context.ec2.create_network_interface(subnet["SubnetIdentifier"], random_private_ip())
    interface.description = "RDSNetworkInterface"
    interface.requester_managed = True
    interface.status = "in-use"
    store(context).interfaces[one["DBInstanceIdentifier"]] = interface.id
    guard(context, one)


def guard(context: Context, one: Item) -> None:
    """The groups around a database are those of its interface."""
    interface = context.ec2.enis.get(store(context).interfaces.get(one["DBInstanceIdentifier"]))
    ids = [membership["VpcSecurityGroupId"] for membership in one["VpcSecurityGroups"]]
    found = [context.ec2.get_security_group_from_id(key) for key in ids]
    if context.behaviour("validation") and None in found:
        raise checks.value(f"Invalid security group , groupId= {ids}, groupName=.")
    if interface:
        interface._group_set = [group for group in found if group]


def manage_password(context: Context, one: Item) -> None:
    """RDS keeps a secret of its own, which nobody else may change."""
    value = json.dumps({"username": one["MasterUsername"], "password": "managed-by-rds"})
    secret = context.backend("secretsmanager").create_managed_secret(
        service_name="rds", secret_id=f"rds!{one['DbiResourceId'].lower()}", secret_string=value,
        description=f"The secret associated with the primary RDS DB instance: {one['DBInstanceArn']}",
        kms_key_id=None, tags=[{"Key": "aws:rds:primaryDBInstanceArn", "Value": one["DBInstanceArn"]}],
    )
    one["MasterUserSecret"] = {"SecretArn": secret.arn, "SecretStatus": "active", "KmsKeyId": secret.kms_key_id or ""}


def forget_password(context: Context, one: Item) -> None:
    if secret := one.pop("MasterUserSecret", None):
        context.backend("secretsmanager").delete_secret(
            secret["SecretArn"], recovery_window_in_days=None, force_delete_without_recovery=True
        )


def write_logs(context: Context, one: Item) -> None:
    """RDS makes the log groups that are not there, without retention."""
    groups = context.backend("logs").groups
    for log in one["EnabledCloudwatchLogsExports"]:
        name = f"/aws/rds/instance/{one['DBInstanceIdentifier']}/{log}"
        if name not in groups:
            context.moto("logs:CreateLogGroup", {"logGroupName": name, "tags": {}})


def _come_up(context: Context, one: Item) -> None:
    delay = context.behaviour("rds_delay")
    schedule, name = context.account.schedule, one["DBInstanceIdentifier"]

    def reachable() -> None:
        if one["DBInstanceStatus"] != "creating":
            return
        host = f"{name}.{one['DbiResourceId'][3:15].lower()}.{context.call.region}.rds.amazonaws.com"
        one["Endpoint"] = {"Address": host, "Port": one["_port"], "HostedZoneId": "Z1RLNUO7B9Q6NB"}
        one["DBInstanceStatus"] = "available"
        event(context, name, "DB instance created")
        if one["BackupRetentionPeriod"]:
            schedule.later(delay / 8, lambda: _back_up(context, one))

    schedule.later(delay, reachable)


def _back_up(context: Context, one: Item) -> None:
    if one["DBInstanceStatus"] == "available":
        one["LatestRestorableTime"] = now()
        context.account.schedule.later(context.behaviour("rds_delay") / 4, lambda: _backed_up(one))
        one["DBInstanceStatus"] = "backing-up" if context.behaviour("rds_delay") else "available"


def _backed_up(one: Item) -> None:
    if one["DBInstanceStatus"] == "backing-up":
        one["DBInstanceStatus"] = "available"


@instead("rds:RebootDBInstance")
def reboot(context: Context) -> Result:
    one = instance(context)
    if one["DBInstanceStatus"] not in ("available", "storage-optimization", "incompatible-parameters"):
        raise AwsError("InvalidDBInstanceState", "Instance is not in available state.")

    def up() -> None:
        event(context, one["DBInstanceIdentifier"], "DB instance restarted")
        in_sync(one)

    becomes(context, one, "DBInstanceStatus", "rebooting", "available", after="rds_change_delay", then=up)
    return {"DBInstance": shown(context, one)}


def in_sync(one: Item) -> None:
    for group in one["DBParameterGroups"]:
        group["ParameterApplyStatus"] = "in-sync"


@instead("rds:DeleteDBInstance")
def delete(context: Context) -> Result:
    one, params = instance(context), context.params
    name, last = one["DBInstanceIdentifier"], params.get("FinalDBSnapshotIdentifier")
    skips = flag(params.get("SkipFinalSnapshot"))
    if one["DBInstanceStatus"] == "deleting":
        raise AwsError("InvalidDBInstanceState", f"Instance {name} is already being deleted.")
    if one["DeletionProtection"]:
        raise checks.combination("Cannot delete protected DB Instance, please disable deletion protection and try again.")
    if context.behaviour("dependencies") and one["ReadReplicaDBInstanceIdentifiers"]:
        raise AwsError("InvalidDBInstanceState", f"{name} has read replicas: delete or promote them first.")
    if skips == bool(last):
        raise checks.combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if last:
        if one["DBInstanceStatus"] not in ("available", "storage-optimization"):
            raise AwsError("InvalidDBInstanceState", f"Instance {name} is not currently available.")
        if "ReadReplicaSourceDBInstanceIdentifier" in one:
            raise checks.combination("FinalDBSnapshotIdentifier can not be specified when deleting a replica instance")
        take_snapshot(context, one, last)
    one["DBInstanceStatus"] = "deleting"
    context.account.schedule.later(context.behaviour("rds_delete_delay"), lambda: _gone(context, one))
    return {"DBInstance": shown(context, one)}


def _gone(context: Context, one: Item) -> None:
    kept, name = store(context), one["DBInstanceIdentifier"]
    kept.instances.pop(name, None)
    kept.tags.pop(one["DBInstanceArn"], None)
    forget_password(context, one)
    source = kept.instances.get(one.get("ReadReplicaSourceDBInstanceIdentifier", ""))
    if source:
        source["ReadReplicaDBInstanceIdentifiers"].remove(name)
    interface = kept.interfaces.pop(name, None)
    context.account.schedule.later(
        context.behaviour("eni_linger"), lambda: context.ec2.enis.pop(interface, None)
    )


def take_snapshot(context: Context, one: Item, name: str) -> Item:
    kept, name = store(context), name.lower()
    if name in kept.snapshots:
        raise AwsError("DBSnapshotAlreadyExists", f"Cannot create the snapshot because one called {name} exists.")
    kept.snapshots[name] = {
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": arn(context, "snapshot", name),
        "DBInstanceIdentifier": one["DBInstanceIdentifier"],
        "DbiResourceId": one["DbiResourceId"],
        "SnapshotType": "manual",
        "Status": "available",
        "Engine": one["Engine"],
        "EngineVersion": one["EngineVersion"],
        "AllocatedStorage": one["AllocatedStorage"],
        "Encrypted": one["StorageEncrypted"],
        "SnapshotCreateTime": now(),
        "PercentProgress": 100,
        "_base": _inherited(one),
    }
    if one["CopyTagsToSnapshot"]:
        kept.tags[kept.snapshots[name]["DBSnapshotArn"]] = dict(kept.tags.get(one["DBInstanceArn"], {}))
    return kept.snapshots[name]


def _snapshot(one: Item) -> Item:
    return {member: value for member, value in one.items() if not member.startswith("_")}


@instead("rds:CreateDBSnapshot")
def create_snapshot(context: Context) -> Result:
    one = instance(context)
    if one["DBInstanceStatus"] not in ("available", "storage-optimization"):
        raise AwsError("InvalidDBInstanceState", f"Instance {one['DBInstanceIdentifier']} is not available.")
    return {"DBSnapshot": _snapshot(take_snapshot(context, one, context.params["DBSnapshotIdentifier"]))}


@instead("rds:DescribeDBSnapshots")
def describe_snapshots(context: Context) -> Result:
    wanted = {name: context.params.get(name) for name in ("DBSnapshotIdentifier", "DBInstanceIdentifier")}
    found = [
        _snapshot(one) for _, one in sorted(store(context).snapshots.items())
        if all(value in (None, one[name]) for name, value in wanted.items())
    ]
    if wanted["DBSnapshotIdentifier"] and not found:
        raise AwsError("DBSnapshotNotFoundFault", f"DBSnapshot not found: {wanted['DBSnapshotIdentifier']}")
    return {"DBSnapshots": found}


@instead("rds:DeleteDBSnapshot")
def delete_snapshot(context: Context) -> Result:
    found = store(context).snapshots.pop(context.params["DBSnapshotIdentifier"], None)
    if found is None:
        raise AwsError("DBSnapshotNotFoundFault", "DBSnapshot not found")
    store(context).tags.pop(found["DBSnapshotArn"], None)
    return {"DBSnapshot": _snapshot(found)}
