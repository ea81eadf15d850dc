//! Routes to services.

use std::collections::BTreeSet;

use crate::{
    diagnostic::Diagnostic,
    spec::model::{HostPattern, PathPattern, RouteProtocol, Service, Span, Spec},
};

/// How many values the rules of a load balancer's listener have room for by default: a hundred rules of five
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const RULES: usize = 100;

pub(super) fn check(spec: &Spec, service: &Service, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |id, at: &str, message: String, help: &str| {
        found.push(Diagnostic::error(id, format!("{path}.{at}"), message).help(help));
    };
    let Some(route) = &service.route else {
        if service.health.is_some() {
            let help = "add a `route`, or write a `check` that runs in the container";
            wrong("service/health", "health", "without a `route`, no load balancer asks for it".into(), help);
        }
        return;
    };
    if service.port.is_none() {
        wrong("service/route", "route", "the load balancer does not know the service's port".into(), "add `port`");
    }
    let secure = spec.balancer().is_some_and(|it| !it.certificate.is_empty());
    if route.protocol != RouteProtocol::Http1 && !secure {
        let message = "the load balancer speaks plain HTTP/1.1 without a certificate, and so it does to services";
        let help = "give the `load_balancer` a `certificate`";
        wrong("service/route", "route.protocol", message.into(), help);
    }
    let health = service.health();
    let numbers = [("healthy", health.healthy), ("unhealthy", health.unhealthy)];
    for (key, value) in numbers.into_iter().filter(|it| !(2..=10).contains(&it.1)) {
        wrong("service/health", &format!("health.{key}"), format!("{value} is not from 2 to 10"), "checks in a row");
    }
    if health.timeout >= health.interval {
        let message = format!("{} for an answer is not less than {} between checks", health.timeout, health.interval);
        wrong("service/health", "health.timeout", message, "give `interval` more");
    }
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>
    let spans = [
        ("health.interval", Some(health.interval), 5, 300),
        ("health.timeout", Some(health.timeout), 2, 120),
        ("health.grace", Some(health.grace), 0, 7 * 86_400),
        ("route.sticky", route.sticky, 1, 604_800),
        ("route.slow_start", route.slow_start, 30, 900),
        ("route.drain", Some(route.drain), 0, 3_600),
    ];
    for (at, span, least, most) in spans {
        let Some(span) = span.filter(|it| !(least..=most).contains(&it.seconds())) else { continue };
        let (least, most) = (Span::of_seconds(least), Span::of_seconds(most));
        found.push(Diagnostic::error(
            "service/time",
            format!("{path}.{at}"),
            format!("{span} is not from {least} to {most}"),
        ));
    }
}

/// Routes that take each other's requests.
pub(super) fn together(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(BTreeSet<String>, BTreeSet<&str>, &str)> = Vec::new();
    let mut rules = 0;
    for (name, service) in &spec.services {
        let Some(route) = &service.route else { continue };
        let hosts: BTreeSet<_> = route.host.iter().map(|it: &HostPattern| it.as_str().to_lowercase()).collect();
        let paths: BTreeSet<_> = route.path.iter().map(PathPattern::as_str).collect();
        let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| (a.is_empty() && b.is_empty()) || !a.is_disjoint(b);
        let also = |a: &BTreeSet<&str>, b: &BTreeSet<&str>| (a.is_empty() && b.is_empty()) || !a.is_disjoint(b);
        if let Some((.., other)) = seen.iter().find(|it| same(&it.0, &hosts) && also(&it.1, &paths)) {
            let message = format!("`{other}` takes the same requests");
            let problem = Diagnostic::error("service/route", format!("services.{name}.route"), message);
            found.push(problem.help("give one of them another `host` or `path`"));
        }
        rules += hosts.len().max(1) * paths.len().max(1);
        seen.push((hosts, paths, name.as_str()));
    }
    if rules > RULES * 5 {
        let message = format!("{rules} pairs of hosts and paths are more than a load balancer has rules for");
        found.push(Diagnostic::error("service/route", "services", message).help("use patterns such as /api/*"));
    }
}
