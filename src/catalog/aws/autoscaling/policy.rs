//! What a service is scaled by:
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalingPolicy, TargetTrackingScalingPolicyConfiguration,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DIMENSION, NAMESPACE, built, named, number, owners, part_of, prefix};
use crate::{
    api::{During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Tags, value::In},
};

const PUT: &str = "application-autoscaling:PutScalingPolicy";
/// How long a service rests after a change if nothing is said:
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html>.
const COOLDOWN: u32 = 300;

/// A number of tasks that keeps a metric where it should be. The alarms that it makes are its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// The service, as `service/CLUSTER/NAME`.
    pub resource_id: In<String>,
    /// Its name, of which a service has one.
    pub policy_name: String,
    /// The metric, such as `ECSServiceAverageCPUUtilization`.
    pub metric: String,
    /// What the metric is of, if it is of more than the service: `app/NAME/ID/targetgroup/NAME/ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<In<String>>,
    /// Where the metric is kept: a decimal number.
    pub target: String,
    /// For how many seconds nothing is taken away after tasks were taken away.
    pub cooldown_in: u32,
    /// For how many seconds nothing is added after tasks were added.
    pub cooldown_out: u32,
    /// Whether tasks are only ever added.
    pub only_out: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
}

impl Resource for Policy {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Policy: resource_id, policy_name),
        stands_on: &["autoscaling.target"],
        tagged: false,
        ..Facts::new::<Self>(
            "autoscaling.policy",
            "what a service is scaled by",
            "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingPolicy.html",
        )
    };
}

impl Lifecycle for Policy {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let named = named(look.wants.iter().map(|it| &it.resource_id));
        let (policies, owners) = tokio::try_join!(policies(cx), owners(cx, &look.scope, &named))?;
        let start = prefix(&look.scope);
        let near =
            policies.iter().filter(|it| it.resource_id().starts_with(&start) || named.contains(it.resource_id()));
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
        let call = cx.autoscaling.delete_scaling_policy().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
        let call = call.resource_id(live.state.resource_id.get()).policy_name(&live.state.policy_name);
        call.send().await.during("application-autoscaling:DeleteScalingPolicy").or_done()
    }

    async fn retag(_: &WriteCx, _: &Live<Self>, _: &TagChanges) -> Result<()> {
        Ok(())
    }
}

async fn policies(cx: &ReadCx) -> Result<Vec<ScalingPolicy>> {
    let call = cx.autoscaling.describe_scaling_policies().service_namespace(NAMESPACE).scalable_dimension(DIMENSION);
    let pages = call.into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("application-autoscaling:DescribeScalingPolicies")
}

async fn put(cx: &WriteCx, want: &Policy) -> Result<()> {
    let metric = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::from(want.metric.as_str()))
        .set_resource_label(want.of.as_ref().map(|it| it.get().clone()));
    let tracking = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(want.target.parse().unwrap_or_default())
        .predefined_metric_specification(built(PUT, metric.build())?)
        .scale_in_cooldown(number(want.cooldown_in))
        .scale_out_cooldown(number(want.cooldown_out))
        .disable_scale_in(want.only_out);
    let call = cx
        .autoscaling
        .put_scaling_policy()
        .service_namespace(NAMESPACE)
        .scalable_dimension(DIMENSION)
        .resource_id(want.resource_id.get())
        .policy_name(&want.policy_name)
        .policy_type(PolicyType::TargetTrackingScaling)
        .target_tracking_scaling_policy_configuration(built(PUT, tracking.build())?);
    call.send().await.during(PUT).map(drop)
}

/// `None` if it is of a target that is not known, or scales in another way.
fn live(policy: &ScalingPolicy, owners: &BTreeMap<String, Tags>) -> Option<Live<Policy>> {
    let owner = owners.get(policy.resource_id())?;
    let tracking = policy.target_tracking_scaling_policy_configuration();
    let metric = tracking.and_then(TargetTrackingScalingPolicyConfiguration::predefined_metric_specification);
    let seconds = |it: Option<i32>| it.map_or(COOLDOWN, i32::unsigned_abs);
    let state = Policy {
        resource_id: policy.resource_id().into(),
        policy_name: policy.policy_name().to_owned(),
        metric: metric.map(|it| it.predefined_metric_type().as_str()).unwrap_or_default().to_owned(),
        of: metric.and_then(PredefinedMetricSpecification::resource_label).map(In::from),
        target: tracking.map(|it| it.target_value().to_string()).unwrap_or_default(),
        cooldown_in: seconds(tracking.and_then(TargetTrackingScalingPolicyConfiguration::scale_in_cooldown)),
        cooldown_out: seconds(tracking.and_then(TargetTrackingScalingPolicyConfiguration::scale_out_cooldown)),
        only_out: tracking.and_then(TargetTrackingScalingPolicyConfiguration::disable_scale_in).unwrap_or_default(),
    };
    let out = Out { arn: policy.policy_arn().to_owned() };
    let tags = part_of(owner, Policy::FACTS.kind, policy.policy_name());
    Some(Live { state, out, tags, status: Status::Ready })
}
