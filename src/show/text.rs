//! A plan, for people at a terminal.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use anstyle::Style;
use indexmap::IndexMap;

use super::{
    style::{BOLD, CREATE, DELETE, DIM, REPLACE, UPDATE, paint},
    values::{change, summary},
    words,
};
use crate::{
    api::meter::Counts,
    plan::{Action, Because, Plan, Step},
    resource::{Risk, value::Address},
};

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
        write!(f, "{} calls, {} deep, {:.1} s", counts.total(), counts.deepest, took.as_secs_f64())
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

    fn sign(self) -> (&'static str, Style) {
        match self {
            Self::Create => ("+", CREATE),
            Self::Update => ("~", UPDATE),
            Self::Replace => ("±", REPLACE),
            Self::Delete => ("-", DELETE),
            Self::Await => ("…", DIM),
        }
    }
}

/// The resources that a plan touches, with what it does to each and its steps there.
#[must_use]
pub fn touched(plan: &Plan) -> IndexMap<&Address, (Verb, Vec<&Step>)> {
    let mut acc = IndexMap::<_, (Verb, Vec<_>)>::new();
    for step in &plan.steps {
        let verb = match step.action {
            Action::Create { .. } => Verb::Create,
            Action::Update { .. } => Verb::Update,
            Action::Delete { .. } => Verb::Delete,
            Action::Await { .. } => Verb::Await,
        };
        let entry = acc.entry(&step.target).or_insert((verb, Vec::new()));
        if entry.0 != verb {
            entry.0 = Verb::Replace;
        }
        entry.1.push(step);
    }
    acc
}

/// A plan as text.
#[must_use]
pub fn plan(plan: &Plan, effort: &Effort) -> String {
    let name = format!("{}/{}", plan.scope.stack, plan.scope.env);
    if plan.is_empty() {
        return format!("Nothing to do: {name} is as its file says ({effort}).\n");
    }
    let mut acc = format!("{} in {}, account {}\n", paint(BOLD, &name), plan.place.region, plan.place.account);
    acc += &risks(plan);
    let touched = touched(plan);
    let width = touched.keys().map(|it| it.as_str().len()).max().unwrap_or_default();
    let mut groups = IndexMap::<&str, String>::new();
    for (address, (verb, steps)) in &touched {
        let component = steps.last().map_or("", |it| it.component.as_str());
        let title = if component.is_empty() { "no longer in the file" } else { component };
        *groups.entry(title).or_default() += &resource(address, *verb, steps, width);
    }
    for (title, lines) in groups {
        let _ = write!(acc, "\n{}\n{lines}", paint(BOLD, title));
    }
    acc += &conflicts(plan);
    let _ = writeln!(acc, "\n{} ({effort}).", tally(&touched));
    acc
}

fn resource(address: &Address, verb: Verb, steps: &[&Step], width: usize) -> String {
    let (sign, style) = verb.sign();
    let head = format!("  {} {address:<width$}", paint(style, sign));
    let Some(last) = steps.last() else { return String::new() };
    let (note, details) = match (&last.action, &last.because) {
        (Action::Create { want, .. }, Because::Missing) => (summary(want), Vec::new()),
        (Action::Update { fields, .. }, _) => {
            let mut lines: Vec<_> = fields.iter().flat_map(change).collect();
            if lines.len() == 1 { (lines.remove(0), Vec::new()) } else { (String::new(), lines) }
        }
        (_, because @ Because::Immutable(fields)) => {
            (words::because(because), fields.iter().flat_map(change).collect())
        }
        (_, because) => (words::because(because), Vec::new()),
    };
    let mut acc = format!("{head}  {}\n", paint(DIM, &note)).replace("  \u{1b}[2m\u{1b}[0m\n", "\n");
    for line in details {
        let _ = writeln!(acc, "      {line}");
    }
    acc
}

fn risks(plan: &Plan) -> String {
    let mut by_risk = BTreeMap::<&Risk, Vec<&str>>::new();
    for step in &plan.steps {
        for risk in &step.risks {
            by_risk.entry(risk).or_default().push(step.target.as_str());
        }
    }
    let mut acc = String::new();
    for (risk, targets) in by_risk {
        let _ = writeln!(acc, "{} {}: {}", paint(DELETE, "!"), targets.join(", "), words::risk(risk));
    }
    if acc.is_empty() { acc } else { format!("\n{acc}") }
}

fn conflicts(plan: &Plan) -> String {
    let mut acc = String::new();
    for conflict in &plan.conflicts {
        let _ = writeln!(acc, "{} {}", paint(DELETE, "conflict:"), words::conflict(conflict));
    }
    if acc.is_empty() { acc } else { format!("\n{acc}") }
}

/// How many resources a plan does what to.
#[must_use]
pub fn tally(touched: &IndexMap<&Address, (Verb, Vec<&Step>)>) -> String {
    let mut counts = BTreeMap::<Verb, usize>::new();
    for (verb, _) in touched.values() {
        *counts.entry(*verb).or_default() += 1;
    }
    let part = |(verb, n): (Verb, usize)| {
        let what = match verb {
            Verb::Create => "to create",
            Verb::Update => "to change",
            Verb::Replace => "to replace",
            Verb::Delete => "to delete",
            Verb::Await => "to wait for",
        };
        format!("{n} {what}")
    };
    let parts: Vec<_> = counts.into_iter().map(part).collect();
    if parts.is_empty() { "Plan: nothing to do".into() } else { format!("Plan: {}", parts.join(", ")) }
}
