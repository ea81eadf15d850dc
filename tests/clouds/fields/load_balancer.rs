//! The load balancer.

use super::bench::{Sequence, case};

macro_rules! one {
    () => {
        "arn:aws:acm:eu-central-1:123456789012:certificate/one"
    };
}
macro_rules! two {
    () => {
        "arn:aws:acm:eu-central-1:123456789012:certificate/two"
    };
}
macro_rules! certificate {
    ($($text:expr),*) => {
        concat!("load_balancer: { certificate: ", $($text),*, " }")
    };
}

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 2, tiers: [public, private], nat: none }",
    cases: &[
        case(
            "load_balancer: { scheme: public, http: serve, desync: defensive, from: internet }",
            &[
                "create ec2.security_group/load_balancer",
                "create ec2.security_group_rules/load_balancer",
                "create elb.listener/http",
                "create elb.load_balancer/main",
            ],
            &[
                "+ec2.security_group/load_balancer: description=The load balancer of shop-default, egress -1 0.0.0.0/0, ingress tcp 80 0.0.0.0/0, name=shop-default-load_balancer, vpc=ec2.vpc/main",
                "+elb.listener/http: default=404 text/plain, on=elb.load_balancer/main, port=HTTP 80",
                "+elb.load_balancer/main: groups=ec2.security_group/load_balancer, name=shop-default, routing.http.drop_invalid_header_fields.enabled=true, scheme=internet-facing, subnets=ec2.subnet/public-a ec2.subnet/public-b",
            ],
        ),
        case(
            "load_balancer: { idle_timeout: 2m }",
            &["update elb.load_balancer/main: idle_timeout_seconds"],
            &["elb.load_balancer/main idle_timeout.timeout_seconds: none -> 120"],
        ),
        case(
            "load_balancer: { client_keep_alive: 2h }",
            &["update elb.load_balancer/main: client_keep_alive_seconds"],
            &["elb.load_balancer/main client_keep_alive.seconds: none -> 7200"],
        ),
        case(
            "load_balancer: { http2: false }",
            &["update elb.load_balancer/main: http2"],
            &["elb.load_balancer/main routing.http2.enabled: none -> false"],
        ),
        case(
            "load_balancer: { http2: true }",
            &["update elb.load_balancer/main: http2"],
            &["elb.load_balancer/main routing.http2.enabled: false -> none"],
        ),
        case(
            "load_balancer: { drop_invalid_headers: false }",
            &["update elb.load_balancer/main: drop_invalid_headers"],
            &["elb.load_balancer/main routing.http.drop_invalid_header_fields.enabled: true -> none"],
        ),
        case(
            "load_balancer: { drop_invalid_headers: true }",
            &["update elb.load_balancer/main: drop_invalid_headers"],
            &["elb.load_balancer/main routing.http.drop_invalid_header_fields.enabled: none -> true"],
        ),
        case(
            "load_balancer: { preserve_host: true }",
            &["update elb.load_balancer/main: preserve_host_header"],
            &["elb.load_balancer/main routing.http.preserve_host_header.enabled: none -> true"],
        ),
        case(
            "load_balancer: { preserve_host: false }",
            &["update elb.load_balancer/main: preserve_host_header"],
            &["elb.load_balancer/main routing.http.preserve_host_header.enabled: true -> none"],
        ),
        case(
            "load_balancer: { desync: monitor }",
            &["update elb.load_balancer/main: desync_mitigation"],
            &["elb.load_balancer/main routing.http.desync_mitigation_mode: none -> monitor"],
        ),
        case(
            "load_balancer: { desync: strictest }",
            &["update elb.load_balancer/main: desync_mitigation"],
            &["elb.load_balancer/main routing.http.desync_mitigation_mode: monitor -> strictest"],
        ),
        case(
            "load_balancer: { from: [192.0.2.0/24, 198.51.100.0/24] }",
            &["update ec2.security_group_rules/load_balancer: ingress"],
            &[
                "ec2.security_group/load_balancer ingress tcp 80 0.0.0.0/0: yes -> none",
                "ec2.security_group/load_balancer ingress tcp 80 192.0.2.0/24: none -> yes",
                "ec2.security_group/load_balancer ingress tcp 80 198.51.100.0/24: none -> yes",
            ],
        ),
        case(
            "load_balancer: { from: network }",
            &["update ec2.security_group_rules/load_balancer: ingress"],
            &[
                "ec2.security_group/load_balancer ingress tcp 80 10.0.0.0/16: none -> yes",
                "ec2.security_group/load_balancer ingress tcp 80 192.0.2.0/24: yes -> none",
                "ec2.security_group/load_balancer ingress tcp 80 198.51.100.0/24: yes -> none",
            ],
        ),
        case(
            "load_balancer: { logs: 30d }",
            &["create s3.bucket/load-balancer-logs", "update elb.load_balancer/main: access_logs"],
            &[
                "elb.load_balancer/main access_logs.s3.bucket: none -> s3.bucket/load-balancer-logs",
                "elb.load_balancer/main access_logs.s3.enabled: none -> true",
                "+s3.bucket/load-balancer-logs: Allow s3:PutObject on s3.bucket/load-balancer-logs/*AWSLogs/THIS-ACCOUNT/* by Service=logdelivery.elasticloadbalancing.amazonaws.com=yes, Deny s3:* on s3.bucket/load-balancer-logs,s3.bucket/load-balancer-logs/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, lifecycle=* expire 30, name=shop-default-load-balancer-logs, on_delete=empty, owner=BucketOwnerEnforced, region=eu-central-1",
            ],
        ),
        case(
            "load_balancer: { logs: { retention: 90d } }",
            &["update s3.bucket/load-balancer-logs: lifecycle"],
            &["s3.bucket/load-balancer-logs lifecycle: * expire 30 -> * expire 90"],
        ),
        case(
            "load_balancer: { logs: { retention: 60d } }",
            &["update s3.bucket/load-balancer-logs: lifecycle"],
            &["s3.bucket/load-balancer-logs lifecycle: * expire 90 -> * expire 60"],
        ),
        case(
            "load_balancer: { logs: { prefix: web/1 } }",
            &["update elb.load_balancer/main: access_logs.prefix"],
            &["elb.load_balancer/main access_logs.s3.prefix: none -> web/1"],
        ),
        case(
            "load_balancer: { logs: null }",
            &["delete s3.bucket/load-balancer-logs", "update elb.load_balancer/main: access_logs"],
            &[
                "elb.load_balancer/main access_logs.s3.bucket: s3.bucket/load-balancer-logs -> none",
                "elb.load_balancer/main access_logs.s3.enabled: true -> none",
                "elb.load_balancer/main access_logs.s3.prefix: web/1 -> none",
                "-s3.bucket/load-balancer-logs",
            ],
        ),
        case(
            "load_balancer: { protect: true }",
            &["update elb.load_balancer/main: deletion_protection"],
            &["elb.load_balancer/main deletion_protection.enabled: none -> true"],
        ),
        case(
            "load_balancer: { protect: false }",
            &["update elb.load_balancer/main: deletion_protection"],
            &["elb.load_balancer/main deletion_protection.enabled: true -> none"],
        ),
        case(
            certificate!(one!()),
            &["create elb.listener/https", "update ec2.security_group_rules/load_balancer: ingress"],
            &[
                "ec2.security_group/load_balancer ingress tcp 443 10.0.0.0/16: none -> yes",
                "+elb.listener/https: certificate=one, default=404 text/plain, on=elb.load_balancer/main, policy=ELBSecurityPolicy-TLS13-1-2-2021-06, port=HTTPS 443",
            ],
        ),
        case(
            "load_balancer: { http: redirect }",
            &["update elb.listener/http: default_action.redirect"],
            &["elb.listener/http default: 404 text/plain -> HTTP_301 to HTTPS 443 #{host} /#{path} #{query}"],
        ),
        case(
            "load_balancer: { http: 'off' }",
            &["delete elb.listener/http", "update ec2.security_group_rules/load_balancer: ingress"],
            &["ec2.security_group/load_balancer ingress tcp 80 10.0.0.0/16: yes -> none", "-elb.listener/http"],
        ),
        case(
            "load_balancer: { tls_policy: ELBSecurityPolicy-TLS13-1-3-2021-06 }",
            &["update elb.listener/https: tls_policy"],
            &["elb.listener/https policy: ELBSecurityPolicy-TLS13-1-2-2021-06 -> ELBSecurityPolicy-TLS13-1-3-2021-06"],
        ),
        case(
            certificate!("[", one!(), ", ", two!(), "]"),
            &["update elb.listener/https: more_certificates"],
            &["elb.listener/https certificates: none -> two"],
        ),
        // What was in the list of the others stays there when it becomes the default one, and does no harm.
        case(
            certificate!("[", two!(), ", ", one!(), "]"),
            &["update elb.listener/https: certificate, more_certificates"],
            &["elb.listener/https certificate: one -> two", "elb.listener/https certificates: two -> two one"],
        ),
        case(
            certificate!("[", two!(), "]"),
            &["update elb.listener/https: more_certificates"],
            &["elb.listener/https certificates: two one -> two"],
        ),
        case(
            "load_balancer: { certificate: [], http: null }",
            &[
                "create elb.listener/http",
                "delete elb.listener/https",
                "update ec2.security_group_rules/load_balancer: ingress",
            ],
            &[
                "ec2.security_group/load_balancer ingress tcp 443 10.0.0.0/16: yes -> none",
                "ec2.security_group/load_balancer ingress tcp 80 10.0.0.0/16: none -> yes",
                "+elb.listener/http: default=404 text/plain, on=elb.load_balancer/main, port=HTTP 80",
                "-elb.listener/https",
            ],
        ),
        case(
            "load_balancer: { scheme: internal }",
            &["replace elb.listener/http: load_balancer", "replace elb.load_balancer/main: scheme"],
            &[
                "elb.load_balancer/main scheme: internet-facing -> internal",
                "elb.load_balancer/main subnets: ec2.subnet/public-a ec2.subnet/public-b -> ec2.subnet/private-a ec2.subnet/private-b",
            ],
        ),
        case(
            "load_balancer: null",
            &[
                "delete ec2.security_group/load_balancer",
                "delete ec2.security_group_rules/load_balancer",
                "delete elb.listener/http",
                "delete elb.load_balancer/main",
            ],
            &["-ec2.security_group/load_balancer", "-elb.listener/http", "-elb.load_balancer/main"],
        ),
    ],
};
