//! Keys, registries and secrets.

use aws_sdk_ecr::types::{ImageScanningConfiguration, ImageTagMutability, Tag as EcrTag};
use aws_sdk_kms::types::Tag as KmsTag;
use aws_sdk_secretsmanager::types::Tag as SecretTag;

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const KEY: &str = "kms.key/main";
const ALIAS: &str = "alias/shop-default-main";
const REPOSITORY: &str = "shop-default/api";
const SECRET: &str = "/infractl/shop/default/stripe";
const EXPIRE: &str = r#"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",
    "countNumber":1},"action":{"type":"expire"}}]}"#;
const EVERYBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]}"#;

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "keys: { main: {} }",
        "registries: { api: { keep: 20, pull: ['210987654321'], empty_on_destroy: true } }",
        "secrets: { stripe: { key: '${keys.main}', recovery: 7d } }",
    ],
    drifts: &[
        drift("no alias", &["update kms.key/main: aliased"], by!(it => it.no_alias().await)),
        drift(
            "another alias",
            &[],
            by!(it => {
                let call = it.cx.kms.create_alias().alias_name("alias/shop-default-other");
                call.target_key_id(it.key()).send().await.unwrap();
            }),
        )
        .stays(),
        drift("only another alias", &["update kms.key/main: aliased"], by!(it => it.no_alias().await)),
        drift(
            "no other alias",
            &[],
            by!(it => {
                it.cx.kms.delete_alias().alias_name("alias/shop-default-other").send().await.unwrap();
            }),
        )
        .stays(),
        drift(
            "another description",
            &["update kms.key/main: description"],
            by!(it => {
                it.cx.kms.update_key_description().key_id(it.key()).description("mine").send().await.unwrap();
            }),
        ),
        drift("another policy", &["update kms.key/main: policy.Statement"], by!(it => it.policy().await)),
        drift(
            "no rotation",
            &["update kms.key/main: rotation"],
            by!(it => {
                it.cx.kms.disable_key_rotation().key_id(it.key()).send().await.unwrap();
            }),
        ),
        drift(
            "a disabled key",
            &["update kms.key/main: enabled"],
            by!(it => {
                it.cx.kms.disable_key().key_id(it.key()).send().await.unwrap();
            }),
        ),
        drift(
            "a key that is going",
            &["update kms.key/main: enabled, pending_deletion"],
            by!(it => {
                it.cx.kms.schedule_key_deletion().key_id(it.key()).pending_window_in_days(7).send().await.unwrap();
            }),
        ),
        drift(
            "another window",
            &["update kms.key/main: window_days"],
            by!(it => it.tag_key("infractl:on-delete", "8").await),
        ),
        drift("a key's tag", &["update kms.key/main: tags.team"], by!(it => it.tag_key("team", "api").await)),
        drift(
            "mutable tags",
            &["update ecr.repository/api: tag_mutability"],
            by!(it => {
                let call = it.cx.ecr.put_image_tag_mutability().repository_name(REPOSITORY);
                call.image_tag_mutability(ImageTagMutability::Immutable).send().await.unwrap();
            }),
        ),
        drift(
            "no scan",
            &["update ecr.repository/api: scan_on_push"],
            by!(it => {
                let no = ImageScanningConfiguration::builder().scan_on_push(false).build();
                let call = it.cx.ecr.put_image_scanning_configuration().repository_name(REPOSITORY);
                call.image_scanning_configuration(no).send().await.unwrap();
            }),
        ),
        drift(
            "other images expire",
            &["update ecr.repository/api: lifecycle"],
            by!(it => {
                let call = it.cx.ecr.put_lifecycle_policy().repository_name(REPOSITORY);
                call.lifecycle_policy_text(EXPIRE).send().await.unwrap();
            }),
        ),
        drift(
            "no images expire",
            &["update ecr.repository/api: lifecycle"],
            by!(it => {
                it.cx.ecr.delete_lifecycle_policy().repository_name(REPOSITORY).send().await.unwrap();
            }),
        ),
        drift(
            "everybody may do everything",
            &["update ecr.repository/api: policy.Statement"],
            by!(it => {
                let call = it.cx.ecr.set_repository_policy().repository_name(REPOSITORY);
                call.policy_text(EVERYBODY).send().await.unwrap();
            }),
        ),
        drift(
            "nobody may do anything",
            &["update ecr.repository/api: policy"],
            by!(it => {
                it.cx.ecr.delete_repository_policy().repository_name(REPOSITORY).send().await.unwrap();
            }),
        ),
        drift(
            "a repository that is not to be emptied",
            &["update ecr.repository/api: empty_on_delete"],
            by!(it => it.tag_repository("infractl:on-delete", "keep").await),
        ),
        drift(
            "a repository's tag",
            &["update ecr.repository/api: tags.team"],
            by!(it => it.tag_repository("team", "api").await),
        ),
        drift(
            "no repository",
            &["create ecr.repository/api"],
            by!(it => {
                it.cx.ecr.delete_repository().repository_name(REPOSITORY).send().await.unwrap();
            }),
        ),
        drift(
            "another description of a secret",
            &["update secretsmanager.secret/stripe: description"],
            by!(it => {
                it.cx.secrets.update_secret().secret_id(SECRET).description("mine").send().await.unwrap();
            }),
        ),
        drift(
            "another key",
            &["update secretsmanager.secret/stripe: kms_key"],
            by!(it => {
                it.cx.secrets.update_secret().secret_id(SECRET).kms_key_id("alias/aws/secretsmanager").send().await.unwrap();
            }),
        ),
        drift(
            "another recovery window",
            &["update secretsmanager.secret/stripe: recovery_days"],
            by!(it => it.tag_secret("infractl:on-delete", "30").await),
        ),
        drift(
            "a secret's tag",
            &["update secretsmanager.secret/stripe: tags.team"],
            by!(it => it.tag_secret("team", "api").await),
        ),
        drift(
            "a secret that is going",
            &["update secretsmanager.secret/stripe: pending_deletion"],
            by!(it => {
                it.cx.secrets.delete_secret().secret_id(SECRET).recovery_window_in_days(7).send().await.unwrap();
            }),
        ),
        drift(
            "no secret",
            &["create secretsmanager.secret/stripe"],
            by!(it => {
                it.cx.secrets.delete_secret().secret_id(SECRET).force_delete_without_recovery(true).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    fn key(&self) -> &str {
        self.id(KEY)
    }

    async fn no_alias(&self) {
        self.cx.kms.delete_alias().alias_name(ALIAS).send().await.unwrap();
    }

    /// Only the account may use the key.
    async fn policy(&self) {
        let account = self.key().split(':').nth(4).unwrap();
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"kms:*",
            "Resource":"*"}}]}}"#
        );
        self.cx.kms.put_key_policy().key_id(self.key()).policy(text).send().await.unwrap();
    }

    async fn tag_key(&self, key: &str, value: &str) {
        let tag = KmsTag::builder().tag_key(key).tag_value(value).build().unwrap();
        self.cx.kms.tag_resource().key_id(self.key()).tags(tag).send().await.unwrap();
    }

    async fn tag_repository(&self, key: &str, value: &str) {
        let account = self.key().split(':').nth(4).unwrap();
        let arn = format!("arn:aws:ecr:eu-central-1:{account}:repository/{REPOSITORY}");
        let tag = EcrTag::builder().key(key).value(value).build().unwrap();
        self.cx.ecr.tag_resource().resource_arn(arn).tags(tag).send().await.unwrap();
    }

    async fn tag_secret(&self, key: &str, value: &str) {
        let tag = SecretTag::builder().key(key).value(value).build();
        self.cx.secrets.tag_resource().secret_id(SECRET).tags(tag).send().await.unwrap();
    }
}
