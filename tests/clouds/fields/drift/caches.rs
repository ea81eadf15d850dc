//! Caches, and what they stand on.

use aws_sdk_elasticache::types::{ParameterNameValue, Tag, TransitEncryptionMode};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};
use crate::lab::until;

const CACHE: &str = "shop-default-main-cache";
const SUBNETS: &str = "shop-default-main-cache-isolated";
const PARAMETERS: &str = "shop-default-main-cache-valkey8";
const FREE: &str = "shop-default-free-cache";

/// Changes the cache, and waits until that is done.
macro_rules! modify {
    ($it:ident: $($call:tt)*) => {{
        let call = $it.cx.elasticache.modify_replication_group().replication_group_id(CACHE).apply_immediately(true);
        call.$($call)*.send().await.unwrap();
        $it.cache_is_still().await;
    }};
}

/// The same for the serverless one.
macro_rules! modify_free {
    ($it:ident: $($call:tt)*) => {{
        let call = $it.cx.elasticache.modify_serverless_cache().serverless_cache_name(FREE);
        call.$($call)*.send().await.unwrap();
        $it.free_is_still().await;
    }};
}

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "network: { zones: 2, tiers: [private, isolated], nat: none }",
        "caches: { main: { auth: false, replicas: 2, multi_az: true, snapshots: 2d, snapshot_window: '03:00-04:00', \
            maintenance_window: 'sun:05:00-sun:06:00', parameters: { timeout: 60 } } }",
        "caches: { free: { provider: serverless, snapshots: 2d, snapshot_window: '03:00-04:00', limits: { storage: 2..5, \
            ecpu: 2000..5000 } } }",
    ],
    drifts: &[
        drift(
            "another description",
            &["update elasticache.replication_group/main: description"],
            by!(it => modify!(it: replication_group_description("old"))),
        ),
        drift(
            "larger nodes",
            &["update elasticache.replication_group/main: node_type"],
            by!(it => modify!(it: cache_node_type("cache.r7g.large"))),
        ),
        drift(
            "a newer version",
            &["replace elasticache.replication_group/main: beyond"],
            by!(it => modify!(it: engine_version("8.1"))),
        ),
        drift(
            "one zone",
            &["update elasticache.replication_group/main: multi_az"],
            by!(it => modify!(it: multi_az_enabled(false))),
        ),
        drift(
            "no failover",
            &["update elasticache.replication_group/main: automatic_failover, multi_az"],
            by!(it => modify!(it: automatic_failover_enabled(false).multi_az_enabled(false))),
        ),
        drift(
            "fewer replicas",
            &["update elasticache.replication_group/main: replicas"],
            by!(it => {
                let call = it.cx.elasticache.decrease_replica_count().replication_group_id(CACHE).new_replica_count(1);
                call.apply_immediately(true).send().await.unwrap();
                it.cache_is_still().await;
            }),
        ),
        drift(
            "TLS for those who like",
            &["update elasticache.replication_group/main: plaintext"],
            by!(it => modify!(it: transit_encryption_mode(TransitEncryptionMode::Preferred))),
        ),
        drift(
            "no TLS",
            &["update elasticache.replication_group/main: tls, plaintext"],
            by!(it => {
                modify!(it: transit_encryption_mode(TransitEncryptionMode::Preferred));
                modify!(it: transit_encryption_enabled(false));
            }),
        ),
        drift(
            "another group around it",
            &["update elasticache.replication_group/main: security_groups"],
            by!(it => modify!(it: security_group_ids(it.id("ec2.security_group/caches.free")))),
        ),
        drift(
            "snapshots for longer",
            &["update elasticache.replication_group/main: snapshot_days"],
            by!(it => modify!(it: snapshot_retention_limit(5))),
        ),
        drift(
            "no snapshots",
            &["update elasticache.replication_group/main: snapshot_days"],
            by!(it => modify!(it: snapshot_retention_limit(0))),
        ),
        drift(
            "snapshots at another time",
            &["update elasticache.replication_group/main: snapshot_window"],
            by!(it => modify!(it: snapshot_window("09:00-10:00"))),
        ),
        drift(
            "work at another time",
            &["update elasticache.replication_group/main: maintenance_window"],
            by!(it => modify!(it: preferred_maintenance_window("mon:09:00-mon:10:00"))),
        ),
        drift(
            "upgrades by themselves",
            &["update elasticache.replication_group/main: minor_upgrades"],
            by!(it => modify!(it: auto_minor_version_upgrade(true))),
        ),
        drift(
            "a tag",
            &["update elasticache.replication_group/main: tags.old"],
            by!(it => it.tag_cache("replicationgroup", CACHE).await),
        ),
        drift(
            "another parameter",
            &["update elasticache.parameter_group/main-valkey8: parameters"],
            by!(it => it.set_cache_parameter("tcp-keepalive", "60").await),
        ),
        drift(
            "the parameter otherwise",
            &["update elasticache.parameter_group/main-valkey8: parameters"],
            by!(it => it.set_cache_parameter("timeout", "10").await),
        ),
        drift(
            "the engine's own parameters",
            &[
                "create elasticache.parameter_group/main-valkey8",
                "update elasticache.replication_group/main: parameter_group",
            ],
            by!(it => {
                modify!(it: cache_parameter_group_name("default.valkey8"));
                let call = it.cx.elasticache.delete_cache_parameter_group().cache_parameter_group_name(PARAMETERS);
                call.send().await.unwrap();
            }),
        ),
        drift(
            "a tag on the parameters",
            &["update elasticache.parameter_group/main-valkey8: tags.old"],
            by!(it => it.tag_cache("parametergroup", PARAMETERS).await),
        ),
        drift(
            "one more subnet",
            &["update elasticache.subnet_group/main.isolated: subnets"],
            by!(it => {
                let all = ["isolated-a", "isolated-b", "private-a"].map(|name| it.id(&format!("ec2.subnet/{name}")).to_owned());
                let call = it.cx.elasticache.modify_cache_subnet_group().cache_subnet_group_name(SUBNETS);
                call.set_subnet_ids(Some(all.into())).send().await.unwrap();
            }),
        ),
        drift(
            "another description of the subnets",
            &["update elasticache.subnet_group/main.isolated: description"],
            by!(it => {
                let call = it.cx.elasticache.modify_cache_subnet_group().cache_subnet_group_name(SUBNETS);
                call.cache_subnet_group_description("old").send().await.unwrap();
            }),
        ),
        drift(
            "a tag on the subnets",
            &["update elasticache.subnet_group/main.isolated: tags.old"],
            by!(it => it.tag_cache("subnetgroup", SUBNETS).await),
        ),
        drift(
            "no cache, and nowhere for it to stand",
            &["create elasticache.replication_group/main", "create elasticache.subnet_group/main.isolated"],
            by!(it => {
                it.cx.elasticache.delete_replication_group().replication_group_id(CACHE).send().await.unwrap();
                until("the cache to be gone", async || {
                    let groups = it.cx.read.elasticache.describe_replication_groups().send().await.unwrap();
                    groups.replication_groups().is_empty().then_some(())
                })
                .await;
                let call = it.cx.elasticache.delete_cache_subnet_group().cache_subnet_group_name(SUBNETS);
                call.send().await.unwrap();
            }),
        ),
        drift(
            "another description of the serverless one",
            &["update elasticache.serverless_cache/free: description"],
            by!(it => modify_free!(it: description("old"))),
        ),
        drift(
            "another group around the serverless one",
            &["update elasticache.serverless_cache/free: security_groups"],
            by!(it => modify_free!(it: security_group_ids(it.id("ec2.security_group/caches.main")))),
        ),
        drift(
            "other snapshots of the serverless one",
            &["update elasticache.serverless_cache/free: snapshot_days, snapshot_time"],
            by!(it => modify_free!(it: snapshot_retention_limit(0).daily_snapshot_time("09:00"))),
        ),
        drift(
            "wider limits",
            &["update elasticache.serverless_cache/free: storage_min, storage_max, ecpu_min, ecpu_max"],
            by!(it => {
                let storage = aws_sdk_elasticache::types::DataStorage::builder().maximum(50).unit("GB".into()).build();
                let limits = aws_sdk_elasticache::types::CacheUsageLimits::builder().data_storage(storage);
                let ecpu = aws_sdk_elasticache::types::EcpuPerSecond::builder().maximum(50_000).build();
                modify_free!(it: cache_usage_limits(limits.ecpu_per_second(ecpu).build()));
            }),
        ),
        drift(
            "a newer version of the serverless one",
            &["replace elasticache.serverless_cache/free: beyond"],
            by!(it => modify_free!(it: major_engine_version("9"))),
        ),
        drift(
            "a tag on the serverless one",
            &["update elasticache.serverless_cache/free: tags.old"],
            by!(it => it.tag_cache("serverlesscache", FREE).await),
        ),
        drift(
            "no serverless one",
            &["create elasticache.serverless_cache/free"],
            by!(it => {
                it.cx.elasticache.delete_serverless_cache().serverless_cache_name(FREE).send().await.unwrap();
                until("the cache to be gone", async || {
                    let caches = it.cx.read.elasticache.describe_serverless_caches().send().await.unwrap();
                    caches.serverless_caches().is_empty().then_some(())
                })
                .await;
            }),
        ),
    ],
};

