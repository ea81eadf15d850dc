"""CloudWatch's alarms and dashboards, and SNS, which tells people of them."""

import json

import pytest
from conftest import fails, wait_for

METRIC = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60}
ALARM = {"AlarmName": "cpu", "ComparisonOperator": "GreaterThanThreshold", "Threshold": 80.5,
         "EvaluationPeriods": 3, **METRIC}
TAGS = [{"Key": "k", "Value": "v"}]


def shown(cloud, name="cpu"):
    (alarm,) = cloud.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm


def test_putting_an_alarm_replaces_it(cloud):
    dimensions = [{"Name": "ServiceName", "Value": "api"}, {"Name": "ClusterName", "Value": "main"}]
    cloud.cloudwatch.put_metric_alarm(**ALARM, Dimensions=dimensions, OKActions=["arn:aws:sns:eu-central-1:1:x"])
    alarm = shown(cloud)
    assert (alarm["Threshold"], alarm["Dimensions"], alarm["StateValue"]) == (80.5, dimensions, "INSUFFICIENT_DATA")
    assert alarm["ActionsEnabled"] and "DatapointsToAlarm" not in alarm
    cloud.cloudwatch.set_alarm_state(AlarmName="cpu", StateValue="OK", StateReason="r")
    assert shown(cloud)["StateValue"] == "OK"
    cloud.cloudwatch.put_metric_alarm(**ALARM)
    alarm = shown(cloud)
    assert (alarm["StateValue"], "Dimensions" in alarm, "OKActions" in alarm) == ("INSUFFICIENT_DATA", False, False)


def test_tags_are_heeded_only_at_first(cloud):
    api, arn = cloud.cloudwatch, f"arn:aws:cloudwatch:eu-central-1:{cloud.account}:alarm:cpu"
    api.put_metric_alarm(**ALARM, Tags=TAGS)
    api.put_metric_alarm(**ALARM, Tags=[{"Key": "k", "Value": "w"}])
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    api.tag_resource(ResourceARN=arn, Tags=[{"Key": "l", "Value": "w"}])
    api.untag_resource(ResourceARN=arn, TagKeys=["k"])
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "l", "Value": "w"}]
    api.delete_alarms(AlarmNames=["cpu"])
    fails("ResourceNotFoundException", api.list_tags_for_resource, ResourceARN=arn)
    api.put_metric_alarm(**ALARM)
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_metric_math(cloud):
    stat = {"Metric": {"Namespace": "N", "MetricName": "bad"}, "Period": 60, "Stat": "Sum"}
    queries = [{"Id": "bad", "MetricStat": stat, "ReturnData": False}, {"Id": "rate", "Expression": "bad * 2"}]
    base = {name: ALARM[name] for name in ("AlarmName", "ComparisonOperator", "Threshold", "EvaluationPeriods")}
    cloud.cloudwatch.put_metric_alarm(**base, Metrics=queries)
    assert shown(cloud)["Metrics"] == queries
    queries[0].pop("ReturnData")
    fails("ValidationError", cloud.cloudwatch.put_metric_alarm, **base, Metrics=queries)
    fails("InvalidParameterCombination", cloud.cloudwatch.put_metric_alarm, **ALARM, Metrics=queries)


@pytest.mark.parametrize("wrong", [
    {"Period": 45}, {"Period": 0}, {"Period": 60, "EvaluationPeriods": 1441}, {"TreatMissingData": "x"},
    {"DatapointsToAlarm": 4}, {"AlarmActions": ["arn:aws:sns:us-east-1:1:x"]}, {"AlarmActions": ["x"]},
    {"AlarmActions": ["arn:aws:sns:eu-central-1:1:x"] * 6}, {"Statistic": None}, {"ExtendedStatistic": "p95"},
    {"Dimensions": [{"Name": "a", "Value": ""}]}, {"AlarmDescription": "x" * 1025},
])
def test_alarms_that_are_refused(cloud, wrong):
    fails("ValidationError", cloud.cloudwatch.put_metric_alarm, **{
        name: value for name, value in {**ALARM, **wrong}.items() if value is not None})


def test_alarms_are_found_by_prefix_and_type(cloud):
    api = cloud.cloudwatch
    for name in ("a-1", "a-2", "b-1"):
        api.put_metric_alarm(**{**ALARM, "AlarmName": name})
    api.put_composite_alarm(AlarmName="a-both", AlarmRule="ALARM(a-1) AND ALARM(a-2)")
    found = api.describe_alarms(AlarmNamePrefix="a-")
    assert [it["AlarmName"] for it in found["MetricAlarms"]] == ["a-1", "a-2"] and not found.get("CompositeAlarms")
    found = api.describe_alarms(AlarmNamePrefix="a-", AlarmTypes=["CompositeAlarm"])
    assert [it["AlarmName"] for it in found["CompositeAlarms"]] == ["a-both"] and not found.get("MetricAlarms")
    cloud.behave(page_size=1)
    pages = api.get_paginator("describe_alarms").paginate(AlarmNamePrefix="a-")
    assert [it["AlarmName"] for page in pages for it in page["MetricAlarms"]] == ["a-1", "a-2"]
    fails("ValidationError", api.put_metric_alarm, **{**ALARM, "AlarmName": "a-both"})


