//! Logs of a database.

use std::{borrow::Cow, collections::BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::spec::model::{
    Retention,
    either::{Either, either},
};

/// Which logs of a database go to `CloudWatch` Logs, and how long they are kept there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseLogs {
    /// Which ones.
    pub types: BTreeSet<DatabaseLog>,
    /// How long they are kept.
    pub retention: Retention,
}

/// A log that PostgreSQL in RDS writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseLog {
    /// What PostgreSQL says.
    Postgresql,
    /// What upgrades say.
    Upgrade,
}

impl DatabaseLog {
    /// Its word in RDS.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Upgrade => "upgrade",
        }
    }
}

/// Logs written out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DatabaseLogSettings")]
struct Long {
    /// Which ones. Default: `[postgresql, upgrade]`.
    #[serde(default = "all")]
    types: BTreeSet<DatabaseLog>,
    /// How long they are kept. Default: `30d`.
    #[serde(default = "month")]
    retention: Retention,
}

fn all() -> BTreeSet<DatabaseLog> {
    [DatabaseLog::Postgresql, DatabaseLog::Upgrade].into()
}

fn month() -> Retention {
    Retention::MONTH
}

impl Default for DatabaseLogs {
    fn default() -> Self {
        Self { types: all(), retention: month() }
    }
}

impl<'de> Either<'de> for DatabaseLogs {
    const EXPECTED: &'static str = "a list of logs such as [postgresql], or a map of settings";

    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        BTreeSet::deserialize(list).map(|types| Self { types, retention: month() })
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        let Long { types, retention } = Long::deserialize(map)?;
        Ok(Self { types, retention })
    }
}

impl<'de> Deserialize<'de> for DatabaseLogs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for DatabaseLogs {
    fn schema_name() -> Cow<'static, str> {
        "DatabaseLogs".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Which logs go to CloudWatch Logs: a list, or a map that says how long they are kept.",
            "anyOf": [
                { "type": "array", "items": generator.subschema_for::<DatabaseLog>(), "uniqueItems": true },
                generator.subschema_for::<Long>(),
            ],
        })
    }
}
