//! Caches that want a token.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 1, tiers: [isolated] }, caches: { main: { auth: false } } }",
    cases: &[
        // Nobody could connect with what they have now: so it says, and is made anew.
        case(
            "caches: { main: { auth: true } }",
            &[
                "create secretsmanager.secret/caches.main.token",
                "create secretsmanager.secret/caches.main.url",
                "replace elasticache.replication_group/main: auth",
            ],
            &[
                "+secretsmanager.secret/caches.main.token: description=The token of caches.main of shop-default., key=default, \
                    name=/infractl/shop/default/caches.main.token, on_delete=30, value=set",
                "+secretsmanager.secret/caches.main.url: description=The url of caches.main of shop-default. as \
                    rediss://:{password}@master.shop-default-main-cache.x1y2z3.ec1.cache.amazonaws.com:6379 with \
                    secretsmanager.secret/caches.main.token, key=default, name=/infractl/shop/default/caches.main.url, \
                    on_delete=30, value=set",
                "elasticache.replication_group/main auth: none -> yes",
            ],
        ),
        // The token is told to nobody else: only where the cache is changes.
        case(
            "caches: { main: { port: 6380 } }",
            &[
                "replace elasticache.replication_group/main: port",
                "update secretsmanager.secret/caches.main.url: value.composed.template",
            ],
            &[
                "elasticache.replication_group/main port: 6379 -> 6380",
                "secretsmanager.secret/caches.main.url description: The url of caches.main of shop-default. as \
                    rediss://:{password}@master.shop-default-main-cache.x1y2z3.ec1.cache.amazonaws.com:6379 with \
                    secretsmanager.secret/caches.main.token -> The url of caches.main of shop-default. as \
                    rediss://:{password}@master.shop-default-main-cache.x1y2z3.ec1.cache.amazonaws.com:6380 with \
                    secretsmanager.secret/caches.main.token",
            ],
        ),
        case(
            "ephemeral: true",
            &[
                "update secretsmanager.secret/caches.main.token: recovery_days",
                "update secretsmanager.secret/caches.main.url: value.composed.version, recovery_days",
            ],
            &[
                "secretsmanager.secret/caches.main.token on_delete: 30 -> 0",
                "secretsmanager.secret/caches.main.url on_delete: 30 -> 0",
            ],
        ),
        case(
            "caches: { main: null }",
            &[
                "delete ec2.security_group/caches.main",
                "delete ec2.security_group_rules/caches.main",
                "delete elasticache.replication_group/main",
                "delete elasticache.subnet_group/main.isolated",
                "delete secretsmanager.secret/caches.main.token",
                "delete secretsmanager.secret/caches.main.url",
            ],
            &[
                "-ec2.security_group/caches.main",
                "-elasticache.replication_group/main",
                "-elasticache.subnet_group/main.isolated",
                "-secretsmanager.secret/caches.main.token",
                "-secretsmanager.secret/caches.main.url",
            ],
        ),
    ],
};
