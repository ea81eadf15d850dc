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

const JOB_RATE: &str = "+cloudwatch.alarm/services.job.5xx_rate: acts=true, for=5 of 5, \
    math=all: None, some: None, watched: Some(\"100 * FILL(some, 0) / all\"), missing=notBreaching, \
    says=5xx_rate of services.job is above 5% for 5m, tells=sns.topic/ops, tells when ok=sns.topic/ops, \
    when=GreaterThanThreshold 5";
const JOB_UNHEALTHY: &str = "+cloudwatch.alarm/services.job.unhealthy: acts=true, for=10 of 10, \
    metric=AWS/ApplicationELB UnHealthyHostCount, missing=missing, \
    of=LoadBalancer=app/shop-default/* TargetGroup=targetgroup/ecs.task_definition/job/*, period=60, \
    says=unhealthy of services.job is above 0 for 10m, statistic=Maximum, tells=sns.topic/ops, \
    tells when ok=sns.topic/ops, when=GreaterThanThreshold 0";
const BALANCER: &str = "+cloudwatch.alarm/load_balancer.5xx_rate: acts=true, for=5 of 5, \
    math=all: None, some: None, watched: Some(\"100 * FILL(some, 0) / all\"), missing=notBreaching, \
    says=5xx_rate of load_balancer is above 5% for 5m, tells=sns.topic/ops, tells when ok=sns.topic/ops, \
    when=GreaterThanThreshold 5";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [public], nat: none }, load_balancer: { http: serve }, \
        services: { api: { image: 'web:1' }, job: { image: 'job:1', count: 0, port: 80, route: {} } }, \
        default_alarms: false, notify: { ops: { sms: ['+4930123456'] } } }",
    cases: &[
        // A service without tasks cannot have too few.
        case(
            "default_alarms: true",
            &[
                "create cloudwatch.alarm/services.api.cpu",
                "create cloudwatch.alarm/services.api.memory",
                "create cloudwatch.alarm/services.api.tasks",
                "create cloudwatch.alarm/load_balancer.5xx_rate",
                "create cloudwatch.alarm/services.job.5xx_rate",
                "create cloudwatch.alarm/services.job.cpu",
                "create cloudwatch.alarm/services.job.memory",
                "create cloudwatch.alarm/services.job.unhealthy",
            ],
            &[BALANCER, API_CPU, API_MEMORY, API_TASKS, JOB_RATE, JOB_CPU, JOB_MEMORY, JOB_UNHEALTHY],
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
            "alarms: { busy: { metric: latency_p95, above: 500ms } }",
            &[
                "create cloudwatch.alarm/services.job.cpu",
                "update cloudwatch.alarm/busy: description, metric.namespace, metric.name, metric.dimensions, \
                    metric.statistic, threshold, missing_data",
            ],
            &[
                JOB_CPU,
                "cloudwatch.alarm/busy metric: AWS/ECS CPUUtilization -> AWS/ApplicationELB TargetResponseTime",
                "cloudwatch.alarm/busy missing: missing -> notBreaching",
                "cloudwatch.alarm/busy of: ClusterName=shop-default ServiceName=job -> \
                    LoadBalancer=app/shop-default/* TargetGroup=targetgroup/ecs.task_definition/job/*",
                "cloudwatch.alarm/busy says: cpu of services.job is above 80% for 5m -> \
                    latency_p95 of services.job is above 500ms for 5m",
                "cloudwatch.alarm/busy statistic: Average -> p95",
                "cloudwatch.alarm/busy when: GreaterThanThreshold 80 -> GreaterThanThreshold 0.5",
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
