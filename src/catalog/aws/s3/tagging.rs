//! Tags of a bucket, which are set all at once.

use aws_sdk_s3::types::{Tag, Tagging};

use super::{At, on, or_unset, unsent};
use crate::{
    api::{During, Result},
    catalog::lifecycle::TagChanges,
    resource::tags::Tags,
};

/// Tags as the SDK takes them.
pub(super) fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|it| unsent(call, &it))
}

/// The bucket's tags.
pub(super) async fn read(at: &At) -> Result<Tags> {
    let answer = or_unset(on!(at, get_bucket_tagging).send().await.during("s3:GetBucketTagging"))?;
    let tags = answer.map(|it| it.tag_set).unwrap_or_default();
    Ok(tags.iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect())
}

/// Changes some tags and leaves the others, which may be somebody else's. AWS's own cannot be sent, and stay.
pub(super) async fn change(reader: &At, at: &At, changes: &TagChanges) -> Result<()> {
    const CALL: &str = "s3:PutBucketTagging";
    let mut tags = read(reader).await?;
    tags.retain(|key, _| !key.starts_with("aws:") && !changes.unset.contains(key));
    tags.extend(changes.set.clone());
    if tags.is_empty() {
        return on!(at, delete_bucket_tagging).send().await.during("s3:DeleteBucketTagging").map(drop);
    }
    let tagging = Tagging::builder().set_tag_set(Some(to_sdk(CALL, &tags)?)).build().map_err(|it| unsent(CALL, &it))?;
    on!(at, put_bucket_tagging).tagging(tagging).send().await.during(CALL).map(drop)
}
