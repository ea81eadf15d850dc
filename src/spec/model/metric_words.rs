//! What metrics of a stack's own parts are called, in plain words: one table.

use super::{MissingData, Unit};

/// What a metric is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A service.
    Service,
    /// What Container Insights counts of a service.
    Insights,
    /// The target group of a service.
    Route,
    /// The load balancer.
    LoadBalancer,
    /// A database and its read replicas, each with its own metrics.
    Database,
    /// The read replicas of a database.
    Replica,
    /// A cache of nodes, each with its own metrics.
    Cache,
    /// A cache without nodes.
    Serverless,
    /// The machine of a cache.
    Machine,
}

/// A metric in plain words.
#[derive(Clone, Copy, Debug)]
pub struct MetricWord {
    /// The word.
    pub word: &'static str,
    /// What it is of.
    pub of: Subject,
    /// What CloudWatch calls the metric.
    pub metric: &'static str,
    /// The metric that it is a share of, in hundredths; it is itself if there is none.
    pub share_of: Option<&'static str>,
    /// The metric that it falls short of; it is itself if there is none.
    pub short_of: Option<&'static str>,
    /// How the values of a minute become one.
    pub statistic: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// How the values of several nodes become one: the worst counts.
    pub worst: &'static str,
    /// What a time without data counts as, if the file does not say.
    pub missing: MissingData,
    /// Whether the dashboard shows it.
    pub shown: bool,
}

impl Subject {
    /// Where CloudWatch keeps its metrics.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Service => "AWS/ECS",
            Self::Insights => "ECS/ContainerInsights",
            Self::Route | Self::LoadBalancer => "AWS/ApplicationELB",
            Self::Database | Self::Replica => "AWS/RDS",
            Self::Cache | Self::Serverless => "AWS/ElastiCache",
            Self::Machine => "AWS/EC2",
        }
    }
}

/// The metrics of `subject`.
pub fn words(subject: Subject) -> impl Iterator<Item = &'static MetricWord> {
    WORDS.iter().filter(move |it| it.of == subject)
}

/// A plain metric: what has no data for a while is unknown.
const fn plain(
    of: Subject,
    word: &'static str,
    metric: &'static str,
    statistic: &'static str,
    unit: Unit,
) -> MetricWord {
    let (share_of, short_of, worst, missing, shown) = (None, None, "MAX", MissingData::Unknown, false);
    MetricWord { word, of, metric, share_of, short_of, statistic, unit, worst, missing, shown }
}

/// A metric of requests, which has no data while there are none.
const fn requests(
    of: Subject,
    word: &'static str,
    metric: &'static str,
    statistic: &'static str,
    unit: Unit,
) -> MetricWord {
    MetricWord { missing: MissingData::Ok, ..plain(of, word, metric, statistic, unit) }
}

/// How many of a hundred requests are such.
const fn rate(of: Subject, word: &'static str, metric: &'static str) -> MetricWord {
    MetricWord { share_of: Some("RequestCount"), ..requests(of, word, metric, "Sum", Unit::Percent) }
}

/// The same, on the dashboard.
const fn shown(it: MetricWord) -> MetricWord {
    MetricWord { shown: true, ..it }
}

/// The same, of which little is bad.
const fn least(it: MetricWord) -> MetricWord {
    MetricWord { worst: "MIN", ..it }
}

