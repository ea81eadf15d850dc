//! Security groups: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>.
//!
//! A group without its rules, which are a type of their own: so groups may refer to each other.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup as SdkGroup};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, blockers, filter, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, value::In},
};

/// A firewall around network interfaces.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroup {
    /// The VPC that it is in.
    pub vpc: In<String>,
    /// Its name, of which a VPC has one in whatever case; does not start with `sg-`.
    pub group_name: String,
    /// What it is for: 1 to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.
    pub description: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `sg-0123456789abcdef0`.
    pub id: String,
}

impl Resource for SecurityGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(SecurityGroup: vpc, group_name, description),
        unique_by: fields!(SecurityGroup: vpc, group_name),
        waits: Waits::minutes(5, 5, 15),
        ..Facts::new::<Self>(
            "ec2.security_group",
            "a firewall around network interfaces",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html",
        )
    };
}

impl Lifecycle for SecurityGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let names: Vec<_> = look.wants.iter().map(|it| it.group_name.as_str()).collect();
        // A group that has a wanted name is in the way, whosever it is.
        let named = names.chunks(AT_ONCE).map(|it| vec![filter("group-name", it.iter().copied())]);
        let looks = std::iter::once(owned_by(&look.scope)).chain(named).map(|it| groups(cx, it));
        let found = try_join_all(looks).await?.into_iter().flatten();
        let once: BTreeMap<_, _> = found.map(|it| (it.group_id.clone(), it)).collect();
        once.values().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.create_security_group().vpc_id(new.want.vpc.get());
        let call = call.group_name(&new.want.group_name).description(&new.want.description);
        let call = call.tag_specifications(tagged(ResourceType::SecurityGroup, new));
        call.send().await.during("ec2:CreateSecurityGroup").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.ec2.delete_security_group().group_id(&live.out.id);
        call.send().await.during("ec2:DeleteSecurityGroup").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let interfaces = blockers::interfaces(cx, filter("group-id", [&live.out.id])).await?;
        let rules = blockers::groups_naming(cx, &live.out.id).await?;
        Ok(interfaces.iter().map(blockers::interface).chain(rules).collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// The groups that pass `filters`; their rules are elsewhere.
pub(super) async fn groups(cx: &ReadCx, filters: Vec<Filter>) -> Result<Vec<SdkGroup>> {
    let pages = cx.ec2.describe_security_groups().set_filters(Some(filters)).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("ec2:DescribeSecurityGroups")
}

fn live(group: &SdkGroup) -> Result<Live<SecurityGroup>> {
    let (Some(id), Some(vpc), Some(name)) = (group.group_id(), group.vpc_id(), group.group_name()) else {
        return Err(ApiError::incomplete("ec2:DescribeSecurityGroups", "group id, VPC or name"));
    };
    let state = SecurityGroup {
        vpc: vpc.into(),
        group_name: name.to_owned(),
        description: group.description().unwrap_or_default().to_owned(),
    };
    let tags = tags(group.tags.as_deref());
    Ok(Live { state, out: Out { id: id.to_owned() }, tags, status: Status::Ready })
}
