//! Alarms on what the stack itself has, by the words of its metrics, and those that are there without asking.

use super::bench::{Sequence, case};

const RATE: &str = "+cloudwatch.alarm/load_balancer.5xx_rate: acts=true, for=5 of 5, \
    math=all: None, some: None, watched: Some(\"100 * FILL(some, 0) / all\"), missing=notBreaching, \
    says=5xx_rate of load_balancer is above 5% for 5m, tells=sns.topic/ops, tells when ok=sns.topic/ops, \
    when=GreaterThanThreshold 5";
const MAIN: &str = "+cloudwatch.alarm/caches.main.throttled: acts=true, for=15 of 15, \
    metric=AWS/ElastiCache ThrottledCmds, missing=missing, of=clusterId=shop-default-main-cache, period=60, \
    says=throttled of caches.main is above 0 for 15m, statistic=Sum, tells=sns.topic/ops, \
    tells when ok=sns.topic/ops, when=GreaterThanThreshold 0";
const OTHER: &str = "+cloudwatch.alarm/caches.other.throttled: acts=true, for=15 of 15, \
    metric=AWS/ElastiCache ThrottledCmds, missing=missing, of=clusterId=shop-default-other-cache, period=60, \
    says=throttled of caches.other is above 0 for 15m, statistic=Sum, tells=sns.topic/ops, \
    tells when ok=sns.topic/ops, when=GreaterThanThreshold 0";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [public, isolated], nat: none }, load_balancer: {}, \
        caches: { main: { provider: serverless }, other: { provider: serverless } } }",
    cases: &[
        case(
            "notify: { ops: { sms: ['+4930123456'] } }",
            &[
                "create cloudwatch.alarm/caches.main.throttled",
                "create cloudwatch.alarm/caches.other.throttled",
                "create cloudwatch.alarm/load_balancer.5xx_rate",
                "create sns.subscription/sms/+4930123456/ops",
                "create sns.topic/ops",
            ],
            &[
                RATE,
                MAIN,
                OTHER,
                "+sns.topic/ops: called=shop-default-ops, policy=Allow sns:AddPermission,\
                sns:DeleteTopic,sns:GetTopicAttributes,sns:ListSubscriptionsByTopic,sns:Publish,sns:RemovePermission,\
                sns:SetTopicAttributes,sns:Subscribe on sns.topic/ops by AWS=arn:aws:iam::this account:root; \
                Allow sns:Publish on sns.topic/ops by Service=cloudwatch.amazonaws.com if \
                ArnLike=aws:SourceArn=arn:aws:cloudwatch:eu-central-1:this account:alarm:*,\
                StringEquals=aws:SourceAccount=this account (2012-10-17), sms +4930123456=told",
            ],
        ),
        case(
            "default_alarms: false",
            &[
                "delete cloudwatch.alarm/caches.main.throttled",
                "delete cloudwatch.alarm/caches.other.throttled",
                "delete cloudwatch.alarm/load_balancer.5xx_rate",
            ],
            &[
                "-cloudwatch.alarm/caches.main.throttled",
                "-cloudwatch.alarm/caches.other.throttled",
                "-cloudwatch.alarm/load_balancer.5xx_rate",
            ],
        ),
        case(
            "alarms: { slow: { load_balancer: true, metric: latency_p95, above: 1500ms, for: 3m } }",
            &["create cloudwatch.alarm/slow"],
            &["+cloudwatch.alarm/slow: acts=true, for=3 of 3, metric=AWS/ApplicationELB TargetResponseTime, \
                missing=notBreaching, of=LoadBalancer=app/shop-default/*, period=60, \
                says=latency_p95 of load_balancer is above 1500ms for 3m, statistic=p95, tells=sns.topic/ops, \
                tells when ok=sns.topic/ops, when=GreaterThanThreshold 1.5"],
        ),
        case(
            "alarms: { slow: { load_balancer: null, cache: main, metric: evictions, above: 10 } }",
            &["update cloudwatch.alarm/slow: description, metric.namespace, metric.name, metric.dimensions, \
                metric.statistic, threshold, missing_data"],
            &[
                "cloudwatch.alarm/slow metric: AWS/ApplicationELB TargetResponseTime -> AWS/ElastiCache Evictions",
                "cloudwatch.alarm/slow missing: notBreaching -> missing",
                "cloudwatch.alarm/slow of: LoadBalancer=app/shop-default/* -> clusterId=shop-default-main-cache",
                "cloudwatch.alarm/slow says: latency_p95 of load_balancer is above 1500ms for 3m -> \
                    evictions of caches.main is above 10 for 3m",
                "cloudwatch.alarm/slow statistic: p95 -> Sum",
                "cloudwatch.alarm/slow when: GreaterThanThreshold 1.5 -> GreaterThanThreshold 10",
            ],
        ),
        case(
            "alarms: { slow: { cache: other } }",
            &["update cloudwatch.alarm/slow: description, metric.dimensions"],
            &[
                "cloudwatch.alarm/slow of: clusterId=shop-default-main-cache -> clusterId=shop-default-other-cache",
                "cloudwatch.alarm/slow says: evictions of caches.main is above 10 for 3m -> \
                    evictions of caches.other is above 10 for 3m",
            ],
        ),
        case(
            "alarms: { slow: { metric: connections } }",
            &["update cloudwatch.alarm/slow: description, metric.name, metric.statistic"],
            &[
                "cloudwatch.alarm/slow metric: AWS/ElastiCache Evictions -> AWS/ElastiCache CurrConnections",
                "cloudwatch.alarm/slow says: evictions of caches.other is above 10 for 3m -> \
                    connections of caches.other is above 10 for 3m",
                "cloudwatch.alarm/slow statistic: Sum -> Maximum",
            ],
        ),
        case(
            "alarms: { slow: { load_balancer: true, cache: null, metric: 5xx_rate, above: 5% } }",
            &["update cloudwatch.alarm/slow: description, metric, math, threshold, missing_data"],
            &[
                "cloudwatch.alarm/slow math: none -> all: None, some: None, watched: Some(\"100 * FILL(some, 0) / all\")",
                "cloudwatch.alarm/slow metric: AWS/ElastiCache CurrConnections -> none",
                "cloudwatch.alarm/slow missing: missing -> notBreaching",
                "cloudwatch.alarm/slow of: clusterId=shop-default-other-cache -> none",
                "cloudwatch.alarm/slow period: 60 -> none",
                "cloudwatch.alarm/slow says: connections of caches.other is above 10 for 3m -> \
                    5xx_rate of load_balancer is above 5% for 3m",
                "cloudwatch.alarm/slow statistic: Maximum -> none",
                "cloudwatch.alarm/slow when: GreaterThanThreshold 10 -> GreaterThanThreshold 5",
            ],
        ),
        // The file's own alarm is enough.
        case(
            "default_alarms: true",
            &["create cloudwatch.alarm/caches.main.throttled", "create cloudwatch.alarm/caches.other.throttled"],
            &[MAIN, OTHER],
        ),
    ],
};
