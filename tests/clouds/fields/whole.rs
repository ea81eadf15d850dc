//! What goes and comes with the network itself.

use super::{
    bench::{Sequence, case},
    tags::{NETWORK, everything},
};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: NETWORK,
    cases: &[
        // All but what does not stand in the network is made anew.
        case(
            "network: { cidr: 10.8.0.0/16 }",
            &[
                "replace ec2.flow_log/flow-logs: vpc",
                "replace ec2.internet_gateway/main: holds ec2.vpc/main",
                "replace ec2.nat_gateway/nat-a: subnet",
                "replace ec2.network_acl/private: vpc",
                "replace ec2.route_table/private-a: vpc",
                "replace ec2.route_table/public: vpc",
                "replace ec2.security_group/app: vpc",
                "replace ec2.security_group_rules/app: group",
                "replace ec2.subnet/private-a: vpc, cidr",
                "replace ec2.subnet/public-a: vpc, cidr",
                "replace ec2.vpc/main: cidr",
                "replace ec2.vpc_endpoint/s3: vpc",
            ],
            &[
                "ec2.subnet/private-a cidr: 10.0.1.0/24 -> 10.8.1.0/24",
                "ec2.subnet/public-a cidr: 10.0.0.0/24 -> 10.8.0.0/24",
                "ec2.vpc/main cidr: 10.0.0.0/16 -> 10.8.0.0/16",
            ],
        ),
        case("network: null", everything!("delete ", "", "delete ec2.security_group_rules/app"), everything!("-", "")),
    ],
};
