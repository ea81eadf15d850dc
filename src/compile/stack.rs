//! What components share while a stack is compiled.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{naming::fit, outs::Outs};
use crate::{
    catalog::aws::ec2::{
        Ports,
        security_group::SecurityGroup,
        security_group_rules::{Peer, Rule, SecurityGroupRules},
    },
    field,
    resource::{
        graph::Graph,
        text::cidr::Cidr,
        value::{Address, In, OutRef},
    },
    spec::{
        Spec,
        model::{ComponentName, Description, Part, SecretRef, Text, Tier},
    },
};

/// A stack that is being compiled: what it has by now, and what the file says.
pub(super) struct Stack<'a> {
    pub(super) graph: Graph,
    pub(super) spec: &'a Spec,
    /// What components give that are compiled already.
    pub(super) outs: Outs,
    /// The network, if the file has one.
    pub(super) net: Option<Net>,
}

/// A network as other components see it.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub(super) vpc: In<String>,
    pub(super) cidr: Cidr,
    /// The ids of its subnets, by zone.
    pub(super) subnets: BTreeMap<Tier, Vec<In<String>>>,
}

impl Net {
    /// The ids of the subnets of a tier, by zone; a tier that is not there was refused when the file was checked.
    pub(super) fn tier(&self, tier: Tier) -> Vec<In<String>> {
        self.subnets.get(&tier).cloned().unwrap_or_default()
    }
}

impl Stack<'_> {
    /// Gives `output` to whoever refers to it: `component` is such as `databases.main`.
    pub(super) fn give(&mut self, component: &str, output: &str, value: impl Serialize) {
        // What cannot be serialised does not exist: values are texts and references.
        let value = serde_json::to_value(value).unwrap_or_default();
        self.outs.give(component, output, value);
    }

    /// A text of the file, with what it refers to.
    pub(super) fn text(&self, text: &Text) -> In<String> {
        self.outs.text(text)
    }

    /// What something is for: in the file's words, or its name and the environment's.
    pub(super) fn about(&self, name: &ComponentName, words: Option<&Description>) -> String {
        words.map_or_else(|| format!("{name} of {}", self.graph.scope.prefix()), ToString::to_string)
    }

    /// Where a secret value is fetched from, as task definitions say it.
    pub(super) fn secret(&self, from: &SecretRef) -> In<String> {
        match from.out() {
            Some(out) => self.outs.text(&Text(vec![Part::Out(out.clone())])),
            None => In::Known(from.to_string()),
        }
    }

    /// The names of the services that refer to `component`, such as `databases.main`.
    pub(super) fn users(&self, component: &str) -> BTreeSet<String> {
        let referring = self.spec.references.iter().filter(|it| it.to.target() == component);
        let service = |at: &str| Some(at.strip_prefix("services.")?.split(['.', '[']).next()?.to_owned());
        referring.filter_map(|it| service(&it.at)).collect()
    }

    /// Makes the security group of a component, which is called as the component is.
    pub(super) fn group(&mut self, component: &str, about: &str) -> In<String> {
        let prefix = self.graph.scope.prefix();
        let Some(net) = &self.net else { return group_id(component) };
        let group = SecurityGroup {
            vpc: net.vpc.clone(),
            group_name: fit(&format!("{prefix}-{component}"), 255),
            description: format!("{about} of {prefix}"),
        };
        self.graph.add(component, component, &group).out(field!(id))
    }

    /// What may reach a component's group; it may reach everything itself.
    pub(super) fn allow(&mut self, component: &str, ingress: BTreeSet<Rule>) {
        let egress = [rule("-1", None, Peer::Cidr(Cidr::ANY_V4))].into();
        let rules = SecurityGroupRules { group: group_id(component), ingress, egress };
        self.graph.add(component, component, &rules);
    }

    /// TCP to `port` from the services that refer to `component`.
    pub(super) fn ingress_of_users(&self, component: &str, port: u16) -> BTreeSet<Rule> {
        let users = self.users(component).into_iter();
        users.map(|it| tcp(port, Peer::Group(group_id(&format!("services.{it}"))))).collect()
    }
}

/// The security group of a component, such as `services.api`.
pub(super) fn group_id(component: &str) -> In<String> {
    In::Out(OutRef { from: Address::new("ec2.security_group", component), out: "id".into() })
}

/// A rule for one TCP port.
pub(super) fn tcp(port: u16, peer: Peer) -> Rule {
    rule("tcp", Some(Ports { from: port, to: port }), peer)
}

/// A rule for every TCP port.
pub(super) fn any_tcp(peer: Peer) -> Rule {
    rule("tcp", None, peer)
}

fn rule(protocol: &str, ports: Option<Ports>, peer: Peer) -> Rule {
    Rule { protocol: protocol.into(), ports, peer, description: None }
}
