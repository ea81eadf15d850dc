//! Security groups.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    Direction, Ports, Protocol,
    either::{text_type, wrong},
};
use crate::resource::text::cidr::Cidr;

text_type! {
    /// A security group's name in the file: small letters, digits and hyphens, beginning with a letter; at most 41.
    GroupName, pattern: "^[a-z][a-z0-9-]{0,40}$", check: group_name
}
text_type! {
    /// A description as EC2 takes it: at most 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
    SecurityText, pattern: r"^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}$", check: security_text
}

/// Words that stand for something else than a group.
const RESERVED: [&str; 3] = ["internet", "network", "self"];

fn group_name(text: &str) -> Result<(), String> {
    let fits = text.len() <= 41
        && text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if !fits {
        return Err(wrong(
            format!("`{text}` cannot be a security group's name"),
            "use small letters, digits and hyphens, beginning with a letter; at most 41",
        ));
    }
    if RESERVED.contains(&text) || text.starts_with("sg-") || text.starts_with("pl-") {
        let why =
            "in a rule, `internet`, `network`, `self`, `sg-…` and `pl-…` mean something else; choose another name";
        return Err(wrong(format!("`{text}` cannot be a security group's name"), why));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html>
fn security_text(text: &str) -> Result<(), String> {
    if let Some(it) = text.chars().find(|it| !it.is_ascii_alphanumeric() && !" ._-:/()#,@[]+=&;{}!$*".contains(*it)) {
        return Err(wrong(
            format!("a description cannot hold the character {it:?}"),
            "EC2 allows letters a to z, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
        ));
    }
    match text.len() {
        0..=255 => Ok(()),
        it => Err(format!("a description may have 255 characters; this one has {it}")),
    }
}

/// Who may talk to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// What it is for. It cannot be changed later without making the group anew. Default: the stack and the group's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<SecurityText>,
    /// What may come in. Default: nothing.
    #[serde(default)]
    pub ingress: Vec<IngressRule>,
    /// What may go out; `[]` for nothing. Default: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress: Option<Vec<EgressRule>>,
}

/// Traffic that may come in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IngressRule {
    /// Where it comes from: `internet`, `network` (the VPC), `self`, addresses such as `10.0.0.0/16`, a security group's name,
    /// or an id `sg-…` or `pl-…`.
    #[serde(rename = "from")]
    pub peer: Peer,
    /// The port, such as `443`, or ports, such as `8000-8100`. Default: all.
    #[serde(default, rename = "port", skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
    /// The protocol: `tcp`, `udp`, `icmp` or `all`. Default: `tcp`.
    #[serde(default)]
    pub protocol: Protocol,
    /// What the rule is for. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<SecurityText>,
}

/// Traffic that may go out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EgressRule {
    /// Where it goes: `internet`, `network` (the VPC), `self`, addresses such as `10.0.0.0/16`, a security group's name, or an
    /// id `sg-…` or `pl-…`.
    #[serde(rename = "to")]
    pub peer: Peer,
    /// The port, such as `443`, or ports, such as `8000-8100`. Default: all.
    #[serde(default, rename = "port", skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
    /// The protocol: `tcp`, `udp`, `icmp` or `all`. Default: `tcp`.
    #[serde(default)]
    pub protocol: Protocol,
    /// What the rule is for. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<SecurityText>,
}

/// A rule of either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Which way.
    pub direction: Direction,
    /// Its number in its list, counted from 0.
    pub index: usize,
    /// From or to whom.
    pub peer: &'a Peer,
    /// On which ports; `None` for all, and where the protocol has none.
    pub ports: Option<Ports>,
    /// By which protocol.
    pub protocol: Protocol,
    /// What it is for.
    pub description: Option<&'a SecurityText>,
}

impl SecurityGroup {
    /// Its rules: first ingress, then egress. None for egress means nothing out only if `egress` is given.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        let ingress =
            self.ingress.iter().enumerate().map(|(index, IngressRule { peer, ports, protocol, description })| Rule {
                direction: Direction::Ingress,
                index,
                peer,
                ports: *ports,
                protocol: *protocol,
                description: description.as_ref(),
            });
        let egress = self.egress.iter().flatten().enumerate();
        ingress.chain(egress.map(|(index, EgressRule { peer, ports, protocol, description })| Rule {
            direction: Direction::Egress,
            index,
            peer,
            ports: *ports,
            protocol: *protocol,
            description: description.as_ref(),
        }))
    }
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Every address, of IPv4 and of IPv6.
    Internet,
    /// The addresses of the VPC.
    Network,
    /// The group that the rule stands in.
    Itself,
    /// These addresses.
    Cidr(Cidr),
    /// Another group of the file.
    Group(GroupName),
    /// A group from elsewhere, by its id `sg-…`.
    SecurityGroup(String),
    /// A prefix list, by its id `pl-…`.
    PrefixList(String),
}

impl Peer {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "internet" => return Ok(Self::Internet),
            "network" => return Ok(Self::Network),
            "self" => return Ok(Self::Itself),
            _ => {}
        }
        let is_id = |it: &str| (8..=17).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_hexdigit());
        match text.split_once('-') {
            Some(("sg", id)) if is_id(id) => return Ok(Self::SecurityGroup(text.into())),
            Some(("pl", id)) if is_id(id) => return Ok(Self::PrefixList(text.into())),
            Some((kind @ ("sg" | "pl"), _)) => {
                return Err(wrong(
                    format!("`{text}` is no id"),
                    format!("an id is `{kind}-` and 8 or 17 hexadecimal digits"),
                ));
            }
            _ => {}
        }
        if text.contains('/') {
            return text.parse().map(Self::Cidr);
        }
        if let Ok(it) = text.parse::<std::net::IpAddr>() {
            let help = format!("for the one address write {it}/{}", if it.is_ipv4() { 32 } else { 128 });
            return Err(wrong(format!("`{text}` is an address, not a block"), help));
        }
        text.parse().map(Self::Group).map_err(|_| {
            wrong(
                format!("`{text}` is no peer"),
                "write internet, network, self, addresses such as 10.0.0.0/16, a security group's name, or an id sg-… or pl-…",
            )
        })
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => f.write_str("internet"),
            Self::Network => f.write_str("network"),
            Self::Itself => f.write_str("self"),
            Self::Cidr(it) => it.fmt(f),
            Self::Group(it) => it.fmt(f),
            Self::SecurityGroup(it) | Self::PrefixList(it) => f.write_str(it),
        }
    }
}

impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Peer {
    fn schema_name() -> Cow<'static, str> {
        "Peer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "`internet`, `network`, `self`, addresses such as `10.0.0.0/16`, a security group's name, or an id \
                `sg-…` or `pl-…`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers() {
        for it in ["internet", "network", "self", "10.0.0.0/8", "::/0", "app", "sg-0123456789abcdef0", "pl-12345678"] {
            assert_eq!(Peer::parse(it).unwrap().to_string(), it);
        }
        for it in ["", "sg-x", "pl-", "10.0.0.1", "10.0.0.0/33", "App", "-"] {
            assert!(Peer::parse(it).is_err(), "{it}");
        }
    }
}
