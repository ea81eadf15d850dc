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
    let (what, step, failure) = match event {
        Event::Started(step) => ("started", step, None),
        Event::Finished(step) => ("finished", step, None),
        Event::Skipped(step) => ("skipped", step, None),
        Event::Failed(step, failure) => ("failed", step, Some(self::failure(failure))),
    };
    let line = json!({"format": FORMAT, "event": what, "step": step.id, "address": step.target, "failure": failure});
    without_nulls(line)
}

fn failure(it: &Failure) -> Value {
    let error = match it {
        Failure::Refused { error, .. } => Some(error),
        _ => None,
    };
    without_nulls(json!({"message": it.to_string(), "error": error}))
}

fn without_nulls(mut tree: Value) -> Value {
    if let Value::Object(it) = &mut tree {
        it.retain(|_, it| !it.is_null());
    }
    tree
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
