//! Route 53: <https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html>.
//!
//! All of an account's calls share five a second, so what can be asked at once is. Zones and health checks get their tags only
//! after they are made: until then, the reference that each is made with says whose it is.

pub mod health_check;
mod listing;
mod marker;
pub mod name;
pub mod record;
pub mod value;
pub mod zone;

use std::collections::BTreeMap;

use aws_sdk_route53::types::{HostedZone, ResourceTagSet, Tag, TagResourceType};
use futures::future::try_join_all;

use crate::{
    api::{During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::{
        Facts,
        tags::{ENV, ID, REGION, STACK, Scope, Tags},
        text::digest::short,
        value::Address,
    },
};

/// How many resources `ListTagsForResources` takes at once:
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResources.html>.
const AT_ONCE: usize = 10;

/// All hosted zones of the account.
async fn zones(cx: &ReadCx) -> Result<Vec<HostedZone>> {
    let pages = cx.route53.list_hosted_zones().into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("route53:ListHostedZones")
}

/// The id alone.
fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Starts the references of a scope. A reference may have 64 characters.
fn reference_of(stack: &str, env: &str, region: &str) -> String {
    format!("infractl-{}/", short(&format!("{stack}/{env}/{region}"), 12))
}

/// What something with `tags` is made with: nothing else is, not even one that is made at the same place later.
fn reference(tags: &Tags, token: &str) -> String {
    let of = |key| tags.get(key).map(String::as_str).unwrap_or_default();
    let name = Address::parse(of(ID)).map(|it| it.name().to_owned()).unwrap_or_default();
    format!("{}{name}/{}", reference_of(of(STACK), of(ENV), of(REGION)), token.get(..16).unwrap_or(token))
}

/// Where in the scope something belongs that was made with `reference`; `None` if it is not of the scope.
fn place(scope: &Scope, facts: &Facts, reference: &str) -> Option<Address> {
    let rest = reference.strip_prefix(&reference_of(&scope.stack, &scope.env, &scope.region))?;
    let (name, _) = rest.split_once('/')?;
    Some(Address::new(facts.kind, name))
}

/// The tags of something that was made with `reference`. One that nobody has tagged yet is whose the reference says.
fn proven(scope: &Scope, facts: &Facts, reference: &str, tags: Tags) -> Tags {
    let untagged = !tags.contains_key(STACK);
    match place(scope, facts, reference).filter(|_| untagged) {
        Some(address) => tags.into_iter().chain(scope.tags(&address)).collect(),
        None => tags,
    }
}

/// The tags of each of `ids`; what is gone by now is not among them.
async fn tags(cx: &ReadCx, kind: TagResourceType, ids: &[String]) -> Result<BTreeMap<String, Tags>> {
    let found = try_join_all(ids.chunks(AT_ONCE).map(|it| tags_of(cx, &kind, it))).await?;
    let tags = |it: &ResourceTagSet| {
        it.tags()
            .iter()
            .filter_map(|it| Some((it.key()?.to_owned(), it.value().unwrap_or_default().to_owned())))
            .collect()
    };
    Ok(found.iter().flatten().filter_map(|it| Some((it.resource_id()?.to_owned(), tags(it)))).collect())
}

/// One that went while we looked fails a whole call: each is asked for by itself then.
async fn tags_of(cx: &ReadCx, kind: &TagResourceType, ids: &[String]) -> Result<Vec<ResourceTagSet>> {
    let list = |ids: &[String]| {
        let call =
            cx.route53.list_tags_for_resources().resource_type(kind.clone()).set_resource_ids(Some(ids.to_vec()));
        async { call.send().await.during("route53:ListTagsForResources").or_absent() }
    };
    let answers = match list(ids).await? {
        Some(answer) => vec![Some(answer)],
        None if ids.len() == 1 => Vec::new(),
        None => try_join_all(ids.chunks(1).map(list)).await?,
    };
    Ok(answers.into_iter().flatten().flat_map(|it| it.resource_tag_sets).collect())
}

/// Sets and removes tags. Those that prove whose it is go with the first: so far only its reference may have told.
async fn retag(cx: &WriteCx, kind: TagResourceType, id: &str, own: &Tags, changes: &TagChanges) -> Result<()> {
    let proof = own.iter().filter(|(key, _)| [STACK, ENV, REGION, ID].contains(&key.as_str()));
    let set = proof.chain(&changes.set).collect::<BTreeMap<_, _>>();
    let set = set.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let unset = Some(changes.unset.clone()).filter(|it| !it.is_empty());
    let call = cx.route53.change_tags_for_resource().resource_type(kind).resource_id(id);
    let call = call.set_add_tags(Some(set)).set_remove_tag_keys(unset);
    call.send().await.during("route53:ChangeTagsForResource").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Resource;

    #[test]
    fn a_reference_says_whose_it_is() {
        let scope = Scope { stack: "shop".into(), env: "production".into(), region: "eu-central-1".into() };
        let address = Address::new("route53.zone", "a-name-of-24-characters-");
        let facts = &zone::Zone::FACTS;
        let reference = reference(&scope.tags(&address), &"x".repeat(32));
        assert!(reference.len() <= 64, "{reference}");
        assert_eq!(place(&scope, facts, &reference), Some(address.clone()));
        let other = Scope { env: "dev".into(), ..scope.clone() };
        assert_eq!(place(&other, facts, &reference), None);
        assert_eq!(proven(&scope, facts, &reference, Tags::new()), scope.tags(&address));
        let taken: Tags = [(STACK.to_owned(), "other".to_owned())].into();
        assert_eq!(proven(&scope, facts, &reference, taken.clone()), taken);
    }
}
