//! What Cloudflare keeps away.

use std::{borrow::Cow, collections::BTreeSet};

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::words::{EdgeCountry, EdgeExpression, EdgeHost, EdgePath, WafCategory};
use crate::{
    resource::text::cidr::Cidr,
    spec::model::{
        ComponentName, Several, Span,
        either::{Either, either},
    },
};

/// What Cloudflare keeps away from the zone's names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeWaf {
    /// Whether Cloudflare's managed rules count; not on the Free plan, where the few that are free always do. Default: false.
    #[serde(default)]
    pub managed: EdgeManaged,
    /// Whether the core rules of OWASP count; not on the Free plan. Default: false.
    #[serde(default)]
    pub owasp: WafOwasp,
    /// What becomes of bots that Cloudflare knows, such as those of search engines. Default: what becomes of everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots: Option<WafBots>,
    /// Rules, by name; of several that fit, the first counts. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub rules: IndexMap<ComponentName, WafRule>,
    /// How often visitors may ask, by name. Default: as often as they like.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub rate_limits: IndexMap<ComponentName, EdgeRate>,
    /// How Cloudflare tells floods of requests from what is usual. Default: as Cloudflare has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ddos: Option<WafDdos>,
}

/// What is done with a request that is found to be harmful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafAction {
    /// It is refused.
    Block,
    /// The visitor solves a puzzle first.
    Challenge,
    /// The visitor's browser runs a program first.
    JsChallenge,
    /// The visitor's browser runs a program first, or the visitor solves a puzzle, as Cloudflare thinks fit.
    ManagedChallenge,
    /// It is only noted. Only on the Enterprise plan.
    Log,
}

impl WafAction {
    /// As Cloudflare has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Challenge => "challenge",
            Self::JsChallenge => "js_challenge",
            Self::ManagedChallenge => "managed_challenge",
            Self::Log => "log",
        }
    }

    /// Whether the visitor may go on once they have done something.
    #[must_use]
    pub fn challenges(self) -> bool {
        matches!(self, Self::Challenge | Self::JsChallenge | Self::ManagedChallenge)
    }
}

/// Cloudflare's managed rules, written out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafManagedSettings {
    /// What all of them do. Default: what is usual for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<WafAction>,
    /// Categories that do not count, such as `wordpress`. Default: none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub disabled: BTreeSet<WafCategory>,
}

/// The core rules of OWASP, written out: what speaks against a request is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WafOwaspSettings {
    /// How much may speak against a request: little with `high`, much with `low`. Default: `medium`.
    pub sensitivity: WafSensitivity,
    /// How many rules count: from 1 for those that hardly ever err to 4 for all. Default: 1.
    pub paranoia: u8,
    /// What is done with a request against which too much speaks. Default: `block`.
    pub action: WafAction,
}

impl Default for WafOwaspSettings {
    fn default() -> Self {
        Self { sensitivity: WafSensitivity::Medium, paranoia: 1, action: WafAction::Block }
    }
}

/// How much it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafSensitivity {
    /// Much.
    Low,
    /// A good deal.
    Medium,
    /// Little.
    High,
}

/// What becomes of bots that Cloudflare knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafBots {
    /// They need not keep to `rules` and `rate_limits`.
    Allow,
    /// They are challenged.
    Challenge,
    /// They are refused.
    Block,
}

/// Some requests, and what is done with them: one or more of `host`, `path`, `countries`, `ips` and `when`, and `action`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafRule {
    /// The names that are asked for, such as `admin.example.com`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/admin/*`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// Where the visitors are, such as `DE`. Default: anywhere.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub countries: Several<EdgeCountry>,
    /// The visitors' addresses, such as `203.0.113.0/24`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub ips: Several<Cidr>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// What is done with them.
    pub action: WafRuleAction,
    /// What they need not keep to; for `skip`. Default: `[rules]`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skip: BTreeSet<WafSkip>,
    /// What visitors get who are refused; for `block`. Default: a page of Cloudflare's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<WafResponse>,
}

