//! The load balancer: its listeners, and the rules that give requests to services.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    bucket,
    naming::fit,
    priority,
    stack::{Stack, group_id, tcp},
    waf,
};
use crate::{
    catalog::aws::{
        ec2::security_group_rules::Peer,
        ecs::smoke,
        elb::{
            self,
            action::{Action, Redirect, Response},
            listener::Listener,
            load_balancer::{self as kind, AccessLogs, Desync, LoadBalancer},
            rule::{Header, Rule, Weight},
            target_group::{HealthCheck, TargetGroup},
        },
    },
    field,
    resource::{
        Resource,
        graph::Handle,
        text::{cidr::Cidr, digest::short},
        value::{Address, In, OutRef},
    },
    spec::model::{
        self, Callers, DesyncMode, HostPattern, HttpPort, LOG_BUCKET, PathPattern, Route, RouteProtocol, Scheme, Span,
        Tier, WafChoice,
    },
};

pub(super) const COMPONENT: &str = "load_balancer";
const NAME: &str = "main";
const HTTP: &str = "http";
const HTTPS: &str = "https";
/// How many values the conditions of a rule may have together
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const VALUES: usize = 5;

pub(super) fn load_balancer(stack: &mut Stack<'_>) {
    let (Some(spec), Some(net)) = (stack.spec.balancer(), stack.net.clone()) else { return };
    let tier = if spec.scheme == Scheme::Public { Tier::Public } else { Tier::Private };
    let group = stack.group(COMPONENT, "The load balancer");
    let ports = ports(&spec);
    let callers = match spec.callers() {
        Callers::Internet => vec![Cidr::ANY_V4],
        Callers::Network => vec![net.cidr],
        Callers::Cidrs(it) => it,
    };
    let open = ports.iter().flat_map(|(_, port)| callers.iter().map(|it| tcp(*port, Peer::Cidr(*it))));
    stack.allow(COMPONENT, open.collect());
    let balancer = LoadBalancer {
        load_balancer_name: fit(&elb::prefix(&stack.graph.scope), elb::NAME_LIMIT),
        scheme: match spec.scheme {
            Scheme::Public => kind::Scheme::InternetFacing,
            Scheme::Internal => kind::Scheme::Internal,
        },
        subnets: net.tier(tier).into_iter().collect(),
        security_groups: [group].into(),
        idle_timeout_seconds: spec.idle_timeout.seconds(),
        client_keep_alive_seconds: spec.client_keep_alive.seconds(),
        http2: spec.http2,
        drop_invalid_headers: spec.drop_invalid_headers,
        preserve_host_header: spec.preserve_host,
        desync_mitigation: match spec.desync {
            DesyncMode::Monitor => Desync::Monitor,
            DesyncMode::Defensive => Desync::Defensive,
            DesyncMode::Strictest => Desync::Strictest,
        },
        deletion_protection: spec.protect.unwrap_or(stack.spec.protect),
        access_logs: spec.logs.as_ref().map(|it| AccessLogs {
            bucket: bucket::log_bucket(stack, COMPONENT, LOG_BUCKET, it.retention.count()).out(field!(name)),
            prefix: it.prefix.as_ref().map(ToString::to_string).unwrap_or_default(),
        }),
    };
    let balancer = stack.graph.add(COMPONENT, NAME, &balancer);
    let certificates: Vec<_> = spec.certificate.iter().map(|it| stack.text(it)).collect();
    if let Some(name) = spec.waf.as_ref().and_then(WafChoice::name) {
        waf::protect(stack, COMPONENT, NAME, balancer.out(field!(arn)), name);
    }
    for (name, port) in ports {
        let listener = listener(&spec, balancer.out(field!(arn)), name, port, &certificates);
        stack.graph.add(COMPONENT, name, &listener);
    }
    tell(stack, &balancer, !spec.certificate.is_empty());
}

/// The listeners by name, with their ports.
fn ports(spec: &model::LoadBalancer) -> Vec<(&'static str, u16)> {
    let http = (spec.http() != HttpPort::Off).then_some((HTTP, 80));
    let https = (!spec.certificate.is_empty()).then_some((HTTPS, 443));
    http.into_iter().chain(https).collect()
}

