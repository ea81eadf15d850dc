//! What others have in a zone at Cloudflare, and what its plan does not have.

use reqwest::Method;
use serde_json::{Value, json};

use crate::lab::Lab;

fn stack(cloudflare: &Value) -> String {
    let file = json!({"stack": "shop", "region": "eu-central-1", "cloudflare": cloudflare});
    format!("{file:#}")
}

fn records(records: &Value) -> String {
    stack(&json!({"zone": "example.com", "records": records}))
}

impl Lab {
    /// Puts records of somebody else's into the zone.
    async fn theirs(&self, records: Vec<Value>) {
        let body = json!({"zone": "example.com", "records": records});
        self.control(Method::POST, "cloudflare", Some(body)).await;
    }

    /// Every record of the zone, with its comment.
    async fn records(&self) -> Vec<String> {
        let all = self.control(Method::GET, "cloudflare", None).await;
        let line = |it: &Value| {
            let text = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
            format!("{} {} {} {}", text("type"), text("name"), text("content"), text("comment"))
        };
        let mut acc: Vec<_> = all["zones"]["example.com"]["records"].as_array().unwrap().iter().map(line).collect();
        acc.sort();
        acc
    }

    async fn asked_cloudflare(&self) -> usize {
        self.calls().await.iter().filter(|(call, _)| call.starts_with("cloudflare:")).count()
    }
}

#[tokio::test]
async fn thousands_of_records_of_others_are_read_in_a_handful_of_calls_and_stay() {
    let lab = Lab::new("cloudflare: thousands").await;
    let theirs = |nth: usize| json!({"type": "A", "name": format!("host-{nth}"), "content": "192.0.2.1"});
    lab.theirs((0..3000).map(theirs).collect()).await;
    let before = lab.records().await;
    lab.behave(json!({"page_size": 0})).await;
    lab.write(&records(&json!({"www": {"to": "192.0.2.1"}, "@": {"type": "TXT", "to": "ours"}})));
    let asked = lab.asked_cloudflare().await;
    assert_eq!(
        lab.plan().await,
        ["create cloudflare.record/example.com/TXT", "create cloudflare.record/www.example.com/A"]
    );
    let asked = lab.asked_cloudflare().await - asked;
    assert!(asked <= 8, "{asked} calls");
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    assert_eq!(lab.records().await.len(), before.len() + 2);
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.records().await, before);
}

