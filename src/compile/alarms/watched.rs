//! What metrics in plain words are in CloudWatch.

use std::collections::BTreeSet;

use crate::{
    catalog::aws::{
        cloudwatch::metric::{Dimension, Metric, Query},
        ec2::instance::Instance,
        ecs::cluster_name,
        elb::{load_balancer::LoadBalancer, target_group::TargetGroup},
    },
    compile::{cache, database, load_balancer, stack::Stack},
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
    let services = stack.spec.services.keys().flat_map(|it| parts_of_service(stack, it.as_str()));
    let databases = stack.spec.databases.keys().flat_map(|it| parts_of_database(stack, it.as_str()));
    balancer.into_iter().chain(caches).chain(services).chain(databases).collect()
}

/// The part that an alarm's metric is of, and the metric.
pub(super) fn of_alarm(stack: &Stack<'_>, alarm: &Alarm) -> Option<(Part, &'static MetricWord)> {
    let WatchedMetric::Word(word) = &alarm.metric else { return None };
    let mut parts = Vec::new();
    parts.extend(alarm.service.iter().flat_map(|it| parts_of_service(stack, it.as_str())));
    parts.extend(alarm.cache.iter().filter_map(|it| part_of_cache(stack, it.as_str())));
    parts.extend(alarm.database.iter().flat_map(|it| parts_of_database(stack, it.as_str())));
    parts.extend(alarm.load_balancer.then(balancer));
    let metric = |part: &Part| words(part.of).find(|it| it.word == word.as_str());
    parts.into_iter().find_map(|part| Some((metric(&part)?, part))).map(|(metric, part)| (part, metric))
}

fn balancer() -> Part {
    let nodes = vec![dimension("LoadBalancer", suffix::<LoadBalancer>("main"))];
    Part { of: Subject::LoadBalancer, component: "load_balancer".into(), nodes }
}

/// What metrics know the load balancer, or a target group, by.
fn suffix<R: Resource>(name: &str) -> In<String> {
    out::<R>(name, "arn_suffix")
}

fn out<R: Resource>(name: &str, out: &str) -> In<String> {
    In::Out(OutRef { from: Address::new(R::FACTS.kind, name), out: out.into() })
}

/// What its tasks do, what Container Insights counts where they are on, and what is done with its requests if it gets any.
fn parts_of_service(stack: &Stack<'_>, name: &str) -> Vec<Part> {
    let Some((_, spec)) = stack.spec.services.iter().find(|(it, _)| it.as_str() == name) else { return Vec::new() };
    let mut tasks = dimension("ClusterName", cluster_name(&stack.graph.scope).into());
    tasks.extend(dimension("ServiceName", name.into()));
    let requests = |group: &str| {
        let mut acc = dimension("LoadBalancer", suffix::<LoadBalancer>("main"));
        acc.extend(dimension("TargetGroup", suffix::<TargetGroup>(group)));
        acc
    };
    // Whichever of the two has the requests.
    let second = spec.deploy.strategy.map(|_| requests(&load_balancer::alternate_name(name)));
    let part = |of, nodes| Part { of, component: format!("services.{name}"), nodes };
    let mut acc = vec![part(Subject::Service, vec![tasks.clone()])];
    acc.extend(stack.spec.has_insights().then(|| part(Subject::Insights, vec![tasks])));
    let routed = spec.route.as_ref();
    acc.extend(routed.map(|_| part(Subject::Route, [requests(name)].into_iter().chain(second).collect())));
    acc
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
        CacheProvider::Ec2 => (Subject::Machine, vec![dimension("InstanceId", out::<Instance>(name, "id"))]),
        CacheProvider::Sidecar | CacheProvider::Upstash => return None,
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
    // Requests of a kind are told of only when there are some.
    let share = word.share_of.map(|it| (it, "100 * FILL(some, 0) / all"));
    let other = share.or(word.short_of.map(|it| (it, "all - some")));
    match (part.nodes.as_slice(), other) {
        ([node], None) => (Some(metric(word.metric, node)), BTreeSet::new()),
        ([node], Some((all, expression))) => {
            let both = [query("some", metric(word.metric, node)), query("all", metric(all, node))];
            (None, both.into_iter().chain([computed(expression.into())]).collect())
        }
        (nodes, other) => {
            let of_each = |start: &str, name: &str| {
                let each = nodes.iter().zip(1..).map(|(node, at)| query(&format!("{start}{at}"), metric(name, node)));
                let ids: Vec<_> = (1..=nodes.len()).map(|at| format!("{start}{at}")).collect();
                (each.collect::<Vec<_>>(), ids.join(", "))
            };
            let (mut queries, ids) = of_each("n", word.metric);
            let together = if word.statistic == "Sum" { "SUM" } else { word.worst };
            let some = format!("{together}([{ids}])");
            let expression = match other {
                Some((all, expression)) => {
                    let (more, ids) = of_each("m", all);
                    queries.extend(more);
                    expression.replace("some", &some).replace("all", &format!("{together}([{ids}])"))
                }
                None => some,
            };
            (None, queries.into_iter().chain([computed(expression)]).collect())
        }
    }
}
