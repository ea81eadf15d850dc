//! Certificates: their names, and who proves them.

use super::super::model::{Certificate, CertificateName, Spec};
use crate::diagnostic::Diagnostic;

/// <https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html>
const NAMES: usize = 100;
/// The first name is the certificate's common name (<https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1>).
const FIRST: usize = 64;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, it) in &spec.certificates {
        let path = format!("certificates.{name}.names");
        names(it, &path, found);
        for (at, name) in it.names.iter().enumerate().filter(|(_, it)| spec.keeper(&it.domain()).is_none()) {
            found.push(unproven(spec, name, &format!("{path}[{at}]")));
        }
    }
}

fn names(it: &Certificate, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |path: String, message: String, help: &str| {
        found.push(Diagnostic::error("certificate/names", path, message).help(help));
    };
    match it.names.len() {
        0 => wrong(path.to_owned(), "a certificate is for at least one name".into(), "write [example.com]"),
        many if many > NAMES => {
            wrong(path.to_owned(), format!("{many} names are more than {NAMES}"), "make several certificates of them");
        }
        _ => (),
    }
    if let Some(first) = it.names.first().filter(|it| it.as_str().len() > FIRST) {
        let message = format!("the first name has {} characters; it may have {FIRST}", first.as_str().len());
        wrong(format!("{path}[0]"), message, "put a shorter one before it");
    }
    for (at, name) in it.names.iter().enumerate() {
        if it.names.iter().take(at).any(|it| it.as_str().eq_ignore_ascii_case(name.as_str())) {
            wrong(format!("{path}[{at}]"), format!("`{name}` is there twice"), "remove one of them");
        }
    }
}

fn unproven(spec: &Spec, name: &CertificateName, path: &str) -> Diagnostic {
    let private = spec.dns.as_ref().is_some_and(|it| it.private && it.zone.holds(&name.domain()));
    let message = format!("nobody proves that `{name}` is ours");
    let help = if private {
        "no one on the internet can ask a private zone: name a public one that it is in, under `dns` or `cloudflare`"
    } else {
        "name the zone that it is in: `dns.zone` for Route 53, `cloudflare.zone` for Cloudflare"
    };
    Diagnostic::error("certificate/unproven", path, message).help(help)
}
