//! Alarms, and the dashboard.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "notify: { ops: { email: [ops@example.com] }, boss: { sms: ['+4930123456'] } }",
    cases: &[
        case(
            "alarms: { jobs: { metric: { namespace: AWS/SQS, name: Age }, above: 600s } }",
            &["create cloudwatch.alarm/jobs"],
            &["+cloudwatch.alarm/jobs: acts=true, for=5 of 5, metric=AWS/SQS Age, missing=missing, period=60, \
                says=Age of AWS/SQS is above 600s for 5m, statistic=Average, tells=sns.topic/boss sns.topic/ops, \
                tells when ok=sns.topic/boss sns.topic/ops, when=GreaterThanThreshold 600"],
        ),
        case(
            "alarms: { jobs: { description: Jobs wait } }",
            &["update cloudwatch.alarm/jobs: description"],
            &["cloudwatch.alarm/jobs says: Age of AWS/SQS is above 600s for 5m -> Jobs wait"],
        ),
        case(
            "alarms: { jobs: { above: 700 } }",
            &["update cloudwatch.alarm/jobs: threshold"],
            &["cloudwatch.alarm/jobs when: GreaterThanThreshold 600 -> GreaterThanThreshold 700"],
        ),
        case(
            "alarms: { jobs: { for: 2m } }",
            &["update cloudwatch.alarm/jobs: evaluation_periods, datapoints_to_alarm"],
            &["cloudwatch.alarm/jobs for: 5 of 5 -> 2 of 2"],
        ),
        case(
            "alarms: { jobs: { metric: { namespace: AWS/SQ } } }",
            &["update cloudwatch.alarm/jobs: metric.namespace"],
            &["cloudwatch.alarm/jobs metric: AWS/SQS Age -> AWS/SQ Age"],
        ),
        case(
            "alarms: { jobs: { metric: { name: Length } } }",
            &["update cloudwatch.alarm/jobs: metric.name"],
            &["cloudwatch.alarm/jobs metric: AWS/SQ Age -> AWS/SQ Length"],
        ),
        case(
            "alarms: { jobs: { metric: { dimensions: { QueueName: jobs } } } }",
            &["update cloudwatch.alarm/jobs: metric.dimensions"],
            &["cloudwatch.alarm/jobs of: none -> QueueName=jobs"],
        ),
        case(
            "alarms: { jobs: { metric: { dimensions: { QueueName: other } } } }",
            &["update cloudwatch.alarm/jobs: metric.dimensions"],
            &["cloudwatch.alarm/jobs of: QueueName=jobs -> QueueName=other"],
        ),
        case(
            "alarms: { jobs: { metric: { statistic: p95 } } }",
            &["update cloudwatch.alarm/jobs: metric.statistic"],
            &["cloudwatch.alarm/jobs statistic: Average -> p95"],
        ),
        case(
            "alarms: { jobs: { metric: { unit: Seconds } } }",
            &["update cloudwatch.alarm/jobs: metric.unit"],
            &["cloudwatch.alarm/jobs unit: none -> Seconds"],
        ),
        case(
            "alarms: { jobs: { metric: { period: 2m } } }",
            &["update cloudwatch.alarm/jobs: metric.period_seconds, evaluation_periods, datapoints_to_alarm"],
            &["cloudwatch.alarm/jobs period: 60 -> 120", "cloudwatch.alarm/jobs for: 2 of 2 -> 1 of 1"],
        ),
        case(
            "alarms: { jobs: { missing: alarm } }",
            &["update cloudwatch.alarm/jobs: missing_data"],
            &["cloudwatch.alarm/jobs missing: missing -> breaching"],
        ),
        case(
            "alarms: { jobs: { missing: ok } }",
            &["update cloudwatch.alarm/jobs: missing_data"],
            &["cloudwatch.alarm/jobs missing: breaching -> notBreaching"],
        ),
        case(
            "alarms: { jobs: { missing: keep } }",
            &["update cloudwatch.alarm/jobs: missing_data"],
            &["cloudwatch.alarm/jobs missing: notBreaching -> ignore"],
        ),
        case(
            "alarms: { jobs: { missing: unknown } }",
            &["update cloudwatch.alarm/jobs: missing_data"],
            &["cloudwatch.alarm/jobs missing: ignore -> missing"],
        ),
        case(
            "alarms: { jobs: { notify: ops } }",
            &["update cloudwatch.alarm/jobs: alarm_actions, ok_actions"],
            &[
                "cloudwatch.alarm/jobs tells: sns.topic/boss sns.topic/ops -> sns.topic/ops",
                "cloudwatch.alarm/jobs tells when ok: sns.topic/boss sns.topic/ops -> sns.topic/ops",
            ],
        ),
        case(
            "alarms: { jobs: { notify: [] } }",
            &["update cloudwatch.alarm/jobs: alarm_actions, ok_actions"],
            &[
                "cloudwatch.alarm/jobs tells: sns.topic/ops -> none",
                "cloudwatch.alarm/jobs tells when ok: sns.topic/ops -> none",
            ],
        ),
        case(
            "alarms: { jobs: { above: null, below: 0.5 } }",
            &["update cloudwatch.alarm/jobs: comparison, threshold"],
            &["cloudwatch.alarm/jobs when: GreaterThanThreshold 700 -> LessThanThreshold 0.5"],
        ),
        case(
            "alarms: { jobs: { below: 1 } }",
            &["update cloudwatch.alarm/jobs: threshold"],
            &["cloudwatch.alarm/jobs when: LessThanThreshold 0.5 -> LessThanThreshold 1"],
        ),
        case("alarms: { jobs: { load_balancer: false } }", &[], &[]),
        case(
            "dashboard: true",
            &["create cloudwatch.dashboard/main"],
            &["+cloudwatch.dashboard/main: name=shop-default-eu-central-1, shows=alarm \"Alarms\"; metric \"jobs\""],
        ),
        case(
            "alarms: { jobs: { metric: { namespace: Shop, name: Orders, dimensions: null, statistic: Sum, unit: null, period: 10s } } }",
            &["update cloudwatch.alarm/jobs: metric.namespace, metric.name, metric.dimensions, metric.statistic, \
                metric.period_seconds, metric.unit, evaluation_periods, datapoints_to_alarm"],
            &[
                "cloudwatch.alarm/jobs metric: AWS/SQ Length -> Shop Orders",
                "cloudwatch.alarm/jobs of: QueueName=other -> none",
                "cloudwatch.alarm/jobs statistic: p95 -> Sum",
                "cloudwatch.alarm/jobs period: 120 -> 10",
                "cloudwatch.alarm/jobs unit: Seconds -> none",
                "cloudwatch.alarm/jobs for: 1 of 1 -> 12 of 12",
            ],
        ),
        case(
            "alarms: { jobs: null }",
            &["delete cloudwatch.alarm/jobs", "update cloudwatch.dashboard/main: widgets"],
            &["-cloudwatch.alarm/jobs", "cloudwatch.dashboard/main shows: alarm \"Alarms\"; metric \"jobs\" -> none"],
        ),
        case("dashboard: false", &["delete cloudwatch.dashboard/main"], &["-cloudwatch.dashboard/main"]),
    ],
};
