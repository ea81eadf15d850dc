//! Buckets.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BucketAction, BucketName, CorsPattern, Days, Region, Span, Spec, TagKey, TagValue, Text,
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "buckets",
    noun: "bucket",
    count: Count::Named {
        names: |spec: &Spec| spec.buckets.keys().map(ToString::to_string).collect(),
        short: Some("name"),
    },
    outputs: &[
        Output::text("name", "the bucket's name"),
        Output::text("arn", "the bucket's ARN; `/*` after it stands for what it holds"),
        Output::text("domain", "the bucket's name in the DNS, such as `NAME.s3.eu-central-1.amazonaws.com`"),
    ],
    check: None,
};

/// A bucket in S3: private, encrypted, spoken to in TLS only.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name, of which the world has one. The bucket is found by it: take the bucket out of the account with
    /// `infractl destroy --target` before you change or remove it. Default: the stack's, the environment's and its own name,
    /// and a few letters that no other account has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<BucketName>,
    /// Whether an object that is overwritten or deleted is kept as an old version. Default: false.
    #[serde(default)]
    pub versioning: bool,
    /// What encrypts the objects. Default: `kms` if there is a `key`, else `s3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<BucketEncryption>,
    /// The ARN of the key in KMS that encrypts the objects, such as `${keys.main}`; only for `kms`. Default: the key that AWS
    /// keeps for S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
    /// What anyone on the internet may do. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<PublicUse>,
    /// What becomes of objects with time. Default: nothing.
    #[serde(default)]
    pub lifecycle: Vec<BucketRule>,
    /// Which web pages may use it; the first that fits counts. Default: none.
    #[serde(default)]
    pub cors: Vec<BucketCors>,
    /// Who may do what with it, besides those whom IAM lets. Default: nobody.
    #[serde(default)]
    pub policy: Vec<BucketStatement>,
    /// A copy of what is written from now on, in a bucket of its own; needs `versioning`. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicate: Option<BucketCopy>,
    /// Whether it goes though there are objects in it, which go with it. Default: only in an ephemeral environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_on_destroy: Option<bool>,
}

/// What encrypts objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketEncryption {
    /// Keys of S3's own.
    S3,
    /// A key in KMS, which is paid for by use.
    Kms,
}

/// What anyone on the internet may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicUse {
    /// Read every object whose key they know.
    Read,
}

/// What becomes of some objects with time: one or more of `after` with `to`, `expire`, `noncurrent` and `abort_uploads`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketRule {
    /// How the keys of the objects begin, such as `logs/`. Default: all.
    #[serde(default)]
    pub prefix: String,
    /// Tags that the objects have. Default: any or none.
    #[serde(default)]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// After how long they move to the class in `to`, such as `90d`. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Days>,
    /// The storage class that they move to. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<StorageClass>,
    /// After how long they are deleted, such as `1y`; with `versioning`, they become old versions. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire: Option<Days>,
    /// After how long an old version is deleted, such as `30d`. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent: Option<Days>,
    /// After how long an upload in parts that was not finished is given up, such as `7d`. Default: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_uploads: Option<Days>,
}

/// How objects are stored: what costs less to keep costs more to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageClass {
    /// Read less than once a month; at once.
    InfrequentAccess,
    /// The same in one zone only, for what can be made again.
    OneZone,
    /// Read about once in three months; at once.
    GlacierInstant,
    /// Read about once a year; within hours.
    Glacier,
    /// Hardly ever read; within half a day.
    DeepArchive,
    /// Moved by S3 itself, as it is read.
    Intelligent,
}

/// Pages that may use a bucket, and how.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketCors {
    /// Where the pages come from, such as `https://www.example.com`; a `*` stands for any letters.
    pub origins: BTreeSet<CorsPattern>,
    /// The methods that they may use. Default: `GET` and `HEAD`.
    #[serde(default = "reading")]
    pub methods: BTreeSet<CorsMethod>,
    /// The headers that they may send; a `*` stands for any letters. Default: none but the usual ones.
    #[serde(default)]
    pub headers: BTreeSet<CorsPattern>,
    /// The headers of answers that they may read, such as `ETag`. Default: none but the usual ones.
    #[serde(default)]
    pub expose: BTreeSet<String>,
    /// How long browsers remember this, such as `1h`. Default: as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Span>,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "they are called what they are")]
pub enum CorsMethod {
    Get,
    Put,
    Head,
    Post,
    Delete,
}

fn reading() -> BTreeSet<CorsMethod> {
    [CorsMethod::Get, CorsMethod::Head].into()
}

/// A part of a bucket's policy.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketStatement {
    /// `allow` or `deny`. Default: `allow`.
    #[serde(default)]
    pub effect: BucketEffect,
    /// Who: ARNs of roles and users, accounts, services such as `cloudfront.amazonaws.com`, or `*` for everyone.
    pub principals: Vec<Text>,
    /// What they may do, such as `s3:GetObject`.
    pub actions: Vec<BucketAction>,
    /// The keys of the objects, such as `public/*`. Default: the bucket and all that it holds.
    #[serde(default)]
    pub paths: Vec<String>,
    /// When, in the words of IAM: values by key, by operator, such as `{ StringEquals: { "aws:SourceAccount": ["…"] } }`.
    /// Default: always.
    #[serde(default)]
    pub condition: IndexMap<String, IndexMap<String, Vec<Text>>>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketEffect {
    /// It lets them, unless something else denies it.
    #[default]
    Allow,
    /// It keeps them from it, whatever else allows it.
    Deny,
}

/// Where copies are kept. What is deleted stays in the copy.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketCopy {
    /// The region of the copies, such as `eu-west-1`; another than the stack's.
    pub region: Region,
    /// The storage class of the copies. Default: that of the objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<StorageClass>,
    /// How the keys of the objects begin that are copied. Default: all.
    #[serde(default)]
    pub prefix: String,
}

impl StorageClass {
    /// What S3 calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InfrequentAccess => "STANDARD_IA",
            Self::OneZone => "ONEZONE_IA",
            Self::GlacierInstant => "GLACIER_IR",
            Self::Glacier => "GLACIER",
            Self::DeepArchive => "DEEP_ARCHIVE",
            Self::Intelligent => "INTELLIGENT_TIERING",
        }
    }

    /// How many days an object has to be there before it may move to it:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>.
    #[must_use]
    pub fn least_days(self) -> u32 {
        if matches!(self, Self::InfrequentAccess | Self::OneZone) { 30 } else { 0 }
    }
}

impl CorsMethod {
    /// As HTTP has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl Bucket {
    /// What encrypts its objects, its default filled in.
    #[must_use]
    pub fn encryption(&self) -> BucketEncryption {
        let usual = if self.key.is_some() { BucketEncryption::Kms } else { BucketEncryption::S3 };
        self.encryption.unwrap_or(usual)
    }
}
