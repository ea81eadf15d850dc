//! What a stack tells those who use it.

use indexmap::IndexMap;
use serde_json::Value;

use super::{ComponentOuts, Outputs};
use crate::spec::{Spec, model::Part};

pub(super) fn outputs(spec: &Spec, components: &IndexMap<&str, ComponentOuts>) -> Outputs {
    if spec.outputs.is_empty() {
        let all = components.iter().flat_map(|(component, outs)| {
            outs.iter().map(move |(path, value)| (format!("{component}.{path}"), vec![value.clone()]))
        });
        return all.collect();
    }
    let part = |it: &Part| match it {
        Part::Literal(text) => Value::String(text.clone()),
        // A path that no component has was refused when the file was checked; one that this network lacks is nothing.
        Part::Out(it) => {
            components.get(it.component.as_str()).and_then(|outs| outs.get(&it.within())).cloned().unwrap_or_default()
        }
    };
    spec.outputs.iter().map(|(name, text)| (name.to_string(), text.0.iter().map(part).collect())).collect()
}
