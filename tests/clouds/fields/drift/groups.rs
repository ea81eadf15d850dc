//! Security groups and their rules.

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, SecurityGroupRule};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const APP: &str = "ec2.security_group/app";
const DB: &str = "ec2.security_group/db";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["network:
  zones: 1
  tiers: [isolated]
  security_groups:
    app: { ingress: [{ from: internet, port: 443, description: the front }], egress: [{ to: db, port: 5432 }] }
    db: { ingress: [{ from: app, port: 5432 }], egress: [] }
    idle: {}"],
    drifts: &[
        drift(
            "a rule less",
            &["update ec2.security_group_rules/app: ingress"],
            by!(it => {
                let rule = it.rule(APP, |it| it.cidr_ipv4().is_some() && it.is_egress() == Some(false)).await;
                let call = it.cx.ec2.revoke_security_group_ingress().group_id(it.id(APP));
                call.security_group_rule_ids(rule).send().await.unwrap();
            }),
        ),
        drift(
            "no rule left",
            &["create ec2.security_group_rules/db"],
            by!(it => {
                let rule = it.rule(DB, |it| it.referenced_group_info().is_some()).await;
                let call = it.cx.ec2.revoke_security_group_ingress().group_id(it.id(DB));
                call.security_group_rule_ids(rule).send().await.unwrap();
            }),
        ),
        drift(
            "a rule less out",
            &["update ec2.security_group_rules/app: egress"],
            by!(it => {
                let rule = it.rule(APP, |it| it.is_egress() == Some(true)).await;
                let call = it.cx.ec2.revoke_security_group_egress().group_id(it.id(APP));
                call.security_group_rule_ids(rule).send().await.unwrap();
            }),
        ),
        drift(
            "a rule more",
            &["update ec2.security_group_rules/app: ingress"],
            by!(it => {
                it.open(APP, 22, "0.0.0.0/0").await;
            }),
        ),
        drift(
            "a rule more for IPv6",
            &["update ec2.security_group_rules/db: ingress"],
            by!(it => {
                it.open(DB, 22, "::/0").await;
            }),
        ),
        drift(
            "a rule more out",
            &["update ec2.security_group_rules/db: egress"],
            by!(it => {
                let call = it.cx.ec2.authorize_security_group_egress().group_id(it.id(DB));
                call.ip_permissions(permission(443, "0.0.0.0/0")).send().await.unwrap();
            }),
        ),
        drift(
            "another description",
            &["update ec2.security_group_rules/app: ingress"],
            by!(it => {
                let range = IpRange::builder().cidr_ip("0.0.0.0/0").description("the back").build();
                let rule = IpPermission::builder().ip_protocol("tcp").from_port(443).to_port(443);
                let rule = rule.ip_ranges(range).build();
                let call = it.cx.ec2.update_security_group_rule_descriptions_ingress().group_id(it.id(APP));
                call.ip_permissions(rule).send().await.unwrap();
            }),
        ),
        drift(
            "no group",
            &["create ec2.security_group/idle", "create ec2.security_group_rules/idle"],
            by!(it => {
                let idle = it.id("ec2.security_group/idle");
                it.cx.ec2.delete_security_group().group_id(idle).send().await.unwrap();
            }),
        ),
    ],
};

fn permission(port: i32, block: &str) -> IpPermission {
    let acc = IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port);
    if block.contains(':') {
        acc.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(block).build()).build()
    } else {
        acc.ip_ranges(IpRange::builder().cidr_ip(block).build()).build()
    }
}

impl Hands {
    /// The id of the one rule that is so.
    async fn rule(&self, group: &str, is: fn(&SecurityGroupRule) -> bool) -> String {
        let filter = aws_sdk_ec2::types::Filter::builder().name("group-id").values(self.id(group)).build();
        let pages = self.cx.read.ec2.describe_security_group_rules().filters(filter).into_paginator().items().send();
        let rules = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        rules.iter().find(|it| is(it)).unwrap().security_group_rule_id().unwrap().to_owned()
    }

    async fn open(&self, group: &str, port: i32, block: &str) {
        let call = self.cx.ec2.authorize_security_group_ingress().group_id(self.id(group));
        call.ip_permissions(permission(port, block)).send().await.unwrap();
    }
}
