//! Target groups and rules, as routes to services make them.

use std::collections::BTreeSet;

use infractl::{
    catalog::aws::elb::{
        rule::{Rule, Weight},
        target_group::{HealthCheck, TargetGroup},
    },
    resource::{
        graph::{Graph, Handle},
        value::{Address, In, OutRef},
    },
};

/// A route: its name, its host, its path, and its rule's priority.
pub(crate) type Route = (&'static str, &'static str, &'static str, u32);

/// A target group and a rule on the listener called `listener` for each route, the target groups edited.
pub(crate) fn add(graph: &mut Graph, listener: &str, routes: &[Route], edit: impl Fn(&mut TargetGroup)) {
    for route in routes {
        let mut group = group(&format!("{}-{}", graph.scope.prefix(), route.0));
        edit(&mut group);
        let group = graph.add("services", route.0, &group);
        graph.add("services", route.0, &rule(listener, &group, *route));
    }
}

fn reference(kind: &str, name: &str, out: &str) -> In<String> {
    In::Out(OutRef { from: Address::new(kind, name), out: out.into() })
}

fn group(name: &str) -> TargetGroup {
    TargetGroup {
        target_group_name: name.into(),
        vpc: reference("ec2.vpc", "main", "id"),
        target_type: "ip".into(),
        protocol: "HTTP".into(),
        protocol_version: "HTTP1".into(),
        port: 80,
        health_check: HealthCheck {
            protocol: "HTTP".into(),
            port: "traffic-port".into(),
            path: "/health".into(),
            codes: "200-299".into(),
            interval_seconds: 10,
            timeout_seconds: 5,
            healthy_after: 2,
            unhealthy_after: 3,
        },
        deregistration_delay_seconds: 30,
        slow_start_seconds: 0,
        algorithm: "round_robin".into(),
        sticky_seconds: Some(60),
    }
}

fn rule(listener: &str, group: &Handle<TargetGroup>, (_, host, path, priority): Route) -> Rule {
    let target_group = group.out(infractl::field!(arn));
    let some = |it: &str| Some(it).filter(|it| !it.is_empty()).map(str::to_owned).into_iter().collect();
    Rule {
        headers: BTreeSet::new(),
        first: None,
        listener: reference("elb.listener", listener, "arn"),
        priority,
        hosts: some(host),
        paths: some(path),
        target_groups: [target_group.clone()].into(),
        weights: Some([Weight { target_group, weight: 1 }].into()),
        others: BTreeSet::new(),
    }
}
