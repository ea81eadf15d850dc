//! Which addresses each subnet gets: the same for the same file, always.

use std::ops::Range;

use ipnet::Ipv4Net;

use super::{Network, Tier};
use crate::resource::text::cidr::Cidr;

/// A subnet to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSubnet {
    /// Its tier.
    pub tier: Tier,
    /// The letter of its zone.
    pub zone_letter: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// The number of its zone, counted from 0.
    pub index: usize,
}

/// The VPC has too few addresses for its subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall {
    /// The tier that found no room.
    pub tier: Tier,
    /// The number of the zone that it found no room in, counted from 0.
    pub index: usize,
}

/// AWS makes no smaller subnet (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
const SMALLEST: u8 = 28;
/// The smallest VPC in which a zone's sixteenth holds all tiers in their usual sizes.
const ROOMY: u8 = 20;

/// The subnets of `network` in the zones with these letters, zone by zone, each in the order public, private, isolated.
///
/// Zone i has the i-th sixteenth of the VPC, or as large a part as there can be of a VPC smaller than /20. In it the tiers
/// follow one another, each aligned to its size, around the addresses that the file gives to others. Room is kept for tiers
/// that are not there, so that adding one later moves none of the others.
///
/// # Errors
/// The first subnet for which there is no room; never for a network that [`load`](crate::spec::load) has let through.
pub fn layout(network: &Network, zone_letters: &[String]) -> Result<Vec<PlannedSubnet>, TooSmall> {
    let declared: Vec<Tier> = Tier::ALL.into_iter().filter(|it| network.has(*it)).collect();
    arrange(network, zone_letters, &Tier::ALL).or_else(|_| arrange(network, zone_letters, &declared))
}

fn arrange(network: &Network, zone_letters: &[String], tiers: &[Tier]) -> Result<Vec<PlannedSubnet>, TooSmall> {
    let vpc: Ipv4Net = network.cidr.to_string().parse().map_err(|_| TooSmall { tier: Tier::Public, index: 0 })?;
    let zone_bits = if vpc.prefix_len() <= ROOMY { 4 } else { bits_for(zone_letters.len()) };
    let taken = taken(network);
    let mut planned = Vec::new();
    for (index, letter) in zone_letters.iter().enumerate() {
        let mut room = part(vpc, zone_bits, index).ok_or(TooSmall { tier: Tier::Public, index })?;
        for &tier in tiers {
            let given = network.subnets.get(&tier).and_then(|it| it.cidrs.as_ref());
            let cidr = match given {
                Some(cidrs) => cidrs.get(index).copied(),
                None => take(&mut room, prefix(network, tier, vpc, zone_bits), &taken),
            };
            let cidr = cidr.ok_or(TooSmall { tier, index })?;
            if network.has(tier) {
                planned.push(PlannedSubnet { tier, zone_letter: letter.clone(), cidr, index });
            }
        }
    }
    Ok(planned)
}

/// How many bits tell `count` zones apart.
fn bits_for(count: usize) -> u8 {
    (0..4).find(|bits| count <= 1 << bits).unwrap_or(4)
}

/// The addresses of the `index`-th of the 2^`bits` parts of `vpc`.
fn part(vpc: Ipv4Net, bits: u8, index: usize) -> Option<Range<u64>> {
    let size = 1_u64 << 32_u8.checked_sub(vpc.prefix_len().checked_add(bits)?)?;
    let from = u64::from(u32::from(vpc.network())) + size.checked_mul(u64::try_from(index).ok()?)?;
    (index < 1 << bits).then(|| from..from + size)
}

fn prefix(network: &Network, tier: Tier, vpc: Ipv4Net, zone_bits: u8) -> u8 {
    let more = match (tier, vpc.prefix_len() <= ROOMY) {
        (Tier::Isolated, true) => 12,
        (_, true) => 8,
        (Tier::Isolated, false) => zone_bits + 3,
        (_, false) => zone_bits + 2,
    };
    let chosen = network.subnets.get(&tier).and_then(|it| it.prefix);
    chosen.unwrap_or((vpc.prefix_len() + more).min(SMALLEST))
}

/// The next block with `prefix` in `room` that touches nothing in `taken`, which it takes off the room.
fn take(room: &mut Range<u64>, prefix: u8, taken: &[Range<u64>]) -> Option<Cidr> {
    let size = 1_u64 << 32_u8.checked_sub(prefix)?;
    let mut from = room.start.next_multiple_of(size);
    while let Some(it) = taken.iter().find(|it| it.start < from + size && from < it.end) {
        from = it.end.next_multiple_of(size);
    }
    if from + size > room.end {
        return None;
    }
    room.start = from + size;
    let address = std::net::Ipv4Addr::from(u32::try_from(from).ok()?);
    format!("{address}/{prefix}").parse().ok()
}

