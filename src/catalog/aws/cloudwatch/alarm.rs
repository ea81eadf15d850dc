//! Alarms: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::{
    operation::{describe_alarms::DescribeAlarmsOutput, put_metric_alarm::builders::PutMetricAlarmFluentBuilder},
    types::{AlarmType, MetricAlarm as SdkAlarm},
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    gone,
    metric::{Metric, Query, alarm_metric, to_queries},
    retag, tags, to_sdk,
};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{
        Facts, Live, Place, Resource, Status, Surroundings,
        tags::{Scope, Tags},
        value::In,
    },
};

/// How many names a look takes:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>.
const AT_ONCE: usize = 100;

/// Tells people, or does something else, when a metric is not as it should be.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Alarm {
    /// Its name, of which a region has one; up to 255 characters.
    pub alarm_name: String,
    /// What it means, for whoever it wakes; up to 1024 characters.
    pub description: String,
    /// The metric that it watches; none if it watches what is computed of several.
    pub metric: Option<Metric>,
    /// Metrics, and what is computed of them; one of these is what the alarm watches.
    pub math: BTreeSet<Query>,
    /// How the metric has to be to the threshold to be bad, such as `GreaterThanThreshold`.
    pub comparison: String,
    /// The value that is still good, or not any more, in the metric's unit.
    pub threshold: f64,
    /// Over how many of the latest periods it looks.
    pub evaluation_periods: u32,
    /// In how many of these the metric has to be bad.
    pub datapoints_to_alarm: u32,
    /// What a period without data counts as: `missing`, `notBreaching`, `breaching` or `ignore`.
    pub missing_data: String,
    /// Whether it does what it is to do in a state.
    pub actions_enabled: bool,
    /// ARNs of what is to be told or done when it goes off; at most five.
    pub alarm_actions: BTreeSet<In<String>>,
    /// ARNs of what is to be told or done when all is well again; at most five.
    pub ok_actions: BTreeSet<In<String>>,
    /// ARNs of what is to be told or done when there is no data; at most five.
    pub insufficient_data_actions: BTreeSet<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Alarm {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Alarm: alarm_name),
        unique_by: fields!(Alarm: alarm_name),
        ..Facts::new::<Self>(
            "cloudwatch.alarm",
            "tells people when a metric is not as it should be",
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, region, partition }, name) = (place, &self.alarm_name);
        let arn = format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }

    /// Each metric that it watches is paid for.
    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        let metrics = self.metric.iter().chain(self.math.iter().filter_map(|it| it.metric.as_ref()));
        Some(metrics.map(|it| if it.period_seconds < 60 { prices::QUICK_ALARM } else { prices::ALARM }).sum())
    }
}

impl Lifecycle for Alarm {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let prefix = prefix(&look.scope);
        let names: BTreeSet<_> = look.wants.iter().map(|it| it.alarm_name.clone()).collect();
        let outside: Vec<_> = names.into_iter().filter(|it| !it.starts_with(&prefix)).collect();
        let (own, named) = tokio::try_join!(
            found(cx, Which::Prefix(prefix)),
            try_join_all(outside.chunks(AT_ONCE).map(|it| found(cx, Which::Names(it.to_vec())))),
        )?;
        let found = own.into_iter().chain(named.into_iter().flatten());
        let live = try_join_all(found.map(|it| async move {
            let tags = if it.composite { Some(Tags::new()) } else { tags(cx, &it.out.arn).await? };
            Ok(tags.map(|tags| Live { state: it.state, out: it.out, tags, status: Status::Ready }))
        }));
        Ok(live.await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = put(cx, &new.want).set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("cloudwatch:PutMetricAlarm").map(drop)
    }

    /// All of it is said again, since what is left out would be forgotten. What is gone would come back by that, so it is
    /// looked for first; should it go just then, it comes back as ours.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        const CALL: &str = "cloudwatch:PutMetricAlarm";
        if found(&cx.read, Which::Names(vec![live.out.name.clone()])).await?.is_empty() {
            return Err(gone(CALL, &live.out.name));
        }
        put(cx, want).set_tags(Some(to_sdk(&live.tags))).send().await.during(CALL).map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.cloudwatch.delete_alarms().alarm_names(&live.out.name);
        call.send().await.during("cloudwatch:DeleteAlarms").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, &live.out.arn, tags).await
    }
}

fn prefix(scope: &Scope) -> String {
    format!("{}-", scope.prefix())
}

fn put(cx: &WriteCx, want: &Alarm) -> PutMetricAlarmFluentBuilder {
    let number = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    let texts = |set: &BTreeSet<In<String>>| Some(set.iter().map(|it| it.get().clone()).collect());
    let call = cx
        .cloudwatch
        .put_metric_alarm()
        .alarm_name(&want.alarm_name)
        .alarm_description(&want.description)
        .comparison_operator(want.comparison.as_str().into())
        .threshold(want.threshold)
        .evaluation_periods(number(want.evaluation_periods))
        .datapoints_to_alarm(number(want.datapoints_to_alarm))
        .treat_missing_data(&want.missing_data)
        .actions_enabled(want.actions_enabled)
        .set_alarm_actions(texts(&want.alarm_actions))
        .set_ok_actions(texts(&want.ok_actions))
        .set_insufficient_data_actions(texts(&want.insufficient_data_actions));
    let Some(metric) = &want.metric else { return call.set_metrics(Some(to_queries(&want.math))) };
    let call = call
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(metric.dimensions_to_sdk()))
        .period(number(metric.period_seconds))
        .set_unit(metric.unit.as_deref().map(Into::into));
    match metric.statistic.as_str() {
        it @ ("Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum") => call.statistic(it.into()),
        it => call.extended_statistic(it),
    }
}

