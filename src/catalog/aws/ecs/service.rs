//! Services: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html>.
//!
//! That a service was made or changed says nothing: whether its tasks run is looked at in `rollout`.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_ecs::types::{
    AssignPublicIp, AvailabilityZoneRebalancing, AwsVpcConfiguration, CapacityProviderStrategyItem,
    DeploymentCircuitBreaker, DeploymentConfiguration, NetworkConfiguration, PropagateTags, Service as SdkService,
    ServiceField,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Capacity, built, cluster_name, found, number, promotion, rollout,
    smoke::{self, Smoke},
    strategy::{self, Pause, Strategy},
    tags,
    target::Target,
    to_sdk,
};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Surroundings, Waits, tags::Scope, value::In},
};

pub(super) const DESCRIBE: &str = "ecs:DescribeServices";
const CREATE: &str = "ecs:CreateService";
const UPDATE: &str = "ecs:UpdateService";
/// How many services a call describes:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>.
const AT_ONCE: usize = 10;
/// How many a call lists at most:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html>.
const LISTED: i32 = 100;

/// Tasks that are kept running, and started anew when they end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    /// The name of the cluster that it runs in.
    pub cluster: String,
    /// Its name, of which a cluster has one: up to 255 letters, digits, `_` and `-`.
    pub service_name: String,
    /// The revision of the task definition that serves; none if it was given up.
    pub task_definition: In<String>,
    /// How many tasks there are, where nothing else decides that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<u32>,
    /// How many tasks there are at first, where something else decides later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_count: Option<u32>,
    /// What has to be there before a task can start, such as its way to the images, by ids.
    pub after: BTreeSet<In<String>>,
    /// What its tasks run on.
    pub capacity: BTreeSet<Capacity>,
    /// The version of Fargate: `LATEST`, or one such as `1.4.0`.
    pub platform_version: String,
    /// The subnets that its tasks stand in.
    pub subnets: BTreeSet<In<String>>,
    /// The security groups around its tasks.
    pub security_groups: BTreeSet<In<String>>,
    /// Whether its tasks have public addresses.
    pub public_ip: bool,
    /// The target groups that its tasks are put into.
    pub load_balancers: BTreeSet<Target>,
    /// For how many seconds after its start nobody minds that a task is not healthy.
    pub grace_seconds: u32,
    /// How much of the tasks has to be healthy during a deployment, in percent.
    pub min_percent: u32,
    /// How many tasks there may be during a deployment, in percent.
    pub max_percent: u32,
    /// Whether a deployment is given up when its tasks do not start.
    pub circuit_breaker: bool,
    /// Whether what was there before comes back then.
    pub rollback: bool,
    /// How one revision follows another.
    pub strategy: Strategy,
    /// The names of alarms that end a deployment, so that what was there before comes back.
    pub alarms: BTreeSet<In<String>>,
    /// The stages at which a deployment waits to be told to go on.
    pub pauses: BTreeSet<Pause>,
    /// Whether a deployment waits for its new revision to be tested.
    pub untested: bool,
    /// How a new revision is tested before it gets any requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoke: Option<Smoke>,
    /// Whether commands can be run in its tasks.
    pub exec: bool,
    /// Whose tags its tasks have: `SERVICE`, `TASK_DEFINITION` or `NONE`.
    pub propagate_tags: String,
    /// Whether its tasks have tags that name the cluster and the service.
    pub managed_tags: bool,
    /// Whether its tasks are moved when one zone has more of them than another.
    pub rebalancing: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// What Application Auto Scaling calls it: `service/CLUSTER/NAME`.
    pub scalable: String,
    /// Whether its last deployment was given up, and nothing came in its place.
    pub failed: bool,
    /// The deployment that is under way.
    pub deployment: Option<Deployment>,
}

/// A deployment that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deployment {
    /// Its ARN, where it was asked for.
    pub arn: Option<String>,
    /// The hook by which it waits to be told to go on.
    pub hook: Option<String>,
}

