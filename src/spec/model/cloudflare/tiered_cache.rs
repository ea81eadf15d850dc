//! What lies between Cloudflare's caches and the origin.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::spec::model::{
    either::{Either, either},
    key::yes,
};

/// What lies between Cloudflare's caches and the origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TieredCache {
    /// Whether there are tiers.
    pub enabled: bool,
    /// Whether Cloudflare finds the best upper tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart: Option<bool>,
    /// Whether there is a Cache Reserve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserve: Option<bool>,
}

/// It written out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    /// Whether caches ask each other before they ask the origin. Default: true.
    #[serde(default = "yes")]
    enabled: bool,
    /// Whether Cloudflare finds the cache that is nearest to the origin, which alone asks it then. Default: as `enabled` is.
    #[serde(default)]
    smart: Option<bool>,
    /// Whether what is cached is kept in a store of its own, Cache Reserve, which is paid for by size and use. Default: as it
    /// is.
    #[serde(default)]
    reserve: Option<bool>,
}

impl<'de> Either<'de> for TieredCache {
    const EXPECTED: &'static str = "true, false, or a map of settings";

    fn from_bool<E: de::Error>(enabled: bool) -> Result<Self, E> {
        Ok(Self { enabled, smart: Some(enabled), reserve: None })
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        let Long { enabled, smart, reserve } = Long::deserialize(map)?;
        Ok(Self { enabled, smart: smart.or(Some(enabled)), reserve })
    }
}

impl<'de> Deserialize<'de> for TieredCache {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for TieredCache {
    fn schema_name() -> Cow<'static, str> {
        "TieredCache".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What lies between Cloudflare's caches and the origin: whether there is something, or a map of settings.",
            "anyOf": [{ "type": "boolean" }, Long::json_schema(generator)],
        })
    }
}
