//! Services: each a task definition, the roles and the log group that it needs, and what keeps its tasks running.

mod containers;
mod roles;
mod scaling;
mod shifting;

use std::collections::BTreeSet;

use super::{
    load_balancer::{self, Routed},
    naming::fit,
    stack::{Net, Stack, any_tcp, group_id},
};
use crate::{
    catalog::aws::{
        ec2::{
            route_table::RouteTable,
            security_group_rules::{Peer, SecurityGroupRules},
            vpc_endpoint::VpcEndpoint,
        },
        ecs::{
            Capacity,
            cluster::Cluster,
            cluster_name,
            migration::Migration,
            service::Service,
            target::{Shift, Target},
            task_definition::TaskDefinition,
        },
        elb::target_group::TargetGroup,
        iam::role::Role,
        logs::log_group::LogGroup,
    },
    field,
    resource::{
        Resource,
        graph::Handle,
        value::{Address, In, OutRef},
    },
    spec::model::{self, Architecture, CapacityShare, Insights, Route, Tier},
};

const CLUSTER: &str = "cluster";
/// The largest name that a cluster, a service and a family may have
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>).
const NAME_LIMIT: usize = 255;

/// What the parts of one service share.
struct Parts<'a> {
    name: &'a str,
    /// Such as `services.api`.
    component: String,
    spec: &'a model::Service,
    net: Net,
    log_group: Handle<LogGroup>,
}

pub(super) fn services(stack: &mut Stack<'_>) {
    if !stack.spec.has_cluster() {
        return;
    }
    cluster(stack);
    // Services may refer to each other, in whatever order they stand.
    for (name, it) in &stack.spec.services {
        tell(stack, name.as_str(), it.route.as_ref());
    }
    let Some(net) = stack.net.clone() else { return };
    let spec = stack.spec;
    for (name, spec) in &spec.services {
        let (name, component) = (name.as_str(), format!("services.{name}"));
        let group = LogGroup { log_group_name: log_group(stack, name), retention_days: Some(spec.logs.days().into()) };
        let log_group = stack.graph.add(&component, &component, &group);
        let parts = Parts { name, component, spec, net: net.clone(), log_group };
        service(stack, &parts);
    }
}

fn cluster(stack: &mut Stack<'_>) {
    let spec = stack.spec.cluster.clone().unwrap_or_default();
    let cluster = Cluster {
        cluster_name: cluster_name(&stack.graph.scope),
        insights: match spec.insights {
            Insights::Disabled => "disabled",
            Insights::Enabled => "enabled",
            Insights::Enhanced => "enhanced",
        }
        .into(),
        capacity_providers: [Capacity::FARGATE, Capacity::SPOT].map(String::from).into(),
        default_capacity: capacity(spec.spot),
    };
    let cluster = stack.graph.add(CLUSTER, "main", &cluster);
    stack.give(CLUSTER, "name", cluster.out(field!(name)));
    stack.give(CLUSTER, "arn", cluster.out(field!(arn)));
}

/// What others may refer to: it follows from the service's name alone.
fn tell(stack: &mut Stack<'_>, name: &str, route: Option<&Route>) {
    let component = format!("services.{name}");
    stack.give(&component, "name", name);
    stack.give(&component, "arn", out::<Service>(name, "arn"));
    stack.give(&component, "task_definition", out::<TaskDefinition>(name, "arn"));
    stack.give(&component, "security_group", group_id(&component));
    stack.give(&component, "log_group", out::<LogGroup>(&component, "name"));
    stack.give(&component, "role_arn", out::<Role>(&roles::task_name(&component), "arn"));
    if let Some(route) = route {
        stack.give(&component, "target_group", out::<TargetGroup>(name, "arn"));
        load_balancer::tell_route(stack, &component, route);
    }
}

fn service(stack: &mut Stack<'_>, parts: &Parts<'_>) {
    let Parts { name, component, spec, net, .. } = parts;
    let group = stack.group(component, &format!("The service {name}"));
    let routed = load_balancer::route(stack, name, spec);
    let mut ingress = spec.port.map(|port| stack.ingress_of_users(component, port)).unwrap_or_default();
    // A release may have another port than the one before, which is asked until the new one serves.
    ingress.extend(routed.as_ref().map(|_| any_tcp(Peer::Group(group_id(load_balancer::COMPONENT)))));
    stack.allow(component, ingress);
    let definition = definition(stack, parts);
    let task_definition = stack.graph.add(component, name, &definition).out(field!(arn));
    let (tier, public_ip) = place(stack.spec, spec);
    let subnets: BTreeSet<_> = net.tier(tier).into_iter().collect();
    let place = Place { subnets, security_groups: [group].into(), public_ip };
    let task_definition = match &spec.deploy.migrate {
        None => task_definition,
        Some(it) => migrated(stack, parts, it, definition, task_definition, &place),
    };
    let Place { subnets, security_groups, public_ip } = place;
    let count = spec.first_count();
    let service = Service {
        cluster: cluster_name(&stack.graph.scope),
        service_name: (*name).to_owned(),
        task_definition,
        desired_count: spec.scale.is_none().then_some(count),
        initial_count: spec.scale.is_some().then_some(count),
        after: routed.iter().flat_map(|it| it.rules.clone()).chain(ground(stack)).collect(),
        capacity: capacity(spec.spot.or_else(|| stack.spec.cluster.as_ref()?.spot)),
        platform_version: "LATEST".into(),
        subnets,
        security_groups,
        public_ip,
        load_balancers: routed.iter().filter_map(|it| target(stack, parts, it)).collect(),
        grace_seconds: if routed.is_some() { spec.health().grace.seconds() } else { 0 },
        min_percent: spec.deploy.min,
        max_percent: spec.deploy.max,
        circuit_breaker: spec.deploy.circuit_breaker,
        rollback: spec.deploy.circuit_breaker,
        strategy: shifting::strategy(&spec.deploy),
        alarms: shifting::alarms(&spec.deploy),
        pauses: shifting::pauses(&spec.deploy),
        untested: false,
        smoke: routed.as_ref().and_then(|it| shifting::smoke(stack, spec, it)),
        exec: spec.exec,
        propagate_tags: "SERVICE".into(),
        managed_tags: true,
        // It starts the new task before it stops the old one.
        rebalancing: spec.deploy.max > 100,
    };
    let service = stack.graph.add(component, name, &service);
    scaling::scaling(stack, parts, &service, routed.as_ref());
}

