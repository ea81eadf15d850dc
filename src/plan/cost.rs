//! What a plan changes in the monthly bill.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Observed, Plan};
use crate::resource::{
    Place, Surroundings,
    graph::Graph,
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
        let price = around.price(address, &live.state, &mut cost.unknown);
        cost.before += price;
        if !becomes.contains_key(address) {
            cost.after += price;
        }
    }
    for (address, want) in becomes {
        cost.after += want.map_or(0.0, |it| around.price(address, it, &mut cost.unknown));
    }
    cost
}

/// What all that is wanted costs, and what has a price that is not known.
#[must_use]
pub fn of_graph(graph: &Graph) -> (f64, BTreeSet<Address>) {
    let around = Around { graph, observed: &Observed::default() };
    let mut unknown = BTreeSet::new();
    let prices = graph.nodes.iter().map(|(at, node)| around.price_of(at, node.facts.monthly, &node.want, &mut unknown));
    let sum = prices.sum();
    (sum, unknown)
}

type Price = fn(&Value, &Place, &dyn Surroundings) -> Option<f64>;

struct Around<'a> {
    graph: &'a Graph,
    observed: &'a Observed,
}

impl Around<'_> {
    fn price(&self, address: &Address, state: &Value, unknown: &mut BTreeSet<Address>) -> f64 {
        let Some(facts) = self.observed.kinds.get(address.kind()) else { return 0.0 };
        self.price_of(address, facts.monthly, state, unknown)
    }

    fn price_of(&self, address: &Address, price: Price, state: &Value, unknown: &mut BTreeSet<Address>) -> f64 {
        price(state, &self.graph.place, self).unwrap_or_else(|| {
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
