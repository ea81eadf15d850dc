//! A plan, resource by resource: what all ways to show one have in common.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use indexmap::IndexMap;
use serde_json::Value;

use super::{names::Names, words};
use crate::{
    api::meter::Counts,
    plan::{
        Action, Because, Observed, Plan, Step, Targets,
        cost::{Cost, cost},
        diff::{FieldChange, diff, diff_tags},
    },
    resource::{LiveTree, Risk, Status, graph::Graph, tags::Tags, value::Address},
};

/// A plan, and what one has to know to tell it.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What should be.
    pub graph: &'a Graph,
    /// What is.
    pub observed: &'a Observed,
    /// What the plan is limited to.
    pub targets: &'a Targets,
    /// Whether what harms is refused.
    pub protect: bool,
    /// How the look was made.
    pub effort: &'a Effort,
}

/// How a look was made.
#[derive(Clone, Debug, Default)]
pub struct Effort {
    /// The calls.
    pub counts: Counts,
    /// From the first call to the last answer.
    pub took: Duration,
}

impl std::fmt::Display for Effort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { counts, took } = self;
        let calls = words::count(counts.total(), "call");
        write!(f, "{calls}, {} in a row, {:.1} s", counts.deepest, took.as_secs_f64())
    }
}

/// What a plan does to one resource: a replacement is one of these though it is two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and made anew.
    Replace,
    /// It is deleted.
    Delete,
    /// It is waited for.
    Await,
}

impl Verb {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Await => "await",
        }
    }
}

/// What becomes of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The resource.
    pub address: &'a Address,
    /// The part of the stack file that it comes from; empty when it comes from none any more.
    pub component: &'a str,
    /// What the plan does to it.
    pub verb: Verb,
    /// Why, or what it is or changes, on one line; may be empty.
    pub note: String,
    /// What does not go on that line, a line each.
    pub details: Vec<String>,
}

impl<'a> View<'a> {
    /// What people should know of what is there and stays as it is.
    #[must_use]
    pub fn notes(&self) -> Vec<(&'a Address, String)> {
        let stays = |it: &&Address| !self.plan.steps.iter().any(|step| step.target == **it);
        let there = self.graph.nodes.iter().filter(|(it, _)| stays(it));
        let notes = there.filter_map(|(it, node)| Some((it, (node.facts.note)(self.observed.ours.get(it)?)?)));
        notes.collect()
    }

    /// What the plan does to the monthly bill.
    #[must_use]
    pub fn cost(&self) -> Cost {
        cost(self.graph, self.observed, self.plan)
    }