/// Where tasks stand.
struct Place {
    subnets: BTreeSet<In<String>>,
    security_groups: BTreeSet<In<String>>,
    public_ip: bool,
}

/// The revision that may serve: the one for which what has to be done once was done.
fn migrated(
    stack: &mut Stack<'_>,
    parts: &Parts<'_>,
    spec: &model::Migrate,
    definition: TaskDefinition,
    task_definition: In<String>,
    place: &Place,
) -> In<String> {
    let migration = Migration {
        definition,
        task_definition,
        unrecorded: false,
        cluster: cluster_name(&stack.graph.scope),
        container: parts.name.to_owned(),
        command: spec.command.clone(),
        subnets: place.subnets.clone(),
        security_groups: place.security_groups.clone(),
        public_ip: place.public_ip,
        log_group: parts.log_group.out(field!(name)),
        timeout_seconds: spec.timeout.seconds(),
        after: ground(stack),
    };
    stack.graph.add(&parts.component, parts.name, &migration).out(field!(arn))
}

/// What of a task takes requests.
fn target(stack: &mut Stack<'_>, parts: &Parts<'_>, routed: &Routed) -> Option<Target> {
    let shift = routed.shifted.as_ref().map(|it| Shift {
        alternate: it.alternate.clone(),
        rule: it.rule.clone(),
        test_rule: Some(it.test_rule.clone()),
        role: roles::shifting(stack, parts, &routed.target_group, it),
    });
    Some(Target {
        target_group: routed.target_group.clone(),
        container: parts.name.to_owned(),
        port: parts.spec.port?,
        shift,
    })
}

fn definition(stack: &mut Stack<'_>, parts: &Parts<'_>) -> TaskDefinition {
    let spec = parts.spec;
    let containers = containers::containers(stack, parts);
    let (execution_role, task_role) = roles::roles(stack, parts, &containers);
    TaskDefinition {
        family: fit(&format!("{}-{}", stack.graph.scope.prefix(), parts.name), NAME_LIMIT),
        cpu: spec.cpu,
        memory: spec.memory(),
        architecture: match spec.architecture {
            Architecture::X86 => "X86_64",
            Architecture::Arm => "ARM64",
        }
        .into(),
        storage_gib: spec.storage,
        execution_role,
        task_role,
        containers,
    }
}

/// Where tasks stand, and whether they have addresses of their own: without a way out they would not get their image.
pub(super) fn place(stack: &crate::spec::Spec, spec: &model::Service) -> (Tier, bool) {
    let network = stack.network.as_ref();
    let private = network.is_none_or(|it| it.reaches_out(Tier::Private));
    let tier = spec.tier.unwrap_or(if private { Tier::Private } else { Tier::Public });
    (tier, spec.public_ip.unwrap_or(tier == Tier::Public))
}

fn capacity(spot: Option<CapacityShare>) -> BTreeSet<Capacity> {
    let of = |provider: &str, base, weight| Capacity { provider: provider.into(), base, weight };
    match spot {
        None => [of(Capacity::FARGATE, 0, 1)].into(),
        Some(CapacityShare { base: 0, weight, on_demand: 0 }) => [of(Capacity::SPOT, 0, weight)].into(),
        Some(CapacityShare { base, weight, on_demand }) => {
            [of(Capacity::FARGATE, base, on_demand), of(Capacity::SPOT, 0, weight)].into()
        }
    }
}

/// What tasks run in, and reach their images and what they work with through: those that start without it fail, and so does
/// their deployment.
fn ground(stack: &Stack<'_>) -> BTreeSet<In<String>> {
    let kinds = [RouteTable::FACTS.kind, SecurityGroupRules::FACTS.kind, VpcEndpoint::FACTS.kind];
    let all = stack.graph.nodes.keys().filter(|it| kinds.contains(&it.kind()));
    let ways_out = all.map(|it| In::Out(OutRef { from: it.clone(), out: "id".into() }));
    ways_out.chain([out::<Cluster>("main", "arn")]).collect()
}

/// The log group of a service.
fn log_group(stack: &Stack<'_>, name: &str) -> String {
    format!("{}services/{name}", stack.graph.scope.path())
}

/// An output of a resource that may be declared only later.
fn out<R: Resource>(name: &str, out: &str) -> In<String> {
    In::Out(OutRef { from: Address::new(R::FACTS.kind, name), out: out.into() })
}
