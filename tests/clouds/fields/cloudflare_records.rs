//! DNS records at Cloudflare.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "cloudflare: { zone: example.com }",
    cases: &[
        case(
            "cloudflare: { records: { www: { to: 192.0.2.1 } } }",
            &["create cloudflare.record/www.example.com/A"],
            &["+cloudflare.record/www.example.com/A: proxied=false, says=192.0.2.1, ttl=1"],
        ),
        case(
            "cloudflare: { records: { www: { to: 192.0.2.2 } } }",
            &["update cloudflare.record/www.example.com/A: content"],
            &["cloudflare.record/www.example.com/A says: 192.0.2.1 -> 192.0.2.2"],
        ),
        case(
            "cloudflare: { records: { www: { ttl: 5m } } }",
            &["update cloudflare.record/www.example.com/A: ttl"],
            &["cloudflare.record/www.example.com/A ttl: 1 -> 300"],
        ),
        case("cloudflare: { records: { www: { proxied: false } } }", &[], &[]),
        case(
            "cloudflare: { records: { www: { proxied: true, ttl: null } } }",
            &["update cloudflare.record/www.example.com/A: proxied, ttl"],
            &[
                "cloudflare.record/www.example.com/A proxied: false -> true",
                "cloudflare.record/www.example.com/A ttl: 300 -> 1",
            ],
        ),
        case(
            "cloudflare: { records: { www: { proxied: false } } }",
            &["update cloudflare.record/www.example.com/A: proxied"],
            &["cloudflare.record/www.example.com/A proxied: true -> false"],
        ),
        // What is the same to Cloudflare is the same.
        case("cloudflare: { records: { www: { type: A } } }", &[], &[]),
        case(
            "cloudflare: { records: { www: { to: [192.0.2.2, 192.0.2.3] } } }",
            &["create cloudflare.record/www.example.com/A/edcc407a"],
            &["+cloudflare.record/www.example.com/A/edcc407a: proxied=false, says=192.0.2.3, ttl=1"],
        ),
        // The first takes the place of the other, which has to go before.
        case(
            "cloudflare: { records: { www: { to: [192.0.2.3] } } }",
            &[
                "delete cloudflare.record/www.example.com/A/edcc407a",
                "update cloudflare.record/www.example.com/A: content",
            ],
            &[
                "-cloudflare.record/www.example.com/A/edcc407a",
                "cloudflare.record/www.example.com/A says: 192.0.2.2 -> 192.0.2.3",
            ],
        ),
        case(
            "cloudflare: { records: { www: { type: AAAA, to: '2001:DB8:0::1' } } }",
            &["create cloudflare.record/www.example.com/AAAA", "delete cloudflare.record/www.example.com/A"],
            &[
                "+cloudflare.record/www.example.com/AAAA: proxied=false, says=2001:db8::1, ttl=1",
                "-cloudflare.record/www.example.com/A",
            ],
        ),
        case(
            "cloudflare: { records: { www: { type: CNAME, to: API.example.com } } }",
            &["create cloudflare.record/www.example.com/CNAME", "delete cloudflare.record/www.example.com/AAAA"],
            &[
                "+cloudflare.record/www.example.com/CNAME: proxied=false, says=api.example.com, ttl=1",
                "-cloudflare.record/www.example.com/AAAA",
            ],
        ),
        case(
            "cloudflare: { records: { www: { type: NS, to: ns.example.net } } }",
            &["create cloudflare.record/www.example.com/NS", "delete cloudflare.record/www.example.com/CNAME"],
            &[
                "+cloudflare.record/www.example.com/NS: proxied=false, says=ns.example.net, ttl=1",
                "-cloudflare.record/www.example.com/CNAME",
            ],
        ),
        case(
            "cloudflare: { records: { www: null, '@': [
                { type: MX, to: 10 mail.example.com },
                { type: TXT, to: v=spf1 -all },
                { type: CAA, to: 0 issue letsencrypt.org },
            ], _sip._tcp: { type: SRV, to: 1 2 5060 sip.example.com } } }",
            &[
                "create cloudflare.record/_sip._tcp.example.com/SRV",
                "create cloudflare.record/example.com/CAA",
                "create cloudflare.record/example.com/MX",
                "create cloudflare.record/example.com/TXT",
                "delete cloudflare.record/www.example.com/NS",
            ],
            &[
                "+cloudflare.record/_sip._tcp.example.com/SRV: priority=1, proxied=false, \
                    says={\"priority\":1,\"weight\":2,\"port\":5060,\"target\":\"sip.example.com\"}, ttl=1",
                "+cloudflare.record/example.com/CAA: proxied=false, \
                    says={\"flags\":0,\"tag\":\"issue\",\"value\":\"letsencrypt.org\"}, ttl=1",
                "+cloudflare.record/example.com/MX: priority=10, proxied=false, says=mail.example.com, ttl=1",
                "+cloudflare.record/example.com/TXT: proxied=false, says=\"v=spf1 -all\", ttl=1",
                "-cloudflare.record/www.example.com/NS",
            ],
        ),
        case(
            "cloudflare: { records: { '@': [
                { type: MX, to: 20 mail.example.com },
                { type: TXT, to: 'v=spf1 \"~all\"' },
                { type: CAA, to: 128 issue letsencrypt.org },
            ], _sip._tcp: { type: SRV, to: 1 2 5061 sip.example.com } } }",
            &[
                "update cloudflare.record/_sip._tcp.example.com/SRV: data.port",
                "update cloudflare.record/example.com/CAA: data.flags",
                "update cloudflare.record/example.com/MX: priority",
                "update cloudflare.record/example.com/TXT: content",
            ],
            &[
                "cloudflare.record/_sip._tcp.example.com/SRV says: \
                    {\"priority\":1,\"weight\":2,\"port\":5060,\"target\":\"sip.example.com\"} -> \
                    {\"priority\":1,\"weight\":2,\"port\":5061,\"target\":\"sip.example.com\"}",
                "cloudflare.record/example.com/CAA says: \
                    {\"flags\":0,\"tag\":\"issue\",\"value\":\"letsencrypt.org\"} -> \
                    {\"flags\":128,\"tag\":\"issue\",\"value\":\"letsencrypt.org\"}",
                "cloudflare.record/example.com/MX priority: 10 -> 20",
                "cloudflare.record/example.com/TXT says: \"v=spf1 -all\" -> \"v=spf1 \\\"~all\\\"\"",
            ],
        ),
        case(
            "cloudflare: { records: null }",
            &[
                "delete cloudflare.record/_sip._tcp.example.com/SRV",
                "delete cloudflare.record/example.com/CAA",
                "delete cloudflare.record/example.com/MX",
                "delete cloudflare.record/example.com/TXT",
            ],
            &[
                "-cloudflare.record/_sip._tcp.example.com/SRV",
                "-cloudflare.record/example.com/CAA",
                "-cloudflare.record/example.com/MX",
                "-cloudflare.record/example.com/TXT",
            ],
        ),
    ],
};
