//! Serverless caches, which have no nodes to choose:
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.corecomponents.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticache::types::{
    CacheUsageLimits, DataStorage, DataStorageUnit, EcpuPerSecond, ServerlessCache as SdkCache,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{cost, is_like_ours, steps::count, to_sdk, version};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx, retry::Class},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, Waits, tags::Tags, value::In},
};

const DESCRIBE: &str = "elasticache:DescribeServerlessCaches";

/// A cache of Valkey or Redis that grows and shrinks with its use; always in TLS, and encrypted where it lies.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ServerlessCache {
    /// Its name, of which a region has one: at most 40 small letters, digits and single hyphens, beginning with a letter.
    pub cache_name: String,
    /// What it is for.
    pub description: String,
    /// `valkey` or `redis`; Redis becomes Valkey in place, but not the other way round.
    pub engine: String,
    /// The engine's major version, such as `8`.
    pub major_version: String,
    /// Whether what is there is further than what is wanted: there is no way back to an older version, nor from Valkey to
    /// Redis, so it is made anew.
    pub beyond: bool,
    /// The subnets that it can be reached in, two or three in different availability zones.
    pub subnets: BTreeSet<In<String>>,
    /// The security groups around it; it listens on port 6379, and for reading on 6380.
    pub security_groups: BTreeSet<In<String>>,
    /// The ARN of the KMS key that encrypts it; left out, a key of AWS.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<In<String>>,
    /// For how many days the daily snapshots are kept; 0 for no snapshots.
    pub snapshot_days: u32,
    /// When the daily snapshot is taken, in UTC, such as `03:00`; left out, whenever AWS likes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub snapshot_time: Option<String>,
    /// How many GB are paid for even if they are not used; 0 for none.
    pub storage_min: u32,
    /// How many GB it may hold, 1 to 5000.
    pub storage_max: u32,
    /// How many ECPU a second are paid for even if they are not used; 0 for none.
    pub ecpu_min: u32,
    /// How many ECPU a second it may use, 1000 to 15000000.
    pub ecpu_max: u32,
}

/// The most that a serverless cache may hold and use, which is what one without limits may:
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheUsageLimits.html>.
pub const MOST_STORAGE: u32 = 5000;
/// See [`MOST_STORAGE`].
pub const MOST_ECPU: u32 = 15_000_000;

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Where it is reached, once it is there.
    pub host: Option<String>,
    /// Where it can be read from with less delay, on port 6380.
    pub reader_host: Option<String>,
}

impl Resource for ServerlessCache {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(ServerlessCache: cache_name, beyond, subnets, key),
        holds: fields!(ServerlessCache: subnets, security_groups),
        unique_by: fields!(ServerlessCache: cache_name),
        holds_data: true,
        interrupts: Some("what uses the cache cannot reach it"),
        waits: Waits::minutes(40, 80, 40).usually(120),
        ..Facts::new::<Self>(
            "elasticache.serverless_cache",
            "a cache of Valkey or Redis that grows and shrinks with its use",
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ServerlessCache.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        Map::from_iter([("arn".to_owned(), super::arn(place, "serverlesscache", &self.cache_name).into())])
    }

    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        prices::month(place, cost::idle(&self.engine, self.storage_min, self.ecpu_min))
    }
}

