//! Keys, registries and secrets: what AWS would refuse.

use super::super::model::{Part, Recovery, Spec, Text};
use crate::diagnostic::Diagnostic;

/// For how long AWS keeps what was deleted, in days.
const WINDOW: std::ops::RangeInclusive<u32> = 7..=30;

pub(super) fn keys(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, key) in &spec.keys {
        if let Some(window) = key.window.filter(|it| !WINDOW.contains(&it.count())) {
            let message = format!("a key's deletion can be taken back for 7 to 30 days, not for {}", window.count());
            found.push(Diagnostic::error("key/window", format!("keys.{name}.window"), message));
        }
    }
}

pub(super) fn registries(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, registry) in &spec.registries {
        found.extend(registry.key.as_ref().and_then(|it| no_key(it, format!("registries.{name}.key"))));
        if registry.keep == Some(0) {
            let message = "a registry that keeps no image is none";
            found.push(
                Diagnostic::error("registry/keep", format!("registries.{name}.keep"), message)
                    .help("leave it out to keep all of them"),
            );
        }
        let own = spec.account.as_ref().filter(|it| registry.pull.contains(*it));
        found.extend(own.map(|it| {
            let message = format!("{it} is the stack's own account");
            Diagnostic::warning("registry/own-account", format!("registries.{name}.pull"), message)
                .help("remove it: in its own account, roles decide who may pull")
        }));
    }
}

pub(super) fn secrets(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, secret) in &spec.secrets {
        found.extend(secret.key.as_ref().and_then(|it| no_key(it, format!("secrets.{name}.key"))));
        if let Some(days) = secret.recovery.map(Recovery::days).filter(|it| *it > 0 && !WINDOW.contains(it)) {
            let message = format!("a deleted secret can be brought back for 7 to 30 days, not for {days}");
            found.push(
                Diagnostic::error("secret/recovery", format!("secrets.{name}.recovery"), message)
                    .help("`recovery: none` deletes it for good at once"),
            );
        }
    }
}

/// The problem of a setting that takes a key: one of the stack's, or the ARN of another one in full, since that is what
/// services give back.
pub(super) fn no_key(text: &Text, path: String) -> Option<Diagnostic> {
    let fits = match text.0.as_slice() {
        [Part::Out(it)] => it.component == "keys" && it.output == "arn",
        [Part::Literal(it)] => {
            let parts: Vec<_> = it.split(':').collect();
            matches!(parts.as_slice(), ["arn", _, "kms", _, _, key] if key.starts_with("key/"))
        }
        _ => false,
    };
    let problem = || {
        Diagnostic::error("key/reference", path, format!("`{text}` is no key")).help(
            "refer to one of the stack's as in `${keys.main}`, or give a key's ARN: arn:aws:kms:REGION:ACCOUNT:key/ID",
        )
    };
    (!fits).then(problem)
}