/// What a rule does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafRuleAction {
    /// It is refused.
    Block,
    /// The visitor solves a puzzle first.
    Challenge,
    /// The visitor's browser runs a program first.
    JsChallenge,
    /// The visitor's browser runs a program first, or the visitor solves a puzzle, as Cloudflare thinks fit.
    ManagedChallenge,
    /// It is only noted. Only on the Enterprise plan.
    Log,
    /// It need not keep to what `skip` names.
    Skip,
}

impl WafRuleAction {
    /// As Cloudflare has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Challenge => "challenge",
            Self::JsChallenge => "js_challenge",
            Self::ManagedChallenge => "managed_challenge",
            Self::Log => "log",
            Self::Skip => "skip",
        }
    }
}

/// What a request need not keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafSkip {
    /// The rules after this one.
    Rules,
    /// `rate_limits`.
    RateLimits,
    /// `managed` and `owasp`.
    Managed,
    /// What the plan does about bots, but for Bot Fight Mode, which cannot be skipped.
    Bots,
}

/// What visitors get who are refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafResponse {
    /// The status, from 400 to 499. Default: 403, or 429 for who asked too often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the answer says.
    pub body: String,
    /// What the answer is. Default: `text`.
    #[serde(default)]
    pub kind: WafContent,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafContent {
    /// Plain text.
    #[default]
    Text,
    /// A page.
    Html,
    /// JSON.
    Json,
}

/// Some requests, and how many of them a visitor may send: more are too many for a while.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeRate {
    /// The names that are asked for, such as `api.example.com`; not on the Free plan. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/login`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// How many requests a visitor may send in the time that `per` says.
    pub requests: u32,
    /// The time in which requests are counted: `10s` on the Free plan, up to `1m` on Pro, `10m` on Business. Default: `10s`.
    #[serde(default = "ten_seconds")]
    pub per: Span,
    /// For how long a visitor who sent too many is refused; `10s` on the Free plan. Not for challenges, which last until they
    /// are solved. Default: `10s`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub duration: Option<Span>,
    /// Who counts as one visitor. Default: `ip`.
    #[serde(default)]
    pub by: WafCount,
    /// What is done with requests that are too many. Default: `block`.
    #[serde(default = "block")]
    pub action: WafAction,
    /// What visitors get who are refused; for `block`. Default: a page of Cloudflare's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<WafResponse>,
}

fn ten_seconds() -> Span {
    Span::of_seconds(10)
}

fn block() -> WafAction {
    WafAction::Block
}

/// Who counts as one visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafCount {
    /// An address.
    #[default]
    Ip,
    /// An address, with those told apart who share it. Only on the Business and Enterprise plans.
    Visitor,
}

/// How Cloudflare tells floods of requests from what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafDdos {
    /// How soon requests are a flood. Default: `high`.
    #[serde(default = "high")]
    pub sensitivity: WafFlood,
    /// What is done with them. Default: what is usual for each kind of flood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<WafAction>,
}

fn high() -> WafFlood {
    WafFlood::High
}

/// How soon requests are a flood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafFlood {
    /// As soon as Cloudflare thinks fit.
    High,
    /// Later.
    Medium,
    /// Much later.
    Low,
    /// Only when there are so many that Cloudflare itself suffers.
    Off,
}

/// A setting that is on, off, or written out.
macro_rules! on_or_map {
    ($(#[doc = $doc:literal])+ $name:ident: $settings:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub Option<$settings>);

        impl<'de> Either<'de> for $name {
            const EXPECTED: &'static str = "true, false, or a map of settings";

            fn from_bool<E: de::Error>(it: bool) -> Result<Self, E> {
                Ok(Self(it.then(Default::default)))
            }
            fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
                $settings::deserialize(map).map(Some).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                either(deserializer)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": concat!($($doc),+).trim(),
                    "anyOf": [{ "type": "boolean" }, $settings::json_schema(generator)],
                })
            }
        }
    };
}

on_or_map! {
    /// Cloudflare's managed rules: whether they count, or a map of settings.
    EdgeManaged: WafManagedSettings
}
on_or_map! {
    /// The core rules of OWASP: whether they count, or a map of settings.
    WafOwasp: WafOwaspSettings
}
