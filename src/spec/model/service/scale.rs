//! How many tasks there are, and what they run on.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::spec::model::{
    ComponentName, Span,
    either::{Either, either, text_type, wrong},
};

/// Between which numbers of tasks a service is scaled, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What the tasks' average use of processors is kept at, in percent, or two thresholds such as `{ out: 70, in: 50 }`.
    /// Default: it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Goal>,
    /// What the tasks' average use of memory is kept at, in percent, or two thresholds such as `{ out: 80, in: 60 }`.
    /// Default: it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Goal>,
    /// How many requests a minute each task is kept at; for services with a `route`. Default: it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// How many tasks are added or taken away at a time where there are thresholds. Default: 1.
    #[serde(default = "Scale::default_step")]
    pub step: u32,
    /// For how long a threshold has to be passed, in whole minutes. Default: `3m`.
    #[serde(default = "Scale::default_after")]
    pub after: Span,
    /// How long nothing is taken away after tasks were taken away. Default: `5m`.
    #[serde(default = "Scale::default_in")]
    pub cooldown_in: Span,
    /// How long nothing is added after tasks were added. Default: `1m`.
    #[serde(default = "Scale::default_out")]
    pub cooldown_out: Span,
    /// Other numbers at certain times, by name. Default: none.
    #[serde(default)]
    pub schedule: BTreeMap<ComponentName, ScheduledScale>,
}

impl Scale {
    /// What it is scaled by, with the words of the file.
    #[must_use]
    pub fn goals(&self) -> Vec<(&'static str, Goal)> {
        [("cpu", self.cpu), ("memory", self.memory)].into_iter().filter_map(|(word, it)| Some((word, it?))).collect()
    }

    fn default_step() -> u32 {
        1
    }

    fn default_after() -> Span {
        Span::of_seconds(180)
    }

    fn default_in() -> Span {
        Span::of_seconds(300)
    }

    fn default_out() -> Span {
        Span::of_seconds(60)
    }
}

/// What a metric decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Goal {
    /// There are as many tasks as keep it there, in percent.
    Keep(u32),
    /// Tasks come when it is too high, and go when all metrics with thresholds are low enough.
    Steps(Thresholds),
}

/// Two thresholds, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Above this, tasks are added.
    pub out: u32,
    /// Below this, tasks are taken away, once all metrics with thresholds are below theirs.
    #[serde(rename = "in")]
    pub low: u32,
}

impl<'de> Either<'de> for Goal {
    const EXPECTED: &'static str = "a percentage such as 70, or thresholds such as { out: 70, in: 50 }";

    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        // What does not fit is no percentage either.
        Ok(Self::Keep(u32::try_from(it).unwrap_or(u32::MAX)))
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        Thresholds::deserialize(map).map(Self::Steps)
    }
}

impl<'de> Deserialize<'de> for Goal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Goal {
    fn schema_name() -> Cow<'static, str> {
        "Goal".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a metric is kept at, in percent, or two thresholds.",
            "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 100 }, generator.subschema_for::<Thresholds>()],
        })
    }
}

/// Other numbers of tasks from a certain time on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledScale {
    /// When, in six fields: minutes, hours, days of the month, months, days of the week, years; such as `0 20 * * ? *`.
    pub cron: String,
    /// The fewest tasks from then on. Default: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// The most tasks from then on. Default: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Whose clock counts, such as `Europe/Berlin`. Default: `UTC`.
    #[serde(default)]
    pub timezone: Timezone,
}

text_type! {
    /// A time zone of the IANA database, such as `Europe/Berlin`.
    Timezone, pattern: "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", check: timezone
}

impl Default for Timezone {
    fn default() -> Self {
        Self("UTC".into())
    }
}

fn timezone(text: &str) -> Result<(), String> {
    let word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"_+-".contains(&it));
    if text.split('/').all(word) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no time zone"), "a time zone looks like Europe/Berlin"))
}

/// How tasks are spread over on-demand and spare capacity. Spare capacity costs less than half, and is taken away at two
/// minutes' notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CapacityShare {
    /// How many tasks run on demand before any runs elsewhere. Default: 1.
    pub base: u32,
    /// The share of spare capacity in the rest. Default: 1.
    pub weight: u32,
    /// The share of on-demand capacity in the rest. Default: 0.
    pub on_demand: u32,
}

impl Default for CapacityShare {
    fn default() -> Self {
        Self { base: 1, weight: 1, on_demand: 0 }
    }
}
