//! The load balancer.

use std::ops::RangeInclusive;

use super::{
    super::model::{Callers, CertificateArn, HttpPort, LOG_BUCKET, Part, Scheme, Span, Spec, Text, Tier, layout},
    network,
};
use crate::diagnostic::Diagnostic;

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html>
const IDLE: RangeInclusive<u32> = 1..=4_000;
const KEEP_ALIVE: RangeInclusive<u32> = 60..=604_800;
/// It wants eight free addresses: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>.
const SMALLEST: u8 = 27;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(it) = spec.balancer() else { return };
    within("idle_timeout", it.idle_timeout, &IDLE, found);
    within("client_keep_alive", it.client_keep_alive, &KEEP_ALIVE, found);
    certificates(spec, found);
    let (secure, http) = (!it.certificate.is_empty(), it.http);
    match http {
        None if !secure => {
            let message = "the load balancer has no certificate, so it speaks plain HTTP";
            let problem = Diagnostic::warning("load_balancer/plain-http", "load_balancer", message);
            found.push(problem.help("give a `certificate`, or say that it is meant: `http: serve`"));
        }
        Some(HttpPort::Redirect | HttpPort::Off) if !secure => {
            let message = "without a `certificate`, port 80 is all that the load balancer has";
            let problem = Diagnostic::error("load_balancer/http", "load_balancer.http", message);
            found.push(problem.help("give a `certificate`, or write `http: serve`"));
        }
        _ => (),
    }
    if let Some(Callers::Cidrs(cidrs)) = &it.from {
        if cidrs.is_empty() {
            let problem =
                Diagnostic::error("load_balancer/from", "load_balancer.from", "nobody may reach the load balancer");
            found.push(problem.help("give addresses, or write `internet` or `network`"));
        }
        for (at, it) in cidrs.iter().enumerate().filter(|(_, it)| !it.is_v4()) {
            let message = format!("{it} is IPv6; the load balancer has IPv4 addresses");
            found.push(Diagnostic::error("load_balancer/not-ipv4", format!("load_balancer.from[{at}]"), message));
        }
    }
}

/// The log has a bucket of its own, whose name no other may have.
pub(super) fn logs(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let logs = spec.balancer().is_some_and(|it| it.logs.is_some());
    if logs && spec.buckets.contains_key(LOG_BUCKET) {
        let message = "the log of the load balancer has a bucket of that name";
        let problem = Diagnostic::error("load_balancer/log-bucket", format!("buckets.{LOG_BUCKET}"), message);
        found.push(problem.help("choose another name"));
    }
}

fn within(key: &str, span: Span, range: &RangeInclusive<u32>, found: &mut Vec<Diagnostic>) {
    if !range.contains(&span.seconds()) {
        let (from, to) = (Span::of_seconds(*range.start()), Span::of_seconds(*range.end()));
        let message = format!("{span} is not from {from} to {to}");
        found.push(Diagnostic::error("load_balancer/time", format!("load_balancer.{key}"), message));
    }
}

fn certificates(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(it) = spec.balancer() else { return };
    for (at, text) in it.certificate.iter().enumerate() {
        let path = if it.certificate.is_list() { format!("[{at}]") } else { String::new() };
        let path = format!("load_balancer.certificate{path}");
        if it.certificate.iter().take(at).any(|it| it == text) {
            let message = "the certificate is listed twice";
            found.push(Diagnostic::error("load_balancer/duplicate-certificate", path.as_str(), message));
        }
        found.extend(certificate(spec, text, &path));
    }
}

/// What is wrong with a certificate: it is one of the stack's, or the ARN of one in the stack's region.
fn certificate(spec: &Spec, text: &Text, path: &str) -> Option<Diagnostic> {
    let wrong = |message: String, help: &str| Diagnostic::error("load_balancer/certificate", path, message).help(help);
    let Some(arn) = text.literal() else {
        let ours = matches!(text.0.as_slice(), [Part::Out(it)] if it.component == "certificates" && it.output == "arn");
        let help = "it is like ${certificates.main}, or the ARN of a certificate";
        return (!ours).then(|| wrong(format!("`{text}` is no certificate in the stack's region"), help));
    };
    let arn = match arn.parse::<CertificateArn>() {
        Ok(it) => it,
        Err(words) => {
            let (message, help) = words.split_once('\n').unwrap_or((&words, ""));
            return Some(wrong(message.to_owned(), help));
        }
    };
    let region = arn.region().filter(|it| *it != spec.region.as_str())?;
    let message = format!("the certificate is in {region}, the load balancer in {}", spec.region);
    let problem = Diagnostic::error("load_balancer/certificate-region", path, message);
    Some(problem.help("request the certificate in the stack's region as well"))
}

/// Where it stands: in two zones at least, in subnets that are large enough.
pub(super) fn place(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(it) = spec.balancer() else { return };
    let problem = |id, path: &str, message: String| Diagnostic::error(id, path, message);
    let Some(network) = network(spec) else {
        let message = "a load balancer stands in a network, and the file has none".to_owned();
        found.push(problem("load_balancer/no-network", "load_balancer", message).help("add `network: {}`"));
        return;
    };
    let (tier, scheme) = match it.scheme {
        Scheme::Public => (Tier::Public, "public"),
        Scheme::Internal => (Tier::Private, "internal"),
    };
    if network.zones.count() < 2 {
        let message = "a load balancer stands in two availability zones at least".to_owned();
        found.push(problem("load_balancer/zones", "network.zones", message).help("write `zones: 2`"));
    }
    if !network.has(tier) {
        let message =
            format!("a load balancer that is {scheme} stands in {} subnets, and there are none", tier.as_str());
        let help = format!("add the tier `{}` to the network, or choose another `scheme`", tier.as_str());
        found.push(problem("load_balancer/no-tier", "load_balancer.scheme", message).help(help));
        return;
    }
    let letters: Vec<String> = (0..network.zones.count()).map(|it| it.to_string()).collect();
    let planned = layout(network, &letters).unwrap_or_default();
    if let Some(small) = planned.iter().find(|it| it.tier == tier && it.cidr.prefix() > SMALLEST) {
        let message = format!("{}, a {} subnet, is too small for a load balancer", small.cidr, tier.as_str());
        let path = format!("network.subnets.{}", tier.as_str());
        found.push(problem("load_balancer/subnet-too-small", &path, message).help("it needs a /27 or larger"));
    }
}
