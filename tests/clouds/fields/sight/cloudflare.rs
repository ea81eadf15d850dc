//! What Cloudflare shows.

use infractl::api::ReadCx;
use serde_json::Value;

use super::Looking;

/// What is always there is called so in every stack.
const ALWAYS: [(&str, &str); 3] =
    [("infractl:stack", "shop"), ("infractl:env", "default"), ("infractl:region", "eu-central-1")];

impl Looking {
    pub(super) async fn cloudflare(&mut self, cx: &ReadCx) {
        let api = cx.vendors.cloudflare().unwrap();
        for zone in api.list("cloudflare:ListZones", "/zones", &[]).await.unwrap() {
            let (id, name) = (zone["id"].as_str().unwrap(), zone["name"].as_str().unwrap());
            for it in api.list("cloudflare:ListRecords", &format!("/zones/{id}/dns_records"), &[]).await.unwrap() {
                self.record(&it);
            }
            for it in api.list("cloudflare:ListCertificates", "/certificates", &[("zone_id", id)]).await.unwrap() {
                self.certificate(&it);
            }
            let settings = api.list("cloudflare:GetSettings", &format!("/zones/{id}/settings"), &[]).await.unwrap();
            let settings = settings.iter().map(|it| (it["id"].as_str().unwrap(), written(&it["value"])));
            self.always(&format!("settings of {name}"), settings.collect());
            let bots = api.get("cloudflare:GetBotManagement", &format!("/zones/{id}/bot_management"), &[]).await;
            let bots = bots.unwrap();
            let bots = bots.as_object().unwrap().iter().map(|(key, it)| (key.as_str(), written(it)));
            self.always(&format!("bots of {name}"), bots.collect());
            let mut tiers = Vec::new();
            for path in ["argo/tiered_caching", "cache/tiered_cache_smart_topology_enable", "cache/cache_reserve"] {
                let it = api.get("cloudflare:GetTieredCaching", &format!("/zones/{id}/{path}"), &[]).await.unwrap();
                tiers.push((path.split_once('/').unwrap().1, written(&it["value"])));
            }
            self.always(&format!("tiers of {name}"), tiers);
        }
    }

    fn record(&mut self, it: &Value) {
        let Some(address) = it["comment"].as_str().and_then(|it| it.rsplit_once(':')).map(|it| it.1) else { return };
        let said = if it["data"].is_null() { written(&it["content"]) } else { written(&it["data"]) };
        let facts = ["ttl", "proxied", "priority"].map(|key| (key, written(&it[key])));
        let facts = facts.into_iter().chain([("says", said)]).filter(|(_, it)| it != "null").collect();
        self.see(it["id"].as_str(), &tags(&format!("cloudflare.record/{address}")), facts);
    }

    fn certificate(&mut self, it: &Value) {
        let hosts: Vec<_> = it["hostnames"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let Some(mark) = hosts.iter().find(|it| it.contains(".infractl.")) else { return };
        let hosts: Vec<_> = hosts.iter().filter(|it| it != &mark).copied().collect();
        let address = format!("cloudflare.origin_certificate/{}", mark.split('.').next().unwrap());
        let facts = vec![
            ("hosts", hosts.join(" ")),
            ("days", written(&it["requested_validity"])),
            ("type", written(&it["request_type"])),
            ("request", it["csr"].as_str().unwrap().lines().nth(1).unwrap().to_owned()),
        ];
        self.see(it["id"].as_str(), &tags(&address), facts);
    }

    fn always(&mut self, what: &str, facts: Vec<(&str, String)>) {
        self.see(Some(what), &tags(&format!("cloudflare/{what}")), facts);
    }
}

fn tags(address: &str) -> Vec<(String, String)> {
    let own = ALWAYS.into_iter().chain([("infractl:id", address)]);
    own.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
