//! How EC2 says and changes rules of security groups: it has each call twice, one for each way.

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRule, UserIdGroupPair};

use super::{
    Ports,
    security_group_rules::{Peer, Row, Rule},
};
use crate::api::{During, OrDone, Result, WriteCx};

/// A rule as EC2 gives it; `None` if it is of no known form.
pub(super) fn row(rule: &SecurityGroupRule) -> Option<Row> {
    let address = rule.cidr_ipv4().or_else(|| rule.cidr_ipv6());
    let group = rule.referenced_group_info().and_then(|it| it.group_id());
    let peer = match (address, group, rule.prefix_list_id()) {
        (Some(cidr), ..) => Peer::Cidr(cidr.parse().ok()?),
        (_, Some(group), _) => Peer::Group(group.into()),
        (.., Some(list)) => Peer::PrefixList(list.to_owned()),
        (None, None, None) => return None,
    };
    let ports = match (rule.from_port(), rule.to_port()) {
        (Some(from), Some(to)) => Some(Ports { from: port(from)?, to: port(to)? }),
        _ => None,
    };
    let protocol = rule.ip_protocol()?.to_owned();
    let description = rule.description().map(str::to_owned);
    Some(Row {
        group: rule.group_id()?.to_owned(),
        id: rule.security_group_rule_id()?.to_owned(),
        egress: rule.is_egress()?,
        rule: Rule { protocol, ports, peer, description }.normal(),
    })
}

/// EC2 says -1 for any type or code of ICMP, of which there are 256.
fn port(number: i32) -> Option<u16> {
    if number == -1 { Some(u16::MAX) } else { number.try_into().ok() }
}

/// A rule as EC2 takes it.
fn permission(rule: &Rule) -> IpPermission {
    let any = |it: u16| if it == u16::MAX { -1 } else { i32::from(it) };
    let (from, to) = match (rule.protocol.as_str(), rule.ports) {
        ("tcp" | "udp", ports) => ports.map_or((0, 65535), |it| (it.from.into(), it.to.into())),
        ("icmp" | "icmpv6", Some(it)) => (any(it.from), any(it.to)),
        _ => (-1, -1),
    };
    let acc = IpPermission::builder().ip_protocol(&rule.protocol).from_port(from).to_port(to);
    let said = rule.description.clone();
    let acc = match &rule.peer {
        Peer::Cidr(cidr) if cidr.is_v4() => {
            acc.ip_ranges(IpRange::builder().cidr_ip(cidr.to_string()).set_description(said).build())
        }
        Peer::Cidr(cidr) => {
            acc.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(cidr.to_string()).set_description(said).build())
        }
        Peer::Group(id) => {
            acc.user_id_group_pairs(UserIdGroupPair::builder().group_id(id.get()).set_description(said).build())
        }
        Peer::PrefixList(id) => {
            acc.prefix_list_ids(PrefixListId::builder().prefix_list_id(id).set_description(said).build())
        }
    };
    acc.build()
}

pub(super) async fn authorize(cx: &WriteCx, group: &str, egress: bool, rules: &[&Rule]) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let rules = Some(rules.iter().map(|it| permission(it)).collect());
    if egress {
        let call = cx.ec2.authorize_security_group_egress().group_id(group).set_ip_permissions(rules);
        call.send().await.during("ec2:AuthorizeSecurityGroupEgress").or_done()
    } else {
        let call = cx.ec2.authorize_security_group_ingress().group_id(group).set_ip_permissions(rules);
        call.send().await.during("ec2:AuthorizeSecurityGroupIngress").or_done()
    }
}

pub(super) async fn describe(cx: &WriteCx, group: &str, egress: bool, rules: &[&Rule]) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let rules = Some(rules.iter().map(|it| permission(it)).collect());
    if egress {
        let call = cx.ec2.update_security_group_rule_descriptions_egress().group_id(group).set_ip_permissions(rules);
        call.send().await.during("ec2:UpdateSecurityGroupRuleDescriptionsEgress").map(drop)
    } else {
        let call = cx.ec2.update_security_group_rule_descriptions_ingress().group_id(group).set_ip_permissions(rules);
        call.send().await.during("ec2:UpdateSecurityGroupRuleDescriptionsIngress").map(drop)
    }
}

pub(super) async fn revoke(cx: &WriteCx, group: &str, egress: bool, ids: &[&str]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = Some(ids.iter().map(|it| (*it).to_owned()).collect());
    if egress {
        let call = cx.ec2.revoke_security_group_egress().group_id(group).set_security_group_rule_ids(ids);
        call.send().await.during("ec2:RevokeSecurityGroupEgress").or_done()
    } else {
        let call = cx.ec2.revoke_security_group_ingress().group_id(group).set_security_group_rule_ids(ids);
        call.send().await.during("ec2:RevokeSecurityGroupIngress").or_done()
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{ReferencedSecurityGroup, builders::SecurityGroupRuleBuilder};

    use super::*;

    fn sdk(protocol: &str, from: i32, to: i32) -> SecurityGroupRuleBuilder {
        let acc = SecurityGroupRule::builder().security_group_rule_id("sgr-1").group_id("sg-1").is_egress(false);
        acc.ip_protocol(protocol).from_port(from).to_port(to)
    }

    fn rule(protocol: &str, from: i32, to: i32) -> Rule {
        row(&sdk(protocol, from, to).cidr_ipv4("10.0.0.0/8").build()).unwrap().rule
    }

    #[test]
    fn protocols_have_one_name_and_all_ports_are_none() {
        assert_eq!(rule("6", 443, 443), rule("tcp", 443, 443));
        assert_eq!((rule("tcp", 0, 65535).ports, rule("-1", -1, -1).ports), (None, None));
        assert_eq!((rule("icmp", -1, -1).ports, rule("50", 0, 0).ports), (None, None));
        assert_eq!(rule("icmp", 8, -1).ports, Some(Ports { from: 8, to: u16::MAX }));
    }

    #[test]
    fn what_is_sent_comes_back() {
        for (protocol, from, to) in
            [("tcp", 0, 65535), ("tcp", 80, 81), ("udp", 0, 53), ("icmp", -1, -1), ("icmp", 8, -1), ("-1", -1, -1)]
        {
            let sent = permission(&rule(protocol, from, to));
            assert_eq!((sent.ip_protocol(), sent.from_port(), sent.to_port()), (Some(protocol), Some(from), Some(to)));
        }
    }

    #[test]
    fn every_peer_is_known_or_told() {
        let group = ReferencedSecurityGroup::builder().group_id("sg-2").user_id("123456789012").build();
        let peer = |it: SecurityGroupRuleBuilder| row(&it.build()).map(|it| it.rule.peer);
        let any = || sdk("tcp", 1, 1);
        assert_eq!(peer(any().referenced_group_info(group)), Some(Peer::Group("sg-2".into())));
        assert_eq!(peer(any().prefix_list_id("pl-1")), Some(Peer::PrefixList("pl-1".into())));
        assert_eq!(peer(any().cidr_ipv6("::/0")), Some(Peer::Cidr("::/0".parse().unwrap())));
        assert_eq!(peer(any()), None);
    }
}
