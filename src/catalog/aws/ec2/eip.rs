//! Elastic IP addresses: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html>.

use aws_sdk_ec2::types::{Address, DomainType, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Lifecycle, Look, New, TagChanges},
    },
    resource::{Facts, Live, Place, Resource, Status, Surroundings},
};

/// A public IPv4 address that stays the same.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Eip {}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `eipalloc-0123456789abcdef0`.
    pub id: String,
    /// The address.
    pub public_ip: String,
}

impl Resource for Eip {
    type Out = Out;

    const FACTS: Facts = Facts {
        repeatable: false,
        interrupts: Some("its public address is given back, others may get it"),
        ..Facts::new::<Self>(
            "ec2.eip",
            "a public IPv4 address that stays the same",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html",
        )
    };

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(prices::PUBLIC_IP * prices::HOURS)
    }
}

impl Lifecycle for Eip {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        // All come at once: this call has no pages.
        let call = cx.ec2.describe_addresses().set_filters(Some(owned_by(&look.scope)));
        let found = call.send().await.during("ec2:DescribeAddresses")?;
        found.addresses().iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.allocate_address().domain(DomainType::Vpc);
        let call = call.tag_specifications(tagged(ResourceType::ElasticIp, new));
        call.send().await.during("ec2:AllocateAddress").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.ec2.release_address().allocation_id(&live.out.id).send().await.during("ec2:ReleaseAddress").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

fn live(address: &Address) -> Result<Live<Eip>> {
    let (Some(id), Some(ip)) = (address.allocation_id(), address.public_ip()) else {
        return Err(ApiError::incomplete("ec2:DescribeAddresses", "allocation id or public IP"));
    };
    let out = Out { id: id.to_owned(), public_ip: ip.to_owned() };
    Ok(Live { state: Eip {}, out, tags: tags(address.tags.as_deref()), status: Status::Ready })
}
