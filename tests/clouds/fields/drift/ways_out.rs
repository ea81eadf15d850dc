//! Routes and what they lead to.

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const PRIVATE: &str = "ec2.route_table/private-a";
const PUBLIC: &str = "ec2.route_table/public";
const NAT: &str = "ec2.nat_gateway/nat-a";
const GATEWAY: &str = "ec2.internet_gateway/main";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["network: { zones: 1, tiers: [public, private], nat: single }"],
    drifts: &[
        drift(
            "a route less",
            &["update ec2.route_table/public: routes"],
            by!(it => it.no_route(PUBLIC, "0.0.0.0/0").await),
        ),
        drift(
            "a route to elsewhere",
            &["update ec2.route_table/private-a: routes"],
            by!(it => {
                let call = it.cx.ec2.replace_route().route_table_id(it.id(PRIVATE)).destination_cidr_block("0.0.0.0/0");
                call.gateway_id(it.id(GATEWAY)).send().await.unwrap();
            }),
        ),
        drift(
            "a route more",
            &["update ec2.route_table/private-a: routes"],
            by!(it => {
                let call = it.cx.ec2.create_route().route_table_id(it.id(PRIVATE));
                call.destination_cidr_block("10.99.0.0/16").nat_gateway_id(it.id(NAT)).send().await.unwrap();
            }),
        ),
        drift(
            "a route more for IPv6",
            &["update ec2.route_table/public: routes"],
            by!(it => {
                let call = it.cx.ec2.create_route().route_table_id(it.id(PUBLIC)).destination_ipv6_cidr_block("::/0");
                call.gateway_id(it.id(GATEWAY)).send().await.unwrap();
            }),
        ),
        drift(
            "a subnet with no table of its own",
            &["update ec2.route_table/public: subnets"],
            by!(it => {
                let association = it.association(PUBLIC).await;
                it.cx.ec2.disassociate_route_table().association_id(association).send().await.unwrap();
            }),
        ),
        drift(
            "a subnet with another's table",
            &["update ec2.route_table/private-a: subnets", "update ec2.route_table/public: subnets"],
            by!(it => {
                let association = it.association(PRIVATE).await;
                let call = it.cx.ec2.replace_route_table_association().association_id(association);
                call.route_table_id(it.id(PUBLIC)).send().await.unwrap();
            }),
        ),
        drift(
            "no table",
            &["create ec2.route_table/private-a"],
            by!(it => {
                let association = it.association(PRIVATE).await;
                it.cx.ec2.disassociate_route_table().association_id(association).send().await.unwrap();
                it.cx.ec2.delete_route_table().route_table_id(it.id(PRIVATE)).send().await.unwrap();
            }),
        ),
        drift(
            "no NAT gateway",
            &["create ec2.nat_gateway/nat-a", "update ec2.route_table/private-a: routes"],
            by!(it => it.no_nat().await),
        ),
        drift(
            "no NAT gateway and no address",
            &["create ec2.eip/nat-a", "create ec2.nat_gateway/nat-a", "update ec2.route_table/private-a: routes"],
            by!(it => {
                it.no_nat().await;
                it.cx.ec2.release_address().allocation_id(it.id("ec2.eip/nat-a")).send().await.unwrap();
            }),
        ),
        drift(
            "a gateway that is detached",
            &[
                "create ec2.nat_gateway/nat-a",
                "update ec2.internet_gateway/main: vpc",
                "update ec2.route_table/private-a: routes",
                "update ec2.route_table/public: routes",
            ],
            by!(it => {
                it.no_nat().await;
                it.detach().await;
            }),
        ),
        drift(
            "no gateway",
            &[
                "create ec2.internet_gateway/main",
                "create ec2.nat_gateway/nat-a",
                "update ec2.route_table/private-a: routes",
                "update ec2.route_table/public: routes",
            ],
            by!(it => {
                it.no_nat().await;
                it.detach().await;
                it.cx.ec2.delete_internet_gateway().internet_gateway_id(it.id(GATEWAY)).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    async fn no_route(&self, table: &str, to: &str) {
        let call = self.cx.ec2.delete_route().route_table_id(self.id(table)).destination_cidr_block(to);
        call.send().await.unwrap();
    }

    async fn association(&self, table: &str) -> String {
        let call = self.cx.read.ec2.describe_route_tables().route_table_ids(self.id(table));
        let found = call.send().await.unwrap();
        found.route_tables()[0].associations()[0].route_table_association_id().unwrap().to_owned()
    }

    /// Deleted, and waited for.
    async fn no_nat(&self) {
        let id = self.id(NAT);
        self.cx.ec2.delete_nat_gateway().nat_gateway_id(id).send().await.unwrap();
        crate::lab::until("the NAT gateway to be gone", async || {
            let found = self.cx.read.ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
            (found.nat_gateways()[0].state().unwrap().as_str() == "deleted").then_some(())
        })
        .await;
    }

    async fn detach(&self) {
        let call = self.cx.ec2.detach_internet_gateway().internet_gateway_id(self.id(GATEWAY));
        call.vpc_id(self.id("ec2.vpc/main")).send().await.unwrap();
    }
}
