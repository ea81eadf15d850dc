//! Addresses, zones, tiers and subnets.

use std::collections::HashSet;

use super::{
    super::model::{Nat, Network, PlannedSubnet, Spec, SubnetOptions, Tier, Zones, layout},
    network,
};
use crate::{diagnostic::Diagnostic, resource::text::cidr::Cidr};

/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
const SIZES: std::ops::RangeInclusive<u8> = 16..=28;

pub(super) fn address(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    size(network.cidr, "a VPC", "network.cidr", found);
}

fn size(cidr: Cidr, what: &str, path: &str, found: &mut Vec<Diagnostic>) {
    if !cidr.is_v4() {
        found.push(Diagnostic::error("network/not-ipv4", path, format!("{cidr} is IPv6; {what} has IPv4 addresses")));
    } else if !SIZES.contains(&cidr.prefix()) {
        let message = format!("{cidr} has a prefix of /{}; {what} has one from /16 to /28", cidr.prefix());
        found.push(Diagnostic::error("network/size", path, message));
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html>
pub(super) fn dns(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    if network.dns_hostnames && !network.dns_support {
        let problem = Diagnostic::error("network/dns", "network.dns_support", "`dns_hostnames` needs `dns_support`");
        found.push(problem.help("set `dns_hostnames: false` as well, or `dns_support: true`"));
    }
}

pub(super) fn tiers(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    if network.tiers.is_empty() {
        found.push(Diagnostic::error("network/no-tiers", "network.tiers", "a network needs at least one tier"));
    }
    let mut seen = HashSet::new();
    for (at, tier) in network.tiers.iter().enumerate() {
        if !seen.insert(tier) {
            let message = format!("the tier `{}` is listed twice", tier.as_str());
            found.push(Diagnostic::error("network/duplicate-tier", format!("network.tiers[{at}]"), message));
        }
    }
    if network.has(Tier::Private) && !network.has(Tier::Public) && network.nat != Nat::None {
        let message = "private subnets reach the internet through a public one, and there is none";
        let problem = Diagnostic::error("network/nat-without-public", "network.tiers", message);
        found.push(problem.help("set `nat: none`, or add the tier `public`"));
    }
}

pub(super) fn subnets(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let Some(network) = network(spec) else { return };
    let before = found.len();
    zones(&network.zones, found);
    for (tier, options) in &network.subnets {
        one_tier(network, *tier, options, found);
    }
    let fits = network.cidr.is_v4() && SIZES.contains(&network.cidr.prefix()) && !network.tiers.is_empty();
    if found.len() > before || !fits {
        return;
    }
    let letters: Vec<String> = (0..network.zones.count()).map(|it| it.to_string()).collect();
    match layout(network, &letters) {
        Ok(planned) => overlaps(network, &planned, found),
        Err(it) => {
            let message = format!(
                "{} has no room for the {} subnet of {}",
                network.cidr,
                it.tier.as_str(),
                zone_words(network, it.index)
            );
            let problem = Diagnostic::error("network/too-small", "network.cidr", message);
            // Each zone has the same part, so that a zone more moves nothing.
            let help = match network.cidr.prefix() {
                it @ ..=20 => format!(
                    "each zone has a sixteenth of it, here a /{}: make subnets smaller, or give their very addresses by `cidrs`",
                    it + 4
                ),
                _ => "use larger addresses, fewer zones or tiers, or smaller subnets".into(),
            };
            found.push(problem.help(help));
        }
    }
}

fn zone_words(network: &Network, index: usize) -> String {
    match &network.zones {
        Zones::Count(_) => format!("zone {}", index + 1),
        Zones::Letters(it) => format!("zone {}", it.get(index).map_or("", |it| it.as_str())),
    }
}

fn zones(zones: &Zones, found: &mut Vec<Diagnostic>) {
    let Zones::Letters(letters) = zones else { return };
    let mut seen = HashSet::new();
    for (at, it) in letters.iter().enumerate() {
        if !seen.insert(it) {
            let message = format!("the zone `{it}` is listed twice");
            found.push(Diagnostic::error("network/duplicate-zone", format!("network.zones[{at}]"), message));
        }
    }
}

fn one_tier(network: &Network, tier: Tier, options: &SubnetOptions, found: &mut Vec<Diagnostic>) {
    let path = format!("network.subnets.{}", tier.as_str());
    if !network.has(tier) {
        let message = format!("the network has no tier `{}`", tier.as_str());
        found.push(
            Diagnostic::error("network/no-such-tier", path.as_str(), message).help("add it to `tiers`, or remove this"),
        );
        return;
    }
    if options.public_ips && tier != Tier::Public {
        let message =
            format!("{} subnets are not reached from the internet, so a public address is of no use", tier.as_str());
        found.push(Diagnostic::error("network/public-ips", format!("{path}.public_ips"), message));
    }
    if let Some(prefix) = options.prefix
        && (!SIZES.contains(&prefix) || prefix < network.cidr.prefix())
    {
        let message = format!("a subnet of {} has a prefix from {} to 28", network.cidr, network.cidr.prefix().max(16));
        found.push(Diagnostic::error("network/size", format!("{path}.prefix"), message));
    }
    let Some(cidrs) = &options.cidrs else { return };
    if options.prefix.is_some() {
        let message = "`prefix` and `cidrs` exclude each other: addresses have a size already";
        found.push(
            Diagnostic::error("network/prefix-and-cidrs", format!("{path}.prefix"), message).help("remove one of them"),
        );
    }
    if cidrs.len() != network.zones.count() {
        let message = format!("{} blocks of addresses for {} zones", cidrs.len(), network.zones.count());
        found.push(
            Diagnostic::error("network/cidrs-per-zone", format!("{path}.cidrs"), message)
                .help("give one for each zone"),
        );
    }
    for (at, cidr) in cidrs.iter().enumerate() {
        let path = format!("{path}.cidrs[{at}]");
        let before = found.len();
        size(*cidr, "a subnet", &path, found);
        if found.len() == before && !network.cidr.contains(cidr) {
            let message = format!("{cidr} is not in the network's {}", network.cidr);
            found.push(Diagnostic::error("network/outside", path, message));
        }
    }
}

/// Subnets that share addresses; each is told once, at the later one of those that the file gives.
fn overlaps(network: &Network, planned: &[PlannedSubnet], found: &mut Vec<Diagnostic>) {
    for (at, one) in planned.iter().enumerate() {
        for other in planned.iter().take(at).filter(|it| it.cidr.overlaps(&one.cidr)) {
            let given = |it: &PlannedSubnet| network.subnets.get(&it.tier).is_some_and(|it| it.cidrs.is_some());
            let (blamed, rest) = if given(one) { (one, other) } else { (other, one) };
            let message = format!(
                "{} overlaps {}, the {} subnet of {}",
                blamed.cidr,
                rest.cidr,
                rest.tier.as_str(),
                zone_words(network, rest.index)
            );
            let path = format!("network.subnets.{}.cidrs[{}]", blamed.tier.as_str(), blamed.index);
            found.push(Diagnostic::error("network/overlap", path, message));
        }
    }
}
