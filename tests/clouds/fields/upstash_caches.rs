//! Caches at Upstash.

use super::bench::{Sequence, case};

/// Where the cache is, and which: the URL follows.
const URL: &str = "update secretsmanager.secret/caches.main.url: value.upstash.template, value.upstash.database, \
    value.upstash.version";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "caches: { other: { provider: upstash, plan: free, eviction: true, auto_upgrade: false } }",
    cases: &[
        case(
            "caches: { main: { provider: upstash } }",
            &["create secretsmanager.secret/caches.main.url", "create upstash.database/main"],
            &[
                "+secretsmanager.secret/caches.main.url: description=The url of caches.main of shop-default. as \
                    rediss://default:{password}@ENDPOINT.upstash.io:6379 with upstash.database/main, key=default, \
                    name=/infractl/shop/default/caches.main.url, on_delete=30, value=set",
                "+upstash.database/main: budget=20, eviction=yes, name=shop--default--eu-central-1--main, \
                    region=eu-central-1, room=102400 MiB, payg, tls=yes",
            ],
        ),
        case(
            "caches: { main: { eviction: false } }",
            &["update upstash.database/main: eviction"],
            &["upstash.database/main eviction: yes -> none"],
        ),
        case(
            "caches: { main: { auto_upgrade: true } }",
            &["update upstash.database/main: auto_upgrade"],
            &["upstash.database/main auto_upgrade: none -> yes"],
        ),
        case(
            "caches: { main: { plan: fixed_250mb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 102400 MiB, payg -> 250 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_1gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 250 MiB, paid -> 1024 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_5gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 1024 MiB, paid -> 5120 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_10gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 5120 MiB, paid -> 10240 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_50gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 10240 MiB, paid -> 51200 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_100gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 51200 MiB, paid -> 102400 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: fixed_500gb } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 102400 MiB, paid -> 512000 MiB, paid"],
        ),
        case(
            "caches: { main: { plan: payg } }",
            &["update upstash.database/main: plan"],
            &["upstash.database/main room: 512000 MiB, paid -> 102400 MiB, payg"],
        ),
        case(
            "caches: { main: { budget: 30 } }",
            &["update upstash.database/main: budget"],
            &["upstash.database/main budget: 20 -> 30"],
        ),
        // What nobody names is left as it is.
        case("caches: { main: { budget: null } }", &[], &[]),
        case(
            "caches: { main: { read_regions: [us-east-1, eu-west-1] } }",
            &["update upstash.database/main: read_regions"],
            &["upstash.database/main reads: none -> eu-west-1 us-east-1"],
        ),
        case(
            "caches: { main: { read_regions: [eu-west-1] } }",
            &["update upstash.database/main: read_regions"],
            &["upstash.database/main reads: eu-west-1 us-east-1 -> eu-west-1"],
        ),
        // Neither is done while Upstash does the other.
        case(
            "caches: { main: { read_regions: [us-west-1], plan: fixed_1gb } }",
            &["update upstash.database/main: read_regions, plan"],
            &[
                "upstash.database/main reads: eu-west-1 -> us-west-1",
                "upstash.database/main room: 102400 MiB, payg -> 1024 MiB, paid",
            ],
        ),
        case(
            "caches: { main: { region: us-east-1 } }",
            &["replace upstash.database/main: primary_region", URL],
            &["upstash.database/main budget: 30 -> 20", "upstash.database/main region: eu-central-1 -> us-east-1"],
        ),
        case(
            "caches: { main: { region: europe-west1, read_regions: null } }",
            &["replace upstash.database/main: platform, primary_region", URL],
            &[
                "upstash.database/main reads: us-west-1 -> none",
                "upstash.database/main region: us-east-1 -> europe-west1",
            ],
        ),
        case(
            "caches: { main: null }",
            &["delete secretsmanager.secret/caches.main.url", "delete upstash.database/main"],
            &["-secretsmanager.secret/caches.main.url", "-upstash.database/main"],
        ),
    ],
};
