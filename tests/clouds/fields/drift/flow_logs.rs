//! Flow logs, and what they are written with.

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const GROUP: &str = "/infractl/shop/default/flow-logs";
const ROLE: &str = "shop-default-eu-central-1-flow-logs";
const EVERYBODY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

pub(super) const MEDDLING: Meddling = Meddling {
    base: &["network: { zones: 1, tiers: [isolated], flow_logs: 30d }"],
    drifts: &[
        drift(
            "another retention",
            &["update logs.log_group/flow-logs: retention_days"],
            by!(it => {
                it.cx.logs.put_retention_policy().log_group_name(GROUP).retention_in_days(1).send().await.unwrap();
            }),
        ),
        drift(
            "no retention",
            &["update logs.log_group/flow-logs: retention_days"],
            by!(it => {
                it.cx.logs.delete_retention_policy().log_group_name(GROUP).send().await.unwrap();
            }),
        ),
        drift(
            "a role for everybody",
            &["update iam.role/flow-logs: trust.Statement"],
            by!(it => {
                it.cx.iam.update_assume_role_policy().role_name(ROLE).policy_document(EVERYBODY).send().await.unwrap();
            }),
        ),
        drift(
            "a role for everything",
            &["update iam.role/flow-logs: policy.Statement"],
            by!(it => {
                let call = it.cx.iam.put_role_policy().role_name(ROLE).policy_name("infractl");
                call.policy_document(EVERYTHING).send().await.unwrap();
            }),
        ),
        drift("a role for nothing", &["update iam.role/flow-logs: policy"], by!(it => it.no_policy().await)),
        drift(
            "another description",
            &["update iam.role/flow-logs: description"],
            by!(it => {
                it.cx.iam.update_role_description().role_name(ROLE).description("old").send().await.unwrap();
            }),
        ),
        drift(
            "no role",
            &["create iam.role/flow-logs"],
            by!(it => {
                it.no_policy().await;
                it.cx.iam.delete_role().role_name(ROLE).send().await.unwrap();
            }),
        ),
        drift(
            "no flow log",
            &["create ec2.flow_log/flow-logs"],
            by!(it => {
                it.cx.ec2.delete_flow_logs().flow_log_ids(it.id("ec2.flow_log/flow-logs")).send().await.unwrap();
            }),
        ),
        drift(
            "no log group",
            &["create logs.log_group/flow-logs"],
            by!(it => {
                it.cx.logs.delete_log_group().log_group_name(GROUP).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    async fn no_policy(&self) {
        self.cx.iam.delete_role_policy().role_name(ROLE).policy_name("infractl").send().await.unwrap();
    }
}
