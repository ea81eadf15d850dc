//! Network ACLs.

use super::bench::{Sequence, case};

/// All rules of an ACL are one setting.
const RULES: &[&str] = &["update ec2.network_acl/isolated: entries"];

macro_rules! ingress {
    ($rules:literal) => {
        concat!("network: { acls: { isolated: { ingress: [", $rules, "] } } }")
    };
}

macro_rules! egress {
    ($rules:literal) => {
        concat!("network: { acls: { isolated: { egress: [", $rules, "] } } }")
    };
}

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, tiers: [private, isolated], nat: none }",
    cases: &[
        case(
            "network: { acls: { isolated: {} } }",
            &["create ec2.network_acl/isolated"],
            &[
                "+ec2.network_acl/isolated: vpc=ec2.vpc/main",
                "ec2.subnet/isolated-a acl: none -> ec2.network_acl/isolated",
            ],
        ),
        case(
            ingress!("{ action: deny, port: 5432, from: network }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: none -> deny 6 5432 10.0.0.0/16"],
        ),
        case(
            ingress!("{ action: allow, port: 5432, from: network }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: deny 6 5432 10.0.0.0/16 -> allow 6 5432 10.0.0.0/16"],
        ),
        case(
            ingress!("{ action: allow, port: 5432, from: 10.0.1.0/24 }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 6 5432 10.0.0.0/16 -> allow 6 5432 10.0.1.0/24"],
        ),
        case(
            ingress!("{ action: allow, port: 5432, from: '::/0' }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 6 5432 10.0.1.0/24 -> allow 6 5432 ::/0"],
        ),
        case(
            ingress!("{ action: allow, port: 5432-5439, from: '::/0' }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 6 5432 ::/0 -> allow 6 5432-5439 ::/0"],
        ),
        case(
            ingress!("{ action: allow, port: 5432-5439, from: '::/0', protocol: udp }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 6 5432-5439 ::/0 -> allow 17 5432-5439 ::/0"],
        ),
        case(
            ingress!("{ action: allow, from: '::/0', protocol: icmp }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 17 5432-5439 ::/0 -> allow 1 ::/0"],
        ),
        case(
            ingress!("{ action: allow, from: '::/0', protocol: all }"),
            RULES,
            &["ec2.network_acl/isolated ingress 100: allow 1 ::/0 -> allow -1 ::/0"],
        ),
        case(ingress!("{ action: allow, from: '::/0', protocol: all, rule: 100 }"), &[], &[]),
        case(
            ingress!("{ action: allow, from: '::/0', protocol: all, rule: 32766 }"),
            RULES,
            &[
                "ec2.network_acl/isolated ingress 100: allow -1 ::/0 -> none",
                "ec2.network_acl/isolated ingress 32766: none -> allow -1 ::/0",
            ],
        ),
        case(
            ingress!("{ action: deny, protocol: all, from: '::/0' }, { action: allow, port: 22, from: network }"),
            RULES,
            &[
                "ec2.network_acl/isolated ingress 100: none -> deny -1 ::/0",
                "ec2.network_acl/isolated ingress 110: none -> allow 6 22 10.0.0.0/16",
                "ec2.network_acl/isolated ingress 32766: allow -1 ::/0 -> none",
            ],
        ),
        case(
            ingress!("{ action: allow, port: 22, from: network }, { action: deny, protocol: all, from: '::/0' }"),
            RULES,
            &[
                "ec2.network_acl/isolated ingress 100: deny -1 ::/0 -> allow 6 22 10.0.0.0/16",
                "ec2.network_acl/isolated ingress 110: allow 6 22 10.0.0.0/16 -> deny -1 ::/0",
            ],
        ),
        case(
            "network: { acls: { isolated: { ingress: [] } } }",
            RULES,
            &[
                "ec2.network_acl/isolated ingress 100: allow 6 22 10.0.0.0/16 -> none",
                "ec2.network_acl/isolated ingress 110: deny -1 ::/0 -> none",
            ],
        ),
        case(
            egress!("{ action: allow, port: 1024-65535, to: network }"),
            RULES,
            &["ec2.network_acl/isolated egress 100: none -> allow 6 1024-65535 10.0.0.0/16"],
        ),
        case(
            egress!("{ action: deny, port: 1024-65535, to: network }"),
            RULES,
            &["ec2.network_acl/isolated egress 100: allow 6 1024-65535 10.0.0.0/16 -> deny 6 1024-65535 10.0.0.0/16"],
        ),
        case(
            egress!("{ action: deny, port: 443, to: network }"),
            RULES,
            &["ec2.network_acl/isolated egress 100: deny 6 1024-65535 10.0.0.0/16 -> deny 6 443 10.0.0.0/16"],
        ),
        case(
            egress!("{ action: deny, port: 443, to: 0.0.0.0/0 }"),
            RULES,
            &["ec2.network_acl/isolated egress 100: deny 6 443 10.0.0.0/16 -> deny 6 443 0.0.0.0/0"],
        ),
        case(
            egress!("{ action: deny, port: 443, to: 0.0.0.0/0, protocol: udp }"),
            RULES,
            &["ec2.network_acl/isolated egress 100: deny 6 443 0.0.0.0/0 -> deny 17 443 0.0.0.0/0"],
        ),
        case(
            egress!("{ action: deny, port: 443, to: 0.0.0.0/0, protocol: udp, rule: 1 }"),
            RULES,
            &[
                "ec2.network_acl/isolated egress 1: none -> deny 17 443 0.0.0.0/0",
                "ec2.network_acl/isolated egress 100: deny 17 443 0.0.0.0/0 -> none",
            ],
        ),
        case(
            egress!("{ action: allow, to: '::/0', protocol: icmp }, { action: allow, to: 10.0.0.0/8, protocol: all }"),
            RULES,
            &[
                "ec2.network_acl/isolated egress 100: none -> allow 1 ::/0",
                "ec2.network_acl/isolated egress 110: none -> allow -1 10.0.0.0/8",
                "ec2.network_acl/isolated egress 1: deny 17 443 0.0.0.0/0 -> none",
            ],
        ),
        case(
            "network: { acls: { private: { egress: [{ action: allow, to: 0.0.0.0/0, protocol: tcp }], \
                ingress: [{ action: allow, from: 0.0.0.0/0, protocol: tcp }] } } }",
            &["create ec2.network_acl/private"],
            &[
                "+ec2.network_acl/private: egress 100=allow 6 0-65535 0.0.0.0/0, \
                ingress 100=allow 6 0-65535 0.0.0.0/0, vpc=ec2.vpc/main",
                "ec2.subnet/private-a acl: none -> ec2.network_acl/private",
            ],
        ),
        case(
            "network: { subnets: { isolated: { prefix: 27 } } }",
            &[
                "replace ec2.subnet/isolated-a: cidr",
                "update ec2.network_acl/isolated: subnets",
                "update ec2.route_table/isolated: subnets",
            ],
            &["ec2.subnet/isolated-a cidr: 10.0.2.0/28 -> 10.0.2.0/27"],
        ),
        case(
            "network: { subnets: null }",
            &[
                "replace ec2.subnet/isolated-a: cidr",
                "update ec2.network_acl/isolated: subnets",
                "update ec2.route_table/isolated: subnets",
            ],
            &["ec2.subnet/isolated-a cidr: 10.0.2.0/27 -> 10.0.2.0/28"],
        ),
        case(
            "network: { zones: 2 }",
            &[
                "create ec2.route_table/private-b",
                "create ec2.subnet/isolated-b",
                "create ec2.subnet/private-b",
                "update ec2.network_acl/isolated: subnets",
                "update ec2.network_acl/private: subnets",
                "update ec2.route_table/isolated: subnets",
            ],
            &[
                "+ec2.route_table/private-b: vpc=ec2.vpc/main",
                "+ec2.subnet/isolated-b: acl=ec2.network_acl/isolated, cidr=10.0.18.0/28, \
                routes=ec2.route_table/isolated, zone=b",
                "+ec2.subnet/private-b: acl=ec2.network_acl/private, cidr=10.0.17.0/24, \
                routes=ec2.route_table/private-b, zone=b",
            ],
        ),
        case(
            "network: { acls: { isolated: null } }",
            &["delete ec2.network_acl/isolated"],
            &[
                "-ec2.network_acl/isolated",
                "ec2.subnet/isolated-a acl: ec2.network_acl/isolated -> none",
                "ec2.subnet/isolated-b acl: ec2.network_acl/isolated -> none",
            ],
        ),
        case(
            "network: { acls: null }",
            &["delete ec2.network_acl/private"],
            &[
                "-ec2.network_acl/private",
                "ec2.subnet/private-a acl: ec2.network_acl/private -> none",
                "ec2.subnet/private-b acl: ec2.network_acl/private -> none",
            ],
        ),
    ],
};
