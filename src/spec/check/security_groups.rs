//! Security groups.

use std::collections::HashMap;

use super::{
    super::{
        model::{Direction, GroupName, Network, Peer, Ports, Protocol, Rule, Spec},
        problems::{MOST, MOST_NAMES},
    },
    network, ports_without_protocol,
};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    resource::text::cidr::Cidr,
};

/// Ports that are open to everyone on purpose.
const PUBLIC: [u16; 2] = [80, 443];

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    for (name, group) in &network.security_groups {
        let mut seen = HashMap::new();
        for rule in group.rules() {
            let path = format!("network.security_groups.{name}.{}[{}]", rule.direction.as_str(), rule.index);
            peer(network, rule, &path, found);
            found.extend(ports_without_protocol(rule.ports, rule.protocol, &path));
            open_to_internet(name, rule, &path, found);
            for permission in permissions(network, name, rule) {
                let first = *seen.entry(permission).or_insert(rule.index);
                if first != rule.index {
                    let message = format!("this rule repeats rule {}", first + 1);
                    found.push(
                        Diagnostic::error("security/duplicate-rule", path.as_str(), message).help("remove one of them"),
                    );
                    break;
                }
            }
        }
    }
}

fn peer(network: &Network, rule: Rule<'_>, path: &str, found: &mut Vec<Diagnostic>) {
    let Peer::Group(name) = rule.peer else { return };
    if network.security_groups.contains_key(name) || found.len() > MOST {
        return;
    }
    let key = match rule.direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    let problem = Diagnostic::error(
        "security/unknown-group",
        format!("{path}.{key}"),
        format!("there is no security group `{name}`"),
    );
    let known =
        ["internet", "network", "self"].into_iter().chain(network.security_groups.keys().map(GroupName::as_str));
    let help = match did_you_mean(name.as_str(), known.take(MOST_NAMES)) {
        Some(it) => format!("did you mean `{it}`?"),
        None => {
            "declare it under `network.security_groups`, or write internet, network, self, addresses or an id".into()
        }
    };
    found.push(problem.help(help));
}

fn open_to_internet(group: &GroupName, rule: Rule<'_>, path: &str, found: &mut Vec<Diagnostic>) {
    let everyone = match rule.peer {
        Peer::Internet => true,
        Peer::Cidr(it) => it.prefix() == 0,
        _ => false,
    };
    let meant = rule.ports.is_some_and(|it| it.from == it.to && PUBLIC.contains(&it.from));
    if rule.direction != Direction::Ingress
        || !everyone
        || (rule.protocol.has_ports() && meant)
        || rule.protocol == Protocol::Icmp
    {
        return;
    }
    let what = match rule.ports {
        Some(it) if it.from == it.to => format!("port {it}"),
        Some(it) if it != Ports::ALL => format!("ports {it}"),
        _ => "every port".into(),
    };
    let message = format!("`{group}` is open to the whole internet on {what}");
    let problem = Diagnostic::warning("security/open-to-internet", format!("{path}.from"), message);
    found.push(problem.help("name who needs it: a group, `network`, or addresses"));
}

/// What EC2 makes of a rule; no two may be the same in a group.
type Permission = (Direction, Protocol, Ports, Peer);

fn permissions(network: &Network, group: &GroupName, rule: Rule<'_>) -> Vec<Permission> {
    let peers = match rule.peer {
        Peer::Internet => vec![Peer::Cidr(Cidr::ANY_V4), Peer::Cidr(Cidr::ANY_V6)],
        Peer::Network => vec![Peer::Cidr(network.cidr)],
        Peer::Group(it) if it == group => vec![Peer::Itself],
        it => vec![it.clone()],
    };
    let ports = rule.ports.filter(|_| rule.protocol.has_ports()).unwrap_or(Ports::ALL);
    peers.into_iter().map(|it| (rule.direction, rule.protocol, ports, it)).collect()
}
