//! DNS records at Cloudflare.

use crate::{
    api::cloudflare::Zone,
    catalog::cloudflare::record::{Data, Record},
    compile::stack::Stack,
    field,
    resource::{text::digest::short, value::In},
    spec::model::{Cloudflare, Record as Wanted, RecordType, RecordValue, Text},
};

/// What says that Cloudflare chooses a TTL.
const AUTOMATIC: u32 = 1;

pub(super) fn records(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) {
    for (name, records) in &spec.records {
        for record in records.iter() {
            // A record without a type was refused when the file was checked.
            let Some(kind) = record.kind() else { continue };
            for (index, value) in record.to.iter().enumerate() {
                let whole = name.within(&zone.name);
                let called = called(&whole, kind, index, value);
                let want = want(stack, zone, (whole, &called), (record, kind), value);
                stack.graph.add(&format!("cloudflare.records.{name}"), &called, &want);
            }
        }
    }
}

/// The record that proves a name of a certificate, which nothing may stand before.
pub(in crate::compile) fn proof(
    stack: &mut Stack<'_>,
    component: &str,
    name: &str,
    zone: &Zone,
    [record_name, value]: [In<String>; 2],
) -> In<String> {
    let called = format!("proof.{name}");
    let record = Record {
        zone: zone.id.clone(),
        mark: Record::mark(&stack.graph.scope, &called),
        record_name,
        record_type: RecordType::Cname.as_str().to_owned(),
        content: Some(value),
        data: None,
        priority: None,
        proxied: false,
        ttl: AUTOMATIC,
    };
    stack.graph.add(component, &called, &record).out(field!(id))
}

/// What the first value of a type is called stays when it is another one, so that it is changed where it is; the others go by
/// what they say.
fn called(name: &str, kind: RecordType, index: usize, value: &Text) -> String {
    let kind = kind.as_str();
    if index == 0 { format!("{name}/{kind}") } else { format!("{name}/{kind}/{}", short(&value.to_string(), 8)) }
}

fn want(
    stack: &Stack<'_>,
    zone: &Zone,
    (name, called): (String, &str),
    (record, kind): (&Wanted, RecordType),
    value: &Text,
) -> Record {
    let (content, data, priority) = match value.literal().and_then(|it| kind.value(&it).ok()) {
        None => (Some(stack.text(value)), None, None),
        Some(RecordValue::Plain(it)) => (Some(In::Known(it)), None, None),
        Some(RecordValue::Mx { preference, host }) => (Some(In::Known(host)), None, Some(preference)),
        Some(RecordValue::Srv { priority, weight, port, host }) => {
            (None, Some(Data::Srv { priority, weight, port, target: host }), None)
        }
        Some(RecordValue::Caa { flags, tag, value }) => (None, Some(Data::Caa { flags, tag, value }), None),
    };
    let proxied = record.proxied.unwrap_or_default();
    Record {
        zone: zone.id.clone(),
        mark: Record::mark(&stack.graph.scope, called),
        record_name: In::Known(name),
        record_type: kind.as_str().to_owned(),
        content,
        data,
        priority,
        proxied,
        ttl: record.ttl.filter(|_| !proxied).map_or(AUTOMATIC, |it| it.seconds()),
    }
}
