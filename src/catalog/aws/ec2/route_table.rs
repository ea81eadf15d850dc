//! Route tables: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    ResourceType, Route as SdkRoute, RouteOrigin, RouteState, RouteTable as SdkTable, RouteTableAssociation,
    RouteTableAssociationStateCode as AssociationState,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{filter, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, text::cidr::Cidr, value::In},
};

const DESCRIBE: &str = "ec2:DescribeRouteTables";

/// Where what leaves some subnets goes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RouteTable {
    /// The network that it is for.
    pub vpc: In<String>,
    /// Where to; the network's own addresses need no route.
    pub routes: BTreeSet<Route>,
    /// The subnets that it is for.
    pub subnets: BTreeSet<In<String>>,
}

/// Where what is for some addresses goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// The addresses, of IPv4 or IPv6.
    pub destination: Cidr,
    /// The gateway that it goes to: `igw-…`, `nat-…`, or `eigw-…` for IPv6.
    pub target: In<String>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `rtb-0123456789abcdef0`.
    pub id: String,
}

impl Resource for RouteTable {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(RouteTable: vpc),
        interrupts: Some("its subnets lose their routes"),
        ..Facts::new::<Self>(
            "ec2.route_table",
            "where what leaves some subnets goes",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html",
        )
    };
}

impl Lifecycle for RouteTable {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let call = cx.ec2.describe_route_tables().set_filters(Some(owned_by(&look.scope)));
        let found: Vec<_> = call.into_paginator().items().send().collect::<Result<_, _>>().await.during(DESCRIBE)?;
        found.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.create_route_table().client_token(&new.token).vpc_id(new.want.vpc.get());
        let call = call.tag_specifications(tagged(ResourceType::RouteTable, new));
        call.send().await.during("ec2:CreateRouteTable").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if changed.any(fields!(RouteTable: routes)) {
            for change in route_changes(&want.routes, &live.state.routes) {
                change.make(cx, &live.out.id).await?;
            }
        }
        // A subnet moves here only once it finds its routes here.
        if changed.any(fields!(RouteTable: subnets)) {
            associate(cx, &live.out.id, want).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = live.out.id.as_str();
        let tables = in_vpc(cx, live.state.vpc.get()).await?;
        for association in associations(&tables).filter(|it| it.route_table_id() == Some(id)) {
            disassociate(cx, association).await?;
        }
        cx.ec2.delete_route_table().route_table_id(id).send().await.during("ec2:DeleteRouteTable").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

fn live(table: &SdkTable) -> Result<Live<RouteTable>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let id = table.route_table_id().ok_or_else(|| missing("route table id"))?;
    let subnets = associations([table]).filter_map(RouteTableAssociation::subnet_id);
    let state = RouteTable {
        vpc: table.vpc_id().ok_or_else(|| missing("VPC id"))?.into(),
        routes: table.routes().iter().filter_map(|it| route(it).transpose()).collect::<Result<_>>()?,
        subnets: subnets.map(Into::into).collect(),
    };
    let out = Out { id: id.to_owned() };
    Ok(Live { state, out, tags: tags(table.tags.as_deref()), status: Status::Ready })
}

/// `None` if EC2 or another service put it there: local, propagated and advertised routes, and those of gateway endpoints,
/// which lead to a prefix list and not to a block of addresses.
fn route(route: &SdkRoute) -> Result<Option<Route>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let dynamic = matches!(route.origin(), Some(RouteOrigin::EnableVgwRoutePropagation | RouteOrigin::Advertisement));
    if dynamic || matches!(route.gateway_id(), Some("local" | "VpcLattice")) {
        return Ok(None);
    }
    let Some(text) = route.destination_cidr_block().or(route.destination_ipv6_cidr_block()) else { return Ok(None) };
    let destination = text.parse().map_err(|_| missing("destination that is a block of addresses"))?;
    let target = match (target(route), route.state()) {
        // What it led to is gone, or detached. It must differ from the route that is wanted, whatever its target is.
        (Some(id), Some(RouteState::Blackhole)) => format!("blackhole ({id})"),
        (None, Some(RouteState::Blackhole)) => "blackhole".into(),
        (Some(id), _) => id.to_owned(),
        (None, _) => return Err(missing("target of a route")),
    };
    Ok(Some(Route { destination, target: In::Known(target) }))
}

/// An instance is the last, for its network interface is named as well.
fn target(route: &SdkRoute) -> Option<&str> {
    [
        route.gateway_id(),
        route.nat_gateway_id(),
        route.egress_only_internet_gateway_id(),
        route.transit_gateway_id(),
        route.vpc_peering_connection_id(),
        route.local_gateway_id(),
        route.carrier_gateway_id(),
        route.core_network_arn(),
        route.odb_network_arn(),
        route.network_interface_id(),
        route.instance_id(),
    ]
    .into_iter()
    .flatten()
    .find(|it| !it.is_empty())
}

