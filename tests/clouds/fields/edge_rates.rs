//! How often visitors may ask.

use super::bench::{Sequence, case};

const UPDATE: &[&str] = &["update cloudflare.ruleset/http_ratelimit: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, cloudflare: { zone: example.com, waf: { rate_limits: { a: { path: /a, requests: 5 } } } } }",
    cases: &[
        case("cloudflare: { waf: { rate_limits: { a: { requests: 6 } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { per: 1m } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { for: 1h } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { by: visitor } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { by: ip } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { path: '/a/*' } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { host: www.example.com } } } }", UPDATE, &["SEEN"]),
        case(
            "cloudflare: { waf: { rate_limits: { a: { when: 'http.request.method eq \"POST\"' } } } }",
            UPDATE,
            &["SEEN"],
        ),
        case("cloudflare: { waf: { rate_limits: { a: { response: { body: slower } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: { body: slower, please } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: { status: 403 } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: { kind: html } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: { kind: json } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: { kind: text } } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { response: null, for: null } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { action: managed_challenge } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { action: challenge } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { action: js_challenge } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { action: log } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { a: { action: block } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: { b: { path: /b, requests: 1 } } } }", UPDATE, &["SEEN"]),
        case("cloudflare: { waf: { rate_limits: null } }", &["delete cloudflare.ruleset/http_ratelimit"], &["SEEN"]),
    ],
};
