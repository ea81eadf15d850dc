//! VPC endpoints: <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, VpcEndpoint as SdkEndpoint, VpcEndpointType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{all_done, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, Waits, text::policy::PolicyDocument, value::In},
};

/// A way to an AWS service that does not lead through the internet.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct VpcEndpoint {
    /// The VPC that it is in.
    pub vpc: In<String>,
    /// The service, such as `com.amazonaws.eu-central-1.s3`.
    pub service: String,
    /// How the service is reached.
    pub endpoint_type: EndpointType,
    /// What may be done through it; left out, whatever it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<PolicyDocument>,
    /// For a gateway: the route tables that lead to it.
    pub route_tables: BTreeSet<In<String>>,
    /// For an interface: the subnets that it has an address in, one for each availability zone.
    pub subnets: BTreeSet<In<String>>,
    /// For an interface: the security groups around its addresses, at least one.
    pub security_groups: BTreeSet<In<String>>,
    /// For an interface: whether the service's usual name leads to it within the VPC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub private_dns: Option<bool>,
}

/// How a service is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointType {
    /// By a route, which costs nothing; for S3 and `DynamoDB`.
    Gateway,
    /// By addresses in subnets.
    Interface,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `vpce-0123456789abcdef0`.
    pub id: String,
}

impl Resource for VpcEndpoint {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(VpcEndpoint: vpc, service, endpoint_type),
        holds: fields!(VpcEndpoint: subnets, security_groups),
        interrupts: Some("what reaches the service through it no longer does"),
        waits: Waits::minutes(10, 10, 10).usually(90),
        quick: |want| want.get("endpoint_type").is_some_and(|it| it == "gateway"),
        ..Facts::new::<Self>(
            "ec2.vpc_endpoint",
            "a way to an AWS service that does not lead through the internet",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
        )
    };

    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        match self.endpoint_type {
            EndpointType::Gateway => Some(0.0),
            EndpointType::Interface => {
                let zones = self.subnets.iter().map(|_| prices::ENDPOINT);
                prices::month(place, zones.sum())
            }
        }
    }
}

