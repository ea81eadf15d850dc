//! Caches without nodes.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [isolated] }, caches: { main: { provider: sidecar } } }",
    cases: &[
        case(
            "caches: { main: { provider: serverless } }",
            &[
                "create ec2.security_group/caches.main",
                "create ec2.security_group_rules/caches.main",
                "create elasticache.serverless_cache/main",
            ],
            &[
                "+ec2.security_group/caches.main: description=Cache main of shop-default, egress -1 0.0.0.0/0, \
                    name=shop-default-caches.main, vpc=ec2.vpc/main",
                "+elasticache.serverless_cache/main: description=Cache main of shop-default, ecpu=0..15000000, \
                    engine=valkey 8.1, groups=ec2.security_group/caches.main, snapshot_time=03:30, snapshots=0d, \
                    storage=0..5000, subnets=ec2.subnet/isolated-a ec2.subnet/isolated-b",
            ],
        ),
        case(
            "caches: { main: { limits: { storage: 1..5 } } }",
            &["update elasticache.serverless_cache/main: storage_min, storage_max"],
            &["elasticache.serverless_cache/main storage: 0..5000 -> 1..5"],
        ),
        case(
            "caches: { main: { limits: { storage: 10 } } }",
            &["update elasticache.serverless_cache/main: storage_min, storage_max"],
            &["elasticache.serverless_cache/main storage: 1..5 -> 0..10"],
        ),
        case(
            "caches: { main: { limits: { ecpu: 1000..5000 } } }",
            &["update elasticache.serverless_cache/main: ecpu_min, ecpu_max"],
            &["elasticache.serverless_cache/main ecpu: 0..15000000 -> 1000..5000"],
        ),
        case(
            "caches: { main: { limits: null } }",
            &["update elasticache.serverless_cache/main: storage_max, ecpu_min, ecpu_max"],
            &[
                "elasticache.serverless_cache/main ecpu: 1000..5000 -> 0..15000000",
                "elasticache.serverless_cache/main storage: 0..10 -> 0..5000",
            ],
        ),
        case(
            "caches: { main: { snapshots: 2d } }",
            &["update elasticache.serverless_cache/main: snapshot_days"],
            &["elasticache.serverless_cache/main snapshots: 0d -> 2d"],
        ),
        case(
            "caches: { main: { snapshot_window: '05:00-06:00' } }",
            &["update elasticache.serverless_cache/main: snapshot_time"],
            &["elasticache.serverless_cache/main snapshot_time: 03:30 -> 05:00"],
        ),
        case(
            "caches: { main: { version: '9.0' } }",
            &["update elasticache.serverless_cache/main: major_version"],
            &["elasticache.serverless_cache/main engine: valkey 8.1 -> valkey 9.0"],
        ),
        case(
            "caches: { main: { version: '7.2' } }",
            &["replace elasticache.serverless_cache/main: beyond"],
            &["elasticache.serverless_cache/main engine: valkey 9.0 -> valkey 7.2"],
        ),
        case(
            "caches: { main: { version: null } }",
            &["update elasticache.serverless_cache/main: major_version"],
            &["elasticache.serverless_cache/main engine: valkey 7.2 -> valkey 8.1"],
        ),
        case(
            "caches: { main: { key: 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555' } }",
            &["replace elasticache.serverless_cache/main: key"],
            &["elasticache.serverless_cache/main key: none -> \
                arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"],
        ),
        case(
            "caches: { main: { provider: elasticache, auth: false } }",
            &[
                "create elasticache.replication_group/main",
                "create elasticache.subnet_group/main.isolated",
                "delete elasticache.serverless_cache/main",
            ],
            &[
                "+elasticache.replication_group/main: description=Cache main of shop-default, encrypted=yes, \
                    engine=valkey 8.0.1, failover=disabled, groups=ec2.security_group/caches.main, \
                    key=arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555, \
                    maintenance=sat:23:00-sun:00:00, nodes=1, parameters=default.valkey8, port=6379, \
                    size=cache.t4g.micro, snapshots=2d 05:00-06:00, subnets=elasticache.subnet_group/main.isolated, \
                    tls=required, zones=disabled",
                "+elasticache.subnet_group/main.isolated: description=Cache main of shop-default, \
                    subnets=ec2.subnet/isolated-a ec2.subnet/isolated-b",
                "-elasticache.serverless_cache/main",
            ],
        ),
    ],
};
