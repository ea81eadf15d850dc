//! Flow logs: who spoke with whom, in CloudWatch Logs.

use serde_json::json;

use super::{naming::fit, network::Parts, trust};
use crate::{
    catalog::aws::{
        ec2::flow_log::{FlowLog, Traffic},
        iam::role::Role,
        logs::log_group::LogGroup,
    },
    field,
    resource::{Place, tags::Scope, text::policy::PolicyDocument},
    spec::model::FlowTraffic,
};

const COMPONENT: &str = "network.flow_logs";
const NAME: &str = "flow-logs";

pub(super) fn flow_logs(parts: &mut Parts<'_>) {
    let Some(spec) = parts.spec.flow_logs else { return };
    let log_group_name = format!("{}{NAME}", parts.graph.scope.path());
    let role = role(&parts.graph.scope, &parts.graph.place, &log_group_name);
    let retention_days = Some(spec.retention.days().into());
    let group = parts.graph.add(COMPONENT, NAME, &LogGroup { log_group_name, retention_days });
    let role = parts.graph.add(COMPONENT, NAME, &role);
    let log = FlowLog {
        vpc: parts.vpc_id(),
        log_group: group.out(field!(arn)),
        role: role.out(field!(arn)),
        traffic: match spec.traffic {
            FlowTraffic::All => Traffic::All,
            FlowTraffic::Accept => Traffic::Accept,
            FlowTraffic::Reject => Traffic::Reject,
        },
        interval_seconds: spec.interval.seconds(),
    };
    parts.graph.add(COMPONENT, NAME, &log);
}

/// May write to the one group, but not make it: records that come late would bring back a group that was deleted
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>).
fn role(scope: &Scope, place: &Place, log_group: &str) -> Role {
    let Place { account, region, partition } = place;
    Role {
        role_name: fit(&format!("{}-{NAME}", scope.global_prefix()), 64),
        path: scope.global_path(),
        description: "Writes the flow logs of a VPC".into(),
        trust: trust::service_of("vpc-flow-logs.amazonaws.com", account),
        policy: Some(PolicyDocument::new(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "Resource": [
                    format!("arn:{partition}:logs:{region}:{account}:log-group:{log_group}"),
                    format!("arn:{partition}:logs:{region}:{account}:log-group:{log_group}:*"),
                ],
            }],
        }))),
    }
}
