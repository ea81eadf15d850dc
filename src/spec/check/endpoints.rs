//! Endpoints.

use super::{
    super::model::{Endpoint, EndpointKind, EndpointOptions, Network, Spec},
    network,
};
use crate::diagnostic::Diagnostic;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    for (endpoint, options) in network.endpoints().zip(network.endpoints.0.values()) {
        let path = format!("network.endpoints.{}", endpoint.name);
        match endpoint.kind {
            EndpointKind::Gateway => gateway(&endpoint, options, &path, found),
            EndpointKind::Interface => interface(network, &endpoint, options, &path, found),
        }
        if options.policy.as_ref().is_some_and(|it| !it.contains_key("Statement")) {
            let problem =
                Diagnostic::error("endpoint/policy", format!("{path}.policy"), "the policy has no `Statement`");
            found.push(problem.help("write an IAM policy document: { Statement: [{ Effect: Allow, … }] }"));
        }
    }
}

fn gateway(endpoint: &Endpoint<'_>, options: &EndpointOptions, path: &str, found: &mut Vec<Diagnostic>) {
    if !endpoint.name.can_be_gateway() {
        let message = format!("`{}` has no gateway endpoint; only s3 and dynamodb have", endpoint.name);
        found.push(
            Diagnostic::error("endpoint/no-gateway", format!("{path}.type"), message).help("write `type: interface`"),
        );
    }
    let given = [("private_dns", options.private_dns.is_some()), ("tier", options.tier.is_some())];
    for (key, _) in given.into_iter().filter(|(_, given)| *given) {
        let message = format!("a gateway endpoint has no `{key}`: it is a route, not an address");
        let problem = Diagnostic::error("endpoint/gateway-option", format!("{path}.{key}"), message);
        found.push(problem.help("remove it, or write `type: interface`"));
    }
}

fn interface(
    network: &Network,
    endpoint: &Endpoint<'_>,
    options: &EndpointOptions,
    path: &str,
    found: &mut Vec<Diagnostic>,
) {
    if let Some(tier) = options.tier.filter(|it| !network.has(*it)) {
        let message = format!("the network has no tier `{}`", tier.as_str());
        found.push(
            Diagnostic::error("network/no-such-tier", format!("{path}.tier"), message)
                .help("add it to `tiers`, or choose another"),
        );
    }
    if endpoint.private_dns && !(network.dns_support && network.dns_hostnames) {
        let message = format!("`{}` needs `dns_support` and `dns_hostnames` for its private name", endpoint.name);
        let problem = Diagnostic::error("endpoint/private-dns", path, message);
        found.push(problem.help("set both to true, or `private_dns: false`"));
    }
}
