//! From what should be and what is, the steps between: no I/O, no clock, nothing left to decide later.

pub mod cost;
pub mod decide;
pub mod diff;
mod order;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{
    Facts, LiveTree, Place, Risk,
    graph::Graph,
    tags::{Scope, Tags},
    value::Address,
};
use diff::FieldChange;

/// What was found in the accounts.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// What is of our scope, wanted or not.
    pub ours: BTreeMap<Address, LiveTree>,
    /// What is not of our scope but was met while looking, by its type.
    pub foreign: Vec<(&'static str, LiveTree)>,
    /// The types that were looked for.
    pub kinds: BTreeMap<&'static str, &'static Facts>,
    /// Addresses at which more than one usable resource stands.
    pub twins: BTreeMap<Address, Vec<String>>,
}

/// What is to be done, in an order in which it can be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Whose resources.
    pub scope: Scope,
    /// Where.
    pub place: Place,
    /// Each after those that it needs.
    pub steps: Vec<Step>,
    /// Why nothing of it may be done.
    pub conflicts: Vec<Conflict>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the plan.
    pub id: StepId,
    /// What has to be done before it.
    pub needs: BTreeSet<StepId>,
    /// The resource.
    pub target: Address,
    /// The part of the stack file that the resource comes from; empty when it comes from none any more.
    pub component: String,
    /// What to do with it.
    pub action: Action,
    /// Why.
    pub because: Because,
    /// What it may do to people and data.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub risks: Vec<Risk>,
}

/// A step's place in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId(pub usize);

/// Primitive verbs; what takes several, such as a replacement, is several steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Make it.
    Create {
        /// Its settings.
        want: Value,
        /// Its tags.
        tags: Tags,
    },
    /// Change it where it is.
    Update {
        /// Its settings.
        want: Value,
        /// Its tags.
        tags: Tags,
        /// What it is now.
        live: LiveTree,
        /// What differs.
        fields: Vec<FieldChange>,
    },
    /// Delete it, and wait until it is gone.
    Delete {
        /// What it is now.
        live: LiveTree,
    },
    /// Wait until what is already being made can be used.
    Await {
        /// Its settings.
        want: Value,
        /// Its tags.
        tags: Tags,
        /// What it is now.
        live: LiveTree,
    },
}

/// Why a step is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The file has it, the account has not.
    Missing,
    /// The account has it otherwise.
    Differs,
    /// The account has it, the file has not.
    Unwanted,
    /// An earlier run began it.
    Begun,
    /// These fields cannot change in place.
    Immutable(Vec<FieldChange>),
    /// It failed, and will not recover.
    Failed(String),
    /// It refers to a resource that is replaced, and would keep that from being deleted.
    Holds(Address),
}

/// Something in the account that is in the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The name is taken by something that is not provably ours.
    Taken {
        /// What wants the name.
        address: Address,
        /// What the provider calls the thing that has it.
        id: String,
        /// That thing's tags.
        tags: Tags,
    },
    /// More than one resource carries the same address.
    Twins {
        /// The address.
        address: Address,
        /// What the provider calls them.
        ids: Vec<String>,
    },
    /// What holds data has failed: it is not deleted only because it does not work.
    Broken {
        /// The address.
        address: Address,
        /// The provider's word for what is wrong.
        why: String,
    },
    /// It can never be as the file has it.
    Refused {
        /// The address.
        address: Address,
        /// Why.
        why: String,
    },
    /// Resources that need each other.
    Circle {
        /// All of them.
        addresses: Vec<Address>,
    },
}

/// What leads from `observed` to `graph`, as far as `targets` reach.
#[must_use]
pub fn plan(graph: &Graph, observed: &Observed, targets: &Targets) -> Plan {
    // Which of two is wanted cannot be told; when neither is, both go.
    let twins = observed.twins.iter().filter(|(address, _)| graph.nodes.contains_key(*address));
    let mut conflicts: Vec<_> =
        twins.map(|(address, ids)| Conflict::Twins { address: address.clone(), ids: ids.clone() }).collect();
    let steps = decide::decide(graph, observed, targets).and_then(|decided| {
        conflicts.extend(decide::taken(graph, observed, &decided));
        let broken = decided.broken.iter().cloned();
        conflicts.extend(broken.map(|(address, why)| Conflict::Broken { address, why }));
        let refused = decided.refused.iter().cloned();
        conflicts.extend(refused.map(|(address, why)| Conflict::Refused { address, why }));
        order::order(graph, observed, &decided)
    });
    let steps = steps.unwrap_or_else(|addresses| {
        conflicts.push(Conflict::Circle { addresses });
        Vec::new()
    });
    Plan { scope: graph.scope.clone(), place: graph.place.clone(), steps, conflicts }
}

/// The resources that a plan is limited to: addresses, kinds or components; none means all.
#[derive(Clone, Debug, Default)]
pub struct Targets(pub Vec<String>);

impl Targets {
    /// The same, with the resources of `graph` that are meant by their component named one by one.
    #[must_use]
    pub fn addressed(mut self, graph: &Graph) -> Self {
        let meant = graph.nodes.iter().filter(|(at, node)| !self.0.is_empty() && self.cover(at, &node.component));
        let meant: Vec<_> = meant.map(|(at, _)| at.to_string()).collect();
        self.0.extend(meant);
        self
    }

    /// Whether a resource is among them.
    #[must_use]
    pub fn cover(&self, address: &Address, component: &str) -> bool {
        let names = |it: &String| {
            it == address.as_str()
                || it == address.kind()
                || component.strip_prefix(it.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.is_empty() || self.0.iter().any(names)
    }
}

impl Plan {
    /// Whether there is nothing to do and nothing in the way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.conflicts.is_empty()
    }
}

impl Step {
    /// Whether it loses data, or stops what works: what a protected environment is protected from.
    #[must_use]
    pub fn harms(&self) -> bool {
        self.risks.iter().any(|it| matches!(it, Risk::LosesData | Risk::Leaves(_) | Risk::Interrupts(_)))
    }
}

impl Action {
    /// The settings that it is to bring about.
    #[must_use]
    pub fn want(&self) -> Option<&Value> {
        match self {
            Self::Create { want, .. } | Self::Update { want, .. } | Self::Await { want, .. } => Some(want),
            Self::Delete { .. } => None,
        }
    }

    /// The resource before it.
    #[must_use]
    pub fn live(&self) -> Option<&LiveTree> {
        match self {
            Self::Update { live, .. } | Self::Await { live, .. } | Self::Delete { live } => Some(live),
            Self::Create { .. } => None,
        }
    }

    /// The tags that it is to bring about.
    #[must_use]
    pub fn tags(&self) -> Option<&Tags> {
        match self {
            Self::Create { tags, .. } | Self::Update { tags, .. } | Self::Await { tags, .. } => Some(tags),
            Self::Delete { .. } => None,
        }
    }
}
