//! Redis databases: <https://upstash.com/docs/redis/overall/getstarted>.
//!
//! They have no tags, and names that are not unique: whose one is, its name says. It is never renamed.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    cache,
    credentials::{Credentials, GET},
    plan,
};
use crate::{
    api::{
        ApiError, OrAbsent, OrDone, ReadCx, Result, WriteCx,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, Waits, tags::Scope, to_tree, value::Address},
};

const LIST: &str = "upstash:ListDatabases";
/// What the name of one ends with that is told by its first part alone.
const DOMAIN: &str = ".upstash.io";

/// What speaks the protocol of Redis, at Upstash.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Database {
    /// Its name, which says whose it is: `shop--prod--eu-central-1--main`.
    pub database_name: String,
    /// Whose machines it runs on: `aws` or `gcp`.
    pub platform: String,
    /// The region where it is written to.
    pub primary_region: String,
    /// Other regions where it is read from.
    pub read_regions: BTreeSet<String>,
    /// How it is paid for: `free`, `payg` for by what is used, or a fixed price as `fixed_1gb`.
    pub plan: String,
    /// Whether it forgets something when it is full, and takes no more otherwise.
    pub eviction: bool,
    /// How many US dollars it may cost a month until it is slowed down. Left out, it is not ours.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub budget: Option<u32>,
    /// Whether it moves to the next larger plan when it is full.
    pub auto_upgrade: bool,
    /// Whether it is spoken to in TLS, as all that are made now are.
    pub tls: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its id.
    pub id: String,
    /// The name that it is reached by.
    pub host: String,
    /// A word for its credentials, another one once they are reset; empty where they were not asked for.
    pub version: String,
    /// What Upstash says of it, such as `active`.
    pub state: String,
}

impl Resource for Database {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Database: database_name, platform, primary_region),
        unique_by: fields!(Database: database_name),
        tagged: false,
        repeatable: false,
        holds_data: true,
        interrupts: Some("what uses the cache cannot reach it"),
        waits: Waits::minutes(10, 30, 10).usually(5),
        ..Facts::new::<Self>(
            "upstash.database",
            "what speaks the protocol of Redis, at Upstash",
            "https://upstash.com/docs/devops/developer-api/redis/create_database_global",
        )
    };

    fn note(live: &Live<Self>) -> Option<String> {
        let state = live.out.state.as_str();
        (state != "active").then(|| format!("Upstash says that it is {state}: its console says why"))
    }

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        plan::monthly(&self.plan, self.read_regions.len())
    }
}

/// Whose machines a region is made of: Google's are called `us-central1`, Amazon's `us-east-1`.
#[must_use]
pub fn platform(region: &str) -> &'static str {
    let last = region.rsplit('-').next().unwrap_or_default();
    if last.bytes().all(|it| it.is_ascii_digit()) { "aws" } else { "gcp" }
}

pub(super) fn path(id: &str) -> String {
    format!("/redis/database/{id}")
}

impl Lifecycle for Database {
    /// A list need not have all that there is to one, and has what nobody needs to see: who is ours is asked for alone.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if look.wants.is_empty() && cx.vendors.upstash.is_none() {
            return Ok(Vec::new());
        }
        let upstash = cx.vendors.upstash()?;
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.database_name.as_str(), it)).collect();
        let mut ours = Vec::new();
        for it in upstash.list(LIST, "/redis/databases", &[]).await? {
            let (name, id) = (text(LIST, &it, "database_name")?, text(LIST, &it, "database_id")?);
            let want = wanted.get(name.as_str()).copied();
            if want.is_some() || cache(&look.scope, &name).is_some() {
                ours.push((id, want));
            }
        }
        let found = ours.iter().map(|(id, want)| get(upstash, &look.scope, id, *want));
        Ok(try_join_all(found).await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let (upstash, body) = (cx.vendors.upstash()?, creation(&new.want));
        // It answers with credentials, which nobody here needs.
        upstash.send("upstash:CreateDatabase", Method::POST, "/redis/database", Some(&body)).await.map(drop)
    }

    /// While it moves to another plan or to other regions, Upstash takes no more: both are not asked for at once.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let tell = Tell { cx, id: &live.out.id };
        if changed.any(fields!(Database: tls)) && want.tls {
            tell.switch("upstash:EnableTls", "enable-tls").await?;
        }
        if changed.any(fields!(Database: eviction)) {
            match want.eviction {
                true => tell.switch("upstash:EnableEviction", "enable-eviction").await?,
                false => tell.switch("upstash:DisableEviction", "disable-eviction").await?,
            }
        }
        if changed.any(fields!(Database: auto_upgrade)) {
            match want.auto_upgrade {
                true => tell.switch("upstash:EnableAutoupgrade", "enable-autoupgrade").await?,
                false => tell.switch("upstash:DisableAutoupgrade", "disable-autoupgrade").await?,
            }
        }
        if changed.any(fields!(Database: plan)) {
            let body = json!({ "plan_name": want.plan, "auto_upgrade": want.auto_upgrade });
            let path = format!("/redis/{}/change-plan", tell.id);
            return tell.send("upstash:ChangePlan", Method::POST, &path, Some(&body)).await;
        }
        if let Some(budget) = want.budget.filter(|_| changed.any(fields!(Database: budget))) {
            let path = format!("/redis/update-budget/{}", tell.id);
            tell.send("upstash:UpdateBudget", Method::PATCH, &path, Some(&json!({ "budget": budget }))).await?;
        }
        if changed.any(fields!(Database: read_regions)) {
            let path = format!("/redis/update-regions/{}", tell.id);
            let body = json!({ "read_regions": want.read_regions });
            tell.send("upstash:UpdateRegions", Method::POST, &path, Some(&body)).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let gone =
            cx.vendors.upstash()?.send("upstash:DeleteDatabase", Method::DELETE, &path(&live.out.id), None).await;
        gone.or_done()
    }
}

