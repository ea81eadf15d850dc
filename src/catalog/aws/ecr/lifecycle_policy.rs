//! Which images are thrown away by themselves:
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

/// A policy on images. ECR gives its rules back in another order: here they are sorted, and say nothing that is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LifecyclePolicy(Vec<Value>);

impl LifecyclePolicy {
    /// The policy that keeps the last `keep` images, and those without a tag for so many days; `None` if it says nothing.
    #[must_use]
    pub fn keeping(keep: Option<u32>, untagged_days: Option<u32>) -> Option<Self> {
        let untagged = untagged_days.map(|days| {
            rule(
                1,
                &format!("untagged images go after {days} days"),
                &json!({"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}),
            )
        });
        // A rule for any image has to be the last one.
        let last = keep.map(|keep| {
            rule(
                2,
                &format!("the last {keep} images stay"),
                &json!({"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep}),
            )
        });
        let rules: Vec<_> = untagged.into_iter().chain(last).collect();
        (!rules.is_empty()).then(|| Self::new(rules))
    }

    fn new(rules: Vec<Value>) -> Self {
        let mut rules: Vec<_> = rules.into_iter().map(normal).collect();
        rules.sort_by_key(|it| it.get("rulePriority").and_then(Value::as_u64));
        Self(rules)
    }

    /// `None` if `text` is no policy.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let policy: Value = serde_json::from_str(text).ok()?;
        Some(Self::new(policy.get("rules")?.as_array()?.clone()))
    }

    /// As ECR takes it.
    pub(super) fn to_text(&self) -> String {
        json!({ "rules": self.0 }).to_string()
    }
}

fn rule(priority: u32, description: &str, selection: &Value) -> Value {
    json!({"rulePriority": priority, "description": description, "selection": selection, "action": {"type": "expire"}})
}

/// Keys in one order, lists sorted, nothing that is empty.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.into_iter().map(|(key, it)| (key, normal(it))).collect();
            pairs.retain(|(_, it)| !matches!(it, Value::Null) && *it != json!([]) && *it != json!(""));
            pairs.sort_by_key(|(key, _)| (rank(key), key.clone()));
            Value::Object(Map::from_iter(pairs))
        }
        Value::Array(mut items) => {
            items.sort_by_key(Value::to_string);
            items.into()
        }
        other => other,
    }
}

/// What tells a rule from others comes first.
fn rank(key: &str) -> usize {
    ["rulePriority", "description", "selection"].iter().position(|it| *it == key).unwrap_or(3)
}

impl<'de> Deserialize<'de> for LifecyclePolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::new)
    }
}

impl JsonSchema for LifecyclePolicy {
    fn schema_name() -> Cow<'static, str> {
        "LifecyclePolicy".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": {"type": "object"},
            "description": "Which images are thrown away by themselves: the rules of an ECR lifecycle policy.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_the_same_in_any_order() {
        // As ECR gives it back: rules by priority, members sorted, what is not said left empty.
        let read = r#"{"rules":[
            {"action":{"type":"expire"},"rulePriority":2,"description":"the last 20 images stay","selection":
                {"countNumber":20,"countType":"imageCountMoreThan","tagStatus":"any","tagPrefixList":[]}},
            {"selection":{"tagStatus":"untagged","countUnit":"days","countType":"sinceImagePushed","countNumber":7},
                "rulePriority":1,"description":"untagged images go after 7 days","action":{"type":"expire"}}]}"#;
        let wanted = LifecyclePolicy::keeping(Some(20), Some(7)).unwrap();
        assert_eq!(LifecyclePolicy::from_text(read), Some(wanted.clone()));
        assert_eq!(LifecyclePolicy::from_text(&wanted.to_text()), Some(wanted.clone()));
        assert_ne!(LifecyclePolicy::keeping(Some(21), Some(7)), Some(wanted));
        assert_eq!(LifecyclePolicy::keeping(None, None), None);
        assert_eq!((LifecyclePolicy::from_text("{}"), LifecyclePolicy::from_text("{")), (None, None));
    }
}
