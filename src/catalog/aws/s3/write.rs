//! Changes to a bucket, one after the other: S3 refuses two at once.

use std::collections::BTreeSet;

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, CorsConfiguration, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};

use super::{
    At,
    bucket::Bucket,
    cors::{self, CorsRule},
    lifecycle_rule::{self, LifecycleRule},
    on, read,
    replication::{self, Replication},
    settings::{Encryption, OnDelete, PublicAccess},
    tagging, unsent,
};
use crate::{
    api::{During, Result},
    catalog::lifecycle::{Changed, TagChanges},
    fields,
    resource::{tags::ON_DELETE, text::policy::PolicyDocument},
};

/// Sets what changed. A public policy is refused unless the block is lifted before it, replication needs versions that are
/// kept, and they cannot stop being kept while there is replication.
pub(super) async fn settings(reader: &At, at: &At, want: &Bucket, changed: &Changed) -> Result<()> {
    if changed.any(fields!(Bucket: replication)) && want.replication.is_none() {
        on!(at, delete_bucket_replication).send().await.during("s3:DeleteBucketReplication")?;
    }
    if changed.any(fields!(Bucket: ownership)) {
        ownership(at, &want.ownership).await?;
    }
    if changed.any(fields!(Bucket: public_access_block)) {
        public_access_block(at, &want.public_access_block).await?;
    }
    if changed.any(fields!(Bucket: encryption)) {
        encryption(reader, at, &want.encryption).await?;
    }
    if changed.any(fields!(Bucket: versioning)) {
        versioning(at, want.versioning).await?;
    }
    if changed.any(fields!(Bucket: lifecycle)) {
        lifecycle(at, &want.lifecycle).await?;
    }
    if changed.any(fields!(Bucket: policy)) {
        policy(at, want.policy.as_ref()).await?;
    }
    if changed.any(fields!(Bucket: cors)) {
        cors(at, &want.cors).await?;
    }
    if let Some(wanted) = want.replication.as_ref().filter(|_| changed.any(fields!(Bucket: replication))) {
        replication(at, wanted).await?;
    }
    if changed.any(fields!(Bucket: on_delete)) {
        tagging::change(reader, at, &on_delete(want.on_delete)).await?;
    }
    Ok(())
}

fn on_delete(wanted: OnDelete) -> TagChanges {
    let key = ON_DELETE.to_owned();
    match wanted.tag() {
        Some(value) => TagChanges { set: [(key, value.to_owned())].into(), unset: Vec::new() },
        None => TagChanges { set: [].into(), unset: vec![key] },
    }
}

async fn ownership(at: &At, wanted: &str) -> Result<()> {
    const CALL: &str = "s3:PutBucketOwnershipControls";
    let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::from(wanted)).build();
    let rule = rule.map_err(|it| unsent(CALL, &it))?;
    let controls = OwnershipControls::builder().rules(rule).build().map_err(|it| unsent(CALL, &it))?;
    on!(at, put_bucket_ownership_controls).ownership_controls(controls).send().await.during(CALL).map(drop)
}

async fn public_access_block(at: &At, wanted: &BTreeSet<PublicAccess>) -> Result<()> {
    let is = |it| wanted.contains(&it);
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(is(PublicAccess::BlockPublicAcls))
        .ignore_public_acls(is(PublicAccess::IgnorePublicAcls))
        .block_public_policy(is(PublicAccess::BlockPublicPolicy))
        .restrict_public_buckets(is(PublicAccess::RestrictPublicBuckets))
        .build();
    let call = on!(at, put_public_access_block).public_access_block_configuration(block);
    call.send().await.during("s3:PutPublicAccessBlock").map(drop)
}

/// The same call says which kinds of encryption are refused, which is not ours.
async fn encryption(reader: &At, at: &At, wanted: &Encryption) -> Result<()> {
    const CALL: &str = "s3:PutBucketEncryption";
    let refused = read::encryption(reader).await?.and_then(|it| it.blocked_encryption_types);
    let usual = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(wanted.algorithm.as_str().into())
        .set_kms_master_key_id(wanted.key.as_ref().map(|it| it.get().clone()))
        .build()
        .map_err(|it| unsent(CALL, &it))?;
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(usual)
        .set_bucket_key_enabled(wanted.bucket_key)
        .set_blocked_encryption_types(refused)
        .build();
    let all = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(|it| unsent(CALL, &it))?;
    let call = on!(at, put_bucket_encryption).server_side_encryption_configuration(all);
    call.send().await.during(CALL).map(drop)
}

async fn versioning(at: &At, wanted: bool) -> Result<()> {
    let status = if wanted { BucketVersioningStatus::Enabled } else { BucketVersioningStatus::Suspended };
    let versioning = VersioningConfiguration::builder().status(status).build();
    let call = on!(at, put_bucket_versioning).versioning_configuration(versioning);
    call.send().await.during("s3:PutBucketVersioning").map(drop)
}

async fn lifecycle(at: &At, wanted: &BTreeSet<LifecycleRule>) -> Result<()> {
    const CALL: &str = "s3:PutBucketLifecycleConfiguration";
    if wanted.is_empty() {
        return on!(at, delete_bucket_lifecycle).send().await.during("s3:DeleteBucketLifecycle").map(drop);
    }
    let rules = (1..).zip(wanted).map(|(n, it)| lifecycle_rule::to_sdk(CALL, format!("infractl-{n}"), it));
    let all = BucketLifecycleConfiguration::builder().set_rules(Some(rules.collect::<Result<_>>()?)).build();
    let call = on!(at, put_bucket_lifecycle_configuration);
    call.lifecycle_configuration(all.map_err(|it| unsent(CALL, &it))?).send().await.during(CALL).map(drop)
}

async fn cors(at: &At, wanted: &[CorsRule]) -> Result<()> {
    const CALL: &str = "s3:PutBucketCors";
    if wanted.is_empty() {
        return on!(at, delete_bucket_cors).send().await.during("s3:DeleteBucketCors").map(drop);
    }
    let rules = wanted.iter().map(|it| cors::to_sdk(CALL, it)).collect::<Result<_>>()?;
    let all = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().map_err(|it| unsent(CALL, &it))?;
    on!(at, put_bucket_cors).cors_configuration(all).send().await.during(CALL).map(drop)
}

async fn policy(at: &At, wanted: Option<&PolicyDocument>) -> Result<()> {
    match wanted {
        Some(it) => on!(at, put_bucket_policy).policy(it.to_text()).send().await.during("s3:PutBucketPolicy").map(drop),
        None => on!(at, delete_bucket_policy).send().await.during("s3:DeleteBucketPolicy").map(drop),
    }
}

async fn replication(at: &At, wanted: &Replication) -> Result<()> {
    const CALL: &str = "s3:PutBucketReplication";
    let all = replication::to_sdk(CALL, wanted)?;
    on!(at, put_bucket_replication).replication_configuration(all).send().await.during(CALL).map(drop)
}
