//! What Cloudflare does for a domain.

use super::stack::Stack;
use crate::api::cloudflare::Zone;

pub(super) fn cloudflare(stack: &mut Stack<'_>, zone: Option<&Zone>) {
    let (Some(_spec), Some(_zone)) = (&stack.spec.cloudflare, zone) else { return };
}
