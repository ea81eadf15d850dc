//! Certificates with which origins show Cloudflare who they are.

use crate::{
    api::cloudflare::Zone,
    catalog::cloudflare::origin_certificate::OriginCertificate,
    compile::stack::Stack,
    field,
    spec::model::{CertificateKey, Cloudflare},
};

pub(super) fn certificates(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) {
    for (name, it) in &spec.origin_certificates {
        let certificate = OriginCertificate {
            zone: zone.id.clone(),
            mark: OriginCertificate::mark(&stack.graph.scope, name.as_str(), &zone.name),
            hosts: it.hosts.iter().map(ToString::to_string).collect(),
            request_type: match it.key {
                CertificateKey::Rsa => "origin-rsa",
                CertificateKey::Ecc => "origin-ecc",
            }
            .into(),
            validity_days: it.validity.count(),
            request: it.csr.to_string(),
        }
        .settled();
        let component = format!("cloudflare.origin_certificates.{name}");
        let certificate = stack.graph.add(&component, name.as_str(), &certificate);
        stack.give("cloudflare", &format!("origin_certificates.{name}"), certificate.out(field!(certificate)));
    }
}
