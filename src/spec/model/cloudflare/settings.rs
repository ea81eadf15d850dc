//! Settings of a zone: <https://developers.cloudflare.com/api/resources/zones/subresources/settings/>.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    api::cloudflare::Plan,
    spec::model::{
        Span,
        either::{text_type, wrong},
    },
};

text_type! {
    /// A setting, by Cloudflare's id, such as `min_tls_version`.
    SettingId, pattern: "^[a-z0-9_]{1,64}$", check: id
}

/// The value of a setting: a word, a number, `true` or `false` for on and off, a length of time, or what Cloudflare's
/// documents have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct SettingValue(pub Value);

/// A setting that is known.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its id.
    pub id: &'static str,
    /// Its values.
    pub takes: Takes,
    /// From which plan on it can be changed.
    pub plan: Plan,
    /// Values that need another plan.
    pub special: &'static [(&'static str, Plan)],
}

/// What a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// One of some words; `true` and `false` stand for `on` and `off`.
    Words(&'static [&'static str]),
    /// A number of seconds up to a year, as a length of time.
    Seconds,
    /// A number.
    Number,
    /// Text that is a number.
    Digits,
    /// A list of texts.
    Texts,
    /// A map.
    Map,
}

const SWITCH: Takes = Takes::Words(&["on", "off"]);

const fn of(id: &'static str, takes: Takes) -> Setting {
    Setting { id, takes, plan: Plan::Free, special: &[] }
}

const fn from(plan: Plan, id: &'static str, takes: Takes) -> Setting {
    Setting { id, takes, plan, special: &[] }
}

/// Those that are known. Others are passed on as they are: Cloudflare has new ones now and then.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    of("0rtt", SWITCH),
    of("always_online", SWITCH),
    of("always_use_https", SWITCH),
    of("automatic_https_rewrites", SWITCH),
    of("brotli", SWITCH),
    of("browser_cache_ttl", Takes::Seconds),
    of("browser_check", SWITCH),
    of("cache_level", Takes::Words(&["aggressive", "basic", "simplified"])),
    of("challenge_ttl", Takes::Seconds),
    of("ciphers", Takes::Texts),
    of("development_mode", SWITCH),
    of("early_hints", SWITCH),
    of("edge_cache_ttl", Takes::Seconds),
    of("email_obfuscation", SWITCH),
    from(Plan::Pro, "h2_prioritization", Takes::Words(&["on", "off", "custom"])),
    of("hotlink_protection", SWITCH),
    Setting { special: &[("off", Plan::Pro)], ..of("http2", SWITCH) },
    of("http3", SWITCH),
    of("ip_geolocation", SWITCH),
    Setting { special: &[("off", Plan::Enterprise)], ..of("ipv6", SWITCH) },
    of("max_upload", Takes::Number),
    of("min_tls_version", Takes::Words(&["1.0", "1.1", "1.2", "1.3"])),
    of("opportunistic_encryption", SWITCH),
    of("opportunistic_onion", SWITCH),
    from(Plan::Enterprise, "origin_error_page_pass_thru", SWITCH),
    from(Plan::Pro, "polish", Takes::Words(&["off", "lossless", "lossy"])),
    from(Plan::Enterprise, "prefetch_preload", SWITCH),
    from(Plan::Enterprise, "proxy_read_timeout", Takes::Digits),
    of("pseudo_ipv4", Takes::Words(&["off", "add_header", "overwrite_header"])),
    from(Plan::Enterprise, "response_buffering", SWITCH),
    of("rocket_loader", SWITCH),
    of("security_header", Takes::Map),
    Setting {
        special: &[("off", Plan::Enterprise)],
        ..of("security_level", Takes::Words(&["off", "essentially_off", "low", "medium", "high", "under_attack"]))
    },
    from(Plan::Enterprise, "sort_query_string_for_cache", SWITCH),
    Setting {
        special: &[("origin_pull", Plan::Enterprise)],
        ..of("ssl", Takes::Words(&["off", "flexible", "full", "strict", "origin_pull"]))
    },
    of("ssl_automatic_mode", Takes::Words(&["auto", "custom"])),
    of("tls_1_3", Takes::Words(&["on", "off", "zrt"])),
    of("tls_client_auth", SWITCH),
    from(Plan::Enterprise, "true_client_ip_header", SWITCH),
    from(Plan::Pro, "webp", SWITCH),
    of("websockets", SWITCH),
];

