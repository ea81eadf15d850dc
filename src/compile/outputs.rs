//! What a stack tells those who use it.

use serde_json::Value;

use super::{Outputs, outs::Outs};
use crate::spec::{
    Spec,
    model::{Part, is_secret},
};

pub(super) fn outputs(spec: &Spec, outs: &Outs) -> Outputs {
    if spec.outputs.is_empty() {
        return outs
            .iter()
            .filter(|(path, _)| !is_secret(path))
            .map(|(path, value)| (path.clone(), vec![value.clone()]))
            .collect();
    }
    let part = |it: &Part| match it {
        Part::Literal(text) => Value::String(text.clone()),
        // What is not there was refused when the file was checked.
        Part::Out(it) => outs.get(it).cloned().unwrap_or_default(),
    };
    spec.outputs.iter().map(|(name, text)| (name.to_string(), text.0.iter().map(part).collect())).collect()
}
