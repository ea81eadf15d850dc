//! ECS and what scales it.

use std::collections::BTreeSet;

use aws_sdk_applicationautoscaling::types::{ServiceNamespace, StepAdjustment, StepScalingPolicyConfiguration};
use aws_sdk_ecs::types::{
    ClusterField, ContainerDefinition, DeploymentConfiguration, DeploymentLifecycleHook, LoadBalancer, Service,
    ServiceField, Tag, TaskDefinition, TaskDefinitionFamilyStatus, TaskDefinitionField,
};
use infractl::api::ReadCx;

use super::Looking;

/// The settings of a thing, some of whose names are made.
type Named = Vec<(String, String)>;

impl Looking {
    pub(super) async fn clusters(&mut self, cx: &ReadCx) {
        let (ecs, mut running) = (&cx.ecs, BTreeSet::new());
        for arn in all!(ecs.list_clusters()) {
            let call =
                ecs.describe_clusters().clusters(&arn).include(ClusterField::Tags).include(ClusterField::Settings);
            for it in call.send().await.unwrap().clusters.unwrap() {
                let facts = vec![
                    ("insights", it.settings()[0].value().unwrap().to_owned()),
                    ("providers", sorted(it.capacity_providers().iter().cloned())),
                    ("default", capacity(it.default_capacity_provider_strategy())),
                ];
                self.moves |= it.status() != Some("ACTIVE");
                self.see(Some(&arn), &tags(it.tags()), facts);
                // One that is made anew has the same ARN.
                self.ids.retain(|_, id| *id != arn);
            }
            running.extend(self.services(cx, &arn).await);
        }
        self.definitions(cx, &running).await;
        self.scaling(cx).await;
    }

    /// Gives the ARNs of the task definitions that they run.
    async fn services(&mut self, cx: &ReadCx, cluster: &str) -> Vec<String> {
        let mut running = Vec::new();
        for arn in all!(cx.ecs.list_services().cluster(cluster)) {
            let call = cx.ecs.describe_services().cluster(cluster).services(&arn).include(ServiceField::Tags);
            // It may go while we look.
            let Ok(found) = call.send().await else { continue };
            for it in found.services.unwrap_or_default() {
                let [primary] = it.deployments() else {
                    self.moves = true;
                    continue;
                };
                self.moves |= primary.rollout_state().unwrap().as_str() != "COMPLETED";
                self.moves |= it.running_count() != it.desired_count();
                self.see(Some(&arn), &tags(it.tags()), service(&it));
                self.made(&tags(it.tags()), it.created_at());
                running.extend(it.task_definition);
            }
        }
        running
    }

    /// Of each family the revision that its service runs, or else the newest one.
    async fn definitions(&mut self, cx: &ReadCx, running: &BTreeSet<String>) {
        let families = cx.ecs.list_task_definition_families().status(TaskDefinitionFamilyStatus::Active);
        for family in all!(families) {
            let described = async |name: &str| {
                let call = cx.ecs.describe_task_definition().task_definition(name).include(TaskDefinitionField::Tags);
                call.send().await.ok()
            };
            let Some(mut found) = described(&family).await else { continue };
            for arn in all!(cx.ecs.list_task_definitions().family_prefix(&family)) {
                if running.contains(&arn) {
                    found = described(&arn).await.unwrap_or(found);
                }
            }
            let facts = definition(found.task_definition().unwrap());
            let mut facts: Vec<_> = facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let migrated = found.tags().iter().any(|it| it.key() == Some("infractl:migrated"));
            facts.push(("migrated", if migrated { "true" } else { "" }.to_owned()));
            self.see(Some(&family), &tags(found.tags()), facts);
        }
    }

