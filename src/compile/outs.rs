//! What components give, for those that refer to it.

use std::{cell::RefCell, collections::BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    resource::value::In,
    spec::{
        Spec,
        model::{OutPath, Part, Text},
    },
};

/// What one component gives, by the path inside of it, such as `vpc_id` or `main.host`.
pub(super) type ComponentOuts = IndexMap<String, Value>;

/// What the components give that are compiled already, by the path that is written, such as `network.vpc_id`. A value is a
/// tree in which references to resources may stand.
#[derive(Debug, Default)]
pub(super) struct Outs {
    values: IndexMap<String, Value>,
    missed: RefCell<BTreeSet<OutPath>>,
}

impl Outs {
    /// Adds what `component` gives.
    pub(super) fn add(&mut self, component: &str, outs: ComponentOuts) {
        self.values.extend(outs.into_iter().map(|(path, value)| (format!("{component}.{path}"), value)));
    }

    /// Adds one output of `component`, such as `databases.main`; an empty one is what the component alone stands for.
    pub(super) fn give(&mut self, component: &str, output: &str, value: Value) {
        self.values.insert(format!("{component}.{output}").trim_end_matches('.').to_owned(), value);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.values.iter()
    }

    /// The text at `path`, such as `load_balancer.zone_id`, if it is given by now.
    pub(super) fn value(&self, path: &str) -> Option<In<String>> {
        self.values.get(path).map(written)
    }

    pub(super) fn get(&self, out: &OutPath) -> Option<&Value> {
        self.values.get(&out.to_string())
    }

    /// A text of the file, of which parts may be known only when the resources are there. Lists are written with commas.
    pub(super) fn text(&self, text: &Text) -> In<String> {
        In::join(text.0.iter().map(|it| match it {
            Part::Literal(it) => In::Known(it.clone()),
            Part::Out(out) => self.get(out).map_or_else(|| self.miss(out), written),
        }))
    }

    /// Notes what is asked for before it is given, so that no text is made without it.
    fn miss(&self, out: &OutPath) -> In<String> {
        self.missed.borrow_mut().insert(out.clone());
        In::Known(String::new())
    }

    /// A problem for each reference to what was asked for before it was given: two components that need each other.
    pub(super) fn missed(&self, spec: &Spec) -> Vec<Diagnostic> {
        let missed = self.missed.borrow();
        let wrong = spec.references.iter().filter(|it| missed.contains(&it.to) && !it.at.starts_with("outputs."));
        wrong
            .map(|it| {
                let message = format!("`{}` cannot be used here", it.to);
                Diagnostic::error("ref/too-late", &it.at, message)
                    .help("it is made after what stands here, or builds on it; take one of the two references out")
            })
            .collect()
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
            ComponentOuts::from([
                ("cidr".into(), json!("10.0.0.0/16")),
                ("port".into(), json!(443)),
                ("nat_ips".into(), json!([id("a"), id("b")])),
            ]),
        );
        let out = |output: &str| {
            Part::Out(OutPath { component: "network".into(), name: None, output: output.into(), secret: false })
        };
        let text = |parts: &[Part]| json!(outs.text(&Text(parts.to_vec())));
        let x = Part::Literal("x".into());
        assert_eq!(text(&[]), json!(""));
        assert_eq!(text(&[x.clone(), out("cidr"), x.clone()]), json!("x10.0.0.0/16x"));
        assert_eq!(text(&[x.clone(), out("nat_ips")]), json!({ "$join": ["x", id("a"), ",", id("b")] }));
        assert_eq!(text(&[x, out("port")]), json!("x443"));
        assert!(outs.missed.borrow().is_empty());
        text(&[out("vpc_id")]);
        assert_eq!(outs.missed.borrow().iter().map(ToString::to_string).collect::<Vec<_>>(), ["network.vpc_id"]);
    }
}
