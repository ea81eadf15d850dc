//! Network ACLs.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Direction, Ports, Protocol, either::wrong};
use crate::resource::text::cidr::Cidr;

/// What may pass the border of a tier's subnets. Rules know nothing of connections: answers need a rule of their own, most
/// often for the ports 1024 to 65535. What no rule speaks of is denied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acl {
    /// What comes in. Default: nothing.
    #[serde(default)]
    pub ingress: Vec<AclIngress>,
    /// What goes out. Default: nothing.
    #[serde(default)]
    pub egress: Vec<AclEgress>,
}

/// Traffic that comes in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AclIngress {
    /// Its number, from 1 to 32766; the lowest rule that fits decides. Default: 10 more than the rule before it, the first 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<u16>,
    /// `allow` or `deny`.
    pub action: AclAction,
    /// The protocol: `tcp`, `udp`, `icmp` or `all`. Default: `tcp`.
    #[serde(default)]
    pub protocol: Protocol,
    /// The port, such as `443`, or ports, such as `1024-65535`. Default: all.
    #[serde(default, rename = "port", skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
    /// Where it comes from: addresses such as `10.0.0.0/16`, or `network` for the VPC's.
    #[serde(rename = "from")]
    pub peer: AclPeer,
}

/// Traffic that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AclEgress {
    /// Its number, from 1 to 32766; the lowest rule that fits decides. Default: 10 more than the rule before it, the first 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<u16>,
    /// `allow` or `deny`.
    pub action: AclAction,
    /// The protocol: `tcp`, `udp`, `icmp` or `all`. Default: `tcp`.
    #[serde(default)]
    pub protocol: Protocol,
    /// The port, such as `443`, or ports, such as `1024-65535`. Default: all.
    #[serde(default, rename = "port", skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
    /// Where it goes: addresses such as `10.0.0.0/16`, or `network` for the VPC's.
    #[serde(rename = "to")]
    pub peer: AclPeer,
}

/// What becomes of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AclAction {
    /// It passes.
    Allow,
    /// It is dropped.
    Deny,
}

/// The other side of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AclPeer {
    /// The addresses of the VPC.
    Network,
    /// These addresses.
    Cidr(Cidr),
}

/// A rule of either direction, with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AclRule {
    /// Which way.
    pub direction: Direction,
    /// Its place in its list, counted from 0.
    pub index: usize,
    /// Its number, given or counted.
    pub number: u16,
    /// Whether traffic passes.
    pub action: AclAction,
    /// By which protocol.
    pub protocol: Protocol,
    /// On which ports; `None` for all, and where the protocol has none.
    pub ports: Option<Ports>,
    /// From or to whom.
    pub peer: AclPeer,
}

impl Acl {
    /// Its rules with their numbers: first ingress, then egress, each in the order of the file.
    pub fn rules(&self) -> impl Iterator<Item = AclRule> {
        let ingress = numbers(self.ingress.iter().map(|it| it.rule)).zip(&self.ingress).enumerate();
        let ingress = ingress.map(|(index, (number, it))| {
            let AclIngress { action, protocol, ports, peer, .. } = *it;
            AclRule { direction: Direction::Ingress, index, number, action, protocol, ports, peer }
        });
        let egress = numbers(self.egress.iter().map(|it| it.rule)).zip(&self.egress).enumerate();
        ingress.chain(egress.map(|(index, (number, it))| {
            let AclEgress { action, protocol, ports, peer, .. } = *it;
            AclRule { direction: Direction::Egress, index, number, action, protocol, ports, peer }
        }))
    }
}

/// Given numbers as they are, others 10 after the one before.
fn numbers(given: impl Iterator<Item = Option<u16>>) -> impl Iterator<Item = u16> {
    given.scan(90_u16, |last, it| {
        *last = it.unwrap_or(last.saturating_add(10));
        Some(*last)
    })
}

impl AclPeer {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "network" => Ok(Self::Network),
            "internet" => {
                Err(wrong("a rule of an ACL has one block of addresses", "write 0.0.0.0/0, and ::/0 in a second rule"))
            }
            _ => text
                .parse()
                .map(Self::Cidr)
                .map_err(|it: String| wrong(it, "an ACL knows addresses and `network`, not groups")),
        }
    }
}

impl fmt::Display for AclPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network => f.write_str("network"),
            Self::Cidr(it) => it.fmt(f),
        }
    }
}

impl Serialize for AclPeer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AclPeer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for AclPeer {
    fn schema_name() -> Cow<'static, str> {
        "AclPeer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Addresses such as `10.0.0.0/16`, or `network` for the VPC's." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_without_numbers_follow_those_before() {
        let numbers = |given: &[Option<u16>]| numbers(given.iter().copied()).collect::<Vec<_>>();
        assert_eq!(numbers(&[None, None, Some(5), None, Some(200)]), [100, 110, 5, 15, 200]);
        assert_eq!(numbers(&[Some(65535), None]), [65535, 65535]);
    }
}
