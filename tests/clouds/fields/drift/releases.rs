//! How releases follow each other.

use aws_sdk_ecs::types::{
    CanaryConfiguration, DeploymentConfiguration, DeploymentLifecycleHook, DeploymentLifecycleHookStage,
    DeploymentLifecycleHookTargetType, DeploymentStrategy,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const CLUSTER: &str = "shop-default";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["
network: { zones: 2, tiers: [public], nat: none }
load_balancer: {}
alarms: { errors: { service: api, metric: 5xx, above: 10, for: 3m } }
services:
  api:
    image: 'web:1'
    count: 1
    port: 80
    route: {}
    deploy: { strategy: blue_green, bake: 1m, rollback_on: [errors], migrate: { command: [migrate] } }
"],
    drifts: &[
        drift(
            "a longer watch",
            &["update ecs.service/api: strategy.blue_green.bake_minutes"],
            by!(it => it.follow(|it| it.bake_time_in_minutes = Some(9)).await),
        ),
        drift(
            "another strategy",
            &["update ecs.service/api: strategy.blue_green"],
            by!(it => it.follow(|it| {
                it.strategy = Some(DeploymentStrategy::Canary);
                it.canary_configuration = Some(CanaryConfiguration::builder().canary_percent(5.0).build());
            }).await),
        ),
        drift(
            "no alarms",
            &["update ecs.service/api: alarms"],
            by!(it => it.follow(|it| {
                let alarms = it.alarms.as_mut().unwrap();
                alarms.alarm_names.clear();
                (alarms.enable, alarms.rollback) = (false, false);
            }).await),
        ),
        drift(
            "a pause",
            &["update ecs.service/api: pauses"],
            by!(it => it.follow(|it| {
                let pause = DeploymentLifecycleHook::builder().target_type(DeploymentLifecycleHookTargetType::Pause);
                let pause = pause.lifecycle_stages(DeploymentLifecycleHookStage::PreScaleUp).build();
                it.lifecycle_hooks = Some(vec![pause]);
            }).await),
        ),
        drift(
            "no note of the migration",
            // Which revision may serve is known once it is noted.
            &["update ecs.migration/api: unrecorded", "update ecs.service/api: task_definition"],
            by!(it => {
                let call = it.cx.ecs.describe_task_definition().task_definition("shop-default-api");
                let arn = call.send().await.unwrap().task_definition.unwrap().task_definition_arn.unwrap();
                let call = it.cx.ecs.untag_resource().resource_arn(arn).tag_keys("infractl:migrated");
                call.send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    /// Changes how the next release would follow this one.
    async fn follow(&self, change: impl FnOnce(&mut DeploymentConfiguration)) {
        let found = self.cx.ecs.describe_services().cluster(CLUSTER).services("api").send().await.unwrap();
        let mut it = found.services()[0].deployment_configuration().unwrap().clone();
        change(&mut it);
        let call = self.cx.ecs.update_service().cluster(CLUSTER).service("api").deployment_configuration(it);
        call.send().await.unwrap();
    }
}