enum Which {
    Prefix(String),
    Names(Vec<String>),
}

/// An alarm without its tags, for which another call is needed.
struct Found {
    state: Alarm,
    out: Out,
    /// Whether it is made of other alarms. Such ones are never ours, but have their names among all others.
    composite: bool,
}

async fn found(cx: &ReadCx, which: Which) -> Result<Vec<Found>> {
    const CALL: &str = "cloudwatch:DescribeAlarms";
    let call =
        cx.cloudwatch.describe_alarms().alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
    let call = match which {
        Which::Prefix(prefix) => call.alarm_name_prefix(prefix),
        Which::Names(names) => call.set_alarm_names(Some(names)),
    };
    let pages: Vec<_> = call.into_paginator().send().collect::<std::result::Result<_, _>>().await.during(CALL)?;
    let metric = pages.iter().flat_map(DescribeAlarmsOutput::metric_alarms).map(live);
    let composite = pages.iter().flat_map(DescribeAlarmsOutput::composite_alarms).map(|it| {
        let sdk = SdkAlarm::builder().set_alarm_name(it.alarm_name.clone()).set_alarm_arn(it.alarm_arn.clone());
        Ok(Found { composite: true, ..live(&sdk.build())? })
    });
    metric.chain(composite).collect()
}

fn live(alarm: &SdkAlarm) -> Result<Found> {
    let lacks = |what| ApiError::incomplete("cloudwatch:DescribeAlarms", what);
    let name = alarm.alarm_name().ok_or_else(|| lacks("alarm's name"))?.to_owned();
    let arn = alarm.alarm_arn().ok_or_else(|| lacks("alarm's ARN"))?.to_owned();
    let set = |arns: &[String]| arns.iter().map(|it| it.as_str().into()).collect();
    let periods = alarm.evaluation_periods().unwrap_or(1).unsigned_abs();
    let state = Alarm {
        alarm_name: name.clone(),
        description: alarm.alarm_description().unwrap_or_default().to_owned(),
        metric: alarm_metric(alarm),
        math: alarm.metrics().iter().filter_map(Query::from_sdk).collect(),
        comparison: alarm.comparison_operator().map(|it| it.as_str().to_owned()).unwrap_or_default(),
        threshold: alarm.threshold().unwrap_or_default(),
        evaluation_periods: periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm().map_or(periods, i32::unsigned_abs),
        missing_data: alarm.treat_missing_data().unwrap_or("missing").to_owned(),
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        alarm_actions: set(alarm.alarm_actions()),
        ok_actions: set(alarm.ok_actions()),
        insufficient_data_actions: set(alarm.insufficient_data_actions()),
    };
    Ok(Found { state, out: Out { arn, name }, composite: false })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, StandardUnit, Statistic};
    use serde_json::json;

    use super::*;

    fn dimension(name: &str, value: &str) -> Dimension {
        Dimension::builder().name(name).value(value).build()
    }

    fn sdk() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
        SdkAlarm::builder()
            .alarm_name("shop-dev-api-cpu")
            .alarm_arn("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-dev-api-cpu")
            .namespace("AWS/ECS")
            .metric_name("CPUUtilization")
            .statistic(Statistic::Average)
            .period(60)
            .dimensions(dimension("ServiceName", "shop-dev-api"))
            .dimensions(dimension("ClusterName", "shop-dev"))
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .threshold(80.0)
            .evaluation_periods(5)
    }

    #[test]
    fn what_an_answer_leaves_out_is_what_the_service_assumes() {
        let state = live(&sdk().build()).unwrap().state;
        assert_eq!((state.evaluation_periods, state.datapoints_to_alarm), (5, 5));
        assert_eq!((state.missing_data.as_str(), state.actions_enabled), ("missing", true));
        assert_eq!(state.metric.unwrap().unit, None);
    }

    #[test]
    fn the_order_of_dimensions_says_nothing() {
        let one = live(&sdk().build()).unwrap().state;
        let turned = vec![dimension("ClusterName", "shop-dev"), dimension("ServiceName", "shop-dev-api")];
        let other = live(&sdk().set_dimensions(Some(turned)).build()).unwrap().state;
        assert_eq!(json!(one), json!(other));
        let unit = live(&sdk().unit(StandardUnit::Percent).build()).unwrap().state;
        assert_ne!(json!(one), json!(unit));
    }

    #[test]
    fn an_alarm_without_a_name_is_an_error() {
        assert!(live(&SdkAlarm::builder().build()).is_err());
    }
}
