//! The network: a VPC over some zones, its subnets and the ways out of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    endpoints, flow_logs,
    outs::ComponentOuts,
    security,
    stack::{Net, Stack},
};
use crate::{
    catalog::aws::ec2::{
        eip::Eip,
        internet_gateway::InternetGateway,
        nat_gateway::NatGateway,
        network_acl::{Entry, NetworkAcl},
        route_table::{Route, RouteTable},
        subnet::Subnet,
        vpc::Vpc,
    },
    diagnostic::Diagnostic,
    field,
    resource::{
        graph::{Graph, Handle},
        text::cidr::Cidr,
        value::In,
    },
    spec::model::{self, Nat, Network, PlannedSubnet, Tier, Zones},
};

/// Whatever of a network comes from the file's top-level key of that name.
pub(super) const COMPONENT: &str = "network";

/// A subnet, and where it stands.
pub(super) struct Placed {
    pub(super) planned: PlannedSubnet,
    pub(super) handle: Handle<Subnet>,
}

/// What the parts of a network share.
pub(super) struct Parts<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) spec: &'a Network,
    pub(super) vpc: Handle<Vpc>,
    pub(super) subnets: Vec<Placed>,
    pub(super) tables: BTreeMap<Tier, Vec<Handle<RouteTable>>>,
    pub(super) outs: ComponentOuts,
}

pub(super) fn network(stack: &mut Stack<'_>, zones: &[String]) -> Result<(), Vec<Diagnostic>> {
    let Some(spec) = &stack.spec.network else { return Ok(()) };
    let graph = &mut stack.graph;
    let letters = letters(spec, &graph.place.region, zones)?;
    let planned = model::layout(spec, &letters).map_err(|it| {
        let message = format!("there is no room for the {} subnet of zone {}", it.tier.as_str(), it.index + 1);
        vec![Diagnostic::error("network/too-small", "network.cidr", message).help("use a larger block, or fewer zones")]
    })?;
    let vpc = Vpc { cidr: spec.cidr, dns_support: spec.dns_support, dns_hostnames: spec.dns_hostnames };
    let vpc = graph.add(COMPONENT, "main", &vpc);
    let mut parts =
        Parts { graph, spec, vpc, subnets: Vec::new(), tables: BTreeMap::new(), outs: ComponentOuts::new() };
    parts.subnets(planned);
    let gateway = spec.has(Tier::Public).then(|| parts.gateway());
    let nats = parts.nats();
    parts.routes(gateway.as_ref(), &nats);
    parts.acls();
    security::groups(&mut parts);
    endpoints::endpoints(&mut parts);
    flow_logs::flow_logs(&mut parts);
    parts.tell(gateway.as_ref());
    let subnets = Tier::ALL.map(|tier| (tier, parts.tier(tier).map(|it| it.handle.out(field!(id))).collect()));
    let net = Net { vpc: parts.vpc_id(), cidr: spec.cidr, subnets: subnets.into() };
    let outs = parts.outs;
    stack.outs.add(COMPONENT, outs);
    stack.net = Some(net);
    Ok(())
}

/// The zones to use: the first ones, or those that are named.
fn letters(spec: &Network, region: &str, zones: &[String]) -> Result<Vec<String>, Vec<Diagnostic>> {
    let wrong = |message| {
        let help = format!("{region} has {}", zones.join(", "));
        vec![Diagnostic::error("network/zones", "network.zones", message).help(help)]
    };
    match &spec.zones {
        Zones::Count(_) => {
            let letters: Vec<_> = zones.iter().take(spec.zones.count()).cloned().collect();
            let enough = letters.len() == spec.zones.count();
            enough
                .then_some(letters)
                .ok_or_else(|| wrong(format!("{region} has fewer than {} zones", spec.zones.count())))
        }
        Zones::Letters(letters) => {
            let letters: Vec<_> = letters.iter().map(ToString::to_string).collect();
            match letters.iter().find(|it| !zones.contains(it)) {
                Some(it) => Err(wrong(format!("{region} has no zone `{it}` in this account"))),
                None => Ok(letters),
            }
        }
    }
}

