//! Hosted zones: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_route53::{
    operation::get_hosted_zone::GetHostedZoneOutput,
    types::{HostedZone, HostedZoneConfig, ResourceRecordSet, RrType, TagResourceType, Vpc as SdkVpc, VpcRegion},
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{id, listing, name::DnsName, place, proven, reference};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{
        Facts, Live, Place, Resource, Status, Surroundings,
        tags::{Scope, Tags},
        value::In,
    },
};

const GET: &str = "route53:GetHostedZone";
const KIND: TagResourceType = TagResourceType::Hostedzone;

/// A domain, with the records of its names.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Zone {
    /// The domain, such as `example.com`. An account may have several zones of a name, of which only the one that the
    /// registrar names is ever asked.
    pub zone_name: DnsName,
    /// Whether only networks can ask it.
    pub private: bool,
    /// The networks that can ask it, if it is private.
    pub networks: BTreeSet<Network>,
    /// What it is for.
    pub comment: String,
}

/// A network that can ask a private zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Network {
    /// The VPC.
    pub vpc: In<String>,
    /// Its region.
    pub region: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `Z0123456789ABCDEFGHIJ`.
    pub id: String,
    /// The servers that the domain's registrar has to name, with commas between them; none of a private zone.
    pub name_servers: String,
}

impl Resource for Zone {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Zone: zone_name, private),
        unique_by: fields!(Zone: zone_name, private, networks),
        interrupts: Some("its names are no longer answered, and a zone that is made anew has other name servers"),
        ..Facts::new::<Self>(
            "route53.zone",
            "a domain, with the records of its names",
            "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html",
        )
    };

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(prices::ZONE)
    }
}

impl Lifecycle for Zone {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| &it.zone_name).collect();
        let scope = &look.scope;
        let found = super::zones(cx).await?.into_iter().filter(|it| {
            wanted.contains(&DnsName::new(it.name())) || place(scope, &Self::FACTS, it.caller_reference()).is_some()
        });
        let ids: Vec<_> = found.map(|it| id(it.id()).to_owned()).collect();
        let got = try_join_all(
            ids.iter()
                .map(|id| async move { cx.route53.get_hosted_zone().id(id).send().await.during(GET).or_absent() }),
        );
        let (got, mut tags) = tokio::try_join!(got, super::tags(cx, KIND, &ids))?;
        let found = ids.iter().zip(got).filter_map(|(id, it)| Some((it?, tags.remove(id)?)));
        found.map(|(it, tags)| live(&it, |reference| proven(scope, &Self::FACTS, reference, tags))).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let config = HostedZoneConfig::builder().comment(&want.comment).private_zone(want.private).build();
        let call = cx.route53.create_hosted_zone().name(want.zone_name.as_str()).hosted_zone_config(config);
        let call = call.caller_reference(reference(&new.tags, &new.token));
        let call = call.set_vpc(want.networks.first().map(Network::to_sdk));
        call.send().await.during("route53:CreateHostedZone").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let id = &live.out.id;
        if changed.any(fields!(Zone: comment)) {
            let call = cx.route53.update_hosted_zone_comment().id(id).comment(&want.comment);
            call.send().await.during("route53:UpdateHostedZoneComment")?;
        }
        // It has to have one at any time.
        for it in want.networks.difference(&live.state.networks) {
            let call = cx.route53.associate_vpc_with_hosted_zone().hosted_zone_id(id).vpc(it.to_sdk());
            call.send().await.during("route53:AssociateVPCWithHostedZone")?;
        }
        for it in live.state.networks.difference(&want.networks) {
            let call = cx.route53.disassociate_vpc_from_hosted_zone().hosted_zone_id(id).vpc(it.to_sdk());
            call.send().await.during("route53:DisassociateVPCFromHostedZone")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.route53.delete_hosted_zone().id(&live.out.id).send().await.during("route53:DeleteHostedZone").or_done()
    }

    /// Records that others have put there.
    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let zone = &live.state.zone_name;
        let own = |it: &ResourceRecordSet| {
            DnsName::new(it.name()) == *zone && matches!(it.r#type(), RrType::Ns | RrType::Soa)
        };
        let sets = listing::all(cx, &live.out.id).await?;
        Ok(sets.iter().filter(|it| !own(it)).map(|it| format!("{} {}", DnsName::new(it.name()), it.r#type())).collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, KIND, &live.out.id, &live.tags, tags).await
    }
}

impl Network {
    fn to_sdk(&self) -> SdkVpc {
        SdkVpc::builder().vpc_id(self.vpc.get()).vpc_region(VpcRegion::from(self.region.as_str())).build()
    }
}

fn live(it: &GetHostedZoneOutput, tags: impl FnOnce(&str) -> Tags) -> Result<Live<Zone>> {
    let lacks = |what| ApiError::incomplete(GET, what);
    let zone = it.hosted_zone().ok_or_else(|| lacks("zone"))?;
    let network = |it: &SdkVpc| {
        let region = it.vpc_region().ok_or_else(|| lacks("region of a VPC"))?.as_str().to_owned();
        Ok(Network { vpc: it.vpc_id().ok_or_else(|| lacks("id of a VPC"))?.into(), region })
    };
    let state = Zone {
        zone_name: DnsName::new(zone.name()),
        private: zone.config().is_some_and(HostedZoneConfig::private_zone),
        networks: it.vpcs().iter().map(network).collect::<Result<_>>()?,
        comment: zone.config().and_then(|it| it.comment()).unwrap_or_default().to_owned(),
    };
    let servers = it.delegation_set().map(|it| it.name_servers().join(",")).unwrap_or_default();
    let out = Out { id: id(zone.id()).to_owned(), name_servers: servers };
    Ok(Live { state, out, tags: tags(zone.caller_reference()), status: Status::Ready })
}

/// The zones that a scope has made, by their ids: known by their references, so that nothing else has to be asked.
pub(super) fn own(scope: &Scope, zones: &[HostedZone]) -> BTreeMap<String, DnsName> {
    let own = zones.iter().filter(|it| place(scope, &Zone::FACTS, it.caller_reference()).is_some());
    own.map(|it| (id(it.id()).to_owned(), DnsName::new(it.name()))).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::types::DelegationSet;

    use super::*;

    #[test]
    fn a_zone_as_the_service_has_it() {
        let zone = HostedZone::builder().id("/hostedzone/Z1").name("Example.com.").caller_reference("by hand");
        let config = HostedZoneConfig::builder().comment("for the shop").private_zone(false).build();
        let servers = DelegationSet::builder().name_servers("ns-1.awsdns-01.org").build().unwrap();
        let answer = GetHostedZoneOutput::builder()
            .hosted_zone(zone.config(config).build().unwrap())
            .delegation_set(servers)
            .build();
        let Live { state, out, .. } = live(&answer, |_| Tags::new()).unwrap();
        assert_eq!((out.id.as_str(), out.name_servers), ("Z1", "ns-1.awsdns-01.org".to_owned()));
        assert_eq!(
            (state.zone_name.as_str(), state.private, state.comment.as_str()),
            ("example.com", false, "for the shop")
        );
    }
}
