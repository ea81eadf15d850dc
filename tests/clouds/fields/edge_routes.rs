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
            &[
                r#"+cloudflare.ruleset/http_request_dynamic_redirect: order=redirects.a, redirects.a=http.host eq "example.com": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { path: /a } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host eq "example.com": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}} -> http.host eq "example.com" and http.request.uri.path eq "/a": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { host: [example.com, old.example.com] } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host eq "example.com" and http.request.uri.path eq "/a": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { when: 'not ssl' } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a": redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { status: 308 } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":302,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { keep_query: false } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":false}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { keep_query: true } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":false}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { keep_path: true } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"value":"https://www.example.com/"},"status_code":308,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"expression":"concat(\"https://www.example.com\", http.request.uri.path)"},"status_code":308,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { to: /b } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"expression":"concat(\"https://www.example.com\", http.request.uri.path)"},"status_code":308,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"expression":"concat(\"https://\", http.host, \"/b\", http.request.uri.path)"},"status_code":308,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { a: { keep_path: false } } }",
            REDIRECTS,
            &[
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.a: http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"expression":"concat(\"https://\", http.host, \"/b\", http.request.uri.path)"},"status_code":308,"preserve_query_string":true}} -> http.host in {"example.com" "old.example.com"} and http.request.uri.path eq "/a" and not ssl: redirect {"from_value":{"target_url":{"expression":"concat(\"https://\", http.host, \"/b\")"},"status_code":308,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: { b: { path: /b, to: /c } } }",
            REDIRECTS,
            &[
                "cloudflare.ruleset/http_request_dynamic_redirect order: redirects.a -> redirects.a redirects.b",
                r#"cloudflare.ruleset/http_request_dynamic_redirect redirects.b: none -> http.request.uri.path eq "/b": redirect {"from_value":{"target_url":{"expression":"concat(\"https://\", http.host, \"/c\")"},"status_code":302,"preserve_query_string":true}}"#,
            ],
        ),
        case(
            "cloudflare: { redirects: null }",
            &["delete cloudflare.ruleset/http_request_dynamic_redirect"],
            &["-cloudflare.ruleset/http_request_dynamic_redirect"],
        ),
        case(
            "cloudflare: { headers: { request: { a: { set: { X-A: '${buckets.b}' } } } } }",
            &["create cloudflare.ruleset/http_request_late_transform"],
            &[
                r#"+cloudflare.ruleset/http_request_late_transform: headers.request.a=true: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}}, order=headers.request.a"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { host: www.example.com } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: true: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}} -> http.host eq "www.example.com": rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { path: '/a/*' } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com": rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { when: ssl } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { set: { X-B: b } } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { add: { X-C: c } } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { add: { X-D: d } } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { a: { remove: [X-E] } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"s3.bucket/b"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"},"x-e":{"operation":"remove"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { request: { b: { remove: X-F } } } }",
            REQUESTS,
            &[
                r#"cloudflare.ruleset/http_request_late_transform headers.request.b: none -> true: rewrite {"headers":{"x-f":{"operation":"remove"}}}"#,
                "cloudflare.ruleset/http_request_late_transform order: headers.request.a -> headers.request.a headers.request.b",
            ],
        ),
        case(
            "cloudflare: { headers: { request: null } }",
            &["delete cloudflare.ruleset/http_request_late_transform"],
            &["-cloudflare.ruleset/http_request_late_transform"],
        ),
        case(
            "cloudflare: { headers: { response: { a: { set: { X-A: a } } } } }",
            &["create cloudflare.ruleset/http_response_headers_transform"],
            &[
                r#"+cloudflare.ruleset/http_response_headers_transform: headers.response.a=true: rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}}, order=headers.response.a"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { host: www.example.com } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: true: rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}} -> http.host eq "www.example.com": rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { path: '/a/*' } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com": rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { when: ssl } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/"): rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { set: { X-B: b } } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { add: { X-C: c } } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { add: { X-D: d } } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { a: { remove: [X-E] } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.a: http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"}}} -> http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a/") and ssl: rewrite {"headers":{"x-a":{"operation":"set","value":"a"},"x-b":{"operation":"set","value":"b"},"x-c":{"operation":"add","value":"c"},"x-d":{"operation":"add","value":"d"},"x-e":{"operation":"remove"}}}"#,
            ],
        ),
        case(
            "cloudflare: { headers: { response: { b: { remove: X-F } } } }",
            ANSWERS,
            &[
                r#"cloudflare.ruleset/http_response_headers_transform headers.response.b: none -> true: rewrite {"headers":{"x-f":{"operation":"remove"}}}"#,
                "cloudflare.ruleset/http_response_headers_transform order: headers.response.a -> headers.response.a headers.response.b",
            ],
        ),
        case(
            "cloudflare: { headers: null }",
            &["delete cloudflare.ruleset/http_response_headers_transform"],
            &["-cloudflare.ruleset/http_response_headers_transform"],
        ),
        case(
            "cloudflare: { origins: { a: { host: api.example.com, port: 8443 } } }",
            &["create cloudflare.ruleset/http_request_origin"],
            &[
                r#"+cloudflare.ruleset/http_request_origin: order=origins.a, origins.a=http.host eq "api.example.com": route {"origin":{"port":8443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { port: 9443 } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: http.host eq "api.example.com": route {"origin":{"port":8443}} -> http.host eq "api.example.com": route {"origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { host: '*.example.com' } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: http.host eq "api.example.com": route {"origin":{"port":9443}} -> ends_with(http.host, ".example.com"): route {"origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { path: '/a/*' } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: ends_with(http.host, ".example.com"): route {"origin":{"port":9443}} -> ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/"): route {"origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { when: ssl } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/"): route {"origin":{"port":9443}} -> ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/") and ssl: route {"origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { host_header: '${buckets.b.domain}' } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/") and ssl: route {"origin":{"port":9443}} -> ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/") and ssl: route {"host_header":"s3.bucket/b.s3.eu-central-1.amazonaws.com","origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { a: { sni: origin.example.net } } }",
            ORIGINS,
            &[
                r#"cloudflare.ruleset/http_request_origin origins.a: ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/") and ssl: route {"host_header":"s3.bucket/b.s3.eu-central-1.amazonaws.com","origin":{"port":9443}} -> ends_with(http.host, ".example.com") and starts_with(http.request.uri.path, "/a/") and ssl: route {"host_header":"s3.bucket/b.s3.eu-central-1.amazonaws.com","sni":{"value":"origin.example.net"},"origin":{"port":9443}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: { b: { host: b.example.com, port: 80 } } }",
            ORIGINS,
            &[
                "cloudflare.ruleset/http_request_origin order: origins.a -> origins.a origins.b",
                r#"cloudflare.ruleset/http_request_origin origins.b: none -> http.host eq "b.example.com": route {"origin":{"port":80}}"#,
            ],
        ),
        case(
            "cloudflare: { origins: null }",
            &["delete cloudflare.ruleset/http_request_origin"],
            &["-cloudflare.ruleset/http_request_origin"],
        ),
    ],
};
