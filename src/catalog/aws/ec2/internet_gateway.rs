//! Internet gateways: <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>.

use aws_sdk_ec2::types::{AttachmentStatus, InternetGateway as SdkGateway, InternetGatewayAttachment, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{blockers, filter, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, value::In},
};

/// A network's way to the internet, and the internet's into it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InternetGateway {
    /// The network that it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `igw-0123456789abcdef0`.
    pub id: String,
}

impl Resource for InternetGateway {
    type Out = Out;

    const FACTS: Facts = Facts {
        holds: fields!(InternetGateway: vpc),
        repeatable: false,
        interrupts: Some("nothing in the network reaches the internet"),
        waits: Waits::minutes(5, 20, 20),
        ..Facts::new::<Self>(
            "ec2.internet_gateway",
            "a network's way to the internet",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html",
        )
    };
}

impl Lifecycle for InternetGateway {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let call = cx.ec2.describe_internet_gateways().set_filters(Some(owned_by(&look.scope)));
        let pages = call.into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("ec2:DescribeInternetGateways")?;
        found.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.create_internet_gateway().tag_specifications(tagged(ResourceType::InternetGateway, new));
        call.send().await.during("ec2:CreateInternetGateway").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let Some(vpc) = want.vpc.as_ref().filter(|_| changed.any(fields!(InternetGateway: vpc))) else { return Ok(()) };
        if let Some(other) = live.state.vpc.as_ref().filter(|it| *it != vpc) {
            detach(cx, &live.out.id, other.get()).await?;
        }
        let call = cx.ec2.attach_internet_gateway().internet_gateway_id(&live.out.id).vpc_id(vpc.get());
        call.send().await.during("ec2:AttachInternetGateway").or_done()
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = &live.out.id;
        // It may have been attached since, or not been attached for good when it was looked at.
        let call = cx.read.ec2.describe_internet_gateways().filters(filter("internet-gateway-id", [id]));
        let pages = call.into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("ec2:DescribeInternetGateways")?;
        for vpc in found.iter().flat_map(SdkGateway::attachments).filter(|it| !leaves(it)).filter_map(|it| it.vpc_id())
        {
            detach(cx, id, vpc).await?;
        }
        let call = cx.ec2.delete_internet_gateway().internet_gateway_id(id);
        call.send().await.during("ec2:DeleteInternetGateway").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let Some(vpc) = &live.state.vpc else { return Ok(Vec::new()) };
        let found = blockers::interfaces(cx, filter("vpc-id", [vpc.get()])).await?;
        Ok(found.iter().filter(|it| it.association().is_some()).map(blockers::interface).collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

async fn detach(cx: &WriteCx, id: &str, vpc: &str) -> Result<()> {
    let call = cx.ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc);
    call.send().await.during("ec2:DetachInternetGateway").or_done()
}

fn live(gateway: &SdkGateway) -> Result<Live<InternetGateway>> {
    let missing = |what| ApiError::incomplete("ec2:DescribeInternetGateways", what);
    let id = gateway.internet_gateway_id().ok_or_else(|| missing("internet gateway id"))?;
    let attached = gateway.attachments().iter().find(|it| stands(it));
    let vpc = attached.map(|it| it.vpc_id().ok_or_else(|| missing("VPC id"))).transpose()?;
    let state = InternetGateway { vpc: vpc.map(Into::into) };
    let out = Out { id: id.to_owned() };
    Ok(Live { state, out, tags: tags(gateway.tags.as_deref()), status: Status::Ready })
}

/// The state of one that is attached is `available`, which the SDK does not know:
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html>.
fn stands(attachment: &InternetGatewayAttachment) -> bool {
    !leaves(attachment) && attachment.state() != Some(&AttachmentStatus::Attaching)
}

fn leaves(attachment: &InternetGatewayAttachment) -> bool {
    matches!(attachment.state(), Some(AttachmentStatus::Detaching | AttachmentStatus::Detached))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_attachment_that_stands_counts() {
        let vpc = |state: &str| {
            let attachment = InternetGatewayAttachment::builder().vpc_id("vpc-1").state(state.into()).build();
            let gateway = SdkGateway::builder().internet_gateway_id("igw-1").attachments(attachment).build();
            live(&gateway).unwrap().state.vpc
        };
        for state in ["available", "attached"] {
            assert_eq!(vpc(state), Some("vpc-1".into()), "{state}");
        }
        for state in ["attaching", "detaching", "detached"] {
            assert_eq!(vpc(state), None, "{state}");
        }
    }
}