    async fn scaling(&mut self, cx: &ReadCx) {
        let scaling = &cx.autoscaling;
        for it in all!(scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs)) {
            let arn = it.scalable_target_arn().unwrap();
            let Ok(found) = scaling.list_tags_for_resource().resource_arn(arn).send().await else { continue };
            let tags: Vec<_> = found.tags.unwrap().into_iter().collect();
            let limits = format!("{}-{}", it.min_capacity(), it.max_capacity());
            self.see(Some(arn), &tags, vec![("of", it.resource_id().to_owned()), ("limits", limits)]);
            let own = |kind: &str, name: &str| {
                let part = |(key, value): &(String, String)| match key.as_str() {
                    "infractl:id" => (key.clone(), format!("{kind}/{name}.{}", value.split_once('/').unwrap().1)),
                    _ => (key.clone(), value.clone()),
                };
                let owned = |it: &(String, String)| it.0.starts_with("infractl:");
                tags.iter().filter(|it| owned(it)).map(part).collect::<Vec<_>>()
            };
            let of = it.resource_id();
            let policies = scaling.describe_scaling_policies().service_namespace(ServiceNamespace::Ecs).resource_id(of);
            for it in all!(policies) {
                if let Some(stepping) = it.step_scaling_policy_configuration() {
                    let facts = steps(stepping);
                    self.see(Some(it.policy_arn()), &own("autoscaling.step_policy", it.policy_name()), facts);
                    continue;
                }
                let tracking = it.target_tracking_scaling_policy_configuration().unwrap();
                let metric = tracking.predefined_metric_specification().unwrap();
                let facts = vec![
                    ("at", tracking.target_value().to_string()),
                    ("metric", metric.predefined_metric_type().as_str().to_owned()),
                    ("in", tracking.scale_in_cooldown().map(|it| it.to_string()).unwrap_or_default()),
                    ("out", tracking.scale_out_cooldown().map(|it| it.to_string()).unwrap_or_default()),
                    ("per", metric.resource_label().map(label).unwrap_or_default()),
                    ("only_out", if tracking.disable_scale_in() == Some(true) { "true" } else { "" }.to_owned()),
                ];
                self.see(Some(it.policy_arn()), &own("autoscaling.policy", it.policy_name()), facts);
            }
            let actions = scaling.describe_scheduled_actions().service_namespace(ServiceNamespace::Ecs).resource_id(of);
            for it in all!(actions) {
                let limits = it.scalable_target_action().unwrap();
                let facts = vec![
                    ("at", it.schedule().to_owned()),
                    ("in", it.timezone().unwrap_or_default().to_owned()),
                    ("min", limits.min_capacity().map(|it| it.to_string()).unwrap_or_default()),
                    ("max", limits.max_capacity().map(|it| it.to_string()).unwrap_or_default()),
                ];
                let tags = own("autoscaling.scheduled_action", it.scheduled_action_name());
                self.see(Some(it.scheduled_action_arn()), &tags, facts);
            }
        }
    }
}

fn steps(it: &StepScalingPolicyConfiguration) -> Vec<(&'static str, String)> {
    let step = |it: &StepAdjustment| {
        let bounds = [it.metric_interval_lower_bound(), it.metric_interval_upper_bound()];
        let bounds = bounds.map(|it| it.map(|it| it.to_string()).unwrap_or_default());
        format!("{:+} from {} to {}", it.scaling_adjustment(), bounds[0], bounds[1])
    };
    vec![
        ("by", it.adjustment_type().unwrap().as_str().to_owned()),
        ("of", it.metric_aggregation_type().unwrap().as_str().to_owned()),
        ("rest", it.cooldown().map(|it| it.to_string()).unwrap_or_default()),
        ("steps", it.step_adjustments().iter().map(step).collect::<Vec<_>>().join("; ")),
    ]
}

/// Without what is different each time.
fn label(it: &str) -> String {
    let parts: Vec<_> = it.split('/').collect();
    [0, 1, 3, 4].map(|at| parts[at]).join("/")
}

fn service(it: &Service) -> Vec<(&'static str, String)> {
    let network = it.network_configuration().unwrap().awsvpc_configuration().unwrap();
    let deployment = it.deployment_configuration().unwrap();
    let breaker = deployment.deployment_circuit_breaker().unwrap();
    let flag = |it: bool| if it { "true" } else { "" }.to_owned();
    let percent = |it: Option<i32>| it.unwrap().to_string();
    vec![
        ("count", it.desired_count().to_string()),
        ("runs", it.task_definition().unwrap().rsplit('/').next().unwrap().split(':').next().unwrap().to_owned()),
        ("on", capacity(it.capacity_provider_strategy())),
        ("in", sorted(network.subnets().iter().cloned()).replace(',', " ")),
        ("groups", sorted(network.security_groups().iter().cloned())),
        ("public", flag(network.assign_public_ip().unwrap().as_str() == "ENABLED")),
        ("platform", it.platform_version().unwrap().to_owned()),
        ("behind", sorted(it.load_balancers().iter().map(behind))),
        (
            "grace",
            it.health_check_grace_period_seconds().filter(|it| *it > 0).map(|it| it.to_string()).unwrap_or_default(),
        ),
        ("min", percent(deployment.minimum_healthy_percent())),
        ("max", percent(deployment.maximum_percent())),
        ("breaker", flag(breaker.enable())),
        ("rollback", flag(breaker.rollback())),
        ("releases", releases(deployment)),
        ("alarms", sorted(deployment.alarms().iter().flat_map(|it| it.alarm_names().iter().cloned()))),
        ("pauses", sorted(deployment.lifecycle_hooks().iter().map(pause))),
        ("exec", flag(it.enable_execute_command())),
        ("propagate", it.propagate_tags().unwrap().as_str().to_owned()),
        ("managed_tags", flag(it.enable_ecs_managed_tags())),
        ("rebalancing", flag(it.availability_zone_rebalancing().unwrap().as_str() == "ENABLED")),
    ]
}