/// The names of the listeners that serve: rules stand there. Only one with a certificate gives HTTP/2 to its targets
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version>).
fn serving(spec: &model::LoadBalancer, protocol: RouteProtocol) -> impl Iterator<Item = &'static str> {
    let http = spec.http() == HttpPort::Serve && protocol == RouteProtocol::Http1;
    ports(spec).into_iter().map(|(name, _)| name).filter(move |it| *it == HTTPS || http)
}

fn listener(
    spec: &model::LoadBalancer,
    load_balancer: In<String>,
    name: &str,
    port: u16,
    certificates: &[In<String>],
) -> Listener {
    let secure = name == HTTPS;
    let mut certificates = certificates.iter().filter(|_| secure).cloned();
    Listener {
        load_balancer,
        port,
        protocol: if secure { "HTTPS" } else { "HTTP" }.into(),
        certificate: certificates.next(),
        more_certificates: certificates.collect(),
        tls_policy: secure.then(|| spec.tls_policy.to_string()),
        default_action: if !secure && spec.http() == HttpPort::Redirect {
            Action::Redirect(Redirect::to_https())
        } else {
            let body = String::new();
            Action::Respond(Response { status: 404, content_type: "text/plain".into(), body })
        },
    }
}

fn tell(stack: &mut Stack<'_>, balancer: &Handle<LoadBalancer>, secure: bool) {
    let dns_name = balancer.out(field!(dns_name));
    let start = if secure { "https://" } else { "http://" };
    stack.give(COMPONENT, "url", In::join([start.into(), dns_name.clone()]));
    stack.give(COMPONENT, "dns_name", dns_name);
    stack.give(COMPONENT, "zone_id", balancer.out(field!(zone_id)));
    stack.give(COMPONENT, "arn", balancer.out(field!(arn)));
    stack.give(COMPONENT, "arn_suffix", balancer.out(field!(arn_suffix)));
    stack.give(COMPONENT, "security_group", group_id(COMPONENT));
}

/// What a service refers to that gets requests from the load balancer.
#[derive(Clone, Debug)]
pub(super) struct Routed {
    /// The ARN of the service's target group.
    pub(super) target_group: In<String>,
    /// What metrics know the target group by.
    pub(super) target_group_suffix: In<String>,
    /// The other target group and what else it takes to shift requests between the two, if they are to be.
    pub(super) shifted: Option<Shifted>,
    /// The ARNs of its rules. ECS refuses a service whose target group no rule mentions, so these have to be there first.
    pub(super) rules: BTreeSet<In<String>>,
}

/// What it takes to shift requests from one release to another.
#[derive(Clone, Debug)]
pub(super) struct Shifted {
    /// The ARN of the other target group.
    pub(super) alternate: In<String>,
    /// The ARN of the rule whose weights are shifted.
    pub(super) rule: In<String>,
    /// The ARN of the rule that leads to a release before any requests do.
    pub(super) test_rule: In<String>,
    /// What requests that the test rule takes have in their header.
    pub(super) header: String,
}

/// Gives a service the requests of its route: a target group, and rules on each listener that serves. Its tasks have to let
/// the group of [`COMPONENT`] in.
///
/// Services come in the order of their names, so that priorities do not depend on the order of the file.
pub(super) fn route(stack: &mut Stack<'_>, service: &str, spec: &model::Service) -> Option<Routed> {
    let (route, balancer) = (spec.route.as_ref()?, stack.spec.balancer()?);
    let component = format!("services.{service}");
    let group = target_group(stack, service, route, &spec.health())?;
    let second = spec.deploy.strategy.map(|_| alternate(stack, service, &group));
    let group = stack.graph.add(&component, service, &group);
    let (target_group, target_group_suffix) = (group.out(field!(arn)), group.out(field!(arn_suffix)));
    let target_groups: BTreeSet<_> =
        [target_group.clone()].into_iter().chain(second.iter().map(|it| it.out(field!(arn)))).collect();
    let weights = second.is_none().then(|| [Weight { target_group: target_group.clone(), weight: 1 }].into());
    let first = second.is_some().then(|| target_group.clone());
    let mut rules = BTreeSet::new();
    for listener in serving(&balancer, route.protocol) {
        for (at, (hosts, paths)) in conditions(&route.host, &route.path).into_iter().enumerate() {
            let start = format!("{service}.{listener}");
            let name = if at == 0 { start } else { format!("{start}.{}", at + 1) };
            let listener = out::<Listener>(listener, "arn");
            let rule = Rule {
                priority: priority::of(&hosts, &paths, &name, &taken(stack, &listener)),
                listener,
                hosts,
                paths,
                headers: BTreeSet::new(),
                target_groups: target_groups.clone(),
                first: first.clone(),
                weights: weights.clone(),
                others: BTreeSet::new(),
            };
            rules.insert(stack.graph.add(&component, &name, &rule).out(field!(arn)));
        }
    }
    let listener = serving(&balancer, route.protocol).next();
    let shifted = second.zip(rules.first().cloned()).zip(listener).map(|((second, rule), listener)| {
        let listener = out::<Listener>(listener, "arn");
        let (name, header) = (format!("{service}.test"), test_header(stack, service));
        let test = Rule {
            // Before all others, where no rule for requests comes near.
            priority: priority::first(&name, &taken(stack, &listener)),
            listener,
            hosts: BTreeSet::new(),
            paths: BTreeSet::new(),
            headers: [Header { name: smoke::HEADER.into(), values: [header.clone()].into() }].into(),
            target_groups,
            first,
            weights: None,
            others: BTreeSet::new(),
        };
        let test_rule = stack.graph.add(&component, &name, &test).out(field!(arn));
        Shifted { alternate: second.out(field!(arn)), rule, test_rule, header }
    });
    rules.extend(shifted.iter().map(|it| it.test_rule.clone()));
    Some(Routed { target_group, target_group_suffix, shifted, rules })
}

