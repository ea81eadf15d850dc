//! Sites.

use std::collections::BTreeMap;

use super::super::model::{CertificateArn, ComponentName, Site, Spec, Text};
use crate::{catalog::aws::cloudfront::response_headers_policy::canonical, diagnostic::Diagnostic};

/// The region of certificates for CloudFront.
const EVERYWHERE: &str = "us-east-1";
/// How many paths a distribution may treat otherwise
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
const PATHS: usize = 24;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    same_names(spec, found);
    for (name, site) in &spec.sites {
        let path = format!("sites.{name}");
        found.extend(certificate(site, &path));
        pages(site, &path, found);
        headers(site, &path, found);
        countries(site, &path, found);
        for (at, it) in site.cache.iter().enumerate().filter(|(_, it)| it.browser.is_none() && it.edge.is_none()) {
            let message = format!("the rule for {} says nothing", it.path);
            let problem = Diagnostic::error("site/cache", format!("{path}.cache[{at}]"), message);
            found.push(problem.help("add `browser` or `edge`"));
        }
        if site.api.len() > PATHS {
            let message = format!("{} paths are too many: a distribution takes {PATHS}", site.api.len());
            found.push(Diagnostic::error("site/too-many", format!("{path}.api"), message));
        }
    }
}

fn same_names(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::<String, &ComponentName>::new();
    for (name, site) in &spec.sites {
        for (at, host) in site.host.iter().enumerate() {
            if let Some(other) = first.insert(host.as_str().to_lowercase(), name) {
                let path =
                    if site.host.len() > 1 { format!("sites.{name}.host[{at}]") } else { format!("sites.{name}.host") };
                let message = format!("`sites.{other}` has the name {host} already");
                let problem = Diagnostic::error("site/same-name", path, message);
                found.push(problem.help("a name leads to one site: choose another one"));
            }
        }
    }
}

fn certificate(site: &Site, path: &str) -> Option<Diagnostic> {
    let path = format!("{path}.certificate");
    let Some(certificate) = &site.certificate else {
        let named = site.host.first()?;
        let message = format!("{named} needs a certificate");
        let help = "give the ARN of one in us-east-1, or leave `host` out";
        return Some(Diagnostic::error("site/certificate", path, message).help(help));
    };
    if site.host.is_empty() {
        let problem = Diagnostic::error("site/certificate", path, "the certificate is for no name");
        return Some(problem.help("add `host`, or leave `certificate` out"));
    }
    let text = Text::literal(certificate)?;
    let arn: CertificateArn = match text.parse() {
        Ok(it) => it,
        Err(it) => {
            let message = it.lines().next().unwrap_or_default().to_owned();
            let help = "it looks like arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-…";
            return Some(Diagnostic::error("site/certificate", path, message).help(help));
        }
    };
    let region = arn.region().unwrap_or("IAM");
    let message = format!("the certificate is in {region}, and CloudFront takes those of ACM in {EVERYWHERE}");
    let problem = Diagnostic::error("site/certificate-region", path, message);
    (region != EVERYWHERE).then(|| problem.help(format!("request the certificate in {EVERYWHERE} as well")))
}

fn pages(site: &Site, path: &str, found: &mut Vec<Diagnostic>) {
    if site.error_page.is_none() {
        return;
    }
    let path = format!("{path}.error_page");
    if site.single_page {
        let problem = Diagnostic::error("site/error-page", path, "the one page answers for what is no file");
        found.push(problem.help("remove `error_page` or `single_page`"));
    } else if !site.api.is_empty() {
        let message = "the page is shown for what `api` does not find as well";
        let problem = Diagnostic::warning("site/error-page", path, message);
        found.push(problem.help("CloudFront has one page for all paths: remove it, or give the API a name of its own"));
    }
}

fn headers(site: &Site, path: &str, found: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::new();
    for (name, value) in &site.headers {
        let path = format!("{path}.headers.{name}");
        if let Some(other) = first.insert(name.as_str().to_lowercase(), name) {
            found.push(Diagnostic::error("site/headers", path, format!("that is the same header as {other}")));
        } else if value.as_str() != "none" && canonical(name.as_str(), value.as_str()).is_none() {
            let message = format!("CloudFront does not take `{value}` for {name}");
            let help = match name.as_str().to_lowercase().as_str() {
                "strict-transport-security" => "it looks like max-age=31536000; includeSubDomains",
                "x-frame-options" => "write DENY or SAMEORIGIN",
                _ => "see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers",
            };
            found.push(Diagnostic::error("site/headers", path, message).help(help));
        }
    }
}

fn countries(site: &Site, path: &str, found: &mut Vec<Diagnostic>) {
    let Some(it) = &site.countries else { return };
    let path = format!("{path}.countries");
    match (it.allow.is_empty(), it.block.is_empty()) {
        (true, true) => {
            let problem = Diagnostic::error("site/countries", path, "there is no country");
            found.push(problem.help("add `allow` or `block`, or leave `countries` out"));
        }
        (false, false) => {
            let problem = Diagnostic::error("site/countries", path, "`allow` and `block` do not go together");
            found.push(problem.help("whoever is not allowed is blocked: keep one of the two"));
        }
        _ => (),
    }
}
