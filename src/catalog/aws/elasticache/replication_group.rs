//! Replication groups, which is what `ElastiCache` calls a cache with one set of data on a node and its replicas:
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticache::types::{
    AutomaticFailoverStatus, CacheCluster as SdkNode, Endpoint, MultiAzStatus, NodeGroup, ReplicationGroup as SdkGroup,
    TransitEncryptionMode,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{cost, is_like_ours, steps, to_sdk, version};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx, retry::Class},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{
        Facts, Live, Place, Resource, Risk, Status, Surroundings, Waits,
        tags::{ID, NAME, Tags},
        value::{Address, In},
    },
};

const DESCRIBE: &str = "elasticache:DescribeReplicationGroups";
const KIND: &str = "elasticache.replication_group";

/// A cache of Valkey or Redis: a node that is written to, and its replicas.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "a cache has that many things that are on or off")]
pub struct ReplicationGroup {
    /// Its name, of which a region has one: at most 40 small letters, digits and single hyphens, beginning with a letter.
    pub group_id: String,
    /// What it is for.
    pub description: String,
    /// `valkey` or `redis`; Redis becomes Valkey in place, but not the other way round.
    pub engine: String,
    /// The engine's version without its patch, such as `8.0`.
    pub version: String,
    /// Whether what is there is further than what is wanted: there is no way back to an older version, nor from Valkey to
    /// Redis, so it is made anew.
    pub beyond: bool,
    /// The size of each node, such as `cache.t4g.micro`.
    pub node_type: String,
    /// How many nodes it has beside the one that is written to, at most 5.
    pub replicas: u32,
    /// Whether a replica takes over when the node that is written to fails; needs a replica.
    pub automatic_failover: bool,
    /// Whether its nodes stand in different availability zones; needs `automatic_failover`.
    pub multi_az: bool,
    /// The port that it listens on.
    pub port: u16,
    /// The name of the group of subnets that its nodes stand in.
    pub subnet_group: In<String>,
    /// The security groups around its nodes.
    pub security_groups: BTreeSet<In<String>>,
    /// The name of its parameter group, such as `default.valkey8`.
    pub parameter_group: In<String>,
    /// Whether it can be spoken to in TLS.
    pub tls: bool,
    /// Whether it can be spoken to without TLS.
    pub plaintext: bool,
    /// Whether those who connect need the token; needs TLS.
    pub auth: bool,
    /// Where the token comes from. It is set when the cache is made.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<Token>,
    /// Whether what it holds is encrypted where it lies.
    pub encrypted: bool,
    /// The ARN of the KMS key for that; left out, a key of AWS.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<In<String>>,
    /// For how many days the daily snapshots are kept; 0 for no snapshots.
    pub snapshot_days: u32,
    /// When the daily snapshot is taken, in UTC, such as `03:00-04:00`; left out, whenever AWS likes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub snapshot_window: Option<String>,
    /// When it may be worked on, in UTC, such as `sun:04:00-sun:05:00`; left out, whenever AWS likes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub maintenance_window: Option<String>,
    /// Whether AWS moves it to newer minor versions by itself.
    pub minor_upgrades: bool,
    /// Whether a change that needs new nodes or new software is carried out at once, and not in the maintenance window.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub apply_immediately: Option<bool>,
}

/// A value in Secrets Manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Token {
    /// The ARN of the secret.
    pub secret: In<String>,
    /// The one of its keys that is meant, if it is JSON.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Where it is written to, once it is there.
    pub host: Option<String>,
    /// Where it can be read from, spread over its replicas.
    pub reader_host: Option<String>,
    /// What its nodes are called.
    pub nodes: Vec<String>,
}

