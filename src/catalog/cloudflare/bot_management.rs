//! What is done about bots: <https://developers.cloudflare.com/bots/> and
//! <https://developers.cloudflare.com/api/resources/bot_management/>.

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::of_zone;
use crate::{
    api::{ApiError, ReadCx, Result, WriteCx, vendor::Method},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, to_tree},
};

/// What is done about bots, by Cloudflare's names; what is not named is left alone. What there is depends on the zone's plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BotManagement {
    /// The zone's id.
    pub zone: String,
    /// Whether bots are given riddles that cost them time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fight_mode: Option<bool>,
    /// What becomes of those who collect texts for models: `block`, `only_on_ad_pages` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_bots_protection: Option<String>,
    /// Whether who does not heed `robots.txt` is led into a maze: `enabled` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crawler_protection: Option<String>,
    /// Whether Cloudflare says in `robots.txt` what models may be made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_robots_txt_managed: Option<bool>,
    /// Whether pages carry a script that tells browsers from bots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_js: Option<bool>,
    /// What becomes of what is surely a bot: `allow`, `block` or `managed_challenge`; from the plan Pro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbfm_definitely_automated: Option<String>,
    /// What becomes of what is likely a bot, likewise; from the plan Business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbfm_likely_automated: Option<String>,
    /// What becomes of bots that are known, such as those of search engines: `allow` or `block`; from the plan Pro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbfm_verified_bots: Option<String>,
    /// Whether this is so for images and the like as well; from the plan Pro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbfm_static_resource_protection: Option<bool>,
    /// Whether what WordPress asks itself passes; from the plan Pro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimize_wordpress: Option<bool>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The zone's id.
    pub id: String,
}

impl Resource for BotManagement {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(BotManagement: zone),
        always: true,
        tagged: false,
        ..Facts::new::<Self>(
            "cloudflare.bot_management",
            "what is done about bots in a zone at Cloudflare",
            "https://developers.cloudflare.com/api/resources/bot_management/",
        )
    };

    fn refuses(&self, live: &Self) -> Option<String> {
        let (Value::Object(wanted), live) = (to_tree(self), to_tree(live)) else { return None };
        let missing = wanted.keys().find(|it| live.get(it).is_none())?;
        Some(format!("the zone's plan has no `{missing}`"))
    }
}

impl Lifecycle for BotManagement {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        const CALL: &str = "cloudflare:GetBotManagement";
        let found = look.wants.iter().map(async |want| {
            let zone = &want.zone;
            let found = cx.vendors.cloudflare()?.get(CALL, &path(zone), &[]).await?;
            let found = with_what_is_off(found, want);
            let found: Self = serde_json::from_value(found).map_err(|it| ApiError::malformed(CALL, &it))?;
            let (state, out) = (Self { zone: zone.clone(), ..found }, Out { id: zone.clone() });
            Ok(Live { state, out, tags: of_zone(&look.scope, Self::FACTS.kind), status: Status::Ready })
        });
        try_join_all(found).await
    }

    /// It is always there.
    async fn create(_: &WriteCx, _: &New<Self>) -> Result<()> {
        Ok(())
    }

    /// What is not told stays as it is.
    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, changed: &Changed) -> Result<()> {
        let Value::Object(all) = to_tree(want) else { return Ok(()) };
        let told: Map<_, _> = all.into_iter().filter(|(key, _)| changed.any(&[key])).collect();
        let (path, body) = (path(&want.zone), told.into());
        let client = cx.vendors.cloudflare()?;
        client.send("cloudflare:PutBotManagement", Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// What nobody names any more stays as it is.
    async fn delete(_: &WriteCx, _: &Live<Self>) -> Result<()> {
        Ok(())
    }
}

/// What a plan does not have is off.
fn with_what_is_off(mut found: Value, want: &BotManagement) -> Value {
    let (Value::Object(wanted), Some(acc)) = (to_tree(want), found.as_object_mut()) else { return found };
    let off = |it: &Value| [Value::from(false), "allow".into(), "disabled".into()].contains(it);
    for (key, value) in wanted.into_iter().filter(|(_, it)| off(it)) {
        acc.entry(key).or_insert(value);
    }
    found
}

fn path(zone: &str) -> String {
    format!("/zones/{zone}/bot_management")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_else_an_answer_has_is_no_matter() {
        let answer = json!({"fight_mode": true, "using_latest_model": true, "stale_zone_configuration": {"fight_mode": true}, "cf_robots_variant": "off"});
        let read: BotManagement = serde_json::from_value(answer).unwrap();
        assert_eq!((read.fight_mode, read.ai_bots_protection), (Some(true), None));
    }

    #[test]
    fn what_a_plan_does_not_have_is_off_and_cannot_be_on() {
        let want = |on| BotManagement { fight_mode: Some(on), ..BotManagement::default() };
        let live = |on| serde_json::from_value(with_what_is_off(json!({"zone": ""}), &want(on))).unwrap();
        assert_eq!(want(false).refuses(&live(false)), None);
        assert_eq!(want(true).refuses(&live(true)).unwrap(), "the zone's plan has no `fight_mode`");
    }
}
