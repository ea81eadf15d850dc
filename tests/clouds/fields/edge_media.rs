//! A bucket that visitors reach through Cloudflare only.

use super::bench::{Sequence, case};

const POLICY: &str = "update s3.bucket/b: policy.Statement";
const TRANSFORM: &str = "update cloudflare.ruleset/http_request_late_transform: rules";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, buckets: { b: {}, c: {} }, cloudflare: { zone: example.com } }",
    cases: &[
        case(
            "cloudflare: { media: { host: media.example.com, bucket: b, secret: sesame } }",
            &[
                "create cloudflare.connector/main",
                "create cloudflare.record/media.example.com/CNAME",
                "create cloudflare.ruleset/http_request_cache_settings",
                "create cloudflare.ruleset/http_request_late_transform",
                POLICY,
            ],
            &[
                r#"+cloudflare.connector/main: media=http.host eq "media.example.com": aws_s3 {"host":"s3.bucket/b.s3.eu-central-1.amazonaws.com"}, order=media"#,
                "+cloudflare.record/media.example.com/CNAME: proxied=true, says=s3.bucket/b.s3.eu-central-1.amazonaws.com, ttl=1",
                r#"+cloudflare.ruleset/http_request_cache_settings: media=http.host eq "media.example.com": set_cache_settings {"cache":true,"cache_key":{"custom_key":{"query_string":{"exclude":{"all":true}}}}}, order=media"#,
                r#"+cloudflare.ruleset/http_request_late_transform: media=http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"sesame"}}}, order=media"#,
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=sesame: none -> yes",
            ],
        ),
        case(
            "cloudflare: { media: { secret: open sesame } }",
            &[TRANSFORM, POLICY],
            &[
                r#"cloudflare.ruleset/http_request_late_transform media: http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"sesame"}}} -> http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"open sesame"}}}"#,
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: none -> yes",
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=sesame: yes -> none",
            ],
        ),
        case(
            "cloudflare: { media: { proof: user_agent } }",
            &[TRANSFORM, POLICY],
            &[
                r#"cloudflare.ruleset/http_request_late_transform media: http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"open sesame"}}} -> http.host eq "media.example.com": rewrite {"headers":{"user-agent":{"operation":"set","value":"open sesame"}}}"#,
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: yes -> none",
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:UserAgent=open sesame: none -> yes",
            ],
        ),
        case(
            "cloudflare: { media: { proof: referer } }",
            &[TRANSFORM, POLICY],
            &[
                r#"cloudflare.ruleset/http_request_late_transform media: http.host eq "media.example.com": rewrite {"headers":{"user-agent":{"operation":"set","value":"open sesame"}}} -> http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"open sesame"}}}"#,
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: none -> yes",
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:UserAgent=open sesame: yes -> none",
            ],
        ),
        case(
            "cloudflare: { media: { way: origin } }",
            &["create cloudflare.ruleset/http_request_origin", "delete cloudflare.connector/main"],
            &[
                "-cloudflare.connector/main",
                r#"+cloudflare.ruleset/http_request_origin: media=http.host eq "media.example.com": route "sni":{"value":"s3.bucket/b.s3.eu-central-1.amazonaws.com"}},{"host_header":"s3.bucket/b.s3.eu-central-1.amazonaws.com", order=media"#,
            ],
        ),
        case(
            "cloudflare: { media: { way: connector } }",
            &["create cloudflare.connector/main", "delete cloudflare.ruleset/http_request_origin"],
            &[
                r#"+cloudflare.connector/main: media=http.host eq "media.example.com": aws_s3 {"host":"s3.bucket/b.s3.eu-central-1.amazonaws.com"}, order=media"#,
                "-cloudflare.ruleset/http_request_origin",
            ],
        ),
        case(
            "cloudflare: { media: { bucket: c } }",
            &[
                "update cloudflare.connector/main: rules",
                "update cloudflare.record/media.example.com/CNAME: content",
                POLICY,
                "update s3.bucket/c: policy.Statement",
            ],
            &[
                r#"cloudflare.connector/main media: http.host eq "media.example.com": aws_s3 {"host":"s3.bucket/b.s3.eu-central-1.amazonaws.com"} -> http.host eq "media.example.com": aws_s3 {"host":"s3.bucket/c.s3.eu-central-1.amazonaws.com"}"#,
                "cloudflare.record/media.example.com/CNAME says: s3.bucket/b.s3.eu-central-1.amazonaws.com -> s3.bucket/c.s3.eu-central-1.amazonaws.com",
                "s3.bucket/b Allow s3:GetObject on s3.bucket/b/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: yes -> none",
                "s3.bucket/c Allow s3:GetObject on s3.bucket/c/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: none -> yes",
            ],
        ),
        case(
            "cloudflare: { media: { host: img.example.com } }",
            &[
                "create cloudflare.record/img.example.com/CNAME",
                "delete cloudflare.record/media.example.com/CNAME",
                "update cloudflare.connector/main: rules",
                "update cloudflare.ruleset/http_request_cache_settings: rules",
                TRANSFORM,
            ],
            &[
                r#"cloudflare.connector/main media: http.host eq "media.example.com": aws_s3 {"host":"s3.bucket/c.s3.eu-central-1.amazonaws.com"} -> http.host eq "img.example.com": aws_s3 {"host":"s3.bucket/c.s3.eu-central-1.amazonaws.com"}"#,
                "+cloudflare.record/img.example.com/CNAME: proxied=true, says=s3.bucket/c.s3.eu-central-1.amazonaws.com, ttl=1",
                "-cloudflare.record/media.example.com/CNAME",
                r#"cloudflare.ruleset/http_request_cache_settings media: http.host eq "media.example.com": set_cache_settings {"cache":true,"cache_key":{"custom_key":{"query_string":{"exclude":{"all":true}}}}} -> http.host eq "img.example.com": set_cache_settings {"cache":true,"cache_key":{"custom_key":{"query_string":{"exclude":{"all":true}}}}}"#,
                r#"cloudflare.ruleset/http_request_late_transform media: http.host eq "media.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"open sesame"}}} -> http.host eq "img.example.com": rewrite {"headers":{"referer":{"operation":"set","value":"open sesame"}}}"#,
            ],
        ),
        case(
            "cloudflare: { media: { proof: none, secret: null } }",
            &["delete cloudflare.ruleset/http_request_late_transform", "update s3.bucket/c: policy.Statement"],
            &[
                "-cloudflare.ruleset/http_request_late_transform",
                "s3.bucket/c Allow s3:GetObject on s3.bucket/c/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17: none -> yes",
                "s3.bucket/c Allow s3:GetObject on s3.bucket/c/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17,StringEquals=aws:Referer=open sesame: yes -> none",
            ],
        ),
        case(
            "cloudflare: { media: null }",
            &[
                "delete cloudflare.connector/main",
                "delete cloudflare.record/img.example.com/CNAME",
                "delete cloudflare.ruleset/http_request_cache_settings",
                "update s3.bucket/c: policy.Statement",
            ],
            &[
                "-cloudflare.connector/main",
                "-cloudflare.record/img.example.com/CNAME",
                "-cloudflare.ruleset/http_request_cache_settings",
                "s3.bucket/c Allow s3:GetObject on s3.bucket/c/* by * if IpAddress=aws:SourceIp=103.21.244.0/22,103.22.200.0/22,103.31.4.0/22,104.16.0.0/13,104.24.0.0/14,108.162.192.0/18,131.0.72.0/22,141.101.64.0/18,162.158.0.0/15,172.64.0.0/13,173.245.48.0/20,188.114.96.0/20,190.93.240.0/20,197.234.240.0/22,198.41.128.0/17: yes -> none",
            ],
        ),
    ],
};
