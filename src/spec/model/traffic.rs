//! What traffic a rule speaks of.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::either::{Either, either, wrong};

/// A protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// ICMP for IPv4, all types.
    Icmp,
    /// Every protocol, on every port.
    All,
}

impl Protocol {
    /// Whether it has ports.
    #[must_use]
    pub fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }

    /// Its word in a stack file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::All => "all",
        }
    }
}

/// Which way traffic goes, seen from where the rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Coming in.
    Ingress,
    /// Going out.
    Egress,
}

impl Direction {
    /// Its word in a stack file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// A port, or a range of them, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    /// The first.
    pub from: u16,
    /// The last; never before the first.
    pub to: u16,
}

impl Ports {
    /// Every port.
    pub const ALL: Self = Self { from: 0, to: u16::MAX };

    /// Whether `port` is among them.
    #[must_use]
    pub fn contains(self, port: u16) -> bool {
        self.from <= port && port <= self.to
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let number = |it: &str| it.trim().parse::<u16>().ok().filter(|_| !it.contains('+'));
        match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Ok(Self { from, to }),
            (Some(from), Some(to)) => {
                Err(wrong(format!("the range {from}-{to} ends before it begins"), format!("write \"{to}-{from}\"")))
            }
            _ => Err(wrong(
                format!("`{text}` is no port"),
                "write a number from 0 to 65535, or a range such as \"8000-8100\"",
            )),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { self.from.fmt(f) } else { write!(f, "{}-{}", self.from, self.to) }
    }
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.from == self.to { serializer.serialize_u16(self.from) } else { serializer.collect_str(self) }
    }
}

impl Either<'_> for Ports {
    const EXPECTED: &'static str = "a port, or a range such as \"8000-8100\"";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Self::parse(it).map_err(E::custom)
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Self::parse(&it.to_string()).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Ports {
    fn schema_name() -> Cow<'static, str> {
        "Ports".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A port such as `443`, or a range such as `8000-8100`.",
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": 65535 },
                { "type": "string", "pattern": "^[0-9]{1,5}(-[0-9]{1,5})?$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports() {
        assert_eq!(Ports::parse("8000-8100"), Ok(Ports { from: 8000, to: 8100 }));
        assert_eq!(Ports::parse("80"), Ok(Ports { from: 80, to: 80 }));
        assert!(["", "-", "1-", "-1", "9-8", "65536", "1-2-3", "+1"].into_iter().all(|it| Ports::parse(it).is_err()));
    }
}