impl Parts<'_> {
    /// The subnets of a tier, one a zone.
    pub(super) fn tier(&self, tier: Tier) -> impl Iterator<Item = &Placed> {
        self.subnets.iter().filter(move |it| it.planned.tier == tier)
    }

    pub(super) fn vpc_id(&self) -> In<String> {
        self.vpc.out(field!(id))
    }

    fn subnets(&mut self, planned: Vec<PlannedSubnet>) {
        for planned in planned {
            let subnet = Subnet {
                vpc: self.vpc_id(),
                cidr: planned.cidr,
                zone: format!("{}{}", self.graph.place.region, planned.zone_letter),
                public_ips: self.spec.subnets.get(&planned.tier).is_some_and(|it| it.public_ips),
            };
            let name = format!("{}-{}", planned.tier.as_str(), planned.zone_letter);
            let handle = self.graph.add(COMPONENT, &name, &subnet);
            self.subnets.push(Placed { planned, handle });
        }
    }

    fn gateway(&mut self) -> Handle<InternetGateway> {
        let vpc = Some(self.vpc_id());
        self.graph.add(COMPONENT, "main", &InternetGateway { vpc })
    }

    /// The NAT gateways by zone, each with an address of its own; none where nothing would go out through them.
    fn nats(&mut self) -> BTreeMap<String, Handle<NatGateway>> {
        let count = match self.spec.nat {
            _ if !self.spec.has(Tier::Private) => 0,
            Nat::None => 0,
            Nat::Single => 1,
            Nat::PerZone => usize::MAX,
        };
        let places: Vec<_> = self
            .tier(Tier::Public)
            .take(count)
            .map(|it| (it.planned.zone_letter.clone(), it.handle.out(field!(id))))
            .collect();
        let mut acc = BTreeMap::new();
        for (zone, subnet) in places {
            let name = format!("nat-{zone}");
            let address = self.graph.add(COMPONENT, &name, &Eip {});
            let nat = NatGateway { subnet, allocation: address.out(field!(id)) };
            acc.insert(zone, self.graph.add(COMPONENT, &name, &nat));
        }
        acc
    }

    /// A table for the public subnets, one a zone for the private ones, so that each may have a NAT gateway of its own, and
    /// one without a way out for the isolated ones.
    fn routes(&mut self, gateway: Option<&Handle<InternetGateway>>, nats: &BTreeMap<String, Handle<NatGateway>>) {
        let out = |target| Route { destination: Cidr::ANY_V4, target };
        let single = (nats.len() == 1).then(|| nats.values().next()).flatten();
        let mut wanted = Vec::new();
        for tier in Tier::ALL.into_iter().filter(|it| self.spec.has(*it)) {
            let of_zone = |it: &Placed| (it.planned.zone_letter.clone(), it.handle.out(field!(id)));
            let subnets: Vec<_> = self.tier(tier).map(of_zone).collect();
            if tier == Tier::Private {
                for (zone, subnet) in subnets {
                    let nat = nats.get(&zone).or(single).map(|it| out(it.out(field!(id))));
                    wanted.push((tier, format!("private-{zone}"), nat, vec![subnet]));
                }
            } else {
                let way = gateway.filter(|_| tier == Tier::Public).map(|it| out(it.out(field!(id))));
                let ids = subnets.into_iter().map(|(_, id)| id).collect();
                wanted.push((tier, tier.as_str().to_owned(), way, ids));
            }
        }
        for (tier, name, route, subnets) in wanted {
            let table = RouteTable {
                vpc: self.vpc_id(),
                routes: route.into_iter().collect(),
                subnets: subnets.into_iter().collect(),
            };
            let handle = self.graph.add(COMPONENT, &name, &table);
            self.tables.entry(tier).or_default().push(handle);
        }
    }

    fn acls(&mut self) {
        let spec = self.spec;
        for (tier, acl) in &spec.acls {
            let acl = NetworkAcl {
                vpc: self.vpc_id(),
                entries: acl.rules().map(|it| entry(&it, spec.cidr)).collect(),
                subnets: self.tier(*tier).map(|it| it.handle.out(field!(id))).collect(),
            };
            self.graph.add("network.acls", tier.as_str(), &acl);
        }
    }

    fn tell(&mut self, gateway: Option<&Handle<InternetGateway>>) {
        let ids = |parts: &Self, tier| parts.tier(tier).map(|it| json!(it.handle.out(field!(id)))).collect::<Vec<_>>();
        let mut outs = ComponentOuts::new();
        outs.insert("vpc_id".into(), json!(self.vpc_id()));
        outs.insert("cidr".into(), json!(self.spec.cidr));
        outs.extend(gateway.map(|it| ("internet_gateway_id".into(), json!(it.out(field!(id))))));
        for tier in Tier::ALL.into_iter().filter(|it| self.spec.has(*it)) {
            let name = tier.as_str();
            outs.insert(format!("{name}_subnets"), Value::Array(ids(self, tier)));
            let tables: Vec<_> =
                self.tables.get(&tier).into_iter().flatten().map(|it| json!(it.out(field!(id)))).collect();
            match tier {
                Tier::Private => outs.insert("private_route_tables".into(), Value::Array(tables)),
                _ => outs.insert(format!("{name}_route_table"), tables.into_iter().next().unwrap_or_default()),
            };
        }
        let addresses = self.graph.nodes.keys().filter(|it| it.kind() == "ec2.eip");
        let addresses = addresses.map(|it| json!({"$from": it, "$out": "public_ip"})).collect();
        outs.insert("nat_ips".into(), Value::Array(addresses));
        outs.append(&mut self.outs);
        self.outs = outs;
    }
}

/// Protocols by their numbers, as ACLs have them
/// (<https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>).
fn entry(rule: &model::AclRule, vpc: Cidr) -> Entry {
    let protocol = match rule.protocol {
        model::Protocol::Tcp => "6",
        model::Protocol::Udp => "17",
        model::Protocol::Icmp => "1",
        model::Protocol::All => "-1",
    };
    Entry {
        egress: rule.direction == model::Direction::Egress,
        rule: rule.number,
        allow: rule.action == model::AclAction::Allow,
        protocol: protocol.into(),
        ports: security::ports(rule.protocol, rule.ports),
        cidr: match rule.peer {
            model::AclPeer::Network => vpc,
            model::AclPeer::Cidr(it) => it,
        },
    }
}
