//! Alarms, the dashboard, and who is told.

use aws_sdk_cloudwatch::{
    operation::put_metric_alarm::builders::PutMetricAlarmFluentBuilder as Put,
    types::{ComparisonOperator, Dimension, MetricDataQuery, Statistic, Tag},
};
use aws_sdk_sns::types::Tag as TopicTag;

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const DASHBOARD: &str = "shop-default-eu-central-1";
const EVERYBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Publish",
    "Resource":"*"}]}"#;

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "notify: { ops: { email: [ops@example.com], sms: ['+4930123456'] } }",
        "alarms: { jobs: { metric: { namespace: AWS/SQS, name: Age, dimensions: { QueueName: jobs } }, above: 600s } }",
        "dashboard: true",
    ],
    drifts: &[
        drift(
            "another threshold",
            &["update cloudwatch.alarm/jobs: threshold"],
            by!(it => it.put(|it| it.threshold(700.0)).await),
        ),
        drift(
            "the other way round",
            &["update cloudwatch.alarm/jobs: comparison"],
            by!(it => it.put(|it| it.comparison_operator(ComparisonOperator::LessThanThreshold)).await),
        ),
        drift(
            "another description",
            &["update cloudwatch.alarm/jobs: description"],
            by!(it => it.put(|it| it.alarm_description("mine")).await),
        ),
        drift(
            "more of a metric's dimensions, and a unit",
            &["update cloudwatch.alarm/jobs: metric.dimensions, metric.unit"],
            by!(it => it.put(|it| it.dimensions(dimension("Other", "x")).unit("Seconds".into())).await),
        ),
        drift(
            "something that is computed",
            &["update cloudwatch.alarm/jobs: metric, math"],
            by!(it => it.compute().await),
        ),
        drift(
            "sooner",
            &["update cloudwatch.alarm/jobs: evaluation_periods, datapoints_to_alarm"],
            by!(it => it.put(|it| it.evaluation_periods(3).datapoints_to_alarm(2)).await),
        ),
        drift(
            "no data is bad",
            &["update cloudwatch.alarm/jobs: missing_data"],
            by!(it => it.put(|it| it.treat_missing_data("breaching")).await),
        ),
        drift(
            "a quiet alarm",
            &["update cloudwatch.alarm/jobs: actions_enabled"],
            by!(it => {
                it.cx.cloudwatch.disable_alarm_actions().alarm_names("shop-default-jobs").send().await.unwrap();
            }),
        ),
        drift(
            "nobody is told",
            &["update cloudwatch.alarm/jobs: alarm_actions, ok_actions"],
            by!(it => it.put(|it| it.set_alarm_actions(None).set_ok_actions(None)).await),
        ),
        drift(
            "somebody is told that there is no data",
            &["update cloudwatch.alarm/jobs: insufficient_data_actions"],
            by!(it => {
                let topic = it.topic().await;
                it.put(|it| it.insufficient_data_actions(topic)).await;
            }),
        ),
        drift(
            "an alarm's tag",
            &["update cloudwatch.alarm/jobs: tags.team"],
            by!(it => {
                let arn = it.alarm().await.alarm_arn.unwrap();
                let tag = Tag::builder().key("team").value("api").build();
                it.cx.cloudwatch.tag_resource().resource_arn(arn).tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "no alarm",
            &["create cloudwatch.alarm/jobs"],
            by!(it => {
                it.cx.cloudwatch.delete_alarms().alarm_names("shop-default-jobs").send().await.unwrap();
            }),
        ),
        drift(
            "an empty dashboard",
            &["update cloudwatch.dashboard/main: widgets"],
            by!(it => it.show(r#"{"widgets":[]}"#).await),
        ),
        drift(
            "another range of time",
            &["update cloudwatch.dashboard/main: settings"],
            by!(it => {
                let found = it.cx.cloudwatch.get_dashboard().dashboard_name(DASHBOARD).send().await.unwrap();
                it.show(&found.dashboard_body().unwrap().replacen('{', r#"{"start":"-PT3H","#, 1)).await;
            }),
        ),
        drift(
            "a dashboard's tag",
            &["update cloudwatch.dashboard/main: tags.team"],
            by!(it => {
                let found = it.cx.cloudwatch.get_dashboard().dashboard_name(DASHBOARD).send().await.unwrap();
                let tag = Tag::builder().key("team").value("api").build();
                let call = it.cx.cloudwatch.tag_resource().resource_arn(found.dashboard_arn().unwrap());
                call.tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "no dashboard",
            &["create cloudwatch.dashboard/main"],
            by!(it => {
                it.cx.cloudwatch.delete_dashboards().dashboard_names(DASHBOARD).send().await.unwrap();
            }),
        ),
        drift(
            "everybody may tell the topic anything",
            &["update sns.topic/ops: policy.Statement"],
            by!(it => it.attribute("Policy", EVERYBODY).await),
        ),
        drift(
            "another sender",
            &["update sns.topic/ops: display_name"],
            by!(it => it.attribute("DisplayName", "mine").await),
        ),
        drift(
            "a key that nobody else may use",
            &["update sns.topic/ops: kms_key"],
            by!(it => it.attribute("KmsMasterKeyId", "alias/aws/sns").await),
        ),
        drift(
            "a topic's tag",
            &["update sns.topic/ops: tags.team"],
            by!(it => {
                let tag = TopicTag::builder().key("team").value("api").build().unwrap();
                it.cx.sns.tag_resource().resource_arn(it.topic().await).tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "somebody does not want to be told any more",
            &["create sns.subscription/sms/+4930123456/ops"],
            by!(it => {
                let call = it.cx.sns.list_subscriptions_by_topic().topic_arn(it.topic().await);
                let all = call.send().await.unwrap().subscriptions.unwrap();
                let arn = all.iter().find(|it| it.protocol() == Some("sms")).unwrap().subscription_arn().unwrap();
                it.cx.sns.unsubscribe().subscription_arn(arn).send().await.unwrap();
            }),
        ),
        drift(
            "no topic",
            &[
                "create sns.topic/ops",
                "create sns.subscription/email/ops@example.com/ops",
                "create sns.subscription/sms/+4930123456/ops",
            ],
            by!(it => {
                it.cx.sns.delete_topic().topic_arn(it.topic().await).send().await.unwrap();
            }),
        ),
    ],
};

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

impl Hands {
    async fn topic(&self) -> String {
        self.cx.sns.list_topics().send().await.unwrap().topics.unwrap().remove(0).topic_arn.unwrap()
    }

    async fn alarm(&self) -> aws_sdk_cloudwatch::types::MetricAlarm {
        self.cx.cloudwatch.describe_alarms().send().await.unwrap().metric_alarms.unwrap().remove(0)
    }

    /// Puts the alarm as it is but for a change.
    async fn put(&self, change: impl FnOnce(Put) -> Put) {
        let is = self.alarm().await;
        let call = self
            .with(&is)
            .namespace("AWS/SQS")
            .metric_name("Age")
            .dimensions(dimension("QueueName", "jobs"))
            .statistic(Statistic::Average)
            .period(60);
        change(call).send().await.unwrap();
    }

    async fn compute(&self) {
        let query =
            MetricDataQuery::builder().id("one").expression("SELECT COUNT(x) FROM y").period(60).return_data(true);
        self.with(&self.alarm().await).metrics(query.build()).send().await.unwrap();
    }

    fn with(&self, is: &aws_sdk_cloudwatch::types::MetricAlarm) -> Put {
        self.cx
            .cloudwatch
            .put_metric_alarm()
            .alarm_name("shop-default-jobs")
            .set_alarm_description(is.alarm_description.clone())
            .set_comparison_operator(is.comparison_operator.clone())
            .set_threshold(is.threshold)
            .set_evaluation_periods(is.evaluation_periods)
            .set_datapoints_to_alarm(is.datapoints_to_alarm)
            .set_treat_missing_data(is.treat_missing_data.clone())
            .set_alarm_actions(is.alarm_actions.clone())
            .set_ok_actions(is.ok_actions.clone())
    }

    async fn show(&self, body: &str) {
        self.cx.cloudwatch.put_dashboard().dashboard_name(DASHBOARD).dashboard_body(body).send().await.unwrap();
    }

    async fn attribute(&self, name: &str, value: &str) {
        let call = self.cx.sns.set_topic_attributes().topic_arn(self.topic().await).attribute_name(name);
        call.attribute_value(value).send().await.unwrap();
    }
}
