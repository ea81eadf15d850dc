//! The zone in Route 53, its records and health checks.

use std::collections::BTreeMap;

use super::super::model::{Dns, DnsHealthCheck, DnsProtocol, Record, RecordType, Spec};
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
    let mut seen = Seen::new();
    for (name, records) in &dns.records {
        let whole = name.within(&dns.name());
        for (at, record) in records.iter().enumerate() {
            let index = if records.len() > 1 { format!("[{at}]") } else { String::new() };
            let path = format!("dns.records.{name}{index}");
            one(dns, &whole, record, &path, found);
            found.extend(beside(&mut seen, &whole, record, &path));
        }
    }
}

fn one(dns: &Dns, whole: &str, record: &Record, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |at: &str, message: &str, help: &str| {
        found.push(Diagnostic::error("dns/record", format!("{path}{at}"), message).help(help));
    };
    if record.proxied.is_some() {
        wrong(
            ".proxied",
            "requests go through Cloudflare only where it keeps the record",
            "remove it, or move the record to `cloudflare`",
        );
    }
    let apex = whole == dns.name();
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
        Some(RecordType::Ns) if apex => {
            wrong("", "who answers for the zone itself is Route 53's to say", "remove it");
        }
        _ => (),
    }
    for (at, words) in record.problems() {
        let (message, help) = words.split_once('\n').unwrap_or((&words, ""));
        wrong(&format!(".{at}"), message, help);
    }
}

/// The types of the records that each name has by now.
type Seen = BTreeMap<String, Vec<RecordType>>;

/// A name has one record of a type, and none besides one that stands for another name.
fn beside(seen: &mut Seen, whole: &str, record: &Record, path: &str) -> Option<Diagnostic> {
    let kind = if record.alias().is_some() { record.r#type.unwrap_or(RecordType::A) } else { record.kind()? };
    let kinds = seen.entry(whole.to_owned()).or_default();
    let wrong = |message: String, help: &str| Some(Diagnostic::error("dns/record", path, message).help(help));
    let found = if kinds.contains(&kind) {
        let message = format!("`{whole}` has a record of type {} already", kind.as_str());
        wrong(message, "write all values in one `to`, as a list")
    } else if !kinds.is_empty() && (kind == RecordType::Cname || kinds.contains(&RecordType::Cname)) {
        wrong(format!("`{whole}` stands for another name, and can say nothing else"), "remove one of its records")
    } else {
        None
    };
    kinds.push(kind);
    found
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
