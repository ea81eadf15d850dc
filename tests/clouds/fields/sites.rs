//! Sites.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { nat: none }\nload_balancer: { http: serve }",
    cases: &[
        case(
            "sites: { web: { source: ./site } }",
            &[
                "create cloudfront.distribution/web",
                "create cloudfront.function/web",
                "create cloudfront.origin_access_control/web",
                "create s3.bucket/sites.web",
                "create s3.bucket_policy/web",
                "create s3.content/web",
            ],
            &[],
        ),
        // What is written as it is by default changes nothing.
        case(
            "sites: { web: { cdn: cloudfront, single_page: false, index: index.html, cache: [], headers: {}, compress: true, \
             http: http3, ipv6: true, price_class: all, api: {} } }",
            &[],
            &[],
        ),
        case("sites: { web: { source: ./site/assets } }", &["update s3.content/web: files"], &[]),
        case("sites: { web: { source: ./site } }", &[], &[]),
        case(
            "sites: { web: { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/one', host: www.example.com } }",
            &["update cloudfront.distribution/web: aliases, certificate"],
            &[],
        ),
        case(
            "sites: { web: { host: [www.example.com, example.com] } }",
            &["update cloudfront.distribution/web: aliases"],
            &[],
        ),
        case(
            "sites: { web: { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/two' } }",
            &["update cloudfront.distribution/web: certificate.arn"],
            &[],
        ),
        case("sites: { web: { min_tls: '1.3' } }", &["update cloudfront.distribution/web: certificate.tls"], &[]),
        case("sites: { web: { min_tls: '1.2' } }", &["update cloudfront.distribution/web: certificate.tls"], &[]),
        case("sites: { web: { single_page: true } }", &["update cloudfront.function/web: code"], &[]),
        case("sites: { web: { single_page: false } }", &["update cloudfront.function/web: code"], &[]),
        case(
            "sites: { web: { index: start.html } }",
            &["update cloudfront.distribution/web: index", "update cloudfront.function/web: code"],
            &[],
        ),
        case("sites: { web: { error_page: 404.html } }", &["update cloudfront.distribution/web: error_pages"], &[]),
        case("sites: { web: { error_page: null } }", &["update cloudfront.distribution/web: error_pages"], &[]),
        case("sites: { web: { cache: [{ path: /*.html, browser: 1m }] } }", &["update s3.content/web: files"], &[]),
        case("sites: { web: { cache: [{ path: /404.html, browser: 1m }] } }", &["update s3.content/web: files"], &[]),
        case("sites: { web: { cache: [{ path: /404.html, browser: 2m }] } }", &["update s3.content/web: files"], &[]),
        case(
            "sites: { web: { cache: [{ path: /404.html, browser: 2m, edge: 1h }] } }",
            &["update s3.content/web: files"],
            &[],
        ),
        case("sites: { web: { cache: [] } }", &["update s3.content/web: files"], &[]),
        case(
            "sites: { web: { headers: { x-team: web, x-frame-options: none } } }",
            &[
                "create cloudfront.response_headers_policy/web",
                "update cloudfront.distribution/web: default_behavior.response_headers_policy",
            ],
            &[],
        ),
        case(
            "sites: { web: { headers: { content-security-policy: \"default-src 'self'\" } } }",
            &["update cloudfront.response_headers_policy/web: headers"],
            &[],
        ),
        case(
            "sites: { web: { compress: false } }",
            &["update cloudfront.distribution/web: default_behavior.compress"],
            &[],
        ),
        case("sites: { web: { http: http1 } }", &["update cloudfront.distribution/web: http_version"], &[]),
        case("sites: { web: { http: http2 } }", &["update cloudfront.distribution/web: http_version"], &[]),
        case("sites: { web: { ipv6: false } }", &["update cloudfront.distribution/web: ipv6"], &[]),
        case("sites: { web: { price_class: most } }", &["update cloudfront.distribution/web: price_class"], &[]),
        case("sites: { web: { price_class: least } }", &["update cloudfront.distribution/web: price_class"], &[]),
        case(
            "sites: { web: { countries: { allow: [DE, AT] } } }",
            &["update cloudfront.distribution/web: countries"],
            &[],
        ),
        case(
            "sites: { web: { countries: { allow: [DE] } } }",
            &["update cloudfront.distribution/web: countries.codes"],
            &[],
        ),
        case("sites: { web: { countries: null } }", &["update cloudfront.distribution/web: countries"], &[]),
        case("sites: { web: { countries: { block: [XX] } } }", &["update cloudfront.distribution/web: countries"], &[]),
        case(
            "sites: { web: { countries: { block: [YY] } } }",
            &["update cloudfront.distribution/web: countries.codes"],
            &[],
        ),
        case(
            "sites: { web: { logs: 30d } }",
            &["create s3.bucket/sites.web.logs", "update cloudfront.distribution/web: logs"],
            &[],
        ),
        case("sites: { web: { logs: { retention: 30d } } }", &[], &[]),
        case("sites: { web: { logs: { retention: 60d } } }", &["update s3.bucket/sites.web.logs: lifecycle"], &[]),
        case("sites: { web: { logs: { prefix: web } } }", &["update cloudfront.distribution/web: logs.prefix"], &[]),
        case(
            "sites: { web: { logs: null } }",
            &["delete s3.bucket/sites.web.logs", "update cloudfront.distribution/web: logs"],
            &[],
        ),
        case(
            "sites: { web: { waf: true } }",
            &["create waf.web_acl/default.everywhere", "update cloudfront.distribution/web: web_acl"],
            &[],
        ),
        case(
            "sites: { web: { waf: null } }",
            &["delete waf.web_acl/default.everywhere", "update cloudfront.distribution/web: web_acl"],
            &[],
        ),
        case(
            "sites: { web: { api: { /api/*: '${load_balancer.dns_name}', /other/*: api.example.com } } }",
            &["update cloudfront.distribution/web: origins, behaviors"],
            &[],
        ),
        case("sites: null", &[], &[]),
    ],
};
