//! Caches on a machine.

use super::bench::{Sequence, case};

const URL: &str = "update secretsmanager.secret/caches.main.url: value.composed.template";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 2, tiers: [public, private], nat: single }",
    cases: &[
        case(
            "caches: { main: { provider: ec2 } }",
            &[
                "create ec2.instance/main",
                "create ec2.security_group/caches.main",
                "create ec2.security_group_rules/caches.main",
                "create iam.instance_profile/caches.main",
                "create iam.role/caches.main",
                "create secretsmanager.secret/caches.main",
                "create secretsmanager.secret/caches.main.url",
            ],
            &[],
        ),
        case("caches: { main: { tier: private } }", &[], &[]),
        case("caches: { main: { size: t4g.small } }", &["update ec2.instance/main: instance_type"], &[]),
        // Its processor is another: the URL follows the new machine.
        case("caches: { main: { size: t3.small } }", &["replace ec2.instance/main: architecture", URL], &[]),
        case("caches: { main: { version: '8.1' } }", &["replace ec2.instance/main: user_data", URL], &[]),
        case(
            "caches: { main: { parameters: { maxmemory-policy: allkeys-lru } } }",
            &["replace ec2.instance/main: user_data", URL],
            &[],
        ),
        case("caches: { main: { port: 6380 } }", &["replace ec2.instance/main: user_data", URL], &[]),
        case("caches: { main: { tier: public } }", &["replace ec2.instance/main: subnet", URL], &[]),
        case(
            "alarms: { busy: { cache: main, metric: cpu, above: 80%, for: 15m } }",
            &["create cloudwatch.alarm/busy", "update ec2.instance/main: monitoring"],
            &[],
        ),
        // The alarm watches the machine that is there.
        case(
            "caches: { main: { version: null } }",
            &["replace ec2.instance/main: user_data", "update cloudwatch.alarm/busy: metric.dimensions", URL],
            &[],
        ),
        case("alarms: null", &["delete cloudwatch.alarm/busy", "update ec2.instance/main: monitoring"], &[]),
        case(
            "caches: null",
            &[
                "delete ec2.instance/main",
                "delete ec2.security_group/caches.main",
                "delete ec2.security_group_rules/caches.main",
                "delete iam.instance_profile/caches.main",
                "delete iam.role/caches.main",
                "delete secretsmanager.secret/caches.main",
                "delete secretsmanager.secret/caches.main.url",
            ],
            &[],
        ),
    ],
};
