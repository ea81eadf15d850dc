//! What is kept away: <https://developers.cloudflare.com/waf/>.

use serde_json::{Map, Value, json};

use super::{Rules, expression::Where};
use crate::spec::model::{
    EdgeRate, EdgeWaf, WafAction, WafBots, WafContent, WafCount, WafDdos, WafFlood, WafManagedSettings,
    WafOwaspSettings, WafResponse, WafRule, WafRuleAction, WafSensitivity, WafSkip,
};

pub(super) const RULES: &str = "http_request_firewall_custom";
pub(super) const RATES: &str = "http_ratelimit";
pub(super) const MANAGED: &str = "http_request_firewall_managed";
pub(super) const DDOS: &str = "ddos_l7";

/// Cloudflare's own rulesets (<https://developers.cloudflare.com/waf/managed-rules/#available-managed-rulesets>,
/// <https://developers.cloudflare.com/ddos-protection/managed-rulesets/http/>).
const CLOUDFLARE: &str = "efb7b8c949ac4650a09736fc376e9aee";
const OWASP: &str = "4814384a9e5d4991b9815dcfc25d2f1f";
const FLOODS: &str = "4d21379b4f9f4bb088e0729962c8b3cf";
/// The rule of OWASP's that comes last and looks at what was added up
/// (<https://developers.cloudflare.com/waf/managed-rules/reference/owasp-core-ruleset/configure-api/>).
const SUM: &str = "6179ae15870a4bb7b2d480d4843b323c";
/// How much each level of paranoia has: those above the wanted one do not count.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=4;

pub(super) fn waf(it: &EdgeWaf, rules: &mut Rules) {
    if let Some(bots) = it.bots {
        rules.add(RULES, "waf.bots".into(), "cf.client.bot".into(), known_bots(bots));
    }
    for (name, it) in &it.rules {
        let requests = Where {
            host: &it.host,
            path: &it.path,
            countries: &it.countries,
            ips: &it.ips,
            when: it.when.as_ref(),
            ..Where::default()
        };
        rules.add(RULES, format!("waf.rules.{name}"), requests.expression(), action(it));
    }
    for (name, it) in &it.rate_limits {
        let requests = Where { host: &it.host, path: &it.path, when: it.when.as_ref(), ..Where::default() };
        let action = (it.action.word(), response(it.response.as_ref(), 429));
        rules.limit(RATES, format!("waf.rate_limits.{name}"), requests.expression(), action, limit(it));
    }
    if let Some(it) = &it.managed.0 {
        rules.add(MANAGED, "waf.managed".into(), "true".into(), execute(CLOUDFLARE, &managed(it)));
    }
    if let Some(it) = it.owasp.0 {
        rules.add(MANAGED, "waf.owasp".into(), "true".into(), execute(OWASP, &owasp(it)));
    }
    if let Some(it) = it.ddos {
        rules.add(DDOS, "waf.ddos".into(), "true".into(), execute(FLOODS, &ddos(it)));
    }
}

fn known_bots(it: WafBots) -> (&'static str, Value) {
    match it {
        WafBots::Allow => ("skip", skipping(&[WafSkip::Rules, WafSkip::RateLimits])),
        WafBots::Challenge => ("managed_challenge", Value::Null),
        WafBots::Block => ("block", Value::Null),
    }
}

fn action(it: &WafRule) -> (&'static str, Value) {
    let skip: Vec<_> = it.skip.iter().copied().collect();
    let parameters = match it.action {
        WafRuleAction::Skip if skip.is_empty() => skipping(&[WafSkip::Rules]),
        WafRuleAction::Skip => skipping(&skip),
        _ => response(it.response.as_ref(), 403),
    };
    (it.action.word(), parameters)
}

/// <https://developers.cloudflare.com/waf/custom-rules/skip/options/>
fn skipping(what: &[WafSkip]) -> Value {
    let mut acc = Map::new();
    if what.contains(&WafSkip::Rules) {
        acc.insert("ruleset".into(), "current".into());
    }
    let phases = what.iter().filter_map(|it| match it {
        WafSkip::Rules => None,
        WafSkip::RateLimits => Some(RATES),
        WafSkip::Managed => Some(MANAGED),
        WafSkip::Bots => Some("http_request_sbfm"),
    });
    let phases: Vec<_> = phases.collect();
    if !phases.is_empty() {
        acc.insert("phases".into(), phases.into());
    }
    acc.into()
}

fn response(it: Option<&WafResponse>, usual: u16) -> Value {
    let Some(it) = it else { return Value::Null };
    let kind = match it.kind {
        WafContent::Text => "text/plain",
        WafContent::Html => "text/html",
        WafContent::Json => "application/json",
    };
    let status = it.status.unwrap_or(usual);
    json!({"response": {"status_code": status, "content": it.body, "content_type": kind}})
}

/// Requests are counted for each data center, which Cloudflare wants to be said
/// (<https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/>).
fn limit(it: &EdgeRate) -> Value {
    let by = match it.by {
        WafCount::Ip => "ip.src",
        WafCount::Visitor => "cf.unique_visitor_id",
    };
    let refused =
        if it.action == WafAction::Block { it.duration.map_or(10, crate::spec::model::Span::seconds) } else { 0 };
    json!({
        "characteristics": ["cf.colo.id", by],
        "period": it.per.seconds(),
        "requests_per_period": it.requests,
        "mitigation_timeout": refused,
    })
}

fn execute(id: &str, overrides: &Value) -> (&'static str, Value) {
    ("execute", json!({"id": id, "overrides": overrides}))
}

fn managed(it: &WafManagedSettings) -> Value {
    let mut acc = Map::new();
    if let Some(action) = it.action {
        acc.insert("action".into(), action.word().into());
    }
    if !it.disabled.is_empty() {
        let off: Vec<_> = it.disabled.iter().map(|it| json!({"category": it, "enabled": false})).collect();
        acc.insert("categories".into(), off.into());
    }
    acc.into()
}

fn owasp(it: WafOwaspSettings) -> Value {
    let above = LEVELS.filter(|level| *level > it.paranoia);
    let off: Vec<_> = above.map(|it| json!({"category": format!("paranoia-level-{it}"), "enabled": false})).collect();
    let most = match it.sensitivity {
        WafSensitivity::Low => 60,
        WafSensitivity::Medium => 40,
        WafSensitivity::High => 25,
    };
    let mut acc = Map::new();
    if !off.is_empty() {
        acc.insert("categories".into(), off.into());
    }
    acc.insert("rules".into(), json!([{"id": SUM, "action": it.action.word(), "score_threshold": most}]));
    acc.into()
}

fn ddos(it: WafDdos) -> Value {
    let level = match it.sensitivity {
        WafFlood::High => "default",
        WafFlood::Medium => "medium",
        WafFlood::Low => "low",
        WafFlood::Off => "eoff",
    };
    let mut acc = Map::from_iter([("sensitivity_level".to_owned(), level.into())]);
    if let Some(action) = it.action {
        acc.insert("action".into(), action.word().into());
    }
    acc.into()
}
