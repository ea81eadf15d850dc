//! Secrets whose values people set, or that are made.

use std::collections::BTreeSet;

use super::stack::Stack;
use crate::{
    catalog::aws::secretsmanager::secret::{Secret, Value},
    field,
    resource::{graph::Handle, tags::Scope, value::In},
    spec::model::Recovery,
};

/// For how many days AWS keeps a deleted secret, at most:
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>.
const RECOVERY: u32 = 30;

pub(super) fn secrets(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, it) in &spec.secrets {
        let component = format!("secrets.{name}");
        let secret = Secret {
            secret_name: name_of(&stack.graph.scope, name.as_str()),
            description: stack.about(name, it.description.as_ref()),
            kms_key: it.key.as_ref().map(|it| stack.text(it)),
            value: it.generate.map(|it| Value::Generated { length: it.characters(), exclude: String::new() }),
            pending_deletion: false,
            recovery_days: it.recovery.map_or_else(|| stack.recovery_days(), Recovery::days),
        };
        let secret = stack.graph.add(&component, name.as_str(), &secret);
        let whole = secret.out(field!(arn));
        for key in keys(stack, &component) {
            stack.give(&component, &key, key_of(whole.clone(), &key));
        }
        stack.give(&component, "", whole);
    }
}

/// What a secret of the stack is called in the account.
pub(super) fn name_of(scope: &Scope, name: &str) -> String {
    format!("{}{name}", scope.path())
}

/// The `what` of a component, a secret whose value is made and not set by people.
pub(super) fn made(stack: &mut Stack<'_>, component: &str, what: &str, value: Value) -> Handle<Secret> {
    let name = format!("{component}.{what}");
    let secret = Secret {
        secret_name: name_of(&stack.graph.scope, &name),
        description: format!("The {what} of {component} of {}.", stack.graph.scope.prefix()),
        kms_key: None,
        value: Some(value),
        pending_deletion: false,
        recovery_days: stack.recovery_days(),
    };
    stack.graph.add(component, &name, &secret)
}

/// What a secret that was made holds now, or one `key` of that: whoever asks for it is to start anew when it changes
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>).
pub(super) fn version_of(secret: &Handle<Secret>, key: &str) -> In<String> {
    In::join([secret.out(field!(arn)), format!(":{key}::").into(), secret.out(field!(version))])
}

/// One key of a secret that is JSON, as services that need it ask for it
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>).
pub(super) fn key_of(secret: In<String>, key: &str) -> In<String> {
    In::join([secret, format!(":{key}::").into()])
}

/// The keys of a secret that the file refers to.
fn keys(stack: &Stack<'_>, component: &str) -> BTreeSet<String> {
    let referring = stack.spec.references.iter().filter(|it| it.to.target() == component);
    referring.map(|it| it.to.output.clone()).filter(|it| !it.is_empty()).collect()
}

impl Stack<'_> {
    /// For how many days a secret can be brought back once it is deleted, if the file does not say: 0 for not at all.
    pub(super) fn recovery_days(&self) -> u32 {
        if self.spec.ephemeral { 0 } else { RECOVERY }
    }
}
