//! What both pages say in the same way.

use serde_json::{Value, json};

/// The members of `value`, none if it is no map.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The items of `value`, none if it is no list.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The definition that a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// The ways to write what has this schema; null and a reference in place of a value are left out.
pub(super) fn choices(schema: &Value) -> Vec<&Value> {
    let Some(all) = schema["anyOf"].as_array() else { return vec![schema] };
    let passed_over = [json!({ "type": "null" }), json!({ "type": "string", "pattern": r"\$\{" })];
    all.iter().filter(|it| !passed_over.contains(it)).flat_map(choices).collect()
}

/// A name as words: `EndpointName` is `endpoint name`, and `AclPeer` is `ACL peer`.
pub(super) fn spaced(name: &str) -> String {
    let mut words = String::new();
    for it in name.chars() {
        if it.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(it.to_lowercase());
    }
    let abbreviated = |it: &str| if ["acl", "cidr", "nat"].contains(&it) { it.to_uppercase() } else { it.to_owned() };
    words.split(' ').map(abbreviated).collect::<Vec<_>>().join(" ")
}

/// `first, second or third`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A list, an item a line.
pub(super) fn bullets(items: impl Iterator<Item = String>) -> String {
    items.map(|it| format!("- {it}") + "\n").collect()
}

/// Where a heading can be linked to, as GitHub has it.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it.to_ascii_lowercase() }).collect()
}

/// A description without what it says of the default, and that.
pub(super) fn without_default(description: &str) -> (&str, Option<&str>) {
    match description.split_once("Default: ") {
        Some((about, default)) => (about.trim_end(), Some(default.trim_end().trim_end_matches('.'))),
        None => (description, None),
    }
}

/// Text with its first letter large.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
