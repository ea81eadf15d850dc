//! What an environment may have at most.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the stack may have at most: a file that asks for more is refused.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// What it may cost a month, in US dollars at list prices, without what is used by the gigabyte or the request.
    /// Default: any sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<u32>,
}
