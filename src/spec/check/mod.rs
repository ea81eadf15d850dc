//! What serde cannot see: values that do not go together.

mod acls;
mod after;
mod alarms;
mod buckets;
mod caches;
mod certificates;
mod cloudflare;
mod databases;
mod deploy;
mod dns;
mod edge;
mod endpoints;
mod environment;
mod keeping;
mod load_balancer;
mod network;
mod records;
pub(super) mod references;
mod routes;
mod security_groups;
mod services;
mod sites;
mod tags;
mod waf;

use super::{
    model::{COMPONENTS, Network, Ports, Protocol, Spec},
    tree::is_under,
};
use crate::diagnostic::Diagnostic;

/// A check, and the settings whose values it needs.
struct Check {
    needs: &'static [&'static str],
    find: fn(&Spec, &mut Vec<Diagnostic>),
}

const CHECKS: &[Check] = &[
    Check { needs: &["protect", "ephemeral"], find: environment::check },
    Check { needs: &["limits"], find: environment::limits },
    Check { needs: &["tags"], find: tags::check },
    Check { needs: &["network.cidr"], find: network::address },
    Check { needs: &["network.dns_support", "network.dns_hostnames"], find: network::dns },
    Check { needs: &["network.tiers", "network.nat"], find: network::tiers },
    Check { needs: &["network.cidr", "network.zones", "network.tiers", "network.subnets"], find: network::subnets },
    Check {
        needs: &["network.endpoints", "network.tiers", "network.dns_support", "network.dns_hostnames"],
        find: endpoints::check,
    },
    Check { needs: &["network.acls", "network.tiers"], find: acls::check },
    Check { needs: &["network.security_groups", "network.cidr"], find: security_groups::check },
    Check { needs: &["keys"], find: keeping::keys },
    Check { needs: &["registries", "account"], find: keeping::registries },
    Check { needs: &["secrets"], find: keeping::secrets },
    Check { needs: &["caches", "region"], find: caches::settings },
    Check { needs: &["caches", "network"], find: caches::places },
    Check { needs: &["certificates", "dns.zone", "dns.private", "cloudflare.zone"], find: certificates::check },
    Check { needs: &["dns.zone", "dns.private", "dns.create", "network"], find: dns::zone },
    Check { needs: &["dns"], find: dns::records },
    Check { needs: &["dns.health_checks"], find: dns::health_checks },
    Check { needs: &["dns", "tags"], find: dns::tags },
    Check { needs: &["cloudflare"], find: edge::rules },
    Check { needs: &["cloudflare", "buckets"], find: edge::media },
    Check { needs: &["cloudflare.zone", "cloudflare.records"], find: cloudflare::records },
    Check { needs: &["cloudflare.settings"], find: cloudflare::settings },
    Check { needs: &["cloudflare.tiered_cache"], find: cloudflare::caches },
    Check { needs: &["cloudflare.zone", "cloudflare.origin_certificates"], find: cloudflare::certificates },
    Check { needs: &["load_balancer"], find: load_balancer::check },
    Check { needs: &["load_balancer.logs", "buckets"], find: load_balancer::logs },
    Check {
        needs: &["load_balancer", "network.cidr", "network.zones", "network.tiers", "network.subnets"],
        find: load_balancer::place,
    },
    Check { needs: &["waf"], find: waf::check },
    Check { needs: &["waf", "load_balancer", "sites"], find: waf::uses },
    Check { needs: &["buckets", "region"], find: buckets::check },
    Check { needs: &["sites"], find: sites::check },
    Check { needs: &["notify"], find: alarms::notify },
    Check { needs: &["databases", "network.tiers", "network.zones"], find: databases::network },
    Check { needs: &["databases"], find: databases::settings },
    Check { needs: &["alarms", "notify", "caches", "load_balancer", "services", "cluster"], find: alarms::alarms },
    Check { needs: &["services"], find: routes::together },
    Check { needs: &["cluster", "services", "buckets", "caches"], find: services::check },
    Check { needs: &["services", "notify"], find: after::check },
    Check {
        needs: &["services", "network.tiers", "network.nat", "network.endpoints", "caches"],
        find: services::place,
    },
];

/// All that is wrong with `spec`, but for what builds on a setting that is `spoiled` by another problem.
pub(super) fn check(spec: &Spec, spoiled: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for Check { needs, find } in CHECKS {
        if !needs.iter().any(|need| spoiled.iter().any(|it| touches(it, need))) {
            find(spec, &mut found);
        }
    }
    references::check(COMPONENTS, spec, spoiled, &mut found);
    found
}

/// Whether one of two paths is the other or stands above it.
fn touches(a: &str, b: &str) -> bool {
    is_under(a, b) || is_under(b, a)
}

/// The network, for checks that have nothing to say without one.
fn network(spec: &Spec) -> Option<&Network> {
    spec.network.as_ref()
}

/// The problem of a rule at `path` with ports that its protocol does not have.
fn ports_without_protocol(ports: Option<Ports>, protocol: Protocol, path: &str) -> Option<Diagnostic> {
    ports.filter(|_| !protocol.has_ports())?;
    let message = format!("the protocol `{}` has no ports", protocol.as_str());
    Some(
        Diagnostic::error("rule/port-without-protocol", format!("{path}.port"), message)
            .help("remove `port`, or choose tcp or udp"),
    )
}
