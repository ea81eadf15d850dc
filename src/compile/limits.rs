//! What a stack may cost.

use crate::{
    diagnostic::Diagnostic,
    plan::cost::{self, Price},
    resource::graph::Graph,
    spec::Spec,
};

/// How many of the dearest resources are named.
const NAMED: usize = 3;

/// Holds a stack to what its environment may have; what is only to be destroyed need not keep to that.
///
/// # Errors
/// What there is too much of.
pub fn check(graph: &Graph, spec: &Spec) -> Result<(), Vec<Diagnostic>> {
    let Some(most) = spec.limits.as_ref().and_then(|it| it.monthly) else { return Ok(()) };
    let mut prices = cost::prices(graph);
    let sum: f64 = prices.iter().filter_map(|it| it.monthly).sum();
    if sum <= f64::from(most) {
        return Ok(());
    }
    prices.sort_by(|one, other| other.monthly.unwrap_or_default().total_cmp(&one.monthly.unwrap_or_default()));
    let named = |it: &Price<'_>| format!("{} ${:.0}", it.address, it.monthly.unwrap_or_default());
    let dearest: Vec<_> = prices.iter().take(NAMED).map(named).collect();
    let message = format!("the stack would cost about ${sum:.0} a month, and may cost ${most}");
    let help = format!("choose less of what costs most: {}", dearest.join(", "));
    Err(vec![Diagnostic::error("limits/monthly", "limits.monthly", message).help(help)])
}
