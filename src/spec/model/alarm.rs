//! Alarms.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    ComponentName, Span, Text, Threshold,
    either::{Either, either, text_type, wrong},
    names::Description,
};

/// An alarm: what it watches, and when that is bad.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// The service whose metric it is. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ComponentName>,
    /// The cache whose metric it is. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<ComponentName>,
    /// The database whose metric it is, its read replicas included. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<ComponentName>,
    /// Whether it is a metric of the load balancer. Default: false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub load_balancer: bool,
    /// The metric: a word such as `memory` for one of a part of the stack, or a map for any other in full.
    pub metric: WatchedMetric,
    /// The alarm goes off when the metric is above this, such as `5`, `80%`, `500ms` or `2GB`. Either this or `below` is
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Threshold>,
    /// The alarm goes off when the metric is below this, written likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Threshold>,
    /// For how long it has to be so, without a break. Default: `5m`.
    #[serde(default = "Alarm::default_for", rename = "for")]
    pub lasting: Span,
    /// What a time without data counts as: `ok`, `alarm`, `unknown` (the alarm says that it does not know) or `keep` (the
    /// alarm stays as it is). Default: as it makes sense for the metric, `unknown` for a metric in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingData>,
    /// Who is told: a name or names from `notify`. Default: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Names>,
    /// What it means and what is to be done, for whoever is told. Default: a sentence on what it watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
}

impl Alarm {
    fn default_for() -> Span {
        Span::of_seconds(300)
    }

    /// How long a period is: metrics that have a word come each minute.
    #[must_use]
    pub fn period(&self) -> Span {
        match &self.metric {
            WatchedMetric::Full(it) => it.period,
            WatchedMetric::Word(_) => Span::of_seconds(60),
        }
    }
}

/// The metric that an alarm watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchedMetric {
    /// By its word.
    Word(MetricName),
    /// In full.
    Full(AlarmMetric),
}

impl<'de> Either<'de> for WatchedMetric {
    const EXPECTED: &'static str = "a metric's word such as memory, or a map with `namespace` and `name`";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        it.parse().map(Self::Word).map_err(E::custom)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        AlarmMetric::deserialize(map).map(Self::Full)
    }
}

impl<'de> Deserialize<'de> for WatchedMetric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl Serialize for WatchedMetric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(it) => it.serialize(serializer),
            Self::Full(it) => it.serialize(serializer),
        }
    }
}

impl JsonSchema for WatchedMetric {
    fn schema_name() -> Cow<'static, str> {
        "WatchedMetric".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<MetricName>();
        json_schema!({
            "description": "A metric's word, or a metric in full.",
            "anyOf": [word, AlarmMetric::json_schema(generator)],
        })
    }
}

/// What a time without data counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingData {
    /// All is well.
    Ok,
    /// It is as bad as it can be.
    Alarm,
    /// The alarm says that it does not know.
    Unknown,
    /// The alarm stays as it is.
    Keep,
}

/// A metric in full.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmMetric {
    /// Its namespace, such as `AWS/SQS`.
    pub namespace: MetricText,
    /// Its name, such as `ApproximateAgeOfOldestMessage`.
    pub name: MetricText,
    /// What tells it from others of its name: all of its dimensions, or it is another metric. Default: none.
    #[serde(default)]
    pub dimensions: BTreeMap<MetricText, Text>,
    /// How the values of a period become one: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as
    /// `p95`. Default: `Average`.
    #[serde(default)]
    pub statistic: Statistic,
    /// How long a period is: a whole number of minutes, or 10, 20 or 30 seconds for metrics that are that fine. Default: `1m`.
    #[serde(default = "AlarmMetric::default_period")]
    pub period: Span,
    /// The unit of the values that count, such as `Milliseconds`. Default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<MetricUnit>,
}

impl AlarmMetric {
    fn default_period() -> Span {
        Span::of_seconds(60)
    }
}

