//! What components give, for those that refer to it.

use indexmap::IndexMap;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    resource::value::In,
    spec::model::{OutPath, Part, Text},
};

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

    /// The text of the setting at `path`, of which parts may be known only when the resources are there. Lists are written
    /// with commas.
    ///
    /// # Errors
    /// What it refers to is made later than this.
    #[allow(dead_code, reason = "no component takes such text yet")]
    pub(super) fn text(&self, text: &Text, path: &str) -> Result<In<String>, Diagnostic> {
        let part = |it: &Part| match it {
            Part::Literal(it) => Ok(In::Known(it.clone())),
            Part::Out(out) => self.get(out).map(written).ok_or_else(|| {
                let message = format!("`{out}` cannot be used here");
                Diagnostic::error("ref/too-late", path, message)
                    .help("it is made after this, or builds on it; take the reference out, and apply without it")
            }),
        };
        text.0.iter().map(part).collect::<Result<Vec<_>, _>>().map(In::join)
    }
}

/// What a component gives, as text.
fn written(value: &Value) -> In<String> {
    match value {
        Value::Array(items) => {
            let comma = |at: usize| (at > 0).then(|| In::from(","));
            In::join(items.iter().enumerate().flat_map(|(at, it)| comma(at).into_iter().chain([written(it)])))
        }
        Value::Null => In::Known(String::new()),
        it => serde_json::from_value(it.clone()).unwrap_or_else(|_| In::Known(it.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_put_together_as_far_as_they_are_known() {
        let id = |name: &str| json!({ "$from": format!("ec2.eip/{name}"), "$out": "public_ip" });
        let mut outs = Outs::default();
        outs.add(
            "network",
            ComponentOuts::from([("cidr".into(), json!("10.0.0.0/16")), ("nat_ips".into(), json!([id("a"), id("b")]))]),
        );
        let out = |output: &str| {
            Part::Out(OutPath { component: "network".into(), name: None, output: output.into(), secret: false })
        };
        let text = |parts: &[Part]| outs.text(&Text(parts.to_vec()), "outputs.a").map(|it| json!(it));
        let x = Part::Literal("x".into());
        assert_eq!(text(&[]), Ok(json!("")));
        assert_eq!(text(&[x.clone(), out("cidr"), x.clone()]), Ok(json!("x10.0.0.0/16x")));
        assert_eq!(text(&[x.clone(), out("nat_ips")]), Ok(json!({ "$join": ["x", id("a"), ",", id("b")] })));
        assert_eq!(text(&[out("vpc_id")]).unwrap_err().path, "outputs.a");
    }
}
