//! What metrics in plain words are in CloudWatch.

use std::collections::BTreeSet;

use crate::{
    catalog::aws::{
        cloudwatch::metric::{Dimension, Metric, Query},
        elb::load_balancer::LoadBalancer,
    },
    compile::{cache, database, stack::Stack},
    resource::{
        Resource,
        value::{Address, In, OutRef},
    },
    spec::model::{Alarm, CacheProvider, MetricWord, Subject, WatchedMetric, words},
};

/// How long a period is of metrics that have a word, in seconds.
const PERIOD: u32 = 60;
/// How long a cache's name may be (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>).
const CACHE_LIMIT: usize = 40;

/// A part of a stack that has metrics.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compile) struct Part {
    pub(in crate::compile) of: Subject,
    /// Such as `caches.main`.
    pub(in crate::compile) component: String,
    /// What tells the metrics of each of its nodes from others.
    pub(in crate::compile) nodes: Vec<BTreeSet<Dimension>>,
}

/// Every part of the stack that has metrics.
pub(in crate::compile) fn parts(stack: &Stack<'_>) -> Vec<Part> {
    let balancer = stack.spec.balancer().map(|_| balancer());
    let caches = stack.spec.caches.keys().filter_map(|it| part_of_cache(stack, it.as_str()));
    let databases = stack.spec.databases.keys().flat_map(|it| parts_of_database(stack, it.as_str()));
    balancer.into_iter().chain(caches).chain(databases).collect()
}

/// The part that an alarm's metric is of, and the metric.
pub(super) fn of_alarm(stack: &Stack<'_>, alarm: &Alarm) -> Option<(Part, &'static MetricWord)> {
    let WatchedMetric::Word(word) = &alarm.metric else { return None };
    let parts = match (&alarm.cache, &alarm.database) {
        (Some(name), _) => part_of_cache(stack, name.as_str()).into_iter().collect(),
        (None, Some(name)) => parts_of_database(stack, name.as_str()),
        (None, None) => vec![balancer()],
    };
    parts.into_iter().find_map(|part| {
        let metric = words(part.of).find(|it| it.word == word.as_str())?;
        Some((part, metric))
    })
}

fn balancer() -> Part {
    let suffix = In::Out(OutRef { from: Address::new(LoadBalancer::FACTS.kind, "main"), out: "arn_suffix".into() });
    let nodes = vec![dimension("LoadBalancer", suffix)];
    Part { of: Subject::LoadBalancer, component: "load_balancer".into(), nodes }
}

/// The nodes of a group are called after it, in the order of their making; those that replace others keep their names
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html>).
fn part_of_cache(stack: &Stack<'_>, name: &str) -> Option<Part> {
    let (_, spec) = stack.spec.caches.iter().find(|(it, _)| it.as_str() == name)?;
    let id = cache::called(stack, name, CACHE_LIMIT);
    let (of, nodes) = match spec.provider {
        CacheProvider::Elasticache => {
            let count = 1 + spec.replicas.unwrap_or_default();
            let node = |at: u8| dimension("CacheClusterId", format!("{id}-{at:03}").into());
            (Subject::Cache, (1..=count).map(node).collect())
        }
        CacheProvider::Serverless => (Subject::Serverless, vec![dimension("clusterId", id.into())]),
        CacheProvider::Sidecar => return None,
    };
    Some(Part { of, component: format!("caches.{name}"), nodes })
}

/// The database with its read replicas, and these alone.
fn parts_of_database(stack: &Stack<'_>, name: &str) -> Vec<Part> {
    let Some((_, spec)) = stack.spec.databases.iter().find(|(it, _)| it.as_str() == name) else { return Vec::new() };
    let node = |name: &str| dimension("DBInstanceIdentifier", database::called(stack, name).into());
    let replicas: Vec<_> = spec.replicas.0.keys().map(|it| node(&format!("{name}-{it}"))).collect();
    let part = |of, nodes| Part { of, component: format!("databases.{name}"), nodes };
    let all = [node(name)].into_iter().chain(replicas.iter().cloned()).collect();
    let lagging = (!replicas.is_empty()).then(|| part(Subject::Replica, replicas));
    [part(Subject::Database, all)].into_iter().chain(lagging).collect()
}

fn dimension(name: &str, value: In<String>) -> BTreeSet<Dimension> {
    [Dimension { name: name.into(), value }].into()
}

/// The one metric that is watched, or several and what is computed of them.
pub(super) fn watched(part: &Part, word: &MetricWord) -> (Option<Metric>, BTreeSet<Query>) {
    let metric = |name: &str, dimensions: &BTreeSet<Dimension>| Metric {
        namespace: part.of.namespace().into(),
        name: name.into(),
        dimensions: dimensions.clone(),
        statistic: word.statistic.into(),
        period_seconds: PERIOD,
        unit: None,
    };
    let query = |id: &str, metric: Metric| Query {
        id: id.into(),
        metric: Some(metric),
        expression: None,
        label: None,
        watched: false,
    };
    let computed = |expression: String| Query {
        id: "watched".into(),
        metric: None,
        expression: Some(expression),
        label: Some(word.word.into()),
        watched: true,
    };
    match (part.nodes.as_slice(), word.share_of) {
        ([node], None) => (Some(metric(word.metric, node)), BTreeSet::new()),
        ([node], Some(all)) => {
            // Requests of a kind are told of only when there are some.
            let share = computed("100 * FILL(some, 0) / all".into());
            (None, [query("some", metric(word.metric, node)), query("all", metric(all, node)), share].into())
        }
        (nodes, _) => {
            let ids: Vec<_> = (1..=nodes.len()).map(|at| format!("n{at}")).collect();
            let each = ids.iter().zip(nodes).map(|(id, node)| query(id, metric(word.metric, node)));
            let worst = computed(format!("{}([{}])", word.worst, ids.join(", ")));
            (None, each.chain([worst]).collect())
        }
    }
}
