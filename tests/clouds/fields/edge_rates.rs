//! How often visitors may ask.

use super::bench::{Sequence, case};

const UPDATE: &[&str] = &["update cloudflare.ruleset/http_ratelimit: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, cloudflare: { zone: example.com, waf: { rate_limits: { a: { path: /a, requests: 5 } } } } }",
    cases: &[
        case(
            "cloudflare: { waf: { rate_limits: { a: { requests: 6 } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":10,"requests_per_period":5,"mitigation_timeout":10,"requests_to_origin":false} -> http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":10,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { per: 1m } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":10,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false} -> http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { for: 1h } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false} -> http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { by: visitor } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","cf.unique_visitor_id"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { by: ip } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","cf.unique_visitor_id"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { path: '/a/*' } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.request.uri.path eq "/a": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> starts_with(http.request.uri.path, "/a/"): block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { host: www.example.com } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: starts_with(http.request.uri.path, "/a/"): block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { when: 'http.request.method eq \"POST\"' } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { body: slower } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":429,"content":"slower","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { body: slower still } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":429,"content":"slower","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":429,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { status: 403 } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":429,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { kind: html } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/html"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { kind: json } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/html"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"application/json"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: { kind: text } } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"application/json"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { response: null, for: null } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"response":{"status_code":403,"content":"slower still","content_type":"text/plain"}} {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":3600,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { action: managed_challenge } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": managed_challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { action: challenge } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": managed_challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { action: js_challenge } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": js_challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { action: log } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": js_challenge {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": log {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { a: { action: block } } } }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": log {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":0,"requests_to_origin":false} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and http.request.method eq "POST": block {"characteristics":["cf.colo.id","ip.src"],"period":60,"requests_per_period":6,"mitigation_timeout":10,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: { b: { path: /b, requests: 1 } } } }",
            UPDATE,
            &[
                "cloudflare.ruleset/http_ratelimit order: waf.rate_limits.a -> waf.rate_limits.a waf.rate_limits.b",
                r#"cloudflare.ruleset/http_ratelimit waf.rate_limits.b: none -> http.request.uri.path eq "/b": block {"characteristics":["cf.colo.id","ip.src"],"period":10,"requests_per_period":1,"mitigation_timeout":10,"requests_to_origin":false}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rate_limits: null } }",
            &["delete cloudflare.ruleset/http_ratelimit"],
            &["-cloudflare.ruleset/http_ratelimit"],
        ),
    ],
};
