//! Elastic Load Balancing, version 2: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html>.
//!
//! Nothing here can be listed by tag. Load balancers and target groups have names, which begin as the names of their scope
//! do; listeners are listed of load balancers, rules of listeners. The tags of what is found then say whose it is. So that
//! these lists need not wait for one another, the index of all tags tells what there might be.

pub mod action;
pub mod listener;
pub mod load_balancer;
pub mod rule;
pub mod target_group;
pub mod traffic;

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Listener as SdkListener, LoadBalancer as SdkLoadBalancer, Tag, TagDescription,
};
use aws_sdk_resourcegroupstagging::types::TagFilter;
use futures::future::try_join_all;

use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::{ENV, STACK, Scope, Tags},
};

/// How long the name of a load balancer or target group may be
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).
pub const NAME_LIMIT: usize = 32;
/// How many characters a name that had to be shortened still has of its beginning, at least.
const STEM: usize = 16;
/// How many resources `DescribeTags` takes at once:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>.
const AT_ONCE: usize = 20;

/// Starts every name of `scope` here. No load balancer's name may begin with `internal-`.
#[must_use]
pub fn prefix(scope: &Scope) -> String {
    let prefix = scope.prefix();
    if prefix.starts_with("internal-") { format!("alb-{prefix}") } else { prefix }
}

/// Whether what is called `name` may be of `scope`: its tags have to say so. A name may have been shortened.
#[must_use]
pub fn may_be_of(scope: &Scope, name: &str) -> bool {
    let stem: String = prefix(scope).chars().take(STEM).collect();
    name.starts_with(stem.trim_end_matches('-'))
}

/// All load balancers of the account and region: asking for a name that none has fails.
async fn load_balancers(cx: &ReadCx) -> Result<Vec<SdkLoadBalancer>> {
    let pages = cx.elb.describe_load_balancers().into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("elasticloadbalancing:DescribeLoadBalancers")
}

/// The ARNs of those load balancers that may be of `scope`.
pub(super) async fn load_balancers_of(cx: &ReadCx, scope: &Scope) -> Result<Vec<String>> {
    let balancers = load_balancers(cx).await?.into_iter();
    let own = balancers.filter(|it| it.load_balancer_name().is_some_and(|it| may_be_of(scope, it)));
    Ok(own.filter_map(|it| it.load_balancer_arn).collect())
}

/// The listeners of those load balancers that may be of `scope`.
async fn listeners(cx: &ReadCx, scope: &Scope) -> Result<Vec<SdkListener>> {
    let own = load_balancers_of(cx, scope).await?;
    listeners_of(cx, own.iter().map(String::as_str)).await
}

/// The listeners of load balancers, by their ARNs.
async fn listeners_of<'a>(cx: &ReadCx, balancers: impl Iterator<Item = &'a str>) -> Result<Vec<SdkListener>> {
    let found = try_join_all(balancers.map(|arn| async move {
        let pages = cx.elb.describe_listeners().load_balancer_arn(arn).into_paginator().items().send();
        let found: Result<Vec<_>, _> = pages.collect().await;
        // It may have gone while we looked.
        Ok(found.during("elasticloadbalancing:DescribeListeners").or_absent()?.unwrap_or_default())
    }));
    Ok(found.await?.into_iter().flatten().collect())
}

/// What the index of tags knows of `scope`. It learns of changes late, and shows for hours what is gone, so this is only
/// what is worth asking for early
/// (<https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>).
async fn indexed(cx: &ReadCx, scope: &Scope) -> Result<Indexed> {
    let filter = |(key, value): (&str, &str)| TagFilter::builder().key(key).values(value).build();
    let filters = [(STACK, scope.stack.as_str()), (ENV, scope.env.as_str())].map(filter);
    let call = cx.tagging.get_resources().resource_type_filters("elasticloadbalancing");
    let pages = call.set_tag_filters(Some(filters.into())).into_paginator().items().send();
    let found: Vec<_> = pages.collect::<Result<_, _>>().await.during("tag:GetResources")?;
    let arns = found.into_iter().filter_map(|it| it.resource_arn);
    let (rules, arns): (Vec<_>, Vec<_>) = arns.partition(|it| it.contains(":listener-rule/app/"));
    Ok(Indexed { rules, listeners: arns.into_iter().filter(|it| it.contains(":listener/app/")).collect() })
}

/// ARNs of what there might be.
struct Indexed {
    listeners: Vec<String>,
    rules: Vec<String>,
}

/// What was asked for early, with the rest of `arns` that have to be known.
async fn completed<T, F: Future<Output = Result<BTreeMap<String, T>>>>(
    mut early: BTreeMap<String, T>,
    arns: impl Iterator<Item = &String>,
    ask: impl FnOnce(Vec<String>) -> F,
) -> Result<BTreeMap<String, T>> {
    let late = arns.filter(|it| !early.contains_key(*it)).cloned().collect();
    early.extend(ask(late).await?);
    Ok(early)
}

/// The tags of each of `arns`; what is gone by now is not among them.
pub(super) async fn tags(cx: &ReadCx, arns: Vec<String>) -> Result<BTreeMap<String, Tags>> {
    let found = try_join_all(arns.chunks(AT_ONCE).map(|it| tags_of(cx, it))).await?;
    let tags = |it: &TagDescription| it.tags().iter().map(|it| (text(it.key()), text(it.value()))).collect();
    let found = found.iter().flatten();
    Ok(found.filter_map(|it| Some((it.resource_arn()?.to_owned(), tags(it)))).collect())
}

/// One that went while we looked fails a whole call: each is asked for by itself then.
async fn tags_of(cx: &ReadCx, arns: &[String]) -> Result<Vec<TagDescription>> {
    let describe = |arns: &[String]| {
        let call = cx.elb.describe_tags().set_resource_arns(Some(arns.to_vec()));
        async { call.send().await.during("elasticloadbalancing:DescribeTags").or_absent() }
    };
    let answer = match describe(arns).await? {
        Some(answer) => vec![Some(answer)],
        None if arns.len() == 1 => Vec::new(),
        None => try_join_all(arns.chunks(1).map(describe)).await?,
    };
    Ok(answer.into_iter().flatten().flat_map(|it| it.tag_descriptions.unwrap_or_default()).collect())
}

fn text(it: Option<&str>) -> String {
    it.unwrap_or_default().to_owned()
}

/// Tags as the SDK takes them.
fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Sets and removes tags of anything here.
async fn retag(cx: &WriteCx, arn: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let call = cx.elb.add_tags().resource_arns(arn).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("elasticloadbalancing:AddTags")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.elb.remove_tags().resource_arns(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("elasticloadbalancing:RemoveTags")?;
    }
    Ok(())
}

/// What metrics know a load balancer or a target group by: the end of its ARN.
fn suffix(arn: &str) -> String {
    let end = arn.rsplit(':').next().unwrap_or_default();
    end.strip_prefix("loadbalancer/").unwrap_or(end).to_owned()
}

/// A number of the model, of which none here is negative.
fn number<T: TryFrom<i32>>(call: &str, what: &str, it: Option<i32>) -> Result<T> {
    it.and_then(|it| T::try_from(it).ok()).ok_or_else(|| ApiError::incomplete(call, what))
}

/// A number as the SDK takes it.
fn int(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
