//! What scales a service.

use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, MetricAggregationType, MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension,
    ScalableTargetAction, ServiceNamespace, StepAdjustment, StepScalingPolicyConfiguration,
    TargetTrackingScalingPolicyConfiguration as Tracking, builders::StepScalingPolicyConfigurationBuilder,
    builders::TargetTrackingScalingPolicyConfigurationBuilder,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const ID: &str = "service/shop-default/api";
const WEB: &str = "service/shop-default/web";
const NAMESPACE: ServiceNamespace = ServiceNamespace::Ecs;
const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["
network: { zones: 2, tiers: [public] }
load_balancer: { http: serve }
services:
  web: { image: 'web:1', port: 80, route: {}, scale: { min: 0, max: 2, requests: 500, memory: { out: 80, in: 60 } } }
  api: { image: 'web:1', scale: { min: 0, max: 3, cpu: 70, schedule: { night: { cron: 0 20 * * ? *, min: 0, max: 1 } } } }
"],
    drifts: &[
        // Something else decides how many there are.
        drift("another number of tasks", &[], by!(it => it.count(2).await)).stays(),
        drift("another least", &["update autoscaling.target/api: min"], by!(it => it.limits(1, 3).await)),
        drift("another most", &["update autoscaling.target/api: max"], by!(it => it.limits(0, 5).await)),
        drift(
            "another tag of the target",
            &["update autoscaling.target/api: tags.mine"],
            by!(it => {
                let arn = it.id("autoscaling.target/api");
                it.cx.autoscaling.tag_resource().resource_arn(arn).tags("mine", "1").send().await.unwrap();
            }),
        ),
        drift(
            "requests to others",
            &["update autoscaling.policy/requests.web: of"],
            by!(it => it.requests("app/other/0123456789abcdef/targetgroup/other/0123456789abcdef").await),
        ),
        drift(
            "another kind of steps",
            &["update autoscaling.step_policy/in.web: adjustment_type"],
            by!(it => it.steps(|it| it.adjustment_type(AdjustmentType::PercentChangeInCapacity)).await),
        ),
        drift(
            "other steps",
            &["update autoscaling.step_policy/in.web: steps"],
            by!(it => it.steps(|it| it.set_step_adjustments(Some(vec![taken(2)]))).await),
        ),
        drift(
            "no rest after a step",
            &["update autoscaling.step_policy/in.web: cooldown_seconds"],
            by!(it => it.steps(|it| it.cooldown(0)).await),
        ),
        drift(
            "the most of the metric",
            &["update autoscaling.step_policy/in.web: aggregation"],
            by!(it => it.steps(|it| it.metric_aggregation_type(MetricAggregationType::Maximum)).await),
        ),
        drift(
            "no steps",
            &["create autoscaling.step_policy/in.web", "update cloudwatch.alarm/services.web.scale.in: alarm_actions"],
            by!(it => {
                let call = it.cx.autoscaling.delete_scaling_policy().service_namespace(NAMESPACE);
                call.scalable_dimension(DIMENSION).resource_id(WEB).policy_name("in").send().await.unwrap();
            }),
        ),
        drift(
            "more patience",
            &["update ecs.service/web: grace_seconds"],
            by!(it => {
                let call = it.cx.ecs.update_service().cluster("shop-default").service("web");
                call.health_check_grace_period_seconds(600).send().await.unwrap();
            }),
        ),
        drift(
            "no requests",
            &["update ecs.service/web: load_balancers, grace_seconds"],
            by!(it => {
                let call = it.cx.ecs.update_service().cluster("shop-default").service("web");
                let call = call.health_check_grace_period_seconds(0).set_load_balancers(Some(Vec::new()));
                call.send().await.unwrap();
            }),
        ),
        drift(
            "another metric",
            &["update autoscaling.policy/cpu.api: metric"],
            by!(it => it.scaling_policy(MetricType::EcsServiceAverageMemoryUtilization, |it| it).await),
        ),
        drift(
            "another target",
            &["update autoscaling.policy/cpu.api: target"],
            by!(it => it.cpu(|it| it.target_value(70.5)).await),
        ),
        drift(
            "a longer rest before tasks are taken away",
            &["update autoscaling.policy/cpu.api: cooldown_in"],
            by!(it => it.cpu(|it| it.scale_in_cooldown(900)).await),
        ),
        drift(
            "a longer rest before tasks are added",
            &["update autoscaling.policy/cpu.api: cooldown_out"],
            by!(it => it.cpu(|it| it.scale_out_cooldown(900)).await),
        ),
        drift(
            "tasks that are only added",
            &["update autoscaling.policy/cpu.api: only_out"],
            by!(it => it.cpu(|it| it.disable_scale_in(true)).await),
        ),
        drift(
            "no policy",
            &["create autoscaling.policy/cpu.api"],
            by!(it => {
                let call = it.cx.autoscaling.delete_scaling_policy().service_namespace(NAMESPACE);
                call.scalable_dimension(DIMENSION).resource_id(ID).policy_name("cpu").send().await.unwrap();
            }),
        ),
        drift(
            "another time",
            &["update autoscaling.scheduled_action/night.api: schedule"],
            by!(it => it.night("cron(0 21 * * ? *)", "UTC", 0, 1).await),
        ),
        drift(
            "another clock",
            &["update autoscaling.scheduled_action/night.api: timezone"],
            by!(it => it.night("cron(0 20 * * ? *)", "Europe/Berlin", 0, 1).await),
        ),
        drift(
            "another least at night",
            &["update autoscaling.scheduled_action/night.api: min"],
            by!(it => it.night("cron(0 20 * * ? *)", "UTC", 1, 1).await),
        ),
        drift(
            "another most at night",
            &["update autoscaling.scheduled_action/night.api: max"],
            by!(it => it.night("cron(0 20 * * ? *)", "UTC", 0, 3).await),
        ),
        drift(
            "a policy of somebody's",
            &["delete autoscaling.policy/mine.api"],
            by!(it => {
                let tracking = tracking(MetricType::EcsServiceAverageCpuUtilization).build().unwrap();
                let call = it.cx.autoscaling.put_scaling_policy().service_namespace(NAMESPACE).resource_id(ID);
                let call = call.scalable_dimension(DIMENSION).policy_name("mine");
                let call = call.policy_type(PolicyType::TargetTrackingScaling);
                call.target_tracking_scaling_policy_configuration(tracking).send().await.unwrap();
            }),
        ),
        drift(
            "no scheduled action",
            &["create autoscaling.scheduled_action/night.api"],
            by!(it => {
                let call = it.cx.autoscaling.delete_scheduled_action().service_namespace(NAMESPACE);
                let call = call.scalable_dimension(DIMENSION).resource_id(ID).scheduled_action_name("night");
                call.send().await.unwrap();
            }),
        ),
        drift(
            "no target",
            &[
                "create autoscaling.policy/cpu.api",
                "create autoscaling.scheduled_action/night.api",
                "create autoscaling.target/api",
            ],
            by!(it => {
                let call = it.cx.autoscaling.deregister_scalable_target().service_namespace(NAMESPACE);
                call.scalable_dimension(DIMENSION).resource_id(ID).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    async fn count(&self, count: i32) {
        let call = self.cx.ecs.update_service().cluster("shop-default").service("api").desired_count(count);
        call.send().await.unwrap();
    }

    async fn limits(&self, min: i32, max: i32) {
        let call = self.cx.autoscaling.register_scalable_target().service_namespace(NAMESPACE).resource_id(ID);
        call.scalable_dimension(DIMENSION).min_capacity(min).max_capacity(max).send().await.unwrap();
    }

    async fn cpu(
        &self,
        change: fn(TargetTrackingScalingPolicyConfigurationBuilder) -> TargetTrackingScalingPolicyConfigurationBuilder,
    ) {
        self.scaling_policy(MetricType::EcsServiceAverageCpuUtilization, change).await;
    }

    /// What `web` is scaled by counts the requests of another.
    async fn requests(&self, of: &str) {
        let metric =
            PredefinedMetricSpecification::builder().predefined_metric_type(MetricType::AlbRequestCountPerTarget);
        let tracking = Tracking::builder().target_value(500.0).scale_in_cooldown(300).scale_out_cooldown(60);
        let tracking = tracking.predefined_metric_specification(metric.resource_label(of).build().unwrap());
        let call = self.cx.autoscaling.put_scaling_policy().service_namespace(NAMESPACE).resource_id(WEB);
        let call = call.scalable_dimension(DIMENSION).policy_name("requests");
        let call = call.policy_type(PolicyType::TargetTrackingScaling);
        call.target_tracking_scaling_policy_configuration(tracking.build().unwrap()).send().await.unwrap();
    }

    async fn steps(&self, change: fn(StepScalingPolicyConfigurationBuilder) -> StepScalingPolicyConfigurationBuilder) {
        let usual = StepScalingPolicyConfiguration::builder()
            .adjustment_type(AdjustmentType::ChangeInCapacity)
            .cooldown(300)
            .metric_aggregation_type(MetricAggregationType::Average);
        self.step(change(usual.step_adjustments(taken(1)))).await;
    }

    async fn step(&self, steps: StepScalingPolicyConfigurationBuilder) {
        let call = self.cx.autoscaling.put_scaling_policy().service_namespace(NAMESPACE).resource_id(WEB);
        let call = call.scalable_dimension(DIMENSION).policy_name("in").policy_type(PolicyType::StepScaling);
        call.step_scaling_policy_configuration(steps.build()).send().await.unwrap();
    }

    async fn scaling_policy(
        &self,
        metric: MetricType,
        change: fn(TargetTrackingScalingPolicyConfigurationBuilder) -> TargetTrackingScalingPolicyConfigurationBuilder,
    ) {
        let call = self.cx.autoscaling.put_scaling_policy().service_namespace(NAMESPACE).resource_id(ID);
        let call = call.scalable_dimension(DIMENSION).policy_name("cpu").policy_type(PolicyType::TargetTrackingScaling);
        let tracking = change(tracking(metric)).build().unwrap();
        call.target_tracking_scaling_policy_configuration(tracking).send().await.unwrap();
    }

    async fn night(&self, schedule: &str, timezone: &str, min: i32, max: i32) {
        let limits = ScalableTargetAction::builder().min_capacity(min).max_capacity(max).build();
        let call = self.cx.autoscaling.put_scheduled_action().service_namespace(NAMESPACE).resource_id(ID);
        let call = call.scalable_dimension(DIMENSION).scheduled_action_name("night").scalable_target_action(limits);
        call.schedule(schedule).timezone(timezone).send().await.unwrap();
    }
}

/// As the stack has it.
fn tracking(metric: MetricType) -> TargetTrackingScalingPolicyConfigurationBuilder {
    let metric = PredefinedMetricSpecification::builder().predefined_metric_type(metric).build().unwrap();
    let it = Tracking::builder().target_value(70.0).predefined_metric_specification(metric);
    it.scale_in_cooldown(300).scale_out_cooldown(60)
}

fn taken(many: i32) -> StepAdjustment {
    let step = StepAdjustment::builder().metric_interval_upper_bound(0.0);
    step.scaling_adjustment(-many).build().unwrap()
}
