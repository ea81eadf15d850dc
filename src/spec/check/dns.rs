//! The zone in Route 53, its records and health checks.

use super::{
    super::model::{DnsHealthCheck, DnsProtocol, Record, RecordType, Spec},
    records,
};
use crate::diagnostic::Diagnostic;

/// How many tags a zone or a health check may have, and how many of them are infractl's own
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html>).
const TAGS: usize = 10;
const OWN_TAGS: usize = 5;
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html>
const INTERVALS: [u32; 2] = [10, 30];
const TEXT: usize = 255;

pub(super) fn zone(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(dns) = &spec.dns else { return };
    if dns.create && dns.private && spec.network.is_none() {
        let message = "a private zone is for a network, and the file has none";
        found.push(Diagnostic::error("dns/no-network", "dns.private", message).help("add `network: {}`"));
    }
    if dns.comment.is_some() && !dns.create {
        let message = "the zone is not the stack's, so its comment stays as it is";
        found.push(Diagnostic::error("dns/comment", "dns.comment", message).help("remove it, or write `create: true`"));
    }
}

pub(super) fn records(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(dns) = &spec.dns else { return };
    records::records("dns.records", &dns.name(), &dns.records, found);
    for (name, all) in &dns.records {
        let path = format!("dns.records.{name}");
        let apex = name.within(&dns.name()) == dns.name();
        for (index, record) in all.iter().enumerate() {
            one(&records::at(&path, index, all), apex, record, found);
        }
        let other = |it: &Record| it.alias().is_none() && it.kind() == Some(RecordType::Cname);
        if all.len() > 1 && all.iter().any(other) {
            let message = "a name that stands for another says nothing else";
            found.push(Diagnostic::error("dns/record", path, message).help("remove the CNAME, or all others"));
        }
    }
}

/// What Route 53 has otherwise than others.
fn one(path: &str, apex: bool, record: &Record, found: &mut Vec<Diagnostic>) {
    let mut wrong = |at: &str, message: &str, help: &str| {
        found.push(Diagnostic::error("dns/record", format!("{path}{at}"), message).help(help));
    };
    if record.proxied.is_some() {
        let help = "remove it, or move the record to `cloudflare`";
        wrong(".proxied", "requests go through Cloudflare only where it keeps the record", help);
    }
    if record.alias().is_some() {
        if record.ttl.is_some() {
            wrong(".ttl", "what leads to something in AWS is remembered for as long as that says", "remove it");
        }
        return;
    }
    match record.kind() {
        Some(RecordType::Cname) if apex => {
            wrong("", "the zone itself cannot stand for another name", "use an address, or refer to the load balancer");
        }
        Some(RecordType::Ns) if apex => wrong("", "who answers for the zone itself is Route 53's to say", "remove it"),
        _ => (),
    }
}

pub(super) fn health_checks(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(dns) = &spec.dns else { return };
    for (name, it) in &dns.health_checks {
        let path = format!("dns.health_checks.{name}");
        health_check(it, &mut |key, message, help| {
            found.push(Diagnostic::error("dns/health-check", format!("{path}.{key}"), message).help(help));
        });
    }
}

fn health_check(it: &DnsHealthCheck, wrong: &mut dyn FnMut(&str, String, &str)) {
    if !INTERVALS.contains(&it.interval.seconds()) {
        wrong(
            "interval",
            format!("{} is neither 10s nor 30s", it.interval),
            "those who ask do so every 10 or 30 seconds",
        );
    }
    if !(1..=10).contains(&it.failures) {
        wrong("failures", format!("{} is not from 1 to 10", it.failures), "failures in a row");
    }
    if it.port() == Some(0) || it.port().is_none() {
        wrong("port", "the port is not known".into(), "give `port`, from 1 to 65535");
    }
    for (key, text) in [("path", &it.path), ("contains", &it.contains)] {
        let Some(text) = text else { continue };
        if it.protocol == DnsProtocol::Tcp {
            wrong(key, "TCP asks for a connection only".into(), "remove it, or choose another `protocol`");
        } else if text.is_empty() || text.chars().count() > TEXT {
            wrong(key, format!("it has {} characters", text.chars().count()), "it may have 1 to 255");
        } else if key == "path" && !text.starts_with('/') {
            wrong(key, format!("`{text}` does not begin with a slash"), "write it like /health");
        }
    }
}

/// What Route 53 tags takes few of them.
pub(super) fn tags(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let tagged = spec.dns.as_ref().is_some_and(|it| it.create || !it.health_checks.is_empty());
    if tagged && spec.tags.len() > TAGS - OWN_TAGS {
        let most = TAGS - OWN_TAGS;
        let message =
            format!("zones and health checks may have {most} tags of the stack's; there are {}", spec.tags.len());
        found.push(Diagnostic::error("dns/tags", "dns", message).help("use fewer `tags`"));
    }
}
