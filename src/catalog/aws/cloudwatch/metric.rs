//! What an alarm watches: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{
    Dimension as SdkDimension, Metric as SdkMetric, MetricAlarm, MetricDataQuery, MetricStat, Statistic,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::value::In;

/// A metric, and how its values become one for each period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Such as `AWS/ECS`.
    pub namespace: String,
    /// Such as `CPUUtilization`.
    pub name: String,
    /// What tells it from others of its name; all of them, or it is another metric.
    pub dimensions: BTreeSet<Dimension>,
    /// Such as `Average`, `Sum` or `p95`.
    pub statistic: String,
    /// How long a period is: 10, 20, 30 or a multiple of 60.
    pub period_seconds: u32,
    /// The unit that its values have to be in, such as `Percent`; any if there is none.
    pub unit: Option<String>,
}

/// What tells a metric from others of its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Dimension {
    /// Such as `ClusterName`.
    pub name: String,
    /// Such as `shop-dev`.
    pub value: In<String>,
}

/// A metric, or what is computed of others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Query {
    /// What expressions call it: letters, digits and underscores, beginning with a small letter.
    pub id: String,
    /// The metric.
    pub metric: Option<Metric>,
    /// What is computed, such as `100 * errors / requests`.
    pub expression: Option<String>,
    /// What people call it.
    pub label: Option<String>,
    /// Whether it is what the alarm watches, as exactly one is.
    pub watched: bool,
}

impl Metric {
    pub(super) fn dimensions_to_sdk(&self) -> Vec<SdkDimension> {
        let dimensions = self.dimensions.iter();
        dimensions.map(|it| SdkDimension::builder().name(&it.name).value(it.value.get()).build()).collect()
    }

    fn to_sdk(&self) -> MetricStat {
        let metric = SdkMetric::builder().namespace(&self.namespace).metric_name(&self.name);
        MetricStat::builder()
            .metric(metric.set_dimensions(Some(self.dimensions_to_sdk())).build())
            .period(i32::try_from(self.period_seconds).unwrap_or(i32::MAX))
            .stat(&self.statistic)
            .set_unit(self.unit.as_deref().map(Into::into))
            .build()
    }

    fn from_sdk(stat: &MetricStat) -> Option<Self> {
        let metric = stat.metric()?;
        Some(Self {
            namespace: metric.namespace().unwrap_or_default().to_owned(),
            name: metric.metric_name().unwrap_or_default().to_owned(),
            dimensions: dimensions(metric.dimensions()),
            statistic: stat.stat().unwrap_or_default().to_owned(),
            period_seconds: stat.period().unwrap_or_default().unsigned_abs(),
            unit: stat.unit().map(|it| it.as_str().to_owned()),
        })
    }
}

impl Query {
    pub(super) fn from_sdk(query: &MetricDataQuery) -> Option<Self> {
        Some(Self {
            id: query.id()?.to_owned(),
            metric: query.metric_stat().and_then(Metric::from_sdk),
            expression: query.expression().map(str::to_owned),
            label: query.label().filter(|it| !it.is_empty()).map(str::to_owned),
            watched: query.return_data().unwrap_or(true),
        })
    }
}

pub(super) fn to_queries(math: &BTreeSet<Query>) -> Vec<MetricDataQuery> {
    let query = |it: &Query| {
        MetricDataQuery::builder()
            .id(&it.id)
            .set_metric_stat(it.metric.as_ref().map(Metric::to_sdk))
            .set_expression(it.expression.clone())
            .set_label(it.label.clone())
            .return_data(it.watched)
            .build()
    };
    math.iter().map(query).collect()
}

/// The one metric of an alarm that computes nothing.
pub(super) fn alarm_metric(alarm: &MetricAlarm) -> Option<Metric> {
    let statistic = alarm.statistic().map(Statistic::as_str).or(alarm.extended_statistic());
    Some(Metric {
        namespace: alarm.namespace()?.to_owned(),
        name: alarm.metric_name()?.to_owned(),
        dimensions: dimensions(alarm.dimensions()),
        statistic: statistic.unwrap_or_default().to_owned(),
        period_seconds: alarm.period().unwrap_or_default().unsigned_abs(),
        unit: alarm.unit().map(|it| it.as_str().to_owned()),
    })
}

fn dimensions(from: &[SdkDimension]) -> BTreeSet<Dimension> {
    let pairs = from.iter().filter_map(|it| Some((it.name()?, it.value()?)));
    pairs.map(|(name, value)| Dimension { name: name.to_owned(), value: value.into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_computed_comes_back_as_it_was_sent() {
        let metric = Metric {
            namespace: "AWS/ApplicationELB".into(),
            name: "RequestCount".into(),
            dimensions: [Dimension { name: "LoadBalancer".into(), value: "app/shop/1".into() }].into(),
            statistic: "Sum".into(),
            period_seconds: 60,
            unit: None,
        };
        let query = |id: &str, metric, expression: Option<&str>| Query {
            id: id.into(),
            metric,
            watched: expression.is_some(),
            expression: expression.map(str::to_owned),
            label: None,
        };
        let math: BTreeSet<_> = [query("all", Some(metric), None), query("rate", None, Some("100 * bad / all"))].into();
        let mut sent = to_queries(&math);
        sent.reverse();
        assert_eq!(sent.iter().filter_map(Query::from_sdk).collect::<BTreeSet<_>>(), math);
        // The service may fill in what it shows for a query that has no label.
        let labelled = MetricDataQuery::builder().id("all").label("").build();
        assert_eq!(Query::from_sdk(&labelled).unwrap().label, None);
    }
}
