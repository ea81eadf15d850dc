//! Certificates with which origins show Cloudflare who they are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::model::{
    Days, DomainName,
    either::{text_type, wrong},
};

/// For how many days Cloudflare lets them be valid
/// (<https://developers.cloudflare.com/api/resources/origin_ca_certificates/methods/create/>).
pub const VALIDITIES: [u32; 7] = [7, 30, 90, 365, 730, 1095, 5475];

text_type! {
    /// A name that a certificate is for, such as `example.com`, or `*.example.com` for all names right below it.
    CertificateHost, pattern: "^([*][.])?([A-Za-z0-9_-]+[.])+[A-Za-z]{2,63}$", check: host
}
text_type! {
    /// A request for a certificate, as PEM: it begins with `-----BEGIN CERTIFICATE REQUEST-----`.
    CertificateRequest, pattern: "^-----BEGIN (NEW )?CERTIFICATE REQUEST-----", check: request
}

/// A certificate with which an origin shows Cloudflare who it is; nobody but Cloudflare trusts it. It is made once: one with
/// other settings is another one, and the earlier is revoked. To have both for a while, give the new one another name. Besides
/// its hosts it carries a name that says whose it is, such as `main.shop.prod.eu-central-1.infractl.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginCertificate {
    /// The names that it is for, all in the zone; at most 99.
    pub hosts: Vec<CertificateHost>,
    /// The request for it, as `openssl req -new` makes it. The key stays with you: Cloudflare never sees it.
    pub csr: CertificateRequest,
    /// For how long it is valid: `7d`, `30d`, `90d`, `1y`, `2y`, `3y` or `15y`. Default: `15y`.
    #[serde(default = "longest")]
    pub validity: Days,
    /// What kind of key it is for: `rsa` or `ecc`. Default: `rsa`.
    #[serde(default)]
    pub key: CertificateKey,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKey {
    /// RSA.
    #[default]
    Rsa,
    /// On an elliptic curve.
    Ecc,
}

fn longest() -> Days {
    Days::new(5475)
}

fn host(text: &str) -> Result<(), String> {
    text.strip_prefix("*.").unwrap_or(text).parse::<DomainName>().map(drop)
}

fn request(text: &str) -> Result<(), String> {
    let begins = ["", "NEW "].iter().any(|it| text.starts_with(&format!("-----BEGIN {it}CERTIFICATE REQUEST-----")));
    if begins && text.trim_end().ends_with("REQUEST-----") {
        return Ok(());
    }
    Err(wrong(
        "this is no request for a certificate",
        "make one with `openssl req -new -newkey rsa:2048 -nodes -keyout origin.key`, and give all of it as a text with `|`",
    ))
}
