//! EC2 and VPC: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html>.
//!
//! Most things here have no name that we could choose: their tags say whose they are, so every creation tags at once and
//! every look filters by tag.

mod blockers;
mod cost;
pub mod eip;
pub mod flow_log;
pub mod instance;
mod instance_calls;
pub mod internet_gateway;
pub mod nat_gateway;
pub mod network_acl;
pub mod route_table;
mod rule_calls;
pub mod security_group;
pub mod security_group_rules;
pub mod subnet;
pub mod vpc;
pub mod vpc_endpoint;

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification, UnsuccessfulItem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, During, Result, WriteCx},
    catalog::lifecycle::{New, TagChanges},
    resource::{
        Resource,
        tags::{ENV, STACK, Scope, Tags},
    },
};

/// How many values a filter takes at once:
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html>.
pub(super) const AT_ONCE: usize = 200;

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Ports {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

/// Those that carry the tags of `scope`.
pub(super) fn owned_by(scope: &Scope) -> Vec<Filter> {
    let tag = |key: &str, value: &str| Filter::builder().name(format!("tag:{key}")).values(value).build();
    vec![tag(STACK, &scope.stack), tag(ENV, &scope.env)]
}

/// Those whose `name` is one of `values`.
pub(super) fn filter<T: Into<String>>(name: &str, values: impl IntoIterator<Item = T>) -> Filter {
    Filter::builder().name(name).set_values(Some(values.into_iter().map(Into::into).collect())).build()
}

/// The tags of a new resource.
pub(super) fn tagged<R: Resource>(of: ResourceType, new: &New<R>) -> TagSpecification {
    TagSpecification::builder().resource_type(of).set_tags(Some(to_sdk(&new.tags))).build()
}

/// Tags as the SDK gives them.
pub(super) fn tags(from: Option<&[Tag]>) -> Tags {
    let pairs = from.unwrap_or_default().iter().filter_map(|it| Some((it.key()?.into(), it.value()?.into())));
    pairs.collect()
}

fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Sets and removes tags of anything in EC2.
pub(super) async fn retag(cx: &WriteCx, id: &str, tags: &TagChanges) -> Result<()> {
    retag_all(cx, [id], tags).await
}

/// The same of several things at once.
async fn retag_all<T: Into<String>>(cx: &WriteCx, ids: impl IntoIterator<Item = T>, tags: &TagChanges) -> Result<()> {
    let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    if !tags.set.is_empty() {
        let call = cx.ec2.create_tags().set_resources(Some(ids.clone())).set_tags(Some(to_sdk(&tags.set)));
        call.send().await.during("ec2:CreateTags")?;
    }
    if !tags.unset.is_empty() {
        let keys = tags.unset.iter().map(|it| Tag::builder().key(it).build()).collect();
        let call = cx.ec2.delete_tags().set_resources(Some(ids)).set_tags(Some(keys));
        call.send().await.during("ec2:DeleteTags")?;
    }
    Ok(())
}

/// A batch answers 200 even if nothing of it was done.
pub(super) fn all_done(call: &str, unsuccessful: &[UnsuccessfulItem]) -> Result<()> {
    let Some(item) = unsuccessful.first() else { return Ok(()) };
    let error = item.error().ok_or_else(|| ApiError::incomplete(call, "error of an unsuccessful item"))?;
    Err(ApiError::refused(call, error.code().unwrap_or_default(), error.message().unwrap_or_default()))
}
