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
                "create secretsmanager.secret/caches.main.token",
                "create secretsmanager.secret/caches.main.url",
            ],
            &[
                "+ec2.instance/main: groups=ec2.security_group/caches.main, metadata=required 1, metrics=disabled, \
                    profile=iam.instance_profile/caches.main, runs=6379:6379 public.ecr.aws/valkey/valkey:8.0 valkey-server - --port 6379 \
                    --save '' --appendonly no, state=running, subnet=ec2.subnet/private-a, type=t4g.micro",
                "+ec2.security_group/caches.main: description=Cache main of shop-default, egress -1 0.0.0.0/0, \
                    name=shop-default-caches.main, vpc=ec2.vpc/main",
                "+iam.instance_profile/caches.main: path=/infractl/shop/default/eu-central-1/, roles=iam.role/caches.main",
                "+iam.role/caches.main: description=What the machine of cache main may do, \
                    path=/infractl/shop/default/eu-central-1/, policy infractl=Allow secretsmanager:GetSecretValue on \
                    secretsmanager.secret/caches.main.token (2012-10-17), trust=Allow sts:AssumeRole by \
                    Service=ec2.amazonaws.com (2012-10-17)",
                "+secretsmanager.secret/caches.main.token: description=The token of caches.main of shop-default., key=default, \
                    name=/infractl/shop/default/caches.main.token, on_delete=30, value=set",
                "+secretsmanager.secret/caches.main.url: description=The url of caches.main of shop-default. as \
                    redis://:{password}@ADDRESS OF ec2.instance/main:6379 with secretsmanager.secret/caches.main.token, \
                    key=default, name=/infractl/shop/default/caches.main.url, on_delete=30, value=set",
            ],
        ),
        case("caches: { main: { tier: private } }", &[], &[]),
        case(
            "caches: { main: { size: t4g.small } }",
            &["update ec2.instance/main: instance_type"],
            &["ec2.instance/main type: t4g.micro -> t4g.small"],
        ),
        // Its processor is another: the URL follows the new machine.
        case(
            "caches: { main: { size: t3.small } }",
            &["replace ec2.instance/main: architecture", URL],
            &["ec2.instance/main type: t4g.small -> t3.small"],
        ),
        case(
            "caches: { main: { version: '8.1' } }",
            &["replace ec2.instance/main: user_data", URL],
            &["ec2.instance/main runs: 6379:6379 public.ecr.aws/valkey/valkey:8.0 valkey-server - --port 6379 \
                    --save '' --appendonly no -> \
                    6379:6379 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6379 \
                    --save '' --appendonly no"],
        ),
        case(
            "caches: { main: { parameters: { maxmemory-policy: allkeys-lru } } }",
            &["replace ec2.instance/main: user_data", URL],
            &["ec2.instance/main runs: 6379:6379 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6379 \
                    --save '' --appendonly no -> \
                    6379:6379 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6379 \
                    --save '' --appendonly no --maxmemory-policy allkeys-lru"],
        ),
        case(
            "caches: { main: { port: 6380 } }",
            &["replace ec2.instance/main: user_data", URL],
            &[
                "ec2.instance/main runs: 6379:6379 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6379 \
                    --save '' --appendonly no --maxmemory-policy allkeys-lru -> \
                    6380:6380 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6380 \
                    --save '' --appendonly no --maxmemory-policy allkeys-lru",
                "secretsmanager.secret/caches.main.url description: The url of caches.main of shop-default. as \
                    redis://:{password}@ADDRESS OF ec2.instance/main:6379 with secretsmanager.secret/caches.main.token -> The url of \
                    caches.main of shop-default. as redis://:{password}@ADDRESS OF ec2.instance/main:6380 with \
                    secretsmanager.secret/caches.main.token",
            ],
        ),
        case(
            "caches: { main: { tier: public } }",
            &["replace ec2.instance/main: subnet", URL],
            &[
                "ec2.instance/main public: none -> yes",
                "ec2.instance/main subnet: ec2.subnet/private-a -> ec2.subnet/public-a",
            ],
        ),
        case(
            "alarms: { busy: { cache: main, metric: cpu, above: 80%, for: 15m } }",
            &["create cloudwatch.alarm/busy", "update ec2.instance/main: monitoring"],
            &[
                "+cloudwatch.alarm/busy: acts=true, for=15 of 15, metric=AWS/EC2 CPUUtilization, missing=missing, \
                    of=InstanceId=ec2.instance/main, period=60, says=cpu of caches.main is above 80% for 15m, \
                    statistic=Average, when=GreaterThanThreshold 80",
                "ec2.instance/main metrics: disabled -> enabled",
            ],
        ),
        // The alarm watches the machine that is there.
        case(
            "caches: { main: { version: null } }",
            &["replace ec2.instance/main: user_data", "update cloudwatch.alarm/busy: metric.dimensions", URL],
            &["ec2.instance/main runs: 6380:6380 public.ecr.aws/valkey/valkey:8.1 valkey-server - --port 6380 \
                    --save '' --appendonly no --maxmemory-policy allkeys-lru -> \
                    6380:6380 public.ecr.aws/valkey/valkey:8.0 valkey-server - --port 6380 \
                    --save '' --appendonly no --maxmemory-policy allkeys-lru"],
        ),
        case(
            "alarms: null",
            &["delete cloudwatch.alarm/busy", "update ec2.instance/main: monitoring"],
            &["-cloudwatch.alarm/busy", "ec2.instance/main metrics: enabled -> disabled"],
        ),
        case(
            "caches: null",
            &[
                "delete ec2.instance/main",
                "delete ec2.security_group/caches.main",
                "delete ec2.security_group_rules/caches.main",
                "delete iam.instance_profile/caches.main",
                "delete iam.role/caches.main",
                "delete secretsmanager.secret/caches.main.token",
                "delete secretsmanager.secret/caches.main.url",
            ],
            &[
                "-ec2.instance/main",
                "-ec2.security_group/caches.main",
                "-iam.instance_profile/caches.main",
                "-iam.role/caches.main",
                "-secretsmanager.secret/caches.main.token",
                "-secretsmanager.secret/caches.main.url",
            ],
        ),
    ],
};
