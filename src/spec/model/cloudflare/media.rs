//! A bucket that visitors reach through Cloudflare only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::model::{ComponentName, DomainName, Text};

/// What a bucket holds, for everyone, through Cloudflare and in no other way. The bucket stays closed: it answers Cloudflare's
/// addresses only, and of those only who proves to be this zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeMedia {
    /// The name that visitors ask for, such as `media.example.com`.
    pub host: DomainName,
    /// The bucket, by its name under `buckets`; its objects must not be encrypted with a key in KMS.
    pub bucket: ComponentName,
    /// How Cloudflare asks the bucket. Default: `connector`.
    #[serde(default)]
    pub way: MediaWay,
    /// How Cloudflare proves that it asks for this zone, and not for another of its customers. Default: `referer`.
    #[serde(default)]
    pub proof: MediaProof,
    /// The word that is the proof; whoever knows it and is a customer of Cloudflare can read the bucket. Default: one that
    /// follows from the ids of the zone and the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Text>,
}

/// How Cloudflare asks a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaWay {
    /// By a rule of the Cloud Connector, which every plan has.
    #[default]
    Connector,
    /// By an origin rule, which only the Enterprise plan has.
    Origin,
}

/// How Cloudflare proves for which zone it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaProof {
    /// By a word in the header `Referer`.
    #[default]
    Referer,
    /// By a word in the header `User-Agent`.
    UserAgent,
    /// Not at all: other customers of Cloudflare can read the bucket if they know its name.
    None,
}
