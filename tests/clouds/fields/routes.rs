//! Which requests a service gets, and how it is known which of its tasks work.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 2, tiers: [public], nat: none }
load_balancer: { certificate: 'arn:aws:acm:eu-central-1:123456789012:certificate/one', http: serve }
services: { api: { image: 'web:1', count: 0, port: 80 } }
",
    cases: &[
        case("services: { api: { route: {} } }", &[], &[]),
        case("services: { api: { health: /health } }", &[], &[]),
        case("services: { api: { health: { path: /ready } } }", &[], &[]),
        case("services: { api: { health: { codes: '200,204' } } }", &[], &[]),
        case("services: { api: { health: { interval: 20s } } }", &[], &[]),
        case("services: { api: { health: { timeout: 4s } } }", &[], &[]),
        case("services: { api: { health: { healthy: 3 } } }", &[], &[]),
        case("services: { api: { health: { unhealthy: 2 } } }", &[], &[]),
        case("services: { api: { health: { grace: 2m } } }", &[], &[]),
        case("services: { api: { health: null } }", &[], &[]),
        case("services: { api: { route: { host: API.example.com } } }", &[], &[]),
        case("services: { api: { route: { path: [/api/*, /v?] } } }", &[], &[]),
        case("services: { api: { route: { host: [a.example.com, b.example.com, '*.example.org'] } } }", &[], &[]),
        case("services: { api: { route: { sticky: 1h } } }", &[], &[]),
        case("services: { api: { route: { sticky: 2h } } }", &[], &[]),
        case("services: { api: { route: { sticky: null } } }", &[], &[]),
        case("services: { api: { route: { slow_start: 30s } } }", &[], &[]),
        case("services: { api: { route: { slow_start: null } } }", &[], &[]),
        case("services: { api: { route: { drain: 5s } } }", &[], &[]),
        case("services: { api: { count: null, scale: { min: 0, max: 2, requests: 500 } } }", &[], &[]),
        case("services: { api: { scale: { requests: 400 } } }", &[], &[]),
        case("services: { api: { scale: { requests: null, cpu: 70 } } }", &[], &[]),
        case(
            "services: { api: { scale: null, count: 0, route: { protocol: http2, host: null, path: null } } }",
            &[],
            &[],
        ),
        case("services: { api: { route: { protocol: grpc } } }", &[], &[]),
        // Another service comes beside it, and what says more comes first.
        case("services: { web: { image: 'web:1', count: 0, port: 80, route: { path: /web/* } } }", &[], &[]),
        case("services: { api: { route: null } }", &[], &[]),
    ],
};
