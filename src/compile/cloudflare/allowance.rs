//! What a zone's plan has. What is not here is found out when a plan is rehearsed.

use indexmap::IndexMap;

use super::{cache, expression::has_regex, headers, origins, redirects, waf};
use crate::{
    api::cloudflare::Plan,
    catalog::cloudflare::ruleset::Rule,
    diagnostic::Diagnostic,
    spec::model::{Cloudflare, EdgeExpression, EdgeRate, EdgeWaf, MediaWay, Span, WafAction, WafCount, WafRuleAction},
};

/// What a plan has
/// (<https://developers.cloudflare.com/rules/>, <https://developers.cloudflare.com/waf/custom-rules/#availability>,
/// <https://developers.cloudflare.com/waf/rate-limiting-rules/#availability>,
/// <https://developers.cloudflare.com/cache/how-to/cache-rules/settings/>).
struct Allowance {
    /// Rules of a phase.
    rules: usize,
    /// Rules of the firewall.
    waf: usize,
    /// Rate limits.
    rates: usize,
    /// The longest time in which requests are counted, in seconds.
    per: u32,
    /// The longest time for which visitors are refused, in seconds.
    refused: u32,
    /// The shortest time for which answers are kept, in seconds.
    edge: u32,
}

const fn of(plan: Plan) -> Allowance {
    match plan {
        Plan::Free => Allowance { rules: 10, waf: 5, rates: 1, per: 10, refused: 10, edge: 7_200 },
        Plan::Pro => Allowance { rules: 25, waf: 20, rates: 2, per: 60, refused: 3_600, edge: 3_600 },
        Plan::Business => Allowance { rules: 50, waf: 100, rates: 5, per: 600, refused: 86_400, edge: 1 },
        Plan::Enterprise => Allowance { rules: 300, waf: 1_000, rates: 100, per: 65_535, refused: 86_400, edge: 1 },
    }
}

/// What of `spec` the zone's plan does not have. Only our own rules are counted: there may be others.
pub(super) fn check(spec: &Cloudflare, plan: Plan, phases: &IndexMap<&str, Vec<Rule>>) -> Vec<Diagnostic> {
    let mut found = Found { plan, has: of(plan), problems: Vec::new() };
    found.counts(phases);
    found.expressions(spec);
    for (at, it) in spec.cache.iter().enumerate() {
        let path = format!("cloudflare.cache[{at}]");
        if let Some(edge) = it.edge {
            let least = found.has.edge;
            found.time(format!("{path}.edge"), "answers are kept", edge, least..=u32::MAX);
        }
        found.needs(!it.statuses.is_empty(), || format!("{path}.statuses"), "to tell answers apart by status", TOP);
    }
    for (name, it) in &spec.origins {
        let path = |key: &str| format!("cloudflare.origins.{name}.{key}");
        found.needs(it.host_header.is_some(), || path("host_header"), "to ask an origin for another name", TOP);
        found.needs(it.sni.is_some(), || path("sni"), "to expect another name of an origin", TOP);
    }
    let by_origin = spec.media.as_ref().is_some_and(|it| it.way == MediaWay::Origin);
    found.needs(by_origin, || "cloudflare.media.way".into(), "to ask an origin for another name", TOP);
    spec.waf.iter().for_each(|it| found.waf(it));
    found.problems
}

const TOP: Plan = Plan::Enterprise;

struct Found {
    plan: Plan,
    has: Allowance,
    problems: Vec<Diagnostic>,
}

impl Found {
    fn add(&mut self, path: String, message: String, help: &str) {
        self.problems.push(Diagnostic::error("cloudflare/plan", path, message).help(help));
    }

    /// What only dearer plans have.
    fn needs(&mut self, is_there: bool, path: impl Fn() -> String, what: &str, least: Plan) {
        if is_there && self.plan < least {
            let (least, plan) = (least.as_str(), self.plan.as_str());
            let message = format!("{what} is for the plan {least} and above, and the zone has {plan}");
            self.add(path(), message, "take it out, or choose another plan for the zone");
        }
    }

    /// A time that is not among those that the plan has.
    fn time(&mut self, path: String, what: &str, time: Span, has: std::ops::RangeInclusive<u32>) {
        let seconds = time.seconds();
        if has.contains(&seconds) {
            return;
        }
        let (how, limit) = if seconds < *has.start() { ("least", has.start()) } else { ("most", has.end()) };
        let limit = Span::of_seconds(*limit);
        let message = format!("on the plan {} {what} for {limit} at {how}, not for {time}", self.plan.as_str());
        self.add(path, message, &format!("write {limit}, or choose another plan for the zone"));
    }

