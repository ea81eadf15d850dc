//! Registries of images.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, Days, Spec, Text,
    key::yes,
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "registries",
    noun: "registry",
    count: Count::Named {
        names: |spec: &Spec| spec.registries.keys().map(ToString::to_string).collect(),
        short: Some("url"),
    },
    outputs: &[
        Output::text("url", "what images in it are called, up to their tag"),
        Output::text("arn", "the repository's ARN"),
        Output::text("name", "the repository's name, such as `shop-prod/api`"),
    ],
    check: None,
};

/// A repository in ECR, where the images of a container are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// How many images are kept; older ones are thrown away. Keep more than you may want to go back. Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
    /// After how long an image without a tag is thrown away, such as `7d`. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untagged: Option<Days>,
    /// Whether images are looked through for known vulnerabilities when they come. Default: true.
    #[serde(default = "yes")]
    pub scan: bool,
    /// Whether a tag stays with its image for good. Default: false.
    #[serde(default)]
    pub immutable: bool,
    /// Other AWS accounts that may pull images. Default: none.
    #[serde(default)]
    pub pull: BTreeSet<AccountId>,
    /// The key that encrypts the images, such as `${keys.main}`; a registry with another key is another one. Default: a key
    /// of ECR's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
    /// Whether it goes though there are images in it. Default: only in an ephemeral environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_on_destroy: Option<bool>,
}
