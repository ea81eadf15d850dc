//! Settings in a few words.

use serde_json::{Map, Value};

use crate::{plan::diff::FieldChange, resource::value::as_reference};

/// A value on one line: what is true by its name, what another resource will tell by that resource's.
#[must_use]
pub fn brief(value: &Value) -> String {
    if let Some(out) = as_reference(value) {
        return format!("({} of {})", out.out, out.from);
    }
    match value {
        Value::Null => "none".into(),
        Value::String(it) => it.clone(),
        Value::Array(items) if items.is_empty() => "none".into(),
        Value::Array(items) => items.iter().map(brief).collect::<Vec<_>>().join(", "),
        Value::Object(map) => fields(map).join(" "),
        other => other.to_string(),
    }
}

fn fields(map: &Map<String, Value>) -> Vec<String> {
    let word = |(key, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::Bool(true) => Some(key.clone()),
        Value::Bool(false) => Some(format!("no {key}")),
        Value::Object(_) if as_reference(value).is_none() => Some(format!("{key} ({})", brief(value))),
        value => Some(format!("{key} {}", brief(value))),
    };
    map.iter().filter_map(word).collect()
}

/// The settings of something new that tell it from others of its kind: what it refers to is left out.
#[must_use]
pub fn summary(want: &Value) -> String {
    let Some(map) = want.as_object() else { return brief(want) };
    let plain = |it: &Value| !it.is_object() && !it.is_null() && !it.as_array().is_some_and(Vec::is_empty);
    let own = map.iter().filter(|(_, it)| plain(it) && !refers(it)).map(|(key, it)| (key.clone(), it.clone()));
    shorten(&fields(&own.collect()).join(", "), 100)
}

fn refers(value: &Value) -> bool {
    as_reference(value).is_some() || value.as_array().is_some_and(|it| it.iter().all(|it| as_reference(it).is_some()))
}

/// At most `width` characters of `text`.
#[must_use]
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A change on one line, or one a part for what has parts.
#[must_use]
pub fn change(change: &FieldChange) -> Vec<String> {
    let path = &change.path;
    let empty = Vec::new();
    let parts = |it: &Option<Value>| match it {
        Some(Value::Array(items)) => Some(items.clone()),
        _ => None,
    };
    if let (from, Some(to)) = (parts(&change.from).unwrap_or(empty), parts(&change.to)) {
        let gone = from.iter().filter(|it| !to.contains(it)).map(|it| format!("{path}: - {}", brief(it)));
        let come = to.iter().filter(|it| !from.contains(it)).map(|it| format!("{path}: + {}", brief(it)));
        return gone.chain(come).collect();
    }
    let side = |it: &Option<Value>| it.as_ref().map_or_else(|| "none".to_owned(), brief);
    vec![format!("{path}: {} → {}", side(&change.from), side(&change.to))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_named_by_what_they_refer_to() {
        assert_eq!(brief(&json!({"$from": "ec2.vpc/main", "$out": "id"})), "(id of ec2.vpc/main)");
        assert_eq!(brief(&json!({"group": {"$from": "ec2.vpc/main", "$out": "id"}})), "group (id of ec2.vpc/main)");
    }

    #[test]
    fn sets_change_part_by_part() {
        let it = FieldChange { path: "routes".into(), from: Some(json!(["a", "b"])), to: Some(json!(["b", "c"])) };
        assert_eq!(change(&it), ["routes: - a", "routes: + c"]);
    }

    #[test]
    fn a_summary_leaves_out_references() {
        let want = json!({"vpc": {"$from": "ec2.vpc/main", "$out": "id"}, "cidr": "10.0.0.0/24", "public_ips": false});
        assert_eq!(summary(&want), "cidr 10.0.0.0/24, no public_ips");
    }
}