#[derive(Debug, PartialEq)]
enum RouteChange<'a> {
    Create(&'a Route),
    Replace(&'a Route),
    Delete(Cidr),
}

/// A route is known by its destination.
fn route_changes<'a>(want: &'a BTreeSet<Route>, live: &BTreeSet<Route>) -> Vec<RouteChange<'a>> {
    let old: BTreeMap<_, _> = live.iter().map(|it| (it.destination, it)).collect();
    let wanted: BTreeSet<_> = want.iter().map(|it| it.destination).collect();
    let set = want.iter().filter_map(|it| match old.get(&it.destination) {
        None => Some(RouteChange::Create(it)),
        Some(old) => (*old != it).then_some(RouteChange::Replace(it)),
    });
    set.chain(old.keys().filter(|it| !wanted.contains(it)).map(|it| RouteChange::Delete(*it))).collect()
}

/// The two calls that set a route take the same, but their builders have no trait in common.
macro_rules! set_route {
    ($call:expr, $table:expr, $route:expr) => {{
        let (call, to) = ($call.route_table_id($table), $route.destination.to_string());
        let call = if $route.destination.is_v4() {
            call.destination_cidr_block(to)
        } else {
            call.destination_ipv6_cidr_block(to)
        };
        let target = $route.target.get();
        match target.split_once('-') {
            Some(("nat", _)) => call.nat_gateway_id(target),
            Some(("eigw", _)) => call.egress_only_internet_gateway_id(target),
            _ => call.gateway_id(target),
        }
    }};
}

impl RouteChange<'_> {
    async fn make(&self, cx: &WriteCx, table: &str) -> Result<()> {
        match self {
            Self::Create(route) => {
                let call = set_route!(cx.ec2.create_route(), table, route);
                call.send().await.during("ec2:CreateRoute").or_done()
            }
            Self::Replace(route) => {
                let call = set_route!(cx.ec2.replace_route(), table, route);
                call.send().await.during("ec2:ReplaceRoute").map(drop)
            }
            Self::Delete(destination) => {
                let (call, to) = (cx.ec2.delete_route().route_table_id(table), destination.to_string());
                let call = if destination.is_v4() {
                    call.destination_cidr_block(to)
                } else {
                    call.destination_ipv6_cidr_block(to)
                };
                call.send().await.during("ec2:DeleteRoute").or_done()
            }
        }
    }
}

/// Brings the subnets of `want` to the table `id`, and those that are there and not wanted back to the main one.
async fn associate(cx: &WriteCx, id: &str, want: &RouteTable) -> Result<()> {
    let tables = in_vpc(cx, want.vpc.get()).await?;
    let now: BTreeMap<_, _> = associations(&tables).filter_map(|it| Some((it.subnet_id()?, it))).collect();
    for subnet in want.subnets.iter().map(In::get) {
        match now.get(subnet.as_str()) {
            Some(it) if it.route_table_id() == Some(id) => (),
            Some(elsewhere) => {
                let call = cx.ec2.replace_route_table_association().route_table_id(id);
                let call = call.association_id(association_id(elsewhere)?);
                call.send().await.during("ec2:ReplaceRouteTableAssociation")?;
            }
            None => {
                let call = cx.ec2.associate_route_table().route_table_id(id).subnet_id(subnet);
                call.send().await.during("ec2:AssociateRouteTable")?;
            }
        }
    }
    let wanted = |subnet: &str| want.subnets.iter().any(|it| it.get() == subnet);
    for (_, association) in now.iter().filter(|(subnet, it)| it.route_table_id() == Some(id) && !wanted(subnet)) {
        disassociate(cx, association).await?;
    }
    Ok(())
}

async fn disassociate(cx: &WriteCx, association: &RouteTableAssociation) -> Result<()> {
    let call = cx.ec2.disassociate_route_table().association_id(association_id(association)?);
    call.send().await.during("ec2:DisassociateRouteTable").or_done()
}

fn association_id(association: &RouteTableAssociation) -> Result<&str> {
    association.route_table_association_id().ok_or_else(|| ApiError::incomplete(DESCRIBE, "association id"))
}

async fn in_vpc(cx: &WriteCx, vpc: &str) -> Result<Vec<SdkTable>> {
    let pages = cx.read.ec2.describe_route_tables().filters(filter("vpc-id", [vpc])).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during(DESCRIBE)
}

