//! Buckets, wherever they are.

use aws_sdk_s3::{
    Client,
    config::Region,
    types::{BucketVersioningStatus, LifecycleRule, Tag},
};
use infractl::api::ReadCx;

use serde_json::Value;

use super::{Looking, statement};

impl Looking {
    pub(super) async fn buckets(&mut self, cx: &ReadCx) {
        let all = cx.s3.list_buckets().max_buckets(1000).send().await.unwrap();
        for it in all.buckets() {
            let (name, region) = (it.name().unwrap(), it.bucket_region().unwrap().to_owned());
            let config = cx.s3.config().to_builder().region(Region::new(region.clone()));
            let s3 = Client::from_conf(config.build());
            // It may go while we look.
            let Ok(tags) = s3.get_bucket_tagging().bucket(name).send().await else { continue };
            let pair = |it: &Tag| (it.key().to_owned(), it.value().to_owned());
            let tags: Vec<_> = tags.tag_set().iter().map(pair).collect();
            let on_delete = tags.iter().find(|it| it.0 == "infractl:on-delete");
            let mut facts = settings(&s3, name).await;
            facts.push(("name", without_digest(name).to_owned()));
            facts.push(("region", region));
            facts.push(("on_delete", on_delete.map(|it| it.1.clone()).unwrap_or_default()));
            self.see(Some(name), &tags, facts);
            let policy = s3.get_bucket_policy().bucket(name).send().await.ok().and_then(|it| it.policy);
            let policy: Value = serde_json::from_str(&policy.unwrap_or("{}".into())).unwrap();
            for it in policy["Statement"].as_array().into_iter().flatten() {
                self.add(Some(name), &statement(it).replace("arn:aws:s3:::", ""), "yes");
            }
            self.made(&tags, it.creation_date().map(|it| it.as_nanos()));
        }
    }
}

/// Without what makes it this account's.
fn without_digest(name: &str) -> &str {
    let own = |it: &(&str, &str)| it.1.len() == 8 && it.1.bytes().all(|it| it.is_ascii_hexdigit());
    name.rsplit_once('-').filter(own).or(name.split_once("-of-")).map_or(name, |it| it.0)
}

async fn settings(s3: &Client, name: &str) -> Vec<(&'static str, String)> {
    let versions = s3.get_bucket_versioning().bucket(name).send().await.ok().and_then(|it| it.status);
    // A bucket that kept versions once cannot be as one that never did.
    let versions = versions.filter(|it| *it == BucketVersioningStatus::Enabled);
    let encryption = s3.get_bucket_encryption().bucket(name).send().await.ok();
    let encryption = encryption.and_then(|it| it.server_side_encryption_configuration).and_then(|it| {
        let rule = it.rules().first()?;
        let usual = rule.apply_server_side_encryption_by_default()?;
        let bucket_key = if rule.bucket_key_enabled() == Some(true) { " at once" } else { "" };
        Some(format!("{} {}{bucket_key}", usual.sse_algorithm(), usual.kms_master_key_id().unwrap_or_default()))
    });
    let owner = s3.get_bucket_ownership_controls().bucket(name).send().await.ok();
    let owner = owner.and_then(|it| Some(it.ownership_controls()?.rules().first()?.object_ownership().to_string()));
    let block = s3.get_public_access_block().bucket(name).send().await.ok();
    let block = block.and_then(|it| it.public_access_block_configuration).map(|it| {
        let all = [
            ("new ACLs", it.block_public_acls()),
            ("ACLs", it.ignore_public_acls()),
            ("new policies", it.block_public_policy()),
            ("policies", it.restrict_public_buckets()),
        ];
        all.into_iter().filter(|it| it.1 == Some(true)).map(|it| it.0).collect::<Vec<_>>().join("; ")
    });
    let lifecycle = s3.get_bucket_lifecycle_configuration().bucket(name).send().await.ok();
    let mut lifecycle: Vec<_> = lifecycle.iter().flat_map(|it| it.rules()).map(rule).collect();
    lifecycle.sort();
    vec![
        ("versions", versions.map(|it| it.to_string()).unwrap_or_default()),
        ("encryption", encryption.unwrap_or_default().trim().to_owned()),
        ("owner", owner.unwrap_or_default()),
        ("blocked", block.unwrap_or_default()),
        ("lifecycle", lifecycle.join("; ")),
        ("cors", cors(s3, name).await),
        ("copies", copies(s3, name).await),
    ]
}

fn rule(it: &LifecycleRule) -> String {
    let filter = it.filter();
    let both = filter.and_then(|it| it.and());
    let prefix = filter.and_then(|it| it.prefix()).or(both.and_then(|it| it.prefix())).unwrap_or_default();
    let tags = filter.and_then(|it| it.tag()).into_iter().chain(both.iter().flat_map(|it| it.tags()));
    let mut words = vec![format!("{prefix}*")];
    words.extend(tags.map(|it| format!("{}={}", it.key(), it.value())));
    words
        .extend(it.transitions().iter().map(|it| format!("{} to {}", it.days().unwrap(), it.storage_class().unwrap())));
    let expire = it.expiration().and_then(|it| it.days());
    words.extend(expire.map(|it| format!("expire {it}")));
    let old = it.noncurrent_version_expiration().and_then(|it| it.noncurrent_days());
    words.extend(old.map(|it| format!("old {it}")));
    let uploads = it.abort_incomplete_multipart_upload().and_then(|it| it.days_after_initiation());
    words.extend(uploads.map(|it| format!("uploads {it}")));
    words.join(" ")
}

async fn cors(s3: &Client, name: &str) -> String {
    let all = s3.get_bucket_cors().bucket(name).send().await.ok();
    let rules = all.iter().flat_map(|it| it.cors_rules()).map(|it| {
        let lists = [it.allowed_origins(), it.allowed_methods(), it.allowed_headers(), it.expose_headers()];
        let lists: Vec<_> = lists.iter().map(|it| it.join("+")).collect();
        let age = it.max_age_seconds().map(|it| format!(" {it}s")).unwrap_or_default();
        format!("{}{age}", lists.join(" ").trim())
    });
    rules.collect::<Vec<_>>().join("; ")
}

async fn copies(s3: &Client, name: &str) -> String {
    let all = s3.get_bucket_replication().bucket(name).send().await.ok();
    let Some(all) = all.and_then(|it| it.replication_configuration) else { return String::new() };
    let rules = all.rules().iter().map(|it| {
        let (to, prefix) = (it.destination().unwrap(), it.filter().and_then(|it| it.prefix()).unwrap_or_default());
        let class = to.storage_class().map(|it| format!(" as {it}")).unwrap_or_default();
        format!("{prefix}* to {}{class}", to.bucket().replace("arn:aws:s3:::", ""))
    });
    format!("{} by {}", rules.collect::<Vec<_>>().join("; "), all.role())
}
