//! VPC: <https://docs.aws.amazon.com/vpc/latest/userguide/configure-your-vpc.html>.

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Vpc as SdkVpc, VpcAttributeName, VpcState};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{blockers, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, text::cidr::Cidr},
};

/// A virtual network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Vpc {
    /// Its IPv4 addresses: a block of /16 to /28.
    pub cidr: Cidr,
    /// Whether Amazon's resolver answers in it.
    pub dns_support: bool,
    /// Whether what has a public address gets a name; private names of endpoints need it too.
    pub dns_hostnames: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `vpc-0123456789abcdef0`.
    pub id: String,
}

impl Resource for Vpc {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Vpc: cidr),
        repeatable: false,
        interrupts: Some("everything in the network stops"),
        waits: Waits::minutes(10, 5, 5),
        ..Facts::new::<Self>(
            "ec2.vpc",
            "a virtual network",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html",
        )
    };
}

impl Lifecycle for Vpc {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let pages = cx.ec2.describe_vpcs().set_filters(Some(owned_by(&look.scope))).into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("ec2:DescribeVpcs")?;
        let live = try_join_all(found.iter().map(|it| live(cx, it))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.create_vpc().cidr_block(new.want.cidr.to_string());
        call.tag_specifications(tagged(ResourceType::Vpc, new)).send().await.during("ec2:CreateVpc").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        // Names need the resolver: it is switched on before them and off after them.
        let names =
            (changed.any(fields!(Vpc: dns_hostnames)), VpcAttributeName::EnableDnsHostnames, want.dns_hostnames);
        let resolver = (changed.any(fields!(Vpc: dns_support)), VpcAttributeName::EnableDnsSupport, want.dns_support);
        let order = if want.dns_support { [resolver, names] } else { [names, resolver] };
        for (_, attribute, on) in order.into_iter().filter(|(differs, ..)| *differs) {
            set(cx, &live.out.id, attribute, on).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.ec2.delete_vpc().vpc_id(&live.out.id).send().await.during("ec2:DeleteVpc").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        blockers::inside(cx, &live.out.id).await
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, vpc: &SdkVpc) -> Result<Option<Live<Vpc>>> {
    let (Some(id), Some(cidr)) = (vpc.vpc_id(), vpc.cidr_block().and_then(|it| it.parse().ok())) else {
        return Err(ApiError::incomplete("ec2:DescribeVpcs", "VPC id or CIDR block"));
    };
    let (support, hostnames) = tokio::join!(
        attribute(cx, id, VpcAttributeName::EnableDnsSupport),
        attribute(cx, id, VpcAttributeName::EnableDnsHostnames),
    );
    let (Some(dns_support), Some(dns_hostnames)) = (support?, hostnames?) else { return Ok(None) };
    let status = match vpc.state() {
        Some(VpcState::Pending) => Status::Pending("pending".into()),
        _ => Status::Ready,
    };
    let state = Vpc { cidr, dns_support, dns_hostnames };
    Ok(Some(Live { state, out: Out { id: id.to_owned() }, tags: tags(vpc.tags.as_deref()), status }))
}

/// EC2 tells one attribute a call.
async fn attribute(cx: &ReadCx, id: &str, name: VpcAttributeName) -> Result<Option<bool>> {
    let call = cx.ec2.describe_vpc_attribute().vpc_id(id).attribute(name.clone());
    let Some(answer) = call.send().await.during("ec2:DescribeVpcAttribute").or_absent()? else { return Ok(None) };
    let value = match name {
        VpcAttributeName::EnableDnsSupport => answer.enable_dns_support,
        _ => answer.enable_dns_hostnames,
    };
    Ok(Some(value.and_then(|it| it.value).unwrap_or_default()))
}

/// EC2 takes one attribute a call.
async fn set(cx: &WriteCx, id: &str, name: VpcAttributeName, on: bool) -> Result<()> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let call = cx.ec2.modify_vpc_attribute().vpc_id(id);
    let call = match name {
        VpcAttributeName::EnableDnsSupport => call.enable_dns_support(value),
        _ => call.enable_dns_hostnames(value),
    };
    call.send().await.during("ec2:ModifyVpcAttribute").map(drop)
}
