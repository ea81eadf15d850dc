//! What keeps a metric of a service where it should be:
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>.

use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalingPolicy, TargetTrackingScalingPolicyConfiguration,
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

async fn put(cx: &WriteCx, want: &Policy) -> Result<()> {
    let metric = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::from(want.metric.as_str()))
        .set_resource_label(want.of.as_ref().map(|it| it.get().clone()));
    let tracking = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(want.target.parse().unwrap_or_default())
        .predefined_metric_specification(built(PUT_POLICY, metric.build())?)
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
        .target_tracking_scaling_policy_configuration(built(PUT_POLICY, tracking.build())?);
    call.send().await.during(PUT_POLICY).map(drop)
}

/// `None` if it scales in another way.
fn live(policy: &ScalingPolicy, owner: &Tags) -> Option<Live<Policy>> {
    let tracking = policy.target_tracking_scaling_policy_configuration()?;
    let metric = tracking.predefined_metric_specification();
    let seconds = |it: Option<i32>| it.map_or(COOLDOWN, i32::unsigned_abs);
    let state = Policy {
        resource_id: policy.resource_id().into(),
        policy_name: policy.policy_name().to_owned(),
        metric: metric.map(|it| it.predefined_metric_type().as_str()).unwrap_or_default().to_owned(),
        of: metric.and_then(PredefinedMetricSpecification::resource_label).map(In::from),
        target: tracking.target_value().to_string(),
        cooldown_in: seconds(tracking.scale_in_cooldown()),
        cooldown_out: seconds(tracking.scale_out_cooldown()),
        only_out: tracking.disable_scale_in().unwrap_or_default(),
    };
    let out = Out { arn: policy.policy_arn().to_owned() };
    let tags = part_of(owner, Policy::FACTS.kind, policy.policy_name());
    Some(Live { state, out, tags, status: Status::Ready })
}
