"""Databases: what AWS does with them over time, what it fills in, and what it refuses."""

import pytest
from conftest import fails, wait_for

ARN = "arn:aws:rds:eu-central-1:{account}:db:main"


@pytest.fixture
def site(cloud):
    """A VPC with subnets in two zones, a group of these, and a security group."""
    vpc = cloud.vpc()
    zones = {"a": "10.0.1.0/24", "b": "10.0.2.0/24"}
    subnets = [cloud.subnet(vpc, cidr, AvailabilityZone=f"eu-central-1{zone}") for zone, cidr in zones.items()]
    cloud.rds.create_db_subnet_group(DBSubnetGroupName="Isolated", DBSubnetGroupDescription="d", SubnetIds=subnets)
    cloud.rds.create_db_parameter_group(
        DBParameterGroupName="main-16", DBParameterGroupFamily="postgres16", Description="d"
    )
    return {"vpc": vpc, "subnets": subnets, "group": cloud.group(vpc, "db")}


@pytest.fixture
def make(cloud, site):
    def make(name="main", **more):
        settings = dict(
            DBInstanceIdentifier=name, Engine="postgres", EngineVersion="16", DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20, MasterUsername="app", MasterUserPassword="a-long-password",
            DBSubnetGroupName="isolated", VpcSecurityGroupIds=[site["group"]], DBParameterGroupName="main-16",
        )
        given = {key: value for key, value in {**settings, **more}.items() if value is not None}
        return cloud.rds.create_db_instance(**given)["DBInstance"]

    return make


def show(cloud, name="main"):
    return cloud.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def state(cloud, name="main"):
    return show(cloud, name)["DBInstanceStatus"]


def change(cloud, **settings):
    return cloud.rds.modify_db_instance(DBInstanceIdentifier="main", **settings)["DBInstance"]


def test_what_aws_fills_in(cloud, make):
    made = make(StorageEncrypted=True, Tags=[{"Key": "k", "Value": "v"}])
    assert made["EngineVersion"].startswith("16.") and made["DBInstanceArn"] == ARN.format(account=cloud.account)
    found = show(cloud)
    assert found["DBInstanceStatus"] == "available" and found["Endpoint"]["Port"] == 5432
    assert (found["StorageType"], found["Iops"], found["StorageThroughput"]) == ("gp3", 3000, 125)
    assert "MaxAllocatedStorage" not in found and found["KmsKeyId"].startswith("arn:aws:kms:")
    assert found["TagList"] == [{"Key": "k", "Value": "v"}] and not found["PubliclyAccessible"]
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == "isolated" and len(found["DBSubnetGroup"]["Subnets"]) == 2
    assert found["DBParameterGroups"] == [{"DBParameterGroupName": "main-16", "ParameterApplyStatus": "in-sync"}]
    fails("DBInstanceAlreadyExists", make)
    fails("DBInstanceNotFound", cloud.rds.describe_db_instances, DBInstanceIdentifier="other")


def test_it_comes_up_and_flaps(cloud, make):
    cloud.behave(rds_delay=0.8)
    made = make()
    assert made["DBInstanceStatus"] == "creating" and "Endpoint" not in made
    seen = []

    def settled():
        seen.append(state(cloud))
        return seen[-1] == "available" and "backing-up" in seen

    wait_for(settled)
    assert list(dict.fromkeys(seen)) == ["creating", "available", "backing-up"]


def test_changes_wait_unless_they_are_to_be_at_once(cloud, make):
    make()
    cloud.behave(rds_change_delay=0.3)
    change(cloud, DBInstanceClass="db.t4g.small", MultiAZ=True)
    assert show(cloud)["PendingModifiedValues"] == {"DBInstanceClass": "db.t4g.small", "MultiAZ": True}
    change(cloud, DBInstanceClass="db.t4g.micro")
    assert show(cloud)["PendingModifiedValues"] == {"MultiAZ": True}
    # What waits comes with the next change that is at once, which is not seen at once.
    shown = change(cloud, DBInstanceClass="db.t4g.medium", ApplyImmediately=True)
    assert (shown["DBInstanceStatus"], shown["DBInstanceClass"]) == ("available", "db.t4g.micro")
    wait_for(lambda: state(cloud) == "modifying")
    fails("InvalidDBInstanceState", change, cloud=cloud, MultiAZ=False)
    wait_for(lambda: state(cloud) == "available")
    found = show(cloud)
    assert (found["DBInstanceClass"], found["MultiAZ"]) == ("db.t4g.medium", True)
    assert found.get("PendingModifiedValues", {}) == {}
    fails("InvalidParameterCombination", change, cloud=cloud, MultiAZ=True, ApplyImmediately=True)


