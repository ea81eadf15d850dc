//! Caches at Upstash. What is done when their passwords are reset is in `tests/clouds/upstash.rs`.

use infractl::api::vendor::Method;
use serde_json::{Value, json};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["caches: { main: { provider: upstash, budget: 20, read_regions: [us-east-1] } }"],
    drifts: &[
        drift(
            "nothing is forgotten",
            &["update upstash.database/main: eviction"],
            by!(it => it.tell("DisableEviction", "disable-eviction/ID", None).await),
        ),
        drift(
            "a growing plan",
            &["update upstash.database/main: auto_upgrade"],
            by!(it => it.tell("EnableAutoupgrade", "enable-autoupgrade/ID", None).await),
        ),
        drift(
            "more money",
            &["update upstash.database/main: budget"],
            by!(it => {
                let call = it.cx.vendors.upstash().unwrap();
                let path = format!("/redis/update-budget/{}", it.id(MAIN));
                call.send("upstash:UpdateBudget", Method::PATCH, &path, Some(&json!({ "budget": 500 }))).await.unwrap();
            }),
        ),
        drift(
            "another plan",
            &["update upstash.database/main: plan"],
            by!(it => it.tell("ChangePlan", "ID/change-plan", Some(json!({ "plan_name": "fixed_1gb" }))).await),
        ),
        drift(
            "other regions",
            &["update upstash.database/main: read_regions"],
            by!(it => {
                it.tell("UpdateRegions", "update-regions/ID", Some(json!({ "read_regions": ["us-west-1"] }))).await;
            }),
        ),
        drift(
            "no cache",
            &[
                "create upstash.database/main",
                "update secretsmanager.secret/caches.main.url: value.upstash.template, value.upstash.database, \
                    value.upstash.version",
            ],
            by!(it => {
                let call = it.cx.vendors.upstash().unwrap();
                let path = format!("/redis/database/{}", it.id(MAIN));
                call.send("upstash:DeleteDatabase", Method::DELETE, &path, None).await.unwrap();
            }),
        ),
    ],
};

const MAIN: &str = "upstash.database/main";

impl Hands {
    async fn tell(&self, call: &str, path: &str, body: Option<Value>) {
        let path = format!("/redis/{}", path.replace("ID", self.id(MAIN)));
        let upstash = self.cx.vendors.upstash().unwrap();
        upstash.send(&format!("upstash:{call}"), Method::POST, &path, body.as_ref()).await.unwrap();
    }
}
