//! Application Auto Scaling, for ECS: <https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html>.
//!
//! Only targets have tags; what belongs to one is proven by its tags and has a name that follows from both.

pub mod policy;
pub mod scheduled_action;
pub mod step_policy;
pub mod target;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget, ScalingPolicy, ServiceNamespace};
use futures::future::try_join_all;

use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::aws::ecs::cluster_name,
    resource::{
        Live, Resource,
        tags::{ID, Scope, Tags},
        value::{Address, In},
    },
};

const PUT_POLICY: &str = "application-autoscaling:PutScalingPolicy";
/// How long a service rests after a change if nothing is said:
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html>.
const COOLDOWN: u32 = 300;

pub(super) const NAMESPACE: ServiceNamespace = ServiceNamespace::Ecs;
pub(super) const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

/// Starts what the services of a scope are called here.
fn prefix(scope: &Scope) -> String {
    format!("service/{}/", cluster_name(scope))
}

/// The services that a look is for by name, as far as that is known.
fn named<'a>(ids: impl Iterator<Item = &'a In<String>>) -> BTreeSet<String> {
    ids.filter_map(In::known).cloned().collect()
}

/// The targets in a scope's cluster, and those that are `named`, with their tags.
async fn targets(cx: &ReadCx, scope: &Scope, named: &BTreeSet<String>) -> Result<Vec<(ScalableTarget, Tags)>> {
    let call = cx.autoscaling.describe_scalable_targets().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let pages = call.into_paginator().items().send();
    let all: Result<Vec<_>, _> = pages.collect().await;
    let all = all.during("application-autoscaling:DescribeScalableTargets")?;
    let start = prefix(scope);
    let near = all.into_iter().filter(|it| it.resource_id().starts_with(&start) || named.contains(it.resource_id()));
    try_join_all(near.map(|it| async {
        let tags = tags(cx, &it).await?;
        Ok((it, tags))
    }))
    .await
}

async fn tags(cx: &ReadCx, target: &ScalableTarget) -> Result<Tags> {
    // Those that were made before there were tags have no ARN.
    let Some(arn) = target.scalable_target_arn() else { return Ok(Tags::new()) };
    let call = cx.autoscaling.list_tags_for_resource().resource_arn(arn);
    let answer = call.send().await.during("application-autoscaling:ListTagsForResource").or_absent()?;
    Ok(answer.and_then(|it| it.tags).unwrap_or_default().into_iter().collect())
}

/// The tags of each target, by what it is called here.
async fn owners(cx: &ReadCx, scope: &Scope, named: &BTreeSet<String>) -> Result<BTreeMap<String, Tags>> {
    let targets = targets(cx, scope, named).await?;
    Ok(targets.into_iter().map(|(it, tags)| (it.resource_id().to_owned(), tags)).collect())
}

/// The policies of a scope's targets, and of those that are `named`, as far as they are of the type that `live` makes.
async fn policies<R: Resource>(
    cx: &ReadCx,
    scope: &Scope,
    named_by: impl Iterator<Item = &In<String>>,
    live: fn(&ScalingPolicy, &Tags) -> Option<Live<R>>,
) -> Result<Vec<Live<R>>> {
    let named = named(named_by);
    let call = cx.autoscaling.describe_scaling_policies().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let listed = async {
        let pages = call.into_paginator().items().send();
        pages.collect::<Result<Vec<_>, _>>().await.during("application-autoscaling:DescribeScalingPolicies")
    };
    let (listed, owners) = tokio::try_join!(listed, owners(cx, scope, &named))?;
    let all = listed.iter().filter_map(|it| live(it, owners.get(it.resource_id())?));
    Ok(all.filter(|it| scope.address(&it.tags).is_some()).collect())
}

async fn delete_policy(cx: &WriteCx, resource_id: &str, policy_name: &str) -> Result<()> {
    let call = cx.autoscaling.delete_scaling_policy().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let call = call.resource_id(resource_id).policy_name(policy_name);
    call.send().await.during("application-autoscaling:DeleteScalingPolicy").or_done()
}

/// The tags that prove whose that is which is called `name` in the target that has `tags`: its address ends with that of
/// the target.
fn part_of(tags: &Tags, kind: &str, name: &str) -> Tags {
    let mut tags = tags.clone();
    if let Some(target) = tags.get(ID).and_then(|it| Address::parse(it)) {
        let own = Address::new(kind, &part_name(target.name(), name));
        tags.insert(ID.to_owned(), own.as_str().to_owned());
    }
    tags
}

/// The name in its stack of what is called `name` in the target `target`.
#[must_use]
pub fn part_name(target: &str, name: &str) -> String {
    format!("{name}.{target}")
}

/// A number as the SDK takes it.
fn number(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

fn built<T, E: ToString>(call: &str, it: Result<T, E>) -> Result<T> {
    it.map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))
}
