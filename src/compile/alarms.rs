//! Alarms, and who is told of them.

pub(super) mod watched;

use std::collections::BTreeSet;

use serde_json::json;

use self::watched::Part;
use super::{naming::fit, stack::Stack};
use crate::{
    catalog::aws::{
        cloudwatch::{
            alarm::Alarm,
            metric::{Dimension, Metric, Query},
        },
        sns::{
            subscription::Subscription,
            topic::{self, Topic},
        },
    },
    field,
    resource::{
        Place, Resource,
        text::policy::PolicyDocument,
        value::{Address, In, OutRef},
    },
    spec::{
        Spec,
        model::{AlarmMetric, MetricWord, MissingData, Names, Span, Subject, Threshold, WatchedMetric, words},
    },
};

/// How long the name of an alarm may be (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const NAME_LIMIT: usize = 255;

/// A topic for each list, whose subscribers it has.
pub(super) fn notify(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, it) in &spec.notify {
        let (name, component) = (name.as_str(), format!("notify.{name}"));
        let topic_name = format!("{}-{name}", stack.graph.scope.prefix());
        let topic = Topic {
            policy: policy(&stack.graph.place, &topic_name),
            display_name: topic_name.clone(),
            topic_name,
            kms_key: it.key.as_ref().map(|it| stack.text(it)),
        };
        let topic = stack.graph.add(&component, name, &topic);
        stack.give(&component, "arn", topic.out(field!(arn)));
        let endpoints = (it.email.iter().map(|it| ("email", it.as_str())))
            .chain(it.https.iter().map(|it| ("https", it.as_str())))
            .chain(it.sms.iter().map(|it| ("sms", it.as_str())));
        for (protocol, endpoint) in endpoints {
            let subscription = Subscription {
                topic: topic.out(field!(arn)),
                protocol: protocol.into(),
                endpoint: endpoint.into(),
                pending: false,
            };
            stack.graph.add(&component, &Subscription::name(name, protocol, endpoint), &subscription);
        }
    }
}

/// In the account, roles decide who may use the topic, and CloudWatch tells it of the account's alarms
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>).
fn policy(place: &Place, name: &str) -> PolicyDocument {
    let Place { account, partition, region } = place;
    let arn = topic::arn(place, name);
    PolicyDocument::new(json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
                "Action": [
                    "sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
                    "sns:Publish", "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe",
                ],
                "Resource": arn,
            },
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": arn,
                "Condition": {
                    "ArnLike": {"aws:SourceArn": format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*")},
                    "StringEquals": {"aws:SourceAccount": account},
                },
            },
        ],
    }))
}

/// The alarms of the file, and those that hardly any stack can do without.
pub(super) fn alarms(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    let mut own = Vec::new();
    for (name, it) in &spec.alarms {
        let (threshold, above) = match (it.above, it.below) {
            (Some(it), _) => (it, true),
            (None, Some(it)) => (it, false),
            (None, None) => continue,
        };
        let word = watched::of_alarm(stack, it);
        let found = match (&it.metric, &word) {
            (WatchedMetric::Full(metric), _) => {
                let what = format!("{} of {}", metric.name, metric.namespace);
                Found { what, metric: Some(full(stack, metric)), math: BTreeSet::new(), missing: MissingData::Unknown }
            }
            (WatchedMetric::Word(_), Some((part, word))) => Found::of(part, word),
            (WatchedMetric::Word(_), None) => continue,
        };
        let bad =
            Bad { threshold, above, periods: it.lasting.seconds() / it.period().seconds().max(1), lasting: it.lasting };
        let found = Found { missing: it.missing.unwrap_or(found.missing), ..found };
        let mut alarm = alarm(stack, name.as_str(), found, &bad, told(stack, it.notify.as_ref()));
        if let Some(it) = &it.description {
            alarm.description = it.to_string();
        }
        stack.graph.add(&format!("alarms.{name}"), name.as_str(), &alarm);
        own.extend(word.map(|(part, word)| (part.component, word.word)));
    }
    if spec.default_alarms && !spec.notify.is_empty() {
        default_alarms(stack, &own);
    }
}

/// What is bad wherever it happens: of what, which metric, above which value, for how many minutes. What databases have
/// follows <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html>.
const DEFAULTS: &[(Subject, &str, f64, &str, u32)] = &[
    (Subject::LoadBalancer, "5xx_rate", 5.0, "%", 5),
    (Subject::Cache, "cpu", 90.0, "%", 15),
    (Subject::Cache, "memory", 90.0, "%", 15),
    (Subject::Serverless, "throttled", 0.0, "", 15),
    (Subject::Machine, "cpu", 90.0, "%", 15),
    (Subject::Machine, "failed_checks", 0.0, "", 5),
    (Subject::Service, "cpu", 90.0, "%", 15),
    (Subject::Service, "memory", 90.0, "%", 15),
    (Subject::Insights, "tasks_missing", 0.0, "", 15),
    (Subject::Route, "5xx_rate", 5.0, "%", 5),
    (Subject::Route, "unhealthy", 0.0, "", 10),
    (Subject::Database, "cpu", 90.0, "%", 15),
    (Subject::Database, "transaction_ids", 1_000_000_000.0, "", 5),
    (Subject::Replica, "replica_lag", 60.0, "s", 10),
];
/// The same, below which value: of storage, a tenth of the least that there is.
const LEAST: &[(Subject, &str, f64, &str, u32)] = &[(Subject::Database, "storage", 2.0, "GB", 15)];
/// For how many minutes a service may have fewer tasks than it should: longer than a task takes to be replaced.
const FEW: u32 = 10;

