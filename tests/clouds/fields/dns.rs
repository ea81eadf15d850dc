//! The zone in Route 53, its records and health checks.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 2, tiers: [public, private], nat: none }",
    cases: &[
        case("dns: { zone: example.com, create: true }", &[], &[]),
        case("dns: { comment: The shop }", &[], &[]),
        case("dns: { records: { www: { to: 192.0.2.1 } } }", &[], &[]),
        case("dns: { records: { www: { to: [192.0.2.1, 192.0.2.2] } } }", &[], &[]),
        case("dns: { records: { www: { ttl: 1h } } }", &[], &[]),
        case("dns: { records: { www: { type: A } } }", &[], &[]),
        case("dns: { records: { '@': [{ type: MX, to: 10 mail.example.com }] } }", &[], &[]),
        case("dns: { records: { '@': [{ type: MX, to: 20 mail.example.com }] } }", &[], &[]),
        case("dns: { records: { '@': [{ type: TXT, to: 20 mail.example.com }] } }", &[], &[]),
        case("dns: { records: { '@': [{ type: TXT, to: 20 mail.example.com, ttl: 1m }] } }", &[], &[]),
        case("dns: { records: { '@': null } }", &[], &[]),
        case("dns: { health_checks: { www: { host: www.example.com } } }", &[], &[]),
        case("dns: { health_checks: { www: { host: shop.example.com } } }", &[], &[]),
        case("dns: { health_checks: { www: { path: /health } } }", &[], &[]),
        case("dns: { health_checks: { www: { failures: 5 } } }", &[], &[]),
        case("dns: { health_checks: { www: { contains: well } } }", &[], &[]),
        case("dns: { health_checks: { www: { interval: 10s } } }", &[], &[]),
        case("dns: { health_checks: { www: { protocol: http } } }", &[], &[]),
        case("dns: { health_checks: { www: { port: 8080 } } }", &[], &[]),
        case("dns: { health_checks: { www: { protocol: tcp, path: null, contains: null } } }", &[], &[]),
        case("dns: { health_checks: { www: { protocol: https } } }", &[], &[]),
        case("dns: { health_checks: null }", &[], &[]),
        case("dns: { private: true }", &[], &[]),
        case("dns: { private: false }", &[], &[]),
        case("dns: { zone: example.net }", &[], &[]),
        case("dns: null", &[], &[]),
    ],
};
