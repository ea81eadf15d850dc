//! Somebody else changes each thing that is ours: the plan says just that, and applying puts it right.

mod alarms;
mod buckets;
mod caches;
mod cloudflare;
mod databases;
mod dns;
mod edge;
mod endpoints;
mod flow_logs;
mod groups;
mod keeping;
mod load_balancer;
mod machines;
mod network;
mod releases;
mod scaling;
mod services;
mod sites;
mod tags;
mod upstash;
mod waf;
mod ways_out;

use std::collections::BTreeSet;

use infractl::catalog::KINDS;

use super::bench::{Bench, Meddling};

/// What somebody does, with what they know as `it`.
macro_rules! by {
    ($it:ident => $($act:tt)*) => {
        |$it| Box::pin(async move { $($act)* })
    };
}
use by;

macro_rules! meddlings {
    ($($name:ident),* $(,)?) => {
        const MEDDLINGS: &[&Meddling] = &[$(&$name::MEDDLING),*];

        $(#[tokio::test]
        async fn $name() {
            run(concat!("drift ", stringify!($name)), &$name::MEDDLING).await;
        })*
    };
}

meddlings! {
    alarms,
    buckets,
    caches,
    cloudflare,
    databases,
    dns,
    edge,
    endpoints,
    flow_logs,
    groups,
    keeping,
    load_balancer,
    machines,
    network,
    releases,
    scaling,
    services,
    sites,
    tags,
    upstash,
    waf,
    ways_out,
}

async fn run(name: &str, meddling: &Meddling) {
    let mut bench = Bench::new(name, meddling.base).await;
    for drift in meddling.drifts {
        bench.meddle(drift).await;
    }
    bench.end().await;
}

/// What others change only to something from which there is no way back: see the drifts called newer.
const ONE_WAY: [&str; 4] = [
    "elasticache.replication_group: engine",
    "elasticache.replication_group: version",
    "elasticache.serverless_cache: engine",
    "elasticache.serverless_cache: major_version",
];
/// What nobody but infractl changes, or what other tests change: see `tests/clouds/cloudflare.rs`, `tests/clouds/databases.rs`,
/// `tests/clouds/migrations.rs`, `tests/clouds/releases.rs`, `tests/clouds/secrets.rs`.
const ELSEWHERE: [&str; 11] = [
    "cloudflare.bot_management: fight_mode",
    "ecs.migration deleted",
    "ecs.migration: task_definition",
    "ecs.service: untested",
    "ecs.task_definition: tags",
    "kms.key deleted",
    "rds.instance: pending",
    "rds.instance: storage",
    "rds.instance: version",
    "secretsmanager.secret: value",
    "upstash.database: tls",
];

/// Every setting that can be put right is meddled with, and everything but the network itself is deleted.
#[test]
fn every_setting_has_its_drift() {
    let planned: BTreeSet<_> = MEDDLINGS.iter().flat_map(|it| it.drifts).flat_map(|it| it.plan).collect();
    let says = |verb: &str, kind: &str, field: &str| {
        let of = |it: &str| {
            it.strip_prefix(&format!("{verb} {kind}/")).is_some_and(|it| {
                let fields = it.split_once(": ").map(|(_, fields)| fields).unwrap_or_default();
                field.is_empty() || fields.split(", ").any(|it| it == field || it.starts_with(&format!("{field}.")))
            })
        };
        planned.iter().any(|it| of(it))
    };
    let mut missing = Vec::new();
    // Rules and target groups are meddled with in `tests/clouds/rules.rs`.
    for kind in KINDS.iter().filter(|it| !["elb.rule", "elb.target_group"].contains(&it.facts().kind)) {
        let facts = kind.facts();
        let schema = kind.schema().to_value();
        let fields = schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field.as_str());
        let fields = fields
            .filter(|it| !facts.replace_on.contains(it) && !facts.at_creation.contains(it))
            .chain(facts.tagged.then_some("tags"));
        missing.extend(fields.filter(|it| !says("update", facts.kind, it)).map(|it| format!("{}: {it}", facts.kind)));
        if facts.kind != "ec2.vpc" && !facts.always && !says("create", facts.kind, "") {
            missing.push(format!("{} deleted", facts.kind));
        }
    }
    missing.retain(|it| !ELSEWHERE.contains(&it.as_str()) && !ONE_WAY.contains(&it.as_str()));
    assert_eq!(missing, Vec::<String>::new(), "nobody meddles with these");
}
