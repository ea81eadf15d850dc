//! What Cloudflare does for a domain.

use infractl::api::vendor::Method;
use serde_json::{Value, json};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "cloudflare: { zone: example.com, records: { www: { to: 192.0.2.1, ttl: 5m }, api: { to: www.example.com } } }",
        "cloudflare: { records: { '@': [{ type: MX, to: 10 mail.example.com }, { type: CAA, to: 0 issue example.net }] } }",
        "cloudflare: { settings: { ssl: strict, min_tls_version: '1.2' } }",
        "cloudflare: { tiered_cache: { reserve: false } }",
        "cloudflare: { bots: { ai_bots: block, labyrinth: true, robots_txt: true, javascript: true, wordpress: true } }",
        "cloudflare: { bots: { definitely_automated: block, likely_automated: block, verified_bots: allow } }",
        "cloudflare: { bots: { static_resources: true } }",
        "cloudflare: { origin_certificates: { main: { hosts: [example.com], csr: \"-----BEGIN CERTIFICATE REQUEST-----\\nMIHRMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq\\nhkjOPQMBBwNCAAQEoHwFw8EaXg3NuhFc+Svo3DU9cQjj4DpU0TlVkztHqNmQXRhA\\nO4Tazs+S+ZpmTsrWXRrvOikMvt6JdfdWQfTyoAAwCgYIKoZIzj0EAwIDSQAwRgIh\\nAOjsK9nb1hdL4U7208oR/fuDxaBNbjN8os59l6Jaf+8hAiEAoAB8+dodB3xDdHhN\\nr7ahEGsNMYtbTQE2FEpADYvc4CI=\\n-----END CERTIFICATE REQUEST-----\" } } }",
    ],
    drifts: &[
        drift("another address", &["update cloudflare.record/www.example.com/A: content"], by!(it => it.record("www.example.com/A", &json!({"content": "192.0.2.9"})).await)),
        drift("another name behind it", &["update cloudflare.record/api.example.com/CNAME: content"], by!(it => it.record("api.example.com/CNAME", &json!({"content": "x.example.com"})).await)),
        drift("another TTL", &["update cloudflare.record/www.example.com/A: ttl"], by!(it => it.record("www.example.com/A", &json!({"ttl": 60})).await)),
        drift("behind the proxy", &["update cloudflare.record/www.example.com/A: proxied, ttl"], by!(it => it.record("www.example.com/A", &json!({"proxied": true})).await)),
        drift("another preference", &["update cloudflare.record/example.com/MX: priority"], by!(it => it.record("example.com/MX", &json!({"priority": 20})).await)),
        drift("another authority", &["update cloudflare.record/example.com/CAA: data.value"], by!(it => it.record("example.com/CAA", &json!({"data": {"flags": 0, "tag": "issue", "value": "example.org"}})).await)),
        drift("no record", &["create cloudflare.record/www.example.com/A"], by!(it => {
                let id = it.id("cloudflare.record/www.example.com/A");
                it.say(Method::DELETE, &format!("dns_records/{id}"), None).await;
            })),
        drift("another setting", &["update cloudflare.settings/zone: values.min_tls_version"], by!(it => it.turn("settings/min_tls_version", "1.0").await)),
        drift("Cloudflare may choose again", &["update cloudflare.settings/zone: values.ssl, values.ssl_automatic_mode"], by!(it => {
                it.turn("settings/ssl_automatic_mode", "auto").await;
                it.turn("settings/ssl", "full").await;
            })),
        drift("no tiers", &["update cloudflare.tiered_cache/zone: tiered"], by!(it => it.turn("argo/tiered_caching", "off").await)),
        drift("tiers of one's own", &["update cloudflare.tiered_cache/zone: smart"], by!(it => it.turn("cache/tiered_cache_smart_topology_enable", "off").await)),
        drift("a reserve", &["update cloudflare.tiered_cache/zone: reserve"], by!(it => it.turn("cache/cache_reserve", "on").await)),
        drift("ai_bots_protection otherwise", &["update cloudflare.bot_management/zone: ai_bots_protection"], by!(it => it.bots(json!({"ai_bots_protection": "disabled"})).await)),
        drift("crawler_protection otherwise", &["update cloudflare.bot_management/zone: crawler_protection"], by!(it => it.bots(json!({"crawler_protection": "disabled"})).await)),
        drift("is_robots_txt_managed otherwise", &["update cloudflare.bot_management/zone: is_robots_txt_managed"], by!(it => it.bots(json!({"is_robots_txt_managed": false})).await)),
        drift("enable_js otherwise", &["update cloudflare.bot_management/zone: enable_js"], by!(it => it.bots(json!({"enable_js": false})).await)),
        drift("optimize_wordpress otherwise", &["update cloudflare.bot_management/zone: optimize_wordpress"], by!(it => it.bots(json!({"optimize_wordpress": false})).await)),
        drift("sbfm_definitely_automated otherwise", &["update cloudflare.bot_management/zone: sbfm_definitely_automated"], by!(it => it.bots(json!({"sbfm_definitely_automated": "allow"})).await)),
        drift("sbfm_likely_automated otherwise", &["update cloudflare.bot_management/zone: sbfm_likely_automated"], by!(it => it.bots(json!({"sbfm_likely_automated": "allow"})).await)),
        drift("sbfm_verified_bots otherwise", &["update cloudflare.bot_management/zone: sbfm_verified_bots"], by!(it => it.bots(json!({"sbfm_verified_bots": "block"})).await)),
        drift("sbfm_static_resource_protection otherwise", &["update cloudflare.bot_management/zone: sbfm_static_resource_protection"], by!(it => it.bots(json!({"sbfm_static_resource_protection": false})).await)),
        drift("no certificate", &["create cloudflare.origin_certificate/main"], by!(it => {
                let path = format!("/certificates/{}", it.id("cloudflare.origin_certificate/main"));
                let api = it.cx.vendors.cloudflare().unwrap();
                api.send("cloudflare:DeleteCertificate", Method::DELETE, &path, None).await.unwrap();
            })),
        drift(
            "a record of theirs",
            &[],
            by!(it => {
                let theirs = json!({"type": "TXT", "name": "www", "content": "mine", "ttl": 1, "comment": "infractl is nice"});
                it.say(Method::POST, "dns_records", Some(&theirs)).await;
                it.bots(json!({"content_bots_protection": "block"})).await;
            }),
        )
        .stays(),
    ],
};

impl Hands {
    async fn say(&self, method: Method, path: &str, body: Option<&Value>) {
        let api = self.cx.vendors.cloudflare().unwrap();
        let zones = self.cx.read.vendors.cloudflare().unwrap();
        let zone = zones.list("cloudflare:ListZones", "/zones", &[("name", "example.com")]).await.unwrap();
        let path = format!("/zones/{}/{path}", zone[0]["id"].as_str().unwrap());
        api.send("cloudflare:Meddle", method, &path, body).await.unwrap();
    }

    async fn record(&self, name: &str, what: &Value) {
        let id = self.id(&format!("cloudflare.record/{name}"));
        self.say(Method::PATCH, &format!("dns_records/{id}"), Some(what)).await;
    }

    async fn turn(&self, path: &str, value: &str) {
        self.say(Method::PATCH, path, Some(&json!({ "value": value }))).await;
    }

    async fn bots(&self, what: Value) {
        self.say(Method::PUT, "bot_management", Some(&what)).await;
    }
}
