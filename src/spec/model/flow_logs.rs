//! Flow logs of a VPC.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    Retention,
    either::{Either, either},
};

/// The log of who talked to whom in the network, kept in `CloudWatch` Logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FlowLogs {
    /// How long it is kept.
    pub retention: Retention,
    /// Which traffic is in it.
    pub traffic: FlowTraffic,
    /// Over how long a record sums up.
    pub interval: Interval,
}

/// Which traffic is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlowTraffic {
    /// What was let through and what was not.
    #[default]
    All,
    /// Only what was let through.
    Accept,
    /// Only what was not let through.
    Reject,
}

/// Over how long a record of the log sums up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Interval {
    /// One minute.
    #[serde(rename = "1m")]
    OneMinute,
    /// Ten minutes.
    #[default]
    #[serde(rename = "10m")]
    TenMinutes,
}

impl Interval {
    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        match self {
            Self::OneMinute => 60,
            Self::TenMinutes => 600,
        }
    }
}

/// Flow logs written out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    /// How long the log is kept, such as `30d`.
    retention: Retention,
    /// Which traffic is in it. Default: `all`.
    #[serde(default)]
    traffic: FlowTraffic,
    /// Over how long a record sums up. Default: `10m`.
    #[serde(default)]
    interval: Interval,
}

impl<'de> Either<'de> for FlowLogs {
    const EXPECTED: &'static str = "a number of days such as 30d, or a map with `retention`";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        let retention = Retention::from_text(it)?;
        Ok(Self { retention, traffic: FlowTraffic::default(), interval: Interval::default() })
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Retention::from_number(it).map(|retention| Self {
            retention,
            traffic: FlowTraffic::All,
            interval: Interval::TenMinutes,
        })
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        let Long { retention, traffic, interval } = Long::deserialize(map)?;
        Ok(Self { retention, traffic, interval })
    }
}

impl<'de> Deserialize<'de> for FlowLogs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for FlowLogs {
    fn schema_name() -> Cow<'static, str> {
        "FlowLogs".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The log of who talked to whom: how long it is kept, or a map of settings.",
            "anyOf": [generator.subschema_for::<Retention>(), Long::json_schema(generator)],
        })
    }
}
