//! The zone in Route 53, its records and health checks.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 2, tiers: [public, private], nat: none }",
    cases: &[
        case(
            "dns: { zone: example.com, create: true }",
            &["create route53.zone/main"],
            &["+route53.zone/main: comment=example.com of shop-default, name=example.com."],
        ),
        case(
            "dns: { comment: The shop }",
            &["update route53.zone/main: comment"],
            &["route53.zone/main comment: example.com of shop-default -> The shop"],
        ),
        case(
            "dns: { records: { www: { to: 192.0.2.1 } } }",
            &["create route53.record/www.A"],
            &[
                r#"route53.zone/main a.www._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:www.A""#,
                "route53.zone/main www.example.com. A: none -> 300 192.0.2.1",
            ],
        ),
        case(
            "dns: { records: { www: { to: [192.0.2.1, 192.0.2.2] } } }",
            &["update route53.record/www.A: values"],
            &["route53.zone/main www.example.com. A: 300 192.0.2.1 -> 300 192.0.2.1, 192.0.2.2"],
        ),
        case(
            "dns: { records: { www: { ttl: 1h } } }",
            &["update route53.record/www.A: ttl"],
            &["route53.zone/main www.example.com. A: 300 192.0.2.1, 192.0.2.2 -> 3600 192.0.2.1, 192.0.2.2"],
        ),
        case("dns: { records: { www: { type: A } } }", &[], &[]),
        case(
            "dns: { records: { www: { type: CNAME, to: pages.example.net } } }",
            &["create route53.record/www.CNAME", "delete route53.record/www.A"],
            &[
                r#"route53.zone/main a.www._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:www.A" -> none"#,
                r#"route53.zone/main cname.www._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:www.CNAME""#,
                "route53.zone/main www.example.com. A: 3600 192.0.2.1, 192.0.2.2 -> none",
                "route53.zone/main www.example.com. CNAME: none -> 3600 pages.example.net",
            ],
        ),
        case(
            "dns: { records: { www: { type: A, to: [192.0.2.1, 192.0.2.2] } } }",
            &["create route53.record/www.A", "delete route53.record/www.CNAME"],
            &[
                r#"route53.zone/main a.www._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:www.A""#,
                r#"route53.zone/main cname.www._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:www.CNAME" -> none"#,
                "route53.zone/main www.example.com. A: none -> 3600 192.0.2.1, 192.0.2.2",
                "route53.zone/main www.example.com. CNAME: 3600 pages.example.net -> none",
            ],
        ),
        case(
            "dns: { records: { '@': [{ type: MX, to: 10 mail.example.com }] } }",
            &["create route53.record/@.MX"],
            &[
                "route53.zone/main example.com. MX: none -> 300 10 mail.example.com",
                r#"route53.zone/main mx._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:@.MX""#,
            ],
        ),
        case(
            "dns: { records: { '@': [{ type: MX, to: 20 mail.example.com }] } }",
            &["update route53.record/@.MX: values"],
            &["route53.zone/main example.com. MX: 300 10 mail.example.com -> 300 20 mail.example.com"],
        ),
        case(
            "dns: { records: { '@': [{ type: TXT, to: 20 mail.example.com }] } }",
            &["create route53.record/@.TXT", "delete route53.record/@.MX"],
            &[
                "route53.zone/main example.com. MX: 300 20 mail.example.com -> none",
                r#"route53.zone/main example.com. TXT: none -> 300 "20 mail.example.com""#,
                r#"route53.zone/main mx._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:@.MX" -> none"#,
                r#"route53.zone/main txt._infractl.example.com. TXT: none -> 300 "infractl:shop/default/eu-central-1:@.TXT""#,
            ],
        ),
        case(
            "dns: { records: { '@': [{ type: TXT, to: 20 mail.example.com, ttl: 1m }] } }",
            &["update route53.record/@.TXT: ttl"],
            &[r#"route53.zone/main example.com. TXT: 300 "20 mail.example.com" -> 60 "20 mail.example.com""#],
        ),
        case(
            "dns: { records: { '@': null } }",
            &["delete route53.record/@.TXT"],
            &[
                r#"route53.zone/main example.com. TXT: 60 "20 mail.example.com" -> none"#,
                r#"route53.zone/main txt._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:@.TXT" -> none"#,
            ],
        ),
        case(
            "dns: { health_checks: { www: { host: www.example.com } } }",
            &["create route53.health_check/www"],
            &["+route53.health_check/www: asks=www.example.com, every=30, failures=3, how=HTTPS 443, path=/"],
        ),
        case(
            "dns: { health_checks: { www: { host: shop.example.com } } }",
            &["update route53.health_check/www: host"],
            &["route53.health_check/www asks: www.example.com -> shop.example.com"],
        ),
        case(
            "dns: { health_checks: { www: { path: /health } } }",
            &["update route53.health_check/www: path"],
            &["route53.health_check/www path: / -> /health"],
        ),
        case(
            "dns: { health_checks: { www: { failures: 5 } } }",
            &["update route53.health_check/www: failures"],
            &["route53.health_check/www failures: 3 -> 5"],
        ),
        case(
            "dns: { health_checks: { www: { contains: well } } }",
            &["replace route53.health_check/www: protocol"],
            &[
                "route53.health_check/www contains: none -> well",
                "route53.health_check/www how: HTTPS 443 -> HTTPS_STR_MATCH 443",
            ],
        ),
        case(
            "dns: { health_checks: { www: { interval: 10s } } }",
            &["replace route53.health_check/www: interval_seconds"],
            &["route53.health_check/www every: 30 -> 10"],
        ),
        case(
            "dns: { health_checks: { www: { protocol: http } } }",
            &["replace route53.health_check/www: protocol"],
            &["route53.health_check/www how: HTTPS_STR_MATCH 443 -> HTTP_STR_MATCH 80"],
        ),
        case(
            "dns: { health_checks: { www: { port: 8080 } } }",
            &["update route53.health_check/www: port"],
            &["route53.health_check/www how: HTTP_STR_MATCH 80 -> HTTP_STR_MATCH 8080"],
        ),
        case(
            "dns: { health_checks: { www: { protocol: tcp, path: null, contains: null } } }",
            &["replace route53.health_check/www: protocol"],
            &[
                "route53.health_check/www contains: well -> none",
                "route53.health_check/www how: HTTP_STR_MATCH 8080 -> TCP 8080",
                "route53.health_check/www path: /health -> none",
            ],
        ),
        case(
            "dns: { health_checks: { www: { protocol: https } } }",
            &["replace route53.health_check/www: protocol"],
            &["route53.health_check/www how: TCP 8080 -> HTTPS 8080", "route53.health_check/www path: none -> /"],
        ),
        case("dns: { health_checks: null }", &["delete route53.health_check/www"], &["-route53.health_check/www"]),
        case(
            "dns: { private: true }",
            &["replace route53.record/www.A: zone", "replace route53.zone/main: private"],
            &["route53.zone/main networks: none -> ec2.vpc/main"],
        ),
        case(
            "dns: { private: false }",
            &["replace route53.record/www.A: zone", "replace route53.zone/main: private"],
            &["route53.zone/main networks: ec2.vpc/main -> none"],
        ),
        case(
            "dns: { zone: example.net }",
            &["replace route53.record/www.A: zone", "replace route53.zone/main: zone_name"],
            &[
                r#"route53.zone/main a.www._infractl.example.com. TXT: 300 "infractl:shop/default/eu-central-1:www.A" -> none"#,
                r#"route53.zone/main a.www._infractl.example.net. TXT: none -> 300 "infractl:shop/default/eu-central-1:www.A""#,
                "route53.zone/main name: example.com. -> example.net.",
                "route53.zone/main www.example.com. A: 3600 192.0.2.1, 192.0.2.2 -> none",
                "route53.zone/main www.example.net. A: none -> 3600 192.0.2.1, 192.0.2.2",
            ],
        ),
        case("dns: null", &["delete route53.record/www.A", "delete route53.zone/main"], &["-route53.zone/main"]),
    ],
};