fn behind(it: &LoadBalancer) -> String {
    let shift = it.advanced_configuration().map(|it| {
        let (other, rule) = (it.alternate_target_group_arn().unwrap(), it.production_listener_rule().unwrap());
        format!(" or {other} by {rule} and {} as {}", it.test_listener_rule().unwrap(), it.role_arn().unwrap())
    });
    let (group, container) = (it.target_group_arn().unwrap(), it.container_name().unwrap());
    format!("{group} {container} {}{}", it.container_port().unwrap(), shift.unwrap_or_default())
}

/// How releases follow each other.
fn releases(it: &DeploymentConfiguration) -> String {
    let number = |it: Option<i32>| it.unwrap_or_default();
    let canary = it
        .canary_configuration()
        .map(|it| format!(" {} % for {}", it.canary_percent().unwrap(), number(it.canary_bake_time_in_minutes())));
    let linear = it
        .linear_configuration()
        .map(|it| format!(" {} % for {}", it.step_percent().unwrap(), number(it.step_bake_time_in_minutes())));
    let step = canary.or(linear).unwrap_or_default();
    let strategy = it.strategy().map_or("ROLLING", |it| it.as_str());
    if strategy == "ROLLING" {
        String::new()
    } else {
        format!("{strategy}{step}, {}", number(it.bake_time_in_minutes()))
    }
}

fn pause(it: &DeploymentLifecycleHook) -> String {
    let timeout = it.timeout_configuration().unwrap();
    let stages: Vec<_> = it.lifecycle_stages().iter().map(|it| it.as_str()).collect();
    format!("{} {}", stages.join(" "), timeout.timeout_in_minutes().unwrap())
}

fn definition(it: &TaskDefinition) -> Named {
    let mut facts = vec![
        ("size".to_owned(), format!("{}/{}", it.cpu().unwrap(), it.memory().unwrap())),
        ("for".to_owned(), it.runtime_platform().unwrap().cpu_architecture().unwrap().as_str().to_owned()),
        ("disk".to_owned(), it.ephemeral_storage().map(|it| it.size_in_gib().to_string()).unwrap_or_default()),
        ("started by".to_owned(), it.execution_role_arn().unwrap().to_owned()),
        ("as".to_owned(), it.task_role_arn().unwrap().to_owned()),
    ];
    for container in it.container_definitions() {
        let name = container.name().unwrap();
        facts.extend(self::container(container).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
    }
    facts
}

fn container(it: &ContainerDefinition) -> Named {
    let flag = |it: Option<bool>| if it == Some(true) { "true" } else { "" }.to_owned();
    let number = |it: Option<i32>| it.map(|it| it.to_string()).unwrap_or_default();
    let check = it.health_check().map(|it| {
        let numbers = [it.interval(), it.timeout(), it.retries(), it.start_period()].map(number);
        format!("{} {}", it.command().join(" "), numbers.join("/"))
    });
    let log = it.log_configuration().and_then(|it| it.options());
    let log = log.map(|it| sorted(it.iter().map(|(key, value)| format!("{key}={value}"))));
    let depends = it.depends_on().iter().map(|it| format!("{} {}", it.container_name(), it.condition().as_str()));
    let mut facts: Named = [
        ("image", it.image().unwrap().to_owned()),
        ("entrypoint", it.entry_point().join(" ")),
        ("command", it.command().join(" ")),
        ("user", it.user().unwrap_or_default().to_owned()),
        ("folder", it.working_directory().unwrap_or_default().to_owned()),
        ("read_only", flag(it.readonly_root_filesystem())),
        ("init", flag(it.linux_parameters().and_then(|it| it.init_process_enabled()))),
        ("cpu", if it.cpu() == 0 { String::new() } else { it.cpu().to_string() }),
        ("memory", number(it.memory())),
        ("essential", flag(it.essential())),
        ("ports", sorted(it.port_mappings().iter().map(|it| number(it.container_port())))),
        ("check", check.unwrap_or_default()),
        ("after", sorted(depends)),
        ("log", log.unwrap_or_default()),
        ("stop", number(it.stop_timeout())),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    let pair = |name: &str, value: &str| (format!("${name}"), value.to_owned());
    facts.extend(it.environment().iter().map(|it| pair(it.name().unwrap(), it.value().unwrap())));
    facts.extend(it.secrets().iter().map(|it| pair(it.name(), &format!("secret {}", it.value_from()))));
    facts
}

fn capacity(all: &[aws_sdk_ecs::types::CapacityProviderStrategyItem]) -> String {
    sorted(all.iter().map(|it| format!("{} {}+{}", it.capacity_provider(), it.base(), it.weight())))
}

fn sorted(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<_> = all.collect();
    all.sort();
    all.join(",")
}

fn tags(all: &[Tag]) -> Vec<(String, String)> {
    all.iter().map(|it| (it.key().unwrap().to_owned(), it.value().unwrap().to_owned())).collect()
}
