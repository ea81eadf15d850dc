//! Settings of a zone at Cloudflare, its tiers of cache, its bots and its certificates.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "tags: { team: web }",
    cases: &[
        case("cloudflare: { zone: example.org }", &[], &[]),
        // Whatever the plan Free has and others have not.
        case(
            "cloudflare: { bots: { fight_mode: true } }",
            &["update cloudflare.bot_management/zone: fight_mode"],
            &["cloudflare/bots of example.org fight_mode: false -> true"],
        ),
        case(
            "cloudflare: { bots: { fight_mode: false } }",
            &["update cloudflare.bot_management/zone: fight_mode"],
            &["cloudflare/bots of example.org fight_mode: true -> false"],
        ),
        // What nobody names any more stays.
        case("cloudflare: { bots: null }", &[], &[]),
        case("cloudflare: { zone: example.com }", &[], &[]),
        case(
            "cloudflare: { bots: { ai_bots: block } }",
            &["update cloudflare.bot_management/zone: ai_bots_protection"],
            &["cloudflare/bots of example.com ai_bots_protection: disabled -> block"],
        ),
        case(
            "cloudflare: { bots: { ai_bots: only_on_ad_pages } }",
            &["update cloudflare.bot_management/zone: ai_bots_protection"],
            &["cloudflare/bots of example.com ai_bots_protection: block -> only_on_ad_pages"],
        ),
        case(
            "cloudflare: { bots: { ai_bots: disabled } }",
            &["update cloudflare.bot_management/zone: ai_bots_protection"],
            &["cloudflare/bots of example.com ai_bots_protection: only_on_ad_pages -> disabled"],
        ),
        case(
            "cloudflare: { bots: { labyrinth: true } }",
            &["update cloudflare.bot_management/zone: crawler_protection"],
            &["cloudflare/bots of example.com crawler_protection: disabled -> enabled"],
        ),
        case(
            "cloudflare: { bots: { labyrinth: false } }",
            &["update cloudflare.bot_management/zone: crawler_protection"],
            &["cloudflare/bots of example.com crawler_protection: enabled -> disabled"],
        ),
        case(
            "cloudflare: { bots: { robots_txt: true } }",
            &["update cloudflare.bot_management/zone: is_robots_txt_managed"],
            &["cloudflare/bots of example.com is_robots_txt_managed: false -> true"],
        ),
        case(
            "cloudflare: { bots: { robots_txt: false } }",
            &["update cloudflare.bot_management/zone: is_robots_txt_managed"],
            &["cloudflare/bots of example.com is_robots_txt_managed: true -> false"],
        ),
        case(
            "cloudflare: { bots: { javascript: true } }",
            &["update cloudflare.bot_management/zone: enable_js"],
            &["cloudflare/bots of example.com enable_js: false -> true"],
        ),
        case(
            "cloudflare: { bots: { javascript: false } }",
            &["update cloudflare.bot_management/zone: enable_js"],
            &["cloudflare/bots of example.com enable_js: true -> false"],
        ),
        case(
            "cloudflare: { bots: { definitely_automated: block } }",
            &["update cloudflare.bot_management/zone: sbfm_definitely_automated"],
            &["cloudflare/bots of example.com sbfm_definitely_automated: allow -> block"],
        ),
        case(
            "cloudflare: { bots: { definitely_automated: managed_challenge } }",
            &["update cloudflare.bot_management/zone: sbfm_definitely_automated"],
            &["cloudflare/bots of example.com sbfm_definitely_automated: block -> managed_challenge"],
        ),
        case(
            "cloudflare: { bots: { definitely_automated: allow } }",
            &["update cloudflare.bot_management/zone: sbfm_definitely_automated"],
            &["cloudflare/bots of example.com sbfm_definitely_automated: managed_challenge -> allow"],
        ),
        case(
            "cloudflare: { bots: { likely_automated: block } }",
            &["update cloudflare.bot_management/zone: sbfm_likely_automated"],
            &["cloudflare/bots of example.com sbfm_likely_automated: allow -> block"],
        ),
        case(
            "cloudflare: { bots: { likely_automated: managed_challenge } }",
            &["update cloudflare.bot_management/zone: sbfm_likely_automated"],
            &["cloudflare/bots of example.com sbfm_likely_automated: block -> managed_challenge"],
        ),
        case(
            "cloudflare: { bots: { likely_automated: allow } }",
            &["update cloudflare.bot_management/zone: sbfm_likely_automated"],
            &["cloudflare/bots of example.com sbfm_likely_automated: managed_challenge -> allow"],
        ),
        case(
            "cloudflare: { bots: { verified_bots: block } }",
            &["update cloudflare.bot_management/zone: sbfm_verified_bots"],
            &["cloudflare/bots of example.com sbfm_verified_bots: allow -> block"],
        ),
        case(
            "cloudflare: { bots: { verified_bots: allow } }",
            &["update cloudflare.bot_management/zone: sbfm_verified_bots"],
            &["cloudflare/bots of example.com sbfm_verified_bots: block -> allow"],
        ),
        case(
            "cloudflare: { bots: { static_resources: true } }",
            &["update cloudflare.bot_management/zone: sbfm_static_resource_protection"],
            &["cloudflare/bots of example.com sbfm_static_resource_protection: false -> true"],
        ),
        case(
            "cloudflare: { bots: { static_resources: false } }",
            &["update cloudflare.bot_management/zone: sbfm_static_resource_protection"],
            &["cloudflare/bots of example.com sbfm_static_resource_protection: true -> false"],
        ),
        case(
            "cloudflare: { bots: { wordpress: true } }",
            &["update cloudflare.bot_management/zone: optimize_wordpress"],
            &["cloudflare/bots of example.com optimize_wordpress: false -> true"],
        ),
        case(
            "cloudflare: { bots: { wordpress: false } }",
            &["update cloudflare.bot_management/zone: optimize_wordpress"],
            &["cloudflare/bots of example.com optimize_wordpress: true -> false"],
        ),
        case(
            "cloudflare: { settings: { ssl: strict } }",
            &["update cloudflare.settings/zone: values.ssl, values.ssl_automatic_mode"],
            &[
                "cloudflare/settings of example.com ssl: full -> strict",
                "cloudflare/settings of example.com ssl_automatic_mode: auto -> custom",
            ],
        ),
        case(
            "cloudflare: { settings: { 0rtt: on } }",
            &["update cloudflare.settings/zone: values.0rtt"],
            &[
                "cloudflare/settings of example.com 0rtt: off -> on",
                "cloudflare/settings of example.com tls_1_3: on -> zrt",
            ],
        ),
        // It reads otherwise now.
        case("cloudflare: { settings: { tls_1_3: on } }", &[], &[]),
        case(
            "cloudflare: { settings: { security_header: { strict_transport_security: { enabled: true, max_age: 300 } } } }",
            &[
                "update cloudflare.settings/zone: values.security_header.strict_transport_security.enabled, values.security_header.strict_transport_security.max_age",
            ],
            &[
                "cloudflare/settings of example.com security_header: {\"strict_transport_security\":{\"enabled\":false,\"max_age\":0,\"include_subdomains\":false,\"preload\":false,\"nosniff\":false}} -> {\"strict_transport_security\":{\"enabled\":true,\"max_age\":300,\"include_subdomains\":false,\"preload\":false,\"nosniff\":false}}",
            ],
        ),
        case("cloudflare: { settings: null }", &[], &[]),
        case(
            "cloudflare: { tiered_cache: true }",
            &["update cloudflare.tiered_cache/zone: tiered, smart"],
            &[
                "cloudflare/tiers of example.com tiered_caching: off -> on",
                "cloudflare/tiers of example.com tiered_cache_smart_topology_enable: off -> on",
            ],
        ),
        case(
            "cloudflare: { tiered_cache: { reserve: true } }",
            &["update cloudflare.tiered_cache/zone: reserve"],
            &["cloudflare/tiers of example.com cache_reserve: off -> on"],
        ),
        case(
            "cloudflare: { tiered_cache: { smart: false } }",
            &["update cloudflare.tiered_cache/zone: smart"],
            &["cloudflare/tiers of example.com tiered_cache_smart_topology_enable: on -> off"],
        ),
        case(
            "cloudflare: { tiered_cache: { smart: true } }",
            &["update cloudflare.tiered_cache/zone: smart"],
            &["cloudflare/tiers of example.com tiered_cache_smart_topology_enable: off -> on"],
        ),
        case(
            "cloudflare: { tiered_cache: { reserve: false } }",
            &["update cloudflare.tiered_cache/zone: reserve"],
            &["cloudflare/tiers of example.com cache_reserve: on -> off"],
        ),
        case(
            "cloudflare: { tiered_cache: { smart: false } }",
            &["update cloudflare.tiered_cache/zone: smart"],
            &["cloudflare/tiers of example.com tiered_cache_smart_topology_enable: on -> off"],
        ),
        case(
            "cloudflare: { tiered_cache: { enabled: false } }",
            &["update cloudflare.tiered_cache/zone: tiered"],
            &["cloudflare/tiers of example.com tiered_caching: on -> off"],
        ),
        case(
            "cloudflare: { tiered_cache: { enabled: true } }",
            &["update cloudflare.tiered_cache/zone: tiered"],
            &["cloudflare/tiers of example.com tiered_caching: off -> on"],
        ),
        case(
            "cloudflare: { origin_certificates: { main: { hosts: [example.com], csr: \"-----BEGIN CERTIFICATE REQUEST-----\\nMIHRMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq\\nhkjOPQMBBwNCAAQEoHwFw8EaXg3NuhFc+Svo3DU9cQjj4DpU0TlVkztHqNmQXRhA\\nO4Tazs+S+ZpmTsrWXRrvOikMvt6JdfdWQfTyoAAwCgYIKoZIzj0EAwIDSQAwRgIh\\nAOjsK9nb1hdL4U7208oR/fuDxaBNbjN8os59l6Jaf+8hAiEAoAB8+dodB3xDdHhN\\nr7ahEGsNMYtbTQE2FEpADYvc4CI=\\n-----END CERTIFICATE REQUEST-----\" } } }",
            &["create cloudflare.origin_certificate/main"],
            &[
                "+cloudflare.origin_certificate/main: days=5475, hosts=example.com, request=MIHRMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq, type=origin-rsa",
            ],
        ),
        case(
            "cloudflare: { origin_certificates: { main: { hosts: ['*.example.com'] } } }",
            &["replace cloudflare.origin_certificate/main: hosts"],
            &["cloudflare.origin_certificate/main hosts: example.com -> *.example.com"],
        ),
        case(
            "cloudflare: { origin_certificates: { main: { validity: 1y } } }",
            &["replace cloudflare.origin_certificate/main: validity_days"],
            &["cloudflare.origin_certificate/main days: 5475 -> 365"],
        ),
        case("cloudflare: { origin_certificates: { main: { key: rsa } } }", &[], &[]),
        case(
            "cloudflare: { origin_certificates: { main: { key: ecc } } }",
            &["replace cloudflare.origin_certificate/main: request_type"],
            &["cloudflare.origin_certificate/main type: origin-rsa -> origin-ecc"],
        ),
        case(
            "cloudflare: { origin_certificates: { main: { csr: \"-----BEGIN CERTIFICATE REQUEST-----\\nMIHJMHICAQAwEDEOMAwGA1UEAwwFb3RoZXIwWTATBgcqhkjOPQIBBggqhkjOPQMB\\nBwNCAAR/lGqGf31cDPcHJH92s2ZKcAmuxHJ1o0SOiaeoDRzzabuwirpMPvVz4dX6\\na52MYzqtUInNnAr9fT1kk9hoTubGoAAwCgYIKoZIzj0EAwIDRwAwRAIgOE26+YNn\\nrPT+sTqRuDdH50ZUfM+k2vjFOH4SQFgjJ0YCIApDM+14XTRGL1iOSRXtUTreG9qV\\nDYIexXOi32t811WY\\n-----END CERTIFICATE REQUEST-----\" } } }",
            &["replace cloudflare.origin_certificate/main: request"],
            &[
                "cloudflare.origin_certificate/main request: MIHRMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq -> MIHJMHICAQAwEDEOMAwGA1UEAwwFb3RoZXIwWTATBgcqhkjOPQIBBggqhkjOPQMB",
            ],
        ),
        case(
            "cloudflare: { origin_certificates: null }",
            &["delete cloudflare.origin_certificate/main"],
            &["-cloudflare.origin_certificate/main"],
        ),
        case(
            "cloudflare: { tiered_cache: false }",
            &["update cloudflare.tiered_cache/zone: tiered"],
            &["cloudflare/tiers of example.com tiered_caching: on -> off"],
        ),
        case("cloudflare: { tiered_cache: null }", &[], &[]),
        case("cloudflare: null", &[], &[]),
    ],
};
