//! Log groups: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types::LogGroup as SdkLogGroup;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, tags::Tags},
};

/// What the names begin with of the groups that RDS writes to, which nobody can choose
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html>).
pub const OF_DATABASES: &str = "/aws/rds/instance/";
/// What the names have to begin with of the groups that AWS WAF writes to
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html>).
pub const OF_WEB_ACLS: &str = "aws-waf-logs-";

/// Where logs are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LogGroup {
    /// Its name, such as `/infractl/shop/prod/web`.
    pub log_group_name: String,
    /// After how many days a line is forgotten, one of the numbers that the service knows; never if there is none.
    pub retention_days: Option<u32>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN, without `:*` at its end.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for LogGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(LogGroup: log_group_name),
        unique_by: fields!(LogGroup: log_group_name),
        holds_data: true,
        ..Facts::new::<Self>(
            "logs.log_group",
            "where logs are kept",
            "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.log_group_name);
        let arn = format!("arn:{partition}:logs:{region}:{account}:log-group:{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Lifecycle for LogGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let prefix = look.scope.prefix();
        let places = [look.scope.path(), format!("{OF_DATABASES}{prefix}-"), format!("{OF_WEB_ACLS}{prefix}-")];
        let names = look.wants.iter().map(|it| it.log_group_name.as_str());
        let outside: BTreeSet<_> = names.filter(|it| !places.iter().any(|place| it.starts_with(place))).collect();
        let (own, named) = tokio::try_join!(
            try_join_all(places.iter().map(|it| starting_with(cx, it))),
            try_join_all(outside.iter().map(|name| async move {
                let found = starting_with(cx, name).await?;
                Ok(found.into_iter().filter(|it| it.log_group_name() == Some(*name)).collect::<Vec<_>>())
            })),
        )?;
        let found = own.into_iter().chain(named).flatten();
        let live = try_join_all(found.map(|it| async move { live(cx, &it).await })).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.logs.create_log_group().log_group_name(&new.want.log_group_name);
        let tags = new.tags.clone().into_iter().collect();
        call.set_tags(Some(tags)).send().await.during("logs:CreateLogGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if !changed.any(fields!(LogGroup: retention_days)) {
            return Ok(());
        }
        let name = &live.out.name;
        let Some(days) = want.retention_days else {
            let call = cx.logs.delete_retention_policy().log_group_name(name);
            return call.send().await.during("logs:DeleteRetentionPolicy").map(drop);
        };
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        let call = cx.logs.put_retention_policy().log_group_name(name).retention_in_days(days);
        call.send().await.during("logs:PutRetentionPolicy").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.logs.delete_log_group().log_group_name(&live.out.name);
        call.send().await.during("logs:DeleteLogGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        let arn = &live.out.arn;
        if !tags.set.is_empty() {
            let set = tags.set.clone().into_iter().collect();
            let call = cx.logs.tag_resource().resource_arn(arn).set_tags(Some(set));
            call.send().await.during("logs:TagResource")?;
        }
        if !tags.unset.is_empty() {
            let call = cx.logs.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
            call.send().await.during("logs:UntagResource")?;
        }
        Ok(())
    }
}

async fn starting_with(cx: &ReadCx, prefix: &str) -> Result<Vec<SdkLogGroup>> {
    let call = cx.logs.describe_log_groups().log_group_name_prefix(prefix);
    call.into_paginator().items().send().collect::<Result<_, _>>().await.during("logs:DescribeLogGroups")
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, group: &SdkLogGroup) -> Result<Option<Live<LogGroup>>> {
    let (Some(name), Some(arn)) = (group.log_group_name(), arn(group)) else {
        return Err(ApiError::incomplete("logs:DescribeLogGroups", "name or ARN"));
    };
    let call = cx.logs.list_tags_for_resource().resource_arn(arn);
    let Some(answer) = call.send().await.during("logs:ListTagsForResource").or_absent()? else { return Ok(None) };
    let state =
        LogGroup { log_group_name: name.to_owned(), retention_days: group.retention_in_days().map(i32::unsigned_abs) };
    let tags: BTreeMap<_, _> = answer.tags.unwrap_or_default().into_iter().collect();
    let out = Out { arn: arn.to_owned(), name: name.to_owned() };
    Ok(Some(Live { state, out, tags: Tags::from(tags), status: Status::Ready }))
}

/// What `arn` gives is for permissions on the group's streams.
fn arn(group: &SdkLogGroup) -> Option<&str> {
    let arn = group.log_group_arn().or_else(|| group.arn())?;
    Some(arn.strip_suffix(":*").unwrap_or(arn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_is_foretold_as_it_will_be_read() {
        let group = LogGroup { log_group_name: "/a/b".into(), retention_days: None };
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        let streams = "arn:aws:logs:eu-central-1:123456789012:log-group:/a/b:*";
        let sdk = SdkLogGroup::builder().arn(streams).build();
        assert_eq!(group.foretell(&place).get("arn").and_then(Value::as_str), arn(&sdk));
        assert_eq!(arn(&sdk), streams.strip_suffix(":*"));
    }
}
