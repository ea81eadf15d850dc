//! Endpoints: services reached without leaving the network.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{network::Parts, security};
use crate::{
    catalog::aws::ec2::{
        Ports,
        security_group::SecurityGroup,
        security_group_rules::{Peer, Rule, SecurityGroupRules},
        vpc_endpoint::{EndpointType, VpcEndpoint},
    },
    field,
    resource::{
        graph::Handle,
        text::{cidr::Cidr, policy::PolicyDocument},
        value::In,
    },
    spec::model::{Endpoint, EndpointKind, Tier},
};

const COMPONENT: &str = "network.endpoints";
/// The group of all interface endpoints. A dot keeps it apart from groups that the file declares.
const GROUP: &str = "endpoints.interface";

pub(super) fn endpoints(parts: &mut Parts<'_>) {
    let spec = parts.spec;
    let mut group = None;
    for it in spec.endpoints() {
        let interface = it.kind == EndpointKind::Interface;
        if interface && group.is_none() {
            group = Some(self::group(parts));
        }
        let endpoint = endpoint(parts, &it, group.as_ref().filter(|_| interface));
        let handle = parts.graph.add(COMPONENT, it.name.as_str(), &endpoint);
        parts.outs.insert(format!("endpoints.{}", it.name), json!(handle.out(field!(id))));
    }
}

fn endpoint(parts: &Parts<'_>, it: &Endpoint<'_>, group: Option<&Handle<SecurityGroup>>) -> VpcEndpoint {
    let interface = it.kind == EndpointKind::Interface;
    // What has a way of its own to the internet needs the gateway no less: it is free, and a NAT gateway is not.
    let tables = parts.tables.values().flatten().filter(|_| !interface).map(|it| it.out(field!(id)));
    let subnets = it.tier.into_iter().flat_map(|tier: Tier| parts.tier(tier)).map(|it| it.handle.out(field!(id)));
    VpcEndpoint {
        vpc: parts.vpc_id(),
        service: format!("com.amazonaws.{}.{}", parts.graph.place.region, it.name),
        endpoint_type: if interface { EndpointType::Interface } else { EndpointType::Gateway },
        policy: Some(it.policy.map_or_else(anyone, |it| PolicyDocument::new(Value::Object(it.clone())))),
        route_tables: tables.collect(),
        subnets: subnets.filter(|_| interface).collect(),
        security_groups: group.map(|it| it.out(field!(id))).into_iter().collect::<BTreeSet<In<String>>>(),
        private_dns: interface.then_some(it.private_dns),
    }
}

/// The policy that an endpoint has when none is given: it adds nothing to what callers may do anyway
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
fn anyone() -> PolicyDocument {
    PolicyDocument::new(json!({
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }))
}

/// HTTPS from everything in the network.
fn group(parts: &mut Parts<'_>) -> Handle<SecurityGroup> {
    let about = "AWS services for the whole network".to_owned();
    let group = security::group(parts, COMPONENT, GROUP, Some(about));
    let https = Rule {
        protocol: "tcp".into(),
        ports: Some(Ports { from: 443, to: 443 }),
        peer: Peer::Cidr(parts.spec.cidr),
        description: None,
    };
    let rules = SecurityGroupRules {
        group: group.out(field!(id)),
        ingress: [https].into(),
        egress: [security::anything(Cidr::ANY_V4)].into(),
    };
    parts.graph.add(COMPONENT, GROUP, &rules);
    group
}
