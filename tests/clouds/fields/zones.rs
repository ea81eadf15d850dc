//! Availability zones.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, nat: none, endpoints: { logs: {} } }",
    cases: &[
        case(
            "network: { zones: 2 }",
            &[
                "create ec2.route_table/private-b",
                "create ec2.subnet/isolated-b",
                "create ec2.subnet/private-b",
                "create ec2.subnet/public-b",
                "update ec2.route_table/isolated: subnets",
                "update ec2.route_table/public: subnets",
                "update ec2.vpc_endpoint/logs: subnets",
            ],
            &[
                "+ec2.route_table/private-b: vpc=ec2.vpc/main",
                "+ec2.subnet/isolated-b: cidr=10.0.18.0/28, routes=ec2.route_table/isolated, zone=b",
                "+ec2.subnet/private-b: cidr=10.0.17.0/24, routes=ec2.route_table/private-b, zone=b",
                "+ec2.subnet/public-b: cidr=10.0.16.0/24, routes=ec2.route_table/public, zone=b",
                "ec2.vpc_endpoint/logs subnets: ec2.subnet/private-a -> ec2.subnet/private-a ec2.subnet/private-b",
            ],
        ),
        case("network: { zones: [a, b] }", &[], &[]),
        // The subnets of the new zone have the addresses of those that go, which the endpoint is in.
        case(
            "network: { zones: [a, c] }",
            &[
                "create ec2.route_table/private-c",
                "create ec2.subnet/isolated-c",
                "create ec2.subnet/private-c",
                "create ec2.subnet/public-c",
                "delete ec2.route_table/private-b",
                "delete ec2.subnet/isolated-b",
                "delete ec2.subnet/private-b",
                "delete ec2.subnet/public-b",
                "replace ec2.vpc_endpoint/logs: holds ec2.subnet/private-b",
                "update ec2.route_table/isolated: subnets",
                "update ec2.route_table/public: subnets",
            ],
            &[
                "-ec2.route_table/private-b",
                "+ec2.route_table/private-c: vpc=ec2.vpc/main",
                "-ec2.subnet/isolated-b",
                "+ec2.subnet/isolated-c: cidr=10.0.18.0/28, routes=ec2.route_table/isolated, zone=c",
                "-ec2.subnet/private-b",
                "+ec2.subnet/private-c: cidr=10.0.17.0/24, routes=ec2.route_table/private-c, zone=c",
                "-ec2.subnet/public-b",
                "+ec2.subnet/public-c: cidr=10.0.16.0/24, routes=ec2.route_table/public, zone=c",
                "ec2.vpc_endpoint/logs subnets: ec2.subnet/private-a ec2.subnet/private-b -> \
                ec2.subnet/private-a ec2.subnet/private-c",
            ],
        ),
        // Each zone has the addresses of the other.
        case(
            "network: { zones: [c, a] }",
            &[
                "replace ec2.subnet/isolated-a: cidr",
                "replace ec2.subnet/isolated-c: cidr",
                "replace ec2.subnet/private-a: cidr",
                "replace ec2.subnet/private-c: cidr",
                "replace ec2.subnet/public-a: cidr",
                "replace ec2.subnet/public-c: cidr",
                "replace ec2.vpc_endpoint/logs: holds ec2.subnet/private-a",
                "update ec2.route_table/isolated: subnets",
                "update ec2.route_table/private-a: subnets",
                "update ec2.route_table/private-c: subnets",
                "update ec2.route_table/public: subnets",
            ],
            &[
                "ec2.subnet/isolated-a cidr: 10.0.2.0/28 -> 10.0.18.0/28",
                "ec2.subnet/isolated-c cidr: 10.0.18.0/28 -> 10.0.2.0/28",
                "ec2.subnet/private-a cidr: 10.0.1.0/24 -> 10.0.17.0/24",
                "ec2.subnet/private-c cidr: 10.0.17.0/24 -> 10.0.1.0/24",
                "ec2.subnet/public-a cidr: 10.0.0.0/24 -> 10.0.16.0/24",
                "ec2.subnet/public-c cidr: 10.0.16.0/24 -> 10.0.0.0/24",
            ],
        ),
        case(
            "network: { zones: [c] }",
            &[
                "delete ec2.route_table/private-a",
                "delete ec2.subnet/isolated-a",
                "delete ec2.subnet/private-a",
                "delete ec2.subnet/public-a",
                "update ec2.route_table/isolated: subnets",
                "update ec2.route_table/public: subnets",
                "update ec2.vpc_endpoint/logs: subnets",
            ],
            &[
                "-ec2.route_table/private-a",
                "-ec2.subnet/isolated-a",
                "-ec2.subnet/private-a",
                "-ec2.subnet/public-a",
                "ec2.vpc_endpoint/logs subnets: ec2.subnet/private-a ec2.subnet/private-c -> ec2.subnet/private-c",
            ],
        ),
        case(
            "network: { endpoints: { logs: { tier: public } } }",
            &["update ec2.vpc_endpoint/logs: subnets"],
            &["ec2.vpc_endpoint/logs subnets: ec2.subnet/private-c -> ec2.subnet/public-c"],
        ),
    ],
};
