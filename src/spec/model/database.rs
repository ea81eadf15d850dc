//! Databases.

mod logs;
mod names;
mod replicas;
mod storage;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DailyWindow, Reference, Scalar, Spec, Text, Tier, WeeklyWindow,
    outputs::{Count, Output, Outputs},
};
use crate::diagnostic::Diagnostic;

pub use self::{
    logs::{DatabaseLog, DatabaseLogs},
    names::{Backups, DatabaseClass, DatabaseName, ParameterName, PostgresVersion, SnapshotName, Time, Username},
    replicas::{ReplicaOptions, Replicas},
    storage::{Storage, StorageType},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "databases",
    noun: "database",
    count: Count::Named { names: |spec: &Spec| spec.databases.keys().map(ToString::to_string).collect(), short: None },
    outputs: &[
        Output::text("host", "the name by which the database is reached"),
        Output::text("port", "the port that it listens on"),
        Output::text("name", "the database in it"),
        Output::text("username", "who may do everything in it"),
        Output::text("reader_host", "the name by which its first read replica is reached"),
        Output::text("reader_hosts", "the names by which its read replicas are reached"),
        Output::text("arn", "its ARN"),
        Output::text("id", "its name in RDS"),
        Output::text("security_group", "the id of the security group around it"),
        Output::secret("url", "all it takes to connect: `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require`"),
        Output::secret("password", "its password"),
    ],
    check: Some(check),
};

/// A PostgreSQL database in RDS, encrypted, and reached only by the services that refer to it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// What it is. Default: `postgres`.
    #[serde(default)]
    pub engine: DatabaseEngine,
    /// Its version: a major one, such as 16, or one in full, such as "16.4". RDS goes on to later minor versions by itself, and
    /// never goes back.
    pub version: PostgresVersion,
    /// The class of its machine. Default: `db.t4g.micro`.
    #[serde(default)]
    pub size: DatabaseClass,
    /// Its storage: so many GiB, such as `20`; from so many up to so many, by itself, such as `20..100`; or a map of settings.
    /// It never shrinks. Default: `20..100`.
    #[serde(default)]
    pub storage: Storage,
    /// Whether another one stands by in a second zone, to take over within a minute or two. Default: false.
    #[serde(default)]
    pub multi_az: bool,
    /// For how long it can be brought back to any moment: 1d to 35d, or none. Default: `7d`.
    #[serde(default)]
    pub backups: Backups,
    /// When its daily backup is made, UTC, such as `02:00-03:00`. Default: RDS chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_window: Option<DailyWindow>,
    /// When RDS may work on it, UTC, such as `sun:03:30-sun:04:30`. Default: RDS chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_window: Option<WeeklyWindow>,
    /// Whether it is protected from deletion, which `--override-protection` lifts. Default: true, or false in an ephemeral
    /// environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// Whether a last snapshot is made when it is deleted. Default: true, or false in an ephemeral environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_snapshot: Option<bool>,
    /// The database in it. It cannot be changed later. Default: the stack's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DatabaseName>,
    /// Who may do everything in it. It cannot be changed later. Default: `app`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
    /// Whose business its password is: `generated` (made once at random and kept in a secret, with one for the URL) or `managed`
    /// (by RDS, which changes it every week: whoever connects has to read it anew). Default: `generated`.
    #[serde(default)]
    pub password: PasswordKind,
    /// PostgreSQL's settings, such as `{ log_min_duration_statement: 500 }`, in the units that they have. Default: RDS's own.
    #[serde(default)]
    pub parameters: IndexMap<ParameterName, Scalar>,
    /// How much `CloudWatch` Database Insights tells: `standard` (the last week, for nothing) or `advanced` (fifteen months, at a
    /// price). Default: `standard`.
    #[serde(default)]
    pub insights: DatabaseInsights,
    /// Which of its logs go to `CloudWatch` Logs: a list, or a map that says how long they are kept. Default:
    /// `[postgresql, upgrade]`, kept for `30d`.
    #[serde(default)]
    pub logs: DatabaseLogs,
    /// Its read replicas: how many, 0 to 15, or a map of them. Default: 0.
    #[serde(default)]
    pub replicas: Replicas,
    /// The key that encrypts it, such as `${keys.main}`. It cannot be changed later. Default: the account's own key for RDS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
    /// What it is made from: a snapshot or another database as it was. It says how the database is made, and nothing about one
    /// that is there. Default: it is made empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DatabaseSource>,
    /// When changes take effect that it notices: `now`, or in its next maintenance `window`. Default: `now`.
    #[serde(default)]
    pub apply: ApplyWhen,
    /// The tier of subnets that it stands in. It cannot be changed later. Default: `isolated`, or `private` or `public` if there
    /// is no such tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// The port that it listens on: 1150 to 65535. Default: 5432.
    #[serde(default = "Database::default_port")]
    #[schemars(range(min = 1150))]
    pub port: u16,
    /// Whether RDS goes on to later minor versions by itself. Default: true.
    #[serde(default = "super::key::yes")]
    pub minor_upgrades: bool,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseEngine {
    /// PostgreSQL.
    #[default]
    Postgres,
}

/// Whose business a password is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PasswordKind {
    /// Made once, at random, and kept in a secret of the stack.
    #[default]
    Generated,
    /// RDS's, which keeps it in a secret of its own and changes it every week.
    Managed,
}

/// How much Database Insights tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseInsights {
    /// The load of the last week.
    #[default]
    Standard,
    /// The load of the last fifteen months, with plans and locks.
    Advanced,
}

/// When changes take effect that a database notices: another size, another version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplyWhen {
    /// At once; where parameters need it, with a restart.
    #[default]
    Now,
    /// In its next maintenance window; parameters that need a restart wait until someone restarts it.
    Window,
}

/// What a database is made from: a snapshot, or another database as it was.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSource {
    /// A snapshot, by its name or ARN. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotName>,
    /// Another database in the account and region, by its name in RDS. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<SnapshotName>,
    /// The moment as which the other database is taken, such as 2026-01-31T12:00:00Z, or `latest`. Default: `latest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

impl Database {
    fn default_port() -> u16 {
        5432
    }

    /// The database in it.
    #[must_use]
    pub fn name(&self, spec: &Spec) -> String {
        let usual = || DatabaseName::of_stack(spec.stack.as_str());
        self.name.as_ref().map_or_else(usual, ToString::to_string)
    }

    /// Who may do everything in it.
    #[must_use]
    pub fn username(&self) -> &str {
        self.username.as_ref().map_or("app", Username::as_str)
    }

    /// The tier that it stands in; `None` where the network has none for it.
    #[must_use]
    pub fn tier(&self, spec: &Spec) -> Option<Tier> {
        let network = spec.network.as_ref()?;
        let usual = [Tier::Isolated, Tier::Private, Tier::Public].into_iter().find(|it| network.has(*it));
        self.tier.or(usual)
    }
}

fn check(spec: &Spec, reference: &Reference) -> Option<Diagnostic> {
    let Reference { at, to } = reference;
    let database = spec.databases.get(to.name.as_deref()?)?;
    let unknown = |message: String| Diagnostic::error("ref/unknown", at, message);
    match to.output.as_str() {
        "reader_host" | "reader_hosts" if database.replicas.0.is_empty() => {
            Some(unknown(format!("`{}` has no read replica", to.target())).help("give it one with `replicas: 1`"))
        }
        "url" if database.password == PasswordKind::Managed => Some(
            unknown(format!("`{}` has no URL: RDS changes its password every week", to.target()))
                .help("take its host, port, name, username and password one by one, or write `password: generated`"),
        ),
        _ => None,
    }
}
