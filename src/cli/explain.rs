//! `infractl explain`

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::{Common, Format, Stop, help};
use crate::{
    catalog::{KINDS, find, lifecycle::Kind},
    diagnostic::did_you_mean,
    resource::Facts,
    show::{
        json::FORMAT,
        out,
        style::{BOLD, DIM, paint},
    },
};

/// Arguments of `infractl explain`.
#[derive(Debug, Args)]
#[command(after_help = help::EXPLAIN)]
pub(super) struct Explain {
    /// A resource type, such as ec2.subnet
    kind: Option<String>,
}

pub(super) fn explain(common: &Common, args: &Explain) -> Result<u8, Stop> {
    let Some(name) = &args.kind else {
        let all: Vec<_> = KINDS.iter().map(|it| it.facts()).collect();
        let width = all.iter().map(|it| it.kind.len()).max().unwrap_or_default();
        match common.format {
            Format::Text => {
                let line = |it: &Facts| format!("{:<width$}  {}", it.kind, it.about);
                out(&all.iter().map(|it| line(it) + "\n").collect::<String>())?;
            }
            Format::Json => {
                let kinds: Vec<_> = all.iter().map(|it| json!({"kind": it.kind, "about": it.about})).collect();
                out(&format!("{:#}\n", json!({"format": FORMAT, "kinds": kinds})))?;
            }
        }
        return Ok(0);
    };
    // An address names its type as well.
    let name = name.split('/').next().unwrap_or_default();
    let Some(kind) = find(name) else {
        let near = did_you_mean(name, KINDS.iter().map(|it| it.facts().kind));
        let help = near.map_or_else(|| "`infractl explain` lists them".into(), |it| format!("did you mean `{it}`?"));
        return Err(Stop::Usage { why: format!("there is no resource type `{name}`"), help });
    };
    match common.format {
        Format::Text => out(&text(kind))?,
        Format::Json => out(&format!("{:#}\n", machine(kind)))?,
    }
    Ok(0)
}

fn text(kind: &dyn Kind) -> String {
    let facts = kind.facts();
    let mut acc = format!("{}: {}\n{}\n\n", paint(BOLD, facts.kind), facts.about, paint(DIM, facts.docs));
    let schema = kind.schema().to_value();
    let fields = schema.get("properties").and_then(Value::as_object);
    for (field, schema) in fields.into_iter().flatten() {
        let about = schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let note = if facts.replace_on.contains(&field.as_str()) { " A change replaces it." } else { "" };
        let _ = writeln!(acc, "  {}\n      {about}{}", paint(BOLD, field), paint(DIM, note));
    }
    let mut fact = |text: &str| {
        let _ = writeln!(acc, "{text}");
    };
    fact("");
    match (facts.always, facts.tagged) {
        (true, _) => fact("There is always one: what of it is named is set, and stays when it is not named any more."),
        (_, true) => fact("It is known to be ours by its tags."),
        (_, false) => fact("It has no tags: a mark on it, or the tags of what it belongs to, say that it is ours."),
    }
    if facts.holds_data {
        fact("It holds data: what deletes it is shown as a risk, and refused where the environment is protected.");
    }
    if let Some(what) = facts.interrupts {
        fact(&format!("When it is deleted or replaced, {what}."));
    }
    if !facts.waits.usual.is_zero() {
        fact(&format!("Making it usually takes about {} s.", facts.waits.usual.as_secs()));
    }
    acc
}

fn machine(kind: &dyn Kind) -> Value {
    let facts = kind.facts();
    json!({
        "format": FORMAT,
        "kind": facts.kind,
        "about": facts.about,
        "docs": facts.docs,
        "replace_on": facts.replace_on,
        "holds_data": facts.holds_data,
        "tagged": facts.tagged,
        "always": facts.always,
        "interrupts": facts.interrupts,
        "seconds": {
            "usual": facts.waits.usual.as_secs(),
            "create": facts.waits.create.as_secs(),
            "update": facts.waits.update.as_secs(),
            "delete": facts.waits.delete.as_secs(),
        },
        "schema": kind.schema(),
    })
}
