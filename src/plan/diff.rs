//! Field by field, what differs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{
    Facts,
    tags::{TagRules, Tags},
};

/// Starts the path of a change to a tag.
const TAGS: &str = "tags";

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, with dots into what it holds.
    pub path: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Value>,
    /// What it should be: a reference when only the run will tell, nothing when it should not be there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Value>,
}

impl FieldChange {
    /// The resource's own field that this is in.
    #[must_use]
    pub fn field(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }

    /// The key of the tag that this is about.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.path.strip_prefix(TAGS)?.strip_prefix('.')
    }
}

/// The settings of a resource that differ; those that say only how it is made do not count.
#[must_use]
pub fn diff_settings(facts: &Facts, want: &Value, live: &Value) -> Vec<FieldChange> {
    let mut acc = diff(want, live);
    for field in facts.whole {
        let both = want.get(field).zip(live.get(field));
        for (want, live) in both {
            surplus(&mut acc, field, want, live);
        }
    }
    acc.retain(|it| !facts.at_creation.contains(&it.field()));
    acc
}

/// The parts of `want` that are otherwise in `live`; what `want` leaves out is not compared.
#[must_use]
pub fn diff(want: &Value, live: &Value) -> Vec<FieldChange> {
    let mut acc = Vec::new();
    go(&mut acc, "", want, live);
    acc
}

fn go(acc: &mut Vec<FieldChange>, path: &str, want: &Value, live: &Value) {
    match (want, live) {
        (Value::Object(want), Value::Object(live)) if !want.contains_key("$out") => {
            for (key, want) in want {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                go(acc, &path, want, live.get(key).unwrap_or(&Value::Null));
            }
        }
        (want, live) if want == live => (),
        (want, live) => acc.push(FieldChange {
            path: path.to_owned(),
            from: (!live.is_null()).then(|| live.clone()),
            to: Some(want.clone()),
        }),
    }
}

/// What `live` has and `want` has not.
fn surplus(acc: &mut Vec<FieldChange>, path: &str, want: &Value, live: &Value) {
    let (Value::Object(want), Value::Object(live)) = (want, live) else { return };
    for (key, live) in live {
        let path = format!("{path}.{key}");
        match want.get(key) {
            Some(want) => surplus(acc, &path, want, live),
            None => acc.push(FieldChange { path, from: Some(live.clone()), to: None }),
        }
    }
}

/// The tags that differ; those that `rules` leave to others are not compared.
#[must_use]
pub fn diff_tags(rules: &TagRules, want: &Tags, live: &Tags) -> Vec<FieldChange> {
    let text = |it: Option<&String>| it.map(|it| Value::String(it.clone()));
    let change = |key: &String| FieldChange {
        path: format!("{TAGS}.{key}"),
        from: text(live.get(key)),
        to: text(want.get(key)),
    };
    let set = want.iter().filter(|(key, value)| live.get(*key) != Some(value)).map(|(key, _)| change(key));
    let unset = live.keys().filter(|key| !want.contains_key(*key) && rules.covers(key)).map(change);
    set.chain(unset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_out_is_not_ours() {
        assert_eq!(diff(&json!({"a": 1}), &json!({"a": 1, "b": 2})), []);
    }

    #[test]
    fn of_what_is_whole_nothing_else_may_be_there() {
        let (want, live) = (json!({"x": {"b": 1}}), json!({"x": {"b": 2, "c": 2}, "y": 3}));
        let mut acc = Vec::new();
        surplus(&mut acc, "a", &want, &live);
        let changes: Vec<_> = acc.into_iter().map(|it| (it.path, it.to)).collect();
        assert_eq!(changes, [("a.x.c".to_owned(), None), ("a.y".to_owned(), None)]);
    }

    #[test]
    fn nested_fields_are_named_by_their_path() {
        let changes = diff(&json!({"a": {"b": 1, "c": 2}}), &json!({"a": {"b": 1, "c": 3}}));
        assert_eq!(changes, [FieldChange { path: "a.c".into(), from: Some(json!(3)), to: Some(json!(2)) }]);
    }

    #[test]
    fn a_reference_differs_from_whatever_is_there() {
        let reference = json!({"$from": "some.kind/main", "$out": "id"});
        let changes = diff(&json!({"vpc": reference}), &json!({"vpc": "vpc-1"}));
        assert_eq!(changes, [FieldChange { path: "vpc".into(), from: Some(json!("vpc-1")), to: Some(reference) }]);
    }

    #[test]
    fn tags_of_others_are_left_alone_and_ours_removed() {
        let tags = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect::<Tags>();
        let rules = TagRules { common: Tags::new(), ignore: vec!["kubernetes.io/".into()] };
        let live = tags(&[("aws:x", "1"), ("kubernetes.io/x", "1"), ("team", "web"), ("old", "1")]);
        let changes = diff_tags(&rules, &tags(&[("team", "api"), ("new", "1")]), &live);
        let paths: Vec<_> = changes.iter().map(|it| it.tag().unwrap()).collect();
        assert_eq!(paths, ["new", "team", "old"]);
    }
}
