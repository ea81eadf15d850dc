//! AWS services within the network.

use super::bench::{Sequence, case};

macro_rules! policy {
    ($policy:literal) => {
        concat!("network: { endpoints: { s3: { policy: ", $policy, " } } }")
    };
}

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, tiers: [private, isolated], nat: none }",
    cases: &[
        case(
            "network: { endpoints: [s3] }",
            &["create ec2.vpc_endpoint/s3"],
            &[
                "ec2.route_table/isolated routes of ec2.vpc_endpoint/s3: none -> yes",
                "ec2.route_table/private-a routes of ec2.vpc_endpoint/s3: none -> yes",
                "+ec2.vpc_endpoint/s3: policy=Allow * on * by * (2008-10-17), private_dns=false, \
                route_tables=ec2.route_table/isolated ec2.route_table/private-a, \
                service=com.amazonaws.eu-central-1.s3, type=Gateway",
            ],
        ),
        case(
            "network: { endpoints: { s3: {}, logs: {} } }",
            &[
                "create ec2.security_group/endpoints.interface",
                "create ec2.security_group_rules/endpoints.interface",
                "create ec2.vpc_endpoint/logs",
            ],
            &[
                "+ec2.security_group/endpoints.interface: description=AWS services for the whole network, \
                egress -1 0.0.0.0/0, ingress tcp 443 10.0.0.0/16, \
                name=shop-default-endpoints.interface, vpc=ec2.vpc/main",
                "+ec2.vpc_endpoint/logs: groups=ec2.security_group/endpoints.interface, \
                policy=Allow * on * by * (2008-10-17), \
                private_dns=true, service=com.amazonaws.eu-central-1.logs, \
                subnets=ec2.subnet/private-a, type=Interface",
            ],
        ),
        case(
            "network: { endpoints: { logs: { private_dns: false } } }",
            &["update ec2.vpc_endpoint/logs: private_dns"],
            &["ec2.vpc_endpoint/logs private_dns: true -> false"],
        ),
        case(
            "network: { endpoints: { logs: { private_dns: true } } }",
            &["update ec2.vpc_endpoint/logs: private_dns"],
            &["ec2.vpc_endpoint/logs private_dns: false -> true"],
        ),
        case(
            "network: { endpoints: { logs: { tier: isolated } } }",
            &["update ec2.vpc_endpoint/logs: subnets"],
            &["ec2.vpc_endpoint/logs subnets: ec2.subnet/private-a -> ec2.subnet/isolated-a"],
        ),
        case(
            "network: { endpoints: { logs: { tier: private } } }",
            &["update ec2.vpc_endpoint/logs: subnets"],
            &["ec2.vpc_endpoint/logs subnets: ec2.subnet/isolated-a -> ec2.subnet/private-a"],
        ),
        // Where it stands moves with the tiers that there are.
        case(
            "network: { tiers: [isolated], endpoints: { logs: { tier: null } } }",
            &[
                "delete ec2.route_table/private-a",
                "delete ec2.subnet/private-a",
                "update ec2.vpc_endpoint/logs: subnets",
                "update ec2.vpc_endpoint/s3: route_tables",
            ],
            &[
                "-ec2.route_table/private-a",
                "-ec2.subnet/private-a",
                "ec2.vpc_endpoint/logs subnets: ec2.subnet/private-a -> ec2.subnet/isolated-a",
                "ec2.vpc_endpoint/s3 route_tables: ec2.route_table/isolated ec2.route_table/private-a -> \
                ec2.route_table/isolated",
            ],
        ),
        case(
            "network: { tiers: [private, isolated] }",
            &[
                "create ec2.route_table/private-a",
                "create ec2.subnet/private-a",
                "update ec2.vpc_endpoint/logs: subnets",
                "update ec2.vpc_endpoint/s3: route_tables",
            ],
            &[
                "+ec2.route_table/private-a: routes of ec2.vpc_endpoint/s3, vpc=ec2.vpc/main",
                "+ec2.subnet/private-a: cidr=10.0.1.0/24, routes=ec2.route_table/private-a, zone=a",
                "ec2.vpc_endpoint/logs subnets: ec2.subnet/isolated-a -> ec2.subnet/private-a",
                "ec2.vpc_endpoint/s3 route_tables: ec2.route_table/isolated -> \
                ec2.route_table/isolated ec2.route_table/private-a",
            ],
        ),
        case(
            policy!("{ Statement: [{ Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: '*' }] }"),
            &["update ec2.vpc_endpoint/s3: policy.Statement"],
            &["ec2.vpc_endpoint/s3 policy: Allow * on * by * (2008-10-17) -> \
                Allow s3:GetObject on * by * (2008-10-17)"],
        ),
        case(
            policy!("{ Statement: { Action: [s3:getobject], Effect: Allow, Principal: '*', Resource: ['*'] } }"),
            &["update ec2.vpc_endpoint/s3: policy.Statement"],
            &["ec2.vpc_endpoint/s3 policy: Allow s3:GetObject on * by * (2008-10-17) -> \
                Allow s3:getobject on * by * (2008-10-17)"],
        ),
        case(
            policy!("{ Version: '2012-10-17' }"),
            &["update ec2.vpc_endpoint/s3: policy.Version"],
            &["ec2.vpc_endpoint/s3 policy: Allow s3:getobject on * by * (2008-10-17) -> \
                Allow s3:getobject on * by * (2012-10-17)"],
        ),
        case(
            policy!("null"),
            &["update ec2.vpc_endpoint/s3: policy.Version, policy.Statement"],
            &["ec2.vpc_endpoint/s3 policy: Allow s3:getobject on * by * (2012-10-17) -> \
                Allow * on * by * (2008-10-17)"],
        ),
        case("network: { endpoints: { s3: { type: gateway } } }", &[], &[]),
        case(
            "network: { endpoints: { s3: { type: interface } } }",
            &["replace ec2.vpc_endpoint/s3: endpoint_type"],
            &[
                "ec2.route_table/isolated routes of ec2.vpc_endpoint/s3: yes -> none",
                "ec2.route_table/private-a routes of ec2.vpc_endpoint/s3: yes -> none",
                "ec2.vpc_endpoint/s3 groups: none -> ec2.security_group/endpoints.interface",
                "ec2.vpc_endpoint/s3 private_dns: false -> true",
                "ec2.vpc_endpoint/s3 route_tables: ec2.route_table/isolated ec2.route_table/private-a -> none",
                "ec2.vpc_endpoint/s3 subnets: none -> ec2.subnet/private-a",
                "ec2.vpc_endpoint/s3 type: Gateway -> Interface",
            ],
        ),
        case(
            "network: { endpoints: { s3: { type: null } } }",
            &["replace ec2.vpc_endpoint/s3: endpoint_type"],
            &[
                "ec2.route_table/isolated routes of ec2.vpc_endpoint/s3: none -> yes",
                "ec2.route_table/private-a routes of ec2.vpc_endpoint/s3: none -> yes",
                "ec2.vpc_endpoint/s3 groups: ec2.security_group/endpoints.interface -> none",
                "ec2.vpc_endpoint/s3 private_dns: true -> false",
                "ec2.vpc_endpoint/s3 route_tables: none -> ec2.route_table/isolated ec2.route_table/private-a",
                "ec2.vpc_endpoint/s3 subnets: ec2.subnet/private-a -> none",
                "ec2.vpc_endpoint/s3 type: Interface -> Gateway",
            ],
        ),
        case(
            "network: { endpoints: { ecr.api: {} } }",
            &["create ec2.vpc_endpoint/ecr.api"],
            &["+ec2.vpc_endpoint/ecr.api: groups=ec2.security_group/endpoints.interface, \
                policy=Allow * on * by * (2008-10-17), \
                private_dns=true, service=com.amazonaws.eu-central-1.ecr.api, \
                subnets=ec2.subnet/private-a, type=Interface"],
        ),
        case(
            "network: { endpoints: [s3] }",
            &[
                "delete ec2.security_group/endpoints.interface",
                "delete ec2.security_group_rules/endpoints.interface",
                "delete ec2.vpc_endpoint/ecr.api",
                "delete ec2.vpc_endpoint/logs",
            ],
            &["-ec2.security_group/endpoints.interface", "-ec2.vpc_endpoint/ecr.api", "-ec2.vpc_endpoint/logs"],
        ),
        case(
            "network: { endpoints: [] }",
            &["delete ec2.vpc_endpoint/s3"],
            &[
                "ec2.route_table/isolated routes of ec2.vpc_endpoint/s3: yes -> none",
                "ec2.route_table/private-a routes of ec2.vpc_endpoint/s3: yes -> none",
                "-ec2.vpc_endpoint/s3",
            ],
        ),
    ],
};
