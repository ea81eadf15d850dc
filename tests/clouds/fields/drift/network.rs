//! The VPC, its subnets, and what may pass into and out of them.

use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, NetworkAcl, PortRange, RuleAction};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["network:
  zones: 1
  tiers: [public, isolated]
  nat: none
  subnets: { public: { public_ips: true } }
  acls:
    isolated:
      ingress: [{ action: allow, port: 5432, from: network }]
      egress: [{ action: allow, port: 1024-65535, to: network }]"],
    drifts: &[
        drift("no names", &["update ec2.vpc/main: dns_hostnames"], by!(it => it.names(false).await)),
        drift(
            "no resolver, hence no names",
            &["update ec2.vpc/main: dns_support, dns_hostnames"],
            by!(it => {
                it.names(false).await;
                it.resolver(false).await;
            }),
        ),
        drift(
            "no public addresses",
            &["update ec2.subnet/public-a: public_ips"],
            by!(it => it.public_ips("public", false).await),
        ),
        drift(
            "public addresses",
            &["update ec2.subnet/isolated-a: public_ips"],
            by!(it => it.public_ips("isolated", true).await),
        ),
        drift(
            "a subnet without its ACL",
            &["update ec2.network_acl/isolated: subnets"],
            by!(it => it.move_subnet("isolated", "").await),
        ),
        drift(
            "a subnet more in an ACL",
            &["update ec2.network_acl/isolated: subnets"],
            by!(it => it.move_subnet("public", "ec2.network_acl/isolated").await),
        ),
        drift(
            "a rule denies",
            &["update ec2.network_acl/isolated: entries"],
            by!(it => it.entry(true, false, 100, "10.0.0.0/16", (5432, 5432), RuleAction::Deny).await),
        ),
        drift(
            "a rule has more ports",
            &["update ec2.network_acl/isolated: entries"],
            by!(it => it.entry(true, true, 100, "10.0.0.0/16", (1, 65535), RuleAction::Allow).await),
        ),
        drift(
            "a rule more",
            &["update ec2.network_acl/isolated: entries"],
            by!(it => it.entry(false, false, 50, "0.0.0.0/0", (22, 22), RuleAction::Allow).await),
        ),
        drift(
            "a rule more for IPv6",
            &["update ec2.network_acl/isolated: entries"],
            by!(it => it.entry(false, true, 50, "::/0", (22, 22), RuleAction::Deny).await),
        ),
        drift("a rule less", &["update ec2.network_acl/isolated: entries"], by!(it => it.no_entry(100).await)),
        drift(
            "no ACL",
            &["create ec2.network_acl/isolated"],
            by!(it => {
                it.move_subnet("isolated", "").await;
                it.cx.ec2.delete_network_acl().network_acl_id(it.id("ec2.network_acl/isolated")).send().await.unwrap();
            }),
        ),
        drift(
            "no subnet",
            &[
                "create ec2.subnet/isolated-a",
                "update ec2.network_acl/isolated: subnets",
                "update ec2.route_table/isolated: subnets",
            ],
            by!(it => { it.cx.ec2.delete_subnet().subnet_id(it.id("ec2.subnet/isolated-a")).send().await.unwrap(); }),
        ),
    ],
};

fn flag(on: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(on).build()
}

impl Hands {
    async fn names(&self, on: bool) {
        let call = self.cx.ec2.modify_vpc_attribute().vpc_id(self.id("ec2.vpc/main"));
        call.enable_dns_hostnames(flag(on)).send().await.unwrap();
    }

    async fn resolver(&self, on: bool) {
        let call = self.cx.ec2.modify_vpc_attribute().vpc_id(self.id("ec2.vpc/main"));
        call.enable_dns_support(flag(on)).send().await.unwrap();
    }

    async fn public_ips(&self, tier: &str, on: bool) {
        let subnet = self.id(&format!("ec2.subnet/{tier}-a"));
        let call = self.cx.ec2.modify_subnet_attribute().subnet_id(subnet).map_public_ip_on_launch(flag(on));
        call.send().await.unwrap();
    }

    /// To an ACL, or to the network's own.
    async fn move_subnet(&self, tier: &str, acl: &str) {
        let subnet = self.id(&format!("ec2.subnet/{tier}-a"));
        let vpc = Filter::builder().name("vpc-id").values(self.id("ec2.vpc/main")).build();
        let pages = self.cx.read.ec2.describe_network_acls().filters(vpc).into_paginator().items().send();
        let acls = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        let to = match acl {
            "" => acls.iter().find(|it| it.is_default() == Some(true)).unwrap().network_acl_id().unwrap(),
            acl => self.id(acl),
        };
        let at = acls.iter().flat_map(NetworkAcl::associations).find(|it| it.subnet_id() == Some(subnet)).unwrap();
        let call = self.cx.ec2.replace_network_acl_association().network_acl_id(to);
        call.association_id(at.network_acl_association_id().unwrap()).send().await.unwrap();
    }

    /// A rule of TCP, which is there already or not.
    async fn entry(&self, there: bool, egress: bool, rule: i32, block: &str, ports: (i32, i32), action: RuleAction) {
        let (acl, ports) =
            (self.id("ec2.network_acl/isolated"), PortRange::builder().from(ports.0).to(ports.1).build());
        let (v4, v6) = if block.contains(':') { (None, Some(block.into())) } else { (Some(block.into()), None) };
        if there {
            let call = self.cx.ec2.replace_network_acl_entry().network_acl_id(acl).egress(egress).rule_number(rule);
            let call = call.protocol("6").port_range(ports).rule_action(action);
            call.set_cidr_block(v4).set_ipv6_cidr_block(v6).send().await.unwrap();
        } else {
            let call = self.cx.ec2.create_network_acl_entry().network_acl_id(acl).egress(egress).rule_number(rule);
            let call = call.protocol("6").port_range(ports).rule_action(action);
            call.set_cidr_block(v4).set_ipv6_cidr_block(v6).send().await.unwrap();
        }
    }

    async fn no_entry(&self, rule: i32) {
        let acl = self.id("ec2.network_acl/isolated");
        let call = self.cx.ec2.delete_network_acl_entry().network_acl_id(acl).egress(false).rule_number(rule);
        call.send().await.unwrap();
    }
}
