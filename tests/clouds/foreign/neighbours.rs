//! An account in which others live: as like ours as others' things can be.

use aws_sdk_ec2::types::{
    DomainType, FlowLogsResourceType, IpPermission, IpRange, ResourceType, Tag, TagSpecification, TrafficType,
};
use infractl::api::WriteCx;

/// Who may take on a role.
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
/// What it may do.
const MAY: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}"#;

/// Tags that say nearly, but not quite, that a thing is of `shop/dev`.
fn nearly_ours(of: ResourceType, name: &str) -> TagSpecification {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tags = [tag("Name", name), tag("infractl:stack", "shop"), tag("infractl:env", "dev"), tag("team", "theirs")];
    TagSpecification::builder().resource_type(of).set_tags(Some(tags.into())).build()
}

/// A network of the same addresses and names as ours, and things of theirs where ours are kept.
pub(crate) async fn move_in(cx: &WriteCx) {
    let vpc = vpc(cx).await;
    let theirs = subnet(cx, &vpc, "10.0.0.0/24").await;
    group(cx, &vpc, "shop-dev-web").await;
    let copies = [subnet(cx, &vpc, "10.0.1.0/24").await, group(cx, &vpc, "copied").await];
    copy_tags_of_our_vpc(cx, &copies.each_ref().map(String::as_str)).await;
    interface(cx, &theirs).await;
    let gateway = cx.ec2.create_internet_gateway().send().await.unwrap().internet_gateway.unwrap();
    let gateway = gateway.internet_gateway_id.unwrap();
    cx.ec2.attach_internet_gateway().internet_gateway_id(&gateway).vpc_id(&vpc).send().await.unwrap();
    let table = cx.ec2.create_route_table().vpc_id(&vpc).send().await.unwrap().route_table.unwrap();
    let table = table.route_table_id.unwrap();
    let route = cx.ec2.create_route().route_table_id(&table).gateway_id(&gateway);
    route.destination_cidr_block("0.0.0.0/0").send().await.unwrap();
    cx.ec2.associate_route_table().route_table_id(&table).subnet_id(&theirs).send().await.unwrap();
    cx.ec2.create_network_acl().vpc_id(&vpc).send().await.unwrap();
    let endpoint = cx.ec2.create_vpc_endpoint().vpc_id(&vpc).route_table_ids(&table);
    endpoint.service_name("com.amazonaws.eu-central-1.s3").send().await.unwrap();
    cx.ec2.allocate_address().domain(DomainType::Vpc).send().await.unwrap();
    log_group(cx, "/infractl/shop/dev/others").await;
    log_group(cx, "/infractl/shop/dev2/flow-logs").await;
    role(cx, "shop-dev-others", "/infractl/shop/dev/eu-central-1/").await;
    let role = role(cx, "shop-dev2-flow-logs", "/infractl/shop/dev2/").await;
    let flow_log = cx.ec2.create_flow_logs().resource_type(FlowLogsResourceType::Vpc).resource_ids(&vpc);
    let flow_log = flow_log.traffic_type(TrafficType::All).deliver_logs_permission_arn(role);
    flow_log.log_group_name("/infractl/shop/dev2/flow-logs").send().await.unwrap();
}

/// All tags of our network, as someone may copy them to what they make in it or beside it.
async fn copy_tags_of_our_vpc(cx: &WriteCx, ids: &[&str]) {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tags = [
        tag("infractl:stack", "shop"),
        tag("infractl:env", "dev"),
        tag("infractl:region", "eu-central-1"),
        tag("infractl:id", "ec2.vpc/main"),
    ];
    let ids = ids.iter().map(|it| (*it).to_owned()).collect();
    cx.ec2.create_tags().set_resources(Some(ids)).set_tags(Some(tags.into())).send().await.unwrap();
}

async fn vpc(cx: &WriteCx) -> String {
    let call = cx.ec2.create_vpc().cidr_block("10.0.0.0/16");
    let call = call.tag_specifications(nearly_ours(ResourceType::Vpc, "shop-dev-main"));
    call.send().await.unwrap().vpc.unwrap().vpc_id.unwrap()
}

pub(crate) async fn subnet(cx: &WriteCx, vpc: &str, cidr: &str) -> String {
    let call = cx.ec2.create_subnet().vpc_id(vpc).cidr_block(cidr).availability_zone("eu-central-1a");
    let call = call.tag_specifications(nearly_ours(ResourceType::Subnet, "shop-dev-public-a"));
    call.send().await.unwrap().subnet.unwrap().subnet_id.unwrap()
}

pub(crate) async fn group(cx: &WriteCx, vpc: &str, name: &str) -> String {
    let call = cx.ec2.create_security_group().vpc_id(vpc).group_name(name).description("theirs");
    let call = call.tag_specifications(nearly_ours(ResourceType::SecurityGroup, name));
    let id = call.send().await.unwrap().group_id.unwrap();
    let rule = IpPermission::builder().ip_protocol("tcp").from_port(22).to_port(22);
    let rule = rule.ip_ranges(IpRange::builder().cidr_ip("192.0.2.0/24").build()).build();
    cx.ec2.authorize_security_group_ingress().group_id(&id).ip_permissions(rule).send().await.unwrap();
    id
}

/// As an instance has one.
pub(crate) async fn interface(cx: &WriteCx, subnet: &str) -> String {
    let call = cx.ec2.create_network_interface().subnet_id(subnet).description("of a machine of theirs");
    call.send().await.unwrap().network_interface.unwrap().network_interface_id.unwrap()
}

pub(crate) async fn log_group(cx: &WriteCx, name: &str) {
    cx.logs.create_log_group().log_group_name(name).tags("team", "theirs").send().await.unwrap();
}

pub(crate) async fn role(cx: &WriteCx, name: &str, path: &str) -> String {
    let role = cx.iam.create_role().role_name(name).path(path).assume_role_policy_document(TRUST);
    let arn = role.send().await.unwrap().role.unwrap().arn;
    let policy = cx.iam.put_role_policy().role_name(name).policy_name("infractl");
    policy.policy_document(MAY).send().await.unwrap();
    arn
}
