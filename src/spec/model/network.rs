//! The network of a stack.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    Acl, Endpoints, FlowLogs, GroupName, SecurityGroup,
    either::{Either, either, text_type, wrong},
};
use crate::resource::text::cidr::Cidr;

/// A VPC with its subnets, routes, NAT, endpoints and security groups.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The IPv4 addresses of the VPC, from /16 to /28. It cannot be changed later without making the network anew.
    /// Default: `10.0.0.0/16`.
    #[serde(default = "Network::default_cidr")]
    pub cidr: Cidr,
    /// The availability zones: how many, 1 to 6, or their letters, such as `[a, c]`. Default: 2.
    #[serde(default)]
    pub zones: Zones,
    /// How private subnets reach the internet: `none` (not at all), `single` (one NAT gateway: cheap, but when its zone fails
    /// so does the way out), or `per_zone`. Default: `single`.
    #[serde(default)]
    pub nat: Nat,
    /// Whether the VPC resolves DNS names. Default: true.
    #[serde(default = "yes")]
    pub dns_support: bool,
    /// Whether instances with public addresses get DNS names; private endpoints need it too. Default: true.
    #[serde(default = "yes")]
    pub dns_hostnames: bool,
    /// The tiers of subnets, one subnet a zone each: `public` (reached from the internet), `private` (goes out through NAT),
    /// `isolated` (neither). Default: all three.
    #[serde(default = "Network::default_tiers")]
    pub tiers: Vec<Tier>,
    /// The sizes or addresses of subnets, by tier. Default: a sixteenth of the VPC for each zone, and in it, for a /16, a /24
    /// for public, a /24 for private and a /28 for isolated subnets.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "$ref": "#/$defs/Tier" }))]
    pub subnets: BTreeMap<Tier, SubnetOptions>,
    /// AWS services reached without the internet: a list such as `[s3, ecr.api]`, or a map with options. Default: none.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// Network ACLs, by tier. Default: the VPC's own, which lets everything through.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "$ref": "#/$defs/Tier" }))]
    pub acls: BTreeMap<Tier, Acl>,
    /// The log of who talked to whom: how long to keep it, such as `30d`, or a map of settings. Default: no log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<FlowLogs>,
    /// Security groups, by name. Default: none.
    #[serde(default)]
    pub security_groups: BTreeMap<GroupName, SecurityGroup>,
}

impl Network {
    /// Whether it has subnets of `tier`.
    #[must_use]
    pub fn has(&self, tier: Tier) -> bool {
        self.tiers.contains(&tier)
    }

    /// Whether it has subnets of `tier`, and from them a way to the internet.
    #[must_use]
    pub fn reaches_out(&self, tier: Tier) -> bool {
        self.has(tier)
            && match tier {
                Tier::Public => true,
                Tier::Private => self.has(Tier::Public) && self.nat != Nat::None,
                Tier::Isolated => false,
            }
    }

    fn default_cidr() -> Cidr {
        Cidr::ANY_V4.part(8, 10).and_then(|it| it.part(16, 0)).unwrap_or(Cidr::ANY_V4)
    }

    fn default_tiers() -> Vec<Tier> {
        Tier::ALL.to_vec()
    }
}

fn yes() -> bool {
    true
}

/// A tier of subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// With a route from and to the internet.
    Public,
    /// With a way out through NAT, if there is one.
    Private,
    /// With no way to the internet.
    Isolated,
}

impl Tier {
    /// All, in the order in which addresses are given out.
    pub const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Isolated];

    /// Its word in a stack file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Isolated => "isolated",
        }
    }
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// Not at all.
    None,
    /// Through one NAT gateway in the first zone.
    #[default]
    Single,
    /// Through a NAT gateway in each zone.
    PerZone,
}

/// The subnets of a tier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubnetOptions {
    /// Their size, as the number of fixed bits, from 16 (large) to 28 (16 addresses, of which AWS keeps 5).
    /// Default: 8 more than the VPC's, for isolated subnets 12 more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<u8>,
    /// Their very addresses, one block a zone, instead of `prefix`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidrs: Option<Vec<Cidr>>,
    /// Whether what starts in them gets a public address by itself; only for `public`. Default: false.
    #[serde(default)]
    pub public_ips: bool,
}

text_type! {
    /// The letter of an availability zone, such as `a`.
    ZoneLetter, pattern: "^[a-z]$", check: zone_letter
}

fn zone_letter(text: &str) -> Result<(), String> {
    if text.len() == 1 && text.bytes().all(|it| it.is_ascii_lowercase()) {
        return Ok(());
    }
    let letter =
        text.rsplit_once(|it: char| it.is_ascii_digit()).map(|(_, it)| it).filter(|it| zone_letter(it).is_ok());
    let help = match letter {
        Some(it) => format!("write its letter only: {it}"),
        None => "write its letter, such as a".into(),
    };
    Err(wrong(format!("`{text}` is no zone's letter"), help))
}

/// The availability zones of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zones {
    /// The first so many of the region, 1 to 6.
    Count(u8),
    /// Those with these letters, in this order; 1 to 6.
    Letters(Vec<ZoneLetter>),
}

impl Zones {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Count(it) => usize::from(*it),
            Self::Letters(it) => it.len(),
        }
    }
}

impl Default for Zones {
    fn default() -> Self {
        Self::Count(2)
    }
}

impl<'de> Either<'de> for Zones {
    const EXPECTED: &'static str = "a number of zones from 1 to 6, or a list of their letters such as [a, c]";

    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        match u8::try_from(it) {
            Ok(it @ 1..=6) => Ok(Self::Count(it)),
            _ => Err(E::invalid_value(de::Unexpected::Unsigned(it), &Self::EXPECTED)),
        }
    }
    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        let letters = Vec::<ZoneLetter>::deserialize(list)?;
        match letters.len() {
            1..=6 => Ok(Self::Letters(letters)),
            _ => Err(de::Error::invalid_value(de::Unexpected::Seq, &Self::EXPECTED)),
        }
    }
}

impl<'de> Deserialize<'de> for Zones {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl Serialize for Zones {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(it) => it.serialize(serializer),
            Self::Letters(it) => it.serialize(serializer),
        }
    }
}

impl JsonSchema for Zones {
    fn schema_name() -> Cow<'static, str> {
        "Zones".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many availability zones, or their letters.",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": 6 },
                {
                    "type": "array",
                    "items": generator.subschema_for::<ZoneLetter>(),
                    "minItems": 1,
                    "maxItems": 6,
                    "uniqueItems": true,
                },
            ],
        })
    }
}
