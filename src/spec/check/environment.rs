//! What is said of the environment as a whole.

use super::super::model::{Spec, size};
use crate::diagnostic::Diagnostic;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if spec.protect && spec.ephemeral {
        let message = "what is thrown away one day cannot be protected";
        found.push(
            Diagnostic::error("env/protected-and-ephemeral", "ephemeral", message).help("set one of them to false"),
        );
    }
}

/// A limit that nothing can be compared with would let everything pass.
pub(super) fn limits(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(limits) = &spec.limits else { return };
    let database = limits.database_size.as_ref().map(|it| ("database_size", it.as_str()));
    let cache = limits.cache_size.as_ref().map(|it| ("cache_size", it.as_str()));
    for (key, class) in [database, cache].into_iter().flatten().filter(|(_, it)| size(it).is_none()) {
        let message = format!("`{class}` is of no size that others could be compared with");
        let problem = Diagnostic::error("limits/size", format!("limits.{key}"), message);
        found.push(problem.help("let it end in nano, micro, small, medium, large, xlarge, 2xlarge and so on"));
    }
}
