//! Distributions: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.html>.
//!
//! What is made or changed can be used at once, though it takes CloudFront minutes to tell all its places: names and ARNs
//! are known, and nobody has to wait. Only what is to go has to be switched off everywhere first.

use std::collections::BTreeSet;

use aws_sdk_cloudfront::types::{
    Distribution as SdkDistribution, DistributionConfig, DistributionConfigWithTags, DistributionSummary, Tag, TagKeys,
    Tags as SdkTags,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::{
    behavior::{ANY, Behavior},
    origin::{CustomOrigin, Origin},
};
use super::{distribution_config as config, is_here, marker, unsent};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::s3::bucket,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    resource::{Facts, Live, Resource, Status, Waits, tags::Tags, value::In},
};

const GET: &str = "cloudfront:GetDistribution";
const UPDATE: &str = "cloudfront:UpdateDistribution";
const DELETE: &str = "cloudfront:DeleteDistribution";
/// The hosted zone of every distribution's name, for aliases in Route 53
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html>).
pub const ZONE: &str = "Z2FDTNDATAQYW2";

/// Serves what is in origins from hundreds of places near those who ask.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// What it is for; up to 128 characters.
    pub comment: String,
    /// Whether it serves.
    pub enabled: bool,
    /// Names of its own, of which the world has one each; without a certificate for them there may be none.
    pub aliases: BTreeSet<String>,
    /// The certificate for names of its own.
    pub certificate: Option<Certificate>,
    /// What the root stands for, such as `index.html`; empty for nothing.
    pub index: String,
    /// Where it gets what it serves.
    pub origins: BTreeSet<Origin>,
    /// What is done with requests that no other behaviour is for.
    pub default_behavior: Option<Behavior>,
    /// What is done with requests to some paths; the first that fits counts.
    pub behaviors: Vec<Behavior>,
    /// What is answered in place of errors.
    pub error_pages: BTreeSet<ErrorPage>,
    /// From which places it serves, such as `PriceClass_100`.
    pub price_class: String,
    /// Which versions of HTTP it speaks: `http1.1`, `http2`, `http3` or `http2and3`.
    pub http_version: String,
    /// Whether it has IPv6 addresses, too.
    pub ipv6: bool,
    /// Who may see it.
    pub countries: Countries,
    /// The log of its requests.
    pub logs: Option<Logs>,
    /// The ARN of the web ACL that looks at its requests.
    pub web_acl: Option<In<String>>,
}

/// The certificate for names of a distribution's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Its ARN; it is in us-east-1.
    pub arn: In<String>,
    /// The oldest TLS and the ciphers that clients may use, such as `TLSv1.2_2021`.
    pub tls: String,
}

/// What is answered in place of an error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ErrorPage {
    /// What the origin said, such as 404.
    pub status: i32,
    /// The path of what is answered; empty for what the origin said.
    pub page: String,
    /// The status of the answer; empty for the origin's.
    pub answer: String,
    /// For how long the error is kept, in seconds.
    pub kept_seconds: i64,
}

/// Who may see a distribution, by the country that they ask from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Countries {
    /// `none` (everyone), `whitelist` (only these) or `blacklist` (all but these).
    pub rule: String,
    /// The countries, by their two letters.
    pub codes: BTreeSet<String>,
}

impl Default for Countries {
    fn default() -> Self {
        Self { rule: "none".into(), codes: BTreeSet::new() }
    }
}

/// Where requests are logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Logs {
    /// The bucket, by its name in the DNS.
    pub bucket: In<String>,
    /// Starts the keys of its objects.
    pub prefix: String,
    /// Whether cookies are logged.
    pub cookies: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The name that it always has, such as `d111111abcdef8.cloudfront.net`.
    pub domain_name: String,
}

impl Resource for Distribution {
    type Out = Out;

