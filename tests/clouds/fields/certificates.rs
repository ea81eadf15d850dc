//! Certificates.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [public, private], nat: none }, load_balancer: { http: serve }, dns: { zone: example.com, create: true } }",
    cases: &[
        case("certificates: { main: { names: [example.com, '*.example.com'] } }", &[], &[]),
        case("load_balancer: { certificate: '${certificates.main}' }", &[], &[]),
        case("outputs: { edge: '${certificates.main.everywhere}' }", &[], &[]),
        case("certificates: { main: { names: [example.com, www.example.com] } }", &[], &[]),
        case("certificates: { main: { key_algorithm: ec_prime256v1 } }", &[], &[]),
        case("certificates: { main: { key_algorithm: ec_secp384r1 } }", &[], &[]),
        case("certificates: { main: { key_algorithm: rsa_2048 } }", &[], &[]),
        case("load_balancer: { certificate: null }", &[], &[]),
        case("{ certificates: { main: null }, outputs: null }", &[], &[]),
    ],
};
