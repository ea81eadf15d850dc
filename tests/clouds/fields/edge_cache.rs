//! For how long Cloudflare keeps answers.

use super::bench::{Sequence, case};

const UPDATE: &[&str] = &["update cloudflare.ruleset/http_request_cache_settings: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, cloudflare: { zone: example.com } }",
    cases: &[
        case(
            "cloudflare: { cache: [{ path: '/img/*' }] }",
            &["create cloudflare.ruleset/http_request_cache_settings"],
            &["SEEN"],
        ),
        case("cloudflare: { cache: [{ path: ['/img/*', '/*/thumbs/*', /logo] }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, host: media.example.com }] }", UPDATE, &["SEEN"]),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: [media.example.com, '*.img.example.com'] }] }",
            UPDATE,
            &["SEEN"],
        ),
        case("cloudflare: { cache: [{ path: /img/*, host: media.example.com, extensions: jpg }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, host: media.example.com }] }", UPDATE, &["SEEN"]),
        case(
            "cloudflare: { cache: [{ path: /img/*, host: media.example.com, when: 'ssl or cf.client.bot' }] }",
            UPDATE,
            &["SEEN"],
        ),
        case("cloudflare: { cache: [{ path: /img/* }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: ignore }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: sort }] }", UPDATE, &["SEEN"]),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: sort, by_device: true }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: keep, by_device: true }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, browser: 7d, query: keep, by_device: false }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, by_device: false, serve_stale: false }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, by_device: false, serve_stale: true }] }",
            UPDATE,
            &["SEEN"],
        ),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: true }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false }] }", UPDATE, &["SEEN"]),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false, statuses: { '404': 5m } }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, edge: 30d, respect_etags: false, statuses: { '404': 5m, 500-599: 0s } }] }",
            UPDATE,
            &["SEEN"],
        ),
        case(
            "cloudflare: { cache: [{ path: /img/*, respect_etags: false, statuses: { '404': 5m, 500-599: 0s } }] }",
            UPDATE,
            &["SEEN"],
        ),
        case("cloudflare: { cache: [{ path: /img/* }, { path: /api/*, bypass: false }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /img/* }, { path: /api/*, bypass: true }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: [{ path: /api/*, bypass: true }, { path: /img/* }] }", UPDATE, &["SEEN"]),
        case("cloudflare: { cache: null }", &["delete cloudflare.ruleset/http_request_cache_settings"], &["SEEN"]),
    ],
};
