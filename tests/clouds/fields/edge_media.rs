//! A bucket that visitors reach through Cloudflare only.

use super::bench::{Sequence, case};

const POLICY: &str = "update s3.bucket/b: policy.Statement";
const TRANSFORM: &str = "update cloudflare.ruleset/http_request_late_transform: rules";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, buckets: { b: {}, c: {} }, cloudflare: { zone: example.com } }",
    cases: &[
        case(
            "cloudflare: { media: { host: media.example.com, bucket: b } }",
            &[
                "create cloudflare.connector/main",
                "create cloudflare.record/media.example.com/CNAME",
                "create cloudflare.ruleset/http_request_cache_settings",
                "create cloudflare.ruleset/http_request_late_transform",
                POLICY,
            ],
            &["SEEN"],
        ),
        case("cloudflare: { media: { secret: open sesame } }", &[TRANSFORM, POLICY], &["SEEN"]),
        case("cloudflare: { media: { proof: user_agent } }", &[TRANSFORM, POLICY], &["SEEN"]),
        case("cloudflare: { media: { proof: referer } }", &[TRANSFORM, POLICY], &["SEEN"]),
        case(
            "cloudflare: { media: { way: origin } }",
            &["create cloudflare.ruleset/http_request_origin", "delete cloudflare.connector/main"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: { way: connector } }",
            &["create cloudflare.connector/main", "delete cloudflare.ruleset/http_request_origin"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: { bucket: c } }",
            &[
                "update cloudflare.connector/main: rules",
                "update cloudflare.record/media.example.com/CNAME: content",
                POLICY,
                "update s3.bucket/c: policy.Statement",
            ],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: { host: img.example.com } }",
            &[
                "create cloudflare.record/img.example.com/CNAME",
                "delete cloudflare.record/media.example.com/CNAME",
                "update cloudflare.connector/main: rules",
                "update cloudflare.ruleset/http_request_cache_settings: rules",
                TRANSFORM,
            ],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: { secret: null } }",
            &[TRANSFORM, "update s3.bucket/c: policy.Statement"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: { proof: none } }",
            &["delete cloudflare.ruleset/http_request_late_transform", "update s3.bucket/c: policy.Statement"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { media: null }",
            &[
                "delete cloudflare.connector/main",
                "delete cloudflare.record/img.example.com/CNAME",
                "delete cloudflare.ruleset/http_request_cache_settings",
                "update s3.bucket/c: policy.Statement",
            ],
            &["SEEN"],
        ),
    ],
};
