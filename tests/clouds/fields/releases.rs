//! How one release of a service follows another.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "
network: { zones: 2, tiers: [public], nat: none }
load_balancer: {}
alarms: { errors: { service: api, metric: 5xx, above: 10, for: 3m } }
services: { api: { image: 'web:1', count: 1, port: 80, route: {} } }
",
    cases: &[
        case("services: { api: { deploy: { strategy: blue_green } } }", &[], &[]),
        case("services: { api: { deploy: { bake: 1m } } }", &[], &[]),
        case("services: { api: { deploy: { rollback_on: [errors] } } }", &[], &[]),
        case("services: { api: { deploy: { smoke: / } } }", &[], &[]),
        case("services: { api: { deploy: { approve: 1h } } }", &[], &[]),
        case("services: { api: { deploy: { approve: 2h } } }", &[], &[]),
        case("services: { api: { deploy: { smoke: null, approve: null, rollback_on: null } } }", &[], &[]),
        case("services: { api: { deploy: { strategy: canary } } }", &[], &[]),
        case("services: { api: { deploy: { step: { percent: 20, bake: 2m } } } }", &[], &[]),
        case("services: { api: { deploy: { strategy: linear } } }", &[], &[]),
        case("services: { api: { deploy: { step: null } } }", &[], &[]),
        case("services: { api: { deploy: { strategy: rolling, bake: null } } }", &[], &[]),
        case("services: { api: { deploy: { migrate: { command: [migrate] } } } }", &[], &[]),
        case("services: { api: { deploy: { migrate: { timeout: 5m } } } }", &[], &[]),
        case("services: { api: { image: 'web:2' } }", &[], &[]),
        case("services: { api: { deploy: { migrate: null } } }", &[], &[]),
    ],
};
