//! How many tasks there are, and what they run on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::model::{
    ComponentName, Span,
    either::{text_type, wrong},
};

/// Between which numbers of tasks a service is scaled, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What the tasks' average use of processors is kept at, in percent. Default: it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// What the tasks' average use of memory is kept at, in percent. Default: it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
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
    fn default_in() -> Span {
        Span::of_seconds(300)
    }

    fn default_out() -> Span {
        Span::of_seconds(60)
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