/// Alarms on what is bad wherever it happens, but for what the file has alarms of its `own` on.
fn default_alarms(stack: &mut Stack<'_>, own: &[(String, &str)]) {
    for part in watched::parts(stack) {
        let above = DEFAULTS.iter().map(|it| (it, true)).chain(LEAST.iter().map(|it| (it, false)));
        let same = above.filter(|(it, _)| it.0 == part.of).map(|((_, word, value, unit, minutes), above)| {
            (*word, Bad::new(Threshold::known(*value, unit), above, *minutes)) //
        });
        for (word, bad) in same.chain(few_tasks(stack.spec, &part)) {
            let Some(metric) = words(part.of).find(|it| it.word == word) else { continue };
            if own.contains(&(part.component.clone(), word)) {
                continue;
            }
            let name = format!("{}.{word}", part.component);
            let alarm = alarm(stack, &name, Found::of(&part, metric), &bad, told(stack, None));
            stack.graph.add(&part.component, &name, &alarm);
        }
    }
}

/// How many tasks of a service are too few. Container Insights know that better: they count what is wanted at the time.
fn few_tasks(spec: &Spec, part: &Part) -> Option<(&'static str, Bad)> {
    if part.of != Subject::Service || spec.has_insights() {
        return None;
    }
    let (_, service) = spec.services.iter().find(|(name, _)| part.component == format!("services.{name}"))?;
    let least = service.least_count();
    (least > 0).then(|| ("tasks", Bad::new(Threshold::known(f64::from(least), ""), false, FEW)))
}

/// What an alarm watches.
struct Found {
    /// In words.
    what: String,
    metric: Option<Metric>,
    math: BTreeSet<Query>,
    missing: MissingData,
}

impl Found {
    fn of(part: &Part, word: &MetricWord) -> Self {
        let (metric, math) = watched::watched(part, word);
        Self { what: format!("{} of {}", word.word, part.component), metric, math, missing: word.missing }
    }
}

/// When it is bad.
struct Bad {
    threshold: Threshold,
    above: bool,
    periods: u32,
    lasting: Span,
}

impl Bad {
    fn new(threshold: Threshold, above: bool, minutes: u32) -> Self {
        Self { threshold, above, periods: minutes, lasting: Span::of_seconds(minutes * 60) }
    }
}

/// What AWS calls the alarm `name`.
pub(super) fn called(stack: &Stack<'_>, name: &str) -> String {
    fit(&format!("{}-{name}", stack.graph.scope.prefix()), NAME_LIMIT)
}

fn alarm(stack: &Stack<'_>, name: &str, found: Found, bad: &Bad, told: BTreeSet<In<String>>) -> Alarm {
    let side = if bad.above { "above" } else { "below" };
    Alarm {
        alarm_name: called(stack, name),
        description: format!("{} is {side} {} for {}", found.what, bad.threshold, bad.lasting),
        metric: found.metric,
        math: found.math,
        comparison: if bad.above { "GreaterThanThreshold" } else { "LessThanThreshold" }.into(),
        threshold: bad.threshold.value(),
        evaluation_periods: bad.periods,
        datapoints_to_alarm: bad.periods,
        missing_data: match found.missing {
            MissingData::Ok => "notBreaching",
            MissingData::Alarm => "breaching",
            MissingData::Unknown => "missing",
            MissingData::Keep => "ignore",
        }
        .into(),
        actions_enabled: true,
        ok_actions: told.clone(),
        alarm_actions: told,
        insufficient_data_actions: BTreeSet::new(),
    }
}

fn full(stack: &Stack<'_>, metric: &AlarmMetric) -> Metric {
    let dimensions = metric.dimensions.iter();
    Metric {
        namespace: metric.namespace.to_string(),
        name: metric.name.to_string(),
        dimensions: dimensions.map(|(name, it)| Dimension { name: name.to_string(), value: stack.text(it) }).collect(),
        statistic: metric.statistic.to_string(),
        period_seconds: metric.period.seconds(),
        unit: metric.unit.as_ref().map(ToString::to_string),
    }
}

/// The topics of those who are told of an alarm: all, if none are named.
fn told(stack: &Stack<'_>, names: Option<&Names>) -> BTreeSet<In<String>> {
    let all = stack.spec.notify.keys();
    let chosen = all.filter(|it| names.is_none_or(|names| names.0.contains(*it)));
    chosen.map(|it| In::Out(OutRef { from: Address::new(Topic::FACTS.kind, it.as_str()), out: "arn".into() })).collect()
}
