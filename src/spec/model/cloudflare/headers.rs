//! What Cloudflare changes in the headers of requests and answers.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{EdgeExpression, EdgeHeaderName, EdgeHost, EdgePath};
use crate::spec::model::{ComponentName, Several, Text};

/// What Cloudflare changes in headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeHeaders {
    /// In those of requests, before the origin gets them, by name. Default: nothing.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub request: IndexMap<ComponentName, EdgeHeaderRule>,
    /// In those of answers, before visitors get them, by name. Default: nothing.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub response: IndexMap<ComponentName, EdgeHeaderRule>,
}

/// Some requests, and what changes in headers: one or more of `set`, `add` and `remove`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeHeaderRule {
    /// The names that are asked for, such as `www.example.com`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/api/*`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// Headers that have this value, whatever they had before. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub set: IndexMap<EdgeHeaderName, Text>,
    /// Headers that are there once more, with this value. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub add: IndexMap<EdgeHeaderName, Text>,
    /// Headers that are not there. Default: none.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub remove: Several<EdgeHeaderName>,
}