text_type! {
    /// A metric's word, such as `memory`: of a service `cpu`, `memory` and `tasks` (how many run); with the cluster's
    /// `insights` also `tasks_missing` and `tasks_pending`; and if it gets requests `5xx`, `5xx_rate`, `4xx_rate`, `latency`,
    /// `latency_p50`, `latency_p95`, `latency_p99`, `requests`, `unhealthy` and `healthy` (how many tasks are); of the load
    /// balancer `5xx`, `5xx_rate`, `latency`, `latency_p95`, `latency_p99`, `requests` and `rejected`; of a cache `cpu`,
    /// `engine_cpu`, `memory`, `evictions`, `connections` and `hit_rate`; of a serverless one `memory`, `evictions`,
    /// `connections`, `throttled` and `hit_rate`; of a database `cpu`, `memory` and `storage` (what is free of them),
    /// `connections`, `read_latency`, `write_latency` and `transaction_ids` (those in use of two billion), and `replica_lag` of
    /// its read replicas.
    MetricName, pattern: "^[a-z0-9_]+$", check: metric_name
}
text_type! {
    /// A name that CloudWatch knows something by: at most 255 characters, not beginning with a colon.
    MetricText, pattern: "^[^:].{0,254}$", check: metric_text
}
text_type! {
    /// How the values of a period become one: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as
    /// `p95` or `p99.9`.
    Statistic, pattern: "^(Average|Sum|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\\.[0-9]{1,10})?|p100)$", check: statistic
}
text_type! {
    /// A unit as CloudWatch calls it, such as `Milliseconds` or `Bytes/Second`.
    MetricUnit, pattern: "^[A-Z][a-z]+(/Second)?$", check: metric_unit
}

impl Default for Statistic {
    fn default() -> Self {
        Self("Average".into())
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>, as of 2026-07.
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];
const STATISTICS: [&str; 5] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

fn metric_name(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_') {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` is no metric's word"),
        "use a word such as memory, or a map with `namespace` and `name`",
    ))
}

fn metric_text(text: &str) -> Result<(), String> {
    let plain = text.chars().all(|it| it.is_ascii() && !it.is_ascii_control());
    if plain && (1..=255).contains(&text.len()) && !text.starts_with(':') {
        return Ok(());
    }
    let help = "CloudWatch takes 1 to 255 characters of ASCII, the first of which is no colon";
    Err(wrong(format!("`{text}` cannot be the name of a metric, nor of anything that it has"), help))
}

fn statistic(text: &str) -> Result<(), String> {
    let share = |it: &str| {
        it.bytes().all(|it| it.is_ascii_digit() || it == b'.') && it.parse().is_ok_and(|it: f64| it <= 100.0)
    };
    if STATISTICS.contains(&text) || text.strip_prefix('p').is_some_and(share) {
        return Ok(());
    }
    let help = format!("there are {}, and percentiles such as p95", STATISTICS.join(", "));
    Err(wrong(format!("`{text}` is no statistic"), help))
}

fn metric_unit(text: &str) -> Result<(), String> {
    if UNITS.contains(&text) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no unit of CloudWatch"), format!("there are {}", UNITS.join(", "))))
}

/// A name or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<ComponentName>);

impl<'de> Either<'de> for Names {
    const EXPECTED: &'static str = "a name, or a list of names";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        it.parse().map(|it| Self(vec![it])).map_err(E::custom)
    }
    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Names {
    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<ComponentName>();
        json_schema!({
            "description": "A name, or a list of names.",
            "anyOf": [one, { "type": "array", "items": one, "uniqueItems": true }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics() {
        assert!(["Average", "p95", "p99.9", "p100", "p0"].into_iter().all(|it| statistic(it).is_ok()));
        assert!(["average", "p", "p101", "p-1", "95", "tm99", "p1e1"].into_iter().all(|it| statistic(it).is_err()));
    }
}
