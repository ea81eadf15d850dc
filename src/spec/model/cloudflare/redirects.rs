//! Where Cloudflare sends visitors instead.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{EdgeExpression, EdgeHost, EdgePath, RedirectTarget};
use crate::spec::model::{Several, key::yes};

/// Some requests, and where visitors are sent instead: one or more of `host`, `path` and `when`, and `to`. The first that fits
/// counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeRedirect {
    /// The names that are asked for, such as `example.com`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/old/*`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// Where visitors are sent: an address such as `https://www.example.com`, or a path such as `/new`.
    pub to: RedirectTarget,
    /// 301 or 308 for good, which browsers remember; 302, 303 or 307 for now. Default: 302.
    #[serde(default = "found")]
    pub status: u16,
    /// Whether the query of the address goes with them. Default: true.
    #[serde(default = "yes")]
    pub keep_query: bool,
    /// Whether the path that was asked for is added to `to`. Default: false.
    #[serde(default)]
    pub keep_path: bool,
}

fn found() -> u16 {
    302
}
