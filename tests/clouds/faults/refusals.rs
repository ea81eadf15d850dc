//! What the cloud refuses for good: told with its reason; the rest is done, and a later run does what was left.

use futures::{StreamExt, stream};
use serde_json::json;

use super::{APPLY, DESTROY, LABS, assert_gone, assert_tells, assert_whole, lab};
use crate::{
    kills::{counts, everything},
    lab::Lab,
};

#[tokio::test]
async fn a_nat_gateway_that_failed_is_told_and_replaced() {
    let lab = lab("failed NAT gateways").await;
    lab.behave(json!({"nat_fails": ["InternalError", "InsufficientFreeAddressesInSubnet", "InternalError"]})).await;
    for reason in ["Network interface could not be created due to an internal error", "insufficient free addresses"] {
        let said = lab.run(&APPLY).await;
        assert_tells(&said);
        assert!(said.err.contains("failed ec2.nat_gateway/nat-a: ") && said.err.contains(reason), "{}", said.err);
        let left = ["create ec2.route_table/private-a", "create ec2.vpc_endpoint/s3", "replace ec2.nat_gateway/nat-a"];
        assert_eq!(lab.plan().await, left);
    }
    // Whatever the third would do.
    lab.behave(json!({"nat_fails": []})).await;
    lab.ok(&APPLY).await;
    assert_whole(&lab, "failed, then replaced").await;
}

#[tokio::test]
async fn a_nat_gateway_that_failed_can_be_destroyed() {
    let lab = lab("failed NAT gateway destroyed").await;
    lab.behave(json!({"nat_fails": ["InternalError"]})).await;
    assert_tells(&lab.run(&APPLY).await);
    lab.ok(&DESTROY).await;
    assert_gone(&lab, "failed, then destroyed").await;
}

#[tokio::test]
async fn a_quota_is_told_and_the_rest_is_done() {
    let lab = lab("VPC quota").await;
    let cx = lab.aws().await;
    // Each account has one VPC from its beginning, and may have five.
    let mut others = Vec::new();
    for _ in 0..4 {
        let made = cx.ec2.create_vpc().cidr_block("10.9.0.0/16").send().await.unwrap();
        others.push(made.vpc.unwrap().vpc_id.unwrap());
    }
    let said = lab.run(&APPLY).await;
    assert_tells(&said);
    let told = ["failed ec2.vpc/main: ec2:CreateVpc VpcLimitExceeded: ", "maximum number of VPCs", "Service Quotas"];
    assert!(told.iter().all(|it| said.err.contains(it)), "{}", said.err);
    let done = [("address", 1), ("log group", 1), ("role", 1), ("vpc", 4)];
    assert_eq!(counts(&lab.inventory().await), done.into());
    for id in others {
        cx.ec2.delete_vpc().vpc_id(id).send().await.unwrap();
    }
    lab.ok(&APPLY).await;
    assert_whole(&lab, "VPC quota").await;
}

#[tokio::test]
async fn a_quota_of_what_others_need_is_told() {
    let lab = lab("address quota").await;
    let cx = lab.aws().await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(cx.ec2.allocate_address().send().await.unwrap().allocation_id.unwrap());
    }
    let said = lab.run(&APPLY).await;
    assert_tells(&said);
    assert!(said.err.contains("ec2:AllocateAddress AddressLimitExceeded: "), "{}", said.err);
    let left = ["ec2.eip/nat-a", "ec2.nat_gateway/nat-a", "ec2.route_table/private-a", "ec2.vpc_endpoint/s3"];
    assert_eq!(lab.plan().await, left.map(|it| format!("create {it}")));
    for id in others {
        cx.ec2.release_address().allocation_id(id).send().await.unwrap();
    }
    lab.ok(&APPLY).await;
    assert_whole(&lab, "address quota").await;
}

/// A call that is denied, how the service says that, and what is left when all else is done.
const DENIED: [(&str, &str, &[&str]); 4] = [
    ("ec2:CreateNetworkAcl", "UnauthorizedOperation", &["ec2.network_acl/private"]),
    (
        "ec2:CreateNatGateway",
        "UnauthorizedOperation",
        &["ec2.nat_gateway/nat-a", "ec2.route_table/private-a", "ec2.vpc_endpoint/s3"],
    ),
    ("iam:CreateRole", "AccessDenied", &["iam.role/flow-logs", "ec2.flow_log/flow-logs"]),
    ("logs:CreateLogGroup", "AccessDeniedException", &["logs.log_group/flow-logs", "ec2.flow_log/flow-logs"]),
];

#[tokio::test]
async fn a_denied_call_is_named_and_the_rest_is_done() {
    let one = async |(call, code, left): (&str, &str, &[&str])| {
        let lab = lab(&format!("{call} denied")).await;
        deny(&lab, call).await;
        let said = lab.run(&APPLY).await;
        assert_tells(&said);
        let told = [&format!("failed {}: {call} {code}: ", left[0]), "(request ", &format!("allow `{call}`")];
        assert!(told.iter().all(|it| said.err.contains(it)), "{}", said.err);
        let mut left: Vec<_> = left.iter().map(|it| format!("create {it}")).collect();
        left.sort();
        assert_eq!(lab.plan().await, left);
        lab.faults(json!([])).await;
        lab.ok(&APPLY).await;
        assert_whole(&lab, call).await;
    };
    stream::iter(DENIED).for_each_concurrent(LABS, one).await;
}

#[tokio::test]
async fn a_denied_deletion_keeps_what_it_stands_on() {
    let lab = lab("deletion denied").await;
    lab.ok(&APPLY).await;
    deny(&lab, "ec2:DeleteNetworkAcl").await;
    let said = lab.run(&DESTROY).await;
    assert_tells(&said);
    assert!(said.err.contains("failed ec2.network_acl/private: ec2:DeleteNetworkAcl Unauthorized"), "{}", said.err);
    assert_eq!(counts(&lab.inventory().await), [("network ACL", 1), ("subnet", 1), ("vpc", 1)].into());
    lab.faults(json!([])).await;
    lab.ok(&DESTROY).await;
    assert_gone(&lab, "deletion denied").await;
}

async fn deny(lab: &Lab, call: &str) {
    lab.faults(json!([{"kind": "access_denied", "operation": call}])).await;
}

/// Without a whole look, there is no plan.
#[tokio::test]
async fn what_cannot_be_seen_is_named_and_nothing_is_done() {
    let cases = [
        ("access_denied", "ec2:DescribeSubnets UnauthorizedOperation", "allow `ec2:DescribeSubnets`"),
        ("throttle", "ec2:DescribeSubnets RequestLimitExceeded", "wait a minute"),
        ("server_error", "ec2:DescribeSubnets InternalError", ""),
        ("drop_before", "ec2:DescribeSubnets NoAnswer", "check the network"),
    ];
    let one = async |(kind, what, help): (&str, &str, &str)| {
        let lab = lab(&format!("{kind} of looks")).await;
        lab.faults(json!([{"kind": kind, "operation": "ec2:DescribeSubnets"}])).await;
        let said = lab.run(&APPLY).await;
        assert_eq!(said.code, 4, "{}", said.err);
        assert!(said.err.contains(what) && said.err.contains(help), "{}", said.err);
        assert_eq!(lab.changes().await, 0, "{kind}");
        lab.faults(json!([])).await;
        assert_eq!(lab.plan().await.len(), everything().values().sum::<usize>() + 3, "{kind}");
    };
    stream::iter(cases).for_each_concurrent(LABS, one).await;
}
