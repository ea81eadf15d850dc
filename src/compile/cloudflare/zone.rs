//! What of a zone there is always one: its settings, what lies before its origin, what it does about bots.

use serde::Serialize;
use serde_json::Value;

use crate::{
    api::cloudflare::Zone,
    catalog::cloudflare::{
        ZONE,
        bot_management::BotManagement,
        settings::{SSL_AUTOMATIC, Settings},
        tiered_cache::TieredCache,
    },
    compile::stack::Stack,
    spec::model::Cloudflare,
};

pub(super) fn settings(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) {
    if spec.settings.is_empty() {
        return;
    }
    let told = spec.settings.iter().filter_map(|(id, it)| Some((id.to_string(), it.told(id.as_str()).ok()?)));
    let mut values: std::collections::BTreeMap<_, _> = told.collect();
    if values.contains_key("ssl") {
        // Otherwise Cloudflare may choose another one one day.
        values.entry(SSL_AUTOMATIC.to_owned()).or_insert_with(|| "custom".into());
    }
    let settings = Settings { zone: zone.id.clone(), values, locked: [].into() };
    stack.graph.add("cloudflare.settings", ZONE, &settings);
}

pub(super) fn tiered_cache(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) {
    let Some(it) = &spec.tiered_cache else { return };
    let cache = TieredCache {
        zone: zone.id.clone(),
        tiered: Some(it.enabled),
        smart: it.smart,
        reserve: it.reserve,
        locked: [].into(),
    };
    stack.graph.add("cloudflare.tiered_cache", ZONE, &cache);
}

pub(super) fn bots(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) {
    let Some(it) = &spec.bots else { return };
    let bots = BotManagement {
        zone: zone.id.clone(),
        fight_mode: it.fight_mode,
        ai_bots_protection: it.ai_bots.and_then(word),
        crawler_protection: it.labyrinth.map(|it| if it { "enabled" } else { "disabled" }.to_owned()),
        is_robots_txt_managed: it.robots_txt,
        enable_js: it.javascript,
        sbfm_definitely_automated: it.definitely_automated.and_then(word),
        sbfm_likely_automated: it.likely_automated.and_then(word),
        sbfm_verified_bots: it.verified_bots.and_then(word),
        sbfm_static_resource_protection: it.static_resources,
        optimize_wordpress: it.wordpress,
    };
    stack.graph.add("cloudflare.bots", ZONE, &bots);
}

/// One of some words, as it is written.
fn word(it: impl Serialize) -> Option<String> {
    match serde_json::to_value(it) {
        Ok(Value::String(it)) => Some(it),
        _ => None,
    }
}