impl Lifecycle for VpcEndpoint {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let call = cx.ec2.describe_vpc_endpoints().set_filters(Some(owned_by(&look.scope)));
        let found = call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
        let found = found.during("ec2:DescribeVpcEndpoints")?;
        found.iter().filter_map(|it| live(it).transpose()).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .ec2
            .create_vpc_endpoint()
            .vpc_id(want.vpc.get())
            .service_name(&want.service)
            .vpc_endpoint_type(match want.endpoint_type {
                EndpointType::Gateway => VpcEndpointType::Gateway,
                EndpointType::Interface => VpcEndpointType::Interface,
            })
            .set_policy_document(want.policy.as_ref().map(PolicyDocument::to_text))
            .set_route_table_ids(some(texts(&want.route_tables)))
            .set_subnet_ids(some(texts(&want.subnets)))
            .set_security_group_ids(some(texts(&want.security_groups)))
            .set_private_dns_enabled(want.private_dns)
            .tag_specifications(tagged(ResourceType::VpcEndpoint, new))
            .client_token(&new.token);
        call.send().await.during("ec2:CreateVpcEndpoint").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let mut call = cx.ec2.modify_vpc_endpoint().vpc_endpoint_id(&live.out.id);
        if changed.any(fields!(VpcEndpoint: policy)) {
            call = call.set_policy_document(want.policy.as_ref().map(PolicyDocument::to_text));
        }
        if changed.any(fields!(VpcEndpoint: private_dns)) {
            call = call.set_private_dns_enabled(want.private_dns);
        }
        let (add, remove) = moved(&want.route_tables, &live.state.route_tables);
        call = call.set_add_route_table_ids(add).set_remove_route_table_ids(remove);
        let (add, remove) = moved(&want.subnets, &live.state.subnets);
        call = call.set_add_subnet_ids(add).set_remove_subnet_ids(remove);
        let (add, remove) = moved(&want.security_groups, &live.state.security_groups);
        call = call.set_add_security_group_ids(add).set_remove_security_group_ids(remove);
        call.send().await.during("ec2:ModifyVpcEndpoint").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        const CALL: &str = "ec2:DeleteVpcEndpoints";
        let answer = cx.ec2.delete_vpc_endpoints().vpc_endpoint_ids(&live.out.id).send().await.during(CALL);
        answer.and_then(|it| all_done(CALL, it.unsuccessful())).or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// `None` if it is a memory only.
fn live(endpoint: &SdkEndpoint) -> Result<Option<Live<VpcEndpoint>>> {
    let lacks = |what| ApiError::incomplete("ec2:DescribeVpcEndpoints", what);
    let Some(status) = status(endpoint) else { return Ok(None) };
    let policy = endpoint.policy_document().map(PolicyDocument::from_text).transpose();
    let set = |ids: &[String]| ids.iter().map(|it| it.as_str().into()).collect();
    let state = VpcEndpoint {
        vpc: endpoint.vpc_id().ok_or_else(|| lacks("VPC"))?.into(),
        service: endpoint.service_name().ok_or_else(|| lacks("service"))?.to_owned(),
        endpoint_type: match endpoint.vpc_endpoint_type() {
            Some(VpcEndpointType::Gateway) => EndpointType::Gateway,
            Some(VpcEndpointType::Interface) => EndpointType::Interface,
            _ => return Err(lacks("known endpoint type")),
        },
        policy: policy.map_err(|_| lacks("readable policy"))?,
        route_tables: set(endpoint.route_table_ids()),
        subnets: set(endpoint.subnet_ids()),
        security_groups: endpoint.groups().iter().filter_map(|it| Some(it.group_id()?.into())).collect(),
        private_dns: endpoint.private_dns_enabled(),
    };
    let id = endpoint.vpc_endpoint_id().ok_or_else(|| lacks("endpoint id"))?.to_owned();
    Ok(Some(Live { state, out: Out { id }, tags: tags(endpoint.tags.as_deref()), status }))
}

/// The model writes states with a capital, the service without. What is deleted is shown for a while.
fn status(endpoint: &SdkEndpoint) -> Option<Status> {
    let state = endpoint.state().map_or("pending", |it| it.as_str());
    Some(match state.to_lowercase().as_str() {
        "deleted" => return None,
        "available" => Status::Ready,
        "deleting" => Status::Leaving,
        "failed" | "rejected" | "expired" => {
            let said = endpoint.last_error().and_then(|it| it.message()).or_else(|| endpoint.failure_reason());
            Status::Failed(said.map_or_else(|| state.to_lowercase(), str::to_owned))
        }
        _ => Status::Pending(state.to_owned()),
    })
}

fn texts(ids: &BTreeSet<In<String>>) -> Vec<String> {
    ids.iter().map(|it| it.get().clone()).collect()
}

fn some(ids: Vec<String>) -> Option<Vec<String>> {
    Some(ids).filter(|it| !it.is_empty())
}

/// What is to be added to `live`, and what to be removed from it.
fn moved(want: &BTreeSet<In<String>>, live: &BTreeSet<In<String>>) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let less = |a: &BTreeSet<In<String>>, b: &BTreeSet<_>| some(a.difference(b).map(|it| it.get().clone()).collect());
    (less(want, live), less(live, want))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{LastError, State};

    use super::*;

    fn of(state: &str) -> Option<Status> {
        let error = LastError::builder().message("no such service").build();
        status(&SdkEndpoint::builder().state(State::from(state)).last_error(error).build())
    }

    #[test]
    fn states_are_the_same_in_any_case() {
        assert_eq!((of("Available"), of("available")), (Some(Status::Ready), Some(Status::Ready)));
        assert_eq!(of("pendingAcceptance"), Some(Status::Pending("pendingAcceptance".into())));
        assert_eq!((of("Deleting"), of("deleted")), (Some(Status::Leaving), None));
        assert_eq!(of("failed"), Some(Status::Failed("no such service".into())));
    }

    #[test]
    fn what_moves_is_added_and_removed() {
        let set = |ids: &[&str]| ids.iter().map(|it| In::from(*it)).collect::<BTreeSet<_>>();
        let moved = moved(&set(&["a", "b"]), &set(&["b", "c"]));
        assert_eq!(moved, (Some(vec!["a".into()]), Some(vec!["c".into()])));
        assert_eq!(super::moved(&set(&["a"]), &set(&["a"])), (None, None));
    }

    #[test]
    fn an_answer_without_what_the_model_promises_is_an_error() {
        let endpoint = SdkEndpoint::builder().vpc_endpoint_id("vpce-1").state(State::Available);
        assert!(live(&endpoint.clone().build()).is_err());
        let endpoint = endpoint.vpc_id("vpc-1").service_name("s3").vpc_endpoint_type(VpcEndpointType::Gateway);
        assert!(live(&endpoint.clone().build()).unwrap().is_some());
        assert!(live(&endpoint.policy_document("{").build()).is_err());
    }
}
