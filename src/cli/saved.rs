//! Plans kept in files: the wishes, and a digest of what was there when they were made.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Stop;
use crate::{
    catalog,
    compile::{Compiled, Hooks},
    plan::{self, Observed, Plan, Targets},
    resource::{
        Place,
        graph::Graph,
        tags::{Scope, TagRules},
        text::digest::short,
        value::Address,
    },
};

/// Counts up when a plan that an older infractl kept would mean something else.
const FORMAT: u32 = 1;

/// What to do about a plan that cannot be applied.
const ANOTHER: &str = "make a new one: `infractl plan --out FILE`";

/// A plan as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    infractl_plan: u32,
    pub(super) scope: Scope,
    pub(super) place: Place,
    tags: TagRules,
    pub(super) protect: bool,
    nodes: IndexMap<Address, Wish>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) hooks: Vec<Hooks>,
    /// A digest of each resource as it was.
    seen: BTreeMap<Address, String>,
    targets: Vec<String>,
    /// For whoever reads the file, and to hold what will be done against: it is made again from what is above.
    plan: Value,
}

/// A resource that should be.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    component: String,
    want: Value,
    foretold: Map<String, Value>,
}

impl Saved {
    pub(super) fn new(
        Compiled { graph, hooks, .. }: &Compiled,
        observed: &Observed,
        targets: &Targets,
        plan: &Plan,
        protect: bool,
    ) -> Result<Self, Stop> {
        let nodes = graph.nodes.iter().map(|(address, node)| {
            let wish =
                Wish { component: node.component.clone(), want: node.want.clone(), foretold: node.foretold.clone() };
            (address.clone(), wish)
        });
        Ok(Self {
            infractl_plan: FORMAT,
            scope: graph.scope.clone(),
            place: graph.place.clone(),
            tags: graph.tags.clone(),
            protect,
            nodes: nodes.collect(),
            hooks: hooks.clone(),
            seen: digests(observed),
            targets: targets.0.clone(),
            plan: tree(plan)?,
        })
    }

    pub(super) fn to_text(&self) -> Result<String, Stop> {
        serde_json::to_string(self).map_err(|it| Stop::Failed(it.to_string()))
    }

    pub(super) fn from_text(text: &str) -> Result<Self, Stop> {
        let wrong = |why: String| Stop::Refused { why, help: ANOTHER.into() };
        let tree: Value = serde_json::from_str(text).map_err(|it| wrong(format!("this is no saved plan: {it}")))?;
        match tree.get("infractl_plan").and_then(Value::as_u64) {
            Some(format) if format == u64::from(FORMAT) => {
                serde_json::from_value(tree).map_err(|it| wrong(format!("this saved plan is damaged: {it}")))
            }
            Some(_) => Err(wrong("this plan was saved by another version of infractl".into())),
            None => Err(wrong("this is no saved plan".into())),
        }
    }

    /// The wishes.
    pub(super) fn graph(&self) -> Result<Graph, Stop> {
        let mut graph = Graph::new(self.scope.clone(), self.place.clone(), self.tags.clone());
        for (address, wish) in &self.nodes {
            let Some(kind) = catalog::find(address.kind()) else {
                let why = format!("this infractl knows no `{}`", address.kind());
                return Err(Stop::Refused { why, help: ANOTHER.into() });
            };
            let Wish { component, want, foretold } = wish;
            graph.insert(address.clone(), component, kind.facts(), want.clone(), foretold.clone());
        }
        Ok(graph)
    }

    /// What the plan is limited to.
    pub(super) fn targets(&self) -> Targets {
        Targets(self.targets.clone())
    }

    /// The plan, made again: what has come in its way since shows as its conflicts, and whatever else would make it
    /// another plan is refused.
    pub(super) fn plan(&self, graph: &Graph, observed: &Observed) -> Result<Plan, Stop> {
        let refused = |why| Err(Stop::Refused { why, help: ANOTHER.into() });
        let moved = self.moved(observed);
        if !moved.is_empty() {
            let names: Vec<_> = moved.into_iter().map(Address::as_str).collect();
            return refused(format!("since this plan was made, something changed: {}", names.join(", ")));
        }
        let plan = plan::plan(graph, observed, &self.targets());
        if plan.conflicts.is_empty() && tree(&plan)? != self.plan {
            return refused("this plan was changed, or made by another version of infractl".into());
        }
        Ok(plan)
    }

    /// What is not as it was when the plan was made.
    fn moved<'a>(&'a self, observed: &'a Observed) -> BTreeSet<&'a Address> {
        let now = digests(observed);
        let gone_or_other = self.seen.iter().filter(|(it, seen)| now.get(*it) != Some(seen)).map(|(it, _)| it);
        let new = observed.ours.keys().filter(|it| !self.seen.contains_key(*it));
        gone_or_other.chain(new).collect()
    }
}

fn tree(plan: &Plan) -> Result<Value, Stop> {
    serde_json::to_value(plan).map_err(|it| Stop::Failed(it.to_string()))
}

fn digests(observed: &Observed) -> BTreeMap<Address, String> {
    let digest = |it: &crate::resource::LiveTree| {
        let text = format!("{}\n{}\n{:?}\n{:?}", it.state, it.out, it.tags, it.status);
        short(&text, 16)
    };
    observed.ours.iter().map(|(address, live)| (address.clone(), digest(live))).collect()
}
