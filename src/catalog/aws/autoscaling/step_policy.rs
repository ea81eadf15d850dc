//! By how many tasks a service is changed when an alarm goes off:
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html>.

use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, MetricAggregationType, PolicyType, ScalingPolicy, StepAdjustment, StepScalingPolicyConfiguration,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{COOLDOWN, DIMENSION, NAMESPACE, PUT_POLICY, built, delete_policy, number, part_of, policies};
use crate::{
    api::{During, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Tags, value::In},
};

/// Adds tasks, or takes them away, whenever an alarm that names it goes off.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StepPolicy {
    /// The service, as `service/CLUSTER/NAME`.
    pub resource_id: In<String>,
    /// Its name, of which a service has one.
    pub policy_name: String,
    /// What the numbers of `steps` are: `ChangeInCapacity`, `PercentChangeInCapacity` or `ExactCapacity`.
    pub adjustment_type: String,
    /// By how much, by how far the alarm's threshold is passed.
    pub steps: Vec<Step>,
    /// For how many seconds nothing is changed after a change.
    pub cooldown_seconds: u32,
    /// How the alarm's values become one: `Average`, `Maximum` or `Minimum`.
    pub aggregation: String,
}

/// By how much a service is changed when the threshold is passed so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// From how far above the threshold on; below it, if negative; without end if left out.
    pub from: Option<f64>,
    /// Up to how far above the threshold; below it, if negative; without end if left out.
    pub to: Option<f64>,
    /// The change.
    pub change: i32,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN, for alarms.
    pub arn: String,
}

impl Resource for StepPolicy {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(StepPolicy: resource_id, policy_name),
        stands_on: &["autoscaling.target"],
        tagged: false,
        ..Facts::new::<Self>(
            "autoscaling.step_policy",
            "what an alarm does to the number of a service's tasks",
            "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html",
        )
    };
}

impl Lifecycle for StepPolicy {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        policies(cx, &look.scope, look.wants.iter().map(|it| &it.resource_id), live).await
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        put(cx, &new.want).await
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        put(cx, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        delete_policy(cx, live.state.resource_id.get(), &live.state.policy_name).await
    }
}

async fn put(cx: &WriteCx, want: &StepPolicy) -> Result<()> {
    let step = |it: &Step| {
        let step = StepAdjustment::builder().scaling_adjustment(it.change);
        step.set_metric_interval_lower_bound(it.from).set_metric_interval_upper_bound(it.to).build()
    };
    let steps: Result<Vec<_>> = want.steps.iter().map(|it| built(PUT_POLICY, step(it))).collect();
    let stepping = StepScalingPolicyConfiguration::builder()
        .adjustment_type(AdjustmentType::from(want.adjustment_type.as_str()))
        .set_step_adjustments(Some(steps?))
        .cooldown(number(want.cooldown_seconds))
        .metric_aggregation_type(MetricAggregationType::from(want.aggregation.as_str()))
        .build();
    let call = cx
        .autoscaling
        .put_scaling_policy()
        .service_namespace(NAMESPACE)
        .scalable_dimension(DIMENSION)
        .resource_id(want.resource_id.get())
        .policy_name(&want.policy_name)
        .policy_type(PolicyType::StepScaling)
        .step_scaling_policy_configuration(stepping);
    call.send().await.during(PUT_POLICY).map(drop)
}

/// `None` if it scales in another way.
fn live(policy: &ScalingPolicy, owner: &Tags) -> Option<Live<StepPolicy>> {
    let stepping = policy.step_scaling_policy_configuration()?;
    let step = |it: &StepAdjustment| Step {
        from: it.metric_interval_lower_bound(),
        to: it.metric_interval_upper_bound(),
        change: it.scaling_adjustment(),
    };
    let state = StepPolicy {
        resource_id: policy.resource_id().into(),
        policy_name: policy.policy_name().to_owned(),
        adjustment_type: stepping.adjustment_type().map(|it| it.as_str()).unwrap_or_default().to_owned(),
        steps: stepping.step_adjustments().iter().map(step).collect(),
        cooldown_seconds: stepping.cooldown().map_or(COOLDOWN, i32::unsigned_abs),
        aggregation: stepping.metric_aggregation_type().map_or("Average", |it| it.as_str()).to_owned(),
    };
    let tags = part_of(owner, StepPolicy::FACTS.kind, policy.policy_name());
    Some(Live { state, out: Out { arn: policy.policy_arn().to_owned() }, tags, status: Status::Ready })
}
