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
    let overlay = overlay(&properties);
    properties.insert("variables".into(), variables(&variable));
    properties.insert("environments".into(), environments());
    let partial: Vec<_> = definitions.iter().map(|(name, it)| (format!("{PARTIAL}{name}"), partial(it))).collect();
    definitions.extend(partial);
    definitions.insert("Overlay".into(), overlay);
    definitions.values_mut().for_each(allow_references);
    properties.values_mut().for_each(allow_references);
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
fn overlay(properties: &Map<String, Value>) -> Value {
    let overlaid = properties.iter().filter(|(key, _)| !NOT_OVERLAID.contains(&key.as_str()));
    let overlaid: Map<String, Value> = overlaid.map(|(key, it)| (key.clone(), it.clone())).collect();
    partial(&json!({
        "description": "What differs in an environment.",
        "type": "object",
        "properties": overlaid,
        "additionalProperties": false,
    }))
}

/// The schema of what is laid over something with `schema`: nothing is required, and null takes a key away. Lists are
/// replaced as a whole, so what is in them stays as it is.
fn partial(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let or_null = |it: &Value| json!({ "anyOf": [partial(it), { "type": "null" }] });
    let part = |(key, it): (&String, &Value)| {
        let it = match (key.as_str(), it) {
            ("$ref", Value::String(it)) => it.replace("#/$defs/", &format!("#/$defs/{PARTIAL}")).into(),
            ("properties" | "patternProperties", Value::Object(items)) => {
                items.iter().map(|(key, it)| (key.clone(), or_null(it))).collect()
            }
            ("additionalProperties", Value::Object(_)) => or_null(it),
            ("anyOf", Value::Array(items)) => items.iter().map(partial).collect(),
            _ => it.clone(),
        };
        (key.clone(), it)
    };
    object.iter().filter(|(key, _)| *key != "required").map(part).collect()
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