/// As of 2026-07, from
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>,
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>,
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html> and
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html>. All of them come each
/// minute, those of machines (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html>) if
/// they are watched closely. The running tasks of a service are the samples of its CPU:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html>.
const WORDS: &[MetricWord] = &{
    use Subject::{Cache, Database, Insights, LoadBalancer, Machine, Replica, Route, Serverless, Service};
    use Unit::{Bytes, Count, Percent, Seconds};
    [
        shown(plain(Service, "cpu", "CPUUtilization", "Average", Percent)),
        shown(plain(Service, "memory", "MemoryUtilization", "Average", Percent)),
        MetricWord {
            missing: MissingData::Alarm,
            ..shown(plain(Service, "tasks", "CPUUtilization", "SampleCount", Count))
        },
        MetricWord {
            short_of: Some("DesiredTaskCount"),
            ..plain(Insights, "tasks_missing", "RunningTaskCount", "Average", Count)
        },
        plain(Insights, "tasks_pending", "PendingTaskCount", "Maximum", Count),
        requests(Route, "5xx", "HTTPCode_Target_5XX_Count", "Sum", Count),
        rate(Route, "5xx_rate", "HTTPCode_Target_5XX_Count"),
        rate(Route, "4xx_rate", "HTTPCode_Target_4XX_Count"),
        requests(Route, "latency", "TargetResponseTime", "Average", Seconds),
        requests(Route, "latency_p50", "TargetResponseTime", "p50", Seconds),
        shown(requests(Route, "latency_p95", "TargetResponseTime", "p95", Seconds)),
        requests(Route, "latency_p99", "TargetResponseTime", "p99", Seconds),
        shown(requests(Route, "requests", "RequestCount", "Sum", Count)),
        shown(plain(Route, "unhealthy", "UnHealthyHostCount", "Maximum", Count)),
        plain(Route, "healthy", "HealthyHostCount", "Minimum", Count),
        shown(requests(LoadBalancer, "5xx", "HTTPCode_ELB_5XX_Count", "Sum", Count)),
        rate(LoadBalancer, "5xx_rate", "HTTPCode_ELB_5XX_Count"),
        requests(LoadBalancer, "latency", "TargetResponseTime", "Average", Seconds),
        shown(requests(LoadBalancer, "latency_p95", "TargetResponseTime", "p95", Seconds)),
        requests(LoadBalancer, "latency_p99", "TargetResponseTime", "p99", Seconds),
        shown(requests(LoadBalancer, "requests", "RequestCount", "Sum", Count)),
        requests(LoadBalancer, "rejected", "RejectedConnectionCount", "Sum", Count),
        shown(plain(Database, "cpu", "CPUUtilization", "Average", Percent)),
        least(shown(plain(Database, "memory", "FreeableMemory", "Average", Bytes))),
        least(shown(plain(Database, "storage", "FreeStorageSpace", "Average", Bytes))),
        shown(plain(Database, "connections", "DatabaseConnections", "Maximum", Count)),
        plain(Database, "read_latency", "ReadLatency", "Average", Seconds),
        plain(Database, "write_latency", "WriteLatency", "Average", Seconds),
        plain(Database, "transaction_ids", "MaximumUsedTransactionIDs", "Maximum", Count),
        shown(plain(Replica, "replica_lag", "ReplicaLag", "Maximum", Seconds)),
        shown(plain(Cache, "cpu", "CPUUtilization", "Average", Percent)),
        plain(Cache, "engine_cpu", "EngineCPUUtilization", "Average", Percent),
        shown(plain(Cache, "memory", "DatabaseMemoryUsagePercentage", "Average", Percent)),
        shown(plain(Cache, "evictions", "Evictions", "Sum", Count)),
        plain(Cache, "connections", "CurrConnections", "Maximum", Count),
        least(plain(Cache, "hit_rate", "CacheHitRate", "Average", Percent)),
        shown(plain(Serverless, "memory", "BytesUsedForCache", "Maximum", Bytes)),
        shown(plain(Serverless, "evictions", "Evictions", "Sum", Count)),
        shown(plain(Serverless, "connections", "CurrConnections", "Maximum", Count)),
        plain(Serverless, "throttled", "ThrottledCmds", "Sum", Count),
        plain(Serverless, "hit_rate", "CacheHitRate", "Average", Percent),
        shown(plain(Machine, "cpu", "CPUUtilization", "Average", Percent)),
        shown(plain(Machine, "failed_checks", "StatusCheckFailed", "Maximum", Count)),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// An alarm on a service may be on any of these.
    fn of_services(it: &MetricWord) -> bool {
        matches!(it.of, Subject::Service | Subject::Insights | Subject::Route)
    }

    #[test]
    fn a_word_of_a_subject_stands_once() {
        for (at, one) in WORDS.iter().enumerate() {
            let same =
                |it: &MetricWord| it.word == one.word && (it.of == one.of || of_services(it) && of_services(one));
            assert!(!WORDS.iter().skip(at + 1).any(same), "{}", one.word);
            let computed = one.share_of.is_some() || one.short_of.is_some();
            assert!(!computed || !one.shown, "the dashboard shows what is measured, not what is computed");
        }
    }
}
