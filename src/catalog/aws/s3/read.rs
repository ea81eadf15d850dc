//! What a bucket is: a call for each setting, all at once.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::types::{BucketVersioningStatus, PublicAccessBlockConfiguration, ServerSideEncryptionRule};
use futures::future::{join_all, try_join_all};

use super::{
    At, NO_BUCKET,
    bucket::{self, Bucket, Out},
    cors::{self, CorsRule},
    lifecycle_rule::{self, LifecycleRule},
    on, or_unset,
    replication::{self, Replication},
    settings::{Encryption, OnDelete, PublicAccess},
    tagging,
};
use crate::{
    api::{ApiError, During, ReadCx, Result, retry::Class},
    catalog::lifecycle::Look,
    resource::{
        Live, Status,
        tags::{ON_DELETE, Tags},
        text::policy::PolicyDocument,
    },
};

/// What is wanted is asked for by its name while the lists are read, which lag and have no tags.
pub(super) async fn buckets(cx: &ReadCx, look: &Look<Bucket>) -> Result<Vec<Live<Bucket>>> {
    let prefix = bucket::start(&look.scope);
    let wants: BTreeMap<_, _> = look.wants.iter().map(|it| (it.bucket_name.as_str(), it.region.as_str())).collect();
    // Whose policy stands by itself has none of its own: what that names is not what the bucket names.
    let apart: BTreeSet<_> =
        look.wants.iter().filter(|it| it.policy.is_none()).map(|it| it.bucket_name.as_str()).collect();
    let elsewhere = wants.keys().copied().filter(|it| !it.starts_with(&prefix));
    let starts: BTreeSet<_> = elsewhere.chain([prefix.as_str()]).collect();
    let (lists, asked) = tokio::join!(
        try_join_all(starts.iter().map(|it| listed(cx, it))),
        join_all(wants.iter().map(|(name, region)| describe(cx, name, region))),
    );
    let mut left: BTreeMap<_, _> = lists?.into_iter().flatten().collect();
    left.retain(|name, _| name.starts_with(&prefix) || wants.contains_key(name.as_str()));
    let mut acc = Vec::new();
    for ((name, region), said) in wants.iter().zip(asked) {
        match said {
            Ok(mut found) => {
                if let Some(it) = found.as_mut().filter(|_| apart.contains(name)) {
                    it.state.policy = None;
                }
                acc.extend(found);
                left.remove(*name);
            }
            Err(error) if !is_of_others(&error) => return Err(error),
            Err(error) => match left.get(*name) {
                // Ours, and in another region than it should be: it is asked for there.
                Some(there) if there != region => (),
                Some(_) => return Err(error),
                None => acc.push(of_others(name, region)),
            },
        }
    }
    let rest = try_join_all(left.iter().map(|(name, region)| describe(cx, name, region))).await?;
    // Names of other environments may begin alike.
    let ours = |it: &Live<Bucket>| look.scope.address(&it.tags).is_some() || wants.contains_key(it.out.name.as_str());
    acc.extend(rest.into_iter().flatten().filter(ours));
    Ok(acc)
}

/// The account's own buckets whose names begin with `prefix`, and their regions.
async fn listed(cx: &ReadCx, prefix: &str) -> Result<Vec<(String, String)>> {
    const CALL: &str = "s3:ListBuckets";
    let pages = cx.s3.list_buckets().prefix(prefix).max_buckets(1000).into_paginator().items().send();
    let found: Vec<_> = pages.collect::<Result<_, _>>().await.during(CALL)?;
    let each = found.into_iter().map(|it| {
        let name = it.name.ok_or_else(|| ApiError::incomplete(CALL, "name"))?;
        Ok((name, it.bucket_region.ok_or_else(|| ApiError::incomplete(CALL, "region"))?))
    });
    each.collect()
}

/// What is said of a bucket that is in another account, or in another region than it was asked for in. Some of it has
/// only a status: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html>.
pub(super) fn is_of_others(error: &ApiError) -> bool {
    const ELSEWHERE: [&str; 5] =
        ["PermanentRedirect", "TemporaryRedirect", "Http301", "Http307", "AuthorizationHeaderMalformed"];
    error.class() == Class::Denied || ELSEWHERE.contains(&error.code.as_str())
}

/// A bucket of which no more is known than that it has its name.
fn of_others(name: &str, region: &str) -> Live<Bucket> {
    let state = Bucket { bucket_name: name.to_owned(), region: region.to_owned(), ..Bucket::default() };
    Live { out: Out::of(name, region, None), state, tags: Tags::new(), status: Status::Ready }
}

/// `None` if there is no such bucket, or no more.
async fn describe(cx: &ReadCx, name: &str, region: &str) -> Result<Option<Live<Bucket>>> {
    let at = At::reading(cx, name, region);
    let all = tokio::try_join!(
        tagging::read(&at),
        versioning(&at),
        encryption(&at),
        ownership(&at),
        public_access_block(&at),
        lifecycle(&at),
        cors(&at),
        policy(&at),
        replication(&at),
    );
    let (mut tags, versioning, encryption, ownership, public_access_block, lifecycle, cors, policy, replication) =
        match all {
            Err(error) if error.code == NO_BUCKET => return Ok(None),
            other => other?,
        };
    let on_delete = OnDelete::of(tags.remove(ON_DELETE).as_deref());
    let state = Bucket {
        bucket_name: name.to_owned(),
        region: region.to_owned(),
        versioning,
        encryption: encryption.map_or_else(|| Encryption::new("none", None, false), |it| encryption_of(&it)),
        ownership,
        public_access_block,
        lifecycle,
        cors,
        policy,
        replication,
        on_delete,
    };
    Ok(Some(Live { out: Out::of(name, region, None), state, tags, status: Status::Ready }))
}

