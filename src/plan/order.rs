//! Which step has to wait for which: the one place that knows.
//!
//! What is made or changed comes after what it refers to, what is deleted after all that refers to it has gone or moved
//! off. Replacements delete first, for names and addresses are identity; see `docs/decisions`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Action, Because, Observed, Step, StepId,
    decide::{Decided, Fate, overlaps},
    references::References,
};
use crate::resource::{Facts, LiveTree, Risk, graph::Graph, value::Address};

/// # Errors
/// Resources of which none can be the first.
pub(super) fn order(graph: &Graph, observed: &Observed, decided: &Decided) -> Result<Vec<Step>, Vec<Address>> {
    let references = References::new(observed);
    let mut draft =
        Draft { graph, observed, references, steps: Vec::new(), makes: BTreeMap::new(), deletes: BTreeMap::new() };
    for (address, fate) in &decided.fates {
        draft.add(address, fate);
    }
    let needs: Vec<_> = draft.steps.iter().map(|step| draft.needs(step)).collect();
    let mut steps = draft.steps;
    for (step, needs) in steps.iter_mut().zip(needs) {
        step.needs = needs;
    }
    sort(steps)
}

struct Draft<'a> {
    graph: &'a Graph,
    observed: &'a Observed,
    references: References<'a>,
    steps: Vec<Step>,
    makes: BTreeMap<&'a Address, StepId>,
    deletes: BTreeMap<&'a Address, StepId>,
}

impl<'a> Draft<'a> {
    fn add(&mut self, address: &'a Address, fate: &Fate) {
        let live = self.observed.ours.get(address);
        let tags = self.graph.nodes.get(address).map(|it| it.tags.clone()).unwrap_or_default();
        let make = match (fate, live) {
            (Fate::Create { want } | Fate::Replace { want, .. }, _) => {
                Some(Action::Create { want: want.clone(), tags })
            }
            (Fate::Update { want, fields }, Some(live)) => {
                Some(Action::Update { want: want.clone(), tags, live: live.clone(), fields: fields.clone() })
            }
            (Fate::Await { want }, Some(live)) => Some(Action::Await { want: want.clone(), tags, live: live.clone() }),
            _ => None,
        };
        let because = match fate {
            Fate::Create { .. } => Because::Missing,
            Fate::Update { .. } => Because::Differs,
            Fate::Await { .. } => Because::Begun,
            Fate::Replace { because, .. } | Fate::Delete { because } => because.clone(),
        };
        if let (true, Some(live)) = (fate.deletes(), live) {
            let id = self.push(address, Action::Delete { live: live.clone() }, because.clone());
            self.deletes.insert(address, id);
        }
        if let Some(make) = make {
            let id = self.push(address, make, because);
            self.makes.insert(address, id);
        }
    }

    fn push(&mut self, address: &Address, action: Action, because: Because) -> StepId {
        let id = StepId(self.steps.len());
        let component = self.graph.nodes.get(address).map(|it| it.component.clone()).unwrap_or_default();
        let risks = self
            .facts(address)
            .map(|it| risks(it, &action, &because, self.observed.ours.get(address)))
            .unwrap_or_default();
        self.steps.push(Step {
            id,
            needs: BTreeSet::new(),
            target: address.clone(),
            component,
            action,
            because,
            risks,
        });
        id
    }

    fn needs(&self, step: &Step) -> BTreeSet<StepId> {
        let mut acc = BTreeSet::new();
        if matches!(step.action, Action::Delete { .. }) {
            let others = self.observed.ours.keys().filter(|it| **it != step.target);
            acc.extend(others.filter_map(|it| self.before_deleting(&step.target, it)));
            return acc;
        }
        let Some(node) = self.graph.nodes.get(&step.target) else { return acc };
        acc.extend(node.needs.iter().filter_map(|it| self.makes.get(it)));
        let grounds = self.makes.iter().filter(|(it, _)| node.facts.stands_on.contains(&it.kind()));
        acc.extend(grounds.map(|(_, id)| id));
        if let Action::Create { want, .. } = &step.action {
            acc.extend(self.deletes.get(&step.target));
            acc.extend(
                self.deletes.iter().filter(|(it, _)| overlaps(self.observed, node.facts, want, it)).map(|(_, id)| id),
            );
        }
        acc
    }

    /// What has to become of `other` before the resource at `address` can be deleted.
    fn before_deleting(&self, address: &Address, other: &Address) -> Option<StepId> {
        if let Some(gone) = self.deletes.get(other) {
            return self.references.leans(other, address).then_some(*gone);
        }
        // What is replaced, or makes room for another, goes first: those who refer to it can only then be moved.
        let moved = self.makes.get(other).filter(|_| !self.early(address))?;
        self.references.refers(other, address).then_some(*moved)
    }

    fn early(&self, address: &Address) -> bool {
        self.makes.contains_key(address)
            || self.steps.iter().any(|step| match (&step.action, self.graph.nodes.get(&step.target)) {
                (Action::Create { want, .. }, Some(node)) => overlaps(self.observed, node.facts, want, address),
                _ => false,
            })
    }

    fn facts(&self, address: &Address) -> Option<&'static Facts> {
        self.observed.kinds.get(address.kind()).copied()
    }
}

/// What is so already is no risk of the step.
fn risks(facts: &Facts, action: &Action, because: &Because, live: Option<&LiveTree>) -> Vec<Risk> {
    match action {
        Action::Create { want, .. } | Action::Update { want, .. } => {
            let before = live.map(|it| (facts.risks)(&it.state)).unwrap_or_default();
            let after = (facts.risks)(want).into_iter().filter(|it| !before.contains(it));
            let on_the_way = live.filter(|_| matches!(action, Action::Update { .. }));
            after.chain(on_the_way.into_iter().flat_map(|it| (facts.change_risks)(want, &it.state))).collect()
        }
        Action::Await { .. } => Vec::new(),
        Action::Delete { live } => {
            let works = live.status.is_usable() && *because != Because::Begun;
            let stops = facts.interrupts.filter(|_| works).map(|it| Risk::Interrupts(it.to_owned()));
            let protected = facts.protected_by.is_some_and(|it| live.state.get(it) == Some(&true.into()));
            let protected = protected.then_some(Risk::Protected);
            let leaves = (facts.leaves)(live).map(Risk::Leaves);
            let loses = leaves.or_else(|| facts.holds_data.then_some(Risk::LosesData));
            protected.into_iter().chain(loses).chain(stops).collect()
        }
    }
}

/// Each step after those that it needs, numbered anew.
fn sort(mut left: Vec<Step>) -> Result<Vec<Step>, Vec<Address>> {
    let mut numbers = BTreeMap::new();
    let mut acc: Vec<Step> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|it| it.needs.iter().all(|need| numbers.contains_key(need)));
        if ready.is_empty() {
            return Err(rest.into_iter().map(|it| it.target).collect());
        }
        for mut step in ready {
            let id = StepId(acc.len());
            numbers.insert(step.id, id);
            step.needs = step.needs.iter().filter_map(|it| numbers.get(it).copied()).collect();
            step.id = id;
            acc.push(step);
        }
        left = rest;
    }
    Ok(acc)
}
