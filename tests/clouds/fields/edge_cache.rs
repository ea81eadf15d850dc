//! For how long Cloudflare keeps answers.

use super::bench::{Sequence, case};

const UPDATE: &[&str] = &["update cloudflare.ruleset/http_request_cache_settings: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, cloudflare: { zone: example.com } }",
    cases: &[
        case(
            "cloudflare: { cache: [{ path: '/img/*' }] }",
            &["create cloudflare.ruleset/http_request_cache_settings"],
            &[
                r#"+cloudflare.ruleset/http_request_cache_settings: cache.1=starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}, order=cache.1"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: ['/img/*', '/*/thumbs/*', /logo] }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> http.request.uri.path eq "/logo" or starts_with(http.request.uri.path, "/img/") or http.request.uri.path strict wildcard r"/*/thumbs/*": set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: media.example.com }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: http.request.uri.path eq "/logo" or starts_with(http.request.uri.path, "/img/") or http.request.uri.path strict wildcard r"/*/thumbs/*": set_cache_settings {"cache":true} -> http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: [media.example.com, '*.img.example.com'] }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> (http.host eq "media.example.com" or ends_with(http.host, ".img.example.com")) and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: media.example.com, extensions: jpg }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: (http.host eq "media.example.com" or ends_with(http.host, ".img.example.com")) and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/") and http.request.uri.path.extension eq "jpg": set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: media.example.com }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/") and http.request.uri.path.extension eq "jpg": set_cache_settings {"cache":true} -> http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: media.example.com, when: 'ssl or cf.client.bot' }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/") and (ssl or cf.client.bot): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/* }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: http.host eq "media.example.com" and starts_with(http.request.uri.path, "/img/") and (ssl or cf.client.bot): set_cache_settings {"cache":true} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: ignore }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"custom_key":{"query_string":{"exclude":{"all":true}}}}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: sort }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"custom_key":{"query_string":{"exclude":{"all":true}}}}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"ignore_query_strings_order":true}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: sort, by_device: true }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"ignore_query_strings_order":true}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"ignore_query_strings_order":true,"cache_by_device_type":true}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: keep, by_device: true }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"ignore_query_strings_order":true,"cache_by_device_type":true}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"cache_by_device_type":true}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: keep, by_device: false }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800},"cache_key":{"cache_by_device_type":true}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, by_device: false, serve_stale: false }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"browser_ttl":{"mode":"override_origin","default":604800}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"serve_stale":{"disable_stale_while_updating":true}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, by_device: false, serve_stale: true }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"serve_stale":{"disable_stale_while_updating":true}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: true }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"respect_strong_etags":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000},"respect_strong_etags":true} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false, statuses: { '404': 5m } }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000,"status_code_ttl":[{"status_code":404,"value":300}]}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false, statuses: { '404': 5m, 500-599: 0s } }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000,"status_code_ttl":[{"status_code":404,"value":300}]}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000,"status_code_ttl":[{"status_code":404,"value":300},{"status_code_range":{"from":500,"to":599},"value":0}]}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, respect_etags: false, statuses: { '404': 5m, 500-599: 0s } }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"override_origin","default":2592000,"status_code_ttl":[{"status_code":404,"value":300},{"status_code_range":{"from":500,"to":599},"value":0}]}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code":404,"value":300},{"status_code_range":{"from":500,"to":599},"value":0}]}}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/* }, { path: /api/*, bypass: false }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true,"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code":404,"value":300},{"status_code_range":{"from":500,"to":599},"value":0}]}} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
                r#"cloudflare.ruleset/http_request_cache_settings cache.2: none -> starts_with(http.request.uri.path, "/api/"): set_cache_settings {"cache":true}"#,
                "cloudflare.ruleset/http_request_cache_settings order: cache.1 -> cache.1 cache.2",
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/* }, { path: /api/*, bypass: true }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.2: starts_with(http.request.uri.path, "/api/"): set_cache_settings {"cache":true} -> starts_with(http.request.uri.path, "/api/"): set_cache_settings {"cache":false}"#,
            ],
        ),
        case(
            "cloudflare: { cache: [{ path: /api/*, bypass: true }, { path: /img/* }] }",
            UPDATE,
            &[
                r#"cloudflare.ruleset/http_request_cache_settings cache.1: starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true} -> starts_with(http.request.uri.path, "/api/"): set_cache_settings {"cache":false}"#,
                r#"cloudflare.ruleset/http_request_cache_settings cache.2: starts_with(http.request.uri.path, "/api/"): set_cache_settings {"cache":false} -> starts_with(http.request.uri.path, "/img/"): set_cache_settings {"cache":true}"#,
            ],
        ),
        case(
            "cloudflare: { cache: null }",
            &["delete cloudflare.ruleset/http_request_cache_settings"],
            &["-cloudflare.ruleset/http_request_cache_settings"],
        ),
    ],
};
