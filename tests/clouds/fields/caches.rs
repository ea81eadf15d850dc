//! Caches on nodes.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 2, tiers: [public, private, isolated], nat: none }",
    cases: &[
        case(
            "caches: { main: { auth: false } }",
            &[
                "create ec2.security_group/caches.main",
                "create ec2.security_group_rules/caches.main",
                "create elasticache.replication_group/main",
                "create elasticache.subnet_group/main.isolated",
            ],
            &[
                "+ec2.security_group/caches.main: description=Cache main of shop-default, egress -1 0.0.0.0/0, \
                    name=shop-default-caches.main, vpc=ec2.vpc/main",
                "+elasticache.replication_group/main: description=Cache main of shop-default, encrypted=yes, \
                    engine=valkey 8.0.1, failover=disabled, groups=ec2.security_group/caches.main, \
                    maintenance=sat:23:00-sun:00:00, nodes=1, parameters=default.valkey8, port=6379, \
                    size=cache.t4g.micro, snapshots=0d 01:30-02:30, subnets=elasticache.subnet_group/main.isolated, \
                    tls=required, zones=disabled",
                "+elasticache.subnet_group/main.isolated: description=Cache main of shop-default, \
                    subnets=ec2.subnet/isolated-a ec2.subnet/isolated-b",
            ],
        ),
        case(
            "caches: { main: { size: cache.t4g.small } }",
            &["update elasticache.replication_group/main: node_type"],
            &["elasticache.replication_group/main size: cache.t4g.micro -> cache.t4g.small"],
        ),
        case(
            "caches: { main: { version: '8.1' } }",
            &["update elasticache.replication_group/main: version"],
            &["elasticache.replication_group/main engine: valkey 8.0.1 -> valkey 8.1.0"],
        ),
        case(
            "caches: { main: { replicas: 1 } }",
            &["update elasticache.replication_group/main: replicas, automatic_failover"],
            &[
                "elasticache.replication_group/main failover: disabled -> enabled",
                "elasticache.replication_group/main nodes: 1 -> 2",
            ],
        ),
        case(
            "caches: { main: { multi_az: true } }",
            &["update elasticache.replication_group/main: multi_az"],
            &["elasticache.replication_group/main zones: disabled -> enabled"],
        ),
        case(
            "caches: { main: { multi_az: false } }",
            &["update elasticache.replication_group/main: multi_az"],
            &["elasticache.replication_group/main zones: enabled -> disabled"],
        ),
        case(
            "caches: { main: { replicas: 0 } }",
            &["update elasticache.replication_group/main: replicas, automatic_failover"],
            &[
                "elasticache.replication_group/main failover: enabled -> disabled",
                "elasticache.replication_group/main nodes: 2 -> 1",
            ],
        ),
        case(
            "caches: { main: { tls: preferred } }",
            &["update elasticache.replication_group/main: plaintext"],
            &["elasticache.replication_group/main tls: required -> preferred"],
        ),
        case(
            "caches: { main: { tls: true } }",
            &["update elasticache.replication_group/main: plaintext"],
            &["elasticache.replication_group/main tls: preferred -> required"],
        ),
        case(
            "caches: { main: { tls: false } }",
            &["update elasticache.replication_group/main: tls, plaintext"],
            &["elasticache.replication_group/main tls: required -> off"],
        ),
        case(
            "caches: { main: { tls: null } }",
            &["update elasticache.replication_group/main: tls, plaintext"],
            &["elasticache.replication_group/main tls: off -> required"],
        ),
        case(
            "caches: { main: { snapshots: 3d } }",
            &["update elasticache.replication_group/main: snapshot_days"],
            &["elasticache.replication_group/main snapshots: 0d 01:30-02:30 -> 3d 01:30-02:30"],
        ),
        case(
            "caches: { main: { snapshot_window: '03:00-04:00' } }",
            &["update elasticache.replication_group/main: snapshot_window"],
            &["elasticache.replication_group/main snapshots: 3d 01:30-02:30 -> 3d 03:00-04:00"],
        ),
        case(
            "caches: { main: { maintenance_window: 'sun:05:00-sun:06:00' } }",
            &["update elasticache.replication_group/main: maintenance_window"],
            &["elasticache.replication_group/main maintenance: sat:23:00-sun:00:00 -> sun:05:00-sun:06:00"],
        ),
        case(
            "caches: { main: { parameters: { timeout: 60 } } }",
            &[
                "create elasticache.parameter_group/main-valkey8",
                "update elasticache.replication_group/main: parameter_group",
            ],
            &[
                "+elasticache.parameter_group/main-valkey8: family=valkey8, timeout=60",
                "elasticache.replication_group/main parameters: default.valkey8 -> \
                    elasticache.parameter_group/main-valkey8",
            ],
        ),
        case(
            "caches: { main: { parameters: { timeout: 90 } } }",
            &["update elasticache.parameter_group/main-valkey8: parameters"],
            &["elasticache.parameter_group/main-valkey8 timeout: 60 -> 90"],
        ),
        case(
            "caches: { main: { parameters: { timeout: null, activedefrag: true } } }",
            &["update elasticache.parameter_group/main-valkey8: parameters"],
            &[
                "elasticache.parameter_group/main-valkey8 activedefrag: none -> yes",
                "elasticache.parameter_group/main-valkey8 timeout: 90 -> none",
            ],
        ),
        case("caches: { main: { apply: window } }", &[], &[]),
        case(
            "caches: { main: { size: cache.t4g.medium } }",
            &["update elasticache.replication_group/main: node_type"],
            &["elasticache.replication_group/main pending: none -> cache.t4g.medium"],
        ),
        case(
            "caches: { main: { apply: now } }",
            &["update elasticache.replication_group/main: node_type"],
            &[
                "elasticache.replication_group/main pending: cache.t4g.medium -> none",
                "elasticache.replication_group/main size: cache.t4g.small -> cache.t4g.medium",
            ],
        ),
        // Both groups of parameters are there while the cache moves from one to the other.
        case(
            "caches: { main: { version: '9.0' } }",
            &[
                "create elasticache.parameter_group/main-valkey9",
                "delete elasticache.parameter_group/main-valkey8",
                "update elasticache.replication_group/main: version, parameter_group",
            ],
            &[
                "+elasticache.parameter_group/main-valkey9: activedefrag=yes, family=valkey9",
                "-elasticache.parameter_group/main-valkey8",
                "elasticache.replication_group/main engine: valkey 8.1.0 -> valkey 9.0.0",
                "elasticache.replication_group/main parameters: elasticache.parameter_group/main-valkey8 -> \
                    elasticache.parameter_group/main-valkey9",
            ],
        ),
        case(
            "caches: { main: { parameters: null } }",
            &[
                "delete elasticache.parameter_group/main-valkey9",
                "update elasticache.replication_group/main: parameter_group",
            ],
            &[
                "-elasticache.parameter_group/main-valkey9",
                "elasticache.replication_group/main parameters: elasticache.parameter_group/main-valkey9 -> \
                    default.valkey9",
            ],
        ),
        // There is no way back to an older version.
        case(
            "caches: { main: { version: null } }",
            &["replace elasticache.replication_group/main: beyond"],
            &[
                "elasticache.replication_group/main engine: valkey 9.0.0 -> valkey 8.0.1",
                "elasticache.replication_group/main parameters: default.valkey9 -> default.valkey8",
            ],
        ),
        case(
            "caches: { main: { engine: redis } }",
            &["replace elasticache.replication_group/main: beyond"],
            &[
                "elasticache.replication_group/main engine: valkey 8.0.1 -> redis 7.1.0",
                "elasticache.replication_group/main parameters: default.valkey8 -> default.redis7",
            ],
        ),
        case(
            "caches: { main: { engine: valkey } }",
            &["update elasticache.replication_group/main: engine, version, parameter_group"],
            &[
                "elasticache.replication_group/main engine: redis 7.1.0 -> valkey 8.0.1",
                "elasticache.replication_group/main parameters: default.redis7 -> default.valkey8",
            ],
        ),
        case(
            "caches: { main: { port: 6380 } }",
            &["replace elasticache.replication_group/main: port"],
            &["elasticache.replication_group/main port: 6379 -> 6380"],
        ),
        case(
            "caches: { main: { key: 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555' } }",
            &["replace elasticache.replication_group/main: key"],
            &["elasticache.replication_group/main key: none -> \
                arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"],
        ),
        case("caches: { main: { tier: isolated } }", &[], &[]),
        case(
            "caches: { main: { tier: private } }",
            &[
                "create elasticache.subnet_group/main.private",
                "delete elasticache.subnet_group/main.isolated",
                "replace elasticache.replication_group/main: subnet_group",
            ],
            &[
                "+elasticache.subnet_group/main.private: description=Cache main of shop-default, \
                    subnets=ec2.subnet/private-a ec2.subnet/private-b",
                "-elasticache.subnet_group/main.isolated",
                "elasticache.replication_group/main subnets: elasticache.subnet_group/main.isolated -> \
                    elasticache.subnet_group/main.private",
            ],
        ),
        case(
            "caches: { main: { tier: public } }",
            &[
                "create elasticache.subnet_group/main.public",
                "delete elasticache.subnet_group/main.private",
                "replace elasticache.replication_group/main: subnet_group",
            ],
            &[
                "+elasticache.subnet_group/main.public: description=Cache main of shop-default, \
                    subnets=ec2.subnet/public-a ec2.subnet/public-b",
                "-elasticache.subnet_group/main.private",
                "elasticache.replication_group/main subnets: elasticache.subnet_group/main.private -> \
                    elasticache.subnet_group/main.public",
            ],
        ),
        case("caches: { beside: { provider: sidecar } }", &[], &[]),
        case(
            "caches: null",
            &[
                "delete ec2.security_group/caches.main",
                "delete ec2.security_group_rules/caches.main",
                "delete elasticache.replication_group/main",
                "delete elasticache.subnet_group/main.public",
            ],
            &[
                "-ec2.security_group/caches.main",
                "-elasticache.replication_group/main",
                "-elasticache.subnet_group/main.public",
            ],
        ),
    ],
};
