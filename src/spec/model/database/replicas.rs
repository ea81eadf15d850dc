//! Read replicas of a database.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::DatabaseClass;
use crate::spec::model::{
    ComponentName,
    either::{Either, either, wrong},
};

/// How many read replicas a database has at most
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html>).
const MOST: u64 = 15;

/// The read replicas of a database, by name, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Replicas(pub IndexMap<ComponentName, ReplicaOptions>);

/// What can be said of a read replica.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplicaOptions {
    /// The class of its machine. Default: the database's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<DatabaseClass>,
}

impl<'de> Either<'de> for Replicas {
    const EXPECTED: &'static str = "a number of replicas, or a map of them";

    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        if it > MOST {
            return Err(E::custom(wrong(format!("{it} read replicas are too many"), "a database has at most 15")));
        }
        let name = |at: u64| format!("replica-{at}").parse::<ComponentName>().map_err(E::custom);
        (1..=it).map(|at| Ok((name(at)?, ReplicaOptions::default()))).collect::<Result<_, _>>().map(Self)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        IndexMap::deserialize(map).map(Self)
    }
}

impl<'de> Deserialize<'de> for Replicas {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Replicas {
    fn schema_name() -> Cow<'static, str> {
        "Replicas".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Read replicas: how many, or a map of them by name.",
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": MOST },
                {
                    "type": "object",
                    "propertyNames": generator.subschema_for::<ComponentName>(),
                    "additionalProperties": generator.subschema_for::<ReplicaOptions>(),
                },
            ],
        })
    }
}