impl Setting {
    /// The one with an id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|it| it.id == id)
    }

    /// From which plan on it can have a value.
    #[must_use]
    pub fn plan(&self, value: &Value) -> Plan {
        let special = self.special.iter().find(|(it, _)| value == it).map(|(_, plan)| *plan);
        special.unwrap_or(self.plan).max(self.plan)
    }
}

impl SettingValue {
    /// What Cloudflare is told for the setting `id`.
    ///
    /// # Errors
    /// What is wrong with it, and on a second line what to do.
    pub fn told(&self, id: &str) -> Result<Value, String> {
        let said = match &self.0 {
            Value::Bool(true) => "on".into(),
            Value::Bool(false) => "off".into(),
            it => it.clone(),
        };
        let Some(setting) = Setting::find(id) else { return Ok(said) };
        let no = |help: String| Err(wrong(format!("`{}` is nothing that `{id}` can be", shown(&self.0)), help));
        match (setting.takes, &said) {
            (Takes::Words(words), _) => {
                let text = shown(&said);
                let word = words.iter().find(|it| **it == text);
                word.map_or_else(|| no(format!("it can be {}", words.join(", "))), |it| Ok((*it).into()))
            }
            (Takes::Seconds, Value::String(it)) => match it.parse::<Span>() {
                Ok(it) => Ok(it.seconds().into()),
                Err(_) => no("write a length of time such as 4h, or 0s".into()),
            },
            (Takes::Seconds | Takes::Number, Value::Number(it)) if it.is_u64() => Ok(said),
            (Takes::Seconds, _) => no("write a length of time such as 4h".into()),
            (Takes::Number, _) => no("it is a number".into()),
            (Takes::Digits, Value::Number(it)) if it.is_u64() => Ok(it.to_string().into()),
            (Takes::Digits, Value::String(it)) if it.parse::<u32>().is_ok() => Ok(said),
            (Takes::Digits, _) => no("it is a number of seconds".into()),
            (Takes::Texts, Value::Array(items)) if items.iter().all(Value::is_string) => Ok(said),
            (Takes::Texts, _) => no("it is a list of texts".into()),
            (Takes::Map, Value::Object(_)) => Ok(said),
            (Takes::Map, _) => no("it is a map, such as strict_transport_security: { enabled: true }".into()),
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn id(text: &str) -> Result<(), String> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    if fits { Ok(()) } else { Err(wrong(format!("`{text}` is no setting"), "write it as Cloudflare's API has it")) }
}

impl JsonSchema for SettingValue {
    fn schema_name() -> Cow<'static, str> {
        "SettingValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A word, a number, `true` or `false` for on and off, a length of time, or what Cloudflare's documents have.",
            "type": ["string", "number", "boolean", "array", "object"],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_as_cloudflare_has_them() {
        let told = |id: &str, value: Value| SettingValue(value).told(id).ok();
        assert_eq!(told("brotli", json!(true)), Some(json!("on")));
        assert_eq!(told("min_tls_version", json!(1.2)), Some(json!("1.2")));
        assert_eq!(told("browser_cache_ttl", json!("4h")), Some(json!(14400)));
        assert_eq!(told("browser_cache_ttl", json!(0)), Some(json!(0)));
        assert_eq!(told("proxy_read_timeout", json!(100)), Some(json!("100")));
        assert_eq!(told("brand_new", json!({"a": 1})), Some(json!({"a": 1})));
        for (id, value) in
            [("ssl", json!("sometimes")), ("brotli", json!(1)), ("ciphers", json!("x")), ("max_upload", json!("1"))]
        {
            assert_eq!(told(id, value), None, "{id}");
        }
    }

    #[test]
    fn some_need_a_plan() {
        let plan = |id: &str, value: &str| Setting::find(id).unwrap().plan(&json!(value));
        assert_eq!(plan("ssl", "strict"), Plan::Free);
        assert_eq!(plan("ssl", "origin_pull"), Plan::Enterprise);
        assert_eq!(plan("polish", "lossy"), Plan::Pro);
    }

    #[test]
    fn they_are_in_order() {
        assert!(SETTINGS.is_sorted_by_key(|it| it.id));
    }
}
