//! What Cloudflare does for a domain.

mod cache;
mod headers;
mod media;
mod origins;
mod redirects;
mod waf;
mod words;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    cache::{EdgeCache, EdgeQuery},
    headers::{EdgeHeaderRule, EdgeHeaders},
    media::{EdgeMedia, MediaProof, MediaWay},
    origins::EdgeOrigin,
    redirects::EdgeRedirect,
    waf::{
        EdgeWaf, WafAction, WafBots, WafContent, WafCount, WafDdos, WafFlood, WafManaged, WafManagedSettings, WafOwasp,
        WafOwaspSettings, WafRate, WafResponse, WafRule, WafRuleAction, WafSensitivity, WafSkip,
    },
    words::{
        EdgeCountry, EdgeExpression, EdgeExtension, EdgeHost, EdgePath, EdgeStatuses, HeaderName, RedirectTarget,
        WafCategory, is_in,
    },
};
use super::{ComponentName, DomainName};

/// What Cloudflare does for a domain that it has as a zone. The token is `CLOUDFLARE_API_TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cloudflare {
    /// The zone, such as `example.com`: it has to be there already. What else is in it stays as it is.
    pub zone: DomainName,
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
