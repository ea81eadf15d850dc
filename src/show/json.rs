//! The same for machines. `format` counts up when something that was there changes its meaning or goes.

use serde_json::{Value, json};

use super::text::{Effort, touched};
use crate::{
    plan::Plan,
    run::{Event, Failure, Outcome},
};

/// The version of all that is here.
pub const FORMAT: u32 = 1;

/// A plan.
#[must_use]
pub fn plan(plan: &Plan, effort: &Effort) -> Value {
    let resources: Vec<_> = touched(plan)
        .into_iter()
        .map(|(address, (verb, _))| json!({"address": address, "action": verb.name()}))
        .collect();
    json!({
        "format": FORMAT,
        "scope": plan.scope,
        "place": plan.place,
        "resources": resources,
        "steps": plan.steps,
        "conflicts": plan.conflicts,
        "effort": {"calls": effort.counts.calls, "deep": effort.counts.deepest, "seconds": effort.took.as_secs_f64()},
    })
}

/// Something that happened, on one line.
#[must_use]
pub fn event(event: &Event<'_>) -> Value {
    let line = |what: &str, step: &crate::plan::Step| json!({"format": FORMAT, "event": what, "step": step.id, "address": step.target});
    match event {
        Event::Started(step) => line("started", step),
        Event::Finished(step) => line("finished", step),
        Event::Skipped(step) => line("skipped", step),
        Event::Failed(step, failure) => {
            let mut it = line("failed", step);
            it["failure"] = self::failure(failure);
            it
        }
    }
}

fn failure(it: &Failure) -> Value {
    let mut acc = json!({"message": it.to_string()});
    if let Failure::Refused { error, .. } = it {
        acc["error"] = json!(error);
    }
    acc
}

/// What became of a plan.
#[must_use]
pub fn outcome(it: &Outcome) -> Value {
    json!({
        "format": FORMAT,
        "event": "ended",
        "done": it.done.len(),
        "failed": it.failed.len(),
        "skipped": it.skipped.len(),
    })
}
