//! Who may take on the roles of a stack.

use serde_json::{Value, json};

use crate::resource::text::policy::PolicyDocument;

/// That a service of AWS, such as `ec2.amazonaws.com`, may take on a role where `conditions` are met; an empty object asks for
/// nothing (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html>).
pub(super) fn service(service: &str, conditions: &Value) -> PolicyDocument {
    let mut statement = json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"});
    if conditions != &json!({}) {
        statement["Condition"] = conditions.clone();
    }
    PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": [statement]}))
}

/// The same, where the service does so for something of `account`: nobody else's uses of it can
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>).
pub(super) fn service_of(name: &str, account: &str) -> PolicyDocument {
    service(name, &json!({"StringEquals": {"aws:SourceAccount": account}}))
}
