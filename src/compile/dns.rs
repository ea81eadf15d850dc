//! A zone in Route 53, its records and health checks.

use std::collections::BTreeSet;

use super::stack::Stack;
use crate::{
    api::route53::HostedZone,
    catalog::{
        aws::route53::{
            health_check::HealthCheck,
            name::DnsName,
            record::{self as kind, Record},
            value::RecordValue,
            zone::{Network, Zone},
        },
        cloudflare::mark::mark,
    },
    field,
    resource::value::In,
    spec::model::{self, DnsHealthCheck, DnsProtocol, RecordType, Span, Text},
};

const COMPONENT: &str = "dns";
const NAME: &str = "main";
/// For how many seconds records may be remembered if nothing is said.
const TTL: u32 = 300;
/// The zone of the names of everything in CloudFront, which is never unwell
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html>).
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

/// The zone: the stack's own, or the one that was found.
pub(super) fn zone(stack: &mut Stack<'_>, found: Option<&HostedZone>) {
    let Some(spec) = &stack.spec.dns else { return };
    let id = if spec.create {
        let network = stack.net.as_ref().filter(|_| spec.private);
        let region = stack.graph.place.region.clone();
        let zone = Zone {
            zone_name: DnsName::new(spec.zone.as_str()),
            private: spec.private,
            networks: network.map(|it| Network { vpc: it.vpc.clone(), region }).into_iter().collect(),
            comment: spec
                .comment
                .as_ref()
                .map_or_else(|| format!("{} of {}", spec.name(), stack.graph.scope.prefix()), ToString::to_string),
        };
        let zone = stack.graph.add(COMPONENT, NAME, &zone);
        if !spec.private {
            stack.give(COMPONENT, "name_servers", zone.out(field!(name_servers)));
        }
        zone.out(field!(id))
    } else {
        let Some(found) = found else { return };
        found.id.as_str().into()
    };
    stack.give(COMPONENT, "zone_id", id);
}

/// What its names say, and who is asked whether they are well.
pub(super) fn records(stack: &mut Stack<'_>) {
    let (Some(spec), Some(zone)) = (&stack.spec.dns, zone_id(stack)) else { return };
    for (name, records) in &spec.records {
        for record in records.iter() {
            for (kind, said) in said(stack, record) {
                let at = format!("{name}.{kind}");
                let record = Record {
                    zone: zone.clone(),
                    zone_name: DnsName::new(spec.zone.as_str()),
                    record_name: DnsName::new(&name.within(&spec.name())).into(),
                    record_type: kind.into(),
                    ttl: said.alias.is_none().then(|| record.ttl.map_or(TTL, Span::seconds)),
                    values: said.values,
                    alias: said.alias,
                    mark: mark(&stack.graph.scope, &at),
                };
                stack.graph.add(COMPONENT, &at, &record);
            }
        }
    }
    for (name, it) in &spec.health_checks {
        let check = health_check(stack, it);
        let check = stack.graph.add(COMPONENT, name.as_str(), &check);
        stack.give(COMPONENT, &format!("health_checks.{name}"), check.out(field!(id)));
    }
}

/// The record that proves a name of a certificate: it is called as that says.
pub(super) fn proof(
    stack: &mut Stack<'_>,
    component: &str,
    name: &str,
    [record, value]: [In<String>; 2],
) -> Option<In<String>> {
    let at = format!("proof.{name}");
    let record = Record {
        zone: zone_id(stack)?,
        zone_name: DnsName::new(stack.spec.dns.as_ref()?.zone.as_str()),
        record_name: DnsName::of(record),
        record_type: RecordType::Cname.as_str().into(),
        ttl: Some(TTL),
        values: [RecordValue::of(value)].into(),
        alias: None,
        mark: mark(&stack.graph.scope, &at),
    };
    Some(stack.graph.add(component, &at, &record).out(field!(id)))
}

fn zone_id(stack: &Stack<'_>) -> Option<In<String>> {
    stack.outs.value(&format!("{COMPONENT}.zone_id"))
}

/// What a record says.
struct Said {
    values: BTreeSet<In<RecordValue>>,
    alias: Option<kind::Alias>,
}

/// What a record says, by its types: what is in CloudFront has addresses of both versions.
fn said(stack: &Stack<'_>, record: &model::Record) -> Vec<(&'static str, Said)> {
    let alias = record.alias().and_then(|target| {
        let to = stack.text(record.to.first()?);
        let zone = stack.outs.value(&format!("{target}.zone_id"))?;
        Some(kind::Alias { to: DnsName::of(to), evaluate_health: zone != In::from(CLOUDFRONT), zone })
    });
    let Some(alias) = alias else {
        let Some(kind) = record.kind() else { return Vec::new() };
        let values = record.to.iter().map(|it| value(stack, kind, it)).collect();
        return vec![(kind.as_str(), Said { values, alias: None })];
    };
    let both = alias.zone == In::from(CLOUDFRONT) && record.r#type.is_none();
    let own = record.r#type.unwrap_or(RecordType::A);
    let kinds = [own].into_iter().chain(both.then_some(RecordType::Aaaa));
    kinds.map(|it| (it.as_str(), Said { values: BTreeSet::new(), alias: Some(alias.clone()) })).collect()
}

/// One value: text has quotes in Route 53.
fn value(stack: &Stack<'_>, kind: RecordType, text: &Text) -> In<RecordValue> {
    let literal = text.literal().map(|it| it.into_owned());
    match (kind, literal) {
        (RecordType::Txt, Some(text)) => match kind.value(&text) {
            Ok(model::RecordValue::Plain(text)) => RecordValue::text(text.as_bytes()).into(),
            _ => RecordValue::new(&text).into(),
        },
        (RecordType::Txt, None) => RecordValue::of(In::join(["\"".into(), stack.text(text), "\"".into()])),
        (RecordType::Caa, Some(text)) => match kind.value(&text) {
            Ok(model::RecordValue::Caa { flags, tag, value }) => {
                RecordValue::new(&format!("{flags} {tag} \"{value}\"")).into()
            }
            _ => RecordValue::new(&text).into(),
        },
        _ => RecordValue::of(stack.text(text)),
    }
}

fn health_check(stack: &Stack<'_>, it: &DnsHealthCheck) -> HealthCheck {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let protocol = match it.protocol {
        DnsProtocol::Https => "HTTPS",
        DnsProtocol::Http => "HTTP",
        DnsProtocol::Tcp => "TCP",
    };
    let matching = if it.contains.is_some() { "_STR_MATCH" } else { "" };
    let asks = it.protocol != DnsProtocol::Tcp;
    HealthCheck {
        host: DnsName::of(stack.text(&it.host)),
        protocol: format!("{protocol}{matching}"),
        port: it.port().unwrap_or_default(),
        path: if asks && it.path.is_none() { "/".into() } else { text(&it.path) },
        contains: text(&it.contains),
        interval_seconds: it.interval.seconds(),
        failures: it.failures,
        inverted: false,
        disabled: false,
    }
}
