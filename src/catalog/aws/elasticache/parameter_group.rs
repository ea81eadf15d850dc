//! Parameter groups: <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticache::types::{CacheParameterGroup as SdkGroup, Parameter as SdkParameter, ParameterNameValue};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_like_ours, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, tags::Tags},
};

const DESCRIBE: &str = "elasticache:DescribeCacheParameterGroups";
/// How many parameters one call changes:
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheParameterGroup.html>.
const AT_ONCE: usize = 20;

/// How the engine of a cache is set up.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ParameterGroup {
    /// Its name, of which a region has one: small letters, digits and hyphens.
    pub group_name: String,
    /// The engine and version that it is for, such as `valkey8`.
    pub family: String,
    /// What it is for.
    pub description: String,
    /// What is set otherwise than the engine has it by itself.
    pub parameters: BTreeSet<Parameter>,
}

/// One setting of an engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Such as `maxmemory-policy`.
    pub name: String,
    /// Such as `allkeys-lru`.
    pub value: String,
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
            "elasticache.parameter_group",
            "how the engine of a cache is set up",
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheParameterGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let arn = super::arn(place, "parametergroup", &self.group_name);
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), self.group_name.clone().into())])
    }
}

impl Lifecycle for ParameterGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.group_name.as_str(), it)).collect();
        let pages = cx.elasticache.describe_cache_parameter_groups().into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        let own = found.iter().filter_map(|it| {
            let name = it.cache_parameter_group_name()?;
            (wanted.contains_key(name) || is_like_ours(&look.scope, name)).then_some((it, wanted.get(name).copied()))
        });
        let live = try_join_all(own.map(|(it, want)| live(cx, it, want))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.elasticache.create_cache_parameter_group().cache_parameter_group_name(&new.want.group_name);
        let call = call.cache_parameter_group_family(&new.want.family).description(&new.want.description);
        let call = call.set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticache:CreateCacheParameterGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let name = &live.out.name;
        let names: BTreeSet<_> = want.parameters.iter().map(|it| &it.name).collect();
        let gone: Vec<_> = live.state.parameters.iter().filter(|it| !names.contains(&it.name)).collect();
        for some in gone.chunks(AT_ONCE) {
            let call = cx.elasticache.reset_cache_parameter_group().cache_parameter_group_name(name);
            let call = call.set_parameter_name_values(Some(some.iter().map(|it| to_sdk_parameter(it)).collect()));
            call.send().await.during("elasticache:ResetCacheParameterGroup")?;
        }
        let other: Vec<_> = want.parameters.difference(&live.state.parameters).collect();
        for some in other.chunks(AT_ONCE) {
            let call = cx.elasticache.modify_cache_parameter_group().cache_parameter_group_name(name);
            let call = call.set_parameter_name_values(Some(some.iter().map(|it| to_sdk_parameter(it)).collect()));
            call.send().await.during("elasticache:ModifyCacheParameterGroup")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elasticache.delete_cache_parameter_group().cache_parameter_group_name(&live.out.name);
        call.send().await.during("elasticache:DeleteCacheParameterGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn to_sdk_parameter(it: &Parameter) -> ParameterNameValue {
    ParameterNameValue::builder().parameter_name(&it.name).parameter_value(&it.value).build()
}

/// `None` if it went while it was looked at.
async fn live(cx: &ReadCx, group: &SdkGroup, want: Option<&ParameterGroup>) -> Result<Option<Live<ParameterGroup>>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let name = group.cache_parameter_group_name().ok_or_else(|| lacks("name"))?;
    let arn = group.arn().ok_or_else(|| lacks("ARN"))?;
    let (tags, parameters) = tokio::try_join!(super::tags(cx, arn), parameters(cx, name))?;
    Ok(tags.zip(parameters).map(|(tags, parameters)| describe(group, arn, tags, &parameters, want)))
}

async fn parameters(cx: &ReadCx, group: &str) -> Result<Option<Vec<SdkParameter>>> {
    let pages = cx.elasticache.describe_cache_parameters().cache_parameter_group_name(group);
    let found: Result<Vec<_>, _> = pages.into_paginator().items().send().collect().await;
    found.during("elasticache:DescribeCacheParameters").or_absent()
}

fn describe(
    group: &SdkGroup,
    arn: &str,
    tags: Tags,
    parameters: &[SdkParameter],
    want: Option<&ParameterGroup>,
) -> Live<ParameterGroup> {
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let name = text(group.cache_parameter_group_name());
    let set = parameters.iter().filter_map(|it| {
        let found = Parameter { name: it.parameter_name()?.to_owned(), value: text(it.parameter_value()) };
        // What was set to the engine's own value may count as set or not.
        let wanted = want.is_some_and(|it| it.parameters.contains(&found));
        (it.source() == Some("user") || wanted).then_some(found)
    });
    let state = ParameterGroup {
        group_name: name.clone(),
        family: text(group.cache_parameter_group_family()),
        description: text(group.description()),
        parameters: set.collect(),
    };
    Live { state, out: Out { arn: arn.to_owned(), name }, tags, status: Status::Ready }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, value: &str) -> Parameter {
        Parameter { name: name.into(), value: value.into() }
    }

    fn found(want: Option<&ParameterGroup>) -> ParameterGroup {
        let of = |name: &str, value: Option<&str>, source: &str| {
            let it = SdkParameter::builder().parameter_name(name).set_parameter_value(value.map(Into::into));
            it.source(source).data_type("string").is_modifiable(true).build()
        };
        let all = [
            of("timeout", Some("0"), "system"),
            of("maxmemory-policy", Some("allkeys-lru"), "user"),
            of("notify-keyspace-events", None, "system"),
        ];
        let group = SdkGroup::builder().cache_parameter_group_name("x").cache_parameter_group_family("valkey8");
        describe(&group.build(), "arn", Tags::new(), &all, want).state
    }

    #[test]
    fn only_what_was_set_is_ours() {
        assert_eq!(found(None).parameters, [parameter("maxmemory-policy", "allkeys-lru")].into());
    }

    #[test]
    fn what_is_set_to_the_default_is_set() {
        let mut want = found(None);
        want.parameters.insert(parameter("timeout", "0"));
        assert_eq!(found(Some(&want)).parameters, want.parameters);
        want.parameters.insert(parameter("timeout", "60"));
        want.parameters.remove(&parameter("timeout", "0"));
        assert_ne!(found(Some(&want)).parameters, want.parameters);
    }
}
