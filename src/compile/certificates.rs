//! Certificates, and the records that prove their names.

use std::collections::{BTreeMap, BTreeSet};

use super::{cloudflare, dns, stack::Stack};
use crate::{
    api::cloudflare::Zone,
    catalog::aws::acm::{
        certificate::{Certificate, Out},
        validation::Validation,
    },
    field,
    resource::{
        graph::Handle,
        text::digest::short,
        value::{In, OutRef},
    },
    spec::model::{self, Keeper, KeyAlgorithm, Part, Text},
};

/// Where CloudFront's certificates are.
const EVERYWHERE: &str = "us-east-1";

/// The records that prove names, by name: one is enough for all certificates of the account, wherever they are.
struct Proofs<'a> {
    known: BTreeMap<String, In<String>>,
    /// The zone at Cloudflare, if there is one.
    zone: Option<&'a Zone>,
}

pub(super) fn certificates(stack: &mut Stack<'_>, zone: Option<&Zone>) {
    let spec = stack.spec;
    let mut proofs = Proofs { zone, known: BTreeMap::new() };
    for (name, it) in &spec.certificates {
        let component = format!("certificates.{name}");
        let own = certificate(it, false);
        let at = format!("{name}-{}", generation(&own));
        let issued = issued(stack, &component, &at, it, &own, &mut proofs);
        stack.give(&component, "arn", &issued);
        let everywhere = if spec.region.as_str() == EVERYWHERE || !spec.is_used_everywhere(name.as_str()) {
            Some(issued).filter(|_| spec.region.as_str() == EVERYWHERE)
        } else {
            let other = Certificate { everywhere: true, ..own };
            Some(self::issued(stack, &component, &format!("{at}.everywhere"), it, &other, &mut proofs))
        };
        if let Some(everywhere) = everywhere {
            stack.give(&component, "everywhere", everywhere);
        }
    }
}

/// A certificate as CloudFront takes it: of one of the stack's, that in us-east-1.
pub(super) fn everywhere(stack: &Stack<'_>, text: &Text) -> In<String> {
    let ours = match text.0.as_slice() {
        [Part::Out(out)] if out.component == "certificates" => {
            stack.outs.value(&format!("{}.everywhere", out.target()))
        }
        _ => None,
    };
    ours.unwrap_or_else(|| stack.text(text))
}

/// Requests a certificate, proves its names, and gives its ARN once it is issued.
fn issued(
    stack: &mut Stack<'_>,
    component: &str,
    at: &str,
    spec: &model::Certificate,
    certificate: &Certificate,
    proofs: &mut Proofs<'_>,
) -> In<String> {
    let handle = stack.graph.add(component, at, certificate);
    let mut records = BTreeSet::new();
    for name in spec.to_prove() {
        if !proofs.known.contains_key(&name) {
            let proof = proof(stack, component, &name, &handle, proofs.zone);
            proofs.known.extend(proof.map(|it| (name.clone(), it)));
        }
        records.extend(proofs.known.get(&name).cloned());
    }
    let validation = Validation {
        certificate: handle.out(field!(arn)),
        names: certificate.alternatives.iter().chain([&certificate.domain]).cloned().collect(),
        everywhere: certificate.everywhere,
        records,
    };
    stack.graph.add(component, at, &validation).out(field!(arn))
}

/// The record that proves `name`, as one of the certificates that are for it says.
fn proof(
    stack: &mut Stack<'_>,
    component: &str,
    name: &str,
    of: &Handle<Certificate>,
    zone: Option<&Zone>,
) -> Option<In<String>> {
    let record = Out::record(name).map(|out| In::Out(OutRef { from: of.address.clone(), out }));
    match stack.spec.keeper(name)? {
        Keeper::Route53 => dns::proof(stack, component, name, record),
        Keeper::Cloudflare => Some(cloudflare::proof(stack, component, name, zone?, record)),
    }
}

fn certificate(it: &model::Certificate, everywhere: bool) -> Certificate {
    let mut names = it.names.iter().map(|it| it.as_str().to_ascii_lowercase());
    Certificate {
        domain: names.next().unwrap_or_default(),
        alternatives: names.collect(),
        key_algorithm: match it.key_algorithm {
            KeyAlgorithm::Rsa2048 => "RSA_2048",
            KeyAlgorithm::EcPrime256v1 => "EC_prime256v1",
            KeyAlgorithm::EcSecp384r1 => "EC_secp384r1",
        }
        .into(),
        everywhere,
    }
}

/// Tells a certificate from one with other names: that one is made before this one goes.
fn generation(Certificate { domain, alternatives, key_algorithm, .. }: &Certificate) -> String {
    let names = std::iter::once(domain).chain(alternatives).map(String::as_str).collect::<Vec<_>>();
    short(&format!("{} {key_algorithm}", names.join(" ")), 6)
}