def test_storage_only_grows(cloud, make):
    make(AllocatedStorage=100)
    cloud.behave(rds_optimization=0.3)
    fails("InvalidParameterCombination", change, cloud=cloud, AllocatedStorage=50, ApplyImmediately=True)
    change(cloud, AllocatedStorage=101, ApplyImmediately=True)
    assert (state(cloud), show(cloud)["AllocatedStorage"]) == ("storage-optimization", 111)
    said = fails("InvalidParameterCombination", change, cloud=cloud, AllocatedStorage=200, ApplyImmediately=True)
    assert "previous storage change is being optimized" in str(said)
    change(cloud, DeletionProtection=True)
    wait_for(lambda: state(cloud) == "available")
    change(cloud, MaxAllocatedStorage=200)
    assert show(cloud)["MaxAllocatedStorage"] == 200
    change(cloud, MaxAllocatedStorage=111)
    assert "MaxAllocatedStorage" not in show(cloud)


def test_storage_is_fast_only_where_it_is_large(cloud, make):
    fails("InvalidParameterCombination", make, Iops=4000)
    make(AllocatedStorage=400, Iops=13000, StorageThroughput=600)
    assert show(cloud)["Iops"] == 13000
    fails("InvalidParameterCombination", change, cloud=cloud, AllocatedStorage=500, ApplyImmediately=True)
    change(cloud, AllocatedStorage=500, Iops=13000, StorageThroughput=600, ApplyImmediately=True)
    assert show(cloud)["AllocatedStorage"] == 500


def test_deletion_is_guarded_and_takes_its_time(cloud, make, site):
    make(DeletionProtection=True, CopyTagsToSnapshot=True, Tags=[{"Key": "k", "Value": "v"}])
    delete = lambda **more: cloud.rds.delete_db_instance(DBInstanceIdentifier="main", **more)
    fails("InvalidParameterCombination", delete, SkipFinalSnapshot=True)
    change(cloud, DeletionProtection=False)
    fails("InvalidParameterCombination", delete, SkipFinalSnapshot=False)
    cloud.behave(rds_delete_delay=0.3, eni_linger=0.3)
    delete(SkipFinalSnapshot=False, FinalDBSnapshotIdentifier="main-last")
    assert state(cloud) == "deleting"
    assert "already being deleted" in str(fails("InvalidDBInstanceState", delete, SkipFinalSnapshot=True))
    fails("InvalidDBSubnetGroupStateFault", cloud.rds.delete_db_subnet_group, DBSubnetGroupName="isolated")
    fails("InvalidDBParameterGroupState", cloud.rds.delete_db_parameter_group, DBParameterGroupName="main-16")
    fails("DependencyViolation", cloud.ec2.delete_security_group, GroupId=site["group"])
    wait_for(lambda: not cloud.rds.describe_db_instances()["DBInstances"])
    cloud.rds.delete_db_subnet_group(DBSubnetGroupName="isolated")
    cloud.rds.delete_db_parameter_group(DBParameterGroupName="main-16")
    wait_for(lambda: not cloud.ec2.describe_network_interfaces()["NetworkInterfaces"])
    cloud.ec2.delete_security_group(GroupId=site["group"])
    snapshot = cloud.rds.describe_db_snapshots()["DBSnapshots"][0]
    assert (snapshot["DBSnapshotIdentifier"], snapshot["Status"]) == ("main-last", "available")


