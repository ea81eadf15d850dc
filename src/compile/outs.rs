//! What components give, for those that refer to it.

use indexmap::IndexMap;
use serde_json::Value;

use crate::spec::model::OutPath;

/// What one component gives, by the path inside of it, such as `vpc_id` or `main.host`.
pub(super) type ComponentOuts = IndexMap<String, Value>;

/// What the components give that are compiled already, by the path that is written, such as `network.vpc_id`. A value is a
/// tree in which references to resources may stand.
#[derive(Debug, Default)]
pub(super) struct Outs(IndexMap<String, Value>);

impl Outs {
    /// Adds what `component` gives.
    pub(super) fn add(&mut self, component: &str, outs: ComponentOuts) {
        self.0.extend(outs.into_iter().map(|(path, value)| (format!("{component}.{path}"), value)));
    }

    /// Adds one output of `component`, such as `databases.main`.
    pub(super) fn give(&mut self, component: &str, output: &str, value: Value) {
        self.0.insert(format!("{component}.{output}"), value);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    pub(super) fn get(&self, out: &OutPath) -> Option<&Value> {
        self.0.get(&out.to_string())
    }
}