impl Resource for Service {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Service: cluster, service_name),
        unique_by: fields!(Service: service_name),
        at_creation: fields!(Service: initial_count, after, smoke),
        stands_on: &["ecs.cluster"],
        interrupts: Some("nothing does its work"),
        // It drains for as long as its load balancer and its tasks take.
        waits: Waits::minutes(20, 20, 20).usually(120),
        quick: |it| it.get("desired_count").or_else(|| it.get("initial_count")).and_then(Value::as_u64) == Some(0),
        ..Facts::new::<Self>(
            "ecs.service",
            "tasks that are kept running",
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html",
        )
    };

    /// Until all requests have gone over, the old tasks have been watched beside the new ones, and people have agreed.
    fn deadline(&self) -> Option<Duration> {
        let agreed: u32 = self.pauses.iter().map(|it| it.minutes).sum();
        let minutes = self.strategy.minutes().saturating_add(agreed);
        Some(Self::FACTS.waits.update + Duration::from_mins(minutes.into()))
    }

    fn stages(&self, live: &Self) -> Vec<String> {
        let same = self.task_definition == live.task_definition
            && self.subnets == live.subnets
            && self.security_groups == live.security_groups
            && self.public_ip == live.public_ip
            && self.load_balancers == live.load_balancers
            && self.platform_version == live.platform_version
            && self.capacity == live.capacity;
        if same || live.strategy == Strategy::Rolling { Vec::new() } else { strategy::stages(self) }
    }

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, cluster, name) = (place, &self.cluster, &self.service_name);
        let arn = format!("arn:{partition}:ecs:{region}:{account}:service/{cluster}/{name}");
        let scalable = format!("service/{cluster}/{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("scalable".to_owned(), scalable.into())])
    }

    /// Of the tasks that it has at first, or now: how many there are later is for others to decide.
    fn monthly(&self, place: &Place, around: &dyn Surroundings) -> Option<f64> {
        let task = around.settings(&self.task_definition)?;
        // Of what is migrated first, the migration stands in between.
        let task = task.get("definition").unwrap_or(task);
        let number = |field: &str| task.get(field)?.as_f64();
        let arm = usize::from(task.get("architecture")?.as_str()? == "ARM64");
        let size = number("cpu")? / 1024.0 * prices::TASK_CORE.get(arm)?
            + number("memory")? / 1024.0 * prices::TASK_MEMORY.get(arm)?
            + (number("storage_gib")? - 20.0).max(0.0) * prices::TASK_DISK;
        let count = f64::from(self.desired_count.or(self.initial_count)?);
        prices::month(place, size * self.paid(count))
    }
}

impl Lifecycle for Service {
    /// What is wanted is asked for by its name while the list is read, which lags and leaves out what is draining.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let own = look.strays.then(|| (cluster_name(&look.scope), BTreeSet::new()));
        let mut names: BTreeMap<_, BTreeSet<_>> = own.into_iter().collect();
        for want in &look.wants {
            names.entry(want.cluster.clone()).or_default().insert(want.service_name.clone());
        }
        let found = try_join_all(names.iter().map(|(cluster, wanted)| in_cluster(cx, look, cluster, wanted))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let targets = want.load_balancers.iter().map(Target::to_sdk).collect();
        let call = cx
            .ecs
            .create_service()
            .client_token(&new.token)
            .cluster(&want.cluster)
            .service_name(&want.service_name)
            .task_definition(want.task_definition.get())
            .desired_count(number(want.desired_count.or(want.initial_count).unwrap_or(1)))
            .set_capacity_provider_strategy(Some(want.capacity(CREATE)?))
            .platform_version(&want.platform_version)
            .network_configuration(want.network(CREATE)?)
            .set_load_balancers(Some(targets))
            .set_health_check_grace_period_seconds((want.grace_seconds > 0).then(|| number(want.grace_seconds)))
            .deployment_configuration(want.first().deployment(CREATE)?)
            .enable_execute_command(want.exec)
            .propagate_tags(PropagateTags::from(want.propagate_tags.as_str()))
            .enable_ecs_managed_tags(want.managed_tags)
            .availability_zone_rebalancing(want.rebalancing())
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during(CREATE).map(drop)
    }

