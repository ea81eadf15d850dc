//! Flow logs.

use super::bench::{Sequence, case};

const LOG: &str = "+ec2.flow_log/flow-logs: by=iam.role/flow-logs, interval=600, of=ec2.vpc/main, \
    to=logs.log_group/flow-logs, traffic=ALL";
const ROLE: &str = "+iam.role/flow-logs: description=Writes the flow logs of a VPC, \
    path=/infractl/shop/default/eu-central-1/, policy infractl=Allow \
    logs:CreateLogStream,logs:DescribeLogGroups,logs:DescribeLogStreams,logs:PutLogEvents \
    on logs.log_group/flow-logs,logs.log_group/flow-logs:* (2012-10-17), \
    trust=Allow sts:AssumeRole by Service=vpc-flow-logs.amazonaws.com \
    if StringEquals=aws:SourceAccount=this account (2012-10-17)";
const ON: &[&str] = &["create ec2.flow_log/flow-logs", "create iam.role/flow-logs", "create logs.log_group/flow-logs"];
const OFF: &[&str] = &["delete ec2.flow_log/flow-logs", "delete iam.role/flow-logs", "delete logs.log_group/flow-logs"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, tiers: [isolated] }",
    cases: &[
        case(
            "network: { flow_logs: 30d }",
            ON,
            &[LOG, ROLE, "+logs.log_group/flow-logs: kept=30d, name=/infractl/shop/default/flow-logs"],
        ),
        case("network: { flow_logs: { retention: 30d } }", &[], &[]),
        case(
            "network: { flow_logs: { retention: 1y } }",
            &["update logs.log_group/flow-logs: retention_days"],
            &["logs.log_group/flow-logs kept: 30d -> 365d"],
        ),
        case(
            "network: { flow_logs: { traffic: reject } }",
            &["replace ec2.flow_log/flow-logs: traffic"],
            &["ec2.flow_log/flow-logs traffic: ALL -> REJECT"],
        ),
        case(
            "network: { flow_logs: { traffic: accept } }",
            &["replace ec2.flow_log/flow-logs: traffic"],
            &["ec2.flow_log/flow-logs traffic: REJECT -> ACCEPT"],
        ),
        case(
            "network: { flow_logs: { traffic: all } }",
            &["replace ec2.flow_log/flow-logs: traffic"],
            &["ec2.flow_log/flow-logs traffic: ACCEPT -> ALL"],
        ),
        case(
            "network: { flow_logs: { interval: 1m } }",
            &["replace ec2.flow_log/flow-logs: interval_seconds"],
            &["ec2.flow_log/flow-logs interval: 600 -> 60"],
        ),
        case(
            "network: { flow_logs: { interval: 10m } }",
            &["replace ec2.flow_log/flow-logs: interval_seconds"],
            &["ec2.flow_log/flow-logs interval: 60 -> 600"],
        ),
        case(
            "network: { flow_logs: null }",
            OFF,
            &["-ec2.flow_log/flow-logs", "-iam.role/flow-logs", "-logs.log_group/flow-logs"],
        ),
        case(
            "network: { flow_logs: 1d }",
            ON,
            &[LOG, ROLE, "+logs.log_group/flow-logs: kept=1d, name=/infractl/shop/default/flow-logs"],
        ),
    ],
};
