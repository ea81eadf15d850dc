//! ACM: <https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html>.
//!
//! A load balancer takes certificates of its own region, CloudFront those of us-east-1. Certificates have no names: the index
//! of tags says which might be a scope's, and the names in those that are wanted find what the index has not heard of yet.

pub mod certificate;
pub mod validation;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_acm::{
    Client,
    types::{CertificateDetail, Filters, KeyAlgorithm},
};
use aws_sdk_resourcegroupstagging::types::TagFilter;
use futures::future::try_join_all;

use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, meter::beside},
    resource::tags::{ENV, STACK, Scope, Tags},
};

const DESCRIBE: &str = "acm:DescribeCertificate";

/// A certificate, with its tags.
struct Found {
    /// Whether it is in us-east-1, where the stack is not.
    everywhere: bool,
    arn: String,
    detail: CertificateDetail,
    tags: Tags,
}

/// The names that a certificate is for, in small letters.
type Names = BTreeSet<String>;

/// Whether the stack's own region is the one that CloudFront takes certificates of.
fn is_home(cx: &ReadCx) -> bool {
    let region = |it: &Client| it.config().region().map(ToString::to_string);
    region(&cx.acm) == region(&cx.acm_everywhere)
}

/// The scope's certificates, and others that have just the `wanted` names.
async fn certificates(cx: &ReadCx, scope: &Scope, wanted: &[(bool, Names)]) -> Result<Vec<Found>> {
    let places = if is_home(cx) { &[false][..] } else { &[false, true] };
    let found = try_join_all(places.iter().map(|it| beside(certificates_in(cx, *it, scope, wanted))));
    Ok(found.await?.into_iter().flatten().collect())
}

async fn certificates_in(cx: &ReadCx, everywhere: bool, scope: &Scope, wanted: &[(bool, Names)]) -> Result<Vec<Found>> {
    let wanted: Vec<_> = wanted.iter().filter(|it| it.0 == everywhere).map(|it| &it.1).collect();
    let (indexed, named) = tokio::try_join!(indexed(cx, everywhere, scope), named(cx, everywhere, &wanted))?;
    let arns: BTreeSet<_> = indexed.into_iter().chain(named).collect();
    let found = try_join_all(arns.into_iter().map(|arn| one(cx, everywhere, arn))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// What the index of tags knows of the scope: what is gone stays there for hours.
async fn indexed(cx: &ReadCx, everywhere: bool, scope: &Scope) -> Result<Vec<String>> {
    let filter = |(key, value): (&str, &str)| TagFilter::builder().key(key).values(value).build();
    let filters = [(STACK, scope.stack.as_str()), (ENV, scope.env.as_str())].map(filter);
    let client = if everywhere { &cx.tagging_everywhere } else { &cx.tagging };
    let call = client.get_resources().resource_type_filters("acm:certificate");
    let pages = call.set_tag_filters(Some(filters.into())).into_paginator().items().send();
    let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("tag:GetResources")?;
    Ok(found.into_iter().filter_map(|it| it.resource_arn).collect())
}

/// Those that have just the names of one that is wanted. Only the most usual keys are listed if nobody asks for others.
async fn named(cx: &ReadCx, everywhere: bool, wanted: &[&Names]) -> Result<Vec<String>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let keys = KeyAlgorithm::values().iter().map(|it| KeyAlgorithm::from(*it)).collect();
    let call = client(cx, everywhere).list_certificates();
    let call = call.includes(Filters::builder().set_key_types(Some(keys)).build());
    let found: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    let found = found.during("acm:ListCertificates")?.into_iter().filter(|it| {
        let names = it.subject_alternative_name_summaries().iter().map(String::as_str).chain(it.domain_name());
        let names: Names = names.map(str::to_lowercase).collect();
        wanted.iter().any(|it| **it == names)
    });
    Ok(found.filter_map(|it| it.certificate_arn).collect())
}

/// `None` if it is gone.
async fn one(cx: &ReadCx, everywhere: bool, arn: String) -> Result<Option<Found>> {
    let client = client(cx, everywhere);
    let described =
        async { client.describe_certificate().certificate_arn(&arn).send().await.during(DESCRIBE).or_absent() };
    let tags = async {
        let call = client.list_tags_for_certificate().certificate_arn(&arn);
        call.send().await.during("acm:ListTagsForCertificate").or_absent()
    };
    let (Some(described), Some(tags)) = tokio::try_join!(described, tags)? else { return Ok(None) };
    let detail = described.certificate.ok_or_else(|| ApiError::incomplete(DESCRIBE, "certificate"))?;
    let tags = tags.tags().iter().map(|it| (it.key().to_owned(), it.value().unwrap_or_default().to_owned()));
    Ok(Some(Found { everywhere, tags: tags.collect(), arn, detail }))
}

fn client(cx: &ReadCx, everywhere: bool) -> &Client {
    if everywhere { &cx.acm_everywhere } else { &cx.acm }
}

impl Found {
    /// The names that it is for.
    fn names(&self) -> Names {
        let all = self.detail.subject_alternative_names().iter().map(String::as_str).chain(self.detail.domain_name());
        all.map(str::to_lowercase).collect()
    }

    /// The record that proves each name, by the name without its star: what proves a domain proves all that is in it.
    fn records(&self) -> BTreeMap<String, (String, String)> {
        let options = self.detail.domain_validation_options().iter();
        let records = options.filter_map(|it| Some((it.domain_name(), it.resource_record()?)));
        let plain = |it: &str| it.trim_end_matches('.').to_lowercase();
        records.map(|(name, it)| (validated(name), (plain(it.name()), plain(it.value())))).collect()
    }
}

/// The name that has to be proven for `name`.
#[must_use]
pub fn validated(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_prefix("*.").map(str::to_owned).unwrap_or(name)
}
