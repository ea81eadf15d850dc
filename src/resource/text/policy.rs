//! JSON policies, as IAM and the resources that have policies of their own use them.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value};

use crate::resource::value::{as_parts, as_reference};

/// The language that a policy is in which does not say so
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>).
const OLDEST: &str = "2008-10-17";
/// The order in which people write a statement.
const ORDER: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// A JSON policy. Two that AWS takes for the same are equal: providers give back other words than they were given.
///
/// It is kept in one canonical form, so equal policies are equal as trees too: a list of one is its element, lists are
/// sorted and name nothing twice, an account's root is the account's number, values are texts. References to outputs may
/// stand wherever a text may.
///
/// Only the names of actions keep the case that they are written in, though IAM
/// [ignores it](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html): no service
/// changes it, people read it, and emulators of AWS refuse another.
#[derive(Clone, Debug)]
pub struct PolicyDocument(Value);

impl PartialEq for PolicyDocument {
    fn eq(&self, other: &Self) -> bool {
        caseless(&self.0) == caseless(&other.0)
    }
}

impl Eq for PolicyDocument {}

impl PolicyDocument {
    /// The policy that `document` is.
    #[must_use]
    pub fn new(document: Value) -> Self {
        Self(match document {
            Value::Object(map) => policy(map),
            other => other,
        })
    }

    /// # Errors
    /// A sentence on why `text` is no policy.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let document: Map<_, _> = match text.trim() {
            "" => Map::new(),
            text => serde_json::from_str(text).map_err(|it| format!("it is no JSON object: {it}"))?,
        };
        Ok(Self::new(document.into()))
    }

    /// What its statements allow to everyone without a condition.
    #[must_use]
    pub fn public_actions(&self) -> Vec<&str> {
        let everyone = |it: &Value| it == "*" || it.get("AWS").is_some_and(|it| it == "*");
        let statements = self.0.get("Statement").and_then(Value::as_array).into_iter().flatten();
        let open = statements.filter(|it| {
            it.get("Effect").is_some_and(|it| it == "Allow")
                && it.get("Principal").is_some_and(everyone)
                && it.get("Condition").is_none()
        });
        let actions = open.filter_map(|it| it.get("Action")).flat_map(|it| match it {
            Value::Array(many) => many.iter().collect(),
            one => vec![one],
        });
        actions.filter_map(Value::as_str).collect()
    }

    /// As providers take it.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }
}

fn policy(mut map: Map<String, Value>) -> Value {
    let version = map.shift_remove("Version").unwrap_or_else(|| OLDEST.into());
    let mut statements: Vec<_> = list(map.shift_remove("Statement").unwrap_or_default())
        .into_iter()
        .map(|it| match it {
            Value::Object(map) => statement(map),
            other => other,
        })
        .collect();
    sort(&mut statements);
    let mut acc = Map::from_iter([("Version".to_owned(), version)]);
    acc.extend(sorted(map));
    acc.insert("Statement".into(), statements.into());
    acc.into()
}

fn statement(mut map: Map<String, Value>) -> Value {
    let mut acc = Map::new();
    for key in ORDER {
        let Some(value) = map.shift_remove(key) else { continue };
        let value = match key {
            "Action" | "NotAction" => words(value, &action),
            "Principal" | "NotPrincipal" => principals(value),
            "Condition" => conditions(value),
            "Resource" | "NotResource" => words(value, &|it| it),
            _ => value,
        };
        let says_nothing = match &value {
            Value::Null => true,
            Value::String(text) => key == "Sid" && text.is_empty(),
            Value::Object(map) => key == "Condition" && map.is_empty(),
            _ => false,
        };
        if !says_nothing {
            acc.insert(key.to_owned(), value);
        }
    }
    acc.extend(sorted(map));
    acc.into()
}

/// Services are written in lower case everywhere.
fn action(text: String) -> String {
    match text.split_once(':') {
        Some((service, name)) => format!("{}:{name}", service.to_lowercase()),
        None => text,
    }
}

