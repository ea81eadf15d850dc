//! Keys, registries and secrets.

use infractl::api::ReadCx;
use serde_json::Value;

use super::{Looking, policy};

/// The account's number in an ARN.
fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap()
}

/// A tag that is a setting.
fn on_delete(tags: &[(String, String)]) -> String {
    tags.iter().find(|it| it.0 == "infractl:on-delete").map(|it| it.1.clone()).unwrap_or_default()
}

impl Looking {
    /// One that is scheduled for deletion is as good as gone.
    pub(super) async fn keys(&mut self, cx: &ReadCx) {
        for it in all!(cx.kms.list_keys()) {
            let id = it.key_id().unwrap();
            // It may go while we look.
            let Ok(found) = cx.kms.describe_key().key_id(id).send().await else { continue };
            let key = found.key_metadata.unwrap();
            let state = key.key_state().unwrap().as_str();
            if state == "PendingDeletion" {
                continue;
            }
            let tags = all!(cx.kms.list_resource_tags().key_id(id));
            let tags: Vec<_> = tags.into_iter().map(|it| (it.tag_key, it.tag_value)).collect();
            let aliases = all!(cx.kms.list_aliases().key_id(id));
            let aliases: Vec<_> = aliases.into_iter().filter_map(|it| it.alias_name).collect();
            let rules = cx.kms.get_key_policy().key_id(id).send().await.unwrap();
            let rotation = cx.kms.get_key_rotation_status().key_id(id).send().await.unwrap();
            let facts = vec![
                ("aliases", aliases.join(" ")),
                ("description", key.description().unwrap().to_owned()),
                ("policy", policy(rules.policy().unwrap())),
                ("rotates", rotation.key_rotation_enabled().to_string()),
                ("state", state.to_owned()),
                ("on_delete", on_delete(&tags)),
            ];
            self.names.insert(account(key.arn().unwrap()).to_owned(), "this account".to_owned());
            self.see(key.arn(), &tags, facts);
        }
    }

    pub(super) async fn registries(&mut self, cx: &ReadCx) {
        for it in all!(cx.ecr.describe_repositories()) {
            let (name, arn) = (it.repository_name().unwrap(), it.repository_arn().unwrap());
            let Ok(tags) = cx.ecr.list_tags_for_resource().resource_arn(arn).send().await else { continue };
            let tags: Vec<_> = tags.tags().iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect();
            let rules = cx.ecr.get_repository_policy().repository_name(name).send().await;
            let lifecycle = cx.ecr.get_lifecycle_policy().repository_name(name).send().await;
            let encryption = it.encryption_configuration().unwrap();
            let facts = vec![
                ("name", name.to_owned()),
                ("tags", it.image_tag_mutability().unwrap().as_str().to_owned()),
                ("scan", it.image_scanning_configuration().unwrap().scan_on_push().to_string()),
                ("key", encryption.kms_key().unwrap_or(encryption.encryption_type().as_str()).to_owned()),
                ("policy", rules.map(|it| policy(it.policy_text().unwrap())).unwrap_or_default()),
                ("expire", lifecycle.map(|it| expire(it.lifecycle_policy_text().unwrap())).unwrap_or_default()),
                ("on_delete", on_delete(&tags)),
            ];
            self.see(Some(arn), &tags, facts);
            self.made(&tags, it.created_at().map(|it| it.as_nanos()));
        }
    }

    pub(super) async fn secrets(&mut self, cx: &ReadCx) {
        let pages = cx.secrets.list_secrets().into_paginator().send().collect::<Result<Vec<_>, _>>().await.unwrap();
        for it in pages.into_iter().flat_map(|it| it.secret_list.unwrap_or_default()) {
            let tags: Vec<_> =
                it.tags().iter().map(|it| (it.key().unwrap().into(), it.value().unwrap().into())).collect();
            let facts = vec![
                ("name", it.name().unwrap().to_owned()),
                ("description", described(it.description().unwrap_or_default())),
                ("key", it.kms_key_id().unwrap_or("default").to_owned()),
                ("on_delete", on_delete(&tags)),
                ("value", it.secret_versions_to_stages().map(|_| "set".to_owned()).unwrap_or_default()),
            ];
            self.see(it.arn(), &tags, facts);
        }
    }
}

/// Without the versions that it tells of, which are others each time.
fn described(text: &str) -> String {
    let Some((about, recipe)) = text.split_once("infractl puts it together: ") else { return text.to_owned() };
    let recipe: Value = serde_json::from_str(recipe).unwrap();
    let from = recipe["secret"].as_str().or(recipe["upstash"].as_str()).unwrap();
    format!("{about}as {} with {from}", recipe["template"].as_str().unwrap())
}

/// The rules of a lifecycle policy in one line.
fn expire(text: &str) -> String {
    let policy: Value = serde_json::from_str(text).unwrap();
    let rule = |it: &Value| {
        let of = &it["selection"];
        format!("{} {} {}", of["tagStatus"].as_str().unwrap(), of["countType"].as_str().unwrap(), of["countNumber"])
    };
    policy["rules"].as_array().unwrap().iter().map(rule).collect::<Vec<_>>().join("; ")
}
