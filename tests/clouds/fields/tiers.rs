//! Tiers, and the subnets in them.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, nat: none }",
    cases: &[
        case("network: { tiers: [isolated, private, public] }", &[], &[]),
        case(
            "network: { tiers: [isolated, private] }",
            &["delete ec2.internet_gateway/main", "delete ec2.route_table/public", "delete ec2.subnet/public-a"],
            &["-ec2.internet_gateway/main", "-ec2.route_table/public", "-ec2.subnet/public-a"],
        ),
        case(
            "network: { tiers: [public, isolated] }",
            &[
                "create ec2.internet_gateway/main",
                "create ec2.route_table/public",
                "create ec2.subnet/public-a",
                "delete ec2.route_table/private-a",
                "delete ec2.subnet/private-a",
            ],
            &[
                "+ec2.internet_gateway/main: vpc=ec2.vpc/main",
                "-ec2.route_table/private-a",
                "+ec2.route_table/public: route 0.0.0.0/0=ec2.internet_gateway/main, vpc=ec2.vpc/main",
                "-ec2.subnet/private-a",
                "+ec2.subnet/public-a: cidr=10.0.0.0/24, routes=ec2.route_table/public, zone=a",
            ],
        ),
        case("network: { subnets: { public: {} } }", &[], &[]),
        case(
            "network: { subnets: { public: { public_ips: true } } }",
            &["update ec2.subnet/public-a: public_ips"],
            &["ec2.subnet/public-a public_ips: none -> yes"],
        ),
        case(
            "network: { subnets: { public: { public_ips: false } } }",
            &["update ec2.subnet/public-a: public_ips"],
            &["ec2.subnet/public-a public_ips: yes -> none"],
        ),
        case(
            "network: { subnets: { public: { prefix: 26 } } }",
            &["replace ec2.subnet/public-a: cidr", "update ec2.route_table/public: subnets"],
            &["ec2.subnet/public-a cidr: 10.0.0.0/24 -> 10.0.0.0/26"],
        ),
        case(
            "network: { subnets: { public: { prefix: 24 } } }",
            &["replace ec2.subnet/public-a: cidr", "update ec2.route_table/public: subnets"],
            &["ec2.subnet/public-a cidr: 10.0.0.0/26 -> 10.0.0.0/24"],
        ),
        case("network: { subnets: { isolated: { cidrs: [10.0.2.0/28] } } }", &[], &[]),
        case(
            "network: { subnets: { isolated: { cidrs: [10.0.200.0/24] } } }",
            &["replace ec2.subnet/isolated-a: cidr", "update ec2.route_table/isolated: subnets"],
            &["ec2.subnet/isolated-a cidr: 10.0.2.0/28 -> 10.0.200.0/24"],
        ),
        case(
            "network: { subnets: { isolated: { cidrs: null } } }",
            &["replace ec2.subnet/isolated-a: cidr", "update ec2.route_table/isolated: subnets"],
            &["ec2.subnet/isolated-a cidr: 10.0.200.0/24 -> 10.0.2.0/28"],
        ),
        case(
            "network: { tiers: null }",
            &["create ec2.route_table/private-a", "create ec2.subnet/private-a"],
            &[
                "+ec2.route_table/private-a: vpc=ec2.vpc/main",
                "+ec2.subnet/private-a: cidr=10.0.1.0/24, routes=ec2.route_table/private-a, zone=a",
            ],
        ),
        // There is nothing that would go out through it.
        case(
            "network: { nat: single, tiers: [public, isolated] }",
            &["delete ec2.route_table/private-a", "delete ec2.subnet/private-a"],
            &["-ec2.route_table/private-a", "-ec2.subnet/private-a"],
        ),
        case("network: { subnets: null }", &[], &[]),
    ],
};
