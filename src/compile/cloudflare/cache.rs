//! For how long answers are kept: <https://developers.cloudflare.com/cache/how-to/cache-rules/settings/>.

use serde_json::{Map, Value, json};

use super::{Rules, expression::Where};
use crate::spec::model::{EdgeCache, EdgeQuery};

pub(super) const PHASE: &str = "http_request_cache_settings";

pub(super) fn cache(all: &[EdgeCache], rules: &mut Rules) {
    for (at, it) in all.iter().enumerate() {
        let requests = Where {
            host: &it.host,
            path: &it.path,
            extensions: &it.extensions,
            when: it.when.as_ref(),
            ..Where::default()
        };
        rules.add(PHASE, format!("cache.{}", at + 1), requests.expression(), action(settings(it)));
    }
}

pub(super) fn action(settings: Value) -> (&'static str, Value) {
    ("set_cache_settings", settings)
}

fn settings(it: &EdgeCache) -> Value {
    let mut acc = Map::from_iter([("cache".to_owned(), (!it.bypass).into())]);
    let mut say = |key: &str, value: Value| drop(acc.insert(key.to_owned(), value));
    if let Some(edge) = edge(it) {
        say("edge_ttl", edge);
    }
    if let Some(browser) = it.browser {
        say("browser_ttl", json!({"mode": "override_origin", "default": browser.seconds()}));
    }
    let mut key = match it.query {
        EdgeQuery::Keep => json!({}),
        EdgeQuery::Sort => json!({"ignore_query_strings_order": true}),
        EdgeQuery::Ignore => without_query(),
    };
    if let (true, Value::Object(key)) = (it.by_device, &mut key) {
        key.insert("cache_by_device_type".into(), true.into());
    }
    say("cache_key", key);
    if !it.serve_stale {
        say("serve_stale", json!({"disable_stale_while_updating": true}));
    }
    if it.respect_etags {
        say("respect_strong_etags", true.into());
    }
    acc.into()
}

/// What makes the query of an address meaningless.
pub(super) fn without_query() -> Value {
    json!({"custom_key": {"query_string": {"exclude": {"all": true}}}})
}

fn edge(it: &EdgeCache) -> Option<Value> {
    let mut acc = match it.edge {
        Some(edge) => json!({"mode": "override_origin", "default": edge.seconds()}),
        None if it.statuses.is_empty() => return None,
        None => json!({"mode": "respect_origin"}),
    };
    let statuses: Vec<_> = it
        .statuses
        .iter()
        .map(|(statuses, ttl)| match statuses.range() {
            (from, to) if from == to => json!({"status_code": from, "value": ttl.seconds()}),
            (from, to) => json!({"status_code_range": {"from": from, "to": to}, "value": ttl.seconds()}),
        })
        .collect();
    if let (false, Value::Object(acc)) = (statuses.is_empty(), &mut acc) {
        acc.insert("status_code_ttl".into(), statuses.into());
    }
    Some(acc)
}
