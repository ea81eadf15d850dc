//! Answers as the service gives them, and what is made of them.

use aws_sdk_elasticache::types::{
    CacheParameterGroupStatus, PendingModifiedValues, SecurityGroupMembership,
    builders::{CacheClusterBuilder, ReplicationGroupBuilder},
};

use super::*;
use crate::{plan::diff::diff_settings, resource::to_tree};

pub(in super::super) fn sample() -> ReplicationGroup {
    ReplicationGroup {
        group_id: "shop-dev-main-cache".into(),
        description: "main of shop-dev".into(),
        engine: "valkey".into(),
        version: "8.0".into(),
        beyond: false,
        node_type: "cache.t4g.micro".into(),
        replicas: 0,
        automatic_failover: false,
        multi_az: false,
        port: 6379,
        subnet_group: "shop-dev-main-cache".into(),
        security_groups: ["sg-1".into()].into(),
        parameter_group: "default.valkey8".into(),
        tls: true,
        plaintext: false,
        auth: true,
        token: None,
        encrypted: true,
        key: None,
        snapshot_days: 0,
        snapshot_window: None,
        maintenance_window: None,
        minor_upgrades: false,
        apply_immediately: Some(true),
    }
}

fn group() -> ReplicationGroupBuilder {
    let endpoint = |host: &str| Endpoint::builder().address(host).port(6379).build();
    let shard = NodeGroup::builder().node_group_id("0001").status("available");
    let shard = shard.primary_endpoint(endpoint("master.x")).reader_endpoint(endpoint("replica.x"));
    SdkGroup::builder()
        .replication_group_id("shop-dev-main-cache")
        .arn("arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:shop-dev-main-cache")
        .description("main of shop-dev")
        .status("available")
        .engine("valkey")
        .member_clusters("shop-dev-main-cache-001")
        .node_groups(shard.build())
        .automatic_failover(AutomaticFailoverStatus::Disabled)
        .multi_az(MultiAzStatus::Disabled)
        .snapshot_retention_limit(0)
        .snapshot_window("01:30-02:30")
        .cluster_enabled(false)
        .cache_node_type("cache.t4g.micro")
        .auth_token_enabled(true)
        .transit_encryption_enabled(true)
        .transit_encryption_mode(TransitEncryptionMode::Required)
        .at_rest_encryption_enabled(true)
        .auto_minor_version_upgrade(false)
}

fn node() -> CacheClusterBuilder {
    SdkNode::builder()
        .cache_cluster_id("shop-dev-main-cache-001")
        .replication_group_id("shop-dev-main-cache")
        .engine("valkey")
        .engine_version("8.0.1")
        .cache_subnet_group_name("shop-dev-main-cache")
        .preferred_maintenance_window("sat:23:00-sun:00:00")
        .cache_parameter_group(
            CacheParameterGroupStatus::builder().cache_parameter_group_name("default.valkey8").build(),
        )
        .security_groups(SecurityGroupMembership::builder().security_group_id("sg-1").status("active").build())
}

fn seen(group: ReplicationGroupBuilder, node: CacheClusterBuilder, want: &ReplicationGroup) -> Live<ReplicationGroup> {
    describe(&group.build(), &[&node.build()], Some(want)).unwrap()
}

fn differing(want: &ReplicationGroup, live: &Live<ReplicationGroup>) -> Vec<String> {
    let fields = diff_settings(&ReplicationGroup::FACTS, &to_tree(want), &to_tree(&live.state));
    fields.into_iter().map(|it| it.path).collect()
}

#[test]
fn what_aws_fills_in_is_no_drift() {
    let live = seen(group(), node(), &sample());
    assert_eq!(differing(&sample(), &live), Vec::<String>::new());
    assert_eq!((live.status, live.out.host.as_deref()), (Status::Ready, Some("master.x")));
    let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
    assert_eq!(sample().foretell(&place).get("arn").and_then(Value::as_str), Some(live.out.arn.as_str()));
}

#[test]
fn states() {
    let of = |group: ReplicationGroupBuilder| seen(group, node(), &sample()).status;
    assert_eq!(of(group().status("modifying")), Status::Pending("modifying".into()));
    assert_eq!(of(group().status("deleting")), Status::Leaving);
    assert_eq!(of(group().status("create-failed")), Status::Failed("create-failed".into()));
    let failing = group().automatic_failover(AutomaticFailoverStatus::Enabling);
    assert_eq!(of(failing), Status::Pending("enabling failover".into()));
    assert!(matches!(describe(&group().build(), &[], None).unwrap().status, Status::Pending(_)));
    let new = SdkGroup::builder().replication_group_id("x").arn("arn:x").status("creating").build();
    assert_eq!(describe(&new, &[], None).unwrap().status, Status::Pending("creating".into()));
}

#[test]
fn what_waits_for_the_window_is_done_for_those_who_let_it_wait() {
    let pending = PendingModifiedValues::builder().cache_node_type("cache.t4g.small").engine_version("8.1").build();
    let want = ReplicationGroup {
        node_type: "cache.t4g.small".into(),
        version: "8.1".into(),
        parameter_group: "other".into(),
        apply_immediately: Some(false),
        ..sample()
    };
    let live = seen(group(), node().pending_modified_values(pending.clone()), &want);
    assert_eq!(differing(&want, &live), Vec::<String>::new());
    let now = ReplicationGroup { apply_immediately: Some(true), ..want };
    let live = seen(group(), node().pending_modified_values(pending), &now);
    assert_eq!(differing(&now, &live), ["version", "node_type", "parameter_group"]);
}

#[test]
fn there_is_no_way_back_to_an_older_version() {
    let older = ReplicationGroup { version: "7.2".into(), ..sample() };
    assert_eq!(differing(&older, &seen(group(), node(), &older)), ["version", "beyond"]);
    let newer = ReplicationGroup { version: "8.1".into(), ..sample() };
    assert_eq!(differing(&newer, &seen(group(), node(), &newer)), ["version"]);
}

#[test]
fn who_owns_the_subnet_group_owns_the_cache() {
    let pairs = [(ID, "elasticache.subnet_group/main.isolated"), (NAME, "shop-dev-main.isolated"), ("team", "web.de")];
    let tags = inherited(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
    let tag = |key| tags.get(key).map(String::as_str);
    assert_eq!((tag(ID), tag(NAME)), (Some("elasticache.replication_group/main"), Some("shop-dev-main")));
    assert_eq!(tag("team"), Some("web.de"));
}

#[test]
fn what_a_change_means_is_told() {
    let bigger = ReplicationGroup { node_type: "cache.m7g.large".into(), ..sample() };
    assert!(matches!(bigger.change_risks(&sample()).as_slice(), [Risk::Interrupts(it)] if it.contains("one node")));
    let later = ReplicationGroup {
        apply_immediately: Some(false),
        maintenance_window: Some("sun:05:00-sun:06:00".into()),
        ..bigger
    };
    let risks = later.change_risks(&ReplicationGroup { replicas: 1, ..sample() });
    assert!(matches!(&risks[0], Risk::Defers(it) if it.contains("sun:05:00-sun:06:00 UTC")), "{risks:?}");
    assert!(matches!(&risks[1], Risk::Interrupts(it) if it.contains("takes over")), "{risks:?}");
    let plain = ReplicationGroup { plaintext: true, ..sample() };
    assert_eq!(sample().change_risks(&plain).len(), 1);
    assert_eq!(plain.change_risks(&sample()), []);
}
