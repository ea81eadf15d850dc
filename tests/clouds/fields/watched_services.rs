//! Alarms on services, by the words of their metrics, and those that are there without asking.

use super::bench::{Sequence, case};

/// An alarm that is there without asking.
macro_rules! usual {
    ($name:literal, $metric:literal, $service:literal, $statistic:literal, $bad:literal, $minutes:literal, $when:literal, $missing:literal) => {
        concat!(
            "+cloudwatch.alarm/services.",
            $service,
            ".",
            $name,
            ": acts=true, for=",
            $minutes,
            " of ",
            $minutes,
            ", metric=AWS/ECS ",
            $metric,
            ", missing=",
            $missing,
            ", of=ClusterName=shop-default ServiceName=",
            $service,
            ", period=60, says=",
            $name,
            " of services.",
            $service,
            " is ",
            $bad,
            " for ",
            $minutes,
            "m, statistic=",
            $statistic,
            ", tells=sns.topic/ops, tells when ok=sns.topic/ops, when=",
            $when,
        )
    };
}

const API_CPU: &str =
    usual!("cpu", "CPUUtilization", "api", "Average", "above 90%", "15", "GreaterThanThreshold 90", "missing");
const API_MEMORY: &str =
    usual!("memory", "MemoryUtilization", "api", "Average", "above 90%", "15", "GreaterThanThreshold 90", "missing");
const API_TASKS: &str =
    usual!("tasks", "CPUUtilization", "api", "SampleCount", "below 1", "10", "LessThanThreshold 1", "breaching");
const JOB_CPU: &str =
    usual!("cpu", "CPUUtilization", "job", "Average", "above 90%", "15", "GreaterThanThreshold 90", "missing");
const JOB_MEMORY: &str =
    usual!("memory", "MemoryUtilization", "job", "Average", "above 90%", "15", "GreaterThanThreshold 90", "missing");

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 1, tiers: [public] }, \
        services: { api: { image: 'web:1' }, job: { image: 'job:1', count: 0 } }, \
        default_alarms: false, notify: { ops: { sms: ['+4930123456'] } } }",
    cases: &[
        // A service without tasks cannot have too few.
        case(
            "default_alarms: true",
            &[
                "create cloudwatch.alarm/services.api.cpu",
                "create cloudwatch.alarm/services.api.memory",
                "create cloudwatch.alarm/services.api.tasks",
                "create cloudwatch.alarm/services.job.cpu",
                "create cloudwatch.alarm/services.job.memory",
            ],
            &[API_CPU, API_MEMORY, API_TASKS, JOB_CPU, JOB_MEMORY],
        ),
        // The file's own alarm is enough.
        case(
            "alarms: { busy: { service: api, metric: cpu, above: 80% } }",
            &["create cloudwatch.alarm/busy", "delete cloudwatch.alarm/services.api.cpu"],
            &[
                "+cloudwatch.alarm/busy: acts=true, for=5 of 5, metric=AWS/ECS CPUUtilization, missing=missing, \
                    of=ClusterName=shop-default ServiceName=api, period=60, says=cpu of services.api is above 80% for 5m, \
                    statistic=Average, tells=sns.topic/ops, tells when ok=sns.topic/ops, when=GreaterThanThreshold 80",
                "-cloudwatch.alarm/services.api.cpu",
            ],
        ),
        case(
            "alarms: { busy: { service: job } }",
            &[
                "create cloudwatch.alarm/services.api.cpu",
                "delete cloudwatch.alarm/services.job.cpu",
                "update cloudwatch.alarm/busy: description, metric.dimensions",
            ],
            &[
                API_CPU,
                "-cloudwatch.alarm/services.job.cpu",
                "cloudwatch.alarm/busy of: ClusterName=shop-default ServiceName=api -> \
                    ClusterName=shop-default ServiceName=job",
                "cloudwatch.alarm/busy says: cpu of services.api is above 80% for 5m -> cpu of services.job is above 80% for 5m",
            ],
        ),
        case(
            "services: { api: { count: 2 } }",
            &[
                "update cloudwatch.alarm/services.api.tasks: description, threshold",
                "update ecs.service/api: desired_count",
            ],
            &[
                "cloudwatch.alarm/services.api.tasks says: tasks of services.api is below 1 for 10m -> \
                    tasks of services.api is below 2 for 10m",
                "cloudwatch.alarm/services.api.tasks when: LessThanThreshold 1 -> LessThanThreshold 2",
                "ecs.service/api count: 1 -> 2",
            ],
        ),
        case(
            "cluster: { insights: enabled }",
            &[
                "create cloudwatch.alarm/services.api.tasks_missing",
                "create cloudwatch.alarm/services.job.tasks_missing",
                "delete cloudwatch.alarm/services.api.tasks",
                "update ecs.cluster/main: insights",
            ],
            &[
                "+cloudwatch.alarm/services.api.tasks_missing: acts=true, for=15 of 15, math=all: None, some: None, \
                    watched: Some(\"all - some\"), missing=missing, \
                    says=tasks_missing of services.api is above 0 for 15m, tells=sns.topic/ops, \
                    tells when ok=sns.topic/ops, when=GreaterThanThreshold 0",
                "+cloudwatch.alarm/services.job.tasks_missing: acts=true, for=15 of 15, math=all: None, some: None, \
                    watched: Some(\"all - some\"), missing=missing, \
                    says=tasks_missing of services.job is above 0 for 15m, tells=sns.topic/ops, \
                    tells when ok=sns.topic/ops, when=GreaterThanThreshold 0",
                "-cloudwatch.alarm/services.api.tasks",
                "ecs.cluster/main insights: disabled -> enabled",
            ],
        ),
    ],
};
