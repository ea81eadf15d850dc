//! What Cloudflare does for a domain.

mod certificates;
mod plans;
mod records;
mod zone;

pub(super) use self::records::proof;
use super::stack::Stack;
use crate::{api::cloudflare::Zone, diagnostic::Diagnostic};

/// # Errors
/// What the zone's plan does not have.
pub(super) fn cloudflare(stack: &mut Stack<'_>, zone: Option<&Zone>) -> Result<(), Vec<Diagnostic>> {
    let (Some(spec), Some(zone)) = (&stack.spec.cloudflare, zone) else { return Ok(()) };
    let missing = plans::check(spec, zone);
    if !missing.is_empty() {
        return Err(missing);
    }
    records::records(stack, spec, zone);
    zone::settings(stack, spec, zone);
    zone::tiered_cache(stack, spec, zone);
    zone::bots(stack, spec, zone);
    certificates::certificates(stack, spec, zone);
    Ok(())
}