/// The target group that a release has when the one before has the first.
fn alternate(stack: &mut Stack<'_>, service: &str, first: &TargetGroup) -> Handle<TargetGroup> {
    let name = format!("{}-{service}-alternate", elb::prefix(&stack.graph.scope));
    let it = TargetGroup { target_group_name: fit(&name, elb::NAME_LIMIT), ..first.clone() };
    stack.graph.add(&format!("services.{service}"), &alternate_name(service), &it)
}

/// What the target group is called in the stack.
pub(super) fn alternate_name(service: &str) -> String {
    format!("{service}.alternate")
}

/// A word that nobody guesses who does not know the stack, and that stays the same. It is no secret.
fn test_header(stack: &Stack<'_>, service: &str) -> String {
    short(&format!("{}\n{}\n{service}", stack.graph.place.account, stack.graph.scope.global_prefix()), 20)
}

/// The address of the load balancer.
pub(super) fn url(stack: &Stack<'_>) -> In<String> {
    let secure = stack.spec.balancer().is_some_and(|it| !it.certificate.is_empty());
    In::join([if secure { "https://" } else { "http://" }.into(), out::<LoadBalancer>(NAME, "dns_name")])
}

fn target_group(stack: &Stack<'_>, service: &str, route: &Route, health: &model::HealthCheck) -> Option<TargetGroup> {
    let name = format!("{}-{service}", elb::prefix(&stack.graph.scope));
    Some(TargetGroup {
        target_group_name: fit(&name, elb::NAME_LIMIT),
        vpc: stack.net.as_ref()?.vpc.clone(),
        target_type: "ip".into(),
        protocol: "HTTP".into(),
        protocol_version: match route.protocol {
            RouteProtocol::Http1 => "HTTP1",
            RouteProtocol::Http2 => "HTTP2",
            RouteProtocol::Grpc => "GRPC",
        }
        .into(),
        // Tasks are registered with their own port; one that stays the same spares a replacement when theirs changes.
        port: 80,
        health_check: HealthCheck {
            protocol: "HTTP".into(),
            port: "traffic-port".into(),
            path: health.path(route.protocol).to_owned(),
            codes: health.codes(route.protocol).to_owned(),
            interval_seconds: health.interval.seconds(),
            timeout_seconds: health.timeout.seconds(),
            healthy_after: health.healthy,
            unhealthy_after: health.unhealthy,
        },
        deregistration_delay_seconds: route.drain.seconds(),
        slow_start_seconds: route.slow_start.map_or(0, Span::seconds),
        algorithm: "round_robin".into(),
        sticky_seconds: route.sticky.map(Span::seconds),
    })
}

/// Tells where a service is reached: by the first of its names that is one, or by the load balancer's.
pub(super) fn tell_route(stack: &mut Stack<'_>, component: &str, route: &Route) {
    let Some(balancer) = stack.spec.balancer() else { return };
    let dns_name = out::<LoadBalancer>(NAME, "dns_name");
    let start = if balancer.certificate.is_empty() { "http://" } else { "https://" };
    let own = route.host.iter().map(HostPattern::as_str).find(|it| !it.contains(['*', '?']));
    let host = own.map_or_else(|| dns_name.clone(), In::from);
    stack.give(component, "url", In::join([start.into(), host]));
    stack.give(component, "host", dns_name);
    stack.give(component, "zone_id", out::<LoadBalancer>(NAME, "zone_id"));
}