async fn versioning(at: &At) -> Result<bool> {
    let answer = on!(at, get_bucket_versioning).send().await.during("s3:GetBucketVersioning")?;
    Ok(answer.status() == Some(&BucketVersioningStatus::Enabled))
}

/// The one rule that there can be.
pub(super) async fn encryption(at: &At) -> Result<Option<ServerSideEncryptionRule>> {
    let answer = or_unset(on!(at, get_bucket_encryption).send().await.during("s3:GetBucketEncryption"))?;
    let all = answer.and_then(|it| it.server_side_encryption_configuration);
    Ok(all.and_then(|it| it.rules.into_iter().next()))
}

fn encryption_of(rule: &ServerSideEncryptionRule) -> Encryption {
    let usual = rule.apply_server_side_encryption_by_default();
    let key = usual.and_then(|it| it.kms_master_key_id()).map(Into::into);
    let algorithm = usual.map_or(Encryption::S3, |it| it.sse_algorithm().as_str());
    Encryption::new(algorithm, key, rule.bucket_key_enabled() == Some(true))
}

/// Where nothing is said, whoever writes an object owns it, as it was for all buckets before 2023.
async fn ownership(at: &At) -> Result<String> {
    let call = on!(at, get_bucket_ownership_controls);
    let answer = or_unset(call.send().await.during("s3:GetBucketOwnershipControls"))?;
    let all = answer.and_then(|it| it.ownership_controls);
    let rule = all.as_ref().and_then(|it| it.rules().first());
    Ok(rule.map_or("ObjectWriter", |it| it.object_ownership().as_str()).to_owned())
}

async fn public_access_block(at: &At) -> Result<BTreeSet<PublicAccess>> {
    let call = on!(at, get_public_access_block);
    let answer = or_unset(call.send().await.during("s3:GetPublicAccessBlock"))?;
    Ok(answer.and_then(|it| it.public_access_block_configuration).map(|it| blocks(&it)).unwrap_or_default())
}

fn blocks(all: &PublicAccessBlockConfiguration) -> BTreeSet<PublicAccess> {
    let is_set = |it: &PublicAccess| match it {
        PublicAccess::BlockPublicAcls => all.block_public_acls(),
        PublicAccess::IgnorePublicAcls => all.ignore_public_acls(),
        PublicAccess::BlockPublicPolicy => all.block_public_policy(),
        PublicAccess::RestrictPublicBuckets => all.restrict_public_buckets(),
    };
    PublicAccess::ALL.into_iter().filter(|it| is_set(it) == Some(true)).collect()
}

async fn lifecycle(at: &At) -> Result<BTreeSet<LifecycleRule>> {
    let call = on!(at, get_bucket_lifecycle_configuration);
    let answer = or_unset(call.send().await.during("s3:GetBucketLifecycleConfiguration"))?;
    Ok(answer.and_then(|it| it.rules).unwrap_or_default().iter().map(lifecycle_rule::from_sdk).collect())
}

async fn cors(at: &At) -> Result<Vec<CorsRule>> {
    let answer = or_unset(on!(at, get_bucket_cors).send().await.during("s3:GetBucketCors"))?;
    Ok(answer.and_then(|it| it.cors_rules).unwrap_or_default().iter().map(cors::from_sdk).collect())
}

async fn policy(at: &At) -> Result<Option<PolicyDocument>> {
    const CALL: &str = "s3:GetBucketPolicy";
    let answer = or_unset(on!(at, get_bucket_policy).send().await.during(CALL))?;
    let text = answer.and_then(|it| it.policy);
    let policy = text.map(|it| PolicyDocument::from_text(&it)).transpose();
    policy.map_err(|_| ApiError::incomplete(CALL, "readable policy"))
}

async fn replication(at: &At) -> Result<Option<Replication>> {
    let call = on!(at, get_bucket_replication);
    let answer = or_unset(call.send().await.during("s3:GetBucketReplication"))?;
    Ok(answer.and_then(|it| it.replication_configuration).map(|it| replication::from_sdk(&it)))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{ServerSideEncryption, ServerSideEncryptionByDefault};

    use super::*;

    #[test]
    fn what_a_new_bucket_says_of_encryption_is_what_is_wanted() {
        let rule = |algorithm: ServerSideEncryption, bucket_key| {
            let usual = ServerSideEncryptionByDefault::builder().sse_algorithm(algorithm).build().unwrap();
            let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(usual);
            encryption_of(&rule.bucket_key_enabled(bucket_key).build())
        };
        // A bucket that the console made has bucket keys on, which mean nothing without KMS.
        for bucket_key in [false, true] {
            assert_eq!(rule(ServerSideEncryption::Aes256, bucket_key), Encryption::new(Encryption::S3, None, false));
        }
        assert_eq!(rule(ServerSideEncryption::AwsKms, true), Encryption::new(Encryption::KMS, None, true));
        assert_ne!(rule(ServerSideEncryption::AwsKms, false), Encryption::new(Encryption::KMS, None, true));
    }

    #[test]
    fn some_answers_speak_of_buckets_elsewhere() {
        let said = |code| is_of_others(&ApiError::refused("s3:GetBucketTagging", code, ""));
        assert!(said("AccessDenied") && said("PermanentRedirect") && said("AuthorizationHeaderMalformed"));
        assert!(!said("NoSuchBucket") && !said("SlowDown"));
    }
}
