//! `infractl outputs`

use clap::Args;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{Common, Format, Stop, help, session::Session};
use crate::{
    diagnostic::did_you_mean,
    plan::Observed,
    resource::{
        graph::Graph,
        value::{OutRef, references, resolve},
    },
    show::{json::FORMAT, out},
};

/// Arguments of `infractl outputs`.
#[derive(Debug, Args)]
#[command(after_help = help::OUTPUTS)]
pub(super) struct OutputsArgs {
    /// Only this one, without its name
    name: Option<String>,
}

pub(super) async fn outputs(common: &Common, args: &OutputsArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let (observed, _) = session.observe().await?;
    let declared = &session.compiled.outputs;
    let values: IndexMap<_, _> =
        declared.iter().map(|(name, parts)| (name, value(&session.compiled.graph, &observed, parts))).collect();
    if let Some(name) = &args.name {
        let Some(value) = values.get(name) else {
            let near = did_you_mean(name, declared.keys().map(String::as_str));
            let help =
                near.map_or_else(|| "`infractl outputs` lists them".into(), |it| format!("did you mean `{it}`?"));
            return Err(Stop::Usage { why: format!("there is no output `{name}`"), help });
        };
        let Some(value) = value else {
            let why = format!("`{name}` is not known yet");
            return Err(Stop::Refused { why, help: "it is once `infractl apply` has been run".into() });
        };
        match common.format {
            Format::Text => out(&format!("{}\n", plain(value)))?,
            Format::Json => out(&format!("{value}\n"))?,
        }
        return Ok(0);
    }
    match common.format {
        Format::Text => {
            let width = values.keys().map(|it| it.len()).max().unwrap_or_default();
            let line = |(name, value): (&&String, &Option<Value>)| {
                format!("{name:<width$}  {}\n", value.as_ref().map_or_else(|| "not known yet".into(), plain))
            };
            out(&values.iter().map(line).collect::<String>())?;
        }
        Format::Json => {
            let outputs: Map<_, _> =
                values.into_iter().map(|(name, it)| (name.clone(), it.unwrap_or_default())).collect();
            out(&format!("{:#}\n", json!({"format": FORMAT, "outputs": outputs})))?;
        }
    }
    Ok(0)
}

/// `None` while a part of it is not known.
fn value(graph: &Graph, observed: &Observed, parts: &[Value]) -> Option<Value> {
    let known = |out: &OutRef| {
        let live = observed.ours.get(&out.from)?.out.get(&out.out)?;
        Some(live).filter(|it| !it.is_null()).cloned()
    };
    let known =
        |out: &OutRef| known(out).or_else(|| graph.foretold(out).filter(|_| observed.ours.contains_key(&out.from)));
    let parts: Vec<_> = parts.iter().map(|it| resolve(it, &known)).collect();
    if parts.iter().any(|it| !references(it).is_empty()) {
        return None;
    }
    match parts.as_slice() {
        [one] => Some(one.clone()),
        many => Some(Value::String(many.iter().map(plain).collect())),
    }
}

/// Lists with commas, as scripts take them apart.
fn plain(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Null => String::new(),
        Value::String(it) => it.clone(),
        other => other.to_string(),
    }
}
