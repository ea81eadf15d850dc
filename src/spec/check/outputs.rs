//! References to what components give.

use super::super::{
    model::{EndpointName, GroupName, Nat, Network, NetworkOut, OutPath, Spec, Tier},
    problems::{MOST, MOST_NAMES},
};
use crate::diagnostic::{Diagnostic, did_you_mean};

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, text) in &spec.outputs {
        if found.len() > MOST {
            return;
        }
        let path = format!("outputs.{name}");
        found.extend(text.outs().filter_map(|out| reference(spec, out, &path)));
    }
}

/// What is wrong with a reference to `out` in the text at `path`.
fn reference(spec: &Spec, out: &OutPath, path: &str) -> Option<Diagnostic> {
    let unknown = |message: String| Diagnostic::error("ref/unknown", path, message);
    let Some(network) = &spec.network else {
        return Some(unknown(format!("`{out}`: the stack has no network")).help("add `network: {}`"));
    };
    match out.network()? {
        NetworkOut::SecurityGroup(name) if !network.security_groups.contains_key(name) => {
            let known = network.security_groups.keys().map(GroupName::as_str);
            Some(suggest(unknown(format!("there is no security group `{name}`")), name, known))
        }
        NetworkOut::Endpoint(name) if !network.endpoints.0.contains_key(name) => {
            let known = network.endpoints.0.keys().map(EndpointName::as_str);
            Some(suggest(unknown(format!("the network has no endpoint `{name}`")), name, known))
        }
        NetworkOut::NatIps if network.nat == Nat::None || !network.has(Tier::Private) => {
            Some(unknown("the network has no NAT gateway, so there is no `nat_ips`".into()))
        }
        other => {
            let tier = tier_of(other).filter(|it| !network.has(*it))?;
            Some(unknown(format!("`{out}`: the network has no tier `{}`", tier.as_str())).help(tiers_words(network)))
        }
    }
}

fn suggest<'a>(problem: Diagnostic, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    match did_you_mean(name, known.take(MOST_NAMES)) {
        Some(it) => problem.help(format!("did you mean `{it}`?")),
        None => problem,
    }
}

fn tiers_words(network: &Network) -> String {
    format!("it has {}", network.tiers.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "))
}

fn tier_of(out: NetworkOut<'_>) -> Option<Tier> {
    use NetworkOut as N;
    match out {
        N::PublicSubnets | N::PublicRouteTable | N::InternetGatewayId => Some(Tier::Public),
        N::PrivateSubnets | N::PrivateRouteTables => Some(Tier::Private),
        N::IsolatedSubnets | N::IsolatedRouteTable => Some(Tier::Isolated),
        N::VpcId | N::Cidr | N::NatIps | N::SecurityGroup(_) | N::Endpoint(_) => None,
    }
}
