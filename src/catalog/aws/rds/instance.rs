//! Databases: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.html>.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{change, cost, make, observe, parameters::Parameter, version};
use crate::{
    api::{ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Risk, Surroundings, Waits, value::In},
};

/// A PostgreSQL database, or a read replica of one.
#[expect(clippy::struct_excessive_bools, reason = "they are as many and as independent as RDS has them")]
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Instance {
    /// Its name, in small letters.
    pub identifier: String,
    /// The kind of database: `postgres`.
    pub engine: String,
    /// The version, as far as it matters: `16` is any of 16. It only ever goes up. Left out, whatever it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// How large a machine it has, such as `db.t4g.micro`.
    pub class: String,
    /// How many GiB it has at least. It never shrinks.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub storage: Option<u32>,
    /// Up to how many GiB it grows by itself; 0 for not at all.
    pub max_storage: u32,
    /// The kind of storage, such as `gp3`.
    pub storage_type: String,
    /// How many operations a second the storage does; left out, what its kind has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iops: Option<u32>,
    /// How many MiB a second the storage moves; left out, what its kind has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub throughput: Option<u32>,
    /// Whether the storage is encrypted. Left out, as what it is made from is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encrypted: Option<bool>,
    /// The key that encrypts it, by its ARN; left out, the account's own for RDS.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kms_key: Option<In<String>>,
    /// The database that is in it from the start; left out, what is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub database: Option<String>,
    /// Who may do everything in it; left out, who it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// Whether RDS makes the password, keeps it in a secret and changes it every week.
    pub managed_password: bool,
    /// Otherwise, the ARN of a secret that is JSON whose key `password` it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password_secret: Option<In<String>>,
    /// The version of that secret which it has; kept in a tag, as nobody can ask RDS.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password_version: Option<In<String>>,
    /// The port that it listens on.
    pub port: u16,
    /// The name of the group of subnets that it stands in; left out, that of what it is made from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subnet_group: Option<In<String>>,
    /// The security groups around it.
    pub security_groups: BTreeSet<In<String>>,
    /// The name of the group of parameters that it uses.
    pub parameter_group: In<String>,
    /// Those of the group's parameters that it took up when it last started; nothing while others wait for its restart. Left
    /// out, its restarts are others' business.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub static_parameters: Option<BTreeSet<Parameter>>,
    /// Whether another one stands by in a second zone.
    pub multi_az: bool,
    /// Whether it has an address that can be reached from the internet.
    pub public: bool,
    /// For how many days it can be brought back to any moment; 0 for not at all.
    pub backup_days: u32,
    /// When backups are made, UTC, such as `02:00-03:00`; left out, RDS chooses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub backup_window: Option<String>,
    /// When RDS works on it, UTC, such as `sun:03:30-sun:04:30`; left out, RDS chooses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub maintenance_window: Option<String>,
    /// Whether RDS goes on to later minor versions by itself.
    pub minor_upgrades: bool,
    /// Whether it cannot be deleted until this is lifted.
    pub deletion_protection: bool,
    /// Whether its tags go to its snapshots.
    pub tagged_snapshots: bool,
    /// Whether `CloudWatch` Database Insights tells of fifteen months, at a price, and not only of the last week.
    pub advanced_insights: bool,
    /// Which of its logs go to `CloudWatch` Logs.
    pub logs: BTreeSet<String>,
    /// The log groups that these go to, which are made before it: those that RDS makes keep everything for ever.
    pub log_groups: BTreeSet<In<String>>,
    /// Whether a last snapshot is made of it when it is deleted; kept in a tag.
    pub final_snapshot: bool,
    /// The name of the database that it is a read replica of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replica_of: Option<In<String>>,
    /// What it is made from, if not from nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub made_from: Option<MadeFrom>,
    /// Whether changes that it notices wait for its next maintenance window.
    pub in_window: bool,
    /// What waits for the maintenance window, whoever wanted it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pending: Option<BTreeSet<String>>,
}

/// What a database is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MadeFrom {
    /// A snapshot, by its name or ARN.
    Snapshot(String),
    /// Another database as it was at some time.
    Database {
        /// Its name.
        id: String,
        /// The time, as in RFC 3339; the latest possible if there is none.
        at: Option<String>,
    },
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its name.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What RDS calls it, and no other one ever.
    pub resource_id: String,
    /// The name by which it is reached, once it has one.
    pub host: Option<String>,
    /// The port that it listens on.
    pub port: u16,
    /// The ARN of the secret that RDS keeps its password in.
    pub managed_secret: Option<String>,
    /// How many GiB it has by now.
    pub allocated: u32,
    /// Whether some of its parameters wait for its restart.
    #[serde(default)]
    pub to_restart: bool,
}

impl Resource for Instance {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(
            Instance: identifier, engine, encrypted, kms_key, database, username, subnet_group, replica_of
        ),
        at_creation: fields!(Instance: password_secret, log_groups, made_from, in_window),
        revised: fields!(Out: managed_secret),
        protected_by: Some("deletion_protection"),
        unique_by: fields!(Instance: identifier),
        holds_data: true,
        interrupts: Some("what uses the database no longer can"),
        waits: Waits::minutes(90, 80, 60).usually(480),
        ..Facts::new::<Self>(
            "rds.instance",
            "a PostgreSQL database",
            "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, id) = (place, &self.identifier);
        let arn = format!("arn:{partition}:rds:{region}:{account}:db:{id}");
        let mut acc = Map::new();
        acc.insert("id".into(), json!(id));
        acc.insert("arn".into(), json!(arn));
        acc.insert("port".into(), json!(self.port));
        acc
    }

    fn risks(&self) -> Vec<Risk> {
        let public = self.public.then(|| Risk::Exposes("the database has an address on the internet".into()));
        public.into_iter().collect()
    }

