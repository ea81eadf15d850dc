//! What Cloudflare keeps of answers.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{EdgeExpression, EdgeExtension, EdgeHost, EdgePath, EdgeStatuses};
use crate::spec::model::{Several, Span, key::yes};

/// Some requests, and for how long Cloudflare keeps the answers. Of several that say something of a request, the last counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeCache {
    /// The names that are asked for, such as `media.example.com`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/img/*`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// The ends of files' names, such as `jpg`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub extensions: Several<EdgeExtension>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// For how long Cloudflare keeps an answer, such as `30d`, whatever the answer says; at least 2h on the Free plan and 1h
    /// on Pro. Default: as long as the answer says, or else two hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Span>,
    /// For how long browsers keep an answer, whatever the answer says. Default: as the zone's setting `browser_cache_ttl` has
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Span>,
    /// Whether nothing is kept and the origin is asked every time. Default: false.
    #[serde(default)]
    pub bypass: bool,
    /// What the query of an address means. Default: `keep`.
    #[serde(default)]
    pub query: EdgeQuery,
    /// Whether phones, tablets and others have answers of their own. Default: false.
    #[serde(default)]
    pub by_device: bool,
    /// Whether visitors get an old answer while a new one is fetched. Default: true.
    #[serde(default = "yes")]
    pub serve_stale: bool,
    /// Whether answers keep their strong `ETag`s, for which Cloudflare leaves them unchanged. Default: false.
    #[serde(default)]
    pub respect_etags: bool,
    /// For how long answers with these statuses are kept, such as `404: 5m`; `0s` is not at all. Only on the Enterprise plan.
    /// Default: as long as others.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub statuses: IndexMap<EdgeStatuses, Span>,
}

/// What the query of an address means to what is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EdgeQuery {
    /// Another query is another answer.
    #[default]
    Keep,
    /// Another query is another answer, but for its order.
    Sort,
    /// The query makes no difference.
    Ignore,
}
