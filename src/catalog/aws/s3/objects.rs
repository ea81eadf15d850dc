//! Objects of a bucket: lists, uploads, and what goes.

use std::{collections::BTreeMap, path::Path, time::Duration};

use aws_sdk_s3::{Client, config::timeout::TimeoutConfig, primitives::ByteStream, types::ObjectIdentifier};
use futures::{StreamExt, TryStreamExt, stream};

use super::{At, content::File, empty, on, unsent};
use crate::api::{ApiError, During, Result};

const LIST: &str = "s3:ListObjectsV2";
const PUT: &str = "s3:PutObject";
/// As many files are on their way at once.
const AT_ONCE: usize = 16;
/// How long one file may take: the largest that S3 takes in one piece has 5 GB.
const SLOWEST: Duration = Duration::from_mins(30);

/// What a list shows of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    /// The MD5 digest of what is in it: S3 gives it as the ETag of what came in one piece and is encrypted with keys of S3's
    /// own (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
    pub(super) md5: String,
    /// When it was written, in seconds.
    pub(super) at: i64,
}

/// All objects by their keys.
pub(super) async fn listed(at: &At) -> Result<BTreeMap<String, Listed>> {
    let mut pages = on!(at, list_objects_v2).into_paginator().send();
    let mut acc = BTreeMap::new();
    while let Some(page) = pages.next().await {
        for it in page.during(LIST)?.contents.unwrap_or_default() {
            let tag = it.e_tag.ok_or_else(|| ApiError::incomplete(LIST, "ETag"))?;
            let key = it.key.ok_or_else(|| ApiError::incomplete(LIST, "key"))?;
            let at = it.last_modified.map(|it| it.secs()).unwrap_or_default();
            acc.insert(key, Listed { md5: tag.trim_matches('"').to_owned(), at });
        }
    }
    Ok(acc)
}

/// The same bucket for calls that take as long as a large file does.
pub(super) fn patient(at: &At) -> At {
    let timeouts =
        TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_attempt_timeout(SLOWEST).build();
    let config = at.s3.config().to_builder().timeout_config(timeouts).build();
    At { s3: Client::from_conf(config), name: at.name.clone(), owner: at.owner.clone() }
}

/// Uploads files of a folder, many at once.
pub(super) async fn upload(at: &At, folder: &str, files: Vec<(String, File)>) -> Result<()> {
    let each = stream::iter(files).map(|(key, file)| one(at, folder, key, file));
    each.buffer_unordered(AT_ONCE).try_collect().await
}

/// The digest goes with it: S3 refuses what has changed since it was looked at.
async fn one(at: &At, folder: &str, key: String, file: File) -> Result<()> {
    let path = Path::new(folder).join(&key);
    let unread = |it: &dyn std::fmt::Display| ApiError::refused(PUT, "NotSent", format!("{}: {it}", path.display()));
    let body = ByteStream::from_path(&path).await.map_err(|it| unread(&it))?;
    let digest = base64(&file.md5).ok_or_else(|| unread(&"its digest makes no sense"))?;
    let call = on!(at, put_object).key(key).body(body).content_md5(digest).content_type(file.content_type);
    let said = call.set_cache_control(Some(file.cache_control)).send().await.during(PUT);
    said.map(drop).map_err(|it| match it.code.as_str() {
        "BadDigest" => ApiError { message: format!("{} has changed since it was looked at", path.display()), ..it },
        _ => it,
    })
}

/// Writes a small object.
pub(super) async fn note(at: &At, key: &str, text: &str) -> Result<()> {
    let body = ByteStream::from(text.as_bytes().to_vec());
    on!(at, put_object).key(key).body(body).content_type("text/plain").send().await.during(PUT).map(drop)
}

/// Deletes objects by their keys.
pub(super) async fn delete(at: &At, keys: &[String]) -> Result<()> {
    let most = usize::try_from(empty::PAGE).unwrap_or(usize::MAX);
    for some in keys.chunks(most) {
        let objects = some.iter().map(|it| ObjectIdentifier::builder().key(it).build());
        let objects = objects.collect::<std::result::Result<_, _>>().map_err(|it| unsent("s3:DeleteObjects", &it))?;
        empty::delete(at, objects).await?;
    }
    Ok(())
}

/// The bytes that hexadecimal digits stand for, as HTTP has them.
fn base64(hex: &str) -> Option<String> {
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    Some(aws_smithy_types::base64::encode(bytes.collect::<Option<Vec<_>>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_sent_in_base_64() {
        assert_eq!(base64("d41d8cd98f00b204e9800998ecf8427e").as_deref(), Some("1B2M2Y8AsgTpgAmY7PhCfg=="));
        assert!(base64("xy").is_none() && base64("abc").is_none());
    }
}
