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
    created: int = 200             # the status of a create

    @property
    def service(self) -> str:
        return self.name or self.client.replace("_", "-")


def snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)


QUERY = ("Throttling", 400)
CASES = [
    Case("acm", "RequestCertificate", "ListCertificates", "CertificateSummaryList",
         ("DescribeCertificate", {"CertificateArn": "arn:aws:acm:eu-central-1:1:certificate/none"},
          "ResourceNotFoundException"),
         lambda n: {"DomainName": f"d{n}.example.com", "ValidationMethod": "DNS"}),
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
    Case("elasticache", "CreateCacheParameterGroup", "DescribeCacheParameterGroups", "CacheParameterGroups",
         ("DescribeCacheParameterGroups", {"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
         lambda n: {"CacheParameterGroupName": f"c{n}", "CacheParameterGroupFamily": "valkey8", "Description": "d"},
         throttle=QUERY),
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
    Case("route53", "CreateHostedZone", "ListHostedZones", "HostedZones",
         ("GetHostedZone", {"Id": "Z0"}, "NoSuchHostedZone"),
         lambda n: {"Name": f"z{n}.example.com", "CallerReference": f"r{n}"}, throttle=QUERY, created=201),
    Case("s3", "CreateBucket", "ListBuckets", "Buckets",
         ("GetBucketTagging", {"Bucket": "nobody-has-this-bucket"}, "NoSuchBucket"),
         lambda n: {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}},
         filters={"Prefix": "bucket-"}, throttle=("SlowDown", 503)),
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
        (case.service, case.create, True, case.created), (case.service, case.listing, False, 200)]


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


def post(cloud: Cloud, method: str, path: str, body: bytes, service: str, **headers: str) -> Any:
    """A request as it is, without an SDK around it: status, headers, body."""
    scope = f"Credential={cloud.account}/20260101/eu-central-1/{service}/aws4_request"
    connection = http.client.HTTPConnection(urlparse(cloud.server.url).netloc, timeout=10)
    connection.request(method, path, body, {
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    })
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def cbor(cloud: Cloud, operation: str, params: dict[str, Any]) -> Any:
    """A call as the SDK for Rust sends it: status, headers, what the body says."""
    model = cloud.cloudwatch.meta.service_model.operation_model(operation)
    body = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(body, params, model.input_shape)
    status, headers, answer = post(
        cloud, "POST", f"/service/GraniteServiceVersion20100801/operation/{operation}", bytes(body), "monitoring",
        content_type="application/cbor", accept="application/cbor", smithy_protocol="rpc-v2-cbor",
    )
    assert (headers["smithy-protocol"], headers["Content-Type"]) == ("rpc-v2-cbor", "application/cbor")
    parser = RpcV2CBORParser()
    return status, headers, parser.parse_data_item(parser.get_peekable_stream_from_bytes(answer)) if answer else None


def test_cloudwatch_speaks_cbor(cloud):
    alarm = {"AlarmName": "a", "Namespace": "AWS/ECS", "MetricName": "m", "Statistic": "Average", "Period": 300,
             "EvaluationPeriods": 2, "Threshold": 80.5, "ComparisonOperator": "GreaterThanThreshold",
             "ActionsEnabled": True, "Tags": [{"Key": "k", "Value": "ä"}]}
    assert cbor(cloud, "PutMetricAlarm", alarm)[::2] == (200, None)
    status, _, found = cbor(cloud, "DescribeAlarms", {"AlarmNames": ["a"]})
    shown = found["MetricAlarms"][0]
    assert (status, shown["Threshold"], shown["Period"], shown["ActionsEnabled"]) == (200, 80.5, 300, True)
    assert shown["AlarmConfigurationUpdatedTimestamp"].year >= 2025
    tags = cbor(cloud, "ListTagsForResource", {"ResourceARN": shown["AlarmArn"]})[2]
    assert tags == {"Tags": [{"Key": "k", "Value": "ä"}]}
    calls = cloud.control("GET", "calls")["calls"]
    assert [(call["service"], call["operation"], call["mutating"]) for call in calls] == [
        ("cloudwatch", "PutMetricAlarm", True), ("cloudwatch", "DescribeAlarms", False),
        ("cloudwatch", "ListTagsForResource", False)]


def test_errors_in_cbor(cloud):
    status, headers, found = cbor(cloud, "GetDashboard", {"DashboardName": "none"})
    assert (status, found["__type"], found["message"]) == (404, "ResourceNotFound", "Dashboard none does not exist")
    assert headers["x-amzn-query-error"] == "ResourceNotFound;Sender"
    assert headers["x-amzn-requestid"]
    cloud.control("PUT", "faults", [{"kind": "throttle", "operation": "cloudwatch:*", "count": 1}])
    status, _, found = cbor(cloud, "DescribeAlarms", {})
    assert (status, found["__type"]) == (400, "Throttling")
    status, _, found = cbor(cloud, "GetInsightRuleReport", {"RuleName": "r"})
    assert (status, found["__type"]) == (400, "NotImplementedInSandbox")


@pytest.fixture
def bucket(cloud):
    name = f"files-{cloud.account}"
    cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


def test_a_payload_in_chunks_with_a_checksum_at_its_end(cloud, bucket):
    """As the SDKs send what they read from a file."""
    body = b"5\r\nhello\r\n6;chunk-signature=0\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
    status, headers, _ = post(
        cloud, "PUT", f"/{bucket}/a%20b/c+d?x-id=PutObject", body, "s3", content_encoding="aws-chunked",
        x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER", x_amz_trailer="x-amz-checksum-crc32",
        x_amz_sdk_checksum_algorithm="CRC32", x_amz_decoded_content_length="11",
        content_type="application/x-www-form-urlencoded",
    )
    assert (status, headers["x-amz-checksum-crc32"]) == (200, "DUoRhQ==")
    found = cloud.s3.get_object(Bucket=bucket, Key="a b/c+d", ChecksumMode="ENABLED")
    assert (found["Body"].read(), found["ContentType"]) == (b"hello world", "application/x-www-form-urlencoded")
    assert "ContentEncoding" not in found


def test_a_bucket_may_stand_in_the_host(cloud, bucket):
    for host in (f"{bucket}.localhost:80", f"{bucket}.s3.eu-central-1.amazonaws.com", f"{bucket}.127.0.0.1"):
        assert post(cloud, "PUT", "/k", b"v", "s3", host=host)[0] == 200
        assert post(cloud, "GET", "/k", b"", "s3", host=host)[2] == b"v"
        status, _, body = post(cloud, "GET", "/?location", b"", "s3", host=host)
        assert (status, b"eu-central-1" in body) == (200, True)
    assert b"eu-central-1" in post(cloud, "GET", f"/{bucket}/?location", b"", "s3")[2]
    called = [call["operation"] for call in cloud.control("GET", "calls")["calls"]]
    assert called[1:4] == ["PutObject", "GetObject", "GetBucketLocation"]


def test_files(cloud, bucket):
    s3 = cloud.s3
    s3.put_object(Bucket=bucket, Key="a/b", Body=io.BytesIO(b"01\xff3456789"), ContentType="text/plain",
                  Metadata={"m": "v"}, Tagging="a=b", ChecksumAlgorithm="CRC32")
    head = s3.head_object(Bucket=bucket, Key="a/b")
    assert (head["ContentLength"], head["ContentType"], head["Metadata"]) == (10, "text/plain", {"m": "v"})
    part = s3.get_object(Bucket=bucket, Key="a/b", Range="bytes=2-4")
    assert (part["Body"].read(), part["ResponseMetadata"]["HTTPStatusCode"]) == (b"\xff34", 206)
    fails("NoSuchKey", s3.get_object, Bucket=bucket, Key="none")
    fails("404", s3.head_object, Bucket=bucket, Key="none")
    fails("404", s3.head_bucket, Bucket="nobody-has-this-bucket")
    fails("BucketNotEmpty", s3.delete_bucket, Bucket=bucket)
    cloud.behave(page_size=1)
    s3.put_object(Bucket=bucket, Key="c", Body=b"")
    for listing, member in (("list_objects_v2", "Contents"), ("list_object_versions", "Versions")):
        pages = s3.get_paginator(listing).paginate(Bucket=bucket)
        assert [[item["Key"] for item in page[member]] for page in pages] == [["a/b"], ["c"]]
    gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a/b"}, {"Key": "c"}]})
    assert len(gone["Deleted"]) == 2
    s3.delete_bucket(Bucket=bucket)
    fails("NoSuchBucket", s3.delete_bucket, Bucket=bucket)


def test_a_bucket_belongs_to_one_account(cloud, plain, bucket):
    fails("403", plain.s3.head_bucket, Bucket=bucket)
    place = {"LocationConstraint": "eu-central-1"}
    fails("BucketAlreadyExists", plain.s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=place)
    cloud.control("POST", "reset")
    plain.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)