impl Hands {
    async fn cache_is_still(&self) {
        until("the cache to be available", async || {
            let groups = self.cx.read.elasticache.describe_replication_groups().send().await.unwrap();
            groups.replication_groups().iter().all(|it| it.status() == Some("available")).then_some(())
        })
        .await;
    }

    async fn free_is_still(&self) {
        until("the cache to be available", async || {
            let caches = self.cx.read.elasticache.describe_serverless_caches().send().await.unwrap();
            caches.serverless_caches().iter().all(|it| it.status() == Some("available")).then_some(())
        })
        .await;
    }

    async fn set_cache_parameter(&self, name: &str, value: &str) {
        let pair = ParameterNameValue::builder().parameter_name(name).parameter_value(value).build();
        let call = self.cx.elasticache.modify_cache_parameter_group().cache_parameter_group_name(PARAMETERS);
        call.parameter_name_values(pair).send().await.unwrap();
    }

    async fn tag_cache(&self, what: &str, name: &str) {
        let account = self.cx.read.sts.get_caller_identity().send().await.unwrap().account.unwrap();
        let arn = format!("arn:aws:elasticache:eu-central-1:{account}:{what}:{name}");
        let tag = Tag::builder().key("old").value("1").build();
        self.cx.elasticache.add_tags_to_resource().resource_name(arn).tags(tag).send().await.unwrap();
    }
}