    const FACTS: Facts = Facts {
        interrupts: Some("what it serves can no longer be reached"),
        // To be switched off everywhere takes minutes, and half an hour at times.
        waits: Waits::minutes(10, 10, 45),
        ..Facts::new::<Self>(
            "cloudfront.distribution",
            "serves a site from places near those who ask",
            "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html",
        )
    };
}

impl Lifecycle for Distribution {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if look.wants.is_empty() && !is_here(&look.scope) {
            return Ok(Vec::new());
        }
        // There is no list with tags. What is ours begins as ours does, or serves what is in a bucket that does.
        let (comment, domain) = (marker(&look.scope, ""), bucket::start(&look.scope));
        let may_be_ours = |it: &DistributionSummary| {
            let origins = it.origins().map(|it| it.items()).unwrap_or_default();
            it.comment().starts_with(&comment) || origins.iter().any(|it| it.domain_name().starts_with(&domain))
        };
        let found = listed(cx).await?.into_iter().filter(may_be_ours);
        let found = try_join_all(found.map(|it| async move { live(cx, &it.id, &it.arn).await })).await?;
        Ok(found.into_iter().flatten().filter(|it| look.scope.address(&it.tags).is_some()).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "cloudfront:CreateDistributionWithTags";
        let empty = DistributionConfig::builder().caller_reference(&new.token).comment("").enabled(true).build();
        let config = empty.and_then(|it| config::patched(it, &new.want)).map_err(|it| unsent(CALL, &it))?;
        let both = DistributionConfigWithTags::builder().distribution_config(config).tags(to_sdk(CALL, &new.tags)?);
        let call = cx.cloudfront.create_distribution_with_tags().distribution_config_with_tags(both.build());
        call.send().await.during(CALL).map(drop).map_err(|it| whose(it, &new.want))
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let (config, tag) = current(&cx.read, &live.out.id).await?;
        let config = config::patched(config, want).map_err(|it| unsent(UPDATE, &it))?;
        put(cx, &live.out.id, config, tag).await.map_err(|it| whose(it, want))
    }

    /// One step of it: it is switched off, then waited for, then deleted.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = &live.out.id;
        let seen = cx.read.cloudfront.get_distribution().id(id).send().await.during(GET).or_absent()?;
        let Some(seen) = seen else { return Ok(()) };
        let found = seen.distribution.ok_or_else(|| ApiError::incomplete(GET, "distribution"))?;
        let status = found.status;
        let mut config = found.distribution_config.ok_or_else(|| ApiError::incomplete(GET, "configuration"))?;
        if config.enabled {
            config.enabled = false;
            put(cx, id, config, seen.e_tag).await.or_done()?;
        } else if status == DEPLOYED {
            return cx
                .cloudfront
                .delete_distribution()
                .id(id)
                .set_if_match(seen.e_tag)
                .send()
                .await
                .during(DELETE)
                .or_done();
        }
        Err(ApiError::refused(
            DELETE,
            "DistributionNotDisabled",
            "it is being switched off everywhere, which takes minutes",
        ))
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        const CALL: &str = "cloudfront:TagResource";
        let arn = &live.out.arn;
        if !tags.set.is_empty() {
            let call = cx.cloudfront.tag_resource().resource(arn).tags(to_sdk(CALL, &tags.set)?);
            call.send().await.during(CALL)?;
        }
        if !tags.unset.is_empty() {
            let keys = TagKeys::builder().set_items(Some(tags.unset.clone())).build();
            let call = cx.cloudfront.untag_resource().resource(arn).tag_keys(keys);
            call.send().await.during("cloudfront:UntagResource")?;
        }
        Ok(())
    }
}

/// What all places know.
const DEPLOYED: &str = "Deployed";

/// Says which names somebody else has.
fn whose(error: ApiError, want: &Distribution) -> ApiError {
    if error.code != "CNAMEAlreadyExists" {
        return error;
    }
    let names: Vec<_> = want.aliases.iter().map(String::as_str).collect();
    let message = format!(
        "another distribution, of whichever account, has one of the names {}: take it from there first",
        names.join(", ")
    );
    ApiError { message, ..error }
}

