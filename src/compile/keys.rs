//! Keys in KMS.

use serde_json::json;

use super::stack::Stack;
use crate::{
    catalog::aws::kms::key::Key,
    field,
    resource::{Place, tags::Scope, text::policy::PolicyDocument},
    spec::{Spec, model::Days},
};

/// How many days a deletion can be taken back: at most, and at least
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>).
const WINDOW: (u32, u32) = (30, 7);

pub(super) fn keys(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, it) in &spec.keys {
        let component = format!("keys.{name}");
        let window = if spec.ephemeral { WINDOW.1 } else { WINDOW.0 };
        let key = Key {
            alias: format!("alias/{}-{name}", stack.graph.scope.prefix()),
            aliased: true,
            description: stack.about(name, it.description.as_ref()),
            policy: policy(&stack.graph.scope, &stack.graph.place, notifies(spec, &component)),
            rotation: it.rotate,
            enabled: true,
            pending_deletion: false,
            window_days: it.window.map_or(window, Days::count),
        };
        let key = stack.graph.add(&component, name.as_str(), &key);
        stack.give(&component, "arn", key.out(field!(arn)));
        stack.give(&component, "id", key.out(field!(id)));
        stack.give(&component, "alias", key.out(field!(alias)));
    }
}

/// Whether a topic is encrypted with the key.
fn notifies(spec: &Spec, key: &str) -> bool {
    spec.references_in("notify").any(|it| it.target() == key)
}

/// In the account, roles decide who may use a key. CloudWatch Logs uses one by itself, for the groups that are of the stack
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>), and alarms use one to tell a topic
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services>).
fn policy(scope: &Scope, Place { account, region, partition }: &Place, notifies: bool) -> PolicyDocument {
    let alarms = notifies.then(|| {
        json!({
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
        })
    });
    let statements = [
        json!({
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
            "Action": "kms:*",
            "Resource": "*",
        }),
        json!({
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": format!("logs.{region}.amazonaws.com")},
            "Action": ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": {"ArnLike": {
                "kms:EncryptionContext:aws:logs:arn":
                    format!("arn:{partition}:logs:{region}:{account}:log-group:{}*", scope.path()),
            }},
        }),
    ];
    let statements: Vec<_> = statements.into_iter().chain(alarms).collect();
    PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": statements}))
}
