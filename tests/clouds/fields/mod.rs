//! Every setting of a stack file, changed once: the plan says so, applying brings it about, and nothing else changes.
//!
//! The cloud is looked at through its own interface. What the tables lack is told by a test.

mod acls;
mod alarms;
mod bench;
mod bucket_copies;
mod bucket_policies;
mod bucket_rules;
mod buckets;
mod cache_tokens;
mod caches;
mod certificates;
mod cloudflare;
mod cloudflare_records;
mod coverage;
mod database_storage;
mod databases;
mod dns;
mod drift;
mod edge_cache;
mod edge_media;
mod edge_rates;
mod edge_routes;
mod edge_waf;
mod endpoints;
mod file;
mod flow_logs;
mod groups;
mod keys;
mod load_balancer;
mod machine_caches;
mod nat;
mod notify;
mod registries;
mod releases;
mod routes;
mod scaling;
mod secrets;
mod serverless_caches;
mod services;
mod sidecars;
mod sight;
mod sites;
mod tags;
mod tiers;
mod upstash_caches;
mod vpc;
mod waf;
mod watched;
mod watched_services;
mod whole;
mod zones;

use bench::{Bench, Sequence};

/// A test for each sequence, and the list of all.
macro_rules! sequences {
    ($($name:ident),* $(,)?) => {
        const SEQUENCES: &[&Sequence] = &[$(&$name::SEQUENCE),*];

        $(#[tokio::test]
        async fn $name() {
            run(concat!("fields ", stringify!($name)), &$name::SEQUENCE).await;
        })*
    };
}

sequences! {
    acls,
    alarms,
    bucket_copies,
    bucket_policies,
    bucket_rules,
    buckets,
    cache_tokens,
    caches,
    certificates,
    cloudflare,
    cloudflare_records,
    database_storage,
    databases,
    dns,
    edge_cache,
    edge_media,
    edge_rates,
    edge_routes,
    edge_waf,
    endpoints,
    flow_logs,
    groups,
    keys,
    load_balancer,
    machine_caches,
    nat,
    notify,
    registries,
    releases,
    routes,
    scaling,
    secrets,
    serverless_caches,
    services,
    sidecars,
    sites,
    tags,
    tiers,
    upstash_caches,
    vpc,
    waf,
    watched,
    watched_services,
    whole,
    zones,
}

async fn run(name: &str, sequence: &Sequence) {
    let mut bench = Bench::new(name, &[sequence.base]).await;
    for case in sequence.cases {
        bench.edit(case.edit, case.plan, case.seen).await;
    }
    bench.end().await;
}
