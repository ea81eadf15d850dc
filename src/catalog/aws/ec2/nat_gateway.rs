//! NAT gateways: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>.

use aws_sdk_ec2::types::{
    ConnectivityType, NatGateway as SdkGateway, NatGatewayAddress, NatGatewayState, ResourceType,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, Waits, value::In},
};

const DESCRIBE: &str = "ec2:DescribeNatGateways";

/// A way out to the internet for what has no public address of its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NatGateway {
    /// The public subnet that it stands in.
    pub subnet: In<String>,
    /// The allocation of the public address that it uses.
    pub allocation: In<String>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `nat-0123456789abcdef0`.
    pub id: String,
    /// The address that others see, once it has one.
    pub public_ip: Option<String>,
}

impl Resource for NatGateway {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(NatGateway: subnet, allocation),
        // Without one that is attached, it fails a minute after its creation was accepted.
        stands_on: &["ec2.internet_gateway"],
        interrupts: Some("what uses it has no way out to the internet"),
        waits: Waits::minutes(10, 10, 30).usually(120),
        ..Facts::new::<Self>(
            "ec2.nat_gateway",
            "a way out to the internet for what has no public address",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
        )
    };

    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        prices::month(place, prices::NAT_GATEWAY)
    }
}

impl Lifecycle for NatGateway {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let call = cx.ec2.describe_nat_gateways().set_filter(Some(owned_by(&look.scope)));
        let found: Vec<_> = call.into_paginator().items().send().collect::<Result<_, _>>().await.during(DESCRIBE)?;
        found.iter().filter_map(|it| live(it).transpose()).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx
            .ec2
            .create_nat_gateway()
            .client_token(&new.token)
            .connectivity_type(ConnectivityType::Public)
            .subnet_id(new.want.subnet.get())
            .allocation_id(new.want.allocation.get())
            .tag_specifications(tagged(ResourceType::Natgateway, new));
        call.send().await.during("ec2:CreateNatGateway").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.ec2.delete_nat_gateway().nat_gateway_id(&live.out.id);
        call.send().await.during("ec2:DeleteNatGateway").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// `None` if it is gone: EC2 goes on listing deleted ones for an hour.
fn live(gateway: &SdkGateway) -> Result<Option<Live<NatGateway>>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let id = gateway.nat_gateway_id().ok_or_else(|| missing("NAT gateway id"))?;
    let Some(status) = status(gateway)? else { return Ok(None) };
    let address = primary(gateway);
    let state = NatGateway {
        subnet: gateway.subnet_id().ok_or_else(|| missing("subnet id"))?.into(),
        allocation: match address.and_then(NatGatewayAddress::allocation_id) {
            Some(it) => it.into(),
            None if may_lack_an_address(gateway, &status) => "".into(),
            None => return Err(missing("allocation id")),
        },
    };
    let public_ip = address.and_then(NatGatewayAddress::public_ip).map(str::to_owned);
    let out = Out { id: id.to_owned(), public_ip };
    Ok(Some(Live { state, out, tags: tags(gateway.tags.as_deref()), status }))
}

fn status(gateway: &SdkGateway) -> Result<Option<Status>> {
    Ok(Some(match gateway.state().ok_or_else(|| ApiError::incomplete(DESCRIBE, "state"))? {
        NatGatewayState::Available => Status::Ready,
        NatGatewayState::Deleting => Status::Leaving,
        NatGatewayState::Deleted => return Ok(None),
        NatGatewayState::Failed => {
            let said = [gateway.failure_code(), gateway.failure_message()];
            let said: Vec<_> = said.into_iter().flatten().filter(|it| !it.is_empty()).collect();
            Status::Failed(if said.is_empty() { "failed".into() } else { said.join(": ") })
        }
        passing => Status::Pending(passing.as_str().to_owned()),
    }))
}

/// There may be secondary addresses, which are not ours.
fn primary(gateway: &SdkGateway) -> Option<&NatGatewayAddress> {
    let all = gateway.nat_gateway_addresses();
    all.iter().find(|it| it.is_primary() == Some(true)).or_else(|| all.first())
}

/// What has failed or is leaving has let go of its address, and a private gateway never has one.
fn may_lack_an_address(gateway: &SdkGateway, status: &Status) -> bool {
    matches!(status, Status::Failed(_) | Status::Leaving)
        || gateway.connectivity_type() == Some(&ConnectivityType::Private)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::builders::NatGatewayBuilder;

    fn gateway(state: NatGatewayState) -> NatGatewayBuilder {
        let address = |id: &str, primary| {
            NatGatewayAddress::builder().allocation_id(id).public_ip("192.0.2.1").is_primary(primary).build()
        };
        SdkGateway::builder()
            .nat_gateway_id("nat-1")
            .subnet_id("subnet-1")
            .state(state)
            .nat_gateway_addresses(address("eipalloc-2", false))
            .nat_gateway_addresses(address("eipalloc-1", true))
    }

    fn status_of(gateway: NatGatewayBuilder) -> Option<Status> {
        live(&gateway.build()).unwrap().map(|it| it.status)
    }

    #[test]
    fn the_primary_address_counts() {
        let found = live(&gateway(NatGatewayState::Available).build()).unwrap().unwrap();
        assert_eq!(found.state.allocation, "eipalloc-1".into());
        assert_eq!(found.out.public_ip.as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn states() {
        assert_eq!(status_of(gateway(NatGatewayState::Pending)), Some(Status::Pending("pending".into())));
        assert_eq!(status_of(gateway(NatGatewayState::Available)), Some(Status::Ready));
        assert_eq!(status_of(gateway(NatGatewayState::Deleting)), Some(Status::Leaving));
        assert_eq!(status_of(gateway(NatGatewayState::Deleted)), None);
        let failed = gateway(NatGatewayState::Failed).failure_code("Gateway.NotAttached").failure_message("no gateway");
        assert_eq!(status_of(failed), Some(Status::Failed("Gateway.NotAttached: no gateway".into())));
    }

    #[test]
    fn one_that_failed_may_have_no_address_but_one_that_works_must() {
        let bare = |state| gateway(state).set_nat_gateway_addresses(None);
        assert!(matches!(status_of(bare(NatGatewayState::Failed)), Some(Status::Failed(_))));
        assert!(live(&bare(NatGatewayState::Available).build()).is_err());
    }
}