#[tokio::test]
async fn a_record_of_somebody_elses_in_the_way_is_a_conflict() {
    let lab = Lab::new("cloudflare: conflicts").await;
    lab.theirs(vec![
        json!({"type": "A", "name": "www", "content": "192.0.2.1"}),
        json!({"type": "CNAME", "name": "api", "content": "elsewhere.example.net"}),
        json!({"type": "TXT", "name": "@", "content": "same"}),
        json!({"type": "TXT", "name": "@", "content": "other"}),
        json!({"type": "TXT", "name": "free", "content": "x", "comment": "infractl:other/prod/eu-west-1:free.example.com/TXT"}),
    ])
    .await;
    let before = lab.records().await;
    let wanted = json!({
        "www": {"to": "192.0.2.2"}, "api": {"to": "192.0.2.2"}, "@": {"type": "TXT", "to": ["same", "new"]},
        "free": {"type": "TXT", "to": "x"}, "fine": {"to": "192.0.2.2"},
    });
    lab.write(&records(&wanted));
    let plan = lab.json(&["plan"]).await;
    let mut taken: Vec<_> = plan["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["conflict"]["taken"]["address"].as_str().unwrap())
        .collect();
    taken.sort_unstable();
    let expected = ["api.example.com/A", "example.com/TXT", "free.example.com/TXT", "www.example.com/A"];
    assert_eq!(taken, expected.map(|it| format!("cloudflare.record/{it}")), "{plan:#}");
    assert_eq!(lab.run(&["apply", "--yes"]).await.code, 4);
    assert_eq!(lab.records().await, before);
}

#[tokio::test]
async fn a_record_that_was_given_another_name_by_hand_comes_back() {
    let lab = Lab::new("cloudflare: renamed").await;
    let long = format!("{}.{}", "a".repeat(60), "b".repeat(60));
    lab.write(&records(&json!({long.as_str(): {"to": "192.0.2.1"}, "www": {"to": "192.0.2.1"}})));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    let before = lab.records().await;
    assert!(before.iter().all(|it| it.contains(" infractl:shop/default/eu-central-1:")), "{before:?}");
    let cx = lab.aws().await;
    let api = cx.vendors.cloudflare().unwrap();
    let zones = cx.read.vendors.cloudflare().unwrap().list("cloudflare:ListZones", "/zones", &[]).await.unwrap();
    let path = format!("/zones/{}/dns_records", zones[0]["id"].as_str().unwrap());
    for it in cx.read.vendors.cloudflare().unwrap().list("cloudflare:ListRecords", &path, &[]).await.unwrap() {
        let (id, name) = (it["id"].as_str().unwrap(), it["name"].as_str().unwrap());
        let body =
            json!({"name": format!("other.{name}"), "comment": format!("{} (moved)", it["comment"].as_str().unwrap())});
        api.send("cloudflare:UpdateRecord", infractl::api::vendor::Method::PATCH, &format!("{path}/{id}"), Some(&body))
            .await
            .unwrap();
    }
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    let after = lab.records().await;
    assert_eq!(after.iter().map(|it| it.replace(" (moved)", "")).collect::<Vec<_>>(), before);
    // What people wrote behind the mark stays; a mark that has no room for the name is no proof under another name.
    assert!(
        after.contains(
            &"A www.example.com 192.0.2.1 infractl:shop/default/eu-central-1:www.example.com/A (moved)".into()
        )
    );
}

#[tokio::test]
async fn what_a_plan_does_not_have_is_told_before_anything_is_done() {
    let lab = Lab::new("cloudflare: plans").await;
    lab.behave(json!({"cloudflare_zones": {"example.com": "free"}})).await;
    let settings = json!({"polish": "lossy", "ssl": "strict"});
    let bots = json!({"likely_automated": "block"});
    lab.write(&stack(&json!({"zone": "example.com", "settings": settings, "bots": bots})));
    let said = lab.run(&["plan"]).await;
    assert_ne!(said.code, 0);
    assert!(said.err.contains("`polish: lossy` is for the plan Pro and above, and the zone has Free"), "{}", said.err);
    assert!(said.err.contains("`likely_automated` is for the plan Business"), "{}", said.err);
    // What only Cloudflare knows is asked for.
    lab.write(&stack(
        &json!({"zone": "example.com", "settings": {"ssl": "strict", "proxy_read_timeout": 100, "no_such_thing": 1}}),
    ));
    let said = lab.run(&["plan"]).await;
    assert!(said.err.contains("proxy_read_timeout"), "{}", said.err);
    lab.write(&stack(&json!({"zone": "example.com", "settings": {"no_such_thing": 1}})));
    let said = lab.run(&["plan"]).await;
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.out.contains("the zone has no setting `no_such_thing`"), "{}", said.out);
}

#[tokio::test]
async fn a_token_for_something_else_stops_nobody() {
    let lab = Lab::new("cloudflare: token").await;
    lab.behave(json!({"cloudflare_denies": ["ListZones", "ListRecords", "ListCertificates"]})).await;
    lab.write(&json!({"stack": "shop", "region": "eu-central-1", "keys": {"main": {}}}).to_string());
    assert_eq!(lab.plan().await, ["create kms.key/main"]);
    lab.behave(json!({"cloudflare_denies": ["ListRecords"]})).await;
    lab.write(&records(&json!({"www": {"to": "192.0.2.1"}})));
    let said = lab.run(&["plan"]).await;
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains("allow `DNS Read`"), "{}", said.err);
}