    fn counts(&mut self, phases: &IndexMap<&str, Vec<Rule>>) {
        let Allowance { rules, waf, rates, .. } = self.has;
        for (phase, path, what, most) in [
            (cache::PHASE, "cloudflare.cache", "cache rules", rules),
            (redirects::PHASE, "cloudflare.redirects", "redirects", rules),
            (origins::PHASE, "cloudflare.origins", "origin rules", rules),
            (headers::REQUEST, "cloudflare.headers.request", "rules for headers of requests", rules),
            (headers::RESPONSE, "cloudflare.headers.response", "rules for headers of answers", rules),
            (waf::RULES, "cloudflare.waf.rules", "rules", waf),
            (waf::RATES, "cloudflare.waf.rate_limits", "rate limits", rates),
        ] {
            let count = phases.get(phase).map_or(0, Vec::len);
            if count > most {
                let message = format!(
                    "these are {count} {what}, and a zone on the plan {} has {most} at most",
                    self.plan.as_str()
                );
                self.add(path.into(), message, "put some together with `when`, or choose another plan for the zone");
            }
        }
    }

    fn expressions(&mut self, spec: &Cloudflare) {
        for (path, when) in expressions(spec) {
            let regex = has_regex(when.as_str());
            self.needs(regex, || format!("{path}.when"), "a regular expression", Plan::Business);
        }
    }

    fn waf(&mut self, it: &EdgeWaf) {
        let rules = "managed rules other than those that are free";
        self.needs(it.managed.0.is_some(), || "cloudflare.waf.managed".into(), rules, Plan::Pro);
        self.needs(it.owasp.0.is_some(), || "cloudflare.waf.owasp".into(), rules, Plan::Pro);
        for (name, it) in &it.rules {
            let path = || format!("cloudflare.waf.rules.{name}.action");
            self.needs(it.action == WafRuleAction::Log, path, "to log only", TOP);
        }
        for (name, it) in &it.rate_limits {
            self.rate(&format!("cloudflare.waf.rate_limits.{name}"), it);
        }
        let logs = it.ddos.is_some_and(|it| it.action == Some(WafAction::Log));
        self.needs(logs, || "cloudflare.waf.ddos.action".into(), "to log only", TOP);
    }

    fn rate(&mut self, path: &str, it: &EdgeRate) {
        let below = |key: &str| format!("{path}.{key}");
        let (per, refused) = (self.has.per, self.has.refused);
        self.time(below("per"), "requests are counted", it.per, 1..=per);
        // The least is the most on the Free plan.
        let least = if self.plan == Plan::Free { refused } else { 0 };
        if let Some(duration) = it.duration {
            self.time(below("for"), "visitors are refused", duration, least..=refused);
        }
        self.needs(!it.host.is_empty(), || below("host"), "to count the requests for a name", Plan::Pro);
        self.needs(
            it.by == WafCount::Visitor,
            || below("by"),
            "to tell visitors apart who share an address",
            Plan::Business,
        );
        self.needs(it.action == WafAction::Log, || below("action"), "to log only", TOP);
    }
}

