//! Text that may refer to what exists only once the stack is there.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};

/// The name by which [`Text`] asks the reader for references; no other type may have them.
pub(crate) const TEXT: &str = "infractl::Text";

/// Text, of which parts may be outputs of components, such as `https://${network.nat_ips}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Part>);

/// A part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// What a component gives.
    Out(OutPath),
}

/// An output of a component, such as `network.vpc_id`; always one that exists in the tables of this module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPath {
    /// The component: one of [`COMPONENTS`].
    pub component: String,
    /// The output in it, such as `nat_ips` or `security_groups.app`.
    pub path: String,
}

/// The components that have outputs.
pub const COMPONENTS: [&str; 1] = ["network"];

/// The outputs of a network, as they are written; `NAME` stands for a name declared in the file.
pub const NETWORK_OUTPUTS: [&str; 12] = [
    "vpc_id",
    "cidr",
    "public_subnets",
    "private_subnets",
    "isolated_subnets",
    "public_route_table",
    "private_route_tables",
    "isolated_route_table",
    "nat_ips",
    "internet_gateway_id",
    "security_groups.NAME",
    "endpoints.NAME",
];

/// An output of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkOut<'a> {
    /// The VPC's id.
    VpcId,
    /// The VPC's block of addresses.
    Cidr,
    /// The ids of the public subnets, by zone.
    PublicSubnets,
    /// The ids of the private subnets, by zone.
    PrivateSubnets,
    /// The ids of the isolated subnets, by zone.
    IsolatedSubnets,
    /// The id of the public subnets' route table.
    PublicRouteTable,
    /// The ids of the private subnets' route tables, by zone.
    PrivateRouteTables,
    /// The id of the isolated subnets' route table.
    IsolatedRouteTable,
    /// The public addresses of the NAT gateways.
    NatIps,
    /// The id of the internet gateway.
    InternetGatewayId,
    /// The id of a security group, by its name in the file.
    SecurityGroup(&'a str),
    /// The id of an endpoint, by its service.
    Endpoint(&'a str),
}

impl OutPath {
    /// Which output of the network it is; `None` if it is none.
    #[must_use]
    pub fn network(&self) -> Option<NetworkOut<'_>> {
        use NetworkOut as N;
        if self.component != "network" {
            return None;
        }
        Some(match self.path.as_str() {
            "vpc_id" => N::VpcId,
            "cidr" => N::Cidr,
            "public_subnets" => N::PublicSubnets,
            "private_subnets" => N::PrivateSubnets,
            "isolated_subnets" => N::IsolatedSubnets,
            "public_route_table" => N::PublicRouteTable,
            "private_route_tables" => N::PrivateRouteTables,
            "isolated_route_table" => N::IsolatedRouteTable,
            "nat_ips" => N::NatIps,
            "internet_gateway_id" => N::InternetGatewayId,
            path => match path.split_once('.')? {
                ("security_groups", name) if !name.is_empty() => N::SecurityGroup(name),
                ("endpoints", name) if !name.is_empty() => N::Endpoint(name),
                _ => return None,
            },
        })
    }
}

impl fmt::Display for OutPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.component, self.path)
    }
}

impl Text {
    /// The outputs that it refers to.
    pub fn outs(&self) -> impl Iterator<Item = &OutPath> {
        self.0.iter().filter_map(|it| match it {
            Part::Out(it) => Some(it),
            Part::Literal(_) => None,
        })
    }

    /// The whole text, if it refers to nothing.
    #[must_use]
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self.0.as_slice() {
            [] => Some("".into()),
            [Part::Literal(it)] => Some(it.into()),
            _ => None,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|it| match it {
            Part::Literal(it) => f.write_str(&it.replace("${", "$${")),
            Part::Out(it) => write!(f, "${{{it}}}"),
        })
    }
}

/// As it is written in the file.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, TextVisitor)
    }
}

/// Takes what the spec's reader gives: text, or a list of texts that begin with `=` and outputs that begin with `$`.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E>(self, it: &str) -> Result<Text, E> {
        Ok(Text(if it.is_empty() { Vec::new() } else { vec![Part::Literal(it.into())] }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        let mut parts = Vec::new();
        while let Some(it) = seq.next_element::<String>()? {
            let out = it.strip_prefix('$').and_then(|it| it.split_once('.'));
            parts.push(match out {
                Some((component, path)) => Part::Out(OutPath { component: component.into(), path: path.into() }),
                None => Part::Literal(it.strip_prefix('=').unwrap_or(&it).into()),
            });
        }
        Ok(Text(parts))
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Text; it may hold outputs of components, such as `${network.vpc_id}`.",
            "examples": NETWORK_OUTPUTS.map(|it| format!("${{network.{it}}}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_of_the_table_is_known() {
        for path in NETWORK_OUTPUTS {
            let out = OutPath { component: "network".into(), path: path.replace("NAME", "app") };
            assert!(out.network().is_some(), "{path}");
        }
    }
}
