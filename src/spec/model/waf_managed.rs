//! Groups of rules that AWS keeps for its WAF.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeSeed, SeqAccess, Visitor},
};

use super::either::{Either, either, text_type, wrong};

text_type! {
    /// A rule of a group, such as `SizeRestrictions_BODY`.
    WafRuleName, pattern: "^[A-Za-z0-9_-]{1,128}$", check: rule_name
}
text_type! {
    /// A version of a group, such as `Version_1.5`.
    WafVersion, pattern: "^[A-Za-z0-9_#:./-]{1,64}$", check: version
}

fn rule_name(text: &str) -> Result<(), String> {
    let fits = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
    if (1..=128).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no rule of a group"), "it looks like SizeRestrictions_BODY"))
}

fn version(text: &str) -> Result<(), String> {
    let fits = |it: u8| it.is_ascii_alphanumeric() || b"_#:./-".contains(&it);
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no version of a group"), "it looks like Version_1.5"))
}

/// A group of rules that AWS keeps up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafGroup {
    /// Addresses that Amazon knows to send attacks.
    IpReputation,
    /// Addresses of proxies, VPNs, Tor and hosting providers.
    AnonymousIps,
    /// What most attacks on web applications have in common.
    Common,
    /// Requests that are known to exploit something.
    KnownBadInputs,
    /// SQL where there should be none.
    Sql,
    /// Attacks on Linux.
    Linux,
    /// Attacks on POSIX systems.
    Unix,
    /// Attacks on Windows.
    Windows,
    /// Attacks on PHP.
    Php,
    /// Attacks on `WordPress`.
    Wordpress,
    /// Requests for pages of administrators.
    Admin,
    /// Bots; it costs more than the others.
    Bots,
}

/// What AWS calls each group, and how much capacity it takes, as of November 2025
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>). Cheap ones that decide on much
/// come first.
const GROUPS: [(WafGroup, &str, u32); 12] = [
    (WafGroup::IpReputation, "AWSManagedRulesAmazonIpReputationList", 25),
    (WafGroup::AnonymousIps, "AWSManagedRulesAnonymousIpList", 50),
    (WafGroup::Common, "AWSManagedRulesCommonRuleSet", 700),
    (WafGroup::KnownBadInputs, "AWSManagedRulesKnownBadInputsRuleSet", 200),
    (WafGroup::Sql, "AWSManagedRulesSQLiRuleSet", 200),
    (WafGroup::Linux, "AWSManagedRulesLinuxRuleSet", 200),
    (WafGroup::Unix, "AWSManagedRulesUnixRuleSet", 100),
    (WafGroup::Windows, "AWSManagedRulesWindowsRuleSet", 200),
    (WafGroup::Php, "AWSManagedRulesPHPRuleSet", 100),
    (WafGroup::Wordpress, "AWSManagedRulesWordPressRuleSet", 100),
    (WafGroup::Admin, "AWSManagedRulesAdminProtectionRuleSet", 100),
    (WafGroup::Bots, "AWSManagedRulesBotControlRuleSet", 50),
];

impl WafGroup {
    fn row(self) -> (&'static str, u32) {
        GROUPS.iter().find(|it| it.0 == self).map_or(("", 0), |it| (it.1, it.2))
    }

    /// What AWS calls it.
    #[must_use]
    pub fn group(self) -> &'static str {
        self.row().0
    }

    /// How much capacity it takes.
    #[must_use]
    pub fn capacity(self) -> u32 {
        self.row().1
    }

    /// Whether it has versions; lists of addresses have none.
    #[must_use]
    pub fn has_versions(self) -> bool {
        !matches!(self, Self::IpReputation | Self::AnonymousIps)
    }

    /// When it is its turn among the groups.
    #[must_use]
    pub fn turn(self) -> u32 {
        GROUPS.iter().zip(0..).find(|(it, _)| it.0 == self).map_or(0, |(_, at)| at)
    }

    /// Its word in a stack file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IpReputation => "ip_reputation",
            Self::AnonymousIps => "anonymous_ips",
            Self::Common => "common",
            Self::KnownBadInputs => "known_bad_inputs",
            Self::Sql => "sql",
            Self::Linux => "linux",
            Self::Unix => "unix",
            Self::Windows => "windows",
            Self::Php => "php",
            Self::Wordpress => "wordpress",
            Self::Admin => "admin",
            Self::Bots => "bots",
        }
    }
}

/// What can be said of a group of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafGroupOptions {
    /// Whether what it finds is only counted, to see what it would refuse. Default: false.
    #[serde(default)]
    pub count: bool,
    /// Those of its rules that only count what they find, such as `[SizeRestrictions_BODY]`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<WafRuleName>,
    /// Its version, such as `Version_1.5`; AWS gives up old ones. Default: the one that AWS recommends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<WafVersion>,
}

/// The groups of rules that a web ACL has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WafManaged(pub BTreeMap<WafGroup, WafGroupOptions>);

/// What does good to nearly every site and hardly ever harm.
impl Default for WafManaged {
    fn default() -> Self {
        let usual = [WafGroup::IpReputation, WafGroup::Common, WafGroup::KnownBadInputs];
        Self(usual.into_iter().map(|it| (it, WafGroupOptions::default())).collect())
    }
}

impl<'de> Either<'de> for WafManaged {
    const EXPECTED: &'static str = "a list of groups such as [common, sql], or a map of them";

    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        list.deserialize_seq(Groups).map(Self)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(map).map(Self)
    }
}

impl<'de> Deserialize<'de> for WafManaged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

/// Reads a list of groups.
struct Groups;

impl<'de> Visitor<'de> for Groups {
    type Value = BTreeMap<WafGroup, WafGroupOptions>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WafManaged::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut groups = BTreeMap::new();
        while let Some(it) = seq.next_element_seed(NewGroup(&groups))? {
            groups.insert(it, WafGroupOptions::default());
        }
        Ok(groups)
    }
}

/// Reads a group that is not yet among these; here, so that the second is blamed.
struct NewGroup<'a>(&'a BTreeMap<WafGroup, WafGroupOptions>);

impl<'de> DeserializeSeed<'de> for NewGroup<'_> {
    type Value = WafGroup;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WafGroup, D::Error> {
        let it = WafGroup::deserialize(deserializer)?;
        if self.0.contains_key(&it) {
            let message = format!("the group `{}` is listed twice", it.as_str());
            return Err(de::Error::custom(wrong(message, "keep one of them")));
        }
        Ok(it)
    }
}

impl JsonSchema for WafManaged {
    fn schema_name() -> Cow<'static, str> {
        "WafManaged".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Groups of rules that AWS keeps: a list of them, or a map with options.",
            "anyOf": [
                { "type": "array", "items": generator.subschema_for::<WafGroup>(), "uniqueItems": true },
                {
                    "type": "object",
                    "propertyNames": generator.subschema_for::<WafGroup>(),
                    "additionalProperties": generator.subschema_for::<WafGroupOptions>(),
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_its_line_and_its_word() {
        for (at, (it, group, capacity)) in GROUPS.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(it).unwrap(), it.as_str());
            assert_eq!((it.group(), it.capacity(), it.turn() as usize), (group, capacity, at));
        }
    }
}
