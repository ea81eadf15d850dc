//! Alarms, dashboards, topics and who hears of them. They go by names, and nothing tells those made anew from those before.

use infractl::api::ReadCx;
use serde_json::Value;

use super::{Looking, policy};

impl Looking {
    async fn cloudwatch_tags(cx: &ReadCx, arn: &str) -> Option<Vec<(String, String)>> {
        // It may go while we look.
        let found = cx.cloudwatch.list_tags_for_resource().resource_arn(arn).send().await.ok()?;
        Some(found.tags().iter().map(|it| (it.key().unwrap().to_owned(), it.value().unwrap().to_owned())).collect())
    }

    fn see_by_name(&mut self, arn: &str, tags: &[(String, String)], facts: Vec<(&str, String)>) {
        self.see(Some(arn), tags, facts);
        self.ids.retain(|_, id| id != arn);
    }

    pub(super) async fn topics(&mut self, cx: &ReadCx) {
        for topic in all!(cx.sns.list_topics()) {
            let arn = topic.topic_arn().unwrap();
            let Ok(tags) = cx.sns.list_tags_for_resource().resource_arn(arn).send().await else { continue };
            let Ok(found) = cx.sns.get_topic_attributes().topic_arn(arn).send().await else { continue };
            let tags: Vec<_> = tags.tags().iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect();
            let attribute = |name: &str| found.attributes().unwrap().get(name).cloned().unwrap_or_default();
            let facts = vec![
                ("called", attribute("DisplayName")),
                ("policy", policy(&attribute("Policy"))),
                ("key", attribute("KmsMasterKeyId")),
            ];
            self.names.insert(arn.split(':').nth(4).unwrap().to_owned(), "this account".to_owned());
            self.see_by_name(arn, &tags, facts);
            for it in all!(cx.sns.list_subscriptions_by_topic().topic_arn(arn)) {
                let asked = it.subscription_arn() == Some("PendingConfirmation");
                let name = format!("{} {}", it.protocol().unwrap(), it.endpoint().unwrap());
                self.add(Some(arn), &name, if asked { "asked" } else { "told" });
            }
        }
    }

    pub(super) async fn alarms(&mut self, cx: &ReadCx) {
        let pages: Vec<_> =
            cx.cloudwatch.describe_alarms().into_paginator().send().collect::<Result<_, _>>().await.unwrap();
        for it in pages.iter().flat_map(|it| it.metric_alarms()) {
            let arn = it.alarm_arn().unwrap();
            let Some(tags) = Self::cloudwatch_tags(cx, arn).await else { continue };
            // Those that a policy makes for itself are Auto Scaling's.
            if tags.is_empty() {
                continue;
            }
            let mut dimensions: Vec<_> =
                it.dimensions().iter().map(|it| format!("{}={}", it.name().unwrap(), it.value().unwrap())).collect();
            // The numbers of a load balancer and of a target group are others each time.
            for it in &mut dimensions {
                let numbered = it.starts_with("LoadBalancer=") || it.starts_with("TargetGroup=");
                if let Some(end) = it.rfind('/').filter(|_| numbered) {
                    it.replace_range(end + 1.., "*");
                }
            }
            dimensions.sort();
            let set = |all: &[String]| {
                let mut all = all.to_vec();
                all.sort();
                all.join(" ")
            };
            let metric = format!("{} {}", it.namespace().unwrap_or_default(), it.metric_name().unwrap_or_default());
            let math: Vec<_> =
                it.metrics().iter().map(|it| format!("{}: {:?}", it.id().unwrap(), it.expression())).collect();
            let when = format!("{} {}", it.comparison_operator().unwrap().as_str(), it.threshold().unwrap());
            let of =
                format!("{} of {}", it.datapoints_to_alarm().unwrap_or_default(), it.evaluation_periods().unwrap());
            let facts = vec![
                ("says", it.alarm_description().unwrap_or_default().to_owned()),
                ("metric", metric.trim().to_owned()),
                ("math", math.join(", ")),
                ("of", dimensions.join(" ")),
                (
                    "statistic",
                    it.statistic().map(|it| it.as_str()).or(it.extended_statistic()).unwrap_or_default().into(),
                ),
                ("period", it.period().map(|it| it.to_string()).unwrap_or_default()),
                ("unit", it.unit().map(|it| it.as_str().to_owned()).unwrap_or_default()),
                ("when", when),
                ("for", of),
                ("missing", it.treat_missing_data().unwrap_or_default().to_owned()),
                ("tells", set(it.alarm_actions())),
                ("tells when ok", set(it.ok_actions())),
                ("tells without data", set(it.insufficient_data_actions())),
                ("acts", it.actions_enabled().unwrap().to_string()),
            ];
            self.see_by_name(arn, &tags, facts);
        }
    }

    /// What is on it, by kind and title.
    pub(super) async fn dashboards(&mut self, cx: &ReadCx) {
        for it in all!(cx.cloudwatch.list_dashboards()) {
            let arn = it.dashboard_arn().unwrap();
            let Some(tags) = Self::cloudwatch_tags(cx, arn).await else { continue };
            let call = cx.cloudwatch.get_dashboard().dashboard_name(it.dashboard_name().unwrap());
            let Ok(found) = call.send().await else { continue };
            let body: Value = serde_json::from_str(found.dashboard_body().unwrap()).unwrap();
            let title = |it: &Value| format!("{} {}", it["type"].as_str().unwrap(), it["properties"]["title"]);
            let widgets: Vec<_> = body["widgets"].as_array().unwrap().iter().map(title).collect();
            let others: Vec<_> = body.as_object().unwrap().keys().filter(|it| *it != "widgets").cloned().collect();
            let facts = vec![
                ("name", it.dashboard_name().unwrap().to_owned()),
                ("shows", widgets.join("; ")),
                ("settings", others.join("; ")),
            ];
            self.see_by_name(arn, &tags, facts);
        }
    }
}