impl Resource for ReplicationGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(ReplicationGroup: group_id, beyond, port, subnet_group, auth, encrypted, key),
        at_creation: fields!(ReplicationGroup: token, apply_immediately),
        // With TLS, a cache has other names than without.
        revised: fields!(Out: host, reader_host),
        holds: fields!(ReplicationGroup: subnet_group, security_groups),
        unique_by: fields!(ReplicationGroup: group_id),
        holds_data: true,
        interrupts: Some("what uses the cache cannot reach it"),
        // A change may take several steps, each of which waits for the one before.
        waits: Waits::minutes(60, 80, 40).usually(600),
        ..Facts::new::<Self>(
            KIND,
            "a cache of Valkey or Redis: a node that is written to, and its replicas",
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        Map::from_iter([("arn".to_owned(), super::arn(place, "replicationgroup", &self.group_id).into())])
    }

    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        let node = cost::node(&self.engine, &self.node_type)?;
        prices::month(place, node * f64::from(self.replicas + 1))
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let mut acc = Vec::new();
        if steps::needs_new_nodes(self, live) {
            let window = self.maintenance_window.as_ref().or(live.maintenance_window.as_ref());
            let when = window.map(|it| format!(" ({it} UTC)")).unwrap_or_default();
            if self.apply_immediately == Some(false) {
                acc.push(Risk::Defers(format!("the new nodes come in the maintenance window{when}")));
            }
            acc.push(Risk::Interrupts(match live.replicas {
                0 => "the cache is away for some minutes: it has one node".into(),
                _ => "connections break for some seconds when another node takes over".into(),
            }));
        }
        if live.plaintext && !self.plaintext {
            acc.push(Risk::Interrupts("who connects without TLS is refused; `tls: preferred` lets both in".into()));
        }
        if live.tls && !self.tls {
            acc.push(Risk::Interrupts("who connects with TLS is refused".into()));
        }
        acc
    }
}

impl Lifecycle for ReplicationGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.group_id.as_str(), it)).collect();
        let groups = async {
            let pages = cx.elasticache.describe_replication_groups().into_paginator().items().send();
            pages.collect::<Result<Vec<_>, _>>().await.during(DESCRIBE)
        };
        let nodes = async {
            let pages = cx.elasticache.describe_cache_clusters().into_paginator().items().send();
            pages.collect::<Result<Vec<_>, _>>().await.during("elasticache:DescribeCacheClusters")
        };
        let (groups, nodes) = tokio::try_join!(groups, nodes)?;
        let own = groups.iter().filter_map(|it| {
            let id = it.replication_group_id()?;
            (wanted.contains_key(id) || is_like_ours(&look.scope, id)).then_some((it, wanted.get(id).copied()))
        });
        let live = try_join_all(own.map(|(it, want)| live(cx, it, &nodes, want))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let token = match &want.token {
            Some(it) if want.auth => Some(value(&cx.read, it).await?),
            _ => None,
        };
        let mode = if want.plaintext { TransitEncryptionMode::Preferred } else { TransitEncryptionMode::Required };
        let call = cx
            .elasticache
            .create_replication_group()
            .replication_group_id(&want.group_id)
            .replication_group_description(&want.description)
            .engine(&want.engine)
            .engine_version(&want.version)
            .cache_node_type(&want.node_type)
            .num_cache_clusters(steps::count(want.replicas + 1))
            .automatic_failover_enabled(want.automatic_failover)
            .multi_az_enabled(want.multi_az)
            .port(want.port.into())
            .cache_subnet_group_name(want.subnet_group.get())
            .set_security_group_ids(Some(want.security_groups.iter().map(|it| it.get().clone()).collect()))
            .cache_parameter_group_name(want.parameter_group.get())
            .transit_encryption_enabled(want.tls)
            .set_transit_encryption_mode(want.tls.then_some(mode))
            .set_auth_token(token)
            .at_rest_encryption_enabled(want.encrypted)
            .set_kms_key_id(want.key.as_ref().map(|it| it.get().clone()))
            .snapshot_retention_limit(steps::count(want.snapshot_days))
            .set_snapshot_window(want.snapshot_window.clone())
            .set_preferred_maintenance_window(want.maintenance_window.clone())
            .auto_minor_version_upgrade(want.minor_upgrades)
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticache:CreateReplicationGroup").map(drop)
    }

    /// One step: the next can only be taken once the cache is available again, and then the engine asks for it.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        steps::step(cx, want, live, changed).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elasticache.delete_replication_group().replication_group_id(&live.state.group_id);
        call.send().await.during("elasticache:DeleteReplicationGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

/// What a secret holds; never logged, never kept.
async fn value(cx: &ReadCx, token: &Token) -> Result<String> {
    const CALL: &str = "secretsmanager:GetSecretValue";
    let lacks = |what| ApiError::incomplete(CALL, what);
    let answer = cx.secrets.get_secret_value().secret_id(token.secret.get()).send().await.during(CALL)?;
    let text = answer.secret_string().ok_or_else(|| lacks("text"))?;
    let Some(key) = &token.key else { return Ok(text.to_owned()) };
    let tree: Value = serde_json::from_str(text).map_err(|_| lacks("JSON"))?;
    tree.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| lacks("such key"))
}

