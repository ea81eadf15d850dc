//! Who may take on the roles of a stack.

use serde_json::{Value, json};

use crate::resource::text::policy::PolicyDocument;

/// That a service of AWS, such as `ec2.amazonaws.com`, may take on a role where `conditions` are met; an empty object asks for
/// nothing (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html>).
pub(super) fn service(service: &str, conditions: &Value) -> PolicyDocument {
    let (principal, action) = (json!({"Service": service}), "sts:AssumeRole");
    let statement = if conditions == &json!({}) {
        json!({"Effect": "Allow", "Principal": principal, "Action": action})
    } else {
        json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions})
    };
    PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": [statement]}))
}

/// The same, where the service does so for something of `account`: nobody else's uses of it can
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>).
pub(super) fn service_of(name: &str, account: &str) -> PolicyDocument {
    service(name, &json!({"StringEquals": {"aws:SourceAccount": account}}))
}