/// The addresses that the file gives out itself, to tiers that are there.
fn taken(network: &Network) -> Vec<Range<u64>> {
    let given = network.subnets.iter().filter(|(tier, _)| network.has(**tier)).filter_map(|(_, it)| it.cidrs.as_ref());
    given
        .flatten()
        .filter_map(|it| it.to_string().parse::<Ipv4Net>().ok())
        .map(|it| u64::from(u32::from(it.network()))..u64::from(u32::from(it.broadcast())) + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(json: serde_json::Value, zones: usize) -> Result<Vec<String>, TooSmall> {
        let network: Network = serde_json::from_value(json).unwrap();
        let letters: Vec<String> = ["a", "b", "c", "d", "e", "f"].into_iter().take(zones).map(str::to_owned).collect();
        let planned = layout(&network, &letters)?;
        for (at, one) in planned.iter().enumerate() {
            assert!(network.cidr.contains(&one.cidr), "{one:?} is outside");
            assert!(planned.iter().skip(at + 1).all(|it| !it.cidr.overlaps(&one.cidr)), "{planned:?} overlap");
        }
        Ok(planned
            .into_iter()
            .map(|it| format!("{} {} {} {}", it.tier.as_str(), it.zone_letter, it.index, it.cidr))
            .collect())
    }

    #[test]
    fn the_usual_network() {
        let expected = [
            "public a 0 10.0.0.0/24",
            "private a 0 10.0.1.0/24",
            "isolated a 0 10.0.2.0/28",
            "public b 1 10.0.16.0/24",
            "private b 1 10.0.17.0/24",
            "isolated b 1 10.0.18.0/28",
        ];
        assert_eq!(laid_out(serde_json::json!({}), 2).unwrap(), expected);
    }

    #[test]
    fn a_tier_more_or_less_moves_no_other() {
        let all = laid_out(serde_json::json!({}), 3).unwrap();
        let some = laid_out(serde_json::json!({ "tiers": ["isolated"] }), 3).unwrap();
        assert_eq!(some, all.iter().filter(|it| it.starts_with("isolated")).cloned().collect::<Vec<_>>());
    }

    #[test]
    fn a_zone_more_moves_no_other() {
        let two = laid_out(serde_json::json!({}), 2).unwrap();
        assert!(laid_out(serde_json::json!({}), 6).unwrap().starts_with(&two));
    }

    #[test]
    fn small_networks_get_what_fits() {
        let small = |cidr: &str, zones| laid_out(serde_json::json!({ "cidr": cidr }), zones);
        assert_eq!(
            small("10.0.0.0/24", 2).unwrap()[..3],
            ["public a 0 10.0.0.0/27", "private a 0 10.0.0.32/27", "isolated a 0 10.0.0.64/28"]
        );
        assert_eq!(small("10.0.0.0/26", 1).unwrap().len(), 3);
        assert_eq!(small("10.0.0.0/28", 1), Err(TooSmall { tier: Tier::Private, index: 0 }));
        assert!(small("10.0.0.0/25", 6).is_err());
        let one = serde_json::json!({ "cidr": "10.0.0.0/28", "tiers": ["public"] });
        assert_eq!(laid_out(one, 1).unwrap(), ["public a 0 10.0.0.0/28"]);
    }

    #[test]
    fn every_size_is_laid_out_or_refused() {
        for prefix in 16..=28 {
            for zones in 1..=6 {
                let _ = laid_out(serde_json::json!({ "cidr": format!("10.1.0.0/{prefix}") }), zones);
            }
        }
        assert!((16..=22).all(|it| laid_out(serde_json::json!({ "cidr": format!("10.1.0.0/{it}") }), 6).is_ok()));
    }

    #[test]
    fn chosen_addresses_are_gone_around() {
        let network = serde_json::json!({ "subnets": {
            "isolated": { "cidrs": ["10.0.0.0/28", "10.0.17.0/28"] },
            "public": { "prefix": 22 },
        } });
        let expected = [
            "public a 0 10.0.4.0/22",
            "private a 0 10.0.8.0/24",
            "isolated a 0 10.0.0.0/28",
            "public b 1 10.0.20.0/22",
            "private b 1 10.0.24.0/24",
            "isolated b 1 10.0.17.0/28",
        ];
        assert_eq!(laid_out(network, 2).unwrap(), expected);
    }
}
