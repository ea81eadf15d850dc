//! Subnet groups: <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SubnetGroups.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticache::types::CacheSubnetGroup as SdkGroup;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_like_ours, to_sdk};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, value::In},
};

const DESCRIBE: &str = "elasticache:DescribeCacheSubnetGroups";

/// The subnets that the nodes of a cache may stand in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubnetGroup {
    /// Its name, of which a region has one: small letters, digits and hyphens.
    pub group_name: String,
    /// What it is for.
    pub description: String,
    /// The subnets, all of one VPC.
    pub subnets: BTreeSet<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for SubnetGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(SubnetGroup: group_name),
        holds: fields!(SubnetGroup: subnets),
        unique_by: fields!(SubnetGroup: group_name),
        ..Facts::new::<Self>(
            "elasticache.subnet_group",
            "the subnets that the nodes of a cache may stand in",
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheSubnetGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let arn = super::arn(place, "subnetgroup", &self.group_name);
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), self.group_name.clone().into())])
    }
}

impl Lifecycle for SubnetGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.group_name.as_str()).collect();
        let pages = cx.elasticache.describe_cache_subnet_groups().into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        let own = found.iter().filter(|it| {
            it.cache_subnet_group_name().is_some_and(|it| wanted.contains(it) || is_like_ours(&look.scope, it))
        });
        let live = try_join_all(own.map(|it| live(cx, it))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.elasticache.create_cache_subnet_group().cache_subnet_group_name(&new.want.group_name);
        let call = call.cache_subnet_group_description(&new.want.description).set_tags(Some(to_sdk(&new.tags)));
        let call = call.set_subnet_ids(Some(ids(&new.want.subnets)));
        call.send().await.during("elasticache:CreateCacheSubnetGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, changed: &Changed) -> Result<()> {
        let mut call = cx.elasticache.modify_cache_subnet_group().cache_subnet_group_name(&want.group_name);
        if changed.any(fields!(SubnetGroup: description)) {
            call = call.cache_subnet_group_description(&want.description);
        }
        if changed.any(fields!(SubnetGroup: subnets)) {
            call = call.set_subnet_ids(Some(ids(&want.subnets)));
        }
        call.send().await.during("elasticache:ModifyCacheSubnetGroup").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elasticache.delete_cache_subnet_group().cache_subnet_group_name(&live.out.name);
        call.send().await.during("elasticache:DeleteCacheSubnetGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn ids(subnets: &BTreeSet<In<String>>) -> Vec<String> {
    subnets.iter().map(|it| it.get().clone()).collect()
}

/// `None` if it went while it was looked at.
async fn live(cx: &ReadCx, group: &SdkGroup) -> Result<Option<Live<SubnetGroup>>> {
    let Live { state, out, status, .. } = describe(group)?;
    let tags = super::tags(cx, &out.arn).await?;
    Ok(tags.map(|tags| Live { state, out, tags, status }))
}

fn describe(group: &SdkGroup) -> Result<Live<SubnetGroup>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let name = group.cache_subnet_group_name().ok_or_else(|| lacks("name"))?;
    let state = SubnetGroup {
        group_name: name.to_owned(),
        description: group.cache_subnet_group_description().unwrap_or_default().to_owned(),
        subnets: group.subnets().iter().filter_map(|it| Some(it.subnet_identifier()?.into())).collect(),
    };
    let out = Out { arn: group.arn().ok_or_else(|| lacks("ARN"))?.to_owned(), name: name.to_owned() };
    Ok(Live { state, out, tags: BTreeMap::new(), status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticache::types::Subnet;

    use super::*;

    #[test]
    fn subnets_come_in_any_order_and_the_arn_is_foretold() {
        let arn = "arn:aws:elasticache:eu-central-1:123456789012:subnetgroup:shop-dev-main-cache";
        let subnet = |id: &str| Subnet::builder().subnet_identifier(id).build();
        let group = SdkGroup::builder().cache_subnet_group_name("shop-dev-main-cache").arn(arn);
        let group =
            group.cache_subnet_group_description("main").subnets(subnet("subnet-b")).subnets(subnet("subnet-a"));
        let found = describe(&group.build()).unwrap();
        assert_eq!(found.state.subnets, ["subnet-a".into(), "subnet-b".into()].into());
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        assert_eq!(found.state.foretell(&place).get("arn").and_then(Value::as_str), Some(arn));
    }
}
