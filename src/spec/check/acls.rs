//! Network ACLs.

use std::collections::HashMap;

use super::{
    super::model::{Acl, Direction, Spec},
    network, ports_without_protocol,
};
use crate::diagnostic::Diagnostic;

/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>; 32767 is the rule that denies the rest.
const NUMBERS: std::ops::RangeInclusive<u16> = 1..=32766;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    for (tier, acl) in &network.acls {
        let path = format!("network.acls.{}", tier.as_str());
        if !network.has(*tier) {
            let message = format!("the network has no tier `{}`", tier.as_str());
            found.push(
                Diagnostic::error("network/no-such-tier", path, message).help("add it to `tiers`, or remove this"),
            );
            continue;
        }
        rules(acl, &path, found);
        one_way(acl, &path, found);
    }
}

fn rules(acl: &Acl, path: &str, found: &mut Vec<Diagnostic>) {
    let mut seen = HashMap::new();
    for rule in acl.rules() {
        let path = format!("{path}.{}[{}]", rule.direction.as_str(), rule.index);
        if !NUMBERS.contains(&rule.number) {
            let message = format!("the rule's number is {}; it may be from 1 to 32766", rule.number);
            found.push(Diagnostic::error("acl/rule-number", format!("{path}.rule"), message));
        } else if let Some(first) = seen.insert((rule.direction, rule.number), rule.index) {
            let message = format!("the number {} is that of rule {} already", rule.number, first + 1);
            let problem = Diagnostic::error("acl/duplicate-rule", format!("{path}.rule"), message);
            found.push(problem.help("rules without a number get 10 more than the one before, the first 100"));
        }
        found.extend(ports_without_protocol(rule.ports, rule.protocol, &path));
    }
}

/// An ACL knows nothing of connections: with one direction closed, no answer comes through.
fn one_way(acl: &Acl, path: &str, found: &mut Vec<Diagnostic>) {
    let closed = match (acl.ingress.is_empty(), acl.egress.is_empty()) {
        (true, false) => Direction::Ingress,
        (false, true) => Direction::Egress,
        _ => return,
    };
    let message = format!("without `{}` rules nothing passes, not even answers", closed.as_str());
    let problem = Diagnostic::warning("acl/one-way", path, message);
    found.push(problem.help("add a rule for answers, most often for the ports \"1024-65535\""));
}
