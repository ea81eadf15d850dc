//! Keys that encrypt what others keep.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Days, Spec,
    names::Description,
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "keys",
    noun: "key",
    count: Count::Named {
        names: |spec: &Spec| spec.keys.keys().map(ToString::to_string).collect(),
        short: Some("arn"),
    },
    outputs: &[
        Output::text("arn", "the key's ARN, as settings called `key` take it"),
        Output::text("id", "the key's id"),
        Output::text("alias", "the key's alias, such as `alias/shop-prod-main`"),
    ],
    check: None,
};

/// A key in KMS that encrypts what others keep; it has an alias, such as `alias/shop-prod-main`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// What it is for. Default: its name and the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Whether it is exchanged every year; what was encrypted before can still be read. Default: true.
    #[serde(default = "yes")]
    pub rotate: bool,
    /// For how long its deletion can be taken back: 7d to 30d. Default: `30d`, or `7d` in an ephemeral environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Days>,
}

pub(super) fn yes() -> bool {
    true
}
