//! What a stack may have and cost.

use std::fmt::Display;

use crate::{
    catalog::aws::ec2::nat_gateway::NatGateway,
    diagnostic::Diagnostic,
    plan::cost::{self, Price},
    resource::{Resource, graph::Graph},
    spec::{
        Spec,
        model::{CacheProvider, Limits, size},
    },
};

/// How many of the dearest resources, or of the largest services, are named.
const NAMED: usize = 3;

/// Holds a stack to what its environment may have; what is only to be destroyed need not keep to that.
///
/// # Errors
/// What there is too much of.
pub fn check(graph: &Graph, spec: &Spec) -> Result<(), Vec<Diagnostic>> {
    let Some(limits) = &spec.limits else { return Ok(()) };
    let mut found = Found { env: &graph.scope.env, problems: Vec::new() };
    tasks(spec, limits, &mut found);
    databases(spec, limits, &mut found);
    for (name, cache) in spec.caches.iter().filter(|(_, it)| it.provider != CacheProvider::Upstash) {
        let what = match cache.provider {
            CacheProvider::Ec2 => format!("the machine of `caches.{name}` is a"),
            _ => format!("the nodes of `caches.{name}` are"),
        };
        let most = limits.cache_size.as_ref().map(|it| it.as_str());
        found.larger("cache_size", format!("caches.{name}.size"), &what, cache.size(), most);
    }
    let gateways = graph.nodes.keys().filter(|it| it.kind() == NatGateway::FACTS.kind).count();
    let gateways = u32::try_from(gateways).unwrap_or(u32::MAX);
    found.more("nat_gateways", "network.nat".into(), "the NAT gateways are", gateways, limits.nat_gateways);
    found.problems.extend(monthly(graph, limits));
    if found.problems.is_empty() { Ok(()) } else { Err(found.problems) }
}

fn tasks(spec: &Spec, limits: &Limits, found: &mut Found<'_>) {
    let mut counts: Vec<_> = spec.services.iter().map(|(name, it)| (name, it.most_count())).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let sum = counts.iter().fold(0_u32, |sum, (_, it)| sum.saturating_add(*it));
    let named: Vec<_> = counts.iter().take(NAMED).map(|(name, count)| format!("{name} {count}")).collect();
    let what = format!("the tasks of all services together ({}) can be", named.join(", "));
    found.more("tasks", "services".into(), &what, sum, limits.tasks);
    for (name, it) in &spec.services {
        let path = |key: &str| format!("services.{name}.{key}");
        let what = format!("a task of `{name}` has a cpu of");
        found.more("cpu", path("cpu"), &what, it.cpu, limits.cpu);
        let what = format!("a task of `{name}` has a memory of");
        found.more("memory", path("memory"), &what, it.memory(), limits.memory);
    }
}

fn databases(spec: &Spec, limits: &Limits, found: &mut Found<'_>) {
    let most = limits.database_size.as_ref().map(|it| it.as_str());
    for (name, it) in &spec.databases {
        let path = format!("databases.{name}");
        found.larger("database_size", format!("{path}.size"), &format!("`{path}` is a"), it.size.as_str(), most);
        for (replica, options) in &it.replicas.0 {
            let Some(own) = &options.size else { continue };
            let path = format!("{path}.replicas.{replica}");
            found.larger("database_size", format!("{path}.size"), &format!("`{path}` is a"), own.as_str(), most);
        }
        let storage = it.storage.max.unwrap_or(it.storage.min);
        let what = format!("the GiB of storage of `{path}` can be");
        found.more("storage", format!("{path}.storage"), &what, storage, limits.storage);
    }
}

/// What there is too much of, each at its place.
struct Found<'a> {
    env: &'a str,
    problems: Vec<Diagnostic>,
}

impl Found<'_> {
    /// A number that is above the limit called `key`.
    fn more(&mut self, key: &'static str, path: String, what: &str, has: u32, most: Option<u32>) {
        if let Some(most) = most.filter(|it| has > *it) {
            self.add(key, path, what, has, most);
        }
    }

    /// A class of machines that is above the limit called `key`; of what nobody knows, nobody can say that it is not.
    fn larger(&mut self, key: &'static str, path: String, what: &str, has: &str, most: Option<&str>) {
        let above = |most: &str| size(has).is_none_or(|has| size(most).is_some_and(|most| has > most));
        if let Some(most) = most.filter(|it| above(it)) {
            self.add(key, path, what, has, most);
        }
    }

    fn add(&mut self, key: &'static str, path: String, what: &str, has: impl Display, most: impl Display) {
        let message = format!("{what} {has}, and {most} is the most that `{}` may have", self.env);
        let problem = Diagnostic::error("limits/exceeded", path, message);
        self.problems.push(problem.help(format!("choose less, or raise `limits.{key}`")));
    }
}

fn monthly(graph: &Graph, limits: &Limits) -> Option<Diagnostic> {
    let most = limits.monthly?;
    let mut prices = cost::prices(graph);
    let sum: f64 = prices.iter().filter_map(|it| it.monthly).sum();
    if sum <= f64::from(most) {
        return None;
    }
    prices.sort_by(|one, other| other.monthly.unwrap_or_default().total_cmp(&one.monthly.unwrap_or_default()));
    let named = |it: &Price<'_>| format!("{} ${:.0}", it.address, it.monthly.unwrap_or_default());
    let dearest: Vec<_> = prices.iter().take(NAMED).map(named).collect();
    let message = format!("the stack would cost about ${sum:.0} a month, and may cost ${most}");
    let help = format!("choose less of what costs most: {}", dearest.join(", "));
    Some(Diagnostic::error("limits/monthly", "limits.monthly", message).help(help))
}
