//! Tags.

use super::super::model::Spec;
use crate::diagnostic::Diagnostic;

/// AWS allows 50 a resource (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>); the
/// others are for infractl's own.
const MOST: usize = 40;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    if spec.tags.len() > MOST {
        let message = format!("there are {} tags; there may be {MOST}", spec.tags.len());
        found.push(Diagnostic::error("tags/too-many", "tags", message));
    }
}
