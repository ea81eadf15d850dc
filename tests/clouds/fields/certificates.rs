//! Certificates.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [public, private], nat: none }, load_balancer: { http: serve }, dns: { zone: example.com, create: true } }",
    cases: &[
        case(
            "certificates: { main: { names: [example.com, '*.example.com'] } }",
            &[
                "create acm.certificate/main-c64cb2",
                "create acm.validation/main-c64cb2",
                "create route53.record/proof.example.com",
            ],
            &[
                "+acm.certificate/main-c64cb2: in=here, key=RSA-2048, names=*.example.com, example.com, status=ISSUED",
                "route53.zone/main a proof: none -> yes",
                r#"route53.zone/main cname.PROOF._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:proof.example.com""#,
            ],
        ),
        case(
            "load_balancer: { certificate: '${certificates.main}' }",
            &["create elb.listener/https", "update ec2.security_group_rules/load_balancer: ingress"],
            &[
                "ec2.security_group/load_balancer ingress tcp 443 0.0.0.0/0: none -> yes",
                "+elb.listener/https: certificate=acm.certificate/main-c64cb2, default=404 text/plain, on=elb.load_balancer/main, policy=ELBSecurityPolicy-TLS13-1-2-2021-06, port=HTTPS 443",
            ],
        ),
        case(
            "outputs: { edge: '${certificates.main.everywhere}' }",
            &["create acm.certificate/main-c64cb2.everywhere", "create acm.validation/main-c64cb2.everywhere"],
            &[
                "+acm.certificate/main-c64cb2.everywhere: in=everywhere, key=RSA-2048, names=*.example.com, example.com, status=ISSUED",
            ],
        ),
        case(
            "certificates: { main: { names: [example.com, www.example.com] } }",
            &[
                "create acm.certificate/main-73530c",
                "create acm.certificate/main-73530c.everywhere",
                "create acm.validation/main-73530c",
                "create acm.validation/main-73530c.everywhere",
                "create route53.record/proof.www.example.com",
                "delete acm.certificate/main-c64cb2",
                "delete acm.certificate/main-c64cb2.everywhere",
                "update elb.listener/https: certificate",
                "update route53.record/proof.example.com: record_name, values",
            ],
            &[
                "+acm.certificate/main-73530c: in=here, key=RSA-2048, names=example.com, www.example.com, status=ISSUED",
                "+acm.certificate/main-73530c.everywhere: in=everywhere, key=RSA-2048, names=example.com, www.example.com, status=ISSUED",
                "-acm.certificate/main-c64cb2",
                "-acm.certificate/main-c64cb2.everywhere",
                "elb.listener/https certificate: acm.certificate/main-c64cb2 -> acm.certificate/main-73530c",
                r#"route53.zone/main cname.PROOF.www._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:proof.www.example.com""#,
            ],
        ),
        case(
            "certificates: { main: { key_algorithm: ec_prime256v1 } }",
            &[
                "create acm.certificate/main-ab69dc",
                "create acm.certificate/main-ab69dc.everywhere",
                "create acm.validation/main-ab69dc",
                "create acm.validation/main-ab69dc.everywhere",
                "delete acm.certificate/main-73530c",
                "delete acm.certificate/main-73530c.everywhere",
                "update elb.listener/https: certificate",
                "update route53.record/proof.example.com: record_name, values",
                "update route53.record/proof.www.example.com: record_name, values",
            ],
            &[
                "-acm.certificate/main-73530c",
                "-acm.certificate/main-73530c.everywhere",
                "+acm.certificate/main-ab69dc: in=here, key=EC-prime256v1, names=example.com, www.example.com, status=ISSUED",
                "+acm.certificate/main-ab69dc.everywhere: in=everywhere, key=EC-prime256v1, names=example.com, www.example.com, status=ISSUED",
                "elb.listener/https certificate: acm.certificate/main-73530c -> acm.certificate/main-ab69dc",
            ],
        ),
        case(
            "certificates: { main: { key_algorithm: ec_secp384r1 } }",
            &[
                "create acm.certificate/main-3026cf",
                "create acm.certificate/main-3026cf.everywhere",
                "create acm.validation/main-3026cf",
                "create acm.validation/main-3026cf.everywhere",
                "delete acm.certificate/main-ab69dc",
                "delete acm.certificate/main-ab69dc.everywhere",
                "update elb.listener/https: certificate",
                "update route53.record/proof.example.com: record_name, values",
                "update route53.record/proof.www.example.com: record_name, values",
            ],
            &[
                "+acm.certificate/main-3026cf: in=here, key=EC-secp384r1, names=example.com, www.example.com, status=ISSUED",
                "+acm.certificate/main-3026cf.everywhere: in=everywhere, key=EC-secp384r1, names=example.com, www.example.com, status=ISSUED",
                "-acm.certificate/main-ab69dc",
                "-acm.certificate/main-ab69dc.everywhere",
                "elb.listener/https certificate: acm.certificate/main-ab69dc -> acm.certificate/main-3026cf",
            ],
        ),
        case(
            "certificates: { main: { key_algorithm: rsa_2048 } }",
            &[
                "create acm.certificate/main-73530c",
                "create acm.certificate/main-73530c.everywhere",
                "create acm.validation/main-73530c",
                "create acm.validation/main-73530c.everywhere",
                "delete acm.certificate/main-3026cf",
                "delete acm.certificate/main-3026cf.everywhere",
                "update elb.listener/https: certificate",
                "update route53.record/proof.example.com: record_name, values",
                "update route53.record/proof.www.example.com: record_name, values",
            ],
            &[
                "-acm.certificate/main-3026cf",
                "-acm.certificate/main-3026cf.everywhere",
                "+acm.certificate/main-73530c: in=here, key=RSA-2048, names=example.com, www.example.com, status=ISSUED",
                "+acm.certificate/main-73530c.everywhere: in=everywhere, key=RSA-2048, names=example.com, www.example.com, status=ISSUED",
                "elb.listener/https certificate: acm.certificate/main-3026cf -> acm.certificate/main-73530c",
            ],
        ),
        case(
            "load_balancer: { certificate: null }",
            &["delete elb.listener/https", "update ec2.security_group_rules/load_balancer: ingress"],
            &["ec2.security_group/load_balancer ingress tcp 443 0.0.0.0/0: yes -> none", "-elb.listener/https"],
        ),
        case(
            "{ certificates: { main: null }, outputs: null }",
            &[
                "delete acm.certificate/main-73530c",
                "delete acm.certificate/main-73530c.everywhere",
                "delete route53.record/proof.example.com",
                "delete route53.record/proof.www.example.com",
            ],
            &[
                "-acm.certificate/main-73530c",
                "-acm.certificate/main-73530c.everywhere",
                "route53.zone/main a proof: yes -> none",
                r#"route53.zone/main cname.PROOF.www._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:proof.www.example.com" -> none"#,
                r#"route53.zone/main cname.PROOF._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:proof.example.com" -> none"#,
            ],
        ),
    ],
};
