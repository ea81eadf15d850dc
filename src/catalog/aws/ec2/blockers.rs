//! What keeps a part of a network from being deleted: EC2 says `DependencyViolation` and names nothing.

use aws_sdk_ec2::types::{Filter, NetworkInterface};

use super::filter;
use crate::api::{During, ReadCx, Result};

/// The network interfaces that `narrowed` finds.
pub(super) async fn interfaces(cx: &ReadCx, narrowed: Filter) -> Result<Vec<NetworkInterface>> {
    let pages = cx.ec2.describe_network_interfaces().filters(narrowed).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("ec2:DescribeNetworkInterfaces")
}

/// A network interface, and whose it seems to be.
pub(super) fn interface(it: &NetworkInterface) -> String {
    let instance = it.attachment().and_then(|it| it.instance_id()).map(|it| format!("of instance {it}"));
    let about = it.description().filter(|it| !it.is_empty()).map(ToOwned::to_owned);
    named("network interface", it.network_interface_id(), instance.or(about).as_deref())
}

/// The groups other than `id` with a rule that names it.
pub(super) async fn groups_naming(cx: &ReadCx, id: &str) -> Result<Vec<String>> {
    let groups = |name: &'static str| async move {
        let pages = cx.ec2.describe_security_groups().filters(filter(name, [id])).into_paginator().items().send();
        pages.collect::<Result<Vec<_>, _>>().await.during("ec2:DescribeSecurityGroups")
    };
    let (from, to) = tokio::try_join!(groups("ip-permission.group-id"), groups("egress.ip-permission.group-id"))?;
    let mut acc: Vec<_> = from.iter().chain(&to).filter(|it| it.group_id() != Some(id)).collect();
    acc.dedup_by_key(|it| it.group_id());
    Ok(acc.into_iter().map(|it| named("a rule of security group", it.group_id(), it.group_name())).collect())
}

/// All that stands in the VPC `id` and does not go with it.
pub(super) async fn inside(cx: &ReadCx, id: &str) -> Result<Vec<String>> {
    macro_rules! list {
        ($call:ident, $operation:literal) => {
            async {
                let pages = cx.ec2.$call().filters(filter("vpc-id", [id])).into_paginator().items().send();
                pages.collect::<Result<Vec<_>, _>>().await.during($operation)
            }
        };
    }
    let (interfaces, endpoints, subnets, groups, tables, acls) = tokio::try_join!(
        interfaces(cx, filter("vpc-id", [id])),
        list!(describe_vpc_endpoints, "ec2:DescribeVpcEndpoints"),
        list!(describe_subnets, "ec2:DescribeSubnets"),
        list!(describe_security_groups, "ec2:DescribeSecurityGroups"),
        list!(describe_route_tables, "ec2:DescribeRouteTables"),
        list!(describe_network_acls, "ec2:DescribeNetworkAcls"),
    )?;
    let groups = groups.iter().filter(|it| it.group_name() != Some("default"));
    let tables = tables.iter().filter(|it| !it.associations().iter().any(|it| it.main() == Some(true)));
    let acls = acls.iter().filter(|it| it.is_default() != Some(true));
    let mut acc: Vec<_> = interfaces.iter().map(interface).collect();
    acc.extend(endpoints.iter().map(|it| named("endpoint", it.vpc_endpoint_id(), it.service_name())));
    acc.extend(subnets.iter().map(|it| named("subnet", it.subnet_id(), it.cidr_block())));
    acc.extend(groups.map(|it| named("security group", it.group_id(), it.group_name())));
    acc.extend(tables.map(|it| named("route table", it.route_table_id(), None)));
    acc.extend(acls.map(|it| named("network ACL", it.network_acl_id(), None)));
    Ok(acc)
}

fn named(what: &str, id: Option<&str>, about: Option<&str>) -> String {
    let about = about.map(|it| format!(" ({it})")).unwrap_or_default();
    format!("{what} {}{about}", id.unwrap_or_default())
}
