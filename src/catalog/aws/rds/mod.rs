//! RDS, for PostgreSQL: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html>.

mod change;
mod cost;
pub mod instance;
mod make;
mod observe;
#[cfg(test)]
mod observe_tests;
pub mod parameter_group;
pub mod parameters;
mod status;
pub mod subnet_group;
mod version;

use aws_sdk_rds::types::Tag;

pub(crate) use self::observe::log_group;
use crate::{
    api::{During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::{Scope, Tags},
};

/// Tags as the SDK takes them.
fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as the SDK gives them.
fn tags(from: &[Tag]) -> Tags {
    from.iter().filter_map(|it| Some((it.key()?.to_owned(), it.value().unwrap_or_default().to_owned()))).collect()
}

/// Whether something without tags in its listing may be the scope's, by its name.
fn may_be_of(scope: &Scope, name: &str) -> bool {
    name.strip_prefix(&scope.prefix()).is_some_and(|it| it.starts_with('-'))
}

/// The tags of what has none in its listing; `None` if it went while we looked.
async fn tags_of(cx: &ReadCx, arn: &str) -> Result<Option<Tags>> {
    let answer = cx.rds.list_tags_for_resource().resource_name(arn).send().await;
    Ok(answer.during("rds:ListTagsForResource").or_absent()?.map(|it| tags(it.tag_list())))
}

async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.rds.add_tags_to_resource().resource_name(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("rds:AddTagsToResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.rds.remove_tags_from_resource().resource_name(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("rds:RemoveTagsFromResource")?;
    }
    Ok(())
}

/// A number as the SDK takes it.
fn number(it: impl TryInto<i32>) -> i32 {
    it.try_into().unwrap_or(i32::MAX)
}

/// A number as the SDK gives it.
fn count(it: Option<i32>) -> u32 {
    it.and_then(|it| it.try_into().ok()).unwrap_or_default()
}
