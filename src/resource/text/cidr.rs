//! Blocks of IP addresses.

use std::{borrow::Cow, fmt, str::FromStr};

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A block of IPv4 or IPv6 addresses, by its network address: `10.0.0.7/16` and `10.0.0.0/16` are one block, as they are
/// to EC2 (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Cidr {
    /// Every IPv4 address.
    pub const ANY_V4: Self = Self(IpNet::V4(match ipnet::Ipv4Net::new(std::net::Ipv4Addr::UNSPECIFIED, 0) {
        Ok(it) => it,
        Err(_) => unreachable!(),
    }));
    /// Every IPv6 address.
    pub const ANY_V6: Self = Self(IpNet::V6(match ipnet::Ipv6Net::new(std::net::Ipv6Addr::UNSPECIFIED, 0) {
        Ok(it) => it,
        Err(_) => unreachable!(),
    }));

    /// How many leading bits are fixed.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether it is of IPv4.
    #[must_use]
    pub fn is_v4(&self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// Whether every address of `other` is in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    /// Whether the two share an address.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Its `n`-th part with `prefix` fixed bits, counted from 0; `None` if it has no such part.
    #[must_use]
    pub fn part(&self, prefix: u8, n: usize) -> Option<Self> {
        self.0.subnets(prefix).ok()?.nth(n).map(Self)
    }
}

impl FromStr for Cidr {
    type Err = String;

    /// # Errors
    /// A sentence on what is wrong with `text`.
    fn from_str(text: &str) -> Result<Self, String> {
        let net: IpNet = text.parse().map_err(|_| format!("`{text}` is no block of addresses such as 10.0.0.0/16"))?;
        Ok(Self(net.trunc()))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Cidr {
    fn schema_name() -> Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A block of IP addresses, such as `10.0.0.0/16`.",
            "pattern": r"^[0-9a-fA-F.:]+/[0-9]{1,3}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn host_bits_make_no_difference() {
        assert_eq!(cidr("10.0.0.7/16"), cidr("10.0.0.0/16"));
        assert_eq!(cidr("2001:DB8:0::/48").to_string(), "2001:db8::/48");
    }

    #[test]
    fn parts_are_counted_from_the_first() {
        assert_eq!(cidr("10.0.0.0/16").part(20, 1), Some(cidr("10.0.16.0/20")));
        assert_eq!(cidr("10.0.0.0/28").part(24, 0), None);
        assert_eq!(cidr("10.0.0.0/30").part(31, 2), None);
    }

    #[test]
    fn the_whole_internet() {
        assert_eq!((Cidr::ANY_V4.to_string(), Cidr::ANY_V6.to_string()), ("0.0.0.0/0".into(), "::/0".into()));
    }
}