/// Every expression of the file, with the path of what has it.
fn expressions(spec: &Cloudflare) -> Vec<(String, &EdgeExpression)> {
    let mut acc: Vec<(String, Option<&EdgeExpression>)> = Vec::new();
    let cache = spec.cache.iter().enumerate().map(|(at, it)| (format!("cache[{at}]"), it.when.as_ref()));
    acc.extend(cache);
    acc.extend(spec.redirects.iter().map(|(name, it)| (format!("redirects.{name}"), it.when.as_ref())));
    acc.extend(spec.origins.iter().map(|(name, it)| (format!("origins.{name}"), it.when.as_ref())));
    if let Some(it) = &spec.headers {
        for (of, all) in [("request", &it.request), ("response", &it.response)] {
            acc.extend(all.iter().map(|(name, it)| (format!("headers.{of}.{name}"), it.when.as_ref())));
        }
    }
    if let Some(it) = &spec.waf {
        acc.extend(it.rules.iter().map(|(name, it)| (format!("waf.rules.{name}"), it.when.as_ref())));
        acc.extend(it.rate_limits.iter().map(|(name, it)| (format!("waf.rate_limits.{name}"), it.when.as_ref())));
    }
    acc.into_iter().filter_map(|(path, when)| Some((format!("cloudflare.{path}"), when?))).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::{
        api::cloudflare::Zone,
        compile::{Ground, compile},
        spec::{Selection, Source, load},
    };

    /// What a zone on `plan` has against what the file says of Cloudflare.
    fn against(plan: Plan, cloudflare: &str) -> Vec<String> {
        let text = format!("stack: shop\nregion: eu-central-1\nbuckets: {{ media: {{}} }}\ncloudflare:\n{cloudflare}");
        let source = Source { name: "infractl.yaml".into(), text };
        let loaded = load(&source, &Selection::default()).unwrap_or_else(|it| panic!("{:#?}", it.items));
        let mut ground = Ground::imagined(&loaded.spec);
        ground.domain = ground.domain.map(|it| Zone { plan, ..it });
        let found = compile(&loaded.spec, &loaded.env, &ground).err().unwrap_or_default();
        assert!(found.iter().all(|it| it.id == "cloudflare/plan" && it.help.is_some()), "{found:#?}");
        found.into_iter().map(|it| it.path.trim_start_matches("cloudflare.").to_owned()).collect()
    }

    #[test]
    fn what_takes_a_dearer_plan_is_told() {
        let all = r#"
  zone: example.com
  media: { host: media.example.com, bucket: media, way: origin }
  cache: [{ path: /a, edge: 1m }, { path: /b, when: 'http.host matches "a"', statuses: { "404": 1m } }]
  redirects: { a: { when: 'http.host ~ "a"', to: /b } }
  origins: { a: { host: a.example.com, host_header: b.de, sni: b.de, port: 8443 } }
  waf:
    managed: true
    owasp: true
    bots: allow
    rules: { a: { path: /a, action: log } }
    rate_limits: { a: { host: a.example.com, requests: 5, per: 20m, for: 1d, by: visitor }, b: { path: /b, requests: 1, action: log } }
    ddos: { action: log }
"#;
        let top = ["cache[1].statuses", "origins.a.host_header", "origins.a.sni", "media.way", "waf.rules.a.action"];
        let regex = ["cache[1].when", "redirects.a.when"];
        let log = ["waf.rate_limits.b.action", "waf.ddos.action"];
        let sorted = |parts: &[&[&str]]| {
            let mut acc = parts.concat();
            acc.sort_unstable();
            acc.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let found = |plan| {
            let mut acc = against(plan, all);
            acc.sort();
            acc
        };
        let (per, times, edge) = ("waf.rate_limits.a.per", "waf.rate_limits.a.for", "cache[0].edge");
        let free = ["waf.managed", "waf.owasp", "waf.rate_limits.a.host", "waf.rate_limits"];
        let visitor = "waf.rate_limits.a.by";
        assert_eq!(found(Plan::Free), sorted(&[&top, &regex, &log, &free, &[per, times, edge, visitor]]));
        assert_eq!(found(Plan::Pro), sorted(&[&top, &regex, &log, &[per, times, edge, visitor]]));
        assert_eq!(found(Plan::Business), sorted(&[&top, &log, &[per]]));
        assert_eq!(found(Plan::Enterprise), Vec::<String>::new());
    }

    #[test]
    fn what_fits_a_plan_is_taken() {
        let least = "
  zone: example.com
  media: { host: media.example.com, bucket: media }
  cache: [{ path: /a, edge: 2h }]
  waf: { bots: block, rate_limits: { a: { path: /a, requests: 5, for: 10s } }, ddos: { sensitivity: low } }
";
        assert_eq!(against(Plan::Free, least), Vec::<String>::new());
    }

    #[test]
    fn rules_are_counted() {
        let mut rules = String::from("\n  zone: example.com\n  waf:\n    bots: block\n    rules:\n");
        for it in 0..5 {
            let _ = writeln!(rules, "      a{it}: {{ path: /a, action: block }}");
        }
        assert_eq!(against(Plan::Free, &rules), ["waf.rules"]);
        assert_eq!(against(Plan::Pro, &rules), Vec::<String>::new());
        let cache = "\n  zone: example.com\n  cache:\n".to_owned() + &"    - { path: /a }\n".repeat(26);
        assert_eq!(against(Plan::Pro, &cache), ["cache"]);
        assert_eq!(against(Plan::Business, &cache), Vec::<String>::new());
    }
}
