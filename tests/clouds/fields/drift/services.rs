//! Services, what their tasks are, and the cluster.

use std::time::Duration;

use aws_sdk_ecs::{
    operation::{
        register_task_definition::builders::RegisterTaskDefinitionFluentBuilder,
        update_service::builders::UpdateServiceFluentBuilder,
    },
    types::{
        AssignPublicIp, AvailabilityZoneRebalancing, AwsVpcConfiguration, CapacityProviderStrategyItem, ClusterSetting,
        ClusterSettingName, ContainerDefinition, CpuArchitecture, DeploymentCircuitBreaker, DeploymentConfiguration,
        EphemeralStorage, KeyValuePair, NetworkConfiguration, OsFamily, PropagateTags, RuntimePlatform, Tag,
        TaskDefinitionField,
    },
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const CLUSTER: &str = "shop-default";
const FAMILY: &str = "shop-default-api";
const ARN: &str = "arn:aws:ecs:eu-central-1";
const SERVICE: &str = "update ecs.service/api: task_definition";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["
network: { zones: 2, tiers: [public], security_groups: { mine: {} } }
services: { api: { image: 'web:1', environment: { A: '1' } }, other: { image: 'web:1', count: 0 } }
"],
    drifts: &[
        drift(
            "another image",
            &["update ecs.task_definition/api: containers.api.image", SERVICE],
            by!(it => it.container(|it| it.image = Some("evil:1".into())).await),
        ),
        drift(
            "another variable",
            &["update ecs.task_definition/api: containers.api.environment.B", SERVICE],
            by!(it => it.container(|it| {
                let pair = KeyValuePair::builder().name("B").value("2").build();
                it.environment.get_or_insert_default().push(pair);
            }).await),
        ),
        drift(
            "another size",
            &["update ecs.task_definition/api: cpu, memory", SERVICE],
            by!(it => it.revise(|it| it.cpu("512").memory("1024")).await),
        ),
        drift(
            "another architecture",
            &["update ecs.task_definition/api: architecture", SERVICE],
            by!(it => it.revise(|it| {
                let platform = RuntimePlatform::builder().cpu_architecture(CpuArchitecture::Arm64);
                it.runtime_platform(platform.operating_system_family(OsFamily::Linux).build())
            }).await),
        ),
        drift(
            "another disk",
            &["update ecs.task_definition/api: storage_gib", SERVICE],
            by!(it => it.revise(|it| {
                it.ephemeral_storage(EphemeralStorage::builder().size_in_gib(30).build())
            }).await),
        ),
        drift(
            "other roles",
            &["update ecs.task_definition/api: execution_role, task_role", SERVICE],
            by!(it => {
                let all = it.cx.iam.list_roles().send().await.unwrap().roles;
                let other = all.iter().find(|it| it.role_name().ends_with("-other-execution")).unwrap();
                it.roles(other.arn()).await;
            }),
        ),
        drift(
            "no task definition",
            &["create ecs.task_definition/api", SERVICE],
            by!(it => {
                let ecs = &it.cx.ecs;
                let all = ecs.list_task_definitions().family_prefix(FAMILY).send().await.unwrap();
                for arn in all.task_definition_arns() {
                    ecs.deregister_task_definition().task_definition(arn).send().await.unwrap();
                }
            }),
        ),
        drift(
            "another number of tasks",
            &["update ecs.service/api: desired_count"],
            by!(it => it.update(|it| it.desired_count(2)).await),
        ),
        drift(
            "spare capacity",
            &["update ecs.service/api: capacity"],
            by!(it => it.update(|it| {
                it.capacity_provider_strategy(item("FARGATE_SPOT")).force_new_deployment(true)
            }).await),
        ),
        drift(
            "another version of Fargate",
            &["update ecs.service/api: platform_version"],
            by!(it => it.update(|it| it.platform_version("1.4.0")).await),
        ),
        drift(
            "fewer subnets",
            &["update ecs.service/api: subnets"],
            by!(it => it.network("ec2.security_group/services.api", &["a"], true).await),
        ),
        drift(
            "another security group",
            &["update ecs.service/api: security_groups"],
            by!(it => it.network("ec2.security_group/mine", &["a", "b"], true).await),
        ),
        drift(
            "no public address",
            // Its tasks would not come up.
            &["update ecs.service/api: desired_count, public_ip"],
            by!(it => {
                it.update(|it| it.desired_count(0)).await;
                it.network("ec2.security_group/services.api", &["a", "b"], false).await;
            }),
        ),
        drift(
            "other limits for deployments",
            &["update ecs.service/api: min_percent, max_percent"],
            by!(it => it.deployment(50, 300, true, true).await),
        ),
        drift(
            "no circuit breaker",
            &["update ecs.service/api: circuit_breaker, rollback"],
            by!(it => it.deployment(100, 200, false, false).await),
        ),
        drift(
            "no rollback",
            &["update ecs.service/api: rollback"],
            by!(it => it.deployment(100, 200, true, false).await),
        ),
        drift(
            "commands in tasks",
            &["update ecs.service/api: exec"],
            by!(it => it.update(|it| it.enable_execute_command(true)).await),
        ),
        drift(
            "tags of the task definition",
            &["update ecs.service/api: propagate_tags"],
            by!(it => it.update(|it| it.propagate_tags(PropagateTags::TaskDefinition)).await),
        ),
        drift(
            "no tags of the cluster",
            &["update ecs.service/api: managed_tags"],
            by!(it => it.update(|it| it.enable_ecs_managed_tags(false)).await),
        ),
        drift(
            "tasks that stay where they are",
            &["update ecs.service/api: rebalancing"],
            by!(it => it.update(|it| it.availability_zone_rebalancing(AvailabilityZoneRebalancing::Disabled)).await),
        ),
        drift(
            "a tag of the service",
            &["update ecs.service/api: tags.mine"],
            by!(it => {
                let account = it.account().await;
                it.mark(&format!("{ARN}:{account}:service/{CLUSTER}/api")).await;
            }),
        ),
        drift("no service", &["create ecs.service/api"], by!(it => it.gone("api").await)),
        drift(
            "a closer watch",
            &["update ecs.cluster/main: insights"],
            by!(it => {
                let setting = ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value("enabled");
                let call = it.cx.ecs.update_cluster_settings().cluster(CLUSTER).settings(setting.build());
                call.send().await.unwrap();
            }),
        ),
        drift(
            "no spare capacity",
            &["update ecs.cluster/main: capacity_providers"],
            by!(it => {
                let call = it.cx.ecs.put_cluster_capacity_providers().cluster(CLUSTER).capacity_providers("FARGATE");
                call.default_capacity_provider_strategy(item("FARGATE")).send().await.unwrap();
            }),
        ),
        drift(
            "spare capacity for what does not say",
            &["update ecs.cluster/main: default_capacity"],
            by!(it => {
                let call = it.cx.ecs.put_cluster_capacity_providers().cluster(CLUSTER).capacity_providers("FARGATE");
                let call = call.capacity_providers("FARGATE_SPOT");
                call.default_capacity_provider_strategy(item("FARGATE_SPOT")).send().await.unwrap();
            }),
        ),
        drift(
            "a tag of the cluster",
            &["update ecs.cluster/main: tags.mine"],
            by!(it => {
                let account = it.account().await;
                it.mark(&format!("{ARN}:{account}:cluster/{CLUSTER}")).await;
            }),
        ),
        drift(
            "no cluster",
            &["create ecs.cluster/main", "create ecs.service/api", "create ecs.service/other"],
            by!(it => {
                it.gone("api").await;
                it.gone("other").await;
                it.cx.ecs.delete_cluster().cluster(CLUSTER).send().await.unwrap();
            }),
        ),
    ],
};

/// All of it on one provider.
fn item(provider: &str) -> CapacityProviderStrategyItem {
    CapacityProviderStrategyItem::builder().capacity_provider(provider).weight(1).build().unwrap()
}

impl Hands {
    async fn account(&self) -> String {
        self.cx.read.sts.get_caller_identity().send().await.unwrap().account.unwrap()
    }

    async fn mark(&self, arn: &str) {
        let tag = Tag::builder().key("mine").value("1").build();
        self.cx.ecs.tag_resource().resource_arn(arn).tags(tag).send().await.unwrap();
    }

    async fn newest(&self) -> String {
        let found = self.cx.ecs.describe_task_definition().task_definition(FAMILY).send().await.unwrap();
        found.task_definition.unwrap().task_definition_arn.unwrap()
    }

    /// Registers the newest revision again, otherwise, and lets the service have it.
    async fn revise(
        &self,
        change: impl FnOnce(RegisterTaskDefinitionFluentBuilder) -> RegisterTaskDefinitionFluentBuilder,
    ) {
        self.register(change).await;
        let newest = self.newest().await;
        self.update(|it| it.task_definition(newest)).await;
    }

    async fn register(
        &self,
        change: impl FnOnce(RegisterTaskDefinitionFluentBuilder) -> RegisterTaskDefinitionFluentBuilder,
    ) {
        let call = self.cx.ecs.describe_task_definition().task_definition(FAMILY).include(TaskDefinitionField::Tags);
        let found = call.send().await.unwrap();
        let it = found.task_definition.unwrap();
        let call = self
            .cx
            .ecs
            .register_task_definition()
            .family(FAMILY)
            .set_cpu(it.cpu)
            .set_memory(it.memory)
            .set_network_mode(it.network_mode)
            .set_requires_compatibilities(it.requires_compatibilities)
            .set_runtime_platform(it.runtime_platform)
            .set_ephemeral_storage(it.ephemeral_storage)
            .set_execution_role_arn(it.execution_role_arn)
            .set_task_role_arn(it.task_role_arn)
            .set_container_definitions(it.container_definitions)
            .set_tags(found.tags);
        let earlier =
            self.cx.ecs.list_task_definitions().family_prefix(FAMILY).send().await.unwrap().task_definition_arns;
        change(call).send().await.unwrap();
        // One that is as wanted would be taken again.
        for arn in earlier.unwrap_or_default() {
            self.cx.ecs.deregister_task_definition().task_definition(arn).send().await.unwrap();
        }
    }

    async fn container(&self, change: impl FnOnce(&mut ContainerDefinition)) {
        let found = self.cx.ecs.describe_task_definition().task_definition(FAMILY).send().await.unwrap();
        let mut container = found.task_definition.unwrap().container_definitions.unwrap().remove(0);
        change(&mut container);
        self.revise(|it| it.set_container_definitions(Some(vec![container]))).await;
    }

    /// Roles of which one may not do what it has to: the service is not told of them.
    async fn roles(&self, role: &str) {
        self.register(|it| it.execution_role_arn(role).task_role_arn(role)).await;
    }

    async fn update(&self, change: impl FnOnce(UpdateServiceFluentBuilder) -> UpdateServiceFluentBuilder) {
        let call = self.cx.ecs.update_service().cluster(CLUSTER).service("api");
        change(call).send().await.unwrap();
    }

    async fn network(&self, group: &str, zones: &[&str], public: bool) {
        let subnets = zones.iter().map(|it| self.id(&format!("ec2.subnet/public-{it}")).to_owned()).collect();
        let public = if public { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled };
        let vpc = AwsVpcConfiguration::builder().set_subnets(Some(subnets)).security_groups(self.id(group));
        let vpc = vpc.assign_public_ip(public).build().unwrap();
        let network = NetworkConfiguration::builder().awsvpc_configuration(vpc).build();
        self.update(|it| it.network_configuration(network)).await;
    }

    async fn deployment(&self, min: i32, max: i32, breaker: bool, rollback: bool) {
        let breaker = DeploymentCircuitBreaker::builder().enable(breaker).rollback(rollback).build();
        let it = DeploymentConfiguration::builder().minimum_healthy_percent(min).maximum_percent(max);
        let it = it.deployment_circuit_breaker(breaker).build();
        self.update(|call| call.deployment_configuration(it)).await;
    }

    async fn gone(&self, service: &str) {
        self.cx.ecs.delete_service().cluster(CLUSTER).service(service).force(true).send().await.unwrap();
        loop {
            let found = self.cx.ecs.describe_services().cluster(CLUSTER).services(service).send().await.unwrap();
            if found.services().iter().all(|it| it.status() == Some("INACTIVE")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
