//! CloudWatch: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/Welcome.html>.
//!
//! What it calls “put” replaces what is there as a whole, and forgets what it is not told; tags are heeded only where
//! nothing was.

pub mod alarm;
pub mod dashboard;
pub mod metric;

use aws_sdk_cloudwatch::types::Tag;

use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::Tags,
};

/// The tags of what `arn` names; `None` if it went while we looked.
async fn tags(cx: &ReadCx, arn: &str) -> Result<Option<Tags>> {
    let call = cx.cloudwatch.list_tags_for_resource().resource_arn(arn);
    let Some(answer) = call.send().await.during("cloudwatch:ListTagsForResource").or_absent()? else {
        return Ok(None);
    };
    Ok(Some(answer.tags().iter().filter_map(|it| Some((it.key()?.to_owned(), it.value()?.to_owned()))).collect()))
}

/// The refusal to change what is not there any more.
fn gone(call: &str, name: &str) -> ApiError {
    ApiError::refused(call, "ResourceNotFound", format!("{name} is gone"))
}

/// Sets and removes tags of what `arn` names.
async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.cloudwatch.tag_resource().resource_arn(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("cloudwatch:TagResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.cloudwatch.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("cloudwatch:UntagResource")?;
    }
    Ok(())
}

fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