/// Hosts and paths, as many at a time as a rule may have; what has neither has every path.
fn conditions(hosts: &[HostPattern], paths: &[PathPattern]) -> Vec<(BTreeSet<String>, BTreeSet<String>)> {
    let hosts: BTreeSet<_> = hosts.iter().map(|it| it.as_str().to_lowercase()).collect();
    let paths: BTreeSet<_> = paths.iter().map(ToString::to_string).collect();
    let chunks = |all: BTreeSet<String>, most: usize| {
        let all: Vec<_> = all.into_iter().collect();
        all.chunks(most).map(|it| it.iter().cloned().collect::<BTreeSet<_>>()).collect::<Vec<_>>()
    };
    match (hosts.is_empty(), paths.is_empty()) {
        (true, true) => vec![(BTreeSet::new(), ["/*".to_owned()].into())],
        (false, true) => chunks(hosts, VALUES).into_iter().map(|it| (it, BTreeSet::new())).collect(),
        (true, false) => chunks(paths, VALUES).into_iter().map(|it| (BTreeSet::new(), it)).collect(),
        (false, false) => {
            let few = hosts.len().min(2);
            let paths = chunks(paths, VALUES - few);
            let each = chunks(hosts, few).into_iter();
            each.flat_map(|hosts| paths.iter().map(move |it| (hosts.clone(), it.clone()))).collect()
        }
    }
}

/// The priorities that rules of the listener have by now.
fn taken(stack: &Stack<'_>, listener: &In<String>) -> BTreeSet<u32> {
    let listener = json!(listener);
    let rules = stack.graph.nodes.values().filter(|it| it.facts.kind == Rule::FACTS.kind);
    let own = rules.filter(|it| it.want.get("listener") == Some(&listener));
    own.filter_map(|it| u32::try_from(it.want.get("priority")?.as_u64()?).ok()).collect()
}

fn out<R: Resource>(name: &str, out: &str) -> In<String> {
    In::Out(OutRef { from: Address::new(R::FACTS.kind, name), out: out.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::tags::Scope;

    fn texts<T: std::str::FromStr<Err = String>>(all: &[&str]) -> Vec<T> {
        all.iter().map(|it| it.parse().unwrap()).collect()
    }

    #[test]
    fn no_rule_has_more_values_than_it_may() {
        let hosts: Vec<HostPattern> = texts(&["a.example.com", "b.example.com", "c.example.com"]);
        let paths: Vec<PathPattern> = texts(&["/1", "/2", "/3", "/4", "/5", "/6"]);
        for (hosts, paths) in
            [(&hosts[..], &paths[..]), (&hosts, &[]), (&[], &paths), (&hosts[..1], &paths), (&[], &[])]
        {
            let rules = conditions(hosts, paths);
            assert!(rules.iter().all(|(hosts, paths)| (1..=VALUES).contains(&(hosts.len() + paths.len()))));
            let pairs: BTreeSet<_> =
                rules.iter().flat_map(|(h, p)| h.iter().flat_map(move |h| p.iter().map(move |p| (h, p)))).collect();
            assert_eq!(pairs.len(), hosts.len() * paths.len());
        }
        assert_eq!(conditions(&[], &[]), [(BTreeSet::new(), ["/*".to_owned()].into())]);
    }

    #[test]
    fn names_that_had_to_be_shortened_are_found_again() {
        for (stack, env) in [
            ("a", "b"),
            ("internal", "x"),
            ("shop-with-a-longer-name1", "production"),
            ("shop-of-the-one-o-o", "p-r-1234567890123"),
        ] {
            let scope = Scope { stack: stack.into(), env: env.into(), region: "eu-central-1".into() };
            for service in ["", "-api", "-a-service-of-twenty-four-"] {
                let name = fit(&format!("{}{service}", elb::prefix(&scope)), elb::NAME_LIMIT);
                assert!(elb::may_be_of(&scope, &name) && name.len() <= 32 && !name.starts_with("internal-"), "{name}");
            }
        }
    }
}
