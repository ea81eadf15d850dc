//! What becomes of objects, and which pages may use them.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "buckets: { media: {} }",
    cases: &[
        case(
            "buckets: { media: { lifecycle: [{ expire: 90d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: none -> * expire 90"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ expire: 60d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: * expire 90 -> * expire 60"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ prefix: a/, expire: 60d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: * expire 60 -> a/* expire 60"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ prefix: a/, expire: 60d, tags: { kind: raw } }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: a/* expire 60 -> a/* kind=raw expire 60"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ prefix: a/, expire: 60d, tags: { kind: old } }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: a/* kind=raw expire 60 -> a/* kind=old expire 60"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ prefix: a/, expire: 60d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: a/* kind=old expire 60 -> a/* expire 60"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ prefix: a/, expire: 60d, abort_uploads: 7d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: a/* expire 60 -> a/* expire 60 uploads 7"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ after: 40d, to: one_zone }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: a/* expire 60 uploads 7 -> * 40 to ONEZONE_IA"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ after: 50d, to: one_zone }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: * 40 to ONEZONE_IA -> * 50 to ONEZONE_IA"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ after: 50d, to: glacier }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: * 50 to ONEZONE_IA -> * 50 to GLACIER"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ after: 30d, to: infrequent_access }, { after: 31d, to: intelligent }, { after: 32d, to: glacier_instant }, { after: 33d, to: deep_archive }] } }",
            &["update s3.bucket/media: lifecycle"],
            &[
                "s3.bucket/media lifecycle: * 50 to GLACIER -> * 30 to STANDARD_IA; * 31 to INTELLIGENT_TIERING; * 32 to GLACIER_IR; * 33 to DEEP_ARCHIVE",
            ],
        ),
        case(
            "buckets: { media: { lifecycle: null } }",
            &["update s3.bucket/media: lifecycle"],
            &[
                "s3.bucket/media lifecycle: * 30 to STANDARD_IA; * 31 to INTELLIGENT_TIERING; * 32 to GLACIER_IR; * 33 to DEEP_ARCHIVE -> none",
            ],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['https://*.example.com'] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: none -> https://*.example.com GET+HEAD"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: https://*.example.com GET+HEAD -> * GET+HEAD"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'], methods: [GET, HEAD, PUT, POST, DELETE] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * GET+HEAD -> * DELETE+GET+HEAD+POST+PUT"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'], methods: [GET] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * DELETE+GET+HEAD+POST+PUT -> * GET"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'], methods: [GET], headers: ['x-*'] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * GET -> * GET x-*"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'], methods: [GET], headers: ['x-*'], expose: [ETag] }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * GET x-* -> * GET x-* ETag"],
        ),
        case(
            "buckets: { media: { cors: [{ origins: ['*'], methods: [GET], headers: ['x-*'], expose: [ETag], max_age: 1h }] } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * GET x-* ETag -> * GET x-* ETag 3600s"],
        ),
        case(
            "buckets: { media: { cors: null } }",
            &["update s3.bucket/media: cors"],
            &["s3.bucket/media cors: * GET x-* ETag 3600s -> none"],
        ),
    ],
};
