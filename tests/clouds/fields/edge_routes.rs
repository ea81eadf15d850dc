//! Where Cloudflare sends visitors and requests, and what changes in headers.

use super::bench::{Sequence, case};

const REDIRECTS: &[&str] = &["update cloudflare.ruleset/http_request_dynamic_redirect: rules"];
const REQUESTS: &[&str] = &["update cloudflare.ruleset/http_request_late_transform: rules"];
const ANSWERS: &[&str] = &["update cloudflare.ruleset/http_response_headers_transform: rules"];
const ORIGINS: &[&str] = &["update cloudflare.ruleset/http_request_origin: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, buckets: { b: {} }, cloudflare: { zone: example.com } }",
    cases: &[
        case(
            "cloudflare: { redirects: { a: { host: example.com, to: 'https://www.example.com/' } } }",
            &["create cloudflare.ruleset/http_request_dynamic_redirect"],
            &["SEEN"],
        ),
        case("cloudflare: { redirects: { a: { path: /a } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { host: [example.com, old.example.com] } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { when: 'not ssl' } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { status: 308 } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { keep_query: false } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { keep_query: true } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { keep_path: true } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { to: /b } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { a: { keep_path: false } } }", REDIRECTS, &["SEEN"]),
        case("cloudflare: { redirects: { b: { path: /b, to: /c } } }", REDIRECTS, &["SEEN"]),
        case(
            "cloudflare: { redirects: null }",
            &["delete cloudflare.ruleset/http_request_dynamic_redirect"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { headers: { request: { a: { set: { X-A: '${buckets.b}' } } } } }",
            &["create cloudflare.ruleset/http_request_late_transform"],
            &["SEEN"],
        ),
        case("cloudflare: { headers: { request: { a: { host: www.example.com } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { path: '/a/*' } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { when: ssl } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { set: { X-B: b } } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { add: { X-C: c } } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { add: { X-D: d } } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { a: { remove: [X-E] } } } }", REQUESTS, &["SEEN"]),
        case("cloudflare: { headers: { request: { b: { remove: X-F } } } }", REQUESTS, &["SEEN"]),
        case(
            "cloudflare: { headers: { request: null } }",
            &["delete cloudflare.ruleset/http_request_late_transform"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { headers: { response: { a: { set: { X-A: a } } } } }",
            &["create cloudflare.ruleset/http_response_headers_transform"],
            &["SEEN"],
        ),
        case("cloudflare: { headers: { response: { a: { host: www.example.com } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { path: '/a/*' } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { when: ssl } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { set: { X-B: b } } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { add: { X-C: c } } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { add: { X-D: d } } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { a: { remove: [X-E] } } } }", ANSWERS, &["SEEN"]),
        case("cloudflare: { headers: { response: { b: { remove: X-F } } } }", ANSWERS, &["SEEN"]),
        case(
            "cloudflare: { headers: null }",
            &["delete cloudflare.ruleset/http_response_headers_transform"],
            &["SEEN"],
        ),
        case(
            "cloudflare: { origins: { a: { host: api.example.com, port: 8443 } } }",
            &["create cloudflare.ruleset/http_request_origin"],
            &["SEEN"],
        ),
        case("cloudflare: { origins: { a: { port: 9443 } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { a: { host: '*.example.com' } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { a: { path: '/a/*' } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { a: { when: ssl } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { a: { host_header: '${buckets.b.domain}' } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { a: { sni: origin.example.net } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: { b: { host: b.example.com, port: 80 } } }", ORIGINS, &["SEEN"]),
        case("cloudflare: { origins: null }", &["delete cloudflare.ruleset/http_request_origin"], &["SEEN"]),
    ],
};
