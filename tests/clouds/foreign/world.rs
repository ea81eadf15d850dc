//! All that an account holds, in the cloud's own words.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::VpcAttributeName;
use infractl::api::ReadCx;

use crate::lab::Lab;

/// Every object of an account, by its id.
pub(crate) type World = BTreeMap<String, String>;

/// Everything that is there, described as fully as the cloud does. Right after a change, only of an account whose
/// `read_after_write` is off.
pub(crate) async fn world(lab: &Lab) -> World {
    let cx = lab.aws().await.read;
    let mut acc = World::new();
    network(&cx, &mut acc).await;
    addresses(&cx, &mut acc).await;
    identities(&cx, &mut acc).await;
    log_groups(&cx, &mut acc).await;
    acc
}

/// What of `old` is otherwise now, or gone.
pub(crate) fn harmed(old: &World, now: &World) -> Vec<String> {
    let differs = |(id, was): (&String, &String)| match now.get(id) {
        Some(is) if is == was => None,
        Some(is) => Some(format!("{id} was\n{was}\nand is\n{is}")),
        None => Some(format!("{id} is gone; it was\n{was}")),
    };
    old.iter().filter_map(differs).collect()
}

async fn network(cx: &ReadCx, acc: &mut World) {
    macro_rules! see {
        ($call:ident, $id:ident) => {
            let pages = cx.ec2.$call().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
            acc.extend(pages.iter().map(|it| (it.$id().unwrap().to_owned(), format!("{it:#?}"))));
        };
    }
    see!(describe_vpcs, vpc_id);
    let vpcs: Vec<_> = acc.keys().cloned().collect();
    see!(describe_subnets, subnet_id);
    see!(describe_internet_gateways, internet_gateway_id);
    see!(describe_route_tables, route_table_id);
    see!(describe_network_acls, network_acl_id);
    see!(describe_security_groups, group_id);
    see!(describe_security_group_rules, security_group_rule_id);
    see!(describe_vpc_endpoints, vpc_endpoint_id);
    see!(describe_network_interfaces, network_interface_id);
    see!(describe_flow_logs, flow_log_id);
    see!(describe_nat_gateways, nat_gateway_id);
    // EC2 shows them for an hour after they have gone.
    acc.retain(|id, it| !(id.starts_with("nat-") && it.contains("Deleted")));
    for vpc in vpcs {
        for name in [VpcAttributeName::EnableDnsSupport, VpcAttributeName::EnableDnsHostnames] {
            let call = cx.ec2.describe_vpc_attribute().vpc_id(&vpc).attribute(name.clone());
            let answer = call.send().await.unwrap();
            let value = format!("{:?} {:?}", answer.enable_dns_support, answer.enable_dns_hostnames);
            acc.insert(format!("{vpc} {name}"), value);
        }
    }
}

async fn addresses(cx: &ReadCx, acc: &mut World) {
    let found = cx.ec2.describe_addresses().send().await.unwrap();
    acc.extend(found.addresses().iter().map(|it| (it.allocation_id().unwrap().to_owned(), format!("{it:#?}"))));
}

async fn identities(cx: &ReadCx, acc: &mut World) {
    let listed = cx.iam.list_roles().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    for role in listed {
        let name = role.role_name();
        let said = cx.iam.get_role().role_name(name).send().await.unwrap();
        let attached = cx.iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
        let attached: Vec<_> = attached.collect::<Result<_, _>>().await.unwrap();
        let mut text = format!("{:#?} {attached:#?}", said.role());
        let inline = cx.iam.list_role_policies().role_name(name).into_paginator().items().send();
        for policy in inline.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let policy = cx.iam.get_role_policy().role_name(name).policy_name(policy).send().await.unwrap();
            text += policy.policy_document();
        }
        acc.insert(format!("role {name}"), text);
    }
}

async fn log_groups(cx: &ReadCx, acc: &mut World) {
    let groups = cx.logs.describe_log_groups().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    for group in groups.await.unwrap() {
        let arn = group.arn().unwrap().trim_end_matches(":*");
        let tags = cx.logs.list_tags_for_resource().resource_arn(arn).send().await.unwrap().tags;
        let tags: BTreeMap<_, _> = tags.unwrap_or_default().into_iter().collect();
        acc.insert(format!("log group {}", group.log_group_name().unwrap()), format!("{group:#?} {tags:#?}"));
    }
}