impl Lifecycle for ServerlessCache {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.cache_name.as_str(), it)).collect();
        let pages = cx.elasticache.describe_serverless_caches().into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        let own = found.iter().filter_map(|it| {
            let name = it.serverless_cache_name()?;
            (wanted.contains_key(name) || is_like_ours(&look.scope, name)).then_some((it, wanted.get(name).copied()))
        });
        let live = try_join_all(own.map(|(it, want)| live(cx, it, want))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .elasticache
            .create_serverless_cache()
            .serverless_cache_name(&want.cache_name)
            .description(&want.description)
            .engine(&want.engine)
            .major_engine_version(&want.major_version)
            .set_subnet_ids(Some(ids(&want.subnets)))
            .set_security_group_ids(Some(ids(&want.security_groups)))
            .set_kms_key_id(want.key.as_ref().map(|it| it.get().clone()))
            .snapshot_retention_limit(count(want.snapshot_days))
            .set_daily_snapshot_time(want.snapshot_time.clone())
            .cache_usage_limits(limits(want))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticache:CreateServerlessCache").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let is = |fields: &[&str]| changed.any(fields);
        let mut call = cx.elasticache.modify_serverless_cache().serverless_cache_name(&live.state.cache_name);
        if is(fields!(ServerlessCache: description)) {
            call = call.description(&want.description);
        }
        if is(fields!(ServerlessCache: engine, major_version)) {
            call = call.engine(&want.engine).major_engine_version(&want.major_version);
        }
        if is(fields!(ServerlessCache: security_groups)) {
            call = call.set_security_group_ids(Some(ids(&want.security_groups)));
        }
        if is(fields!(ServerlessCache: snapshot_days)) {
            call = call.snapshot_retention_limit(count(want.snapshot_days));
        }
        if is(fields!(ServerlessCache: snapshot_time)) {
            call = call.set_daily_snapshot_time(want.snapshot_time.clone());
        }
        if is(fields!(ServerlessCache: storage_min, storage_max, ecpu_min, ecpu_max)) {
            call = call.cache_usage_limits(limits(want));
        }
        call.send().await.during("elasticache:ModifyServerlessCache").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elasticache.delete_serverless_cache().serverless_cache_name(&live.state.cache_name);
        call.send().await.during("elasticache:DeleteServerlessCache").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn ids(set: &BTreeSet<In<String>>) -> Vec<String> {
    set.iter().map(|it| it.get().clone()).collect()
}

/// A minimum of nothing is not said: it would be out of range.
fn limits(want: &ServerlessCache) -> CacheUsageLimits {
    let least = |number: u32| (number > 0).then(|| count(number));
    let storage = DataStorage::builder().unit(DataStorageUnit::Gb).maximum(count(want.storage_max));
    let storage = storage.set_minimum(least(want.storage_min)).build();
    let ecpu = EcpuPerSecond::builder().maximum(count(want.ecpu_max)).set_minimum(least(want.ecpu_min)).build();
    CacheUsageLimits::builder().data_storage(storage).ecpu_per_second(ecpu).build()
}

/// `None` if it went while it was looked at.
async fn live(cx: &ReadCx, cache: &SdkCache, want: Option<&ServerlessCache>) -> Result<Option<Live<ServerlessCache>>> {
    let mut live = describe(cache, want)?;
    let tags = match super::tags(cx, &live.out.arn).await {
        // Of one that is coming or going, AWS may not tell whose it is.
        Err(error) if error.class() == Class::Busy && !live.status.is_usable() => Some(Tags::new()),
        told => told?,
    };
    let Some(tags) = tags else { return Ok(None) };
    live.tags = tags;
    Ok(Some(live))
}

fn describe(cache: &SdkCache, want: Option<&ServerlessCache>) -> Result<Live<ServerlessCache>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let set = |ids: &[String]| ids.iter().map(|it| it.as_str().into()).collect();
    let number = |it: Option<i32>| it.and_then(|it| u32::try_from(it).ok());
    let (engine, major_version) = (text(cache.engine()), text(cache.major_engine_version()));
    let storage = cache.cache_usage_limits().and_then(|it| it.data_storage());
    let ecpu = cache.cache_usage_limits().and_then(|it| it.ecpu_per_second());
    let state = ServerlessCache {
        cache_name: cache.serverless_cache_name().ok_or_else(|| lacks("name"))?.to_owned(),
        description: text(cache.description()),
        beyond: want
            .is_some_and(|want| version::is_beyond((&engine, &major_version), (&want.engine, &want.major_version))),
        engine,
        major_version,
        subnets: set(cache.subnet_ids()),
        security_groups: set(cache.security_group_ids()),
        key: cache.kms_key_id().filter(|it| !it.is_empty()).map(Into::into),
        snapshot_days: number(cache.snapshot_retention_limit()).unwrap_or_default(),
        snapshot_time: cache.daily_snapshot_time().map(str::to_owned),
        storage_min: number(storage.and_then(DataStorage::minimum)).unwrap_or_default(),
        storage_max: number(storage.and_then(DataStorage::maximum)).unwrap_or(MOST_STORAGE),
        ecpu_min: number(ecpu.and_then(EcpuPerSecond::minimum)).unwrap_or_default(),
        ecpu_max: number(ecpu.and_then(EcpuPerSecond::maximum)).unwrap_or(MOST_ECPU),
    };
    let host = cache.endpoint().and_then(|it| it.address()).map(str::to_owned);
    let status = match cache.status().unwrap_or("creating").to_lowercase().as_str() {
        "available" if host.is_some() => Status::Ready,
        "available" => Status::Pending("available, its address not".into()),
        "deleting" => Status::Leaving,
        "create-failed" => Status::Failed("create-failed".into()),
        other => Status::Pending(other.to_owned()),
    };
    let reader_host = cache.reader_endpoint().and_then(|it| it.address()).map(str::to_owned);
    let out = Out { arn: cache.arn().ok_or_else(|| lacks("ARN"))?.to_owned(), host, reader_host };
    Ok(Live { state, out, tags: Tags::new(), status })
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticache::types::{Endpoint, builders::ServerlessCacheBuilder};

    use super::*;
    use crate::{plan::diff::diff_settings, resource::to_tree};

    fn cache() -> ServerlessCacheBuilder {
        SdkCache::builder()
            .serverless_cache_name("shop-dev-main-cache")
            .arn("arn:aws:elasticache:eu-central-1:123456789012:serverlesscache:shop-dev-main-cache")
            .description("main")
            .status("available")
            .engine("valkey")
            .major_engine_version("8")
            .full_engine_version("8.0")
            .subnet_ids("subnet-b")
            .subnet_ids("subnet-a")
            .security_group_ids("sg-1")
            .snapshot_retention_limit(0)
            .daily_snapshot_time("03:30")
            .endpoint(Endpoint::builder().address("x").port(6379).build())
    }

    fn want() -> ServerlessCache {
        ServerlessCache {
            cache_name: "shop-dev-main-cache".into(),
            description: "main".into(),
            engine: "valkey".into(),
            major_version: "8".into(),
            beyond: false,
            subnets: ["subnet-a".into(), "subnet-b".into()].into(),
            security_groups: ["sg-1".into()].into(),
            key: None,
            snapshot_days: 0,
            snapshot_time: None,
            storage_min: 0,
            storage_max: MOST_STORAGE,
            ecpu_min: 0,
            ecpu_max: MOST_ECPU,
        }
    }

    fn differing(want: &ServerlessCache, cache: ServerlessCacheBuilder) -> Vec<String> {
        let live = describe(&cache.build(), Some(want)).unwrap();
        let fields = diff_settings(&ServerlessCache::FACTS, &to_tree(want), &to_tree(&live.state));
        fields.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn no_limits_are_the_widest() {
        assert_eq!(differing(&want(), cache()), Vec::<String>::new());
        let limits = limits(&want());
        assert_eq!(limits.data_storage().and_then(DataStorage::minimum), None);
        assert_eq!(differing(&want(), cache().cache_usage_limits(limits)), Vec::<String>::new());
        assert_eq!(differing(&ServerlessCache { storage_max: 5, ..want() }, cache()), ["storage_max"]);
    }

    #[test]
    fn there_is_no_way_back_to_an_older_version() {
        assert_eq!(
            differing(&ServerlessCache { major_version: "7".into(), ..want() }, cache()),
            ["major_version", "beyond"]
        );
        assert_eq!(differing(&ServerlessCache { major_version: "9".into(), ..want() }, cache()), ["major_version"]);
    }

    #[test]
    fn states_are_the_same_in_any_case() {
        let status = |it: &str| describe(&cache().status(it).build(), None).unwrap().status;
        assert_eq!((status("AVAILABLE"), status("deleting")), (Status::Ready, Status::Leaving));
        assert_eq!(status("Creating"), Status::Pending("creating".into()));
        assert!(matches!(status("CREATE-FAILED"), Status::Failed(_)));
    }
}