    /// Sends what changed only: a number of tasks that nobody asked for would undo what autoscaling did.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if let (true, Some(deployment)) = (changed.any(fields!(Service: untested)), &live.out.deployment) {
            return smoke::test(cx, want.smoke.as_ref(), deployment).await;
        }
        let mut call = cx.ecs.update_service().cluster(&live.state.cluster).service(&live.state.service_name);
        if changed.any(fields!(Service: task_definition)) {
            call = call.task_definition(want.task_definition.get());
        }
        if let (true, Some(count)) = (changed.any(fields!(Service: desired_count)), want.desired_count) {
            call = call.desired_count(number(count));
        }
        if changed.any(fields!(Service: capacity)) {
            call = call.set_capacity_provider_strategy(Some(want.capacity(UPDATE)?));
        }
        // What was given up is not begun again by itself, nor does another capacity begin anything.
        if live.out.failed || changed.any(fields!(Service: capacity)) {
            call = call.force_new_deployment(true);
        }
        if changed.any(fields!(Service: platform_version)) {
            call = call.platform_version(&want.platform_version);
        }
        if changed.any(fields!(Service: subnets, security_groups, public_ip)) {
            call = call.network_configuration(want.network(UPDATE)?);
        }
        if changed.any(fields!(Service: load_balancers)) {
            call = call.set_load_balancers(Some(want.load_balancers.iter().map(Target::to_sdk).collect()));
        }
        if changed.any(fields!(Service: grace_seconds)) {
            call = call.health_check_grace_period_seconds(number(want.grace_seconds));
        }
        // A strategy that shifts requests needs a revision that can be shifted, and no deployment under way
        // (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-rolling-to-bluegreen.html>).
        let shifts = want.strategy != Strategy::Rolling && live.state.strategy == Strategy::Rolling;
        let early = shifts && (live.out.deployment.is_some() || changed.any(fields!(Service: load_balancers)));
        let fields = fields!(Service: min_percent, max_percent, circuit_breaker, rollback, strategy, alarms, pauses);
        if changed.any(fields) && !early {
            call = call.deployment_configuration(want.deployment(UPDATE)?);
        }
        if changed.any(fields!(Service: exec)) {
            call = call.enable_execute_command(want.exec);
        }
        if changed.any(fields!(Service: propagate_tags)) {
            call = call.propagate_tags(PropagateTags::from(want.propagate_tags.as_str()));
        }
        if changed.any(fields!(Service: managed_tags)) {
            call = call.enable_ecs_managed_tags(want.managed_tags);
        }
        if changed.any(fields!(Service: rebalancing)) {
            call = call.availability_zone_rebalancing(want.rebalancing());
        }
        call.send().await.during(UPDATE).map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Service { cluster, service_name: name, .. } = &live.state;
        let call = cx.ecs.update_service().cluster(cluster).service(name).desired_count(0);
        call.send().await.during(UPDATE).or_done()?;
        let call = cx.ecs.delete_service().cluster(cluster).service(name).force(true);
        call.send().await.during("ecs:DeleteService").or_done()
    }

    /// Tasks that are replaced a few at a time are past the point of no return when the first one is.
    async fn take_back(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let arn = live.out.deployment.as_ref().and_then(|it| it.arn.as_ref());
        let Some(arn) = arn else { return Ok(()) };
        promotion::go_back(cx, arn).await
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

impl Service {
    /// The same without what people have to agree to: of a first release, nobody has anything to lose. An update says that.
    fn first(&self) -> Self {
        let pauses = self.pauses.iter().filter(|it| it.stage == Pause::TESTED).cloned().collect();
        Self { pauses, ..self.clone() }
    }

    /// As how many tasks on demand `count` tasks are paid.
    fn paid(&self, count: f64) -> f64 {
        let base: u32 = self.capacity.iter().map(|it| it.base).sum();
        let weight = |spot: bool| {
            let of = self.capacity.iter().filter(|it| (it.provider == Capacity::SPOT) == spot);
            f64::from(of.map(|it| it.weight).sum::<u32>())
        };
        let all = weight(true) + weight(false);
        let spare = if all > 0.0 { weight(true) / all * (count - f64::from(base)).max(0.0) } else { 0.0 };
        count - spare * (1.0 - prices::TASK_SPOT)
    }

    fn capacity(&self, call: &str) -> Result<Vec<CapacityProviderStrategyItem>> {
        self.capacity.iter().map(|it| it.to_sdk(call)).collect()
    }

    fn network(&self, call: &str) -> Result<NetworkConfiguration> {
        let ids = |it: &BTreeSet<In<String>>| Some(it.iter().map(|it| it.get().clone()).collect());
        let public = if self.public_ip { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled };
        let vpc = AwsVpcConfiguration::builder().set_subnets(ids(&self.subnets));
        let vpc = vpc.set_security_groups(ids(&self.security_groups)).assign_public_ip(public);
        Ok(NetworkConfiguration::builder().awsvpc_configuration(built(call, vpc.build())?).build())
    }

    fn deployment(&self, call: &str) -> Result<DeploymentConfiguration> {
        let breaker = DeploymentCircuitBreaker::builder().enable(self.circuit_breaker).rollback(self.rollback);
        let configuration = strategy::configured(&self.strategy, &self.alarms, &self.pauses, call)?
            .minimum_healthy_percent(number(self.min_percent))
            .maximum_percent(number(self.max_percent))
            .deployment_circuit_breaker(breaker.build());
        Ok(configuration.build())
    }

    fn rebalancing(&self) -> AvailabilityZoneRebalancing {
        if self.rebalancing { AvailabilityZoneRebalancing::Enabled } else { AvailabilityZoneRebalancing::Disabled }
    }
}

/// The services of a cluster that concern the look.
async fn in_cluster(
    cx: &ReadCx,
    look: &Look<Service>,
    cluster: &str,
    wanted: &BTreeSet<String>,
) -> Result<Vec<Live<Service>>> {
    let (mut services, listed) = tokio::try_join!(
        described(cx, cluster, wanted),
        async { if look.strays { listed(cx, cluster).await } else { Ok(Vec::new()) } }, //
    )?;
    let others: BTreeSet<_> = listed.into_iter().filter(|it| !wanted.contains(it)).collect();
    services.extend(described(cx, cluster, &others).await?);
    let concerns = |it: &&SdkService| {
        it.service_name().is_some_and(|it| wanted.contains(it)) || look.scope.address(&tags(it.tags())).is_some()
    };
    let lives = services.iter().filter(concerns).map(|it| async {
        let want = look.wants.iter().find(|want| Some(want.service_name.as_str()) == it.service_name());
        live(cx, cluster, it, want).await
    });
    Ok(try_join_all(lives).await?.into_iter().flatten().collect())
}

async fn listed(cx: &ReadCx, cluster: &str) -> Result<Vec<String>> {
    let call = cx.ecs.list_services().cluster(cluster).max_results(LISTED);
    let pages = call.into_paginator().items().send();
    let arns: Result<Vec<String>, _> = pages.collect().await;
    let arns = arns.during("ecs:ListServices").or_absent()?.unwrap_or_default();
    Ok(arns.iter().filter_map(|it| it.rsplit('/').next()).map(str::to_owned).collect())
}

/// Those of the services called `names` that are of `scope` and not on their way out.
pub(super) async fn own(
    cx: &ReadCx,
    scope: &Scope,
    cluster: &str,
    names: &BTreeSet<String>,
) -> Result<Vec<SdkService>> {
    let found = described(cx, cluster, names).await?.into_iter();
    let own = |it: &SdkService| it.status() == Some("ACTIVE") && scope.address(&tags(it.tags())).is_some();
    Ok(found.filter(own).collect())
}

pub(super) async fn described(cx: &ReadCx, cluster: &str, names: &BTreeSet<String>) -> Result<Vec<SdkService>> {
    let names: Vec<_> = names.iter().cloned().collect();
    let asked = names.chunks(AT_ONCE).map(|names| async {
        let call = cx.ecs.describe_services().cluster(cluster).set_services(Some(names.to_vec()));
        let answer = call.include(ServiceField::Tags).send().await.during(DESCRIBE).or_absent()?;
        let Some(answer) = answer else { return Ok(Vec::new()) };
        found(DESCRIBE, answer.failures())?;
        Ok(answer.services.unwrap_or_default())
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// `None` if it is gone: ECS goes on describing it.
async fn live(
    cx: &ReadCx,
    cluster: &str,
    service: &SdkService,
    want: Option<&Service>,
) -> Result<Option<Live<Service>>> {
    if service.status() == Some("INACTIVE") {
        return Ok(None);
    }
    let mut state = state(cluster, service)?;
    let (status, deployment) = rollout::status(cx, service, want, &state).await?;
    state.untested = deployment.as_ref().is_some_and(|it| it.hook.is_some());
    let failed = rollout::failed(service);
    if failed {
        state.task_definition = "".into();
    }
    let out = Out {
        arn: service.service_arn().ok_or_else(|| ApiError::incomplete(DESCRIBE, "ARN"))?.to_owned(),
        scalable: format!("service/{cluster}/{}", state.service_name),
        failed,
        deployment,
    };
    Ok(Some(Live { state, out, tags: tags(service.tags()), status }))
}

fn state(cluster: &str, it: &SdkService) -> Result<Service> {
    let deployment = it.deployment_configuration();
    let breaker = deployment.and_then(DeploymentConfiguration::deployment_circuit_breaker);
    let percent = |of: fn(&DeploymentConfiguration) -> Option<i32>, default: u32| {
        deployment.and_then(of).map_or(default, i32::unsigned_abs)
    };
    let network = it.network_configuration().and_then(NetworkConfiguration::awsvpc_configuration);
    let ids = |of: fn(&AwsVpcConfiguration) -> &[String]| {
        network.map(of).unwrap_or_default().iter().map(|it| it.as_str().into()).collect()
    };
    Ok(Service {
        cluster: cluster.to_owned(),
        service_name: it.service_name().ok_or_else(|| ApiError::incomplete(DESCRIBE, "service name"))?.to_owned(),
        task_definition: it.task_definition().unwrap_or_default().into(),
        desired_count: Some(it.desired_count().unsigned_abs()),
        initial_count: None,
        after: BTreeSet::new(),
        capacity: it.capacity_provider_strategy().iter().map(Capacity::of).collect(),
        platform_version: it.platform_version().unwrap_or("LATEST").to_owned(),
        subnets: ids(AwsVpcConfiguration::subnets),
        security_groups: ids(AwsVpcConfiguration::security_groups),
        public_ip: network.and_then(AwsVpcConfiguration::assign_public_ip) == Some(&AssignPublicIp::Enabled),
        load_balancers: it.load_balancers().iter().filter_map(Target::of).collect(),
        grace_seconds: it.health_check_grace_period_seconds().map_or(0, i32::unsigned_abs),
        min_percent: percent(DeploymentConfiguration::minimum_healthy_percent, 100),
        max_percent: percent(DeploymentConfiguration::maximum_percent, 200),
        circuit_breaker: breaker.is_some_and(DeploymentCircuitBreaker::enable),
        rollback: breaker.is_some_and(DeploymentCircuitBreaker::rollback),
        strategy: strategy::strategy(deployment),
        alarms: strategy::alarms(deployment),
        pauses: strategy::pauses(deployment),
        untested: false,
        smoke: None,
        exec: it.enable_execute_command(),
        propagate_tags: it.propagate_tags().map_or("NONE", PropagateTags::as_str).to_owned(),
        managed_tags: it.enable_ecs_managed_tags(),
        rebalancing: it.availability_zone_rebalancing() == Some(&AvailabilityZoneRebalancing::Enabled),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/shop-prod/api";

    /// As ECS describes one that was made with nothing but what it needs.
    #[test]
    fn what_is_left_out_is_as_ecs_has_it() {
        let vpc = AwsVpcConfiguration::builder().subnets("subnet-2").subnets("subnet-1").security_groups("sg-1");
        let network = NetworkConfiguration::builder().awsvpc_configuration(vpc.build().unwrap()).build();
        let sdk = SdkService::builder().service_name("api").service_arn(ARN).network_configuration(network);
        let state = state("shop-prod", &sdk.build()).unwrap();
        assert_eq!((state.min_percent, state.max_percent), (100, 200));
        assert_eq!((state.platform_version.as_str(), state.propagate_tags.as_str()), ("LATEST", "NONE"));
        assert!(!state.circuit_breaker && !state.rollback && !state.public_ip && !state.exec && !state.rebalancing);
        assert_eq!(state.subnets, ["subnet-1".into(), "subnet-2".into()].into());
        assert_eq!((state.grace_seconds, state.capacity.len(), state.load_balancers.len()), (0, 0, 0));
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        let mixed = Service {
            capacity: [
                Capacity { provider: Capacity::FARGATE.into(), base: 1, weight: 1 },
                Capacity { provider: Capacity::SPOT.into(), base: 0, weight: 3 },
            ]
            .into(),
            ..state.clone()
        };
        assert!((mixed.paid(5.0) - 2.9).abs() < 1e-9 && (state.paid(5.0) - 5.0).abs() < 1e-9);
        let foretold = state.foretell(&place);
        assert_eq!(foretold["arn"], ARN);
        assert_eq!(foretold["scalable"], "service/shop-prod/api");
    }
}