def test_a_subnet_in_which_a_database_stands_stays(cloud, make, site):
    make()
    group = cloud.rds.describe_db_subnet_groups()["DBSubnetGroups"][0]
    assert group["DBSubnetGroupArn"].endswith(":subgrp:isolated")
    used = cloud.ec2.describe_network_interfaces()["NetworkInterfaces"][0]["SubnetId"]
    more = cloud.subnet(site["vpc"], "10.0.3.0/24", AvailabilityZone="eu-central-1c")
    others = [subnet for subnet in site["subnets"] if subnet != used] + [more]
    modify = cloud.rds.modify_db_subnet_group
    fails("SubnetAlreadyInUse", modify, DBSubnetGroupName="isolated", SubnetIds=others)
    modify(DBSubnetGroupName="isolated", SubnetIds=[used, more])
    shown = cloud.rds.describe_db_subnet_groups(DBSubnetGroupName="isolated")["DBSubnetGroups"][0]["Subnets"]
    assert {subnet["SubnetIdentifier"] for subnet in shown} == {used, more}
    fails("DBSubnetGroupDoesNotCoverEnoughAZs", modify, DBSubnetGroupName="isolated", SubnetIds=[used])
    fails("DependencyViolation", cloud.ec2.delete_subnet, SubnetId=used)


def test_what_is_static_waits_for_a_reboot(cloud, make):
    make()
    cloud.behave(rds_change_delay=0.3)
    set_to = lambda name, value, method: cloud.rds.modify_db_parameter_group(
        DBParameterGroupName="main-16",
        Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
    )
    applied = lambda: show(cloud)["DBParameterGroups"][0]["ParameterApplyStatus"]
    set_to("work_mem", "8192", "immediate")
    fails("InvalidParameterCombination", set_to, name="max_connections", value="50", method="immediate")
    fails("InvalidParameterValue", set_to, name="no_such", value="50", method="immediate")
    set_to("max_connections", "50", "pending-reboot")
    wait_for(lambda: applied() == "pending-reboot")
    cloud.rds.reboot_db_instance(DBInstanceIdentifier="main")
    assert state(cloud) == "rebooting"
    wait_for(lambda: state(cloud) == "available")
    assert applied() == "in-sync"


def test_parameters_that_are_as_usual_are_not_set(cloud, site):
    names = lambda **more: {
        one["ParameterName"]: one.get("ParameterValue")
        for page in cloud.rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName="main-16", **more)
        for one in page["Parameters"]
    }
    given = [("work_mem", "8192"), ("rds.force_ssl", "1")]
    cloud.rds.modify_db_parameter_group(DBParameterGroupName="main-16", Parameters=[
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"} for name, value in given
    ])
    assert names(Source="user") == {"work_mem": "8192"}
    only = [{"Name": "parameter-name", "Values": ["rds.force_ssl", "work_mem"]}]
    assert names(Filters=only) == {"work_mem": "8192", "rds.force_ssl": "1"}
    cloud.rds.reset_db_parameter_group(
        DBParameterGroupName="main-16", Parameters=[{"ParameterName": "work_mem", "ApplyMethod": "immediate"}]
    )
    assert names(Source="user") == {} and len(names()) > 30


def test_versions_go_up_only_and_may_fail_to(cloud, make):
    make()
    up = lambda version, **more: change(cloud, EngineVersion=version, ApplyImmediately=True, **more)
    fails("InvalidParameterCombination", up, version="15")
    fails("InvalidParameterCombination", up, version="17")
    fails("InvalidParameterCombination", up, version="17", AllowMajorVersionUpgrade=True)
    cloud.rds.create_db_parameter_group(
        DBParameterGroupName="main-17", DBParameterGroupFamily="postgres17", Description="d"
    )
    cloud.behave(rds_upgrade_fails=["PreUpgrade checks failed"])
    up("17", AllowMajorVersionUpgrade=True, DBParameterGroupName="main-17")
    assert show(cloud)["EngineVersion"].startswith("16.")
    said = [one["Message"] for one in cloud.rds.describe_events(SourceIdentifier="main")["Events"]]
    assert "Database instance is in a state that cannot be upgraded: PreUpgrade checks failed" in said
    up("17", AllowMajorVersionUpgrade=True)
    found = show(cloud)
    assert found["EngineVersion"].startswith("17.")
    assert found["DBParameterGroups"] == [{"DBParameterGroupName": "main-17", "ParameterApplyStatus": "in-sync"}]


