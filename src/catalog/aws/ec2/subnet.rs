//! Subnets: <https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html>.

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Subnet as SdkSubnet, SubnetState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{blockers, filter, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, text::cidr::Cidr, value::In},
};

/// A part of a network, in one availability zone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Subnet {
    /// The network that it is a part of.
    pub vpc: In<String>,
    /// Its IPv4 addresses: a block of /16 to /28 within the network's.
    pub cidr: Cidr,
    /// Its availability zone, such as `eu-central-1a`.
    pub zone: String,
    /// Whether what is started in it gets a public IPv4 address unless it says otherwise.
    pub public_ips: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `subnet-0123456789abcdef0`.
    pub id: String,
}

impl Resource for Subnet {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Subnet: vpc, cidr, zone),
        occupies: Some("cidr"),
        // It takes no token, but a second one of the same block is refused.
        repeatable: true,
        interrupts: Some("what runs in the subnet stops"),
        waits: Waits::minutes(10, 5, 20),
        ..Facts::new::<Self>(
            "ec2.subnet",
            "a part of a network, in one availability zone",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html",
        )
    };
}

impl Lifecycle for Subnet {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let pages = cx.ec2.describe_subnets().set_filters(Some(owned_by(&look.scope))).into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("ec2:DescribeSubnets")?;
        found.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let Self { vpc, cidr, zone, .. } = &new.want;
        let call = cx.ec2.create_subnet().vpc_id(vpc.get()).cidr_block(cidr.to_string()).availability_zone(zone);
        call.tag_specifications(tagged(ResourceType::Subnet, new)).send().await.during("ec2:CreateSubnet").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if changed.any(fields!(Subnet: public_ips)) {
            let value = AttributeBooleanValue::builder().value(want.public_ips).build();
            let call = cx.ec2.modify_subnet_attribute().subnet_id(&live.out.id).map_public_ip_on_launch(value);
            call.send().await.during("ec2:ModifySubnetAttribute")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.ec2.delete_subnet().subnet_id(&live.out.id).send().await.during("ec2:DeleteSubnet").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let found = blockers::interfaces(cx, filter("subnet-id", [&live.out.id])).await?;
        Ok(found.iter().map(blockers::interface).collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

fn live(subnet: &SdkSubnet) -> Result<Live<Subnet>> {
    let missing = |what| ApiError::incomplete("ec2:DescribeSubnets", what);
    let id = subnet.subnet_id().ok_or_else(|| missing("subnet id"))?;
    let cidr = subnet.cidr_block().and_then(|it| it.parse().ok()).ok_or_else(|| missing("IPv4 CIDR block"))?;
    let state = Subnet {
        vpc: subnet.vpc_id().ok_or_else(|| missing("VPC id"))?.into(),
        cidr,
        zone: subnet.availability_zone().ok_or_else(|| missing("availability zone"))?.to_owned(),
        public_ips: subnet.map_public_ip_on_launch().unwrap_or_default(),
    };
    let out = Out { id: id.to_owned() };
    Ok(Live { state, out, tags: tags(subnet.tags.as_deref()), status: status(subnet.state()) })
}

fn status(state: Option<&SubnetState>) -> Status {
    match state {
        None | Some(SubnetState::Available) => Status::Ready,
        Some(it @ (SubnetState::Failed | SubnetState::FailedInsufficientCapacity)) => {
            Status::Failed(it.as_str().to_owned())
        }
        Some(passing) => Status::Pending(passing.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ec2_leaves_out_is_an_error_and_not_a_guess() {
        let whole = SdkSubnet::builder().subnet_id("subnet-1").vpc_id("vpc-1").availability_zone("eu-central-1a");
        let error = live(&whole.clone().build()).unwrap_err();
        assert_eq!(error.message, "the answer has no IPv4 CIDR block");
        let found = live(&whole.cidr_block("10.0.0.0/24").map_public_ip_on_launch(true).build()).unwrap();
        assert_eq!((found.out.id.as_str(), found.state.public_ips, found.status), ("subnet-1", true, Status::Ready));
    }

    #[test]
    fn states() {
        assert_eq!(status(Some(&SubnetState::Pending)), Status::Pending("pending".into()));
        assert_eq!(status(Some(&SubnetState::Failed)), Status::Failed("failed".into()));
    }
}
