"""Every service over the wire: protocols, names, pages, errors, faults."""

from __future__ import annotations

import functools
import http.client
import io
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import pytest
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from conftest import Cloud, fails

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


@dataclass
class Case:
    """One thing of a service: three of them are made, listed in pages and one is missed."""

    client: str
    create: str                    # Operation
    listing: str
    items: str                     # the listing's member
    missing: tuple[str, dict[str, Any], str]  # operation, parameters, error code
    params: Any = None             # of the n-th create
    filters: dict[str, Any] = field(default_factory=dict)
    name: str = ""                 # of the service in the log
    throttle: tuple[str, int] = ("ThrottlingException", 400)

    @property
    def service(self) -> str:
        return self.name or self.client.replace("_", "-")


def snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)


QUERY = ("Throttling", 400)
CASES = [
    Case("application_autoscaling", "RegisterScalableTarget", "DescribeScalableTargets", "ScalableTargets",
         ("DescribeScalableTargets", {"ServiceNamespace": "none"}, "ValidationException"),
         lambda n: {"ServiceNamespace": "dynamodb", "ResourceId": f"table/t{n}",
                    "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": 1, "MaxCapacity": 2},
         filters={"ServiceNamespace": "dynamodb"}),
    Case("cloudwatch", "PutMetricAlarm", "DescribeAlarms", "MetricAlarms",
         ("SetAlarmState", {"AlarmName": "none", "StateValue": "OK", "StateReason": "r"}, "ResourceNotFound"),
         lambda n: {"AlarmName": f"a{n}", "Namespace": "AWS/ECS", "MetricName": "m", "Statistic": "Average",
                    "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.5,
                    "ComparisonOperator": "GreaterThanThreshold"}),
    Case("ecr", "CreateRepository", "DescribeRepositories", "repositories",
         ("DeleteRepository", {"repositoryName": "none"}, "RepositoryNotFoundException"),
         lambda n: {"repositoryName": f"r{n}"}),
    Case("ecs", "CreateCluster", "ListClusters", "clusterArns",
         ("DeleteCluster", {"cluster": "none"}, "ClusterNotFoundException"),
         lambda n: {"clusterName": f"c{n}"}),
    Case("elasticache", "CreateCacheCluster", "DescribeCacheClusters", "CacheClusters",
         ("DescribeCacheClusters", {"CacheClusterId": "none"}, "CacheClusterNotFound"),
         lambda n: {"CacheClusterId": f"c{n}", "Engine": "redis", "NumCacheNodes": 1,
                    "CacheNodeType": "cache.t3.micro"}, throttle=QUERY),
    Case("elbv2", "CreateTargetGroup", "DescribeTargetGroups", "TargetGroups",
         ("DescribeTargetGroups", {"Names": ["none"]}, "TargetGroupNotFound"),
         lambda n: {"Name": f"t{n}", "TargetType": "lambda"},
         name="elasticloadbalancing", throttle=QUERY),
    Case("kms", "CreateKey", "ListKeys", "Keys",
         ("DescribeKey", {"KeyId": "00000000-0000-0000-0000-000000000000"}, "NotFoundException"),
         lambda n: {"Description": str(n)}),
    Case("rds", "CreateDBParameterGroup", "DescribeDBParameterGroups", "DBParameterGroups",
         ("DescribeDBInstances", {"DBInstanceIdentifier": "none"}, "DBInstanceNotFound"),
         lambda n: {"DBParameterGroupName": f"p{n}", "DBParameterGroupFamily": "postgres16",
                    "Description": "d"}, throttle=QUERY),
    Case("s3", "CreateBucket", "ListBuckets", "Buckets",
         ("GetBucketTagging", {"Bucket": "nobody-has-this-bucket"}, "NoSuchBucket"),
         lambda n: {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}},
         throttle=("SlowDown", 503)),
    Case("secretsmanager", "CreateSecret", "ListSecrets", "SecretList",
         ("DescribeSecret", {"SecretId": "none"}, "ResourceNotFoundException"),
         lambda n: {"Name": f"s{n}", "SecretString": "a&Name=b"}),
    Case("sns", "CreateTopic", "ListTopics", "Topics",
         ("GetTopicAttributes", {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:none"}, "NotFound"),
         lambda n: {"Name": f"t{n}"}, throttle=("Throttled", 429)),
    Case("sqs", "CreateQueue", "ListQueues", "QueueUrls",
         ("GetQueueUrl", {"QueueName": "none"}, "AWS.SimpleQueueService.NonExistentQueue"),
         lambda n: {"QueueName": f"q{n}"}, throttle=("RequestThrottled", 403)),
    Case("ssm", "PutParameter", "DescribeParameters", "Parameters",
         ("GetParameter", {"Name": "none"}, "ParameterNotFound"),
         lambda n: {"Name": f"p{n}", "Value": "v", "Type": "String"}),
]


@pytest.fixture(params=CASES, ids=lambda case: case.client)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def create(cloud: Cloud, case: Case, n: int) -> dict[str, Any]:
    params = case.params(n)
    if case.client == "s3":
        params["Bucket"] = f"bucket-{cloud.account}-{n}"  # their names are unique over all accounts
    return getattr(getattr(cloud, case.client), snake(case.create))(**params)


def listed(cloud: Cloud, case: Case) -> list[list[Any]]:
    """The pages."""
    paginator = getattr(cloud, case.client).get_paginator(snake(case.listing))
    return [page.get(case.items) or [] for page in paginator.paginate(**case.filters)]


def test_things_are_made_and_listed_in_pages(cloud, plain, case):
    for n in range(3):
        create(cloud, case, n)
    before = [item for page in listed(cloud, case) for item in page]
    assert len(before) >= 3
    cloud.behave(page_size=2, empty_pages=1)
    pages = listed(cloud, case)
    assert pages[0] == []
    assert all(len(page) <= 2 for page in pages)
    assert [item for page in pages for item in page] == before
    assert listed(plain, case) == [[]] or before[0] not in listed(plain, case)[0], "accounts are apart"


def test_errors_have_their_code_and_the_requests_id(cloud, case):
    operation, params, code = case.missing
    error = fails(code, getattr(getattr(cloud, case.client), snake(operation)), **params)
    assert error.response["Error"]["Message"]
    last = cloud.control("GET", "calls")["calls"][-1]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert (last["service"], last["operation"], last["status"]) == (case.service, operation, status)
    assert 400 <= status < 500


def test_calls_are_logged_by_the_permission_they_need(cloud, case):
    create(cloud, case, 0)
    listed(cloud, case)
    calls = cloud.control("GET", "calls")["calls"]
    assert [(call["service"], call["operation"], call["mutating"], call["status"]) for call in calls] == [
        (case.service, case.create, True, 200), (case.service, case.listing, False, 200)]


def test_faults_are_spelled_as_the_service_does(cloud, case):
    cloud.control("PUT", "faults", [{"kind": "throttle", "operation": f"{case.service}:{case.create}", "count": 1}])
    error = fails(case.throttle[0], create, cloud=cloud, case=case, n=0)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == case.throttle[1]
    create(cloud, case, 0)
    cloud.control("PUT", "faults", [{"kind": "access_denied", "operation": f"{case.service}:*"}])
    with pytest.raises(Exception, match=f"not authorized to perform: {case.service}:{case.create}"):
        create(cloud, case, 1)


def test_a_reset_forgets_all(cloud, case):
    before = listed(cloud, case)
    create(cloud, case, 0)
    cloud.control("POST", "reset")
    cloud.behave(read_after_write=0)
    assert listed(cloud, case) == before
    create(cloud, case, 0)
