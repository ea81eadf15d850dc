//! What a rule does its action with, as Cloudflare has it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

/// What a rule's action, or its rate limit, is to be like. Two that Cloudflare takes for the same are equal, for it gives back
/// more than it was given: it is kept in one canonical form. References to outputs may stand wherever a text may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Parameters(Value);

/// What is said by itself where nobody says anything
/// (<https://developers.cloudflare.com/api/resources/rulesets/methods/get/>).
const USUAL: [(&str, Value); 6] = [
    ("preserve_query_string", Value::Bool(false)),
    ("requests_to_origin", Value::Bool(false)),
    ("cache_deception_armor", Value::Bool(false)),
    ("cache_by_device_type", Value::Bool(false)),
    ("ignore_query_strings_order", Value::Bool(false)),
    ("resolved", Value::Bool(false)),
];
/// Lists whose order says nothing.
const SETS: [&str; 6] = ["characteristics", "phases", "products", "rulesets", "categories", "algorithms"];

impl Parameters {
    /// What `tree` says.
    #[must_use]
    pub fn new(tree: Value) -> Self {
        Self(normal("", tree))
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_null() || self.0.as_object().is_some_and(Map::is_empty)
    }

    /// As Cloudflare takes it.
    #[must_use]
    pub fn tree(&self) -> &Value {
        &self.0
    }
}

fn normal(key: &str, tree: Value) -> Value {
    match tree {
        Value::Object(map) if key == "headers" => {
            // Names of headers are the same in any case.
            Value::Object(map.into_iter().map(|(name, it)| (name.to_lowercase(), normal(&name, it))).collect())
        }
        Value::Object(map) => {
            let all = map.into_iter().map(|(key, it)| (normal(&key, it), key)).map(|(it, key)| (key, it));
            Value::Object(all.filter(|(key, it)| says_something(key, it)).collect())
        }
        // What stands in the query is given back in a shorter way than it is taken.
        Value::Array(items) if key == "include" || key == "exclude" => match items.as_slice() {
            [Value::String(all)] if all == "*" => json!({"all": true}),
            _ => json!({"list": items}),
        },
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(|it| normal("", it)).collect();
            if SETS.contains(&key) {
                items.sort_by_key(Value::to_string);
            }
            items.into()
        }
        leaf => leaf,
    }
}

fn says_something(key: &str, value: &Value) -> bool {
    let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    let latest = key == "version" && value == "latest";
    !empty && !latest && !USUAL.iter().any(|(name, usual)| *name == key && usual == value)
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::new)
    }
}

impl JsonSchema for Parameters {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Parameters".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_adds_is_no_difference() {
        for (ours, theirs) in [
            (
                json!({"from_value": {"target_url": {"value": "https://a.de"}, "status_code": 302}}),
                json!({"from_value": {"target_url": {"value": "https://a.de"}, "status_code": 302, "preserve_query_string": false}}),
            ),
            (json!({"id": "x"}), json!({"id": "x", "version": "latest", "overrides": {}})),
            (
                json!({"cache_key": {"custom_key": {"query_string": {"exclude": {"all": true}}}}}),
                json!({"cache_key": {"custom_key": {"query_string": {"exclude": ["*"]}}, "cache_deception_armor": false}}),
            ),
            (
                json!({"query_string": {"include": {"list": ["a", "b"]}}}),
                json!({"query_string": {"include": ["a", "b"]}}),
            ),
            (
                json!({"characteristics": ["ip.src", "cf.colo.id"]}),
                json!({"characteristics": ["cf.colo.id", "ip.src"]}),
            ),
            (
                json!({"headers": {"X-A": {"operation": "remove"}}}),
                json!({"headers": {"x-a": {"operation": "remove"}}}),
            ),
            (json!({}), json!({"response": null})),
        ] {
            assert_eq!(Parameters::new(ours), Parameters::new(theirs));
        }
    }

    #[test]
    fn what_somebody_says_is_one() {
        for (ours, theirs) in [
            (json!({"cache": true}), json!({"cache": false})),
            (json!({}), json!({"cache": false})),
            (json!({"id": "x"}), json!({"id": "x", "version": "5"})),
            (json!({}), json!({"overrides": {"enabled": false}})),
            (json!({"status_code_ttl": [1, 2]}), json!({"status_code_ttl": [2, 1]})),
        ] {
            assert_ne!(Parameters::new(ours), Parameters::new(theirs));
        }
    }

    #[test]
    fn references_stay_as_they_are() {
        let tree = json!({"host_header": {"$from": "s3.bucket/media", "$out": "domain"}});
        assert_eq!(Parameters::new(tree.clone()).tree(), &tree);
    }
}
