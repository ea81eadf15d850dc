//! Endpoints.

use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder;

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;
const GATEWAY: &str = "ec2.vpc_endpoint/s3";
const INTERFACE: &str = "ec2.vpc_endpoint/logs";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["network:
  zones: 2
  tiers: [private, isolated]
  nat: none
  endpoints: [s3, logs]
  security_groups: { app: {} }"],
    drifts: &[
        drift(
            "a policy",
            &["update ec2.vpc_endpoint/s3: policy.Version, policy.Statement"],
            by!(it => {
                it.modify(GATEWAY).policy_document(NOTHING).send().await.unwrap();
            }),
        ),
        drift(
            "a policy of an interface",
            &["update ec2.vpc_endpoint/logs: policy.Version, policy.Statement"],
            by!(it => {
                it.modify(INTERFACE).policy_document(NOTHING).send().await.unwrap();
            }),
        ),
        drift(
            "a table less",
            &["update ec2.vpc_endpoint/s3: route_tables"],
            by!(it => {
                it.modify(GATEWAY).remove_route_table_ids(it.id("ec2.route_table/isolated")).send().await.unwrap();
            }),
        ),
        drift(
            "no private name",
            &["update ec2.vpc_endpoint/logs: private_dns"],
            by!(it => {
                it.modify(INTERFACE).private_dns_enabled(false).send().await.unwrap();
            }),
        ),
        drift(
            "a subnet less",
            &["update ec2.vpc_endpoint/logs: subnets"],
            by!(it => {
                it.modify(INTERFACE).remove_subnet_ids(it.id("ec2.subnet/private-b")).send().await.unwrap();
            }),
        ),
        drift(
            "another subnet",
            &["update ec2.vpc_endpoint/logs: subnets"],
            by!(it => {
                let call = it.modify(INTERFACE).remove_subnet_ids(it.id("ec2.subnet/private-a"));
                call.add_subnet_ids(it.id("ec2.subnet/isolated-a")).send().await.unwrap();
            }),
        ),
        drift(
            "a group more",
            &["update ec2.vpc_endpoint/logs: security_groups"],
            by!(it => {
                it.modify(INTERFACE).add_security_group_ids(it.id("ec2.security_group/app")).send().await.unwrap();
            }),
        ),
        drift(
            "another group",
            &["update ec2.vpc_endpoint/logs: security_groups"],
            by!(it => {
                let call = it.modify(INTERFACE).add_security_group_ids(it.id("ec2.security_group/app"));
                call.remove_security_group_ids(it.id("ec2.security_group/endpoints.interface")).send().await.unwrap();
            }),
        ),
        drift(
            "all at once",
            &["update ec2.vpc_endpoint/logs: policy.Version, policy.Statement, subnets, security_groups, private_dns"],
            by!(it => {
                let call = it.modify(INTERFACE).policy_document(NOTHING).private_dns_enabled(false);
                let call = call.remove_subnet_ids(it.id("ec2.subnet/private-b"));
                call.add_security_group_ids(it.id("ec2.security_group/app")).send().await.unwrap();
            }),
        ),
        drift(
            "no endpoints",
            &["create ec2.vpc_endpoint/logs", "create ec2.vpc_endpoint/s3"],
            by!(it => {
                let call = it.cx.ec2.delete_vpc_endpoints().vpc_endpoint_ids(it.id(GATEWAY));
                call.vpc_endpoint_ids(it.id(INTERFACE)).send().await.unwrap();
            }),
        ),
        drift(
            "a table that is gone, and its route with it",
            &["create ec2.route_table/isolated", "update ec2.vpc_endpoint/s3: route_tables"],
            by!(it => {
                let table = it.id("ec2.route_table/isolated");
                let found = it.cx.read.ec2.describe_route_tables().route_table_ids(table).send().await.unwrap();
                for association in found.route_tables()[0].associations() {
                    let call = it.cx.ec2.disassociate_route_table();
                    call.set_association_id(association.route_table_association_id.clone()).send().await.unwrap();
                }
                it.modify(GATEWAY).remove_route_table_ids(table).send().await.unwrap();
                it.cx.ec2.delete_route_table().route_table_id(table).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    fn modify(&self, endpoint: &str) -> ModifyVpcEndpointFluentBuilder {
        self.cx.ec2.modify_vpc_endpoint().vpc_endpoint_id(self.id(endpoint))
    }
}
