//! The way out of private subnets.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { tiers: [public, private], nat: none }",
    cases: &[
        case(
            "network: { nat: single }",
            &[
                "create ec2.eip/nat-a",
                "create ec2.nat_gateway/nat-a",
                "update ec2.route_table/private-a: routes",
                "update ec2.route_table/private-b: routes",
            ],
            &[
                "+ec2.eip/nat-a",
                "+ec2.nat_gateway/nat-a: address=ec2.eip/nat-a, subnet=ec2.subnet/public-a",
                "ec2.route_table/private-a route 0.0.0.0/0: none -> ec2.nat_gateway/nat-a",
                "ec2.route_table/private-b route 0.0.0.0/0: none -> ec2.nat_gateway/nat-a",
            ],
        ),
        case(
            "network: { nat: per_zone }",
            &["create ec2.eip/nat-b", "create ec2.nat_gateway/nat-b", "update ec2.route_table/private-b: routes"],
            &[
                "+ec2.eip/nat-b",
                "+ec2.nat_gateway/nat-b: address=ec2.eip/nat-b, subnet=ec2.subnet/public-b",
                "ec2.route_table/private-b route 0.0.0.0/0: ec2.nat_gateway/nat-a -> ec2.nat_gateway/nat-b",
            ],
        ),
        case(
            "network: { nat: none }",
            &[
                "delete ec2.eip/nat-a",
                "delete ec2.eip/nat-b",
                "delete ec2.nat_gateway/nat-a",
                "delete ec2.nat_gateway/nat-b",
                "update ec2.route_table/private-a: routes",
                "update ec2.route_table/private-b: routes",
            ],
            &[
                "-ec2.eip/nat-a",
                "-ec2.eip/nat-b",
                "-ec2.nat_gateway/nat-a",
                "-ec2.nat_gateway/nat-b",
                "ec2.route_table/private-a route 0.0.0.0/0: ec2.nat_gateway/nat-a -> none",
                "ec2.route_table/private-b route 0.0.0.0/0: ec2.nat_gateway/nat-b -> none",
            ],
        ),
        case(
            "network: { nat: per_zone }",
            &[
                "create ec2.eip/nat-a",
                "create ec2.eip/nat-b",
                "create ec2.nat_gateway/nat-a",
                "create ec2.nat_gateway/nat-b",
                "update ec2.route_table/private-a: routes",
                "update ec2.route_table/private-b: routes",
            ],
            &[
                "+ec2.eip/nat-a",
                "+ec2.eip/nat-b",
                "+ec2.nat_gateway/nat-a: address=ec2.eip/nat-a, subnet=ec2.subnet/public-a",
                "+ec2.nat_gateway/nat-b: address=ec2.eip/nat-b, subnet=ec2.subnet/public-b",
                "ec2.route_table/private-a route 0.0.0.0/0: none -> ec2.nat_gateway/nat-a",
                "ec2.route_table/private-b route 0.0.0.0/0: none -> ec2.nat_gateway/nat-b",
            ],
        ),
        case(
            "network: { nat: single }",
            &["delete ec2.eip/nat-b", "delete ec2.nat_gateway/nat-b", "update ec2.route_table/private-b: routes"],
            &[
                "-ec2.eip/nat-b",
                "-ec2.nat_gateway/nat-b",
                "ec2.route_table/private-b route 0.0.0.0/0: ec2.nat_gateway/nat-b -> ec2.nat_gateway/nat-a",
            ],
        ),
        case(
            "network: { zones: 1 }",
            &[
                "delete ec2.route_table/private-b",
                "delete ec2.subnet/private-b",
                "delete ec2.subnet/public-b",
                "update ec2.route_table/public: subnets",
            ],
            &["-ec2.route_table/private-b", "-ec2.subnet/private-b", "-ec2.subnet/public-b"],
        ),
        case(
            "network: { nat: none }",
            &["delete ec2.eip/nat-a", "delete ec2.nat_gateway/nat-a", "update ec2.route_table/private-a: routes"],
            &[
                "-ec2.eip/nat-a",
                "-ec2.nat_gateway/nat-a",
                "ec2.route_table/private-a route 0.0.0.0/0: ec2.nat_gateway/nat-a -> none",
            ],
        ),
    ],
};
