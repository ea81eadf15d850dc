//! Which web pages may use a bucket: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>.

use std::collections::BTreeSet;

use aws_sdk_s3::types::CorsRule as SdkRule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unsent;
use crate::api::Result;

/// What pages of some origins may do; of several rules, the first that fits counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CorsRule {
    /// Where the pages come from, such as `https://www.example.com`; one `*` in each.
    pub origins: BTreeSet<String>,
    /// The methods that they may use, such as `GET`.
    pub methods: BTreeSet<String>,
    /// The headers that they may send; one `*` in each.
    pub headers: BTreeSet<String>,
    /// The headers of answers that they may read.
    pub expose: BTreeSet<String>,
    /// For how long browsers remember this, in seconds.
    pub max_age_seconds: Option<i32>,
}

pub(super) fn from_sdk(rule: &SdkRule) -> CorsRule {
    let set = |it: &[String]| it.iter().cloned().collect();
    CorsRule {
        origins: set(rule.allowed_origins()),
        methods: set(rule.allowed_methods()),
        headers: set(rule.allowed_headers()),
        expose: set(rule.expose_headers()),
        max_age_seconds: rule.max_age_seconds(),
    }
}

pub(super) fn to_sdk(call: &str, rule: &CorsRule) -> Result<SdkRule> {
    let list = |it: &BTreeSet<String>| Some(it.iter().cloned().collect());
    SdkRule::builder()
        .set_allowed_origins(list(&rule.origins))
        .set_allowed_methods(list(&rule.methods))
        .set_allowed_headers(list(&rule.headers).filter(|it: &Vec<_>| !it.is_empty()))
        .set_expose_headers(list(&rule.expose).filter(|it: &Vec<_>| !it.is_empty()))
        .set_max_age_seconds(rule.max_age_seconds)
        .build()
        .map_err(|it| unsent(call, &it))
}
