//! What Cloudflare does with requests.

use super::super::model::{
    BucketEncryption, Cloudflare, EdgeCache, EdgeHeaderRule, EdgeHost, EdgeMedia, EdgeQuery, EdgeRate, EdgeRedirect,
    EdgeWaf, MediaProof, Several, Span, Spec, WafAction, WafOwaspSettings, WafResponse, WafRule, WafRuleAction, is_in,
};
use crate::diagnostic::Diagnostic;

/// The times in which requests can be counted, and for which visitors can be refused, in seconds
/// (<https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/>).
const TIMES: [u32; 21] =
    [10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1_200, 1_800, 2_400, 3_600, 65_535, 86_400];

pub(super) fn rules(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(it) = &spec.cloudflare else { return };
    let mut found = Found { zone: it.zone.as_str(), found };
    for (at, rule) in it.cache.iter().enumerate() {
        found.cache(&format!("cloudflare.cache[{at}]"), rule);
    }
    for (name, rule) in &it.redirects {
        found.redirect(&format!("cloudflare.redirects.{name}"), rule);
    }
    for (name, rule) in &it.origins {
        let path = format!("cloudflare.origins.{name}");
        found.hosts(&path, &rule.host);
        let empty = rule.host_header.is_none() && rule.sni.is_none() && rule.port.is_none();
        found.nothing(&path, empty, "`host_header`, `sni` or `port`");
    }
    found.headers(it);
    it.waf.iter().for_each(|it| found.waf(it));
}

/// The bucket that visitors reach through Cloudflare only.
pub(super) fn media(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(Cloudflare { zone, records, media: Some(it), .. }) = &spec.cloudflare else { return };
    let mut found = Found { zone: zone.as_str(), found };
    let EdgeMedia { host, bucket, proof, secret, .. } = it;
    if !is_in(host.as_str(), zone.as_str()) {
        found.not_in_zone("cloudflare.media.host", host.as_str());
    }
    if let Some(name) = records.keys().find(|it| it.within(zone.as_str()).eq_ignore_ascii_case(host.as_str())) {
        let help = "remove it: `media` has a record of its own";
        found.add(&format!("cloudflare.records.{name}"), &format!("{host} is the name of `media`"), help);
    }
    if secret.is_some() && *proof == MediaProof::None {
        found.add("cloudflare.media.secret", "there is nothing to prove", "remove it, or write another `proof`");
    }
    let path = "cloudflare.media.bucket";
    match spec.buckets.get(bucket) {
        None => found.add(path, &format!("there is no bucket `{bucket}` in the file"), "add it under `buckets`"),
        Some(it) if it.encryption() == BucketEncryption::Kms => found.add(
            path,
            "a key in KMS encrypts what is in it, and strangers may not use the key",
            "write `encryption: s3` for the bucket",
        ),
        Some(it) if it.public.is_some() => {
            found.add(path, "anyone can read the bucket past Cloudflare", "remove `public` from the bucket");
        }
        Some(_) => (),
    }
}

struct Found<'a> {
    zone: &'a str,
    found: &'a mut Vec<Diagnostic>,
}

