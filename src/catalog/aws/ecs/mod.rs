//! ECS: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html>.
//!
//! A stack has one cluster in a region, called as the stack and its environment are: so its services can be listed
//! without a look at the cluster first.

pub mod causes;
pub mod cluster;
pub mod container;
pub mod deployments;
pub mod history;
pub mod images;
pub mod migration;
pub mod one_off;
pub mod promotion;
mod rollout;
pub mod service;
pub mod smoke;
pub mod standing;
pub mod state;
pub mod strategy;
pub mod target;
pub mod task_definition;
pub mod tasks;

use aws_sdk_ecs::types::{CapacityProviderStrategyItem, Failure, Tag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, During, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::{Scope, Tags},
};

/// Where tasks run, and how many of them there.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Capacity {
    /// The capacity provider: `FARGATE`, or `FARGATE_SPOT`, which is cheaper and takes tasks away at two minutes' notice.
    pub provider: String,
    /// How many tasks run there before any runs elsewhere; of one provider only.
    pub base: u32,
    /// Its share of the rest.
    pub weight: u32,
}

impl Capacity {
    /// On demand.
    pub const FARGATE: &'static str = "FARGATE";
    /// Spare capacity.
    pub const SPOT: &'static str = "FARGATE_SPOT";

    fn to_sdk(&self, call: &str) -> Result<CapacityProviderStrategyItem> {
        let item = CapacityProviderStrategyItem::builder().capacity_provider(&self.provider);
        built(call, item.base(number(self.base)).weight(number(self.weight)).build())
    }

    fn of(item: &CapacityProviderStrategyItem) -> Self {
        Self {
            provider: item.capacity_provider().to_owned(),
            base: item.base().unsigned_abs(),
            weight: item.weight().unsigned_abs(),
        }
    }
}

/// The name of the cluster of `scope`.
#[must_use]
pub fn cluster_name(scope: &Scope) -> String {
    scope.prefix()
}

/// A number as the SDK takes it.
fn number(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

/// What the SDK's builders make, which complain of what is left out.
fn built<T, E: ToString>(call: &str, it: Result<T, E>) -> Result<T> {
    it.map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))
}

/// Tags as the SDK takes them.
fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as the SDK gives them.
fn tags(from: &[Tag]) -> Tags {
    from.iter().filter_map(|it| Some((it.key()?.into(), it.value().unwrap_or_default().into()))).collect()
}

/// A batch answers 200 whatever it did not find; anything else that it says is an error.
fn found(call: &str, failures: &[Failure]) -> Result<()> {
    let real = failures.iter().find(|it| it.reason() != Some("MISSING"));
    real.map_or(Ok(()), |it| {
        let about = format!("{}: {}", it.arn().unwrap_or_default(), it.detail().unwrap_or_default());
        Err(ApiError::refused(call, it.reason().unwrap_or_default(), about))
    })
}

/// Sets and removes tags of anything in ECS.
async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.ecs.tag_resource().resource_arn(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("ecs:TagResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.ecs.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("ecs:UntagResource")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_no_error_and_all_else_is() {
        let failure = |reason: &str| Failure::builder().arn("a").reason(reason).build();
        assert_eq!(found("ecs:DescribeServices", &[failure("MISSING")]), Ok(()));
        let error = found("ecs:DescribeServices", &[failure("MISSING"), failure("DENIED")]).unwrap_err();
        assert_eq!(error.code, "DENIED");
    }
}
