//! Containers, and how it is found out whether they work.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::spec::model::{
    ComponentName, SecretRef, Span, Text,
    either::{Either, either, text_type, wrong},
};

text_type! {
    /// An environment variable's name: letters, digits and underscores, not beginning with a digit.
    EnvName, pattern: "^[A-Za-z_][A-Za-z0-9_]*$", check: env_name
}

fn env_name(text: &str) -> Result<(), String> {
    let word = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    if text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_') && text.bytes().all(word) {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` cannot be an environment variable's name"),
        "use letters, digits and underscores, not beginning with a digit",
    ))
}

/// A container beside that of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    /// Its image.
    pub image: Text,
    /// What is passed to the image's entry point, as a list of words. Default: the image's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What it is guaranteed of the task's processors, in 1024ths of a core. Default: an even share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// What it may use of the task's memory before it is killed, in MiB. Default: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// The TCP port that it listens on, which no other container of the task may. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its environment, by name. Default: none.
    #[serde(default)]
    pub environment: BTreeMap<EnvName, Text>,
    /// Environment variables whose values are secret, by name. Default: none.
    #[serde(default)]
    pub secrets: BTreeMap<EnvName, SecretRef>,
    /// Whether the task ends when it ends. Default: false.
    #[serde(default)]
    pub essential: bool,
    /// How it is found out, in it, whether it works. Default: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Other containers, the service's own by the service's name, and what has to have become of them before it starts.
    /// Default: none.
    #[serde(default)]
    pub depends_on: BTreeMap<ComponentName, Condition>,
}

/// What has to have become of a container before another one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It has started.
    Start,
    /// It has ended.
    Complete,
    /// It has ended well.
    Success,
    /// Its `check` says that it works.
    Healthy,
}

/// How it is found out, in a container, whether it works.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What is run: a line for the shell, or a list of words. It works if that ends with code 0.
    pub command: Probe,
    /// How often, from 5s to 300s. Default: `30s`.
    #[serde(default = "Check::default_interval")]
    pub interval: Span,
    /// After how long a run has failed, from 2s to 60s. Default: `5s`.
    #[serde(default = "Check::default_timeout")]
    pub timeout: Span,
    /// After how many failures in a row it does not work, 1 to 10. Default: 3.
    #[serde(default = "Check::default_retries")]
    pub retries: u32,
    /// For how long after its start failures do not count, at most 300s. Default: `0s`.
    #[serde(default = "Check::default_start")]
    pub start: Span,
}

impl Check {
    fn default_interval() -> Span {
        Span::of_seconds(30)
    }

    fn default_timeout() -> Span {
        Span::of_seconds(5)
    }

    fn default_retries() -> u32 {
        3
    }

    fn default_start() -> Span {
        Span::of_seconds(0)
    }
}

/// What a check runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A line for the container's shell.
    Line(String),
    /// A program and its arguments.
    Words(Vec<String>),
}

impl Serialize for Probe {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Line(it) => it.serialize(serializer),
            Self::Words(it) => it.serialize(serializer),
        }
    }
}

impl<'de> Either<'de> for Probe {
    const EXPECTED: &'static str = "a line for the shell, or a list of words";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Ok(Self::Line(it.to_owned()))
    }
    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self::Words)
    }
}

impl<'de> Deserialize<'de> for Probe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Probe {
    fn schema_name() -> Cow<'static, str> {
        "Probe".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a check runs: a line for the shell, or a list of words.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            ],
        })
    }
}
