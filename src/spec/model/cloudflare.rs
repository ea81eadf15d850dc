//! What Cloudflare does for a domain.

mod bots;
mod cache;
mod headers;
mod media;
mod origin_certificate;
mod origins;
mod redirects;
mod settings;
mod tiered_cache;
mod waf;
mod words;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    bots::{AiBots, BotAction, Bots, VerifiedBots},
    cache::{EdgeCache, EdgeQuery},
    headers::{EdgeHeaderRule, EdgeHeaders},
    media::{EdgeMedia, MediaProof, MediaWay},
    origin_certificate::{CertificateHost, CertificateKey, CertificateRequest, OriginCertificate, VALIDITIES},
    origins::EdgeOrigin,
    redirects::EdgeRedirect,
    settings::{SETTINGS, Setting, SettingId, SettingValue, Takes},
    tiered_cache::TieredCache,
    waf::{
        EdgeManaged, EdgeRate, EdgeWaf, WafAction, WafBots, WafContent, WafCount, WafDdos, WafFlood,
        WafManagedSettings, WafOwasp, WafOwaspSettings, WafResponse, WafRule, WafRuleAction, WafSensitivity, WafSkip,
    },
    words::{
        EdgeCountry, EdgeExpression, EdgeExtension, EdgeHeaderName, EdgeHost, EdgePath, EdgeStatuses, RedirectTarget,
        WafCategory, is_in,
    },
};
use super::{
    ComponentName, DomainName, RecordName, Records, Reference, Spec,
    outputs::{Count, Output, Outputs, suggest},
};
use crate::diagnostic::Diagnostic;

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "cloudflare",
    noun: "zone at Cloudflare",
    count: Count::One { there: |spec| spec.cloudflare.is_some(), short: None },
    outputs: &[Output::text("origin_certificates.NAME", "an origin certificate, as PEM, by its name in the file")],
    check: Some(check),
};

/// What Cloudflare does for a domain that it has as a zone. The token is `CLOUDFLARE_API_TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cloudflare {
    /// The zone, such as `example.com`: it has to be there already. What else is in it stays as it is. Before another one is
    /// named, take out the records that are in this one.
    pub zone: DomainName,
    /// DNS records, by name; those of others stay as they are, and are not changed. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub records: IndexMap<RecordName, Records>,
    /// Settings of the zone, by Cloudflare's ids, such as `ssl: strict`. Only those that are named are set, and they stay as
    /// they are when they are not named any more. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub settings: IndexMap<SettingId, SettingValue>,
    /// Whether Cloudflare's caches ask each other before they ask the origin. Default: as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiered_cache: Option<TieredCache>,
    /// What is done about bots. Default: as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots: Option<Bots>,
    /// Certificates with which origins show Cloudflare who they are, by name. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub origin_certificates: IndexMap<ComponentName, OriginCertificate>,
    /// For how long answers are kept: rules, of which the last that says something of a request counts. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cache: Vec<EdgeCache>,
    /// What is kept away. Default: what Cloudflare keeps away by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waf: Option<EdgeWaf>,
    /// Where visitors are sent instead, by name. Default: nowhere.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub redirects: IndexMap<ComponentName, EdgeRedirect>,
    /// What changes in the headers of requests and answers. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<EdgeHeaders>,
    /// How origins are asked, by name. Default: as visitors ask.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub origins: IndexMap<ComponentName, EdgeOrigin>,
    /// A bucket that visitors reach through Cloudflare only. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<EdgeMedia>,
}

fn check(spec: &Spec, Reference { at, to }: &Reference) -> Option<Diagnostic> {
    let (_, name) = to.output.split_once('.')?;
    let known = &spec.cloudflare.as_ref()?.origin_certificates;
    let unknown = || Diagnostic::error("ref/unknown", at, format!("there is no origin certificate `{name}`"));
    (!known.contains_key(name)).then(|| suggest(unknown(), name, known.keys().map(ComponentName::as_str)))
}
