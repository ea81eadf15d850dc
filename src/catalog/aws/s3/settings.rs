//! Settings of a bucket that are a word or two each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::value::In;

/// How objects are encrypted unless their writers say otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Encryption {
    /// `AES256` for keys of S3's own, `aws:kms` for keys in KMS.
    pub algorithm: String,
    /// The ARN of the key in KMS; none for the one that AWS keeps for S3.
    pub key: Option<In<String>>,
    /// Whether S3 asks KMS once for many objects, which is cheaper. Only for keys in KMS.
    pub bucket_key: Option<bool>,
}

impl Default for Encryption {
    fn default() -> Self {
        Self::new(Self::S3, None, false)
    }
}

impl Encryption {
    /// With keys of S3's own.
    pub const S3: &str = "AES256";
    /// With keys in KMS.
    pub const KMS: &str = "aws:kms";

    /// What was said, without what makes no difference for the algorithm.
    #[must_use]
    pub fn new(algorithm: &str, key: Option<In<String>>, bucket_key: bool) -> Self {
        let kms = algorithm != Self::S3;
        Self { algorithm: algorithm.into(), key: key.filter(|_| kms), bucket_key: kms.then_some(bucket_key) }
    }
}

/// What is kept from making the bucket public, though its policy or ACLs say so:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicAccess {
    /// New ACLs that make something public are refused.
    BlockPublicAcls,
    /// ACLs make nothing public.
    IgnorePublicAcls,
    /// A policy that makes something public is refused.
    BlockPublicPolicy,
    /// A policy makes nothing public.
    RestrictPublicBuckets,
}

impl PublicAccess {
    /// All of it.
    pub const ALL: [Self; 4] =
        [Self::BlockPublicAcls, Self::IgnorePublicAcls, Self::BlockPublicPolicy, Self::RestrictPublicBuckets];
}

/// What becomes of the objects when the bucket is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// They keep it from being deleted.
    #[default]
    Keep,
    /// They are deleted first, with all their versions.
    Empty,
}

impl OnDelete {
    /// As it is kept in the bucket's tag `infractl:on-delete`; the bucket has none for what is usual.
    #[must_use]
    pub fn tag(self) -> Option<&'static str> {
        (self == Self::Empty).then_some("empty")
    }

    /// What such a tag means.
    #[must_use]
    pub fn of(tag: Option<&str>) -> Self {
        if tag == Self::Empty.tag() && tag.is_some() { Self::Empty } else { Self::Keep }
    }
}