    /// The resources that the plan touches: those that are wanted in the order of the file, then those that are not in the
    /// order in which they go. What is new is summed up in at most `width` characters.
    #[must_use]
    pub fn rows(&self, width: usize) -> Vec<Row<'a>> {
        let mut steps = IndexMap::<_, Vec<_>>::new();
        for step in &self.plan.steps {
            steps.entry(&step.target).or_default().push(step);
        }
        let place = |address: &Address| self.graph.nodes.get_index_of(address).unwrap_or(usize::MAX);
        steps.sort_by_cached_key(|address, _| place(address));
        let names = Names::of(self.graph, self.observed);
        steps.into_iter().filter_map(|(_, steps)| self.row(&names, &steps, width)).collect()
    }

    fn row(&self, names: &Names, steps: &[&'a Step], width: usize) -> Option<Row<'a>> {
        let last = steps.last()?;
        let gone = steps.iter().find_map(|it| if let Action::Delete { live } = &it.action { Some(live) } else { None });
        let (verb, note, details) = match (&last.action, gone) {
            (Action::Create { want, .. }, None) => {
                let (note, details) = names.new_one(want, width);
                (Verb::Create, note, details)
            }
            (Action::Create { want, tags }, Some(live)) => {
                let (note, details) = self.replaced(names, last, want, tags, live);
                (Verb::Replace, note, details)
            }
            (Action::Update { want, live, fields, .. }, _) => {
                let mut lines = names.changes(fields, &live.state, want);
                let note = if lines.len() == 1 { lines.remove(0) } else { String::new() };
                let facts = self.observed.kinds.get(last.target.kind());
                let stages = facts.map(|it| (it.stages)(want, &live.state)).unwrap_or_default();
                lines.extend(stages.iter().zip(1..).map(|(it, at)| format!("{at}. {it}")));
                (Verb::Update, note, lines)
            }
            (Action::Await { live, .. }, _) => {
                let state = if let Status::Pending(it) = &live.status { it } else { "not ready" };
                (Verb::Await, format!("an earlier run began it, and it is {state}"), Vec::new())
            }
            (Action::Delete { live }, _) => (Verb::Delete, leaving(names, live, width), Vec::new()),
        };
        Some(Row { address: &last.target, component: &last.component, verb, note, details })
    }

    /// Why something is made anew, and what else is then different.
    fn replaced(
        &self,
        names: &Names,
        step: &Step,
        want: &Value,
        tags: &Tags,
        live: &LiveTree,
    ) -> (String, Vec<String>) {
        let mut changes = diff(want, &live.state);
        if self.observed.kinds.get(step.target.kind()).is_some_and(|it| it.tagged) {
            changes.extend(diff_tags(&self.graph.tags, tags, &live.tags));
        }
        // What reads the same only follows what is made anew.
        changes.retain(|it| !follows(names, it));
        let mut why = vec![];
        if let Because::Immutable(fields) = &step.because {
            let (with, own): (Vec<_>, Vec<_>) = fields.iter().partition(|it| follows(names, it));
            why.extend(with.into_iter().flat_map(|it| &it.to).map(|it| words::replaced_with(&names.brief(it))));
            why.dedup();
            why.extend(own.iter().flat_map(|it| names.change(it)).map(|it| format!("{it} (cannot change in place)")));
            changes.retain(|it| !fields.contains(it));
        } else {
            why.push(words::because(&step.because));
        }
        (why.join("; "), names.changes(&changes, &live.state, want))
    }

    /// What the plan may do to people and data, worst first, and to which resources.
    #[must_use]
    pub fn risks(&self) -> BTreeMap<&'a Risk, Vec<&'a Address>> {
        let mut acc = BTreeMap::<_, Vec<_>>::new();
        for step in &self.plan.steps {
            for risk in &step.risks {
                acc.entry(risk).or_default().push(&step.target);
            }
        }
        acc
    }

    /// What a protected environment is protected from.
    #[must_use]
    pub fn refused(&self) -> Vec<&'a Address> {
        let harmful = self.plan.steps.iter().filter(|it| self.protect && it.harms());
        harmful.map(|it| &it.target).collect()
    }
}

/// How many resources the plan does what to.
#[must_use]
pub fn counts(rows: &[Row<'_>]) -> BTreeMap<Verb, usize> {
    let mut acc = BTreeMap::new();
    for row in rows {
        *acc.entry(row.verb).or_default() += 1;
    }
    acc
}

/// Whether only ids change: of what it refers to, which is made anew. Sets of them may be in another order then.
fn follows(names: &Names, change: &FieldChange) -> bool {
    let told = |it: &Value| match it {
        Value::Array(items) => items.iter().map(|it| names.brief(it)).collect(),
        one => BTreeSet::from([names.brief(one)]),
    };
    change.from.as_ref().zip(change.to.as_ref()).is_some_and(|(from, to)| told(from) == told(to))
}

fn leaving(names: &Names, live: &LiveTree, width: usize) -> String {
    let what = names.old_one(live.out.get("id").and_then(Value::as_str), &live.state, width);
    match &live.status {
        Status::Leaving => format!("{what}; it is already being deleted"),
        Status::Failed(why) => format!("{what}; it failed: {why}"),
        Status::Ready | Status::Reverted(_) | Status::Pending(_) => what,
    }
}
