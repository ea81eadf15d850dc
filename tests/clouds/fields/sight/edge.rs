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
        let order =
            rules.iter().map(|it| key(it).unwrap_or_else(|| format!("({})", it["description"].as_str().unwrap())));
        let order = order.collect::<Vec<_>>().join(" ");
        let own = rules.iter().filter_map(|it| Some((key(it)?, it)));
        let own = own.map(|(key, it)| (key.clone(), told(&key, it)));
        let facts: Vec<_> = own.chain([("order".to_owned(), order)]).collect();
        let tags = [("infractl:id", address), ("infractl:stack", "shop"), ("infractl:env", "default")];
        let tags = tags.map(|(key, it)| (key.to_owned(), it.to_owned()));
        self.see(id, &tags, facts.iter().map(|(key, it)| (key.as_str(), it.clone())).collect());
    }
}

/// What people call it is told only where that is unusual.
fn told(key: &str, rule: &Value) -> String {
    let text = |key: &str| rule[key].as_str().unwrap_or_default();
    let usual = [format!("{OWNER}{key}"), format!("{key} of shop-default")];
    let called = Some(text("description")).filter(|it| !usual.iter().any(|usual| usual == it));
    let called = called.map(|it| format!("({it}) ")).unwrap_or_default();
    let action = if rule["action"].is_null() { text("provider") } else { text("action") };
    let parts: String = PARTS.iter().filter_map(|it| rule.get(it)).map(|it| format!(" {it}")).collect();
    let off = if rule["enabled"] == false { " off" } else { "" };
    let silent = if rule["logging"]["enabled"] == false { " unlogged" } else { "" };
    format!("{called}{}: {action}{parts}{off}{silent}", text("expression"))
}
