//! Buckets.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, CorsConfiguration, CorsRule, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};
use serde_json::{Value, json};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "buckets: { media: { versioning: true, empty_on_destroy: true } }",
        "buckets: { media: { lifecycle: [{ noncurrent: 30d }], replicate: { region: eu-west-1 } } }",
        "buckets: { plain: {} }",
    ],
    drifts: &[
        drift("no versions", &["update s3.bucket/plain: versioning"], by!(it => it.bucket_versions().await)),
        drift(
            "another encryption",
            &["update s3.bucket/plain: encryption.algorithm, encryption.bucket_key"],
            by!(it => it.bucket_encryption().await),
        ),
        drift("ACLs", &["update s3.bucket/plain: ownership"], by!(it => it.bucket_ownership().await)),
        drift("half a block", &["update s3.bucket/plain: public_access_block"], by!(it => it.bucket_block().await)),
        drift(
            "no block",
            &["update s3.bucket/plain: public_access_block"],
            by!(it => {
                it.cx.s3.delete_public_access_block().bucket(it.bucket("plain").await).send().await.unwrap();
            }),
        ),
        drift("a rule that deletes", &["update s3.bucket/plain: lifecycle"], by!(it => it.bucket_rule("plain").await)),
        drift("another rule", &["update s3.bucket/media: lifecycle"], by!(it => it.bucket_rule("media").await)),
        drift(
            "no rules",
            &["update s3.bucket/media: lifecycle"],
            by!(it => {
                it.cx.s3.delete_bucket_lifecycle().bucket(it.bucket("media").await).send().await.unwrap();
            }),
        ),
        drift("pages of others", &["update s3.bucket/plain: cors"], by!(it => it.bucket_cors().await)),
        drift(
            "a policy that lets more",
            &["update s3.bucket/plain: policy.Statement"],
            by!(it => it.bucket_policy(|it| it.as_array_mut().unwrap().push(json!({
                "Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "s3:GetObject", "Resource": "BUCKET/*",
            }))).await),
        ),
        drift(
            "no policy",
            &["update s3.bucket/plain: policy"],
            by!(it => {
                it.cx.s3.delete_bucket_policy().bucket(it.bucket("plain").await).send().await.unwrap();
            }),
        ),
        drift(
            "no copies",
            &["update s3.bucket/media: replication"],
            by!(it => {
                it.cx.s3.delete_bucket_replication().bucket(it.bucket("media").await).send().await.unwrap();
            }),
        ),
        drift(
            "another word on deletion",
            &["update s3.bucket/plain: on_delete"],
            by!(it => it.bucket_tag("infractl:on-delete", "empty").await),
        ),
        drift("another tag", &["update s3.bucket/plain: tags.team"], by!(it => it.bucket_tag("team", "api").await)),
        drift("one tag more", &["update s3.bucket/plain: tags.more"], by!(it => it.bucket_tag("more", "1").await)),
        drift(
            "no bucket",
            &["create s3.bucket/plain"],
            by!(it => {
                it.cx.s3.delete_bucket().bucket(it.bucket("plain").await).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    /// What is added to a name to make it this account's is not known here.
    async fn bucket(&self, name: &str) -> String {
        let start = format!("shop-default-{name}-");
        let all = self.cx.s3.list_buckets().prefix(&start).send().await.unwrap().buckets.unwrap();
        let names = all.into_iter().filter_map(|it| it.name);
        names.into_iter().find(|it| it.len() == start.len() + 8).unwrap()
    }

    async fn bucket_versions(&self) {
        let wanted = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let call = self.cx.s3.put_bucket_versioning().bucket(self.bucket("plain").await);
        call.versioning_configuration(wanted).send().await.unwrap();
    }

    async fn bucket_encryption(&self) {
        let usual = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms).build();
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(usual.unwrap());
        let all = ServerSideEncryptionConfiguration::builder().rules(rule.build()).build().unwrap();
        let call = self.cx.s3.put_bucket_encryption().bucket(self.bucket("plain").await);
        call.server_side_encryption_configuration(all).send().await.unwrap();
    }

    async fn bucket_ownership(&self) {
        let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::ObjectWriter).build().unwrap();
        let all = OwnershipControls::builder().rules(rule).build().unwrap();
        let call = self.cx.s3.put_bucket_ownership_controls().bucket(self.bucket("plain").await);
        call.ownership_controls(all).send().await.unwrap();
    }

    async fn bucket_block(&self) {
        let block = PublicAccessBlockConfiguration::builder().block_public_acls(true).ignore_public_acls(true).build();
        let call = self.cx.s3.put_public_access_block().bucket(self.bucket("plain").await);
        call.public_access_block_configuration(block).send().await.unwrap();
    }

    async fn bucket_rule(&self, name: &str) {
        let filter = LifecycleRuleFilter::builder().prefix("").build();
        let expiration = LifecycleExpiration::builder().days(1).build();
        let rule = LifecycleRule::builder().status(ExpirationStatus::Enabled).filter(filter).expiration(expiration);
        let all = BucketLifecycleConfiguration::builder().rules(rule.build().unwrap()).build().unwrap();
        let call = self.cx.s3.put_bucket_lifecycle_configuration().bucket(self.bucket(name).await);
        call.lifecycle_configuration(all).send().await.unwrap();
    }

    async fn bucket_cors(&self) {
        let rule = CorsRule::builder().allowed_methods("GET").allowed_origins("*").build().unwrap();
        let all = CorsConfiguration::builder().cors_rules(rule).build().unwrap();
        let call = self.cx.s3.put_bucket_cors().bucket(self.bucket("plain").await);
        call.cors_configuration(all).send().await.unwrap();
    }

    async fn bucket_policy(&self, change: impl FnOnce(&mut Value)) {
        let name = self.bucket("plain").await;
        let policy = self.cx.s3.get_bucket_policy().bucket(&name).send().await.unwrap().policy.unwrap();
        let mut policy: Value = serde_json::from_str(&policy).unwrap();
        change(&mut policy["Statement"]);
        let text = policy.to_string().replace("BUCKET", &format!("arn:aws:s3:::{name}"));
        self.cx.s3.put_bucket_policy().bucket(&name).policy(text).send().await.unwrap();
    }

    async fn bucket_tag(&self, key: &str, value: &str) {
        let name = self.bucket("plain").await;
        let tags = self.cx.s3.get_bucket_tagging().bucket(&name).send().await.unwrap().tag_set;
        let kept = tags.into_iter().filter(|it| it.key() != key);
        let tag = Tag::builder().key(key).value(value).build().unwrap();
        let all = Tagging::builder().set_tag_set(Some(kept.chain([tag]).collect())).build().unwrap();
        self.cx.s3.put_bucket_tagging().bucket(&name).tagging(all).send().await.unwrap();
    }
}