/// `None` if it went while it was looked at.
async fn live(
    cx: &ReadCx,
    group: &SdkGroup,
    nodes: &[SdkNode],
    want: Option<&ReplicationGroup>,
) -> Result<Option<Live<ReplicationGroup>>> {
    let id = group.replication_group_id();
    let mut nodes: Vec<_> = nodes.iter().filter(|it| id.is_some() && it.replication_group_id() == id).collect();
    nodes.sort_by_key(|it| it.cache_cluster_id());
    let mut live = describe(group, &nodes, want)?;
    let Some(tags) = tags(cx, &live).await? else { return Ok(None) };
    live.tags = tags;
    Ok(Some(live))
}

/// Of a cache that is coming, changing or going, AWS may not tell the tags. Then it is told whose it is by its subnet
/// group, which is made for it alone.
async fn tags(cx: &ReadCx, live: &Live<ReplicationGroup>) -> Result<Option<Tags>> {
    if live.status.is_usable() {
        return super::tags(cx, &live.out.arn).await;
    }
    let subnet_group = live.state.subnet_group.known().filter(|it| !it.is_empty());
    let subnet_group = subnet_group.and_then(|name| {
        let (start, _) = live.out.arn.split_once(":replicationgroup:")?;
        Some(format!("{start}:subnetgroup:{name}"))
    });
    let of_subnet_group = async {
        match &subnet_group {
            Some(arn) => super::tags(cx, arn).await,
            None => Ok(None),
        }
    };
    let (own, of_subnet_group) = tokio::join!(super::tags(cx, &live.out.arn), of_subnet_group);
    match own {
        Err(error) if error.class() == Class::Busy => Ok(Some(of_subnet_group?.map(inherited).unwrap_or_default())),
        Ok(None) => Ok(of_subnet_group?.map(inherited)),
        told => told,
    }
}

/// The tags of a cache, from those of its subnet group, whose name is that of the cache and, after a dot, what it is for.
fn inherited(mut tags: Tags) -> Tags {
    if let Some(address) = tags.get(ID).and_then(|it| Address::parse(it)) {
        let name = address.name().split('.').next().unwrap_or_default();
        tags.insert(ID.to_owned(), Address::new(KIND, name).to_string());
    }
    if let Some(name) = tags.get_mut(NAME) {
        name.truncate(name.find('.').unwrap_or(name.len()));
    }
    tags
}