/// The same with its actions in lower case.
fn caseless(document: &Value) -> Value {
    let mut acc = document.clone();
    let statements = acc.get_mut("Statement").and_then(Value::as_array_mut).into_iter().flatten();
    for statement in statements.filter_map(Value::as_object_mut) {
        for actions in ["Action", "NotAction"] {
            if let Some(value) = statement.get_mut(actions) {
                *value = words(value.take(), &|it| it.to_lowercase());
            }
        }
    }
    acc
}

fn principals(value: Value) -> Value {
    match value {
        Value::Object(map) if !is_reference(&map) => each(map, |kind, value| match kind {
            "AWS" => words(value, &account),
            _ => words(value, &|it| it),
        }),
        other => other,
    }
}

/// `arn:aws:iam::123456789012:root` is the account 123456789012.
fn account(text: String) -> String {
    let parts: Vec<_> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", number, "root"] => (*number).to_owned(),
        _ => text,
    }
}

/// Operator, then key, then values.
fn conditions(value: Value) -> Value {
    match value {
        Value::Object(map) => each(map, |_, keys| match keys {
            Value::Object(keys) => each(keys, |_, value| words(value, &|it| it)),
            other => other,
        }),
        other => other,
    }
}

/// A set of texts: as one text if it has one.
fn words(value: Value, normal: &dyn Fn(String) -> String) -> Value {
    let mut acc: Vec<_> = list(value)
        .into_iter()
        .map(|it| match it {
            Value::String(text) => normal(text).into(),
            Value::Bool(_) | Value::Number(_) => normal(it.to_string()).into(),
            other => other,
        })
        .collect();
    sort(&mut acc);
    match <[Value; 1]>::try_from(acc) {
        Ok([one]) => one,
        Err(many) => many.into(),
    }
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn sort(items: &mut Vec<Value>) {
    items.sort_by_cached_key(|it| (it.to_string().to_lowercase(), it.to_string()));
    items.dedup();
}

fn sorted(map: Map<String, Value>) -> BTreeMap<String, Value> {
    map.into_iter().collect()
}

fn each(map: Map<String, Value>, normal: impl Fn(&str, Value) -> Value) -> Value {
    let normal = sorted(map).into_iter().map(|(key, value)| {
        let value = normal(&key, value);
        (key, value)
    });
    Value::Object(normal.collect())
}

fn is_reference(map: &Map<String, Value>) -> bool {
    let tree = Value::Object(map.clone());
    as_reference(&tree).is_some() || as_parts(&tree).is_some()
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            it @ Value::Object(_) => Ok(Self::new(it)),
            _ => Err(D::Error::custom("a policy is an object with `Version` and `Statement`")),
        }
    }
}