/// Those that someone made and that stand: a network's main table is for all subnets that have no other.
fn associations<'a>(tables: impl IntoIterator<Item = &'a SdkTable>) -> impl Iterator<Item = &'a RouteTableAssociation> {
    let made = tables.into_iter().flat_map(SdkTable::associations).filter(|it| it.main() != Some(true));
    made.filter(|it| {
        let state = it.association_state().and_then(|it| it.state());
        !matches!(
            state,
            Some(AssociationState::Failed | AssociationState::Disassociating | AssociationState::Disassociated)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::{RouteTableAssociationState, builders::RouteBuilder};

    fn to(destination: &str) -> RouteBuilder {
        SdkRoute::builder().destination_cidr_block(destination).origin(RouteOrigin::CreateRoute)
    }

    fn seen(builder: RouteBuilder) -> Option<String> {
        route(&builder.build()).unwrap().map(|it| format!("{} {}", it.destination, it.target.get()))
    }

    fn routes(pairs: &[(&str, &str)]) -> BTreeSet<Route> {
        let route = |(to, target): &(&str, &str)| Route { destination: to.parse().unwrap(), target: (*target).into() };
        pairs.iter().map(route).collect()
    }

    #[test]
    fn routes_of_others_are_not_ours() {
        let local = to("10.0.0.0/16").gateway_id("local").origin(RouteOrigin::CreateRouteTable);
        let propagated = to("10.9.0.0/16").gateway_id("vgw-1").origin(RouteOrigin::EnableVgwRoutePropagation);
        let endpoint = SdkRoute::builder().destination_prefix_list_id("pl-1").gateway_id("vpce-1");
        for route in [local, propagated, endpoint] {
            assert_eq!(seen(route), None);
        }
    }

    #[test]
    fn routes_by_hand_show_with_their_target() {
        let active = |it: RouteBuilder| seen(it.state(RouteState::Active));
        assert_eq!(active(to("0.0.0.0/0").nat_gateway_id("nat-1")).unwrap(), "0.0.0.0/0 nat-1");
        let instance = to("10.9.0.0/16").instance_id("i-1").network_interface_id("eni-1");
        assert_eq!(active(instance).unwrap(), "10.9.0.0/16 eni-1");
        let v6 = SdkRoute::builder().destination_ipv6_cidr_block("::/0").egress_only_internet_gateway_id("eigw-1");
        assert_eq!(active(v6).unwrap(), "::/0 eigw-1");
        assert!(route(&to("10.9.0.0/16").state(RouteState::Active).build()).is_err());
    }

    #[test]
    fn a_blackhole_differs_from_the_route_that_it_was() {
        let black = to("0.0.0.0/0").nat_gateway_id("nat-1").state(RouteState::Blackhole);
        assert_eq!(seen(black).unwrap(), "0.0.0.0/0 blackhole (nat-1)");
        assert_eq!(seen(to("0.0.0.0/0").state(RouteState::Blackhole)).unwrap(), "0.0.0.0/0 blackhole");
        let want = routes(&[("0.0.0.0/0", "nat-1")]);
        let changes = route_changes(&want, &routes(&[("0.0.0.0/0", "blackhole (nat-1)")])).len();
        assert_eq!(changes, 1);
    }

    #[test]
    fn routes_change_by_destination() {
        let want = routes(&[("0.0.0.0/0", "igw-1"), ("10.1.0.0/16", "nat-1"), ("::/0", "igw-1")]);
        let live = routes(&[("0.0.0.0/0", "igw-1"), ("10.1.0.0/16", "nat-2"), ("10.2.0.0/16", "eni-1")]);
        let [same, other, new] = &want.iter().collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!(same.target, "igw-1".into());
        let gone = "10.2.0.0/16".parse().unwrap();
        let expected = [RouteChange::Replace(other), RouteChange::Create(new), RouteChange::Delete(gone)];
        assert_eq!(route_changes(&want, &live), expected);
    }

    #[test]
    fn only_explicit_associations_that_stand_count() {
        let of = |subnet: Option<&str>, main, state: AssociationState| {
            let state = RouteTableAssociationState::builder().state(state).build();
            let it = RouteTableAssociation::builder().set_subnet_id(subnet.map(Into::into)).main(main);
            it.association_state(state).build()
        };
        let table = SdkTable::builder()
            .route_table_id("rtb-1")
            .vpc_id("vpc-1")
            .associations(of(None, true, AssociationState::Associated))
            .associations(of(Some("subnet-1"), false, AssociationState::Associated))
            .associations(of(Some("subnet-2"), false, AssociationState::Associating))
            .associations(of(Some("subnet-3"), false, AssociationState::Disassociating))
            .associations(of(Some("subnet-4"), false, AssociationState::Failed))
            .build();
        let subnets = live(&table).unwrap().state.subnets;
        assert_eq!(subnets, ["subnet-1".into(), "subnet-2".into()].into());
    }
}
