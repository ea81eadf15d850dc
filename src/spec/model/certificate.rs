//! Certificates.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DomainName, Spec,
    either::{text_type, wrong},
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "certificates",
    noun: "certificate",
    count: Count::Named {
        names: |spec: &Spec| spec.certificates.keys().map(ToString::to_string).collect(),
        short: Some("arn"),
    },
    outputs: &[
        Output::text("arn", "the ARN of the certificate in the stack's region, once it is issued, for load balancers"),
        Output::text("everywhere", "the ARN of the same certificate in us-east-1, for CloudFront"),
    ],
    check: None,
};

text_type! {
    /// A name that a certificate is for, such as `example.com`, or `*.example.com` for all names with one word more.
    CertificateName, pattern: "^([*][.])?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}$",
    check: certificate_name
}

/// A certificate in ACM, which is issued once records in DNS prove its names: these are made in the zone of `dns` or
/// `cloudflare` that the names are in, and stay, so that it is renewed. Where something in CloudFront uses it, there is another
/// one in us-east-1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The names that it is for, 1 to 100, such as `[example.com, "*.example.com"]`; the first has at most 64 characters. With
    /// other names it is another one, which takes the place of the first before that goes.
    pub names: Vec<CertificateName>,
    /// The kind of its key: `rsa_2048`, or `ec_prime256v1` or `ec_secp384r1`, which are faster and not known to very old
    /// clients. Default: `rsa_2048`.
    #[serde(default)]
    pub key_algorithm: KeyAlgorithm,
}

/// The kind of a certificate's key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyAlgorithm {
    /// RSA with 2,048 bits.
    #[default]
    #[serde(rename = "rsa_2048")]
    Rsa2048,
    /// The curve P-256.
    #[serde(rename = "ec_prime256v1")]
    EcPrime256v1,
    /// The curve P-384.
    #[serde(rename = "ec_secp384r1")]
    EcSecp384r1,
}

/// Who keeps a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Route 53, under `dns`.
    Route53,
    /// Cloudflare, under `cloudflare`.
    Cloudflare,
}

impl Certificate {
    /// The names that records have to prove, in small letters: what proves a domain proves the names in it that a star stands
    /// for.
    #[must_use]
    pub fn to_prove(&self) -> BTreeSet<String> {
        self.names.iter().map(CertificateName::domain).collect()
    }
}

impl CertificateName {
    /// It without its star, in small letters.
    #[must_use]
    pub fn domain(&self) -> String {
        let name = self.as_str().to_ascii_lowercase();
        name.strip_prefix("*.").map(str::to_owned).unwrap_or(name)
    }
}

impl Spec {
    /// In whose zone `name` is; of two, in that which is nearer to it. No one on the internet can ask a private zone.
    #[must_use]
    pub fn keeper(&self, name: &str) -> Option<Keeper> {
        let dns = self.dns.as_ref().filter(|it| !it.private).map(|it| (&it.zone, Keeper::Route53));
        let cloudflare = self.cloudflare.as_ref().map(|it| (&it.zone, Keeper::Cloudflare));
        let zones = cloudflare.into_iter().chain(dns).filter(|(zone, _)| zone.holds(name));
        zones.max_by_key(|(zone, _)| zone.as_str().len()).map(|(_, keeper)| keeper)
    }

    /// Whether something in CloudFront uses the certificate called `name`.
    #[must_use]
    pub fn is_used_everywhere(&self, name: &str) -> bool {
        let to = format!("certificates.{name}");
        let mut references = self.references.iter().filter(|it| it.to.target() == to);
        references.any(|it| it.to.output == "everywhere" || it.at.starts_with("sites."))
    }
}

fn certificate_name(text: &str) -> Result<(), String> {
    let domain = text.strip_prefix("*.").unwrap_or(text);
    if domain.parse::<DomainName>().is_ok() {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name for a certificate"), "it looks like example.com or *.example.com"))
}
