//! What a plan changes in the monthly bill.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Observed, Plan};
use crate::resource::{
    Facts, Surroundings,
    graph::{Graph, Node},
    value::{Address, In, texts},
};

/// Monthly prices in US dollars, as far as they follow from settings: what is used comes on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Of what there is.
    pub before: f64,
    /// Of what there will be.
    pub after: f64,
    /// What has a price that is not known.
    pub unknown: BTreeSet<Address>,
}

/// What `plan` leads from and to.
#[must_use]
pub fn cost(graph: &Graph, observed: &Observed, plan: &Plan) -> Cost {
    let around = Around { graph, observed };
    let mut cost = Cost::default();
    let mut becomes: BTreeMap<&Address, Option<&Value>> = BTreeMap::new();
    for step in &plan.steps {
        becomes.insert(&step.target, step.action.want());
    }
    for (address, live) in &observed.ours {
        let want = becomes.get(address);
        // What cannot be told of what there is, is told of what comes of it.
        let states = [Some(&live.state), want.copied().flatten()];
        let price = around.price(address, states.into_iter().flatten(), &mut cost.unknown);
        cost.before += price;
        if want.is_none() {
            cost.after += price;
        }
    }
    for (address, want) in becomes {
        cost.after += want.map_or(0.0, |it| around.price(address, [it], &mut cost.unknown));
    }
    cost
}

/// What a wanted resource costs a month; `None` if its price is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Price<'a> {
    /// The resource.
    pub address: &'a Address,
    /// In US dollars.
    pub monthly: Option<f64>,
}

/// What each resource that is wanted costs.
#[must_use]
pub fn prices(graph: &Graph) -> Vec<Price<'_>> {
    let around = Around { graph, observed: &Observed::default() };
    let price = |(address, node): (_, &Node)| Price { address, monthly: around.monthly(node.facts, &node.want) };
    graph.nodes.iter().map(price).collect()
}

struct Around<'a> {
    graph: &'a Graph,
    observed: &'a Observed,
}

impl Around<'_> {
    fn monthly(&self, facts: &Facts, state: &Value) -> Option<f64> {
        (facts.monthly)(state, &self.graph.place, self)
    }

    /// The price of something of a known type, by the first of its states that tells it; one that is not known is noted.
    fn price<'b>(
        &self,
        address: &Address,
        states: impl IntoIterator<Item = &'b Value>,
        unknown: &mut BTreeSet<Address>,
    ) -> f64 {
        let Some(facts) = self.observed.kinds.get(address.kind()) else { return 0.0 };
        states.into_iter().find_map(|it| self.monthly(facts, it)).unwrap_or_else(|| {
            unknown.insert(address.clone());
            0.0
        })
    }
}

impl Surroundings for Around<'_> {
    fn settings(&self, of: &In<String>) -> Option<&Value> {
        match of {
            In::Out(out) => self.graph.nodes.get(&out.from).map(|it| &it.want),
            In::Known(id) => {
                let by_id = self.observed.ours.values().find(|it| texts(&it.out).contains(id.as_str()));
                by_id.map(|it| &it.state)
            }
            In::Joined(_) => None,
        }
    }
}

impl Cost {
    /// What it rises by.
    #[must_use]
    pub fn rise(&self) -> f64 {
        self.after - self.before
    }
}
