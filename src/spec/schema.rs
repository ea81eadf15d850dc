//! The JSON Schema of a whole stack file, for editors.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    load::NOT_OVERLAID,
    model::{Spec, Variable},
};

/// The JSON Schema of a stack file.
#[must_use]
pub fn schema() -> Schema {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let spec = Spec::json_schema(&mut generator);
    let variable = generator.subschema_for::<Variable>();
    let mut definitions = generator.take_definitions(true);
    let mut properties = spec.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    definitions.values_mut().chain(properties.values_mut()).for_each(tidy);

    let merged: Vec<String> =
        definitions.iter().filter(|(_, it)| is_merged(it)).map(|(name, _)| name.clone()).collect();
    let overlay = overlay(&properties, &merged);
    let listed = definitions.iter().filter(|(name, _)| merged.contains(name));
    let mut partial: Map<_, _> = listed.map(|(name, it)| (format!("{PARTIAL}{name}"), partial(it, &merged))).collect();
    let used = Value::from(partial.clone()).to_string() + &overlay.to_string();
    partial.retain(|name, _| used.contains(&format!("/{name}\"")));
    definitions.extend(partial);
    definitions.insert("Overlay".into(), overlay);
    properties.insert("variables".into(), variables(&variable));
    properties.insert("environments".into(), environments());
    definitions.values_mut().chain(properties.values_mut()).for_each(allow_references);
    file(properties, definitions)
}

fn file(properties: Map<String, Value>, definitions: Map<String, Value>) -> Schema {
    let mut file = Map::new();
    file.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    file.insert("title".into(), "An infractl stack".into());
    file.insert("type".into(), "object".into());
    file.insert("properties".into(), properties.into());
    file.insert("patternProperties".into(), json!({ "^x-": { "description": "Passed over: a place for anchors." } }));
    file.insert("required".into(), json!(["stack", "region"]));
    file.insert("additionalProperties".into(), false.into());
    file.insert("$defs".into(), definitions.into());
    file.into()
}

/// Makes sentences of wrapped lines, and takes back null, which the loader refuses: a setting is given or left out.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(object) => {
            if let Some(Value::String(it)) = object.get_mut("description") {
                *it = it.split("\n\n").map(|it| it.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|it| it != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    object.insert("type".into(), one);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|it| *it != json!({ "type": "null" }));
                if let [Value::Object(one)] = choices.as_slice() {
                    let one = one.clone();
                    object.shift_remove("anyOf");
                    for (key, it) in one {
                        object.entry(key).or_insert(it);
                    }
                }
            }
            object.retain(|key, it| !(key == "default" && it.is_null()));
            object.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// Whether what has this schema is merged key by key where one lies over another.
fn is_merged(schema: &Value) -> bool {
    let keyed = schema.get("properties").is_some() || schema.get("additionalProperties").is_some_and(Value::is_object);
    keyed || schema.get("anyOf").and_then(Value::as_array).is_some_and(|it| it.iter().any(is_merged))
}

fn variables(variable: &Schema) -> Value {
    json!({
        "description": "Values given from outside, with `--var NAME=…` or `INFRACTL_VAR_NAME`, and used as `${var.NAME}`. \
            Nothing after the name means text that has to be given.",
        "type": "object",
        "additionalProperties": { "anyOf": [variable, { "type": "null" }] },
    })
}

fn environments() -> Value {
    json!({
        "description": "What differs by environment, by the environment's name or a pattern such as `pr-*`. It is laid over the \
            rest of the file: maps are merged, everything else is replaced, and null takes a key away.",
        "type": "object",
        "additionalProperties": { "anyOf": [{ "$ref": "#/$defs/Overlay" }, { "type": "null" }] },
    })
}

/// What the definitions of overlaid parts are called.
const PARTIAL: &str = "Partial";

/// The properties that an environment can overlay.
fn overlay(properties: &Map<String, Value>, merged: &[String]) -> Value {
    let overlaid = properties.iter().filter(|(key, _)| !NOT_OVERLAID.contains(&key.as_str()));
    let overlaid: Map<String, Value> = overlaid.map(|(key, it)| (key.clone(), it.clone())).collect();
    let all = json!({
        "description": "What differs in an environment.",
        "type": "object",
        "properties": overlaid,
        "additionalProperties": false,
    });
    partial(&all, merged)
}

/// The schema of what is laid over something with `schema`: nothing is required, and null takes a key away. Lists are
/// replaced as a whole, so what is in them stays as it is; and so does what is not among the `merged`.
fn partial(schema: &Value, merged: &[String]) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let or_null = |it: &Value| {
        let mut it = partial(it, merged);
        let description = it.as_object_mut().and_then(|it| it.shift_remove("description"));
        let mut both = json!({ "anyOf": [it, { "type": "null" }] });
        if let (Some(description), Some(both)) = (description, both.as_object_mut()) {
            both.insert("description".into(), description);
        }
        both
    };
    let part = |(key, it): (&String, &Value)| {
        let it = match (key.as_str(), it) {
            ("$ref", Value::String(it)) => {
                match it.strip_prefix("#/$defs/").filter(|it| merged.iter().any(|name| name == it)) {
                    Some(name) => format!("#/$defs/{PARTIAL}{name}").into(),
                    None => it.as_str().into(),
                }
            }
            ("properties" | "patternProperties", Value::Object(items)) => {
                items.iter().map(|(key, it)| (key.clone(), or_null(it))).collect()
            }
            ("additionalProperties", Value::Object(_)) => or_null(it),
            ("anyOf", Value::Array(items)) => items.iter().map(|it| partial(it, merged)).collect(),
            _ => it.clone(),
        };
        (key.clone(), it)
    };
    object.iter().filter(|(key, _)| !matches!(key.as_str(), "required" | "default")).map(part).collect()
}

/// Lets `${…}` stand for every value that is not any text anyway.
fn allow_references(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    for key in ["properties", "$defs"] {
        object
            .get_mut(key)
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
            .for_each(|(_, it)| allow_references(it));
    }
    for key in ["items", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(allow_references);
    }
    for key in ["anyOf", "oneOf"] {
        object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(allow_references);
    }
    let strict = object.contains_key("pattern")
        || object.contains_key("enum")
        || object.contains_key("oneOf")
        || matches!(object.get("type").and_then(Value::as_str), Some("integer" | "number" | "boolean"));
    if !strict {
        return;
    }
    let mut plain = std::mem::take(object);
    for key in ["description", "default"] {
        object.extend(plain.shift_remove_entry(key));
    }
    object.insert("anyOf".into(), json!([plain, { "type": "string", "pattern": r"\$\{" }]));
}
