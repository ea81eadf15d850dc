//! How Cloudflare asks origins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{EdgeExpression, EdgeHost, EdgePath};
use crate::spec::model::{Several, Text};

/// Some requests, and how Cloudflare asks the origin for them: one or more of `host_header`, `sni` and `port`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeOrigin {
    /// The names that are asked for, such as `api.example.com`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<EdgeHost>,
    /// The paths, such as `/api/*`. Default: any.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub path: Several<EdgePath>,
    /// What else has to hold of a request, in Cloudflare's language of rules. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<EdgeExpression>,
    /// The name that the origin is asked for. Only on the Enterprise plan. Default: the name that the visitor asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_header: Option<Text>,
    /// The name that the origin's certificate has to be for. Only on the Enterprise plan. Default: the name that the origin is
    /// asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sni: Option<Text>,
    /// The port that the origin is asked at. Default: the one that the visitor asked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}
