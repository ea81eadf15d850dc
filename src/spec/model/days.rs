//! Whole days.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    duration::days,
    either::{Either, either, wrong},
};

/// So many days, such as `30d` or `2w`; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days(u32);

/// For how long what was deleted can be brought back: a number of days, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recovery(Option<Days>);

impl Days {
    /// So many.
    #[must_use]
    pub const fn new(count: u32) -> Self {
        Self(count)
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.0
    }
}

impl Recovery {
    /// How many days; 0 for not at all.
    #[must_use]
    pub fn days(self) -> u32 {
        self.0.map_or(0, Days::count)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(it) => it.fmt(f),
            None => f.write_str("none"),
        }
    }
}

impl Serialize for Days {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Recovery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for Days {
    const EXPECTED: &'static str = "a number of days such as 30d";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        let count = days(it).filter(|it| (1..=3650).contains(it));
        count.map(Self).ok_or_else(|| E::custom(wrong(format!("`{it}` is no number of days"), "write it as 30d or 2w")))
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Err(E::custom(wrong(format!("{it} has no unit"), format!("write {it}d for {it} days"))))
    }
}

impl Either<'_> for Recovery {
    const EXPECTED: &'static str = "a number of days such as 30d, or none";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        if it == "none" { Ok(Self(None)) } else { Days::from_text(it).map(|it| Self(Some(it))) }
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Days::from_number(it).map(|it| Self(Some(it)))
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl<'de> Deserialize<'de> for Recovery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Days {
    fn schema_name() -> Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "A number of days, such as 30d or 2w.", "pattern": "^[0-9]+[dwy]$"})
    }
}

impl JsonSchema for Recovery {
    fn schema_name() -> Cow<'static, str> {
        "Recovery".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "For how long what was deleted can be brought back: 7d to 30d, or none.",
            "pattern": "^([0-9]+[dw]|none)$",
        })
    }
}