impl Found<'_> {
    fn add(&mut self, path: &str, message: &str, help: &str) {
        self.found.push(Diagnostic::error("cloudflare/rule", path, message).help(help));
    }

    fn not_in_zone(&mut self, path: &str, host: &str) {
        let message = format!("`{host}` is not in the zone {}", self.zone);
        self.add(path, &message, "a zone's rules are about its own names");
    }

    fn hosts(&mut self, path: &str, hosts: &Several<EdgeHost>) {
        let zone = self.zone;
        for it in hosts.iter().filter(|it| !it.is_in(zone)) {
            self.not_in_zone(&format!("{path}.host"), it.as_str());
        }
    }

    fn nothing(&mut self, path: &str, empty: bool, what: &str) {
        if empty {
            self.add(path, "the rule does nothing", &format!("add {what}"));
        }
    }

    fn cache(&mut self, path: &str, it: &EdgeCache) {
        self.hosts(path, &it.host);
        let kept = it.edge.is_some() || !it.statuses.is_empty() || it.query != EdgeQuery::Keep || it.by_device;
        if it.bypass && (kept || !it.serve_stale || it.respect_etags) {
            self.add(&format!("{path}.bypass"), "nothing is kept, so the rest says nothing", "remove one or the other");
        }
    }

    fn redirect(&mut self, path: &str, it: &EdgeRedirect) {
        self.hosts(path, &it.host);
        if ![301, 302, 303, 307, 308].contains(&it.status) {
            let message = format!("{} is no status that sends visitors elsewhere", it.status);
            self.add(&format!("{path}.status"), &message, "write 301, 302, 303, 307 or 308");
        }
        let everywhere = it.host.is_empty() && it.path.is_empty() && it.when.is_none();
        let here = |host: &str| it.host.is_empty() || it.host.iter().any(|it| it.as_str().eq_ignore_ascii_case(host));
        let same = it.to.host().is_none_or(here);
        if everywhere {
            self.add(path, "it is about every request of the zone", "add `host`, `path` or `when`");
        } else if it.keep_path && it.path.is_empty() && it.when.is_none() && same {
            self.add(&format!("{path}.to"), "visitors are sent to where they are", "name another host");
        }
    }

    fn headers(&mut self, it: &Cloudflare) {
        if let Some(headers) = &it.headers {
            for (of, all) in [("request", &headers.request), ("response", &headers.response)] {
                for (name, it) in all {
                    self.header(&format!("cloudflare.headers.{of}.{name}"), it);
                }
            }
        }
    }

    fn header(&mut self, path: &str, it: &EdgeHeaderRule) {
        self.hosts(path, &it.host);
        let all = it.set.keys().chain(it.add.keys()).chain(it.remove.iter());
        let mut names: Vec<_> = all.map(|it| it.as_str().to_lowercase()).collect();
        self.nothing(path, names.is_empty(), "`set`, `add` or `remove`");
        names.sort_unstable();
        if let Some([name, _]) = names.array_windows().find(|[one, other]| one == other) {
            self.add(path, &format!("it says two things of the header {name}"), "make two rules of it");
        }
    }

    fn waf(&mut self, it: &EdgeWaf) {
        if let Some(WafOwaspSettings { paranoia, .. }) = it.owasp.0.filter(|it| !(1..=4).contains(&it.paranoia)) {
            self.add("cloudflare.waf.owasp.paranoia", &format!("{paranoia} is not from 1 to 4"), "1 hardly ever errs");
        }
        for (name, it) in &it.rules {
            self.rule(&format!("cloudflare.waf.rules.{name}"), it);
        }
        for (name, it) in &it.rate_limits {
            self.rate(&format!("cloudflare.waf.rate_limits.{name}"), it);
        }
    }

    fn rule(&mut self, path: &str, it: &WafRule) {
        self.hosts(path, &it.host);
        let visitors = it.countries.is_empty() && it.ips.is_empty();
        if it.host.is_empty() && it.path.is_empty() && visitors && it.when.is_none() {
            let help = "add `host`, `path`, `countries`, `ips` or `when`";
            self.add(path, "it is about every request of the zone", help);
        }
        if !it.skip.is_empty() && it.action != WafRuleAction::Skip {
            self.add(&format!("{path}.skip"), "only `skip` lets a request past something", "write `action: skip`");
        }
        self.response(path, it.response.as_ref(), it.action == WafRuleAction::Block);
    }

    fn rate(&mut self, path: &str, it: &EdgeRate) {
        self.hosts(path, &it.host);
        if it.host.is_empty() && it.path.is_empty() && it.when.is_none() {
            self.add(path, "it is about every request of the zone", "add `path`, such as `/*` for all, or `when`");
        }
        if it.requests == 0 {
            self.add(&format!("{path}.requests"), "nobody could ask for anything", "write 1 or more");
        }
        self.time(&format!("{path}.per"), it.per);
        if let Some(duration) = it.duration {
            self.time(&format!("{path}.for"), duration);
            if it.action != WafAction::Block {
                let help = if it.action.challenges() {
                    "remove it: a challenge lasts until it is solved"
                } else {
                    "remove it"
                };
                self.add(&format!("{path}.for"), "only `block` refuses visitors for a while", help);
            }
        }
        self.response(path, it.response.as_ref(), it.action == WafAction::Block);
    }

    fn time(&mut self, path: &str, it: Span) {
        if TIMES.contains(&it.seconds()) {
            return;
        }
        let distance = |time: &&u32| time.abs_diff(it.seconds());
        let near = TIMES.iter().min_by_key(distance).copied().unwrap_or_default();
        let message = format!("Cloudflare cannot count for {it}");
        self.add(path, &message, &format!("the nearest time that it can is {}", Span::of_seconds(near)));
    }

    fn response(&mut self, path: &str, it: Option<&WafResponse>, blocks: bool) {
        let Some(it) = it else { return };
        if !blocks {
            self.add(&format!("{path}.response"), "only `block` has an answer of its own", "write `action: block`");
        }
        if let Some(status) = it.status.filter(|it| !(400..=499).contains(it)) {
            let message = format!("{status} is not from 400 to 499");
            self.add(&format!("{path}.response.status"), &message, "write 403 or 429");
        }
        if it.body.is_empty() {
            self.add(&format!("{path}.response.body"), "the answer says nothing", "write some words");
        }
    }
}
