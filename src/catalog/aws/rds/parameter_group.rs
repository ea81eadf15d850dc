//! Parameter groups: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_rds::types::{ApplyMethod, DbParameterGroup, Parameter as SdkParameter};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    may_be_of,
    parameters::{Parameter, described, set_in},
    tags_of, to_sdk,
};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Risk, Status},
};

const DESCRIBE: &str = "rds:DescribeDBParameterGroups";
/// How many parameters one call changes:
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html>.
const AT_ONCE: usize = 20;

/// How PostgreSQL is set up, for the databases that use it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ParameterGroup {
    /// Its name, in small letters.
    pub group_name: String,
    /// The major version that it is for, such as `postgres16`.
    pub family: String,
    /// What it is for.
    pub description: String,
    /// What is set; the rest is as RDS has it.
    pub parameters: BTreeSet<Parameter>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for ParameterGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(ParameterGroup: group_name, family, description),
        unique_by: fields!(ParameterGroup: group_name),
        ..Facts::new::<Self>(
            "rds.parameter_group",
            "how PostgreSQL is set up, for the databases that use it",
            "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBParameterGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.group_name);
        let arn = format!("arn:{partition}:rds:{region}:{account}:pg:{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let changed = self.parameters.symmetric_difference(&live.parameters).filter(|it| it.is_static());
        let names: BTreeSet<_> = changed.map(|it| it.name.as_str()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        vec![Risk::Defers(format!("{names}: takes effect when the database restarts"))]
    }
}

impl Lifecycle for ParameterGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.group_name.as_str(), it)).collect();
        let pages = cx.rds.describe_db_parameter_groups().into_paginator().items().send();
        let mut found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        found.retain(|it| {
            it.db_parameter_group_name().is_some_and(|it| wanted.contains_key(it) || may_be_of(&look.scope, it))
        });
        let want = |it: &DbParameterGroup| wanted.get(it.db_parameter_group_name()?).copied();
        let live = try_join_all(found.iter().map(|it| live(cx, it, want(it)))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    /// Sets no parameters: that takes another call.
    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .rds
            .create_db_parameter_group()
            .db_parameter_group_name(&want.group_name)
            .db_parameter_group_family(&want.family)
            .description(&want.description)
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("rds:CreateDBParameterGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let group = &live.out.name;
        let Difference { set, reset } = difference(&want.parameters, &live.state.parameters);
        let names = set.iter().map(|it| it.name.clone()).chain(reset.iter().cloned()).collect();
        let known = described(&cx.read, group, Some(names)).await?.unwrap_or_default();
        let set: Vec<_> = set.iter().map(|it| to_change(&known, &it.name, Some(&it.value))).collect();
        for some in set.chunks(AT_ONCE) {
            let call = cx.rds.modify_db_parameter_group().db_parameter_group_name(group);
            let call = call.set_parameters(Some(some.to_vec()));
            call.send().await.during("rds:ModifyDBParameterGroup")?;
        }
        let reset: Vec<_> = reset.iter().map(|it| to_change(&known, it, None)).collect();
        for some in reset.chunks(AT_ONCE) {
            let call = cx.rds.reset_db_parameter_group().db_parameter_group_name(group);
            let call = call.set_parameters(Some(some.to_vec())).reset_all_parameters(false);
            call.send().await.during("rds:ResetDBParameterGroup")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.rds.delete_db_parameter_group().db_parameter_group_name(&live.out.name);
        call.send().await.during("rds:DeleteDBParameterGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

/// What leads from one set of parameters to another.
#[derive(Debug, PartialEq)]
struct Difference<'a> {
    set: Vec<&'a Parameter>,
    /// Names of those to be left to RDS again.
    reset: Vec<String>,
}

fn difference<'a>(want: &'a BTreeSet<Parameter>, live: &BTreeSet<Parameter>) -> Difference<'a> {
    let kept: BTreeSet<_> = want.iter().map(|it| &it.name).collect();
    let reset = live.iter().map(|it| &it.name).filter(|it| !kept.contains(it)).cloned().collect();
    Difference { set: want.iter().filter(|it| !live.contains(*it)).collect(), reset }
}

/// What RDS calls static is only accepted as something for the next restart.
fn to_change(known: &[SdkParameter], name: &str, value: Option<&str>) -> SdkParameter {
    let known = known.iter().find(|it| it.parameter_name().is_some_and(|it| it.eq_ignore_ascii_case(name)));
    let dynamic = known.and_then(SdkParameter::apply_type).is_some_and(|it| it.eq_ignore_ascii_case("dynamic"));
    let method = if dynamic { ApplyMethod::Immediate } else { ApplyMethod::PendingReboot };
    SdkParameter::builder()
        .parameter_name(name)
        .set_parameter_value(value.map(str::to_owned))
        .apply_method(method)
        .build()
}

/// `None` if it went while we looked.
async fn live(
    cx: &ReadCx,
    group: &DbParameterGroup,
    want: Option<&ParameterGroup>,
) -> Result<Option<Live<ParameterGroup>>> {
    let (Some(name), Some(arn)) = (group.db_parameter_group_name(), group.db_parameter_group_arn()) else {
        return Err(ApiError::incomplete(DESCRIBE, "name or ARN"));
    };
    let wanted = want.into_iter().flat_map(|it| &it.parameters);
    let (tags, parameters) = tokio::try_join!(tags_of(cx, arn), set_in(cx, name, wanted))?;
    let (Some(tags), Some(parameters)) = (tags, parameters) else { return Ok(None) };
    let state = ParameterGroup {
        group_name: name.to_owned(),
        family: group.db_parameter_group_family().unwrap_or_default().to_owned(),
        description: group.description().unwrap_or_default().to_owned(),
        parameters,
    };
    let out = Out { arn: arn.to_owned(), name: name.to_owned() };
    Ok(Some(Live { state, out, tags, status: Status::Ready }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(of: &[(&str, &str)]) -> BTreeSet<Parameter> {
        of.iter().map(|(name, value)| Parameter { name: (*name).into(), value: (*value).into() }).collect()
    }

    #[test]
    fn what_is_no_longer_wanted_is_left_to_rds_again() {
        let want = set(&[("work_mem", "8192"), ("max_connections", "100")]);
        let live = set(&[("work_mem", "4096"), ("max_connections", "100"), ("log_connections", "1")]);
        let Difference { set, reset } = difference(&want, &live);
        assert_eq!(set.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["work_mem"]);
        assert_eq!(reset, ["log_connections"]);
        assert_eq!(difference(&want, &want), Difference { set: Vec::new(), reset: Vec::new() });
    }

    #[test]
    fn what_is_dynamic_is_applied_at_once_and_the_rest_at_a_restart() {
        let known = |kind: &str| vec![SdkParameter::builder().parameter_name("Work_Mem").apply_type(kind).build()];
        let method = |known: &[SdkParameter]| to_change(known, "work_mem", Some("1")).apply_method;
        assert_eq!(method(&known("dynamic")), Some(ApplyMethod::Immediate));
        assert_eq!(method(&known("static")), Some(ApplyMethod::PendingReboot));
        assert_eq!(method(&[]), Some(ApplyMethod::PendingReboot));
    }

    #[test]
    fn a_plan_says_what_waits_for_a_restart() {
        let group = |parameters| ParameterGroup {
            group_name: "shop-prod-main".into(),
            family: "postgres16".into(),
            description: String::new(),
            parameters,
        };
        let (old, new) = (group(set(&[("work_mem", "1")])), group(set(&[("work_mem", "2"), ("max_connections", "9")])));
        let risks = new.change_risks(&old);
        assert_eq!(risks, [Risk::Defers("max_connections: takes effect when the database restarts".into())]);
        assert!(old.change_risks(&group(set(&[]))).is_empty());
    }
}
