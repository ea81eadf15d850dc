//! `ElastiCache`: <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/Welcome.html>.
//!
//! Everything here has a name that we choose, and its tags are asked for one by one: so what is looked at closer is only
//! what is named like ours, or has a name that is wanted.

mod cost;
pub mod parameter_group;
pub mod replication_group;
pub mod serverless_cache;
mod steps;
pub mod subnet_group;
mod version;

use aws_sdk_elasticache::types::Tag;

use crate::{
    api::{During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::{
        Place,
        tags::{Scope, Tags},
    },
};

/// The shortest limit of a name here, less the digest that stands in a name that was too long.
const STEM: usize = 40 - 9;

/// Whether `name` begins as all names of `scope` do.
fn is_like_ours(scope: &Scope, name: &str) -> bool {
    let prefix = scope.prefix();
    name.starts_with(prefix.get(..STEM).unwrap_or(&prefix))
}

/// The ARN of the `what` called `name`.
fn arn(place: &Place, what: &str, name: &str) -> String {
    let Place { account, region, partition } = place;
    format!("arn:{partition}:elasticache:{region}:{account}:{what}:{name}")
}

/// Tags as the SDK takes them.
fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// The tags of whatever has this ARN; `None` if there is no such thing.
async fn tags(cx: &ReadCx, arn: &str) -> Result<Option<Tags>> {
    let call = cx.elasticache.list_tags_for_resource().resource_name(arn);
    let answer = call.send().await.during("elasticache:ListTagsForResource").or_absent()?;
    let pair = |it: &Tag| Some((it.key()?.to_owned(), it.value().unwrap_or_default().to_owned()));
    Ok(answer.map(|it| it.tag_list().iter().filter_map(pair).collect()))
}

/// Sets and removes tags of whatever has this ARN.
async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.elasticache.add_tags_to_resource().resource_name(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("elasticache:AddTagsToResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.elasticache.remove_tags_from_resource().resource_name(arn);
        let call = call.set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("elasticache:RemoveTagsFromResource")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_cut_are_still_like_ours() {
        let scope = |env: &str| Scope { stack: "shop".into(), env: env.into(), region: "eu-central-1".into() };
        assert!(is_like_ours(&scope("dev"), "shop-dev-main-cache"));
        assert!(!is_like_ours(&scope("dev"), "shop-prod-main-cache"));
        let long = scope(&"x".repeat(40));
        assert!(is_like_ours(&long, &format!("shop-{}-0123abcd", "x".repeat(26))));
    }
}
