//! How releases follow each other: what ECS would refuse late, or not at all.

use crate::{
    diagnostic::Diagnostic,
    spec::model::{ComponentName, HttpPort, RouteProtocol, Service, Span, Spec, Strategy, suggest},
};

/// How many values the conditions of a rule may have together
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const VALUES: usize = 5;

pub(super) fn check(spec: &Spec, service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let deploy = &service.deploy;
    let path = format!("{path}.deploy");
    for name in deploy.rollback_on.iter().filter(|it| !spec.alarms.contains_key(*it)) {
        let problem =
            Diagnostic::error("deploy/alarm", format!("{path}.rollback_on"), format!("there is no alarm `{name}`"));
        found.push(suggest(problem, name.as_str(), spec.alarms.keys().map(ComponentName::as_str)));
    }
    minutes(service, &path, found);
    let mut wrong = |at: &str, message: &str, help: &str| {
        found.push(Diagnostic::error("deploy/strategy", format!("{path}.{at}"), message).help(help));
    };
    let named = [
        ("bake", deploy.bake.is_some()),
        ("step", deploy.step.is_some()),
        ("smoke", deploy.smoke.is_some()),
        ("approve", deploy.approve.is_some()),
    ];
    for (at, _) in named.into_iter().filter(|(_, given)| *given && !deploy.shifts()) {
        wrong(
            at,
            "releases do not wait for this where tasks are replaced a few at a time",
            "add `strategy: blue_green`",
        );
    }
    if deploy.step.is_some() && deploy.strategy == Some(Strategy::BlueGreen) {
        wrong("step", "with `blue_green`, all requests go over at once", "choose `canary` or `linear`");
    }
    if deploy.strategy.is_none() {
        return;
    }
    let (Some(route), Some(balancer)) = (&service.route, spec.balancer()) else {
        wrong("strategy", "without a `route`, there are no requests to shift", "add a `route`, or remove `strategy`");
        return;
    };
    let (hosts, paths) = (route.host.len(), route.path.len());
    let one = match (hosts, paths) {
        (it, 0) | (0, it) => it <= VALUES,
        (hosts, paths) => hosts <= 2 && hosts + paths <= VALUES,
    };
    let listeners = !balancer.certificate.is_empty() && balancer.http() == HttpPort::Serve;
    if !one || (listeners && route.protocol == RouteProtocol::Http1) {
        let message = "ECS shifts the requests of one rule of the load balancer, and this route takes several";
        let help = "name at most five hosts or paths, and let port 80 redirect to HTTPS";
        wrong("strategy", message, help);
    }
    if route.protocol == RouteProtocol::Grpc && deploy.smoke.is_some() {
        wrong("smoke", "a path is asked for in HTTP, and the tasks speak gRPC", "remove `smoke`");
    }
    if service.scale.as_ref().is_some_and(|it| it.requests.is_some()) {
        let message = "requests are counted for one target group, and requests go from one to another";
        wrong("strategy", message, "scale by `cpu` or `memory`, or remove `strategy`");
    }
}

/// ECS counts in minutes.
fn minutes(service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let deploy = &service.deploy;
    let step = deploy.step;
    let spans = [("bake", deploy.bake, 0), ("approve", deploy.approve, 1), ("step.bake", step.map(|it| it.bake), 0)];
    for (at, span, least) in spans {
        let Some(span) = span else { continue };
        let whole = span.seconds() % 60 == 0 && (least * 60..=86_400).contains(&span.seconds());
        if !whole {
            let (least, most) = (Span::of_seconds(least * 60), Span::of_seconds(86_400));
            let message = format!("{span} is no number of minutes from {least} to {most}");
            found.push(Diagnostic::error("service/time", format!("{path}.{at}"), message));
        }
    }
    if let Some(it) = step.filter(|it| !(1..=99).contains(&it.percent)) {
        let message = format!("{} is not from 1 to 99", it.percent);
        found.push(Diagnostic::error("deploy/strategy", format!("{path}.step.percent"), message));
    }
}