impl JsonSchema for PolicyDocument {
    fn schema_name() -> Cow<'static, str> {
        "PolicyDocument".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "An AWS policy, in the words of its JSON form: `Version`, `Statement`.",
            "required": ["Statement"],
            "properties": {
                "Version": {
                    "description": "The language that it is in; `2008-10-17` if left out.",
                    "enum": ["2012-10-17", "2008-10-17"],
                },
                "Id": { "description": "What someone calls it.", "type": "string" },
                "Statement": {
                    "description": "What is allowed or denied, to whom and on what: one statement or several.",
                    "type": ["object", "array"],
                    "items": { "type": "object" },
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A policy of one statement, of which `part` is a part.
    #[expect(clippy::needless_pass_by_value, reason = "calls read better")]
    fn with(part: Value) -> PolicyDocument {
        let mut statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
        statement.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": statement}))
    }

    #[test]
    fn a_list_of_one_is_its_element_and_order_makes_no_difference() {
        assert_eq!(with(json!({"Resource": ["a"]})), with(json!({"Resource": "a"})));
        assert_eq!(with(json!({"Resource": ["a", "b", "a"]})), with(json!({"Resource": ["b", "a"]})));
        assert_ne!(with(json!({"Resource": ["a", "b"]})), with(json!({"Resource": "a"})));
        assert_ne!(with(json!({"Resource": "A"})), with(json!({"Resource": "a"})));
        let of = |sids: [&str; 2]| PolicyDocument::new(json!({"Statement": sids.map(|it| json!({"Sid": it}))}));
        assert_eq!(of(["a", "b"]), of(["b", "a"]));
    }

    #[test]
    fn actions_are_the_same_in_any_case() {
        let one = with(json!({"Action": ["S3:GetObject", "s3:PutObject"]}));
        assert_eq!(one, with(json!({"Action": ["s3:putobject", "s3:getobject"]})));
        assert_eq!(one.to_text().matches("s3:").count(), 2);
        assert_ne!(with(json!({"NotAction": "s3:*"})), with(json!({"Action": "s3:*"})));
    }

    #[test]
    fn an_account_is_its_root() {
        let of = |principal: Value| with(json!({"Principal": principal}));
        let root = json!({"AWS": ["arn:aws:iam::123456789012:root"]});
        assert_eq!(of(root.clone()), of(json!({"AWS": "123456789012"})));
        assert_ne!(of(root), of(json!({"AWS": "arn:aws:iam::123456789012:role/root"})));
        assert_eq!(of(json!({"Service": ["b", "a"], "AWS": "x"})), of(json!({"AWS": ["x"], "Service": ["a", "b"]})),);
        assert_ne!(of(json!("*")), of(json!({"Service": "*"})));
    }

    #[test]
    fn values_of_conditions_are_texts() {
        let of = |condition: Value| with(json!({"Condition": condition}));
        let loose = json!({"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:max-keys": [10]}});
        let strict = json!({"NumericLessThan": {"s3:max-keys": "10"}, "Bool": {"aws:SecureTransport": ["false"]}});
        assert_eq!(of(loose), of(strict));
        assert_eq!(of(json!({})), with(json!({})));
        assert_ne!(of(json!({"Bool": {"aws:SecureTransport": true}})), with(json!({})));
    }

    #[test]
    fn a_policy_without_version_is_of_the_oldest() {
        let of = |text| PolicyDocument::from_text(text).unwrap();
        assert_eq!(of(r#"{"Statement": []}"#), of(r#"{"Version": "2008-10-17", "Statement": []}"#));
        assert_ne!(of(r#"{"Statement": []}"#), of(r#"{"Version": "2012-10-17", "Statement": []}"#));
        assert_eq!(of(""), of("{}"));
    }

    #[test]
    fn sids_are_kept_unless_empty() {
        assert_eq!(with(json!({"Sid": ""})), with(json!({})));
        assert_ne!(with(json!({"Sid": "a"})), with(json!({"Sid": "b"})));
    }

    #[test]
    fn references_may_stand_for_texts() {
        let out = |name: &str| json!({"$from": format!("s3.bucket/{name}"), "$out": "arn"});
        let one = with(json!({"Resource": [out("b"), out("a")], "Principal": {"AWS": [out("c")]}}));
        let other = with(json!({"Resource": [out("a"), out("b")], "Principal": {"AWS": out("c")}}));
        assert_eq!(one, other);
        let tree = serde_json::to_value(&one).unwrap();
        assert_eq!(crate::resource::value::references(&tree).len(), 3);
    }

    #[test]
    fn equal_policies_are_equal_trees_and_texts() {
        let one = with(json!({"Resource": ["b", "a"], "Sid": "x"}));
        let text = one.to_text();
        assert_eq!(
            text,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Action":"s3:GetObject","Resource":["a","b"]}]}"#
        );
        assert_eq!(PolicyDocument::from_text(&text).unwrap(), one);
        let tree = serde_json::to_value(&one).unwrap();
        assert_eq!(serde_json::from_value::<PolicyDocument>(tree).unwrap(), one);
    }

    #[test]
    fn what_is_no_object_is_no_policy() {
        assert!(PolicyDocument::from_text("[]").is_err() && PolicyDocument::from_text("{").is_err());
        assert!(serde_json::from_value::<PolicyDocument>(json!("{}")).is_err());
    }
}
