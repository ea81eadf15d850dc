//! SNS: <https://docs.aws.amazon.com/sns/latest/api/welcome.html>.

pub mod subscription;
pub mod topic;

use crate::{
    api::{During, OrAbsent, ReadCx, Result},
    resource::tags::{Scope, Tags},
};

/// ARNs of the topics whose names begin as those of `scope`, and of those called as in `names`.
async fn topics(cx: &ReadCx, scope: &Scope, names: &[&str]) -> Result<Vec<String>> {
    let prefix = format!("{}-", scope.prefix());
    let found = cx.sns.list_topics().into_paginator().items().send();
    let found: Vec<_> = found.collect::<std::result::Result<_, _>>().await.during("sns:ListTopics")?;
    let meant = |arn: &str| names.contains(&name(arn)) || name(arn).starts_with(&prefix);
    Ok(found.into_iter().filter_map(|it| it.topic_arn).filter(|it| meant(it)).collect())
}

/// The name at the end of a topic's ARN.
fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The tags of a topic; `None` if it went while we looked.
async fn tags(cx: &ReadCx, arn: &str) -> Result<Option<Tags>> {
    let call = cx.sns.list_tags_for_resource().resource_arn(arn);
    let answer = call.send().await.during("sns:ListTagsForResource").or_absent()?;
    Ok(answer.map(|it| it.tags().iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect()))
}
