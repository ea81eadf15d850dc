//! Caches at Upstash: what only Upstash knows reaches those who need it and nobody else, and names that are not unique stay
//! so.

use std::collections::BTreeSet;

use infractl::{
    api::{
        retry::Class,
        vendor::{Method, Vendors},
    },
    catalog::{Reads, lifecycle::Look},
    resource::tags::Scope,
};
use serde_json::{Value, json};

use super::{
    kills::{Point, killed},
    lab::Lab,
};

const CACHE: &str = "
stack: shop
region: eu-central-1
ephemeral: true
caches: { main: { provider: upstash, auto_upgrade: true } }
";
const SERVICE: &str = "
network: { zones: 1, nat: single }
services:
  api:
    image: example/api:1
    environment: { REST: '${caches.main.rest_url}' }
    secrets: { REDIS_URL: '${caches.main.url}', TOKEN: '${caches.main.rest_token}' }
";
const URL: &str = "/infractl/shop/default/caches.main.url";
const TOKEN: &str = "/infractl/shop/default/caches.main.rest_token";
const NAME: &str = "shop--default--eu-central-1--main";

/// What Upstash knows of all databases, credentials included.
async fn databases(lab: &Lab) -> Vec<Value> {
    let upstash = lab.aws().await.read.vendors.upstash().unwrap().clone();
    let mut acc = Vec::new();
    for it in upstash.list("upstash:ListDatabases", "/redis/databases", &[]).await.unwrap() {
        let path = format!("/redis/database/{}", it["database_id"].as_str().unwrap());
        acc.push(upstash.get("upstash:GetDatabase", &path, &[]).await.unwrap());
    }
    acc
}

async fn only(lab: &Lab) -> Value {
    let [one] = databases(lab).await.try_into().unwrap();
    one
}

async fn tell(lab: &Lab, call: &str, path: &str, body: Option<Value>) -> Value {
    let upstash = lab.aws().await.vendors.upstash().unwrap().clone();
    upstash.send(&format!("upstash:{call}"), Method::POST, path, body.as_ref()).await.unwrap()
}

/// What the vault has is what Upstash has now.
async fn assert_fits(lab: &Lab) {
    let (one, vault) = (only(lab).await, lab.aws().await.read.secrets);
    let text = |key: &str| one[key].as_str().unwrap().to_owned();
    let url = format!("rediss://default:{}@{}.upstash.io:6379", text("password"), text("endpoint"));
    for (name, value) in [(URL, url), (TOKEN, text("rest_token"))] {
        let kept = vault.get_secret_value().secret_id(name).send().await.unwrap().secret_string.unwrap();
        assert_eq!(kept, value, "{name}");
    }
}

/// What the tasks of the service are told, by name.
async fn told(lab: &Lab) -> BTreeSet<(String, String)> {
    let ecs = lab.aws().await.read.ecs;
    let services =
        ecs.describe_services().cluster("shop-default").services("api").send().await.unwrap().services.unwrap();
    let definition = services[0].task_definition().unwrap().to_owned();
    let found = ecs.describe_task_definition().task_definition(definition).send().await.unwrap();
    let container = found.task_definition.unwrap().container_definitions.unwrap().remove(0);
    let plain =
        container.environment().iter().map(|it| (it.name().unwrap().to_owned(), it.value().unwrap().to_owned()));
    let secret = container.secrets().iter().map(|it| (it.name().to_owned(), it.value_from().to_owned()));
    plain.chain(secret).collect()
}

#[tokio::test]
async fn services_are_told_and_told_again_when_somebody_resets_the_password() {
    let lab = Lab::new("upstash: reset").await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(&format!("{CACHE}{SERVICE}"));
    let mut said = vec![lab.ok(&["-vv", "apply", "--yes"]).await];
    lab.assert_empty().await;
    assert_fits(&lab).await;
    let (before, first) = (only(&lab).await, told(&lab).await);
    let rest = format!("https://{}.upstash.io", before["endpoint"].as_str().unwrap());
    assert!(first.contains(&("REST".to_owned(), rest)), "{first:?}");

    tell(&lab, "ResetPassword", &format!("/redis/reset-password/{}", before["database_id"].as_str().unwrap()), None)
        .await;
    let plan = lab.json(&["plan"]).await;
    let fields = |address: &str| {
        let steps = plan["steps"].as_array().unwrap().iter();
        let fields =
            steps.filter(|it| it["target"] == address).flat_map(|it| it["action"]["fields"].as_array().unwrap());
        fields.map(|it| it["path"].as_str().unwrap()).collect::<Vec<_>>()
    };
    for what in ["url", "rest_token"] {
        assert_eq!(fields(&format!("secretsmanager.secret/caches.main.{what}")), ["value.upstash.version"], "{plan:#}");
    }
    said.push(lab.ok(&["-vv", "plan", "--out", "reset.json"]).await);
    said.push(lab.ok(&["-vv", "apply", "reset.json"]).await);
    lab.assert_empty().await;
    assert_fits(&lab).await;
    let second = told(&lab).await;
    let differ: Vec<_> = second.difference(&first).map(|(name, _)| name.as_str()).collect();
    assert_eq!(differ, ["REDIS_URL", "TOKEN"], "who runs has to start anew");

    // Only the vault has learned what Upstash knows.
    let after = only(&lab).await;
    let secret: Vec<_> = [&before, &after]
        .into_iter()
        .flat_map(|it| ["password", "rest_token"].map(|key| it[key].as_str().unwrap()))
        .collect();
    let saved = std::fs::read_to_string(lab.path("reset.json")).unwrap();
    for text in said.iter().flat_map(|it| [&it.out, &it.err]).chain([&saved]) {
        assert!(secret.iter().all(|it| !text.contains(it)), "a secret is told");
    }
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, [""; 0]);
}

