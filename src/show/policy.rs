//! JSON policies in sentences, one a statement:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>.

use serde_json::{Map, Value};

use super::names::Names;
use crate::resource::value::{as_parts, as_reference};

impl Names {
    /// The statements of `value`, if it is a policy.
    pub(super) fn statements(&self, value: &Value) -> Option<Vec<String>> {
        let map = value.as_object().filter(|it| it.contains_key("Version"))?;
        match map.get("Statement")? {
            Value::Array(items) => items.iter().map(|it| it.as_object().map(|it| self.statement(it))).collect(),
            one => Some(vec![self.statement(one.as_object()?)]),
        }
    }

    /// `Allow s3:GetObject on arn:aws:s3:::media/* by AWS 123456789012 if …`.
    fn statement(&self, it: &Map<String, Value>) -> String {
        let part = |word: &str, key: &str, not: &str| {
            let said = it.get(key).map(|it| format!("{word} {}", self.words(it)));
            said.or_else(|| it.get(not).map(|it| format!("{word} all but {}", self.words(it))))
        };
        let effect = it.get("Effect").map(|it| self.words(it)).unwrap_or_default();
        let condition = it.get("Condition").and_then(Value::as_object).map(|it| format!("if {}", self.conditions(it)));
        let parts = [
            part(&effect, "Action", "NotAction"),
            part("on", "Resource", "NotResource"),
            part("by", "Principal", "NotPrincipal"),
            condition,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn conditions(&self, it: &Map<String, Value>) -> String {
        let one = |(operator, keys): (&String, &Value)| match keys {
            Value::Object(keys) => {
                keys.iter().map(|(key, it)| format!("{key} {operator} {}", self.words(it))).collect()
            }
            other => vec![format!("{operator} {}", self.words(other))],
        };
        it.iter().flat_map(one).collect::<Vec<_>>().join(" and ")
    }

    fn words(&self, value: &Value) -> String {
        if as_reference(value).is_some() || as_parts(value).is_some() {
            return self.brief(value);
        }
        match value {
            Value::String(it) => self.within(it),
            Value::Array(items) => items.iter().map(|it| self.words(it)).collect::<Vec<_>>().join(", "),
            Value::Object(map) => {
                map.iter().map(|(key, it)| format!("{key} {}", self.words(it))).collect::<Vec<_>>().join(" and ")
            }
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_statement_is_a_sentence() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole",
             "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
            {"Effect": "Deny", "Principal": "*", "NotAction": ["s3:Get*", "s3:List*"],
             "Resource": ["a", {"$from": "s3.bucket/media", "$out": "arn"}]},
        ]});
        let said = [
            "Allow sts:AssumeRole by Service ecs.amazonaws.com if aws:SourceAccount StringEquals 123456789012",
            "Deny all but s3:Get*, s3:List* on a, s3.bucket/media by *",
        ];
        assert_eq!(Names::default().statements(&policy).unwrap(), said);
        assert_eq!(Names::default().statements(&json!({"Version": "1"})), None);
        assert_eq!(Names::default().statements(&json!("text")), None);
    }
}
