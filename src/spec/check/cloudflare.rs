//! What does not go together of what Cloudflare does for a domain.

use super::records;
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    spec::model::{
        CertificateHost, Cloudflare, OriginCertificate, Record, RecordType, SETTINGS, Setting, Spec, VALIDITIES,
    },
};

/// How many names a certificate can be for, besides the one that says whose it is.
const HOSTS: usize = 99;

pub(super) fn records(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(Cloudflare { zone, records, .. }) = &spec.cloudflare else { return };
    records::records("cloudflare.records", zone.as_str(), records, found);
    for (name, all) in records {
        let path = format!("cloudflare.records.{name}");
        let proxies = all.iter().enumerate().filter_map(|(index, it)| proxy(&records::at(&path, index, all), it));
        found.extend(proxies);
    }
}

/// What is wrong with how a record goes through Cloudflare.
fn proxy(path: &str, record: &Record) -> Option<Diagnostic> {
    let kind = record.kind().filter(|_| record.proxied == Some(true))?;
    if !matches!(kind, RecordType::A | RecordType::Aaaa | RecordType::Cname) {
        let message = format!("requests for a record of type {} do not go through Cloudflare", kind.as_str());
        return Some(
            Diagnostic::error("cloudflare/proxied", format!("{path}.proxied"), message).help("remove `proxied`"),
        );
    }
    record.ttl?;
    let problem = Diagnostic::error(
        "cloudflare/ttl",
        format!("{path}.ttl"),
        "Cloudflare says itself for how long a record that goes through it is remembered",
    );
    Some(problem.help("remove `ttl`"))
}

pub(super) fn settings(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(Cloudflare { settings, .. }) = &spec.cloudflare else { return };
    for (id, value) in settings {
        let path = format!("cloudflare.settings.{id}");
        if Setting::find(id.as_str()).is_none() {
            let problem = Diagnostic::warning("cloudflare/setting", &path, format!("the setting `{id}` is not known"));
            found.push(match did_you_mean(id.as_str(), SETTINGS.iter().map(|it| it.id)) {
                Some(it) => problem.help(format!("did you mean `{it}`?")),
                None => problem.help("it is given to Cloudflare as it is"),
            });
        }
        if let Err(problem) = value.told(id.as_str()) {
            let (message, help) = problem.split_once('\n').unwrap_or((&problem, ""));
            found.push(Diagnostic::error("cloudflare/setting", path, message).help(help));
        }
    }
    let is = |id: &str, value: &str| settings.get(id).is_some_and(|it| it.told(id).is_ok_and(|it| it == value));
    if settings.contains_key("ssl") && is("ssl_automatic_mode", "auto") {
        let path = "cloudflare.settings.ssl_automatic_mode";
        let problem = Diagnostic::error("cloudflare/ssl", path, "what Cloudflare chooses itself cannot be set as well");
        found.push(problem.help("remove `ssl`, or this"));
    }
    if is("development_mode", "on") {
        let path = "cloudflare.settings.development_mode";
        let message = "development mode ends by itself after three hours, and the next apply begins it anew";
        found
            .push(Diagnostic::warning("cloudflare/setting", path, message).help("turn it on in the dashboard instead"));
    }
}

pub(super) fn caches(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(it) = spec.cloudflare.as_ref().and_then(|it| it.tiered_cache.as_ref()) else { return };
    let on = [("smart", it.smart), ("reserve", it.reserve)].into_iter().filter(|(_, on)| *on == Some(true));
    for (key, _) in on.filter(|_| !it.enabled) {
        let path = format!("cloudflare.tiered_cache.{key}");
        let problem = Diagnostic::error("cloudflare/tiers", path, format!("there is no `{key}` without tiers"));
        found.push(problem.help("set `enabled` to true"));
    }
}

pub(super) fn certificates(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(Cloudflare { zone, origin_certificates, .. }) = &spec.cloudflare else { return };
    for (name, OriginCertificate { hosts, validity, .. }) in origin_certificates {
        let path = format!("cloudflare.origin_certificates.{name}");
        if !VALIDITIES.contains(&validity.count()) {
            let message = format!("Cloudflare issues no certificate for {validity}");
            let problem = Diagnostic::error("cloudflare/validity", format!("{path}.validity"), message);
            found.push(problem.help("choose 7d, 30d, 90d, 1y, 2y, 3y or 15y"));
        }
        if hosts.is_empty() || hosts.len() > HOSTS {
            let message = format!("a certificate is for 1 to {HOSTS} names; this one is for {}", hosts.len());
            found.push(Diagnostic::error("cloudflare/hosts", format!("{path}.hosts"), message));
        }
        let outside = hosts.iter().enumerate().filter(|(_, it)| !is_in(zone.as_str(), it));
        found.extend(outside.map(|(index, it)| {
            let message = format!("`{it}` is not in the zone `{zone}`");
            Diagnostic::error("cloudflare/hosts", format!("{path}.hosts[{index}]"), message)
        }));
    }
}

fn is_in(zone: &str, host: &CertificateHost) -> bool {
    let (zone, host) = (zone.to_ascii_lowercase(), host.as_str().to_ascii_lowercase());
    host.strip_suffix(&zone).is_some_and(|it| it.is_empty() || it.ends_with('.'))
}
