//! What is scaled: <https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html>.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::ScalableTarget;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DIMENSION, NAMESPACE, named, number};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, tags::Tags, value::In},
};

const REGISTER: &str = "application-autoscaling:RegisterScalableTarget";
/// How many a call takes by name:
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>.
const AT_ONCE: usize = 50;

/// A service whose number of tasks is decided by policies and by the time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The service, as `service/CLUSTER/NAME`.
    pub resource_id: In<String>,
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// The service, as `service/CLUSTER/NAME`.
    pub resource_id: String,
}

impl Resource for Target {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Target: resource_id),
        unique_by: fields!(Target: resource_id),
        ..Facts::new::<Self>(
            "autoscaling.target",
            "a service whose number of tasks changes by itself",
            "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Value> {
        self.resource_id.known().map(|it| ("resource_id".to_owned(), it.clone().into())).into_iter().collect()
    }
}

impl Lifecycle for Target {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let named = named(look.wants.iter().map(|it| &it.resource_id));
        let found = super::targets(cx, &look.scope, &named).await?;
        let concerns = found.into_iter().filter(|(it, tags)| {
            named.contains(it.resource_id()) || look.scope.address(tags).is_some() //
        });
        Ok(concerns.map(|(it, tags)| live(&it, tags)).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        register(cx, &new.want, Some(&new.tags)).await
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        // To register one that is gone would make it, without its tags.
        let call = cx.read.autoscaling.describe_scalable_targets().service_namespace(NAMESPACE);
        let answer = call.scalable_dimension(DIMENSION).resource_ids(&live.out.resource_id).send().await;
        let found = answer.during("application-autoscaling:DescribeScalableTargets")?;
        if found.scalable_targets().is_empty() {
            let message = format!("{} is not registered", live.out.resource_id);
            return Err(ApiError::refused(REGISTER, "ObjectNotFoundException", message));
        }
        register(cx, want, None).await
    }

    /// Its policies and scheduled actions go with it.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.autoscaling.deregister_scalable_target().service_namespace(NAMESPACE);
        let call = call.scalable_dimension(DIMENSION).resource_id(&live.out.resource_id);
        call.send().await.during("application-autoscaling:DeregisterScalableTarget").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        let arn = &live.out.arn;
        if !tags.set.is_empty() {
            let set = tags.set.clone().into_iter().collect();
            let call = cx.autoscaling.tag_resource().resource_arn(arn).set_tags(Some(set));
            call.send().await.during("application-autoscaling:TagResource")?;
        }
        if !tags.unset.is_empty() {
            let call = cx.autoscaling.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
            call.send().await.during("application-autoscaling:UntagResource")?;
        }
        Ok(())
    }
}

/// The fewest and the most tasks of those of `services`, as `service/CLUSTER/NAME`, whose number of tasks changes by itself.
pub async fn bounds(cx: &ReadCx, services: &[String]) -> Result<BTreeMap<String, (u32, u32)>> {
    let asked = services.chunks(AT_ONCE).map(|some| async {
        let call = cx.autoscaling.describe_scalable_targets().service_namespace(NAMESPACE);
        let call = call.scalable_dimension(DIMENSION).set_resource_ids(Some(some.to_vec()));
        let found: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
        found.during("application-autoscaling:DescribeScalableTargets")
    });
    let bounds = |it: &ScalableTarget| (it.min_capacity().unsigned_abs(), it.max_capacity().unsigned_abs());
    let found = try_join_all(asked).await?;
    Ok(found.iter().flatten().map(|it| (it.resource_id().to_owned(), bounds(it))).collect())
}

/// Tags are only for what is new: those of others are set apart.
async fn register(cx: &WriteCx, want: &Target, tags: Option<&Tags>) -> Result<()> {
    let tags = tags.map(|it| it.clone().into_iter().collect());
    let call = cx.autoscaling.register_scalable_target().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let call = call.resource_id(want.resource_id.get()).min_capacity(number(want.min)).max_capacity(number(want.max));
    call.set_tags(tags).send().await.during(REGISTER).map(drop)
}

fn live(target: &ScalableTarget, tags: Tags) -> Live<Target> {
    let id = target.resource_id().to_owned();
    let state = Target {
        resource_id: id.as_str().into(),
        min: target.min_capacity().unsigned_abs(),
        max: target.max_capacity().unsigned_abs(),
    };
    let arn = target.scalable_target_arn().unwrap_or(&id).to_owned();
    Live { state, out: Out { arn, resource_id: id }, tags, status: Status::Ready }
}
