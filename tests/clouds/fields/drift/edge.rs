//! What Cloudflare does with requests; others have rules of their own beside ours.

use infractl::api::vendor::Method;
use serde_json::{Value, json};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const CACHE: &str = "http_request_cache_settings";
const WAF: &str = "http_request_firewall_custom";
const RATES: &str = "http_ratelimit";
const CACHED: &[&str] = &["update cloudflare.ruleset/http_request_cache_settings: rules"];
const FIREWALL: &[&str] = &["update cloudflare.ruleset/http_request_firewall_custom: rules"];
const CONNECTED: &[&str] = &["update cloudflare.connector/main: rules"];

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "buckets: { media: {} }",
        "cloudflare: { zone: example.com, cache: [{ path: /a, edge: 1d, query: ignore }, { path: /b, edge: 1d }] }",
        "cloudflare: { waf: { rules: { a: { path: /a, action: block }, b: { path: /b, action: skip } } } }",
        "cloudflare: { waf: { rate_limits: { a: { path: /a, requests: 5 } } } }",
        "cloudflare: { media: { host: media.example.com, bucket: media } }",
    ],
    drifts: &[
        drift(
            "a rule of theirs before ours",
            &[],
            by!(it => it.rules(CACHE, |all| all.insert(0, theirs("one"))).await),
        )
        .stays(),
        drift("for other requests", CACHED, by!(it => it.set_rule(CACHE, 1, "expression", &json!("ssl")).await)),
        drift(
            "kept for longer",
            CACHED,
            by!(it => {
                let ttl = json!({"cache": true, "edge_ttl": {"mode": "override_origin", "default": 90_000}});
                it.set_rule(CACHE, 2, "action_parameters", &ttl).await;
            }),
        ),
        drift("switched off", CACHED, by!(it => it.set_rule(CACHE, 1, "enabled", &json!(false)).await)),
        drift("for something else", CACHED, by!(it => it.set_rule(CACHE, 1, "description", &json!("mine now")).await)),
        drift("in another order", CACHED, by!(it => it.rules(CACHE, |all| all.swap(1, 2)).await)),
        drift("one is gone", CACHED, by!(it => it.rules(CACHE, |all| drop(all.remove(1))).await)),
        drift(
            "one too many",
            CACHED,
            by!(it => {
                it.rules(CACHE, |all| {
                    let copy = json!({
                        "ref": "infractl:shop/default/eu-central-1:mine", "action": "set_cache_settings",
                        "expression": "ssl", "action_parameters": {"cache": false},
                    });
                    all.push(copy);
                })
                .await;
            }),
        ),
        drift(
            "all of ours are gone",
            &["create cloudflare.ruleset/http_request_cache_settings"],
            by!(it => it.rules(CACHE, |all| all.truncate(1)).await),
        ),
        drift("a rule of theirs after ours", &[], by!(it => it.rules(CACHE, |all| all.push(theirs("two"))).await))
            .stays(),
        drift("the last is gone", CACHED, by!(it => it.rules(CACHE, |all| drop(all.remove(3))).await)),
        drift(
            "a rule of theirs among ours",
            &[],
            by!(it => it.rules(CACHE, |all| all.insert(2, theirs("three"))).await),
        )
        .stays(),
        drift("another action", FIREWALL, by!(it => it.set_rule(WAF, 0, "action", &json!("challenge")).await)),
        drift("not noted", FIREWALL, by!(it => it.set_rule(WAF, 1, "logging", &json!({"enabled": false})).await)),
        drift(
            "more may be asked",
            &["update cloudflare.ruleset/http_ratelimit: rules"],
            by!(it => {
                let limit = json!({
                    "characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requests_per_period": 50,
                    "mitigation_timeout": 10,
                });
                it.set_rule(RATES, 0, "ratelimit", &limit).await;
            }),
        ),
        drift("a bucket of theirs", &[], by!(it => it.connector(|all| all.insert(0, elsewhere())).await)).stays(),
        drift(
            "another bucket",
            CONNECTED,
            by!(it => {
                let host = "another.s3.eu-central-1.amazonaws.com";
                it.connector(|all| all[1]["parameters"]["host"] = json!(host)).await;
            }),
        ),
        drift("for other names", CONNECTED, by!(it => it.connector(|all| all[1]["expression"] = json!("ssl")).await)),
        drift("not connected", CONNECTED, by!(it => it.connector(|all| all[1]["enabled"] = json!(false)).await)),
        drift(
            "another provider",
            CONNECTED,
            by!(it => {
                it.connector(|all| {
                    all[1]["provider"] = json!("gcp_storage");
                    all[1]["parameters"]["host"] = json!("storage.googleapis.com");
                })
                .await;
            }),
        ),
        drift("no bucket", &["create cloudflare.connector/main"], by!(it => it.connector(|all| all.truncate(1)).await)),
    ],
};

fn theirs(name: &str) -> Value {
    json!({
        "ref": format!("theirs-{name}"), "action": "set_cache_settings", "expression": "http.host eq \"x.example.com\"",
        "action_parameters": {"cache": false}, "description": name,
    })
}

fn elsewhere() -> Value {
    json!({
        "provider": "gcp_storage", "expression": "http.host eq \"x.example.com\"",
        "parameters": {"host": "storage.googleapis.com"}, "description": "theirs", "enabled": true,
    })
}

impl Hands {
    async fn zone(&self) -> String {
        let api = self.cx.read.vendors.cloudflare().unwrap();
        let zones = api.list("cloudflare:ListZones", "/zones", &[("name", "example.com")]).await.unwrap();
        format!("/zones/{}", zones[0]["id"].as_str().unwrap())
    }

    /// Writes the rules of a phase as `edit` leaves them.
    async fn rules(&self, phase: &str, edit: impl FnOnce(&mut Vec<Value>)) {
        let path = format!("{}/rulesets/phases/{phase}/entrypoint", self.zone().await);
        let api = self.cx.read.vendors.cloudflare().unwrap();
        let found = api.get("cloudflare:GetEntryPoint", &path, &[]).await.unwrap();
        let mut rules = found["rules"].as_array().unwrap().clone();
        edit(&mut rules);
        for it in rules.iter_mut().filter_map(Value::as_object_mut) {
            it.retain(|key, _| !["version", "last_updated"].contains(&key.as_str()));
        }
        let api = self.cx.vendors.cloudflare().unwrap();
        let body = json!({"rules": rules});
        api.send("cloudflare:PutEntryPoint", Method::PUT, &path, Some(&body)).await.unwrap();
    }

    async fn set_rule(&self, phase: &str, at: usize, key: &str, value: &Value) {
        self.rules(phase, |all| all[at][key] = value.clone()).await;
    }

    async fn connector(&self, edit: impl FnOnce(&mut Vec<Value>)) {
        let path = format!("{}/cloud_connector/rules", self.zone().await);
        let api = self.cx.read.vendors.cloudflare().unwrap();
        let mut rules = api.list("cloudflare:GetConnectorRules", &path, &[]).await.unwrap();
        edit(&mut rules);
        let api = self.cx.vendors.cloudflare().unwrap();
        api.send("cloudflare:PutConnectorRules", Method::PUT, &path, Some(&json!(rules))).await.unwrap();
    }
}
