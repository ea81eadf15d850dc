//! Other limits at certain times:
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html>.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ScheduledAction as SdkAction};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DIMENSION, NAMESPACE, named, number, owners, part_of, prefix};
use crate::{
    api::{During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Tags, value::In},
};

/// Other numbers of tasks from a certain time on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScheduledAction {
    /// The service, as `service/CLUSTER/NAME`.
    pub resource_id: In<String>,
    /// Its name, of which a service has one.
    pub action_name: String,
    /// When, such as `cron(0 20 * * ? *)`.
    pub schedule: String,
    /// Whose clock counts, such as `Europe/Berlin`.
    pub timezone: String,
    /// The fewest tasks from then on; as before if there is none.
    pub min: Option<u32>,
    /// The most tasks from then on; as before if there is none.
    pub max: Option<u32>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
}

impl Resource for ScheduledAction {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(ScheduledAction: resource_id, action_name),
        stands_on: &["autoscaling.target"],
        tagged: false,
        ..Facts::new::<Self>(
            "autoscaling.scheduled_action",
            "other numbers of tasks from a certain time on",
            "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScheduledAction.html",
        )
    };
}

impl Lifecycle for ScheduledAction {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let named = named(look.wants.iter().map(|it| &it.resource_id));
        let (actions, owners) = tokio::try_join!(actions(cx), owners(cx, &look.scope, &named))?;
        let start = prefix(&look.scope);
        let near = actions.iter().filter(|it| it.resource_id().starts_with(&start) || named.contains(it.resource_id()));
        let all: Vec<_> = near.filter_map(|it| live(it, &owners)).collect();
        Ok(all.into_iter().filter(|it| look.scope.address(&it.tags).is_some()).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        put(cx, &new.want).await
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        put(cx, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.autoscaling.delete_scheduled_action().service_namespace(NAMESPACE);
        let call = call.scalable_dimension(DIMENSION).resource_id(live.state.resource_id.get());
        let call = call.scheduled_action_name(&live.state.action_name);
        call.send().await.during("application-autoscaling:DeleteScheduledAction").or_done()
    }
}

async fn actions(cx: &ReadCx) -> Result<Vec<SdkAction>> {
    let call = cx.autoscaling.describe_scheduled_actions().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let pages = call.into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("application-autoscaling:DescribeScheduledActions")
}

async fn put(cx: &WriteCx, want: &ScheduledAction) -> Result<()> {
    let action =
        ScalableTargetAction::builder().set_min_capacity(want.min.map(number)).set_max_capacity(want.max.map(number));
    let call = cx
        .autoscaling
        .put_scheduled_action()
        .service_namespace(NAMESPACE)
        .scalable_dimension(DIMENSION)
        .resource_id(want.resource_id.get())
        .scheduled_action_name(&want.action_name)
        .schedule(&want.schedule)
        .timezone(&want.timezone)
        .scalable_target_action(action.build());
    call.send().await.during("application-autoscaling:PutScheduledAction").map(drop)
}

/// `None` if it is of a target that is not known.
fn live(it: &SdkAction, owners: &BTreeMap<String, Tags>) -> Option<Live<ScheduledAction>> {
    let owner = owners.get(it.resource_id())?;
    let action = it.scalable_target_action();
    let state = ScheduledAction {
        resource_id: it.resource_id().into(),
        action_name: it.scheduled_action_name().to_owned(),
        schedule: it.schedule().to_owned(),
        timezone: it.timezone().unwrap_or("UTC").to_owned(),
        min: action.and_then(ScalableTargetAction::min_capacity).map(i32::unsigned_abs),
        max: action.and_then(ScalableTargetAction::max_capacity).map(i32::unsigned_abs),
    };
    let out = Out { arn: it.scheduled_action_arn().to_owned() };
    let tags = part_of(owner, ScheduledAction::FACTS.kind, it.scheduled_action_name());
    Some(Live { state, out, tags, status: Status::Ready })
}
