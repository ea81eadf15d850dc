//! Security groups and their rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{naming::fit, network::Parts};
use crate::{
    catalog::aws::ec2::{
        Ports,
        security_group::SecurityGroup,
        security_group_rules::{Peer, Rule, SecurityGroupRules},
    },
    field,
    resource::{graph::Handle, text::cidr::Cidr, value::In},
    spec::model::{self, Direction, Protocol},
};

type Groups = BTreeMap<String, Handle<SecurityGroup>>;

/// Groups first, rules then: so groups may name each other.
pub(super) fn groups(parts: &mut Parts<'_>) {
    let spec = parts.spec;
    let mut groups = Groups::new();
    for (name, group) in &spec.security_groups {
        let name = name.as_str();
        let about = group.description.as_ref().map(ToString::to_string);
        groups.insert(name.to_string(), self::group(parts, &component(name), name, about));
    }
    for (name, group) in &spec.security_groups {
        let name = name.as_str();
        let Some(own) = groups.get(name) else { continue };
        let (mut ingress, mut egress) = (BTreeSet::new(), BTreeSet::new());
        for rule in group.rules() {
            let into = if rule.direction == Direction::Ingress { &mut ingress } else { &mut egress };
            into.extend(rules(&rule, own, &groups, spec.cidr));
        }
        if group.egress.is_none() {
            egress.insert(anything(Cidr::ANY_V4));
        }
        let rules = SecurityGroupRules { group: own.out(field!(id)), ingress, egress };
        parts.graph.add(&component(name), name, &rules);
        parts.outs.insert(format!("security_groups.{name}"), json!(own.out(field!(id))));
    }
}

fn component(name: &str) -> String {
    format!("network.security_groups.{name}")
}

/// A group without rules yet.
pub(super) fn group(
    parts: &mut Parts<'_>,
    component: &str,
    name: &str,
    about: Option<String>,
) -> Handle<SecurityGroup> {
    let group_name = fit(&format!("{}-{name}", parts.graph.scope.prefix()), 255);
    let description =
        about.filter(|it| !it.is_empty()).unwrap_or_else(|| format!("{name} of {}", parts.graph.scope.prefix()));
    parts.graph.add(component, name, &SecurityGroup { vpc: parts.vpc_id(), group_name, description })
}

/// Every protocol and port, to or from `cidr`.
pub(super) fn anything(cidr: Cidr) -> Rule {
    Rule { protocol: "-1".into(), ports: None, peer: Peer::Cidr(cidr), description: None }
}

/// A rule that is written as one may be several to EC2, which has one a peer.
fn rules(rule: &model::Rule<'_>, own: &Handle<SecurityGroup>, groups: &Groups, vpc: Cidr) -> Vec<Rule> {
    let peers = match rule.peer {
        model::Peer::Internet => vec![Peer::Cidr(Cidr::ANY_V4), Peer::Cidr(Cidr::ANY_V6)],
        model::Peer::Network => vec![Peer::Cidr(vpc)],
        model::Peer::Itself => vec![Peer::Group(own.out(field!(id)))],
        model::Peer::Cidr(it) => vec![Peer::Cidr(*it)],
        // A name that no group has was refused when the file was checked.
        model::Peer::Group(it) => {
            groups.get(it.as_str()).map(|it| Peer::Group(it.out(field!(id)))).into_iter().collect()
        }
        model::Peer::SecurityGroup(it) => vec![Peer::Group(In::Known(it.clone()))],
        model::Peer::PrefixList(it) => vec![Peer::PrefixList(it.clone())],
    };
    let protocol = if rule.protocol == Protocol::All { "-1" } else { rule.protocol.as_str() };
    let make = |peer| Rule {
        protocol: protocol.into(),
        ports: ports(rule.protocol, rule.ports),
        peer,
        description: rule.description.map(ToString::to_string).filter(|it| !it.is_empty()),
    };
    peers.into_iter().map(make).collect()
}

/// What has ports has all of them unless it is said which.
pub(super) fn ports(protocol: Protocol, ports: Option<model::Ports>) -> Option<Ports> {
    let ports = ports.unwrap_or(model::Ports::ALL);
    protocol.has_ports().then_some(Ports { from: ports.from, to: ports.to })
}