def test_alarms_that_are_there_are_deleted_even_if_another_is_not(cloud):
    cloud.cloudwatch.put_metric_alarm(**ALARM)
    fails("ResourceNotFound", cloud.cloudwatch.delete_alarms, AlarmNames=["cpu", "other"])
    assert cloud.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_an_alarm_is_seen_a_little_later(cloud):
    cloud.behave(read_after_write=0.2)
    cloud.cloudwatch.put_metric_alarm(**ALARM)
    assert cloud.cloudwatch.describe_alarms()["MetricAlarms"] == []
    wait_for(lambda: cloud.cloudwatch.describe_alarms()["MetricAlarms"])


def widget(**more):
    properties = {"region": "eu-central-1", "metrics": [["AWS/ECS", "CPUUtilization", "ServiceName", "a"]]}
    return {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": properties, **more}


def test_dashboards(cloud):
    api, body = cloud.cloudwatch, json.dumps({"widgets": [widget()]}, indent=1)
    assert api.put_dashboard(DashboardName="d", DashboardBody=body, Tags=TAGS)["DashboardValidationMessages"] == []
    found = api.get_dashboard(DashboardName="d")
    assert (found["DashboardBody"], found["DashboardArn"]) == (body, f"arn:aws:cloudwatch::{cloud.account}:dashboard/d")
    assert api.list_tags_for_resource(ResourceARN=found["DashboardArn"])["Tags"] == TAGS
    assert [it["DashboardName"] for it in api.list_dashboards(DashboardNamePrefix="d")["DashboardEntries"]] == ["d"]
    odd = api.put_dashboard(DashboardName="d", DashboardBody='{"widgets": [], "title": 1}')
    assert odd["DashboardValidationMessages"][0]["DataPath"] == "/title"
    fails("ResourceNotFound", api.delete_dashboards, DashboardNames=["d", "e"])
    assert api.get_dashboard(DashboardName="d")
    api.delete_dashboards(DashboardNames=["d"])
    fails("ResourceNotFound", api.get_dashboard, DashboardName="d")


@pytest.mark.parametrize("body", [
    "x", "[]", {"widgets": [{}]}, {"widgets": [widget(width=25)]}, {"widgets": [widget(x=20)]},
    {"widgets": [widget(properties={"metrics": []})]},
    {"widgets": [widget(properties={"region": "r", "metrics": [["AWS/ECS"]]})]},
])
def test_dashboards_that_are_refused(cloud, body):
    body = body if isinstance(body, str) else json.dumps(body)
    fails("InvalidParameterInput", cloud.cloudwatch.put_dashboard, DashboardName="d", DashboardBody=body)


@pytest.fixture
def topic(cloud):
    return cloud.sns.create_topic(Name="ops", Attributes={"DisplayName": "Ops"}, Tags=TAGS)["TopicArn"]


def test_topics(cloud, topic):
    api = cloud.sns
    attributes = api.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["DisplayName"], json.loads(attributes["Policy"])["Id"]) == ("Ops", "__default_policy_ID")
    assert api.create_topic(Name="ops", Attributes={"DisplayName": "Ops"}, Tags=TAGS)["TopicArn"] == topic
    fails("InvalidParameter", api.create_topic, Name="ops", Attributes={"DisplayName": "Others"})
    fails("InvalidParameter", api.create_topic, Name="ops", Tags=[{"Key": "k", "Value": "w"}])
    fails("InvalidParameter", api.set_topic_attributes, TopicArn=topic, AttributeName="Policy", AttributeValue="{}")
    api.delete_topic(TopicArn=topic)
    api.delete_topic(TopicArn=topic)
    fails("NotFound", api.get_topic_attributes, TopicArn=topic)
    fails("ResourceNotFound", api.list_tags_for_resource, ResourceArn=topic)
    fails("NotFound", api.list_subscriptions_by_topic, TopicArn=topic)


def arns(cloud, topic):
    return [it["SubscriptionArn"] for it in cloud.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]


def test_who_gets_mail_is_asked(cloud, topic):
    mail = {"TopicArn": topic, "Protocol": "email", "Endpoint": "ops@example.com"}
    assert cloud.sns.subscribe(**mail)["SubscriptionArn"] == "pending confirmation"
    arn = cloud.sns.subscribe(**mail, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert arns(cloud, topic) == ["PendingConfirmation"]
    fails("InvalidParameter", cloud.sns.unsubscribe, SubscriptionArn=arn)
    fails("InvalidParameter", cloud.sns.unsubscribe, SubscriptionArn="PendingConfirmation")
    fails("InvalidParameter", cloud.sns.confirm_subscription, TopicArn=topic, Token="x")
    cloud.sns.confirm_subscription(TopicArn=topic, Token="ops@example.com")
    assert arns(cloud, topic) == [arn]
    cloud.sns.unsubscribe(SubscriptionArn=arn)
    assert arns(cloud, topic) == []


def test_phones_are_not_asked(cloud, topic):
    arn = cloud.sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+491701234567")["SubscriptionArn"]
    assert arns(cloud, topic) == [arn]


@pytest.mark.parametrize("protocol, endpoint", [
    ("email", "nobody"), ("https", "http://example.com"), ("http", "example.com"), ("sms", "12"),
])
def test_endpoints_that_are_refused(cloud, topic, protocol, endpoint):
    fails("InvalidParameter", cloud.sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
