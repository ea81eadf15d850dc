//! What others do in the same phases of a zone, and what Cloudflare would not take.

use reqwest::Method;
use serde_json::{Value, json};

use crate::lab::Lab;

const PHASE: &str = "http_request_firewall_custom";

/// A stack of several environments, each with rules of its own.
const STACK: &str = "
stack: shop
region: eu-central-1
environments: { one: {}, two: {}, three: {} }
cloudflare:
  zone: example.com
  waf: { rules: { ${env}: { path: /${env}, action: block } } }
";

fn stack(cloudflare: &Value) -> String {
    let file = json!({"stack": "shop", "region": "eu-central-1", "cloudflare": cloudflare});
    format!("{file:#}")
}

impl Lab {
    /// The `ref` of every rule, or what it is for where that was not said.
    async fn rules(&self, phase: &str) -> Vec<String> {
        let all = self.control(Method::GET, "cloudflare", None).await;
        let rules = all["zones"]["example.com"]["rulesets"][phase]["rules"].as_array().cloned().unwrap_or_default();
        let name =
            |it: &Value| it[if it["ref"] == it["id"] { "description" } else { "ref" }].as_str().unwrap().to_owned();
        rules.iter().map(name).collect()
    }
}

#[tokio::test]
async fn environments_that_write_the_same_rules_at_once_lose_none() {
    let lab = Lab::new("edge: at once").await;
    lab.behave(json!({"latency_ms": 100})).await;
    for env in ["one", "two", "three"] {
        lab.file(&format!("{env}.yaml"), &STACK.replace("${env}", env));
    }
    let each = async |what: &str| {
        let said = ["one", "two", "three"].map(|env| {
            let (lab, file) = (&lab, format!("{env}.yaml"));
            async move { lab.run(&[what, "--yes", "--env", env, "--file", &file]).await }
        });
        for said in futures::future::join_all(said).await {
            assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
        }
    };
    each("apply").await;
    let mut rules = lab.rules(PHASE).await;
    rules.sort();
    let ours = ["one", "three", "two"].map(|it| format!("infractl:shop/{it}/eu-central-1:waf.rules.{it}"));
    assert_eq!(rules, ours);
    each("destroy").await;
    assert_eq!(lab.rules(PHASE).await, Vec::<String>::new());
}

#[tokio::test]
async fn rules_of_others_stay_when_ours_come_and_go() {
    let lab = Lab::new("edge: others").await;
    let theirs = |name: &str| json!({"description": name, "action": "block", "expression": "ip.src eq 192.0.2.1"});
    let body = json!({"zone": "example.com", "rulesets": {PHASE: [theirs("first"), theirs("second")]}});
    lab.control(Method::POST, "cloudflare", Some(body)).await;
    let rules = |names: &[&str]| {
        let all: Vec<_> = names.iter().map(|it| ((*it).to_owned(), json!({"path": "/a", "action": "block"}))).collect();
        json!({"zone": "example.com", "waf": {"rules": serde_json::Map::from_iter(all)}})
    };
    lab.write(&stack(&rules(&["a", "b"])));
    lab.ok(&["apply", "--yes"]).await;
    let own = |it: &str| format!("infractl:shop/default/eu-central-1:waf.rules.{it}");
    assert_eq!(lab.rules(PHASE).await, ["first", "second", &own("a"), &own("b")]);
    lab.write(&stack(&rules(&["b", "c"])));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(lab.rules(PHASE).await, ["first", "second", &own("b"), &own("c")]);
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.rules(PHASE).await, ["first", "second"]);
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_cloudflare_would_refuse_is_told_by_the_plan() {
    let lab = Lab::new("edge: rehearsed").await;
    let when = json!({"when": "no.such.field eq 1", "action": "block"});
    lab.write(&stack(&json!({"zone": "example.com", "waf": {"rules": {"a": when}}})));
    let (plan, changes) = (lab.json(&["plan"]).await, lab.changes().await);
    let why = plan["conflicts"][0].to_string();
    assert!(why.contains("cloudflare.ruleset/http_request_firewall_custom") && why.contains("no.such.field"), "{why}");
    let said = lab.run(&["apply", "--yes"]).await;
    assert_ne!(said.code, 0, "{}", said.out);
    assert_eq!(lab.changes().await, changes);
    assert_eq!(lab.rules(PHASE).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_the_plan_of_a_zone_lacks_is_told_with_its_place() {
    let lab = Lab::new("edge: plans").await;
    lab.behave(json!({"cloudflare_zones": {"example.com": "free"}})).await;
    lab.write(&stack(&json!({"zone": "example.com", "waf": {"managed": true}})));
    let said = lab.run(&["plan"]).await;
    assert_ne!(said.code, 0);
    assert!(said.err.contains("cloudflare/plan") && said.err.contains("the zone has Free"), "{}", said.err);
}

#[tokio::test]
async fn a_token_need_not_see_what_the_stack_has_nothing_of() {
    let lab = Lab::new("edge: tokens").await;
    lab.behave(json!({"cloudflare_denies": ["ListRulesets", "GetConnectorRules"]})).await;
    lab.write(&stack(&json!({"zone": "example.com", "records": {"www": {"to": "192.0.2.1"}}})));
    lab.ok(&["apply", "--yes"]).await;
    lab.write(&stack(&json!({"zone": "example.com", "waf": {"ddos": {}}})));
    let said = lab.run(&["plan"]).await;
    assert_ne!(said.code, 0);
    assert!(said.err.contains("cloudflare:ListRulesets"), "{}", said.err);
    lab.behave(json!({"cloudflare_denies": []})).await;
    lab.ok(&["apply", "--yes"]).await;
    lab.ok(&["destroy", "--yes"]).await;
}