async fn listed(cx: &ReadCx) -> Result<Vec<DistributionSummary>> {
    const CALL: &str = "cloudfront:ListDistributions";
    let mut pages = cx.cloudfront.list_distributions().into_paginator().send();
    let mut acc = Vec::new();
    while let Some(page) = pages.next().await {
        let list = page.during(CALL)?.distribution_list;
        acc.extend(list.ok_or_else(|| ApiError::incomplete(CALL, "list"))?.items.unwrap_or_default());
    }
    Ok(acc)
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, id: &str, arn: &str) -> Result<Option<Live<Distribution>>> {
    const TAGS: &str = "cloudfront:ListTagsForResource";
    let (found, tags) = tokio::try_join!(
        async { cx.cloudfront.get_distribution().id(id).send().await.during(GET).or_absent() },
        async { cx.cloudfront.list_tags_for_resource().resource(arn).send().await.during(TAGS).or_absent() },
    )?;
    let Some((found, tags)) = found.zip(tags) else { return Ok(None) };
    let found = found.distribution.ok_or_else(|| ApiError::incomplete(GET, "distribution"))?;
    let tags = tags.tags.and_then(|it| it.items).unwrap_or_default();
    let tags = tags.into_iter().map(|it| (it.key, it.value.unwrap_or_default())).collect();
    describe(&found, tags).map(Some)
}

fn describe(it: &SdkDistribution, tags: Tags) -> Result<Live<Distribution>> {
    let settings = it.distribution_config().ok_or_else(|| ApiError::incomplete(GET, "configuration"))?;
    let out = Out { id: it.id().to_owned(), arn: it.arn().to_owned(), domain_name: it.domain_name().to_owned() };
    Ok(Live { state: config::of(settings), out, tags, status: Status::Ready })
}

/// The settings as they are now, and the ETag that a change of them has to name.
async fn current(cx: &ReadCx, id: &str) -> Result<(DistributionConfig, Option<String>)> {
    const CALL: &str = "cloudfront:GetDistributionConfig";
    let seen = cx.cloudfront.get_distribution_config().id(id).send().await.during(CALL)?;
    Ok((seen.distribution_config.ok_or_else(|| ApiError::incomplete(CALL, "configuration"))?, seen.e_tag))
}

async fn put(cx: &WriteCx, id: &str, config: DistributionConfig, tag: Option<String>) -> Result<()> {
    let call = cx.cloudfront.update_distribution().id(id).set_if_match(tag).distribution_config(config);
    call.send().await.during(UPDATE).map(drop)
}

fn to_sdk(call: &str, tags: &Tags) -> Result<SdkTags> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags = tags.collect::<std::result::Result<_, _>>().map_err(|it| unsent(call, &it))?;
    Ok(SdkTags::builder().set_items(Some(tags)).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::retry::{self, Class};

    #[test]
    fn names_that_others_have_are_told() {
        let want = Distribution { aliases: ["www.example.com".to_owned()].into(), ..config::of(&empty()) };
        let error = ApiError::refused(UPDATE, "CNAMEAlreadyExists", "One or more of the CNAMEs");
        let error = whose(error, &want);
        assert!(error.message.contains("www.example.com"), "{error}");
        // One that was ours a moment ago is free soon.
        assert_eq!((retry::rule(&error).class, retry::rule(&error).budget.as_secs()), (Class::Busy, 120));
    }

    #[test]
    fn to_be_switched_off_takes_its_time() {
        let error = ApiError::refused(DELETE, "DistributionNotDisabled", "");
        assert_eq!((retry::rule(&error).class, retry::rule(&error).budget.as_secs()), (Class::Busy, 45 * 60));
        let error = ApiError::refused(UPDATE, "PreconditionFailed", "The precondition in one or more fields failed");
        assert_eq!(error.class(), Class::Busy);
    }

    fn empty() -> DistributionConfig {
        DistributionConfig::builder().caller_reference("r").comment("").enabled(true).build().unwrap()
    }
}