def test_secrets_and_ciphers_arrive_as_they_are(cloud):
    """Among them what looks like a form, and what is no text."""
    cloud.secretsmanager.create_secret(Name="s", SecretString="Name=x&SecretId=y")
    assert cloud.secretsmanager.get_secret_value(SecretId="s")["SecretString"] == "Name=x&SecretId=y"
    cloud.secretsmanager.put_secret_value(SecretId="s", SecretBinary=b"\x00\xff")
    assert cloud.secretsmanager.get_secret_value(SecretId="s")["SecretBinary"] == b"\x00\xff"
    key = cloud.kms.create_key()["KeyMetadata"]["KeyId"]
    cipher = cloud.kms.encrypt(KeyId=key, Plaintext=b"\x00\xfe")["CiphertextBlob"]
    assert cloud.kms.decrypt(CiphertextBlob=cipher)["Plaintext"] == b"\x00\xfe"


def test_an_image_can_be_put(cloud):
    cloud.ecr.create_repository(repositoryName="app")
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1,
                           "digest": "sha256:" + "a" * 64}, "layers": []}
    cloud.ecr.put_image(repositoryName="app", imageManifest=json.dumps(manifest), imageTag="v1")
    assert cloud.ecr.describe_images(repositoryName="app")["imageDetails"][0]["imageTags"] == ["v1"]
    fails("RepositoryNotEmptyException", cloud.ecr.delete_repository, repositoryName="app")


def test_what_is_named_comes_at_once(cloud):
    """Forced pages are for listings."""
    cloud.behave(page_size=1, empty_pages=1)
    for name in ("a", "b"):
        cloud.elbv2.create_target_group(Name=name, TargetType="lambda")
    assert len(cloud.elbv2.describe_target_groups(Names=["a", "b"])["TargetGroups"]) == 2
    assert cloud.elbv2.describe_target_groups()["TargetGroups"] == []
    fails("ValidationError", cloud.elbv2.describe_target_groups, Marker="nonsense")


def test_what_moto_does_not_know(cloud):
    for call in (cloud.elasticache.describe_global_replication_groups, cloud.rds.describe_integrations,
                 cloud.s3.list_directory_buckets):
        error = fails("NotImplementedInSandbox", call)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
