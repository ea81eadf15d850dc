//! Secrets Manager: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html>.

pub mod by_hand;
mod recipe;
pub mod secret;

use aws_sdk_secretsmanager::types::Tag;

use crate::{
    api::{During, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::Tags,
};

/// Tags as the SDK takes them.
fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as the SDK gives them.
fn tags(from: &[Tag]) -> Tags {
    from.iter().filter_map(|it| Some((it.key()?.to_owned(), it.value()?.to_owned()))).collect()
}

async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.secrets.tag_resource().secret_id(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("secretsmanager:TagResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.secrets.untag_resource().secret_id(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("secretsmanager:UntagResource")?;
    }
    Ok(())
}