/// Tells Upstash something of one database.
struct Tell<'a> {
    cx: &'a WriteCx,
    id: &'a str,
}

impl Tell<'_> {
    async fn send(&self, call: &str, method: Method, path: &str, body: Option<&Value>) -> Result<()> {
        self.cx.vendors.upstash()?.send(call, method, path, body).await.map(drop)
    }

    /// What is as it should be already is refused with words that say so.
    async fn switch(&self, call: &str, what: &str) -> Result<()> {
        match self.send(call, Method::POST, &format!("/redis/{what}/{}", self.id), None).await {
            Err(error) if error.message.contains("already") => Ok(()),
            said => said,
        }
    }
}

/// Whether it is to grow by itself is not asked when it is made: an update says that.
fn creation(want: &Database) -> Value {
    let mut body = to_tree(want);
    let kept = |key: &str, value: &Value| key != "auto_upgrade" && *value != json!([]);
    body.as_object_mut().into_iter().for_each(|it| it.retain(|key, value| kept(key, value)));
    body
}

/// `None` if it went while we looked. Only of one that is wanted are the credentials asked for, to tell whether they are those
/// that others were told.
async fn get(upstash: &Reader, scope: &Scope, id: &str, want: Option<&Database>) -> Result<Option<Live<Database>>> {
    let hidden: &[_] = if want.is_some() { &[] } else { &[("credentials", "hide")] };
    let answer = upstash.get(GET, &path(id), hidden).await.or_absent()?;
    answer.map(|it| live(&it, scope, want)).transpose()
}

/// What is false, empty or nothing may be left out.
#[derive(Deserialize)]
#[serde(default)]
struct Told {
    state: String,
    modifying_state: String,
    #[serde(rename = "type")]
    sort: String,
    db_disk_threshold: Option<u64>,
    read_regions: Option<BTreeSet<String>>,
    eviction: bool,
    budget: u32,
    auto_upgrade: bool,
    tls: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            state: "active".into(),
            modifying_state: String::new(),
            sort: String::new(),
            db_disk_threshold: None,
            read_regions: None,
            eviction: false,
            budget: 0,
            auto_upgrade: false,
            tls: false,
        }
    }
}

fn live(answer: &Value, scope: &Scope, want: Option<&Database>) -> Result<Live<Database>> {
    let of = |key| text(GET, answer, key);
    let (id, database_name, primary_region) = (of("database_id")?, of("database_name")?, of("primary_region")?);
    let told: Told = serde_json::from_value(answer.clone()).map_err(|it| ApiError::malformed(GET, &it))?;
    let wanted = want.map(|it| it.plan.as_str());
    let mut read_regions = told.read_regions.unwrap_or_default();
    read_regions.remove(&primary_region);
    let version = want.map(|_| Credentials::within(answer)).transpose()?.map(|it| it.version(&id));
    let tags = cache(scope, &database_name).map(|it| scope.tags(&Address::new(Database::FACTS.kind, it)));
    let state = Database {
        database_name,
        platform: platform(&primary_region).into(),
        primary_region,
        read_regions,
        plan: plan::told(&told.sort, told.db_disk_threshold, told.auto_upgrade, wanted),
        eviction: told.eviction,
        budget: Some(told.budget),
        auto_upgrade: told.auto_upgrade,
        tls: told.tls,
    };
    let status = if told.modifying_state.is_empty() { Status::Ready } else { Status::Pending(told.modifying_state) };
    let out = Out { id, host: host(&of("endpoint")?), version: version.unwrap_or_default(), state: told.state };
    Ok(Live { state, out, tags: tags.unwrap_or_default(), status })
}

/// An endpoint is a whole name, or the first part of one.
fn host(endpoint: &str) -> String {
    if endpoint.contains('.') { endpoint.to_owned() } else { format!("{endpoint}{DOMAIN}") }
}

