//! The VPC itself.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, tiers: [isolated] }",
    cases: &[
        case(
            "network: { dns_hostnames: false }",
            &["update ec2.vpc/main: dns_hostnames"],
            &["ec2.vpc/main dns_hostnames: true -> false"],
        ),
        case(
            "network: { dns_support: false }",
            &["update ec2.vpc/main: dns_support"],
            &["ec2.vpc/main dns_support: true -> false"],
        ),
        case(
            "network: { dns_support: true }",
            &["update ec2.vpc/main: dns_support"],
            &["ec2.vpc/main dns_support: false -> true"],
        ),
        case(
            "network: { dns_hostnames: true }",
            &["update ec2.vpc/main: dns_hostnames"],
            &["ec2.vpc/main dns_hostnames: false -> true"],
        ),
        case(
            "network: { dns_support: false, dns_hostnames: false }",
            &["update ec2.vpc/main: dns_support, dns_hostnames"],
            &["ec2.vpc/main dns_hostnames: true -> false", "ec2.vpc/main dns_support: true -> false"],
        ),
        case(
            "network: { dns_support: true, dns_hostnames: true }",
            &["update ec2.vpc/main: dns_support, dns_hostnames"],
            &["ec2.vpc/main dns_hostnames: false -> true", "ec2.vpc/main dns_support: false -> true"],
        ),
        case(
            "network: { cidr: 10.8.0.0/20 }",
            &[
                "replace ec2.route_table/isolated: vpc",
                "replace ec2.subnet/isolated-a: vpc, cidr",
                "replace ec2.vpc/main: cidr",
            ],
            &[
                "ec2.subnet/isolated-a cidr: 10.0.2.0/28 -> 10.8.0.32/28",
                "ec2.vpc/main cidr: 10.0.0.0/16 -> 10.8.0.0/20",
            ],
        ),
        case(
            "network: null",
            &["delete ec2.route_table/isolated", "delete ec2.subnet/isolated-a", "delete ec2.vpc/main"],
            &["-ec2.route_table/isolated", "-ec2.subnet/isolated-a", "-ec2.vpc/main"],
        ),
        case(
            "network: { zones: 1, tiers: [isolated] }",
            &["create ec2.route_table/isolated", "create ec2.subnet/isolated-a", "create ec2.vpc/main"],
            &[
                "+ec2.route_table/isolated: vpc=ec2.vpc/main",
                "+ec2.subnet/isolated-a: cidr=10.0.2.0/28, routes=ec2.route_table/isolated, zone=a",
                "+ec2.vpc/main: cidr=10.0.0.0/16, dns_hostnames=true, dns_support=true",
            ],
        ),
    ],
};
