//! The services of a stack, for commands that are about them.

use std::collections::BTreeSet;

use super::Stop;
use crate::{
    catalog::aws::{
        ecs::{cluster_name, service::Service, task_definition::TaskDefinition},
        logs::log_group::LogGroup,
    },
    diagnostic::did_you_mean,
    resource::{
        Resource,
        graph::{Graph, Node},
        tags::Scope,
        value::Address,
    },
};

/// A service as the file has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<'a> {
    graph: &'a Graph,
    /// Its name, in the file and in its cluster.
    pub(super) name: &'a str,
}

/// The services of the file, in its order.
pub(super) fn all(graph: &Graph) -> Vec<Declared<'_>> {
    let services = graph.nodes.keys().filter(|it| it.kind() == Service::FACTS.kind);
    services.map(|it| Declared { graph, name: it.name() }).collect()
}

/// The service called `name`.
pub(super) fn named<'a>(graph: &'a Graph, name: &str) -> Result<Declared<'a>, Stop> {
    let all = all(graph);
    if let Some(it) = all.iter().find(|it| it.name == name) {
        return Ok(*it);
    }
    Err(unknown("service", name, all.iter().map(|it| it.name), "declare it under `services` in the stack file"))
}

/// Those that a command is for: the one that is named, or all.
pub(super) fn chosen<'a>(graph: &'a Graph, name: Option<&str>) -> Result<Vec<Declared<'a>>, Stop> {
    name.map_or_else(|| Ok(all(graph)), |it| Ok(vec![named(graph, it)?]))
}

/// Their names.
pub(super) fn names(services: &[Declared<'_>]) -> BTreeSet<String> {
    services.iter().map(|it| it.name.to_owned()).collect()
}

/// That there is nothing to be told of `services`.
pub(super) fn none(graph: &Graph, services: &[Declared<'_>]) -> String {
    let Scope { stack, env, .. } = &graph.scope;
    match services {
        [] => format!("{stack}/{env} has no services\n"),
        [one] => format!("{} of {stack}/{env} is not in the account yet: `infractl apply` makes it\n", one.name),
        _ => format!("the services of {stack}/{env} are not in the account yet: `infractl apply` makes them\n"),
    }
}

/// Whether `name` is one of the containers that there are.
pub(super) fn check_container(name: &str, known: &[&str]) -> Result<(), Stop> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(unknown("container", name, known.iter().copied(), &format!("there is {}", known.join(", "))))
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>, otherwise: &str) -> Stop {
    let near = did_you_mean(name, known);
    let help = near.map_or_else(|| otherwise.to_owned(), |it| format!("did you mean `{it}`?"));
    Stop::Usage { why: format!("there is no {what} `{name}`"), help }
}

impl<'a> Declared<'a> {
    /// The name of its cluster.
    pub(super) fn cluster(&self) -> String {
        cluster_name(&self.graph.scope)
    }

    /// The name of the group that its log goes to.
    pub(super) fn log_group(&self) -> Option<String> {
        let component = &self.graph.nodes.get(&self.address::<Service>())?.component;
        let of = |it: &&Node| it.component == *component && it.facts.kind == LogGroup::FACTS.kind;
        let group: LogGroup = serde_json::from_value(self.graph.nodes.values().find(of)?.want.clone()).ok()?;
        Some(group.log_group_name)
    }

    /// The names of its containers.
    pub(super) fn containers(&self) -> Vec<&'a str> {
        let definition = self.graph.nodes.get(&self.address::<TaskDefinition>());
        let containers = definition.and_then(|it| it.want.get("containers")?.as_object());
        containers.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// That it is not in the account yet.
    pub(super) fn absent(&self) -> Stop {
        let why = format!("{} is not there yet", self.name);
        Stop::Refused { why, help: "make it first: infractl apply".into() }
    }

    fn address<R: Resource>(&self) -> Address {
        Address::new(R::FACTS.kind, self.name)
    }
}
