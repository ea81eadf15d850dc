//! S3: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html>.

pub mod bucket;
pub mod bucket_policy;
pub mod content;
pub mod cors;
mod empty;
pub mod lifecycle_rule;
mod objects;
mod read;
pub mod replication;
pub mod settings;
mod tagging;
mod write;

use aws_sdk_s3::{Client, config::Region};

use crate::api::{ApiError, ReadCx, Result, WriteCx, retry::Class};

/// The code of an answer to a question about a bucket that is not there.
const NO_BUCKET: &str = "NoSuchBucket";

/// One bucket, and how it is reached: each region knows only its own.
struct At {
    s3: Client,
    name: String,
    /// The account that has to own it. Whoever gives up a name, or has not taken it yet, may find someone else there:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>.
    owner: Option<String>,
}

/// A call on one bucket.
macro_rules! on {
    ($at:expr, $call:ident) => {
        $at.s3.$call().bucket(&$at.name).set_expected_bucket_owner($at.owner.clone())
    };
}
use on;

impl At {
    fn reading(cx: &ReadCx, name: &str, region: &str) -> Self {
        Self { s3: regional(&cx.s3, region), name: name.to_owned(), owner: cx.account() }
    }

    fn writing(cx: &WriteCx, name: &str, region: &str) -> Self {
        Self { s3: regional(&cx.s3, region), ..Self::reading(&cx.read, name, region) }
    }
}

fn regional(client: &Client, region: &str) -> Client {
    if client.config().region().is_some_and(|it| it.as_ref() == region) {
        return client.clone();
    }
    Client::from_conf(client.config().to_builder().region(Region::new(region.to_owned())).build())
}

/// Each setting has an error of its own for not being set; that there is no bucket is another matter.
fn or_unset<T>(said: Result<T>) -> Result<Option<T>> {
    match said {
        Err(error) if error.class() == Class::Absent && error.code != NO_BUCKET => Ok(None),
        other => other.map(Some),
    }
}

/// What the SDK refuses to put together.
fn unsent(call: &str, error: &aws_smithy_types::error::operation::BuildError) -> ApiError {
    ApiError::refused(call, "NotSent", error.to_string())
}
