//! How releases follow each other, and what a service may do.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::model::{ComponentName, Span, Text};

/// How one release follows another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deploy {
    /// How many tasks have to be healthy meanwhile, in percent of all, rounded up. Default: 100.
    pub min: u32,
    /// How many tasks there may be meanwhile, in percent of all, rounded down. Default: 200.
    pub max: u32,
    /// Whether a release whose tasks do not start is given up, and the one before comes back. Default: true.
    pub circuit_breaker: bool,
    /// What has to succeed once for each release before it gets any requests, such as changes to a database. Default:
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate: Option<Migrate>,
}

impl Default for Deploy {
    fn default() -> Self {
        Self { min: 100, max: 200, circuit_breaker: true, migrate: None }
    }
}

/// A command that runs in a task of its own, with the new release's image, variables, secrets and permissions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migrate {
    /// The command, in words: `[npm, run, migrate]`. It has to bear being run again.
    pub command: Vec<String>,
    /// How long it may take. After that, the release has failed, and the task goes on. Default: `30m`.
    #[serde(default = "half_an_hour")]
    pub timeout: Span,
}

fn half_an_hour() -> Span {
    Span::of_seconds(1_800)
}

/// What takes traces in every task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tracing {
    /// The AWS Distro for OpenTelemetry.
    Adot,
    /// The X-Ray daemon, of which AWS says that it is only kept alive.
    Xray,
}

impl Tracing {
    /// The name of its container.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adot => "adot",
            Self::Xray => "xray",
        }
    }
}

/// What a service's containers may do in AWS, beyond what its other settings need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Buckets of the stack, by name, and what may be done with what they hold: `read`, `write` (put and delete) or
    /// `read_write`. Default: none.
    pub buckets: BTreeMap<ComponentName, BucketUse>,
    /// Actions and what they may be done with. Default: none.
    pub policy: Vec<Permission>,
}

/// What may be done with what a bucket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketUse {
    /// Listed and read.
    Read,
    /// Put there and deleted.
    Write,
    /// Both.
    ReadWrite,
}

impl BucketUse {
    /// Whether it may be read.
    #[must_use]
    pub fn reads(self) -> bool {
        self != Self::Write
    }

    /// Whether it may be changed.
    #[must_use]
    pub fn writes(self) -> bool {
        self != Self::Read
    }
}

/// Actions, and what they may be done with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Such as `[s3:GetObject, s3:PutObject]`.
    pub actions: Vec<String>,
    /// ARNs, which may hold outputs of components, and `*` for any characters.
    pub resources: Vec<Text>,
}
