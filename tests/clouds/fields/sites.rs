//! Sites.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { nat: none }, load_balancer: { http: serve }, waf: { main: { managed: [], rate: [] }, default: { managed: [], rate: [] } } }",
    cases: &[
        case(
            "sites: { web: { source: ./site } }",
            &[
                "create cloudfront.distribution/web",
                "create cloudfront.function/web",
                "create cloudfront.origin_access_control/web",
                "create s3.bucket/sites.web",
                "create s3.bucket_policy/sites.web",
                "create s3.content/sites.web",
            ],
            &[
                "+cloudfront.distribution/web: compress=true, countries=none, enabled=true, from=PriceClass_All, function=cloudfront.function/web, headers=67f7725c-6f97-4210-82d7-5512b31e9d03, http=http2and3, index=index.html, ipv6=true, origins=files cloudfront.origin_access_control/web",
                "+cloudfront.function/web: code=request.uri = request.uri + (last === '' ? '' : '/') + \"index.html\";, name=shop-default-eu-central-1-web, runtime=cloudfront-js-2.0",
                "+cloudfront.origin_access_control/web: name=shop-default-eu-central-1-web, of=s3, signs=always",
                "+s3.bucket/sites.web: Allow s3:GetObject on s3.bucket/sites.web/* by Service=cloudfront.amazonaws.com if StringEquals=AWS:SourceArn=this distribution=yes, Allow s3:ListBucket on s3.bucket/sites.web by Service=cloudfront.amazonaws.com if StringEquals=AWS:SourceArn=this distribution=yes, Deny s3:* on s3.bucket/sites.web,s3.bucket/sites.web/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, file 404.html=9001 text/html; charset=utf-8, no-cache, file assets/style-0a1b2c3d.css=9001 text/css; charset=utf-8, public, max-age=31536000, immutable, file index.html=9001 text/html; charset=utf-8, no-cache, name=shop-default-sites--web, on_delete=empty, owner=BucketOwnerEnforced, region=eu-central-1",
            ],
        ),
        // What is written as it is by default changes nothing.
        case(
            "sites: { web: { single_page: false, index: index.html, cache: [], compress: true, http: http3, ipv6: true, price_class: all, waf: false } }",
            &[],
            &[],
        ),
        case("sites: { web: { cdn: cloudfront } }", &[], &[]),
        case(
            "sites: { web: { source: ./site/assets } }",
            &[
                "update s3.content/sites.web: files.style-0a1b2c3d.css, published, files.404.html, files.assets/style-0a1b2c3d.css, files.index.html",
            ],
            &[
                "s3.bucket/sites.web file 404.html: 9001 text/html; charset=utf-8, no-cache -> none",
                "s3.bucket/sites.web file assets/style-0a1b2c3d.css: 9001 text/css; charset=utf-8, public, max-age=31536000, immutable -> none",
                "s3.bucket/sites.web file index.html: 9001 text/html; charset=utf-8, no-cache -> none",
                "s3.bucket/sites.web file style-0a1b2c3d.css: none -> 9001 text/css; charset=utf-8, public, max-age=31536000, immutable",
            ],
        ),
        case(
            "sites: { web: { source: ./site } }",
            &[
                "update s3.content/sites.web: files.404.html, files.assets/style-0a1b2c3d.css, files.index.html, published, files.style-0a1b2c3d.css",
            ],
            &[
                "s3.bucket/sites.web file 404.html: none -> 9001 text/html; charset=utf-8, no-cache",
                "s3.bucket/sites.web file assets/style-0a1b2c3d.css: none -> 9001 text/css; charset=utf-8, public, max-age=31536000, immutable",
                "s3.bucket/sites.web file index.html: none -> 9001 text/html; charset=utf-8, no-cache",
                "s3.bucket/sites.web file style-0a1b2c3d.css: 9001 text/css; charset=utf-8, public, max-age=31536000, immutable -> none",
            ],
        ),
        case(
            "sites: { web: { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/one', host: www.fields.example.com } }",
            &["update cloudfront.distribution/web: aliases, certificate"],
            &[
                "cloudfront.distribution/web certificate: none -> arn:aws:acm:us-east-1:123456789012:certificate/one TLSv1.2_2021",
                "cloudfront.distribution/web names: none -> www.fields.example.com",
            ],
        ),
        case(
            "sites: { web: { host: [www.fields.example.com, fields.example.com] } }",
            &["update cloudfront.distribution/web: aliases"],
            &["cloudfront.distribution/web names: www.fields.example.com -> fields.example.com www.fields.example.com"],
        ),
        case(
            "sites: { web: { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/two' } }",
            &["update cloudfront.distribution/web: certificate.arn"],
            &[
                "cloudfront.distribution/web certificate: arn:aws:acm:us-east-1:123456789012:certificate/one TLSv1.2_2021 -> arn:aws:acm:us-east-1:123456789012:certificate/two TLSv1.2_2021",
            ],
        ),
        case(
            "sites: { web: { min_tls: '1.3' } }",
            &["update cloudfront.distribution/web: certificate.tls"],
            &[
                "cloudfront.distribution/web certificate: arn:aws:acm:us-east-1:123456789012:certificate/two TLSv1.2_2021 -> arn:aws:acm:us-east-1:123456789012:certificate/two TLSv1.3_2025",
            ],
        ),
        case(
            "sites: { web: { min_tls: '1.2' } }",
            &["update cloudfront.distribution/web: certificate.tls"],
            &[
                "cloudfront.distribution/web certificate: arn:aws:acm:us-east-1:123456789012:certificate/two TLSv1.3_2025 -> arn:aws:acm:us-east-1:123456789012:certificate/two TLSv1.2_2021",
            ],
        ),
        case(
            "sites: { web: { single_page: true } }",
            &["update cloudfront.function/web: code"],
            &[
                "cloudfront.function/web code: request.uri = request.uri + (last === '' ? '' : '/') + \"index.html\"; -> request.uri = '/' + \"index.html\";",
            ],
        ),
        case(
            "sites: { web: { single_page: false } }",
            &["update cloudfront.function/web: code"],
            &[
                "cloudfront.function/web code: request.uri = '/' + \"index.html\"; -> request.uri = request.uri + (last === '' ? '' : '/') + \"index.html\";",
            ],
        ),
        case(
            "sites: { web: { index: start.html } }",
            &["update cloudfront.distribution/web: index", "update cloudfront.function/web: code"],
            &[
                "cloudfront.distribution/web index: index.html -> start.html",
                "cloudfront.function/web code: request.uri = request.uri + (last === '' ? '' : '/') + \"index.html\"; -> request.uri = request.uri + (last === '' ? '' : '/') + \"start.html\";",
            ],
        ),
        case(
            "sites: { web: { error_page: 404.html } }",
            &["update cloudfront.distribution/web: error_pages"],
            &["cloudfront.distribution/web errors: none -> 404 /404.html"],
        ),
        case(
            "sites: { web: { error_page: null } }",
            &["update cloudfront.distribution/web: error_pages"],
            &["cloudfront.distribution/web errors: 404 /404.html -> none"],
        ),
        case(
            "sites: { web: { cache: [{ path: /*.html, browser: 1m }] } }",
            &[
                "update s3.content/sites.web: files.404.html.content_type, files.404.html.cache_control, files.assets/style-0a1b2c3d.css.content_type, files.assets/style-0a1b2c3d.css.cache_control, files.index.html.content_type, files.index.html.cache_control",
            ],
            &[
                "s3.bucket/sites.web file 404.html: 9001 text/html; charset=utf-8, no-cache -> 9001 text/html; charset=utf-8, public, max-age=60",
                "s3.bucket/sites.web file index.html: 9001 text/html; charset=utf-8, no-cache -> 9001 text/html; charset=utf-8, public, max-age=60",
            ],
        ),
        case(
            "sites: { web: { cache: [{ path: /404.html, browser: 1m }] } }",
            &[
                "update s3.content/sites.web: files.404.html.content_type, files.404.html.cache_control, files.assets/style-0a1b2c3d.css.content_type, files.assets/style-0a1b2c3d.css.cache_control, files.index.html.content_type, files.index.html.cache_control",
            ],
            &[
                "s3.bucket/sites.web file index.html: 9001 text/html; charset=utf-8, public, max-age=60 -> 9001 text/html; charset=utf-8, no-cache",
            ],
        ),
        case(
            "sites: { web: { cache: [{ path: /404.html, browser: 2m }] } }",
            &[
                "update s3.content/sites.web: files.404.html.content_type, files.404.html.cache_control, files.assets/style-0a1b2c3d.css.content_type, files.assets/style-0a1b2c3d.css.cache_control, files.index.html.content_type, files.index.html.cache_control",
            ],
            &[
                "s3.bucket/sites.web file 404.html: 9001 text/html; charset=utf-8, public, max-age=60 -> 9001 text/html; charset=utf-8, public, max-age=120",
            ],
        ),
        case(
            "sites: { web: { cache: [{ path: /404.html, browser: 2m, edge: 1h }] } }",
            &[
                "update s3.content/sites.web: files.404.html.content_type, files.404.html.cache_control, files.assets/style-0a1b2c3d.css.content_type, files.assets/style-0a1b2c3d.css.cache_control, files.index.html.content_type, files.index.html.cache_control",
            ],
            &[
                "s3.bucket/sites.web file 404.html: 9001 text/html; charset=utf-8, public, max-age=120 -> 9001 text/html; charset=utf-8, public, max-age=120, s-maxage=3600",
            ],
        ),
        case(
            "sites: { web: { cache: [] } }",
            &[
                "update s3.content/sites.web: files.404.html.content_type, files.404.html.cache_control, files.assets/style-0a1b2c3d.css.content_type, files.assets/style-0a1b2c3d.css.cache_control, files.index.html.content_type, files.index.html.cache_control",
            ],
            &[
                "s3.bucket/sites.web file 404.html: 9001 text/html; charset=utf-8, public, max-age=120, s-maxage=3600 -> 9001 text/html; charset=utf-8, no-cache",
            ],
        ),
        case(
            "sites: { web: { headers: { x-team: web } } }",
            &[
                "create cloudfront.response_headers_policy/web",
                "update cloudfront.distribution/web: default_behavior.response_headers_policy",
            ],
            &[
                "+cloudfront.response_headers_policy/web: custom=x-team=web, frames=SAMEORIGIN, name=shop-default-eu-central-1-web, transport=31536000",
                "cloudfront.distribution/web headers: 67f7725c-6f97-4210-82d7-5512b31e9d03 -> cloudfront.response_headers_policy/web",
            ],
        ),
        case(
            "sites: { web: { headers: { x-frame-options: none } } }",
            &["update cloudfront.response_headers_policy/web: headers.x-frame-options"],
            &["cloudfront.response_headers_policy/web frames: SAMEORIGIN -> none"],
        ),
        case(
            "sites: { web: { headers: { content-security-policy: \"default-src 'self'\" } } }",
            &["update cloudfront.response_headers_policy/web: headers.content-security-policy"],
            &["cloudfront.response_headers_policy/web content: none -> default-src 'self'"],
        ),
        case(
            "sites: { web: { headers: null } }",
            &[
                "delete cloudfront.response_headers_policy/web",
                "update cloudfront.distribution/web: default_behavior.response_headers_policy",
            ],
            &[
                "-cloudfront.response_headers_policy/web",
                "cloudfront.distribution/web headers: cloudfront.response_headers_policy/web -> 67f7725c-6f97-4210-82d7-5512b31e9d03",
            ],
        ),
        case(
            "sites: { web: { compress: false } }",
            &["update cloudfront.distribution/web: default_behavior.compress"],
            &["cloudfront.distribution/web compress: true -> false"],
        ),
        case(
            "sites: { web: { http: http1 } }",
            &["update cloudfront.distribution/web: http_version"],
            &["cloudfront.distribution/web http: http2and3 -> http1.1"],
        ),
        case(
            "sites: { web: { http: http2 } }",
            &["update cloudfront.distribution/web: http_version"],
            &["cloudfront.distribution/web http: http1.1 -> http2"],
        ),
        case(
            "sites: { web: { ipv6: false } }",
            &["update cloudfront.distribution/web: ipv6"],
            &["cloudfront.distribution/web ipv6: true -> false"],
        ),
        case(
            "sites: { web: { price_class: most } }",
            &["update cloudfront.distribution/web: price_class"],
            &["cloudfront.distribution/web from: PriceClass_All -> PriceClass_200"],
        ),
        case(
            "sites: { web: { price_class: least } }",
            &["update cloudfront.distribution/web: price_class"],
            &["cloudfront.distribution/web from: PriceClass_200 -> PriceClass_100"],
        ),
        case(
            "sites: { web: { countries: { allow: [DE, AT] } } }",
            &["update cloudfront.distribution/web: countries.rule, countries.codes"],
            &["cloudfront.distribution/web countries: none -> whitelist AT DE"],
        ),
        case(
            "sites: { web: { countries: { allow: [DE] } } }",
            &["update cloudfront.distribution/web: countries.codes"],
            &["cloudfront.distribution/web countries: whitelist AT DE -> whitelist DE"],
        ),
        case(
            "sites: { web: { countries: null } }",
            &["update cloudfront.distribution/web: countries.rule, countries.codes"],
            &["cloudfront.distribution/web countries: whitelist DE -> none"],
        ),
        case(
            "sites: { web: { countries: { block: [KP] } } }",
            &["update cloudfront.distribution/web: countries.rule, countries.codes"],
            &["cloudfront.distribution/web countries: none -> blacklist KP"],
        ),
        case(
            "sites: { web: { countries: { block: [CU] } } }",
            &["update cloudfront.distribution/web: countries.codes"],
            &["cloudfront.distribution/web countries: blacklist KP -> blacklist CU"],
        ),
        case(
            "sites: { web: { logs: 30d } }",
            &["create s3.bucket/sites.web.logs", "update cloudfront.distribution/web: logs"],
            &[
                "cloudfront.distribution/web logs: none -> s3.bucket/sites.web.logs.s3.amazonaws.com",
                "+s3.bucket/sites.web.logs: Deny s3:* on s3.bucket/sites.web.logs,s3.bucket/sites.web.logs/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, lifecycle=* expire 30, name=shop-default-sites--web--logs, on_delete=empty, owner=BucketOwnerPreferred, region=eu-central-1",
            ],
        ),
        // The same, written out.
        case("sites: { web: { logs: { retention: 30d } } }", &[], &[]),
        case(
            "sites: { web: { logs: { retention: 60d } } }",
            &["update s3.bucket/sites.web.logs: lifecycle"],
            &["s3.bucket/sites.web.logs lifecycle: * expire 30 -> * expire 60"],
        ),
        case(
            "sites: { web: { logs: { prefix: web } } }",
            &["update cloudfront.distribution/web: logs.prefix"],
            &[
                "cloudfront.distribution/web logs: s3.bucket/sites.web.logs.s3.amazonaws.com -> s3.bucket/sites.web.logs.s3.amazonaws.com web/",
            ],
        ),
        case(
            "sites: { web: { logs: null } }",
            &["delete s3.bucket/sites.web.logs", "update cloudfront.distribution/web: logs"],
            &[
                "-s3.bucket/sites.web.logs",
                "cloudfront.distribution/web logs: s3.bucket/sites.web.logs.s3.amazonaws.com web/ -> none",
            ],
        ),
        case(
            "sites: { web: { waf: true } }",
            &["create waf.web_acl/default.everywhere", "update cloudfront.distribution/web: web_acl"],
            &[
                "cloudfront.distribution/web acl: none -> waf.web_acl/default.everywhere",
                "+waf.web_acl/default.everywhere: counted=true, default=allow, metric=shop-default-eu-central-1-default, name=shop-default-eu-central-1-default, reach=CLOUDFRONT, sampled=true",
            ],
        ),
        case(
            "sites: { web: { waf: main } }",
            &[
                "create waf.web_acl/main.everywhere",
                "delete waf.web_acl/default.everywhere",
                "update cloudfront.distribution/web: web_acl",
            ],
            &[
                "cloudfront.distribution/web acl: waf.web_acl/default.everywhere -> waf.web_acl/main.everywhere",
                "+waf.web_acl/main.everywhere: counted=true, default=allow, metric=shop-default-eu-central-1-main, name=shop-default-eu-central-1-main, reach=CLOUDFRONT, sampled=true",
                "-waf.web_acl/default.everywhere",
            ],
        ),
        case(
            "sites: { web: { waf: null } }",
            &["delete waf.web_acl/main.everywhere", "update cloudfront.distribution/web: web_acl"],
            &["cloudfront.distribution/web acl: waf.web_acl/main.everywhere -> none", "-waf.web_acl/main.everywhere"],
        ),
        case(
            "sites: { web: { api: { /api/*: '${load_balancer}' } } }",
            &["update cloudfront.distribution/web: origins, behaviors"],
            &[
                "cloudfront.distribution/web origins: files cloudfront.origin_access_control/web -> files cloudfront.origin_access_control/web; load_balancer.dns_name http-only",
                "cloudfront.distribution/web paths: none -> /api/* to load_balancer.dns_name by 7 methods 216adef6",
            ],
        ),
        case(
            "sites: { web: { api: { /other/*: api.example.com } } }",
            &["update cloudfront.distribution/web: origins, behaviors"],
            &[
                "cloudfront.distribution/web origins: files cloudfront.origin_access_control/web; load_balancer.dns_name http-only -> api.example.com https-only; files cloudfront.origin_access_control/web; load_balancer.dns_name http-only",
                "cloudfront.distribution/web paths: /api/* to load_balancer.dns_name by 7 methods 216adef6 -> /api/* to load_balancer.dns_name by 7 methods 216adef6; /other/* to api.example.com by 7 methods b689b0a8",
            ],
        ),
        case(
            "sites: { web: { api: null } }",
            &["update cloudfront.distribution/web: origins, behaviors"],
            &[
                "cloudfront.distribution/web origins: api.example.com https-only; files cloudfront.origin_access_control/web; load_balancer.dns_name http-only -> files cloudfront.origin_access_control/web",
                "cloudfront.distribution/web paths: /api/* to load_balancer.dns_name by 7 methods 216adef6; /other/* to api.example.com by 7 methods b689b0a8 -> none",
            ],
        ),
        case(
            "sites: { other: { source: ./site } }",
            &[
                "create cloudfront.distribution/other",
                "create cloudfront.function/other",
                "create cloudfront.origin_access_control/other",
                "create s3.bucket/sites.other",
                "create s3.bucket_policy/sites.other",
                "create s3.content/sites.other",
            ],
            &[
                "+cloudfront.distribution/other: compress=true, countries=none, enabled=true, from=PriceClass_All, function=cloudfront.function/other, headers=67f7725c-6f97-4210-82d7-5512b31e9d03, http=http2and3, index=index.html, ipv6=true, origins=files cloudfront.origin_access_control/other",
                "+cloudfront.function/other: code=request.uri = request.uri + (last === '' ? '' : '/') + \"index.html\";, name=shop-default-eu-central-1-other, runtime=cloudfront-js-2.0",
                "+cloudfront.origin_access_control/other: name=shop-default-eu-central-1-other, of=s3, signs=always",
                "+s3.bucket/sites.other: Allow s3:GetObject on s3.bucket/sites.other/* by Service=cloudfront.amazonaws.com if StringEquals=AWS:SourceArn=this distribution=yes, Allow s3:ListBucket on s3.bucket/sites.other by Service=cloudfront.amazonaws.com if StringEquals=AWS:SourceArn=this distribution=yes, Deny s3:* on s3.bucket/sites.other,s3.bucket/sites.other/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, file 404.html=9001 text/html; charset=utf-8, no-cache, file assets/style-0a1b2c3d.css=9001 text/css; charset=utf-8, public, max-age=31536000, immutable, file index.html=9001 text/html; charset=utf-8, no-cache, name=shop-default-sites--other, on_delete=empty, owner=BucketOwnerEnforced, region=eu-central-1",
            ],
        ),
        // What is in the bucket goes with it.
        case(
            "sites: null",
            &[
                "delete cloudfront.distribution/web",
                "delete cloudfront.function/web",
                "delete cloudfront.origin_access_control/web",
                "delete s3.bucket/sites.web",
                "delete cloudfront.distribution/other",
                "delete cloudfront.function/other",
                "delete cloudfront.origin_access_control/other",
                "delete s3.bucket/sites.other",
            ],
            &[
                "-cloudfront.distribution/web",
                "-cloudfront.function/web",
                "-cloudfront.origin_access_control/web",
                "-s3.bucket/sites.web",
                "-cloudfront.distribution/other",
                "-cloudfront.function/other",
                "-cloudfront.origin_access_control/other",
                "-s3.bucket/sites.other",
            ],
        ),
    ],
};
