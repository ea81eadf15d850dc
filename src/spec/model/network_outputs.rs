//! What a network gives to others.

use super::{
    EndpointName, GroupName, Nat, Network, Reference, Spec, Tier,
    outputs::{Count, Output, Outputs, suggest},
};
use crate::diagnostic::Diagnostic;

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "network",
    noun: "network",
    count: Count::One { there: |spec| spec.network.is_some(), short: None },
    outputs: &[
        Output::text("vpc_id", "the VPC's id"),
        Output::text("cidr", "the VPC's block of addresses"),
        Output::text("public_subnets", "the ids of the public subnets, by zone"),
        Output::text("private_subnets", "the ids of the private subnets, by zone"),
        Output::text("isolated_subnets", "the ids of the isolated subnets, by zone"),
        Output::text("public_route_table", "the id of the public subnets' route table"),
        Output::text("private_route_tables", "the ids of the private subnets' route tables, by zone"),
        Output::text("isolated_route_table", "the id of the isolated subnets' route table"),
        Output::text("nat_ips", "the public addresses of the NAT gateways"),
        Output::text("internet_gateway_id", "the id of the internet gateway"),
        Output::text("security_groups.NAME", "the id of a security group, by its name in the file"),
        Output::text("endpoints.NAME", "the id of an endpoint, by its service"),
    ],
    check: Some(check),
};

fn check(spec: &Spec, reference: &Reference) -> Option<Diagnostic> {
    let network = spec.network.as_ref()?;
    let Reference { at, to } = reference;
    let unknown = |message: String| Diagnostic::error("ref/unknown", at, message);
    if let Some((kind, name)) = to.output.split_once('.') {
        return match kind {
            "security_groups" if !network.security_groups.contains_key(name) => {
                let known = network.security_groups.keys().map(GroupName::as_str);
                Some(suggest(unknown(format!("there is no security group `{name}`")), name, known))
            }
            "endpoints" if !network.endpoints.0.contains_key(name) => {
                let known = network.endpoints.0.keys().map(EndpointName::as_str);
                Some(suggest(unknown(format!("the network has no endpoint `{name}`")), name, known))
            }
            _ => None,
        };
    }
    if to.output == "nat_ips" && (network.nat == Nat::None || !network.has(Tier::Private)) {
        return Some(unknown("the network has no NAT gateway, so there is no `nat_ips`".into()));
    }
    let tier = tier_of(&to.output).filter(|it| !network.has(*it))?;
    Some(unknown(format!("`{to}`: the network has no tier `{}`", tier.as_str())).help(tiers_words(network)))
}

/// The tier that an output is of.
fn tier_of(output: &str) -> Option<Tier> {
    match output {
        "internet_gateway_id" => Some(Tier::Public),
        "nat_ips" => None,
        _ => Tier::ALL.into_iter().find(|it| output.split_once('_').is_some_and(|(start, _)| start == it.as_str())),
    }
}

fn tiers_words(network: &Network) -> String {
    format!("it has {}", network.tiers.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "))
}
