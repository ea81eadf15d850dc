//! Subnet groups: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html>.

use std::collections::BTreeSet;

use aws_sdk_rds::types::DbSubnetGroup;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{may_be_of, tags_of, to_sdk};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, value::In},
};

const DESCRIBE: &str = "rds:DescribeDBSubnetGroups";

/// The subnets that databases may stand in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SubnetGroup {
    /// Its name, in small letters.
    pub group_name: String,
    /// What it is for.
    pub description: String,
    /// The subnets, in two zones at least. One in which a database stands cannot be taken out.
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
            "rds.subnet_group",
            "the subnets that databases may stand in",
            "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSubnetGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.group_name);
        let arn = format!("arn:{partition}:rds:{region}:{account}:subgrp:{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Lifecycle for SubnetGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.group_name.as_str()).collect();
        let pages = cx.rds.describe_db_subnet_groups().into_paginator().items().send();
        let mut found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        found
            .retain(|it| it.db_subnet_group_name().is_some_and(|it| wanted.contains(it) || may_be_of(&look.scope, it)));
        let live = try_join_all(found.iter().map(|it| live(cx, it))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .rds
            .create_db_subnet_group()
            .db_subnet_group_name(&want.group_name)
            .db_subnet_group_description(&want.description)
            .set_subnet_ids(Some(ids(want)))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("rds:CreateDBSubnetGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let call = cx
            .rds
            .modify_db_subnet_group()
            .db_subnet_group_name(&live.out.name)
            .db_subnet_group_description(&want.description)
            .set_subnet_ids(Some(ids(want)));
        call.send().await.during("rds:ModifyDBSubnetGroup").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.rds.delete_db_subnet_group().db_subnet_group_name(&live.out.name);
        call.send().await.during("rds:DeleteDBSubnetGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn ids(want: &SubnetGroup) -> Vec<String> {
    want.subnets.iter().map(|it| it.get().clone()).collect()
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, group: &DbSubnetGroup) -> Result<Option<Live<SubnetGroup>>> {
    let (Some(name), Some(arn)) = (group.db_subnet_group_name(), group.db_subnet_group_arn()) else {
        return Err(ApiError::incomplete(DESCRIBE, "name or ARN"));
    };
    let Some(tags) = tags_of(cx, arn).await? else { return Ok(None) };
    let state = SubnetGroup {
        group_name: name.to_owned(),
        description: group.db_subnet_group_description().unwrap_or_default().to_owned(),
        subnets: group.subnets().iter().filter_map(|it| Some(it.subnet_identifier()?.into())).collect(),
    };
    let out = Out { arn: arn.to_owned(), name: name.to_owned() };
    Ok(Some(Live { state, out, tags, status: Status::Ready }))
}
