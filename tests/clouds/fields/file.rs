//! Stack files as trees: edits, and which keys they touch.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A tree from YAML.
pub(super) fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|it| panic!("{text}: {it}"))
}

/// Lays `edit` over `file` as environments are laid over the rest: key by key, and null takes away.
pub(super) fn lay_over(file: &mut Value, edit: &Value) {
    let Value::Object(edit) = edit else {
        *file = edit.clone();
        return;
    };
    if !file.is_object() {
        *file = json!({});
    }
    let file = file.as_object_mut().unwrap();
    for (key, value) in edit {
        match value {
            Value::Null => drop(file.shift_remove(key)),
            value => lay_over(file.entry(key).or_insert(Value::Null), value),
        }
    }
}

/// The shallowest paths at which two files differ. What is the same place in two lists of maps has the same path, `[]`.
pub(super) fn differing(one: &Value, other: &Value) -> BTreeSet<Vec<String>> {
    let mut acc = BTreeSet::new();
    compare(&mut acc, &[], one, other);
    acc
}

fn compare(acc: &mut BTreeSet<Vec<String>>, path: &[String], one: &Value, other: &Value) {
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    match (one, other) {
        (one, other) if one == other => (),
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys()) {
                let get = |it: &Map<String, Value>| it.get(key).cloned().unwrap_or_default();
                compare(acc, &below(key), &get(one), &get(other));
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() && one.iter().all(Value::is_object) => {
            for (one, other) in one.iter().zip(other) {
                compare(acc, &below("[]"), one, other);
            }
        }
        _ => drop(acc.insert(path.to_vec())),
    }
}

/// Every key of a stack file, with `*` for names that are free, and the few values that it may have if they are few.
pub(super) fn keys(schema: &Value) -> Vec<(Vec<String>, Vec<Value>)> {
    let mut acc = Vec::new();
    walk(&mut acc, schema, schema, &[]);
    acc
}

fn walk(acc: &mut Vec<(Vec<String>, Vec<Value>)>, root: &Value, schema: &Value, path: &[String]) {
    let below = |name: &str| [path, &[name.to_owned()]].concat();
    for schema in alternatives(root, schema) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            acc.push((below(key), choices(root, value)));
            walk(acc, root, value, &below(key));
        }
        if schema["additionalProperties"].is_object() {
            acc.push((below("*"), Vec::new()));
            walk(acc, root, &schema["additionalProperties"], &below("*"));
        }
        if schema["items"].is_object() {
            walk(acc, root, &schema["items"], &below("[]"));
        }
    }
}

/// What a value may be, references followed.
fn alternatives<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let followed = schema["$ref"].as_str().map(|it| root.pointer(it.trim_start_matches('#')).unwrap());
    let any = ["anyOf", "oneOf"].into_iter().filter_map(|it| schema[it].as_array()).flatten();
    let deeper = followed.into_iter().chain(any).flat_map(|it| alternatives(root, it));
    std::iter::once(schema).chain(deeper).collect()
}

fn choices(root: &Value, schema: &Value) -> Vec<Value> {
    let of = |it: &Value| match (&it["const"], &it["enum"], it["type"].as_str()) {
        (_, Value::Array(all), _) => all.clone(),
        (_, _, Some("boolean")) => vec![json!(false), json!(true)],
        (Value::Null, ..) => Vec::new(),
        (one, ..) => vec![one.clone()],
    };
    alternatives(root, schema).into_iter().flat_map(of).collect()
}

/// Whether a path is of a key, or in its value.
pub(super) fn is_of(key: &[String], path: &[String]) -> bool {
    path.len() >= key.len() && key.iter().zip(path).all(|(key, it)| key == "*" || key == it)
}

/// All values at a key.
pub(super) fn values<'a>(file: &'a Value, key: &[String]) -> Vec<&'a Value> {
    let Some((first, rest)) = key.split_first() else { return vec![file] };
    let below: Vec<_> = match (first.as_str(), file) {
        ("*", Value::Object(map)) => map.values().collect(),
        ("[]", Value::Array(items)) => items.iter().collect(),
        (name, file) => file.get(name).into_iter().collect(),
    };
    below.into_iter().flat_map(|it| values(it, rest)).collect()
}