    /// Another one that stands by costs as much; a replica has its source's size.
    fn monthly(&self, place: &Place, around: &dyn Surroundings) -> Option<f64> {
        let source = self.replica_of.as_ref().and_then(|it| around.settings(it)?.get("storage")?.as_u64());
        let storage = self.storage.or_else(|| source?.try_into().ok()).unwrap_or_default();
        let zones = if self.multi_az { 2.0 } else { 1.0 };
        Some(zones * cost::month(place, &self.class, storage)?)
    }

    fn note(live: &Live<Self>) -> Option<String> {
        let waits = live.state.pending.as_ref().map(|it| {
            let what = it.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            format!("{what}: happens in the maintenance window{}", when(live.state.maintenance_window.as_ref()))
        });
        let restarts = live.out.to_restart.then(|| {
            let restart = format!("aws rds reboot-db-instance --db-instance-identifier {}", live.out.id);
            format!("some of its parameters take effect when it restarts: `{restart}`")
        });
        Some(waits.into_iter().chain(restarts).collect::<Vec<_>>().join("; ")).filter(|it| !it.is_empty())
    }

    fn leaves(live: &Live<Self>) -> Option<String> {
        let name = change::last_snapshot(live)?;
        let delete = format!("aws rds delete-db-snapshot --db-snapshot-identifier {name}");
        Some(format!("what it holds stays in a last snapshot, until `{delete}`"))
    }

    fn refuses(&self, live: &Self) -> Option<String> {
        let shrinks = self.storage.zip(live.storage).filter(|(want, live)| want < live);
        if let Some((want, live)) = shrinks {
            return Some(format!("it has {live} GiB of storage, which never shrinks to {want}"));
        }
        let (want, live) = (self.version.as_ref()?, live.version.as_ref()?);
        let back = version::compare(want, version::major(live)).is_lt();
        back.then(|| format!("it has version {live}, which never goes back to {want}"))
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let mut acc = Vec::new();
        if self.port != live.port {
            acc.push(Risk::Interrupts("the database restarts at once, for its port".into()));
        }
        acc.extend(self.static_parameters.as_ref().filter(|it| Some(*it) != live.static_parameters.as_ref()).map(
            |it| {
                let names: Vec<_> = it.iter().map(|it| it.name.as_str()).collect();
                let why = if names.is_empty() { "its parameters".into() } else { names.join(", ") };
                Risk::Interrupts(format!("the database restarts, for {why}"))
            },
        ));
        let noticed = self.noticed(live);
        if self.in_window {
            acc.extend(self.deferred(live, &noticed));
        } else {
            acc.extend(noticed.iter().filter_map(|it| Some(Risk::Interrupts(it.interrupts?.into()))));
            acc.extend(dragged_along(live, &noticed));
        }
        acc
    }
}

fn when(window: Option<&String>) -> String {
    window.map_or(String::new(), |it| format!(", {it} UTC"))
}

/// A change that RDS makes at once or in the maintenance window, as one likes.
struct Noticed {
    what: &'static str,
    /// What stops meanwhile, if anything does.
    interrupts: Option<&'static str>,
}

impl Instance {
    /// That changes wait, and until when.
    fn deferred(&self, live: &Self, noticed: &[Noticed]) -> Option<Risk> {
        let what = noticed.iter().map(|it| it.what).collect::<Vec<_>>().join(", ");
        let when = when(self.maintenance_window.as_ref().or(live.maintenance_window.as_ref()));
        (!noticed.is_empty()).then(|| Risk::Defers(format!("{what}: happens in the maintenance window{when}")))
    }

    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html#USER_ModifyInstance.Settings>
    fn noticed(&self, live: &Self) -> Vec<Noticed> {
        let ours = |want: &Option<u32>, live: &Option<u32>| want.is_some() && want != live;
        let upgrade = match (&self.version, &live.version) {
            (Some(want), Some(live)) if want != live && version::major(want) != version::major(live) => {
                Some("the database is down while it is upgraded, often for half an hour")
            }
            _ => Some("the database is down for some minutes while it is upgraded"),
        };
        let backups = self.backup_days != live.backup_days && (self.backup_days == 0) != (live.backup_days == 0);
        [
            (self.version.is_some() && self.version != live.version, "version", upgrade),
            (self.class != live.class, "class", Some("the database restarts, for its size")),
            (backups, "backup_days", Some("the database pauses while backups are switched on or off")),
            (self.multi_az != live.multi_az, "multi_az", None),
            (ours(&self.storage, &live.storage), "storage", None),
            (self.storage_type != live.storage_type, "storage_type", None),
            (ours(&self.iops, &live.iops), "iops", None),
            (ours(&self.throughput, &live.throughput), "throughput", None),
        ]
        .into_iter()
        .filter(|(differs, ..)| *differs)
        .map(|(_, what, interrupts)| Noticed { what, interrupts })
        .collect()
    }
}

/// That RDS, when it makes a change at once, makes all at once that waits, whoever wanted it.
fn dragged_along(live: &Instance, noticed: &[Noticed]) -> Option<Risk> {
    let changed: BTreeSet<_> = noticed.iter().map(|it| it.what).collect();
    let waiting: Vec<_> =
        live.pending.iter().flatten().map(String::as_str).filter(|it| !changed.contains(it)).collect();
    let what = waiting.join(", ");
    (!waiting.is_empty())
        .then(|| Risk::Interrupts(format!("what waits for the maintenance window comes now, too: {what}")))
}

impl Lifecycle for Instance {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        observe::all(cx, look).await
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        make::instance(cx, new).await
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        change::instance(cx, want, live, changed).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        change::delete(cx, live).await
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}