fn text(call: &str, answer: &Value, key: &str) -> Result<String> {
    let text = answer.get(key).and_then(Value::as_str).filter(|it| !it.is_empty());
    text.map(str::to_owned).ok_or_else(|| ApiError::incomplete(call, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::tags::Tags;

    fn scope() -> Scope {
        Scope { stack: "shop".into(), env: "prod".into(), region: "eu-central-1".into() }
    }

    /// As the API answers, with most of what has nothing to do with us left out.
    fn answer() -> Value {
        json!({
            "database_id": "96ad0856-03b1-4ee7-9666-e81abd0349e1",
            "database_name": "shop--prod--eu-central-1--main",
            "region": "global",
            "port": 6379,
            "creation_time": 1_752_649_602,
            "state": "active",
            "endpoint": "beloved-stallion-58500",
            "tls": true,
            "type": "payg",
            "budget": 20,
            "primary_region": "eu-central-1",
            "primary_members": ["eu-central-1"],
            "all_members": ["eu-central-1", "us-east-1"],
            "read_regions": ["us-east-1"],
            "eviction": true,
            "auto_upgrade": false,
            "modifying_state": "",
            "db_disk_threshold": 107_374_182_400_u64,
            "password": "hunter2",
            "rest_token": "hunter3",
        })
    }

    fn want() -> Database {
        live(&answer(), &scope(), None).unwrap().state
    }

    #[test]
    fn an_answer_is_read() {
        let live = live(&answer(), &scope(), Some(&want())).unwrap();
        assert_eq!(scope().address(&live.tags), Some(Address::new("upstash.database", "main")));
        assert_eq!(live.out.host, "beloved-stallion-58500.upstash.io");
        assert_eq!((live.state.platform.as_str(), live.state.budget), ("aws", Some(20)));
        assert_eq!(live.state.read_regions, ["us-east-1".to_owned()].into());
        assert_eq!((&live.status, Database::note(&live)), (&Status::Ready, None));
        let told = format!("{live:?} {:?}", live.erase());
        assert!(!told.contains("hunter"), "{told}");
    }

    #[test]
    fn credentials_are_looked_at_only_of_what_is_wanted() {
        assert_eq!(live(&answer(), &scope(), None).unwrap().out.version, "");
        let mut answer = answer();
        let before = live(&answer, &scope(), Some(&want())).unwrap().out.version;
        answer["password"] = json!("hunter4");
        assert_ne!(live(&answer, &scope(), Some(&want())).unwrap().out.version, before);
        answer.as_object_mut().unwrap().remove("password");
        assert!(live(&answer, &scope(), Some(&want())).is_err() && live(&answer, &scope(), None).is_ok());
    }

    #[test]
    fn what_is_left_out_is_nothing() {
        let mut answer = answer();
        for key in ["read_regions", "eviction", "auto_upgrade", "budget", "modifying_state", "state"] {
            answer.as_object_mut().unwrap().remove(key);
        }
        let found = live(&answer, &scope(), None).unwrap();
        assert_eq!((found.state.eviction, found.state.budget, found.status), (false, Some(0), Status::Ready));
        for key in ["database_id", "database_name", "primary_region", "endpoint"] {
            let mut answer = self::answer();
            answer.as_object_mut().unwrap().remove(key);
            assert!(live(&answer, &scope(), None).is_err(), "{key}");
        }
    }

    #[test]
    fn what_it_does_is_waited_for_and_what_is_wrong_with_it_is_told() {
        let mut answer = answer();
        answer["modifying_state"] = json!("updating_regions");
        answer["state"] = json!("suspended");
        let found = live(&answer, &scope(), None).unwrap();
        assert_eq!(found.status, Status::Pending("updating_regions".into()));
        assert!(Database::note(&found).unwrap().contains("suspended"));
    }

    #[test]
    fn another_scopes_is_nobodys_here() {
        let other = Scope { env: "dev".into(), ..scope() };
        assert_eq!(live(&answer(), &other, Some(&want())).unwrap().tags, Tags::new());
    }

    #[test]
    fn regions_say_whose_machines_they_are() {
        assert_eq!(["us-east-1", "eu-central-1"].map(platform), ["aws"; 2]);
        assert_eq!(["us-central1", "us-east4", "europe-west1"].map(platform), ["gcp"; 3]);
        assert_eq!((host("a-1"), host("a-1.upstash.io")), ("a-1.upstash.io".into(), "a-1.upstash.io".into()));
    }

    #[test]
    fn what_is_not_ours_is_not_sent() {
        let want = Database { budget: None, read_regions: BTreeSet::new(), auto_upgrade: true, ..want() };
        let body = creation(&want);
        let keys: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected = ["database_name", "platform", "primary_region", "plan", "eviction", "tls"];
        expected.sort_unstable();
        let mut keys = keys;
        keys.sort_unstable();
        assert_eq!(keys, expected);
    }
}
