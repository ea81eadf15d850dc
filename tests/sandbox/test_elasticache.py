"""Caches: what they refuse, what is filled in, and how long things take."""

from __future__ import annotations

import pytest
from conftest import Cloud, fails, wait_for

SUBNETS = "shop-subnets"


class Ground:
    """A network with two subnets, a security group and a group of subnets."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.api = cloud.elasticache
        self.vpc = cloud.vpc()
        self.subnets = [
            cloud.subnet(self.vpc, f"10.0.{at}.0/24", AvailabilityZone=f"eu-central-1{zone}")
            for at, zone in enumerate("ab")
        ]
        self.group = cloud.group(self.vpc)
        self.api.create_cache_subnet_group(
            CacheSubnetGroupName=SUBNETS, CacheSubnetGroupDescription="d", SubnetIds=self.subnets
        )

    def create(self, **more: object) -> dict:
        made = self.api.create_replication_group(**{
            "ReplicationGroupId": "main", "ReplicationGroupDescription": "d", "Engine": "valkey",
            "EngineVersion": "8.0", "CacheNodeType": "cache.t4g.micro", "NumCacheClusters": 1,
            "CacheSubnetGroupName": SUBNETS, "SecurityGroupIds": [self.group], **more,
        })
        return made["ReplicationGroup"]

    def cache(self) -> dict:
        return self.api.describe_replication_groups(ReplicationGroupId="main")["ReplicationGroups"][0]

    def node(self) -> dict:
        return self.api.describe_cache_clusters(CacheClusterId="main-001")["CacheClusters"][0]

    def modify(self, **more: object) -> None:
        self.api.modify_replication_group(ReplicationGroupId="main", ApplyImmediately=True, **more)


@pytest.fixture
def ground(cloud: Cloud) -> Ground:
    return Ground(cloud)


def test_what_is_not_said_is_filled_in(ground: Ground) -> None:
    ground.create()
    cache, node = ground.cache(), ground.node()
    assert cache["AtRestEncryptionEnabled"] is True
    assert cache["Status"] == "available" and cache["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    assert (node["EngineVersion"], node["CacheSubnetGroupName"]) == ("8.0.1", SUBNETS)
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "default.valkey8"
    assert node["SecurityGroups"] == [{"SecurityGroupId": ground.group, "Status": "active"}]
    fails("ReplicationGroupAlreadyExists", ground.create)


@pytest.mark.parametrize(("code", "params"), [
    ("InvalidParameterCombination", {"MultiAZEnabled": True}),
    ("InvalidParameterCombination", {"AutomaticFailoverEnabled": True}),
    ("InvalidParameterCombination", {"AuthToken": "x" * 16}),
    ("InvalidParameterValue", {"AuthToken": "secret/secret/secret", "TransitEncryptionEnabled": True}),
    ("InvalidParameterValue", {"ReplicationGroupId": "a--b"}),
    ("InvalidParameterValue", {"EngineVersion": "3.2"}),
    ("InvalidParameterCombination", {"CacheParameterGroupName": "default.valkey7"}),
    ("CacheParameterGroupNotFound", {"CacheParameterGroupName": "mine"}),
    ("CacheSubnetGroupNotFoundFault", {"CacheSubnetGroupName": "mine"}),
    ("InvalidParameterValue", {"SecurityGroupIds": ["sg-1"]}),
])
def test_creation_is_checked(ground: Ground, code: str, params: dict) -> None:
    fails(code, ground.create, **params)


def test_a_busy_cache_takes_no_change_and_tells_no_tags(ground: Ground) -> None:
    ground.cloud.behave(cache_delay=0.3, cache_change_delay=0.3, cache_delete_delay=0.3)
    arn = ground.create(Tags=[{"Key": "a", "Value": "1"}])["ARN"]
    assert "NodeGroups" not in ground.cache()
    fails("InvalidReplicationGroupState", ground.api.list_tags_for_resource, ResourceName=arn)
    fails("InvalidReplicationGroupState", ground.modify, ReplicationGroupDescription="e")
    fails("InvalidReplicationGroupState", ground.api.delete_replication_group, ReplicationGroupId="main")
    wait_for(lambda: ground.cache()["Status"] == "available")
    ground.modify(ReplicationGroupDescription="e")
    assert ground.cache()["Status"] == "modifying"
    assert ground.api.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "a", "Value": "1"}]
    fails("InvalidReplicationGroupState", ground.api.add_tags_to_resource, ResourceName=arn, Tags=[])
    wait_for(lambda: ground.cache()["Status"] == "available")
    ground.api.delete_replication_group(ReplicationGroupId="main")
    fails("InvalidReplicationGroupState", ground.api.list_tags_for_resource, ResourceName=arn)
    wait_for(lambda: not ground.api.describe_replication_groups()["ReplicationGroups"])


def test_replicas_come_before_what_needs_them(ground: Ground) -> None:
    ground.create()
    change = {"ReplicationGroupId": "main", "ApplyImmediately": True}
    fails("InvalidParameterCombination", ground.modify, AutomaticFailoverEnabled=True)
    fails("NoOperationFault", ground.api.increase_replica_count, **change, NewReplicaCount=0)
    ground.api.increase_replica_count(**change, NewReplicaCount=2)
    assert ground.cache()["MemberClusters"] == ["main-001", "main-002", "main-003"]
    ground.modify(AutomaticFailoverEnabled=True, MultiAZEnabled=True)
    fails("InvalidParameterValue", ground.api.decrease_replica_count, **change, NewReplicaCount=0)
    ground.modify(AutomaticFailoverEnabled=False, MultiAZEnabled=False)
    ground.api.decrease_replica_count(**change, NewReplicaCount=0)
    assert ground.cache()["MemberClusters"] == ["main-001"]


def test_tls_goes_step_by_step_and_changes_the_name(ground: Ground) -> None:
    ground.create()
    plain = ground.cache()["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    fails("InvalidParameterCombination", ground.modify, TransitEncryptionEnabled=True,
          TransitEncryptionMode="required")
    ground.modify(TransitEncryptionEnabled=True, TransitEncryptionMode="preferred")
    ground.modify(TransitEncryptionMode="required")
    assert ground.cache()["NodeGroups"][0]["PrimaryEndpoint"]["Address"] != plain
    fails("InvalidParameterCombination", ground.modify, TransitEncryptionEnabled=False)


def test_what_needs_new_nodes_can_wait(ground: Ground) -> None:
    ground.create()
    change = {"ReplicationGroupId": "main", "CacheNodeType": "cache.t4g.small", "EngineVersion": "8.1"}
    ground.api.modify_replication_group(**change)
    assert ground.cache()["CacheNodeType"] == "cache.t4g.micro"
    assert ground.node()["PendingModifiedValues"] == {"CacheNodeType": "cache.t4g.small", "EngineVersion": "8.1.0"}
    ground.modify(ReplicationGroupDescription="e")
    assert (ground.cache()["CacheNodeType"], ground.node()["EngineVersion"]) == ("cache.t4g.small", "8.1.0")
    fails("InvalidParameterCombination", ground.modify, EngineVersion="8.0")


def test_snapshots_need_to_know_of_what(ground: Ground) -> None:
    ground.create()
    fails("InvalidParameterCombination", ground.modify, SnapshotRetentionLimit=1)
    ground.modify(SnapshotRetentionLimit=1, SnapshottingClusterId="main-001")
    assert ground.cache()["SnapshotRetentionLimit"] == 1


def test_what_is_in_use_stays(ground: Ground) -> None:
    ground.cloud.behave(cache_delete_delay=0.2, eni_linger=0.2)
    api = ground.api
    api.create_cache_parameter_group(CacheParameterGroupName="mine", CacheParameterGroupFamily="valkey8", Description="d")
    ground.create(CacheParameterGroupName="mine")
    fails("CacheSubnetGroupInUse", api.delete_cache_subnet_group, CacheSubnetGroupName=SUBNETS)
    fails("InvalidCacheParameterGroupState", api.delete_cache_parameter_group, CacheParameterGroupName="mine")
    fails("SubnetInUse", api.modify_cache_subnet_group, CacheSubnetGroupName=SUBNETS, SubnetIds=ground.subnets[1:])
    fails("DependencyViolation", ground.cloud.ec2.delete_security_group, GroupId=ground.group)
    api.delete_replication_group(ReplicationGroupId="main")
    wait_for(lambda: not api.describe_replication_groups()["ReplicationGroups"])
    fails("DependencyViolation", ground.cloud.ec2.delete_subnet, SubnetId=ground.subnets[0])
    api.delete_cache_subnet_group(CacheSubnetGroupName=SUBNETS)
    api.delete_cache_parameter_group(CacheParameterGroupName="mine")
    wait_for(lambda: not ground.cloud.ec2.describe_network_interfaces()["NetworkInterfaces"])
    ground.cloud.ec2.delete_security_group(GroupId=ground.group)


def test_parameters_are_set_and_reset(ground: Ground) -> None:
    api = ground.api
    api.create_cache_parameter_group(CacheParameterGroupName="mine", CacheParameterGroupFamily="valkey8", Description="d")

    def change(call: object, **values: str) -> None:
        pairs = [{"ParameterName": name.replace("_", "-"), "ParameterValue": value} for name, value in values.items()]
        call(CacheParameterGroupName="mine", ParameterNameValues=pairs)  # type: ignore[operator]

    def own() -> dict:
        found = api.describe_cache_parameters(CacheParameterGroupName="mine", Source="user")["Parameters"]
        return {one["ParameterName"]: one["ParameterValue"] for one in found}

    change(api.modify_cache_parameter_group, maxmemory_policy="allkeys-lru", timeout="60")
    assert own() == {"maxmemory-policy": "allkeys-lru", "timeout": "60"}
    change(api.reset_cache_parameter_group, timeout="60")
    assert own() == {"maxmemory-policy": "allkeys-lru"}
    with pytest.raises(Exception, match="not allowed"):
        change(api.modify_cache_parameter_group, timeout="never")


def test_subnets_are_of_one_vpc(ground: Ground) -> None:
    other = ground.cloud.subnet(ground.cloud.vpc("10.1.0.0/16"), "10.1.0.0/24")
    modify = ground.api.modify_cache_subnet_group
    fails("InvalidSubnet", modify, CacheSubnetGroupName=SUBNETS, SubnetIds=[other])
    fails("InvalidSubnet", modify, CacheSubnetGroupName=SUBNETS, SubnetIds=["subnet-1"])
    modify(CacheSubnetGroupName=SUBNETS, CacheSubnetGroupDescription="e", SubnetIds=ground.subnets[:1])
    found = ground.api.describe_cache_subnet_groups()["CacheSubnetGroups"][0]
    assert (found["CacheSubnetGroupDescription"], len(found["Subnets"])) == ("e", 1)


def test_serverless_caches(ground: Ground) -> None:
    api = ground.api
    ground.cloud.behave(cache_delay=0.2)
    name = {"ServerlessCacheName": "free"}
    new = {**name, "Engine": "valkey", "MajorEngineVersion": "8", "SubnetIds": ground.subnets,
           "SecurityGroupIds": [ground.group]}
    fails("InvalidParameterValue", api.create_serverless_cache, **{**new, "SubnetIds": ground.subnets[:1]})
    api.create_serverless_cache(**new, Tags=[{"Key": "a", "Value": "1"}])

    def cache() -> dict:
        return api.describe_serverless_caches(**name)["ServerlessCaches"][0]

    assert "Endpoint" not in cache()
    fails("InvalidServerlessCacheStateFault", api.delete_serverless_cache, **name)
    wait_for(lambda: cache()["Status"] == "available")
    assert cache()["ReaderEndpoint"]["Port"] == 6380 and cache()["DailySnapshotTime"]
    storage = {"DataStorage": {"Maximum": 5, "Unit": "GB"}}
    api.modify_serverless_cache(**name, CacheUsageLimits=storage)
    assert cache()["CacheUsageLimits"]["DataStorage"]["Maximum"] == 5
    fails("InvalidParameterCombination", api.modify_serverless_cache, **name, MajorEngineVersion="7")
    assert api.list_tags_for_resource(ResourceName=cache()["ARN"])["TagList"] == [{"Key": "a", "Value": "1"}]
    api.delete_serverless_cache(**name)
    fails("ServerlessCacheNotFoundFault", api.describe_serverless_caches, **name)


def test_listings_lag_and_have_pages(ground: Ground) -> None:
    ground.cloud.behave(read_after_write=0.3, page_size=1)
    for name in ("a", "b"):
        ground.api.create_cache_subnet_group(
            CacheSubnetGroupName=name, CacheSubnetGroupDescription="d", SubnetIds=ground.subnets
        )
    pages = ground.api.get_paginator("describe_cache_subnet_groups")

    def names() -> list[str]:
        found = [group for page in pages.paginate() for group in page["CacheSubnetGroups"]]
        return [group["CacheSubnetGroupName"] for group in found]

    assert names() == [SUBNETS]
    wait_for(lambda: names() == ["a", "b", SUBNETS])
