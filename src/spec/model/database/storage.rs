//! Storage of a database.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::spec::model::either::{Either, either, wrong};

/// How much storage a database has, and of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Storage {
    /// How many GiB it has at least.
    pub min: u32,
    /// Up to how many GiB it grows by itself.
    pub max: Option<u32>,
    /// Its kind.
    pub r#type: StorageType,
    /// How many operations a second it does, where that is chosen.
    pub iops: Option<u32>,
    /// How many MiB a second it moves, where that is chosen.
    pub throughput: Option<u32>,
}

/// A kind of storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageType {
    /// General purpose; from 400 GiB on its operations and throughput can be chosen.
    #[default]
    Gp3,
    /// General purpose, of the former generation.
    Gp2,
    /// With so many operations a second, of the former generation.
    Io1,
    /// With so many operations a second.
    Io2,
}

impl StorageType {
    /// Its word in RDS.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gp3 => "gp3",
            Self::Gp2 => "gp2",
            Self::Io1 => "io1",
            Self::Io2 => "io2",
        }
    }
}

/// Storage written out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StorageSettings")]
struct Long {
    /// How many GiB it has at least: 20 to 65536. Default: 20.
    #[serde(default = "Long::least")]
    min: u32,
    /// Up to how many GiB it grows by itself. Default: it does not grow.
    #[serde(default)]
    max: Option<u32>,
    /// Its kind. Default: `gp3`.
    #[serde(default)]
    r#type: StorageType,
    /// How many operations a second it does: for `io1` and `io2`, and for `gp3` from 400 GiB on. Default: what its kind has.
    #[serde(default)]
    iops: Option<u32>,
    /// How many MiB a second it moves: for `gp3` from 400 GiB on. Default: what its kind has.
    #[serde(default)]
    throughput: Option<u32>,
}

impl Long {
    fn least() -> u32 {
        20
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self { min: 20, max: Some(100), r#type: StorageType::Gp3, iops: None, throughput: None }
    }
}

impl<'de> Either<'de> for Storage {
    const EXPECTED: &'static str = "a number of GiB, a range such as 20..100, or a map of settings";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        let number = |it: &str| it.parse::<u32>().ok().filter(|_| it.bytes().all(|it| it.is_ascii_digit()));
        let range = it.split_once("..").and_then(|(min, max)| Some((number(min)?, number(max)?)));
        let wrong = || wrong(format!("`{it}` is no range of GiB"), "write it as 20..100");
        let (min, max) = range.ok_or_else(|| E::custom(wrong()))?;
        Ok(Self { min, max: Some(max), ..Self::default() })
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Ok(Self { min: it.try_into().unwrap_or(u32::MAX), max: None, ..Self::default() })
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        let Long { min, max, r#type, iops, throughput } = Long::deserialize(map)?;
        Ok(Self { min, max, r#type, iops, throughput })
    }
}

impl<'de> Deserialize<'de> for Storage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Storage {
    fn schema_name() -> Cow<'static, str> {
        "Storage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many GiB of storage, from how many up to how many, or a map of settings.",
            "anyOf": [
                { "type": "integer", "minimum": 20, "maximum": 65536 },
                { "type": "string", "pattern": "^[0-9]+\\.\\.[0-9]+$" },
                generator.subschema_for::<Long>(),
            ],
        })
    }
}