def test_replicas(cloud, make):
    make(BackupRetentionPeriod=0)
    replicate = lambda: cloud.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="main-r", SourceDBInstanceIdentifier="main", DBInstanceClass="db.t4g.small",
        DBParameterGroupName="main-16",
    )["DBInstance"]
    fails("InvalidDBInstanceState", replicate)
    change(cloud, BackupRetentionPeriod=1, ApplyImmediately=True)
    made = replicate()
    assert made["ReadReplicaSourceDBInstanceIdentifier"] == "main" and made["BackupRetentionPeriod"] == 0
    assert show(cloud)["ReadReplicaDBInstanceIdentifiers"] == ["main-r"]
    delete = cloud.rds.delete_db_instance
    fails("InvalidDBInstanceState", delete, DBInstanceIdentifier="main", SkipFinalSnapshot=True)
    fails("InvalidParameterCombination", delete, DBInstanceIdentifier="main-r", FinalDBSnapshotIdentifier="x")
    delete(DBInstanceIdentifier="main-r", SkipFinalSnapshot=True)
    delete(DBInstanceIdentifier="main", SkipFinalSnapshot=True)


def test_restores_have_what_they_were_made_from(cloud, make):
    make(DBName="shop", AllocatedStorage=30)
    cloud.rds.create_db_snapshot(DBInstanceIdentifier="main", DBSnapshotIdentifier="before")
    made = cloud.rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="copy", DBSnapshotIdentifier="before", DBSubnetGroupName="isolated",
        DBParameterGroupName="main-16",
    )["DBInstance"]
    assert (made["DBName"], made["AllocatedStorage"], made["DeletionProtection"]) == ("shop", 30, False)
    restore = cloud.rds.restore_db_instance_to_point_in_time
    fails("InvalidParameterCombination", restore, SourceDBInstanceIdentifier="main", TargetDBInstanceIdentifier="late")
    made = restore(
        SourceDBInstanceIdentifier="main", TargetDBInstanceIdentifier="late", UseLatestRestorableTime=True
    )["DBInstance"]
    assert made["DBInstanceIdentifier"] == "late" and made["DBName"] == "shop"
    fails("DBSnapshotNotFound", cloud.rds.restore_db_instance_from_db_snapshot,
          DBInstanceIdentifier="no", DBSnapshotIdentifier="no")


def test_passwords_are_ours_or_managed(cloud, make):
    fails("InvalidParameterValue", make, MasterUserPassword="sh/rt pass@")
    fails("InvalidParameterCombination", make, ManageMasterUserPassword=True)
    make(MasterUserPassword=None, ManageMasterUserPassword=True)
    secret = show(cloud)["MasterUserSecret"]["SecretArn"]
    assert cloud.secretsmanager.describe_secret(SecretId=secret)["OwningService"] == "rds"
    off = lambda **more: change(cloud, ManageMasterUserPassword=False, **more)
    fails("InvalidParameterCombination", off)
    off(MasterUserPassword="another-password")
    assert "MasterUserSecret" not in show(cloud)
    fails("ResourceNotFoundException", cloud.secretsmanager.describe_secret, SecretId=secret)


def test_logs_go_to_groups_that_rds_makes(cloud, make):
    make(EnableCloudwatchLogsExports=["postgresql"])
    groups = lambda: [one["logGroupName"] for one in cloud.logs.describe_log_groups()["logGroups"]]
    assert groups() == ["/aws/rds/instance/main/postgresql"]
    change(cloud, CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"], "DisableLogTypes": ["postgresql"]})
    assert show(cloud)["EnabledCloudwatchLogsExports"] == ["upgrade"] and len(groups()) == 2


def test_insights_cost_more_than_one_setting(cloud, make):
    fails("InvalidParameterCombination", make, DatabaseInsightsMode="advanced")
    make(DatabaseInsightsMode="advanced", EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=465)
    assert show(cloud)["DatabaseInsightsMode"] == "advanced"


def test_tags_and_lag(cloud, make):
    made = make()
    key = made["DBInstanceArn"]
    cloud.rds.add_tags_to_resource(ResourceName=key, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    cloud.rds.remove_tags_from_resource(ResourceName=key, TagKeys=["a"])
    assert cloud.rds.list_tags_for_resource(ResourceName=key)["TagList"] == [{"Key": "b", "Value": "2"}]
    fails("DBInstanceNotFound", cloud.rds.list_tags_for_resource, ResourceName=key + "x")
    cloud.behave(read_after_write=0.3)
    change(cloud, DeletionProtection=True)
    assert not show(cloud)["DeletionProtection"]
    wait_for(lambda: show(cloud)["DeletionProtection"])
