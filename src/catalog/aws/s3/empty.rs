//! Deleting what a bucket holds: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/empty-bucket.html>.

use aws_sdk_s3::{
    operation::list_object_versions::ListObjectVersionsOutput,
    types::{Delete, Error, ObjectIdentifier},
};
use futures::future::try_join_all;

use super::{At, on, unsent};
use crate::api::{ApiError, During, OrAbsent, OrDone, Result};

/// As many as one call may delete.
pub(super) const PAGE: i32 = 1000;

/// Deletes all versions of all objects, the marks of those deleted before, and uploads that were never finished.
pub(super) async fn empty(reader: &At, at: &At) -> Result<()> {
    let (mut key, mut version) = (None, None);
    loop {
        let page = versions(reader, key, version).await?;
        delete(at, objects(&page)?).await?;
        if page.is_truncated() != Some(true) {
            break;
        }
        (key, version) = (page.next_key_marker, page.next_version_id_marker);
    }
    let uploads = uploads(reader).await?;
    try_join_all(uploads.into_iter().map(|(key, upload)| async move {
        let call = on!(at, abort_multipart_upload).key(key).upload_id(upload);
        call.send().await.during("s3:AbortMultipartUpload").or_done()
    }))
    .await
    .map(drop)
}

/// What a bucket holds, in words; nothing if it is empty.
pub(super) async fn contents(reader: &At) -> Result<Vec<String>> {
    let Some(page) = versions(reader, None, None).await.or_absent()? else { return Ok(Vec::new()) };
    let found = objects(&page)?;
    let Some(first) = found.first() else { return Ok(Vec::new()) };
    let count = found.len();
    let (least, many) =
        (if page.is_truncated() == Some(true) { "at least " } else { "" }, if count == 1 { "" } else { "s" });
    Ok(vec![format!("{least}{count} version{many} of objects, such as {}", first.key())])
}

async fn versions(at: &At, key: Option<String>, version: Option<String>) -> Result<ListObjectVersionsOutput> {
    let call = on!(at, list_object_versions).max_keys(PAGE).set_key_marker(key).set_version_id_marker(version);
    call.send().await.during("s3:ListObjectVersions")
}

/// Of uploads that were not finished, the key and the id of each.
async fn uploads(at: &At) -> Result<Vec<(String, String)>> {
    const CALL: &str = "s3:ListMultipartUploads";
    let (mut acc, mut key, mut upload) = (Vec::new(), None, None);
    loop {
        let call = on!(at, list_multipart_uploads).set_key_marker(key).set_upload_id_marker(upload);
        let page = call.send().await.during(CALL)?;
        let found = page.uploads().iter().map(|it| Some((it.key()?.to_owned(), it.upload_id()?.to_owned())));
        let found: Option<Vec<_>> = found.collect();
        acc.extend(found.ok_or_else(|| ApiError::incomplete(CALL, "key and id of each upload"))?);
        if page.is_truncated() != Some(true) {
            return Ok(acc);
        }
        (key, upload) = (page.next_key_marker, page.next_upload_id_marker);
    }
}

fn objects(page: &ListObjectVersionsOutput) -> Result<Vec<ObjectIdentifier>> {
    let versions = page.versions().iter().map(|it| (it.key(), it.version_id()));
    let marks = page.delete_markers().iter().map(|it| (it.key(), it.version_id()));
    let each = versions.chain(marks).map(|(key, version)| {
        let key = key.ok_or_else(|| ApiError::incomplete("s3:ListObjectVersions", "key"))?;
        let object = ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build();
        object.map_err(|it| unsent("s3:DeleteObjects", &it))
    });
    each.collect()
}

/// Deletes as many objects as one call may.
pub(super) async fn delete(at: &At, objects: Vec<ObjectIdentifier>) -> Result<()> {
    const CALL: &str = "s3:DeleteObjects";
    if objects.is_empty() {
        return Ok(());
    }
    let all = Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(|it| unsent(CALL, &it))?;
    let answer = on!(at, delete_objects).delete(all).send().await.during(CALL)?;
    answer.errors().first().map_or(Ok(()), |first| Err(refusal(CALL, first, answer.errors().len())))
}

/// The call succeeds though some objects stay.
fn refusal(call: &str, first: &Error, count: usize) -> ApiError {
    let more = if count > 1 { format!(" ({} more likewise)", count - 1) } else { String::new() };
    let (key, why) = (first.key().unwrap_or("?"), first.message().unwrap_or_default());
    ApiError::refused(call, first.code().unwrap_or("NotDeleted"), format!("{key}: {why}{more}"))
}
