//! What is said of the environment as a whole.

use super::super::model::Spec;
use crate::diagnostic::Diagnostic;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if spec.protect && spec.ephemeral {
        let message = "what is thrown away one day cannot be protected";
        found.push(
            Diagnostic::error("env/protected-and-ephemeral", "ephemeral", message).help("set one of them to false"),
        );
    }
}
