//! Machines, and the profiles that give them their roles.

use aws_sdk_ec2::types::{
    AttributeBooleanValue, AttributeValue, HttpTokensState, IamInstanceProfileSpecification, Tag,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};
use crate::lab::until;

const ROLE: &str = "shop-default-eu-central-1-main-cache";
const OTHER_ROLE: &str = "shop-default-eu-central-1-other-cache";
const PROFILE: &str = "shop-default-eu-central-1-main-machine";
const OTHER_PROFILE: &str = "shop-default-eu-central-1-other-machine";
const URL: &str = "update secretsmanager.secret/caches.main.url: value.composed.template";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "network: { zones: 1, tiers: [public], nat: none }",
        "caches: { main: { provider: ec2 }, other: { provider: ec2 } }",
    ],
    drifts: &[
        drift(
            "another size",
            &["update ec2.instance/main: instance_type"],
            by!(it => {
                it.stop_machine().await;
                let size = AttributeValue::builder().value("t4g.large").build();
                let call = it.cx.ec2.modify_instance_attribute().instance_id(it.machine()).instance_type(size);
                call.send().await.unwrap();
                it.cx.ec2.start_instances().instance_ids(it.machine()).send().await.unwrap();
                it.machine_is("running").await;
            }),
        ),
        drift("a stop", &["update ec2.instance/main: running"], by!(it => it.stop_machine().await)),
        drift(
            "a stop, and another size",
            &["update ec2.instance/main: instance_type, running"],
            by!(it => {
                it.stop_machine().await;
                let size = AttributeValue::builder().value("t4g.large").build();
                let call = it.cx.ec2.modify_instance_attribute().instance_id(it.machine()).instance_type(size);
                call.send().await.unwrap();
            }),
        ),
        drift(
            "another group around it",
            &["update ec2.instance/main: security_groups"],
            by!(it => {
                let call = it.cx.ec2.modify_instance_attribute().instance_id(it.machine());
                call.groups(it.id("ec2.security_group/caches.other")).send().await.unwrap();
            }),
        ),
        drift(
            "another profile",
            &["update ec2.instance/main: instance_profile"],
            by!(it => {
                let profile = IamInstanceProfileSpecification::builder().name(OTHER_PROFILE).build();
                let old = it.profile_association().await.unwrap();
                let call = it.cx.ec2.replace_iam_instance_profile_association().association_id(old);
                call.iam_instance_profile(profile).send().await.unwrap();
            }),
        ),
        drift(
            "no profile",
            &["update ec2.instance/main: instance_profile"],
            by!(it => {
                let old = it.profile_association().await.unwrap();
                it.cx.ec2.disassociate_iam_instance_profile().association_id(old).send().await.unwrap();
            }),
        ),
        drift(
            "secrets for everyone on it",
            &["update ec2.instance/main: metadata_tokens, metadata_hops"],
            by!(it => {
                let call = it.cx.ec2.modify_instance_metadata_options().instance_id(it.machine());
                let call = call.http_tokens(HttpTokensState::Optional).http_put_response_hop_limit(2);
                call.send().await.unwrap();
            }),
        ),
        drift(
            "metrics of each minute",
            &["update ec2.instance/main: monitoring"],
            by!(it => {
                it.cx.ec2.monitor_instances().instance_ids(it.machine()).send().await.unwrap();
            }),
        ),
        drift("protection", &["update ec2.instance/main: deletion_protection"], by!(it => it.protect_machine().await)),
        drift(
            "a tag",
            &["update ec2.instance/main: tags.old"],
            by!(it => {
                let tag = Tag::builder().key("old").value("1").build();
                it.cx.ec2.create_tags().resources(it.machine()).tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "no machine",
            &["create ec2.instance/main", URL],
            by!(it => {
                it.cx.ec2.terminate_instances().instance_ids(it.machine()).send().await.unwrap();
                it.machine_is("terminated").await;
            }),
        ),
        drift("no role", &["update iam.instance_profile/caches.main: role"], by!(it => it.take_role().await)),
        drift(
            "another role",
            &["update iam.instance_profile/caches.main: role"],
            by!(it => {
                it.take_role().await;
                let call = it.cx.iam.add_role_to_instance_profile().instance_profile_name(PROFILE).role_name(OTHER_ROLE);
                call.send().await.unwrap();
            }),
        ),
        drift(
            "a tag on the profile",
            &["update iam.instance_profile/caches.main: tags.old"],
            by!(it => {
                let tag = aws_sdk_iam::types::Tag::builder().key("old").value("1").build().unwrap();
                it.cx.iam.tag_instance_profile().instance_profile_name(PROFILE).tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "no profile at all",
            &["create iam.instance_profile/caches.main"],
            by!(it => {
                it.take_role().await;
                it.cx.iam.delete_instance_profile().instance_profile_name(PROFILE).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    fn machine(&self) -> &str {
        self.id("ec2.instance/main")
    }

    async fn machine_is(&self, state: &str) {
        until(&format!("the machine to be {state}"), async || {
            let found = self.cx.read.ec2.describe_instances().instance_ids(self.machine()).send().await.unwrap();
            let machine = &found.reservations()[0].instances()[0];
            (machine.state().unwrap().name().unwrap().as_str() == state).then_some(())
        })
        .await;
    }

    async fn stop_machine(&self) {
        self.cx.ec2.stop_instances().instance_ids(self.machine()).send().await.unwrap();
        self.machine_is("stopped").await;
    }

    async fn protect_machine(&self) {
        let on = AttributeBooleanValue::builder().value(true).build();
        let call = self.cx.ec2.modify_instance_attribute().instance_id(self.machine()).disable_api_termination(on);
        call.send().await.unwrap();
    }

    async fn profile_association(&self) -> Option<String> {
        let found = self.cx.read.ec2.describe_iam_instance_profile_associations().send().await.unwrap();
        let all = found.iam_instance_profile_associations.unwrap_or_default();
        all.into_iter().find(|it| it.instance_id() == Some(self.machine()))?.association_id
    }

    async fn take_role(&self) {
        let call = self.cx.iam.remove_role_from_instance_profile().instance_profile_name(PROFILE).role_name(ROLE);
        call.send().await.unwrap();
    }
}
