//! Flow logs: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html>.

use aws_sdk_ec2::types::{FlowLog as SdkFlowLog, FlowLogsResourceType, LogDestinationType, ResourceType, TrafficType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{all_done, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, value::In},
};

/// A log of who talks to whom in a VPC.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FlowLog {
    /// The VPC whose traffic is logged.
    pub vpc: In<String>,
    /// The ARN of the log group that it is written to, without `:*` at its end.
    pub log_group: In<String>,
    /// The ARN of the role that writes it, which `vpc-flow-logs.amazonaws.com` can assume.
    pub role: In<String>,
    /// Which traffic is logged.
    pub traffic: Traffic,
    /// How many seconds a line sums up: 60 or 600.
    pub interval_seconds: u32,
}

/// Which traffic is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// What came through and what did not.
    All,
    /// What security groups and network ACLs let through.
    Accept,
    /// What they held back.
    Reject,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `fl-0123456789abcdef0`.
    pub id: String,
}

impl Resource for FlowLog {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(FlowLog: vpc, log_group, role, traffic, interval_seconds),
        ..Facts::new::<Self>(
            "ec2.flow_log",
            "a log of who talks to whom in a VPC",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html",
        )
    };
}

impl Lifecycle for FlowLog {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let pages = cx.ec2.describe_flow_logs().set_filter(Some(owned_by(&look.scope))).into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("ec2:DescribeFlowLogs")?;
        found.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .ec2
            .create_flow_logs()
            .resource_type(FlowLogsResourceType::Vpc)
            .resource_ids(want.vpc.get())
            .traffic_type(match want.traffic {
                Traffic::All => TrafficType::All,
                Traffic::Accept => TrafficType::Accept,
                Traffic::Reject => TrafficType::Reject,
            })
            .log_destination_type(LogDestinationType::CloudWatchLogs)
            .log_destination(want.log_group.get())
            .deliver_logs_permission_arn(want.role.get())
            .max_aggregation_interval(i32::try_from(want.interval_seconds).unwrap_or(i32::MAX))
            .tag_specifications(tagged(ResourceType::VpcFlowLog, new))
            .client_token(&new.token);
        let answer = call.send().await.during("ec2:CreateFlowLogs")?;
        all_done("ec2:CreateFlowLogs", answer.unsuccessful())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let answer = cx.ec2.delete_flow_logs().flow_log_ids(&live.out.id).send().await.during("ec2:DeleteFlowLogs");
        answer.and_then(|it| all_done("ec2:DeleteFlowLogs", it.unsuccessful())).or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// A log that cannot be delivered is as it should be all the same: what hinders it is another resource.
fn live(log: &SdkFlowLog) -> Result<Live<FlowLog>> {
    let lacks = |what| ApiError::incomplete("ec2:DescribeFlowLogs", what);
    let destination = log.log_destination().ok_or_else(|| lacks("destination"))?;
    let state = FlowLog {
        vpc: log.resource_id().ok_or_else(|| lacks("resource id"))?.into(),
        log_group: destination.strip_suffix(":*").unwrap_or(destination).into(),
        role: log.deliver_logs_permission_arn().ok_or_else(|| lacks("role"))?.into(),
        traffic: match log.traffic_type() {
            Some(TrafficType::All) => Traffic::All,
            Some(TrafficType::Accept) => Traffic::Accept,
            Some(TrafficType::Reject) => Traffic::Reject,
            _ => return Err(lacks("known traffic type")),
        },
        // The provider's default, which it may leave out.
        interval_seconds: log.max_aggregation_interval().map_or(600, i32::unsigned_abs),
    };
    let id = log.flow_log_id().ok_or_else(|| lacks("flow log id"))?.to_owned();
    Ok(Live { state, out: Out { id }, tags: tags(log.tags.as_deref()), status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_log_group_is_that_of_the_group_and_not_of_its_streams() {
        let arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/flows";
        let log = SdkFlowLog::builder()
            .flow_log_id("fl-1")
            .resource_id("vpc-1")
            .log_destination(format!("{arn}:*"))
            .deliver_logs_permission_arn("arn:aws:iam::123456789012:role/flows")
            .deliver_logs_status("FAILED")
            .traffic_type(TrafficType::Reject);
        let live = live(&log.clone().build()).unwrap();
        assert_eq!(live.state.log_group, arn.into());
        assert_eq!(
            (live.state.traffic, live.state.interval_seconds, live.status),
            (Traffic::Reject, 600, Status::Ready)
        );
        assert!(super::live(&log.set_resource_id(None).build()).is_err());
    }
}