/// `nodes` are those of the group, in order; its tags are elsewhere.
fn describe(group: &SdkGroup, nodes: &[&SdkNode], want: Option<&ReplicationGroup>) -> Result<Live<ReplicationGroup>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let first = nodes.first();
    let pending = first.and_then(|it| it.pending_modified_values());
    // What waits for the maintenance window is done as far as who wants it to wait is concerned.
    let pending = pending.filter(|_| want.is_some_and(|it| it.apply_immediately == Some(false)));
    let engine = text(group.engine().or_else(|| first?.engine()));
    let to_come = pending.and_then(|it| it.engine_version());
    let version = version::minor(to_come.or_else(|| first?.engine_version()).unwrap_or_default());
    let parameter_group = text(first.and_then(|it| it.cache_parameter_group()?.cache_parameter_group_name()));
    let parameter_group = match want {
        Some(want) if to_come.is_some() => want.parameter_group.clone(),
        _ => parameter_group.into(),
    };
    let node_type = pending.and_then(|it| it.cache_node_type()).or_else(|| group.cache_node_type());
    let tls = group.transit_encryption_enabled() == Some(true);
    let state = ReplicationGroup {
        group_id: group.replication_group_id().ok_or_else(|| lacks("id"))?.to_owned(),
        description: text(group.description()),
        beyond: want.is_some_and(|want| version::is_beyond((&engine, &version), (&want.engine, &want.version))),
        engine,
        version,
        node_type: text(node_type.or_else(|| first?.cache_node_type())),
        replicas: u32::try_from(group.member_clusters().len().saturating_sub(1)).unwrap_or_default(),
        automatic_failover: matches!(
            group.automatic_failover(),
            Some(AutomaticFailoverStatus::Enabled | AutomaticFailoverStatus::Enabling)
        ),
        multi_az: group.multi_az() == Some(&MultiAzStatus::Enabled),
        port: port(group, nodes),
        subnet_group: text(first.and_then(|it| it.cache_subnet_group_name())).into(),
        security_groups: first
            .iter()
            .flat_map(|it| it.security_groups())
            .filter_map(|it| Some(it.security_group_id()?.into()))
            .collect(),
        parameter_group,
        tls,
        plaintext: !tls || group.transit_encryption_mode() == Some(&TransitEncryptionMode::Preferred),
        auth: group.auth_token_enabled() == Some(true),
        token: None,
        encrypted: group.at_rest_encryption_enabled() == Some(true),
        key: group.kms_key_id().map(Into::into),
        snapshot_days: group.snapshot_retention_limit().and_then(|it| it.try_into().ok()).unwrap_or_default(),
        snapshot_window: group.snapshot_window().map(str::to_owned),
        maintenance_window: first.and_then(|it| it.preferred_maintenance_window()).map(str::to_owned),
        minor_upgrades: group.auto_minor_version_upgrade() == Some(true),
        apply_immediately: None,
    };
    let shard = group.node_groups().first();
    let host = shard.and_then(|it| it.primary_endpoint()?.address()).map(str::to_owned);
    let reader_host = shard.and_then(|it| it.reader_endpoint()?.address()).map(str::to_owned);
    let status = status(group, nodes, host.is_some());
    let nodes = group.member_clusters().to_vec();
    let out = Out { arn: group.arn().ok_or_else(|| lacks("ARN"))?.to_owned(), host, reader_host, nodes };
    Ok(Live { state, out, tags: Tags::new(), status })
}

/// Without an endpoint yet, it is what was asked for.
fn port(group: &SdkGroup, nodes: &[&SdkNode]) -> u16 {
    let endpoint = group.node_groups().first().and_then(NodeGroup::primary_endpoint);
    let node = || nodes.first()?.cache_nodes().first()?.endpoint()?.port();
    endpoint.and_then(Endpoint::port).or_else(node).and_then(|it| it.try_into().ok()).unwrap_or(6379)
}

/// A group is available before others see all of its nodes.
fn status(group: &SdkGroup, nodes: &[&SdkNode], reachable: bool) -> Status {
    let pending = |word: &str| Status::Pending(word.to_owned());
    match group.status().unwrap_or("creating") {
        "available" if nodes.is_empty() || !reachable => pending("available, its nodes not"),
        "available" => match group.automatic_failover() {
            Some(it @ (AutomaticFailoverStatus::Enabling | AutomaticFailoverStatus::Disabling)) => {
                pending(&format!("{} failover", it.as_str()))
            }
            _ => Status::Ready,
        },
        "deleting" => Status::Leaving,
        "create-failed" => Status::Failed("create-failed".into()),
        other => pending(other),
    }
}

#[cfg(test)]
#[path = "replication_group_tests.rs"]
pub(super) mod tests;
