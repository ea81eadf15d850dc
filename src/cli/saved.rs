//! Plans kept in files: the wishes, and a digest of what was there when they were made.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Stop;
use crate::{
    catalog,
    plan::{Observed, Plan},
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
    /// A digest of each resource as it was.
    seen: BTreeMap<Address, String>,
    pub(super) plan: Plan,
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
    pub(super) fn new(graph: &Graph, observed: &Observed, plan: &Plan, protect: bool) -> Self {
        let nodes = graph.nodes.iter().map(|(address, node)| {
            let wish =
                Wish { component: node.component.clone(), want: node.want.clone(), foretold: node.foretold.clone() };
            (address.clone(), wish)
        });
        Self {
            infractl_plan: FORMAT,
            scope: graph.scope.clone(),
            place: graph.place.clone(),
            tags: graph.tags.clone(),
            protect,
            nodes: nodes.collect(),
            seen: digests(observed),
            plan: plan.clone(),
        }
    }

    pub(super) fn to_text(&self) -> Result<String, Stop> {
        serde_json::to_string(self).map_err(|it| Stop::Failed(it.to_string()))
    }

    pub(super) fn from_text(text: &str) -> Result<Self, Stop> {
        let wrong = |why: String| Stop::Usage { why, help: "make a new one: `infractl plan --out FILE`".into() };
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
                let help = "make a new plan with this infractl".into();
                return Err(Stop::Usage { why: format!("this infractl knows no `{}`", address.kind()), help });
            };
            let Wish { component, want, foretold } = wish;
            graph.insert(address.clone(), component, kind.facts(), want.clone(), foretold.clone());
        }
        Ok(graph)
    }

    /// What is not as it was when the plan was made.
    pub(super) fn moved(&self, observed: &Observed) -> Vec<Address> {
        let now = digests(observed);
        let all: std::collections::BTreeSet<_> = self.seen.keys().chain(now.keys()).collect();
        all.into_iter().filter(|it| self.seen.get(*it) != now.get(*it)).cloned().collect()
    }
}

fn digests(observed: &Observed) -> BTreeMap<Address, String> {
    let digest = |it: &crate::resource::LiveTree| {
        let text = format!("{}\n{}\n{:?}\n{:?}", it.state, it.out, it.tags, it.status);
        short(&text, 16)
    };
    observed.ours.iter().map(|(address, live)| (address.clone(), digest(live))).collect()
}
