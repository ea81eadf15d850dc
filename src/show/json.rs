//! The same for machines. `format` counts up when something that was there changes its meaning or goes.

use serde_json::{Map, Value, json};

use super::{
    view::{Effort, Row, View, counts},
    words,
};
use crate::{
    diagnostic::Diagnostic,
    hooks::{Told, Untold},
    plan::{Conflict, Plan},
    run::{Event, Failure, Outcome},
    spec::{Located, Problems},
};

/// The version of all that is here.
pub const FORMAT: u32 = 1;

/// A plan: `resources` for those who show it, `steps` for those who want to know all.
#[must_use]
pub fn plan(view: &View<'_>) -> Value {
    let Plan { scope, place, steps, conflicts } = view.plan;
    let rows = view.rows(usize::MAX);
    let counts: Map<_, _> = counts(&rows).into_iter().map(|(verb, n)| (verb.name().to_owned(), n.into())).collect();
    let resources = rows.iter().map(|it| {
        let Row { address, component, verb, note, details } = it;
        json!({"address": address, "action": verb.name(), "component": component, "note": note, "details": details})
    });
    let risks = view.risks().into_iter();
    let risks = risks.map(|(risk, of)| json!({"risk": risk, "message": words::risk(risk), "resources": of}));
    let notes = view.notes().into_iter().map(|(of, message)| json!({"resource": of, "message": message}));
    let Effort { counts: calls, took } = view.effort;
    let cost = view.cost();
    json!({
        "format": FORMAT,
        "scope": scope,
        "place": place,
        "targets": view.targets.0,
        "counts": counts,
        "resources": resources.collect::<Vec<_>>(),
        "risks": risks.collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
        "refused": view.refused(),
        "cost": {"currency": "USD", "before": cents(cost.before), "after": cents(cost.after), "unknown": cost.unknown},
        "conflicts": self::conflicts(conflicts),
        "steps": steps,
        "effort": {"calls": calls.calls, "deep": calls.deepest, "seconds": took.as_secs_f64()},
    })
}

/// Whole cents.
fn cents(it: f64) -> f64 {
    (it * 100.0).round() / 100.0
}

/// What is in a plan's way.
#[must_use]
pub fn conflicts(them: &[Conflict]) -> Value {
    let one = |it: &Conflict| {
        let (message, help) = words::conflict(it);
        json!({"conflict": it, "message": message, "help": help})
    };
    them.iter().map(one).collect()
}

/// Why a command ended early, with what is behind it.
#[must_use]
pub fn stop(message: &str, help: Option<&str>, details: Option<(&str, Value)>) -> Value {
    let mut acc = json!({"format": FORMAT, "error": message, "help": help});
    if let (Some((key, value)), Some(acc)) = (details, acc.as_object_mut()) {
        acc.insert(key.to_owned(), value);
    }
    without_nulls(acc)
}

/// Problems of a file.
#[must_use]
pub fn problems(it: &Problems) -> Value {
    let one = |located: &Located| {
        let Diagnostic { severity, id, path, message, help } = &located.diagnostic;
        let place = located.place.as_ref();
        json!({
            "severity": severity,
            "id": id,
            "message": message,
            "help": help,
            "path": path,
            "file": it.source.name,
            "line": place.map(|it| it.line),
            "column": place.map(|it| it.column),
            "bytes": place.map(|it| &it.bytes),
        })
    };
    it.items.iter().map(one).collect()
}

/// Something that happened, on one line.
#[must_use]
pub fn event(event: &Event<'_>) -> Value {
    let (what, step, took, failure) = match event {
        Event::Started(step) => ("started", step, None, None),
        Event::Said(step, _) => ("said", step, None, None),
        Event::Finished(step, took) => ("finished", step, Some(took.as_secs_f64()), None),
        Event::Waiting(step, failure) => ("waiting", step, None, Some(self::failure(failure))),
        Event::Skipped(step) => ("skipped", step, None, None),
        Event::Failed(step, failure) => ("failed", step, None, Some(self::failure(failure))),
    };
    let lines = if let Event::Said(_, lines) = event { Some(lines) } else { None };
    let line = json!({
        "format": FORMAT,
        "event": what,
        "step": step.id,
        "address": step.target,
        "seconds": took,
        "failure": failure,
        "lines": lines,
    });
    without_nulls(line)
}

/// What became of a hook, on one line.
#[must_use]
pub fn told(told: &Told<'_>) -> Value {
    let Told { release, receiver, said } = told;
    let failure = |it: &Untold| {
        let error = match it {
            Untold::Refused(error) | Untold::Denied { error, .. } => Some(error),
            _ => None,
        };
        without_nulls(json!({"message": it.to_string(), "error": error}))
    };
    let line = json!({
        "format": FORMAT,
        "event": if said.is_ok() { "told" } else { "untold" },
        "address": release.address,
        "hook": receiver.as_str(),
        "version": release.version(),
        "failure": said.as_ref().err().map(failure),
    });
    without_nulls(line)
}

fn failure(it: &Failure) -> Value {
    let (error, by) = match it {
        Failure::Refused { error, .. } => (Some(error), None),
        Failure::Blocked { error, by, .. } => (Some(error), Some(by)),
        _ => (None, None),
    };
    without_nulls(json!({"message": it.to_string(), "error": error, "blockers": by}))
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
