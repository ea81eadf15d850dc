//! How releases follow each other, and what a service may do.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AfterRelease;
use crate::spec::model::{
    ComponentName, Span, Text,
    either::{text_type, wrong},
};

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
    /// How requests go over to a release, once its tasks are healthy beside those of the one before; all but `rolling` need a
    /// `route`. Saying `rolling` keeps what it takes to choose another one later. Default: tasks are replaced a few at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// Of `canary` and `linear`, how many requests go over at a time, and how long it stays so. Default: 10 % for 5m with
    /// `canary`, 20 % for 3m with `linear`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Shift>,
    /// For how long the release before runs on once all requests have gone over, in minutes up to 24h: as long, going back
    /// takes a moment; not for `rolling`. Default: `5m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bake: Option<Span>,
    /// A path that a release has to answer with a status from 200 to 399 before it gets any requests, such as `/health`; not
    /// for `rolling`. Default: none is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smoke: Option<SmokePath>,
    /// For how long people have to agree, with `infractl promote`, before any requests go over, or, with `linear` and `canary`,
    /// any more: in minutes up to 24h. If nobody does, the release goes back. Default: nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approve: Option<Span>,
    /// The names of alarms: if one goes off while a release is coming, the one before comes back. Default: none.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rollback_on: BTreeSet<ComponentName>,
    /// Who is told of a release, once it serves. Default: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<AfterRelease>,
}

impl Default for Deploy {
    fn default() -> Self {
        Self {
            min: 100,
            max: 200,
            circuit_breaker: true,
            migrate: None,
            strategy: None,
            step: None,
            bake: None,
            smoke: None,
            approve: None,
            rollback_on: BTreeSet::new(),
            after: None,
        }
    }
}

impl Deploy {
    /// Whether requests are shifted from one release to the next.
    #[must_use]
    pub fn shifts(&self) -> bool {
        !matches!(self.strategy, None | Some(Strategy::Rolling))
    }

    /// How many minutes the release before runs on.
    #[must_use]
    pub fn bake_minutes(&self) -> u32 {
        self.bake.map_or(5, |it| it.seconds() / 60)
    }

    /// How many requests go over at a time.
    #[must_use]
    pub fn step(&self) -> Shift {
        let usual = if self.strategy == Some(Strategy::Linear) { (20, 180) } else { (10, 300) };
        self.step.unwrap_or(Shift { percent: usual.0, bake: Span::of_seconds(usual.1) })
    }
}

/// How requests go over from one release to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Tasks are replaced a few at a time, so both releases answer meanwhile.
    Rolling,
    /// All at once.
    BlueGreen,
    /// Some first, and if all is well for a while, the rest.
    Canary,
    /// In equal steps.
    Linear,
}

impl Strategy {
    /// As files have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rolling => "rolling",
            Self::BlueGreen => "blue_green",
            Self::Canary => "canary",
            Self::Linear => "linear",
        }
    }
}

/// Some of the requests, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// How many of them, in percent: 1 to 99.
    pub percent: u32,
    /// For how long, in minutes up to 24h.
    pub bake: Span,
}

text_type! {
    /// A path that is asked for, such as `/health`.
    SmokePath, pattern: "^/[!-~]{0,1023}$", check: smoke_path
}

fn smoke_path(text: &str) -> Result<(), String> {
    if text.starts_with('/') && text.len() <= 1_024 && text.bytes().all(|it| it.is_ascii_graphic()) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no path"), "a path looks like /health"))
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
