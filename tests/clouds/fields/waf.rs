//! What is let through: each setting of a web ACL, and which one the load balancer has.

use super::bench::{Sequence, case};

macro_rules! common {
    ($does:literal) => {
        concat!("1002 ", $does, " AWSManagedRulesCommonRuleSet")
    };
    ($from:expr => $to:expr) => {
        concat!("waf.web_acl/main rule common: ", $from, " -> ", $to)
    };
}
macro_rules! rate {
    ($from:literal => $to:literal) => {
        concat!("waf.web_acl/main rule rate: ", $from, " -> ", $to)
    };
}
macro_rules! set {
    ($list:literal, $version:literal, $of:literal, $addresses:literal) => {
        concat!(
            "+waf.ip_set/main.",
            $list,
            "-",
            $version,
            ": addresses=",
            $addresses,
            ", name=shop-default-main-",
            $list,
            "-",
            $version,
            ", of=",
            $of,
            ", reach=REGIONAL"
        )
    };
}

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ network: { zones: 2, tiers: [public], nat: none }, load_balancer: { http: serve, waf: main }, \
        waf: { main: { managed: { common: {} }, rate: { requests: 100 } } } }",
    cases: &[
        case(
            "waf: { main: { managed: { common: { count: true } } } }",
            &["update waf.web_acl/main: rules.common.action"],
            &[common!(common!("as it says") => common!("count"))],
        ),
        case(
            "waf: { main: { managed: { common: { count: false } } } }",
            &["update waf.web_acl/main: rules.common.action"],
            &[common!(common!("count") => common!("as it says"))],
        ),
        case(
            "waf: { main: { managed: { common: { exclude: [SizeRestrictions_BODY] } } } }",
            &["update waf.web_acl/main: rules.common.statement.managed.counted"],
            &[common!(common!("as it says") => concat!(common!("as it says"), " count:SizeRestrictions_BODY"))],
        ),
        case(
            "waf: { main: { managed: { common: { version: Version_1.5 } } } }",
            &["update waf.web_acl/main: rules.common.statement.managed.version"],
            &[common!(concat!(common!("as it says"), " count:SizeRestrictions_BODY")
                => concat!(common!("as it says"), " Version_1.5 count:SizeRestrictions_BODY"))],
        ),
        case(
            "waf: { main: { managed: { bots: {} } } }",
            &["update waf.web_acl/main: rules.bots"],
            &["waf.web_acl/main rule bots: none -> 1011 as it says AWSManagedRulesBotControlRuleSet COMMON"],
        ),
        case(
            "waf: { main: { managed: [sql] } }",
            &["update waf.web_acl/main: rules.sql, rules.bots, rules.common"],
            &[
                "waf.web_acl/main rule bots: 1011 as it says AWSManagedRulesBotControlRuleSet COMMON -> none",
                common!(concat!(common!("as it says"), " Version_1.5 count:SizeRestrictions_BODY") => "none"),
                "waf.web_acl/main rule sql: none -> 1004 as it says AWSManagedRulesSQLiRuleSet",
            ],
        ),
        case(
            "waf: { main: { rate: { requests: 200 } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.requests"],
            &[rate!("100 block 100 in 300s by IP" => "100 block 200 in 300s by IP")],
        ),
        case(
            "waf: { main: { rate: { per: 1m } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.window_seconds"],
            &[rate!("100 block 200 in 300s by IP" => "100 block 200 in 60s by IP")],
        ),
        case(
            "waf: { main: { rate: { per: 2m } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.window_seconds"],
            &[rate!("100 block 200 in 60s by IP" => "100 block 200 in 120s by IP")],
        ),
        case(
            "waf: { main: { rate: { per: 10m } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.window_seconds"],
            &[rate!("100 block 200 in 120s by IP" => "100 block 200 in 600s by IP")],
        ),
        case(
            "waf: { main: { rate: { per: 5m } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.window_seconds"],
            &[rate!("100 block 200 in 600s by IP" => "100 block 200 in 300s by IP")],
        ),
        case(
            "waf: { main: { rate: { by: forwarded_ip } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.by"],
            &[rate!("100 block 200 in 300s by IP" => "100 block 200 in 300s by FORWARDED_IP X-Forwarded-For")],
        ),
        case(
            "waf: { main: { rate: { by: ip } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.by"],
            &[rate!("100 block 200 in 300s by FORWARDED_IP X-Forwarded-For" => "100 block 200 in 300s by IP")],
        ),
        case(
            "waf: { main: { rate: { path: /login } } }",
            &["update waf.web_acl/main: rules.rate.statement.rate.path"],
            &[rate!("100 block 200 in 300s by IP" => "100 block 200 in 300s by IP of STARTS_WITH /login")],
        ),
        case(
            "waf: { main: { rate: [] } }",
            &["update waf.web_acl/main: rules.rate"],
            &[rate!("100 block 200 in 300s by IP of STARTS_WITH /login" => "none")],
        ),
        case(
            "waf: { main: { rate: null } }",
            &["update waf.web_acl/main: rules.rate"],
            &[rate!("none" => "100 block 2000 in 300s by IP")],
        ),
        case(
            "waf: { main: { rate: [{ requests: 2000 }, { requests: 50 }] } }",
            &["update waf.web_acl/main: rules.rate-2"],
            &["waf.web_acl/main rule rate-2: none -> 101 block 50 in 300s by IP"],
        ),
        case(
            "waf: { main: { rate: [{ requests: 2000 }, { requests: 60 }] } }",
            &["update waf.web_acl/main: rules.rate-2.statement.rate.requests"],
            &["waf.web_acl/main rule rate-2: 101 block 50 in 300s by IP -> 101 block 60 in 300s by IP"],
        ),
        case(
            "waf: { main: { rate: [{ requests: 2000 }, { requests: 60, per: 1m }] } }",
            &["update waf.web_acl/main: rules.rate-2.statement.rate.window_seconds"],
            &["waf.web_acl/main rule rate-2: 101 block 60 in 300s by IP -> 101 block 60 in 60s by IP"],
        ),
        case(
            "waf: { main: { rate: [{ requests: 2000 }, { requests: 60, per: 1m, by: forwarded_ip }] } }",
            &["update waf.web_acl/main: rules.rate-2.statement.rate.by"],
            &["waf.web_acl/main rule rate-2: 101 block 60 in 60s by IP \
                -> 101 block 60 in 60s by FORWARDED_IP X-Forwarded-For"],
        ),
        case(
            "waf: { main: { rate: [{ requests: 2000 }, { requests: 60, per: 1m, by: forwarded_ip, path: /a }] } }",
            &["update waf.web_acl/main: rules.rate-2.statement.rate.path"],
            &["waf.web_acl/main rule rate-2: 101 block 60 in 60s by FORWARDED_IP X-Forwarded-For \
                -> 101 block 60 in 60s by FORWARDED_IP X-Forwarded-For of STARTS_WITH /a"],
        ),
        case(
            "waf: { main: { rate: { requests: 2000 } } }",
            &["update waf.web_acl/main: rules.rate-2"],
            &[
                "waf.web_acl/main rule rate-2: 101 block 60 in 60s by FORWARDED_IP X-Forwarded-For of STARTS_WITH /a -> none",
            ],
        ),
        case(
            "waf: { main: { block: [192.0.2.0/24] } }",
            &["create waf.ip_set/main.block-v4", "update waf.web_acl/main: rules.block"],
            &[
                set!("block", "v4", "IPV4", "192.0.2.0/24"),
                "waf.web_acl/main rule block: none -> 10 block from waf.ip_set/main.block-v4",
            ],
        ),
        case(
            "waf: { main: { block: [192.0.2.0/24, '2001:db8::/32'] } }",
            &["create waf.ip_set/main.block-v6", "update waf.web_acl/main: rules.block.statement.addresses"],
            &[
                set!("block", "v6", "IPV6", "2001:db8::/32"),
                "waf.web_acl/main rule block: 10 block from waf.ip_set/main.block-v4 \
                    -> 10 block from waf.ip_set/main.block-v4 or from waf.ip_set/main.block-v6",
            ],
        ),
        case(
            "waf: { main: { block: [198.51.100.0/24] } }",
            &[
                "delete waf.ip_set/main.block-v6",
                "update waf.ip_set/main.block-v4: addresses",
                "update waf.web_acl/main: rules.block.statement.addresses",
            ],
            &[
                "-waf.ip_set/main.block-v6",
                "waf.ip_set/main.block-v4 addresses: 192.0.2.0/24 -> 198.51.100.0/24",
                "waf.web_acl/main rule block: 10 block from waf.ip_set/main.block-v4 or from waf.ip_set/main.block-v6 \
                    -> 10 block from waf.ip_set/main.block-v4",
            ],
        ),
        case(
            "waf: { main: { block: null } }",
            &["delete waf.ip_set/main.block-v4", "update waf.web_acl/main: rules.block"],
            &[
                "-waf.ip_set/main.block-v4",
                "waf.web_acl/main rule block: 10 block from waf.ip_set/main.block-v4 -> none",
            ],
        ),
        case(
            "waf: { main: { allow: [203.0.113.0/24] } }",
            &["create waf.ip_set/main.allow-v4", "update waf.web_acl/main: rules.allow"],
            &[
                set!("allow", "v4", "IPV4", "203.0.113.0/24"),
                "waf.web_acl/main rule allow: none -> 0 allow from waf.ip_set/main.allow-v4",
            ],
        ),
        case(
            "waf: { main: { countries: { block: [KP] } } }",
            &["update waf.web_acl/main: rules.countries"],
            &["waf.web_acl/main rule countries: none -> 20 block KP"],
        ),
        case(
            "waf: { main: { countries: { block: [KP, IR] } } }",
            &["update waf.web_acl/main: rules.countries.statement.countries"],
            &["waf.web_acl/main rule countries: 20 block KP -> 20 block IR+KP"],
        ),
        case(
            "waf: { main: { countries: null } }",
            &["update waf.web_acl/main: rules.countries"],
            &["waf.web_acl/main rule countries: 20 block IR+KP -> none"],
        ),
        case(
            "waf: { main: { countries: { allow: [DE] } } }",
            &["update waf.web_acl/main: rules.countries"],
            &["waf.web_acl/main rule countries: none -> 20 block not DE"],
        ),
        case(
            "waf: { main: { countries: { allow: [DE, AT] } } }",
            &["update waf.web_acl/main: rules.countries.statement.other_countries"],
            &["waf.web_acl/main rule countries: 20 block not DE -> 20 block not AT+DE"],
        ),
        case(
            "waf: { main: { default: block } }",
            &["update waf.web_acl/main: default_action, rules.countries.priority, \
                rules.countries.statement.countries, rules.countries.action, rules.countries.statement.other_countries"],
            &[
                "waf.web_acl/main default: allow -> block",
                "waf.web_acl/main rule countries: 20 block not AT+DE -> 2000 allow AT+DE",
            ],
        ),
        case(
            "waf: { main: { default: allow } }",
            &["update waf.web_acl/main: default_action, rules.countries.priority, \
                rules.countries.statement.other_countries, rules.countries.action, rules.countries.statement.countries"],
            &[
                "waf.web_acl/main default: block -> allow",
                "waf.web_acl/main rule countries: 2000 allow AT+DE -> 20 block not AT+DE",
            ],
        ),
        case(
            "waf: { main: { logs: 30d } }",
            &["create logs.log_group/waf.main", "create waf.logging/main"],
            &[
                "+logs.log_group/waf.main: kept=30d, name=aws-waf-logs-shop-default-main",
                "waf.web_acl/main log: none -> logs.log_group/waf.main",
            ],
        ),
        case(
            "waf: { main: { logs: 7d } }",
            &["update logs.log_group/waf.main: retention_days"],
            &["logs.log_group/waf.main kept: 30d -> 7d"],
        ),
        case(
            "waf: { main: { logs: null } }",
            &["delete logs.log_group/waf.main", "delete waf.logging/main"],
            &["-logs.log_group/waf.main", "waf.web_acl/main log: logs.log_group/waf.main -> none"],
        ),
        // What nothing uses is not made.
        case("waf: { other: { managed: [], rate: [] } }", &[], &[]),
        case(
            "load_balancer: { waf: other }",
            &[
                "create waf.web_acl/other",
                "delete waf.ip_set/main.allow-v4",
                "delete waf.web_acl/main",
                "update waf.association/main: web_acl",
            ],
            &[
                "+waf.web_acl/other: counted=true, default=allow, metric=shop-default-other, name=shop-default-other, \
                    reach=REGIONAL, sampled=true",
                "-waf.ip_set/main.allow-v4",
                "-waf.web_acl/main",
                "elb.load_balancer/main waf: waf.web_acl/main -> waf.web_acl/other",
            ],
        ),
        case("waf: { main: null }", &[], &[]),
        case(
            "load_balancer: { waf: true }",
            &["create waf.web_acl/default", "delete waf.web_acl/other", "update waf.association/main: web_acl"],
            &[
                "+waf.web_acl/default: counted=true, default=allow, metric=shop-default-default, \
                    name=shop-default-default, reach=REGIONAL, \
                    rule common=1002 as it says AWSManagedRulesCommonRuleSet, \
                    rule ip_reputation=1000 as it says AWSManagedRulesAmazonIpReputationList, \
                    rule known_bad_inputs=1003 as it says AWSManagedRulesKnownBadInputsRuleSet, \
                    rule rate=100 block 2000 in 300s by IP, sampled=true",
                "-waf.web_acl/other",
                "elb.load_balancer/main waf: waf.web_acl/other -> waf.web_acl/default",
            ],
        ),
        case(
            "load_balancer: { waf: false }",
            &["delete waf.association/main", "delete waf.web_acl/default"],
            &["-waf.web_acl/default", "elb.load_balancer/main waf: waf.web_acl/default -> none"],
        ),
        case("waf: null", &[], &[]),
    ],
};
