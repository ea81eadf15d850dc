//! Repositories: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html>.

use std::collections::BTreeSet;

use aws_sdk_ecr::types::{
    EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageTagMutability,
    Repository as SdkRepository, Tag,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::LifecyclePolicy;
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{
        Facts, Live, Place, Resource, Status,
        tags::{ON_DELETE, Tags},
        text::policy::PolicyDocument,
        value::In,
    },
};

/// What the tag for deletions says of a repository that may be deleted with its images.
const EMPTY: &str = "empty";
/// What it says of others.
const KEEP: &str = "keep";
/// How many repositories come on a page, at most:
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html>.
const PAGE: i32 = 1000;

/// Where the images of a container are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// Its name, such as `shop-prod/api`.
    pub repository_name: String,
    /// Whether a tag can be given to another image: `MUTABLE` or `IMMUTABLE`.
    pub tag_mutability: String,
    /// Whether images are looked through for known holes when they come.
    pub scan_on_push: bool,
    /// The key that encrypts its images, by its ARN; one of ECR's own if there is none.
    pub kms_key: Option<In<String>>,
    /// Which images are thrown away by themselves; none if there is none.
    pub lifecycle: Option<LifecyclePolicy>,
    /// Who else may use it; nobody if there is none.
    pub policy: Option<PolicyDocument>,
    /// Whether it may be deleted though there are images in it.
    pub empty_on_delete: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What images in it are called, up to the tag: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-prod/api`.
    pub url: String,
}

impl Resource for Repository {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Repository: repository_name, kms_key),
        unique_by: fields!(Repository: repository_name),
        holds_data: true,
        ..Facts::new::<Self>(
            "ecr.repository",
            "where the images of a container are kept",
            "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.repository_name);
        let suffix = if partition == "aws-cn" { ".cn" } else { "" };
        let out = [
            ("arn", format!("arn:{partition}:ecr:{region}:{account}:repository/{name}")),
            ("name", name.clone()),
            ("url", format!("{account}.dkr.ecr.{region}.amazonaws.com{suffix}/{name}")),
        ];
        out.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
    }
}

impl Lifecycle for Repository {
    /// There is no filter by tags, and a question for names fails if one of them is missing.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.repository_name.as_str()).collect();
        let prefix = format!("{}/", look.scope.prefix());
        let pages = cx.ecr.describe_repositories().max_results(PAGE).into_paginator().items().send();
        let found: Result<Vec<_>, _> = pages.collect().await;
        let found = found.during("ecr:DescribeRepositories")?;
        let near =
            |it: &&SdkRepository| it.repository_name().is_some_and(|it| it.starts_with(&prefix) || wanted.contains(it));
        let live = try_join_all(found.iter().filter(near).map(|it| live(cx, it))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "ecr:CreateRepository";
        let want = &new.want;
        let mut tags = new.tags.clone();
        tags.extend(want.own_tags());
        let encryption = want.kms_key.as_ref().map(|it| {
            EncryptionConfiguration::builder().encryption_type(EncryptionType::Kms).kms_key(it.get()).build()
        });
        let call = cx
            .ecr
            .create_repository()
            .repository_name(&want.repository_name)
            .image_tag_mutability(want.mutability())
            .image_scanning_configuration(want.scanning())
            .set_encryption_configuration(encryption.transpose().map_err(|it| not_sent(CALL, &it))?)
            .set_tags(Some(to_sdk(CALL, &tags)?));
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let (ecr, Out { arn, name, .. }) = (&cx.ecr, &live.out);
        if changed.any(fields!(Repository: tag_mutability)) {
            let call = ecr.put_image_tag_mutability().repository_name(name).image_tag_mutability(want.mutability());
            call.send().await.during("ecr:PutImageTagMutability")?;
        }
        if changed.any(fields!(Repository: scan_on_push)) {
            let call = ecr.put_image_scanning_configuration().repository_name(name);
            let call = call.image_scanning_configuration(want.scanning());
            call.send().await.during("ecr:PutImageScanningConfiguration")?;
        }
        if changed.any(fields!(Repository: lifecycle)) {
            if let Some(it) = &want.lifecycle {
                let call = ecr.put_lifecycle_policy().repository_name(name).lifecycle_policy_text(it.to_text());
                call.send().await.during("ecr:PutLifecyclePolicy")?;
            } else {
                let call = ecr.delete_lifecycle_policy().repository_name(name);
                without(call.send().await.during("ecr:DeleteLifecyclePolicy"))?;
            }
        }
        if changed.any(fields!(Repository: policy)) {
            if let Some(it) = &want.policy {
                let call = ecr.set_repository_policy().repository_name(name).policy_text(it.to_text());
                call.send().await.during("ecr:SetRepositoryPolicy")?;
            } else {
                let call = ecr.delete_repository_policy().repository_name(name);
                without(call.send().await.during("ecr:DeleteRepositoryPolicy"))?;
            }
        }
        if changed.any(fields!(Repository: empty_on_delete)) {
            retag(cx, arn, &TagChanges { set: want.own_tags(), unset: Vec::new() }).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.ecr.delete_repository().repository_name(&live.out.name).force(live.state.empty_on_delete);
        call.send().await.during("ecr:DeleteRepository").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let pages = cx.ecr.list_images().repository_name(&live.out.name).into_paginator().items().send();
        let found: Result<Vec<_>, _> = pages.collect().await;
        let found = found.during("ecr:ListImages").or_absent()?.unwrap_or_default();
        let images = found.len();
        let tags: Vec<_> = found.iter().filter_map(|it| it.image_tag()).take(5).collect();
        let some = if tags.is_empty() { String::new() } else { format!(", such as {}", tags.join(", ")) };
        let what = format!("{images} images in {}{some}; `empty_on_destroy: true` lets them go with it", live.out.name);
        Ok((images > 0).then_some(what).into_iter().collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, &live.out.arn, tags).await
    }
}

impl Repository {
    fn mutability(&self) -> ImageTagMutability {
        ImageTagMutability::from(self.tag_mutability.as_str())
    }

    fn scanning(&self) -> ImageScanningConfiguration {
        ImageScanningConfiguration::builder().scan_on_push(self.scan_on_push).build()
    }

    /// The tag that holds a setting.
    fn own_tags(&self) -> Tags {
        let value = if self.empty_on_delete { EMPTY } else { KEEP };
        Tags::from([(ON_DELETE.to_owned(), value.to_owned())])
    }
}

/// A policy that is not there is gone; a repository that is not there is an error.
fn without<T>(said: Result<T>) -> Result<()> {
    match said {
        Err(error) if error.code.contains("PolicyNotFound") => Ok(()),
        other => other.map(drop),
    }
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, repository: &SdkRepository) -> Result<Option<Live<Repository>>> {
    let lacks = |what| ApiError::incomplete("ecr:DescribeRepositories", what);
    let name = repository.repository_name().ok_or_else(|| lacks("name"))?;
    let arn = repository.repository_arn().ok_or_else(|| lacks("ARN"))?;
    let (tags, lifecycle, policy) = tokio::try_join!(
        async {
            cx.ecr.list_tags_for_resource().resource_arn(arn).send().await.during("ecr:ListTagsForResource").or_absent()
        },
        async {
            cx.ecr
                .get_lifecycle_policy()
                .repository_name(name)
                .send()
                .await
                .during("ecr:GetLifecyclePolicy")
                .or_absent()
        },
        async {
            cx.ecr
                .get_repository_policy()
                .repository_name(name)
                .send()
                .await
                .during("ecr:GetRepositoryPolicy")
                .or_absent()
        },
    )?;
    let Some(tags) = tags else { return Ok(None) };
    let tags = tags.tags().iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect();
    let lifecycle = lifecycle.as_ref().and_then(|it| it.lifecycle_policy_text());
    let policy = policy.as_ref().and_then(|it| it.policy_text());
    describe(repository, tags, lifecycle, policy).map(Some)
}

fn describe(
    repository: &SdkRepository,
    mut tags: Tags,
    lifecycle: Option<&str>,
    policy: Option<&str>,
) -> Result<Live<Repository>> {
    let lacks = |what| ApiError::incomplete("ecr:DescribeRepositories", what);
    let text = |it: Option<&str>, what| it.map(str::to_owned).ok_or_else(|| lacks(what));
    let lifecycle =
        lifecycle.map(|it| LifecyclePolicy::from_text(it).ok_or_else(|| lacks("readable lifecycle policy")));
    let policy = policy.map(PolicyDocument::from_text).transpose();
    let encryption = repository.encryption_configuration();
    let out = Out {
        arn: text(repository.repository_arn(), "ARN")?,
        name: text(repository.repository_name(), "name")?,
        url: text(repository.repository_uri(), "URI")?,
    };
    let state = Repository {
        repository_name: out.name.clone(),
        tag_mutability: repository.image_tag_mutability().map_or("MUTABLE", |it| it.as_str()).to_owned(),
        scan_on_push: repository.image_scanning_configuration().is_some_and(ImageScanningConfiguration::scan_on_push),
        kms_key: encryption.and_then(|it| it.kms_key()).map(In::from),
        lifecycle: lifecycle.transpose()?,
        policy: policy.map_err(|_| lacks("readable policy"))?,
        empty_on_delete: tags.remove(ON_DELETE).as_deref() == Some(EMPTY),
    };
    Ok(Live { state, out, tags, status: Status::Ready })
}

async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    const CALL: &str = "ecr:TagResource";
    if !tags.set.is_empty() {
        let set = to_sdk(CALL, &tags.set)?;
        cx.ecr.tag_resource().resource_arn(arn).set_tags(Some(set)).send().await.during(CALL)?;
    }
    if !tags.unset.is_empty() {
        let call = cx.ecr.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("ecr:UntagResource")?;
    }
    Ok(())
}

/// Tags as the SDK takes them.
fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|it| not_sent(call, &it))
}

fn not_sent(call: &str, why: &dyn std::error::Error) -> ApiError {
    ApiError::refused(call, "NotSent", why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::diff::diff_settings, resource::to_tree};

    const NAME: &str = "shop-prod/api";
    const ARN: &str = "arn:aws:ecr:eu-central-1:123456789012:repository/shop-prod/api";
    const URL: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-prod/api";

    fn wanted() -> Repository {
        Repository {
            repository_name: NAME.into(),
            tag_mutability: "IMMUTABLE".into(),
            scan_on_push: true,
            kms_key: None,
            lifecycle: LifecyclePolicy::keeping(Some(20), None),
            policy: Some(PolicyDocument::new(serde_json::json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": "123456789013"}, "Action": ["ecr:BatchGetImage"],
            }]}))),
            empty_on_delete: true,
        }
    }

    /// As ECR describes it.
    fn described() -> SdkRepository {
        let encryption = EncryptionConfiguration::builder().encryption_type(EncryptionType::Aes256).build().unwrap();
        SdkRepository::builder()
            .repository_name(NAME)
            .repository_arn(ARN)
            .repository_uri(URL)
            .image_tag_mutability(ImageTagMutability::Immutable)
            .image_scanning_configuration(ImageScanningConfiguration::builder().scan_on_push(true).build())
            .encryption_configuration(encryption)
            .build()
    }

    #[test]
    fn what_was_asked_for_is_what_is_read() {
        let lifecycle = wanted().lifecycle.unwrap().to_text();
        let policy = r#"{ "Version" : "2012-10-17", "Statement" : [ { "Effect" : "Allow", "Action" : "ecr:BatchGetImage",
            "Principal" : { "AWS" : "arn:aws:iam::123456789013:root" } } ] }"#;
        let tags = Tags::from([(ON_DELETE.to_owned(), EMPTY.to_owned())]);
        let live = describe(&described(), tags, Some(&lifecycle), Some(policy)).unwrap();
        assert_eq!(diff_settings(&Repository::FACTS, &to_tree(&wanted()), &to_tree(&live.state)), []);
        assert!(live.tags.is_empty());
        let bare = describe(&described(), Tags::new(), None, None).unwrap().state;
        assert!(bare.lifecycle.is_none() && bare.policy.is_none() && !bare.empty_on_delete);
    }

    #[test]
    fn its_names_are_foretold_as_they_will_be_read() {
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        let live = describe(&described(), Tags::new(), None, None).unwrap();
        assert_eq!(Value::from(wanted().foretell(&place)), to_tree(&live.out));
    }
}