/// A name is no proof against a second one of that name: people have to say which it is.
#[tokio::test]
async fn two_of_a_name_are_a_conflict() {
    let lab = Lab::new("upstash: twins").await;
    lab.write(CACHE);
    lab.ok(&["apply", "--yes"]).await;
    let body = json!({"database_name": NAME, "platform": "aws", "primary_region": "eu-central-1"});
    tell(&lab, "CreateDatabase", "/redis/database", Some(body)).await;
    let changes = lab.changes().await;
    let said = lab.run(&["apply", "--yes"]).await;
    assert_eq!(said.code, 4, "{said:?}");
    for it in databases(&lab).await {
        assert!(said.out.contains(it["database_id"].as_str().unwrap()), "{}", said.out);
    }
    assert_eq!(lab.changes().await, changes);
}

/// Others are there, whose names only begin alike.
#[tokio::test]
async fn what_others_have_at_upstash_stays() {
    let lab = Lab::new("upstash: others").await;
    for name in
        ["sessions", "shop", "shop--default", "shop--default--eu-west-1--main", "shop--default-2--eu-central-1--main"]
    {
        let body = json!({"database_name": name, "platform": "aws", "primary_region": "eu-central-1"});
        tell(&lab, "CreateDatabase", "/redis/database", Some(body)).await;
    }
    let before = databases(&lab).await;
    lab.write(CACHE);
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(databases(&lab).await.len(), before.len() + 1);
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(databases(&lab).await, before);
}

/// Whoever is not heard, or told to come later, does not make two.
#[tokio::test]
async fn it_is_made_once_whatever_goes_wrong() {
    for kind in ["throttle", "server_error", "drop_before", "drop_after"] {
        let lab = Lab::new(&format!("upstash: {kind}")).await;
        lab.write(CACHE);
        lab.faults(json!([{"kind": kind, "operation": "upstash:*", "mutating": true, "count": 2}])).await;
        lab.ok(&["apply", "--yes"]).await;
        lab.assert_empty().await;
        assert_eq!(only(&lab).await["database_name"], NAME, "{kind}");
    }
}

#[tokio::test]
async fn it_goes_on_from_any_call() {
    let mut kills = 0;
    for n in 1.. {
        let lab = Lab::new(&format!("upstash: kill {n}")).await;
        lab.write(CACHE);
        let mut held = false;
        for before in [true, false] {
            let point = Point { n, before };
            held |= killed(&lab, &["apply", "--yes"], point).await;
            lab.ok(&["apply", "--yes"]).await;
            lab.assert_empty().await;
            assert_eq!(only(&lab).await["database_name"], NAME, "{point:?}");
            held |= killed(&lab, &["destroy", "--yes"], point).await;
            lab.ok(&["destroy", "--yes"]).await;
            assert_eq!(lab.inventory().await, [""; 0], "{point:?}");
        }
        if !held {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 3, "{kills}");
}

/// Without a key to it, nobody misses what nobody wants.
#[tokio::test]
async fn a_key_is_asked_for_only_if_something_is_wanted() {
    let lab = Lab::new("upstash: no key").await;
    let mut cx = lab.aws().await.read;
    cx.vendors = Vendors::default();
    let scope = Scope { stack: "shop".into(), env: "default".into(), region: "eu-central-1".into() };
    let read = async |wants| {
        let look = Look { scope: scope.clone(), wants, strays: true };
        Reads::read(&cx, "upstash.database", look).await
    };
    assert_eq!(read(Vec::new()).await, Ok(Vec::new()));
    let want = json!({
        "database_name": NAME, "platform": "aws", "primary_region": "eu-central-1", "read_regions": [], "plan": "payg",
        "eviction": true, "auto_upgrade": false, "tls": true,
    });
    let error = read(vec![want]).await.unwrap_err();
    assert_eq!(error.class(), Class::Expired);
    assert!(error.message.contains("UPSTASH_EMAIL or UPSTASH_API_KEY is not set"), "{error}");
}
