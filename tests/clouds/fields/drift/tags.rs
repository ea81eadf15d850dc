//! Tags of everything that can have them.

use aws_sdk_ec2::types::Tag;

use super::{
    super::{
        bench::{Hands, Meddling, drift},
        tags::{NETWORK, everything},
    },
    by,
};

const ALL: &[&str] = everything!("", "");
const ROLE: &str = "shop-default-eu-central-1-flow-logs";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[NETWORK, "tags: { team: web }", "ignore_tags: [kubernetes.io/]"],
    drifts: &[
        drift("another value", everything!("update ", ": tags.team"), by!(it => it.tag("team", "api").await)),
        drift("no such tag", everything!("update ", ": tags.team"), by!(it => it.untag("team").await)),
        drift("a tag more", everything!("update ", ": tags.by hand"), by!(it => it.tag("by hand", "").await)),
        drift("another name", everything!("update ", ": tags.Name"), by!(it => it.tag("Name", "mine").await)),
        drift("a tag of others", &[], by!(it => it.tag("kubernetes.io/role", "elb").await)).stays(),
    ],
};

impl Hands {
    async fn tag(&self, key: &str, value: &str) {
        let tag = Tag::builder().key(key).value(value).build();
        self.cx.ec2.create_tags().set_resources(Some(self.in_ec2())).tags(tag).send().await.unwrap();
        let tag = aws_sdk_iam::types::Tag::builder().key(key).value(value).build().unwrap();
        self.cx.iam.tag_role().role_name(ROLE).tags(tag).send().await.unwrap();
        let call = self.cx.logs.tag_resource().resource_arn(self.log_group().await);
        call.tags(key, value).send().await.unwrap();
    }

    async fn untag(&self, key: &str) {
        let tag = Tag::builder().key(key).build();
        self.cx.ec2.delete_tags().set_resources(Some(self.in_ec2())).tags(tag).send().await.unwrap();
        self.cx.iam.untag_role().role_name(ROLE).tag_keys(key).send().await.unwrap();
        let call = self.cx.logs.untag_resource().resource_arn(self.log_group().await);
        call.tag_keys(key).send().await.unwrap();
    }

    fn in_ec2(&self) -> Vec<String> {
        ALL.iter().filter(|it| it.starts_with("ec2.")).map(|it| self.id(it).to_owned()).collect()
    }

    async fn log_group(&self) -> String {
        let found = self.cx.read.logs.describe_log_groups().send().await.unwrap();
        found.log_groups()[0].arn().unwrap().trim_end_matches(":*").to_owned()
    }
}
