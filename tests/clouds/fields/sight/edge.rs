//! What is done with a zone's requests at Cloudflare.

use infractl::api::ReadCx;
use serde_json::Value;

use super::Looking;

/// What the marks of the tests' stack begin with.
const OWNER: &str = "infractl:shop/default/eu-central-1:";
const PARTS: [&str; 3] = ["action_parameters", "parameters", "ratelimit"];

impl Looking {
    /// Rules of others are not of the stack, but they are there.
    pub(super) async fn edge(&mut self, cx: &ReadCx) {
        let reader = cx.vendors.cloudflare().unwrap();
        for zone in reader.list("cloudflare:ListZones", "/zones", &[]).await.unwrap() {
            let path = format!("/zones/{}", zone["id"].as_str().unwrap());
            let heads = reader.list("cloudflare:ListRulesets", &format!("{path}/rulesets"), &[]).await.unwrap();
            for head in heads.iter().filter(|it| it["kind"] == "zone") {
                let phase = head["phase"].as_str().unwrap();
                let path = format!("{path}/rulesets/phases/{phase}/entrypoint");
                let found = reader.get("cloudflare:GetEntryPoint", &path, &[]).await.unwrap();
                let rules = found["rules"].as_array().cloned().unwrap_or_default();
                self.edge_rules(&format!("cloudflare.ruleset/{phase}"), head["id"].as_str(), &rules, "ref");
            }
            let path = format!("{path}/cloud_connector/rules");
            let rules = reader.list("cloudflare:GetConnectorRules", &path, &[]).await.unwrap();
            self.edge_rules("cloudflare.connector/main", Some(&path), &rules, "description");
        }
    }

    /// The rules of which `mark` says that they are ours, and how those of others stand among them.
    fn edge_rules(&mut self, address: &str, id: Option<&str>, rules: &[Value], mark: &str) {
        let key = |it: &Value| it[mark].as_str().and_then(|it| it.strip_prefix(OWNER)).map(str::to_owned);
        if !rules.iter().any(|it| key(it).is_some()) {
            return;
        }
        let order: Vec<_> = rules.iter().map(|it| key(it).unwrap_or_else(|| format!("({})", told(it)))).collect();
        let own = rules.iter().filter_map(|it| Some((key(it)?, told(it))));
        let facts: Vec<_> = own.chain([("order".to_owned(), order.join(" "))]).collect();
        let tags = [("infractl:id", address), ("infractl:stack", "shop"), ("infractl:env", "default")];
        let tags = tags.map(|(key, it)| (key.to_owned(), it.to_owned()));
        self.see(id, &tags, facts.iter().map(|(key, it)| (key.as_str(), it.clone())).collect());
    }
}

fn told(rule: &Value) -> String {
    let text = |key: &str| rule[key].as_str().unwrap_or_default();
    let parts = PARTS.iter().filter_map(|it| rule.get(it)).map(|it| format!(" {it}"));
    let off = if rule["enabled"] == false { " off" } else { "" };
    let silent = if rule["logging"]["enabled"] == false { " unlogged" } else { "" };
    let description = text("description").replace(OWNER, "").replace(" of shop-default", "");
    let action = if rule["action"].is_null() { text("provider") } else { text("action") };
    format!("{description}: {} {action}{}{off}{silent}", text("expression"), parts.collect::<String>())
}
