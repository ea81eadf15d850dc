"""Buckets: whose they are, what is set on them, what they hold."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import Request, urlopen

import pytest
from conftest import Cloud, fails, wait_for

HERE = {"LocationConstraint": "eu-central-1"}


@pytest.fixture
def bucket(cloud: Cloud) -> str:
    name = f"shop-{cloud.account}"  # names are the world's
    cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration=HERE)
    return name


def test_a_new_bucket_is_closed_and_encrypted(cloud, bucket):
    block = cloud.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert list(block.values()) == [True] * 4
    rules = cloud.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    controls = cloud.s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "Status" not in cloud.s3.get_bucket_versioning(Bucket=bucket)


@pytest.mark.parametrize(("setting", "code"), [
    ("bucket_policy", "NoSuchBucketPolicy"), ("bucket_tagging", "NoSuchTagSet"),
    ("bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
    ("bucket_cors", "NoSuchCORSConfiguration"), ("bucket_replication", "ReplicationConfigurationNotFoundError"),
])
def test_what_is_not_set_has_its_error(cloud, bucket, setting, code):
    fails(code, getattr(cloud.s3, f"get_{setting}"), Bucket=bucket)
    fails("NoSuchBucket", getattr(cloud.s3, f"get_{setting}"), Bucket=f"no-{bucket}")


def test_names_are_the_worlds(cloud, plain, bucket):
    fails("BucketAlreadyExists", plain.s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=HERE)
    fails("BucketAlreadyOwnedByYou", cloud.s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=HERE)
    first = cloud.client("s3", region_name="us-east-1")
    other = f"{bucket}-us"
    fails("InvalidLocationConstraint", first.create_bucket, Bucket=other,
          CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
    first.create_bucket(Bucket=other, CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "b"}]})
    first.create_bucket(Bucket=other)
    assert first.get_bucket_tagging(Bucket=other)["TagSet"] == [{"Key": "a", "Value": "b"}]
    fails("IllegalLocationConstraintException", cloud.s3.create_bucket, Bucket=f"{bucket}-x")
    fails("InvalidBucketName", cloud.s3.create_bucket, Bucket="192.168.0.1", CreateBucketConfiguration=HERE)


def test_buckets_of_others_and_elsewhere_say_so(cloud, plain, bucket):
    plain.behave(validation=True)
    fails("AccessDenied", plain.s3.get_bucket_tagging, Bucket=bucket)
    fails("403", plain.s3.head_bucket, Bucket=bucket)
    owner = {"Bucket": bucket, "ExpectedBucketOwner": "000000000000"}
    fails("AccessDenied", cloud.s3.get_bucket_versioning, **owner)
    cloud.s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=cloud.account)


def test_a_name_is_not_free_at_once(cloud, bucket):
    cloud.behave(bucket_name_delay=0.2)
    cloud.s3.delete_bucket(Bucket=bucket)
    fails("OperationAborted", cloud.s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=HERE)
    time.sleep(0.2)
    cloud.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=HERE)


def test_buckets_are_listed_by_their_start_in_pages(cloud, bucket):
    for n in range(3):
        cloud.s3.create_bucket(Bucket=f"{bucket}-{n}", CreateBucketConfiguration=HERE)
    cloud.behave(page_size=2)
    pages = list(cloud.s3.get_paginator("list_buckets").paginate(Prefix=f"{bucket}-"))
    assert [len(page["Buckets"]) for page in pages] == [2, 1]
    assert {one["BucketRegion"] for page in pages for one in page["Buckets"]} == {"eu-central-1"}
    assert "BucketRegion" not in cloud.s3.list_buckets()["Buckets"][0]


def test_settings_are_seen_late(cloud, bucket):
    cloud.behave(read_after_write=0.2)
    cloud.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert "Status" not in cloud.s3.get_bucket_versioning(Bucket=bucket)
    wait_for(lambda: cloud.s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled")
    cloud.s3.delete_bucket(Bucket=bucket)
    assert bucket in str(cloud.s3.list_buckets())
    wait_for(lambda: bucket not in str(cloud.s3.list_buckets()))


def test_changes_meet_others(cloud, bucket):
    cloud.behave(bucket_conflicts=1.0)
    fails("OperationAborted", cloud.s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": []})


def statement(bucket: str, **more: Any) -> str:
    one = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [one | more]})


def test_a_public_policy_needs_the_block_lifted(cloud, bucket):
    put = cloud.s3.put_bucket_policy
    error = fails("AccessDenied", put, Bucket=bucket, Policy=statement(bucket))
    assert "BlockPublicPolicy" in str(error)
    put(Bucket=bucket, Policy=statement(bucket, Principal={"AWS": cloud.account}))
    assert f"arn:aws:iam::{cloud.account}:root" in cloud.s3.get_bucket_policy(Bucket=bucket)["Policy"]
    cloud.s3.delete_public_access_block(Bucket=bucket)
    put(Bucket=bucket, Policy=statement(bucket))
    fails("MalformedPolicy", put, Bucket=bucket, Policy=statement("other"))
    fails("MalformedPolicy", put, Bucket=bucket, Policy="{}")


def test_a_policy_is_kept_and_not_obeyed(cloud, bucket):
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    cloud.s3.put_bucket_policy(Bucket=bucket, Policy=statement(
        bucket, Effect="Deny", Action="s3:*", Condition=insecure))
    cloud.s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    cloud.s3.delete_object(Bucket=bucket, Key="a")
    cloud.s3.delete_bucket(Bucket=bucket)


def test_lifecycle_rules_are_checked_and_get_ids(cloud, bucket):
    def put(**rule: Any) -> Any:
        rules = [{"Status": "Enabled", "Filter": {"Prefix": ""}, **rule}]
        return cloud.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    put(Expiration={"Days": 1})
    answer = cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert answer["Rules"][0]["ID"] and answer["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    fails("InvalidRequest", put)
    fails("InvalidArgument", put, Transitions=[{"Days": 1, "StorageClass": "STANDARD_IA"}])
    fails("InvalidArgument", put, Expiration={"Days": 30}, Transitions=[{"Days": 30, "StorageClass": "GLACIER"}])
    fails("MalformedXML", put, Expiration={"Days": 1}, Filter={"And": {"Prefix": "a"}})
    fails("InvalidRequest", put, Filter={"Tag": {"Key": "a", "Value": "b"}},
          AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})


def test_replication_needs_versions_on_both_sides(cloud, bucket):
    there = cloud.client("s3", region_name="eu-west-1")
    copies = f"{bucket}-copies"
    there.create_bucket(Bucket=copies, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    rule = {
        "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{copies}"},
    }
    wanted = {"Role": f"arn:aws:iam::{cloud.account}:role/copies", "Rules": [rule]}
    put = {"Bucket": bucket, "ReplicationConfiguration": wanted}
    fails("InvalidRequest", cloud.s3.put_bucket_replication, **put)
    enabled = {"VersioningConfiguration": {"Status": "Enabled"}}
    cloud.s3.put_bucket_versioning(Bucket=bucket, **enabled)
    fails("InvalidRequest", cloud.s3.put_bucket_replication, **put)
    there.put_bucket_versioning(Bucket=copies, **enabled)
    cloud.s3.put_bucket_replication(**put)
    assert cloud.s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == wanted
    suspended = {"VersioningConfiguration": {"Status": "Suspended"}}
    fails("InvalidBucketState", cloud.s3.put_bucket_versioning, Bucket=bucket, **suspended)


def test_a_bucket_is_emptied_page_by_page(cloud, bucket):
    cloud.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for n in range(6):
        cloud.s3.put_object(Bucket=bucket, Key=f"k{n // 2}", Body=b"")
    cloud.s3.delete_object(Bucket=bucket, Key="k1")
    uploads = [cloud.s3.create_multipart_upload(Bucket=bucket, Key=f"u{n}")["UploadId"] for n in range(3)]
    fails("BucketNotEmpty", cloud.s3.delete_bucket, Bucket=bucket)
    cloud.behave(page_size=2)
    found = 0
    for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        things = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        assert 0 < len(things) <= 2
        found += len(things)
        objects = [{"Key": it["Key"], "VersionId": it["VersionId"]} for it in things]
        answer = cloud.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        assert "Errors" not in answer
    assert found == 7
    pages = list(cloud.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket))
    assert sorted(it["UploadId"] for page in pages for it in page["Uploads"]) == sorted(uploads)
    cloud.s3.delete_bucket(Bucket=bucket)


@pytest.mark.parametrize(("query", "root"), [
    ("?versioning", "VersioningConfiguration"), ("?cors", "CORSConfiguration"), ("?tagging", "Tagging"),
    ("?lifecycle", "LifecycleConfiguration"), ("?versions", "ListVersionsResult"),
    ("?uploads", "ListMultipartUploadsResult"), ("?list-type=2", "ListBucketResult"),
])
def test_answers_have_the_outermost_element_that_s3_gives_them(cloud, bucket, query, root):
    cloud.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={
        "CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
    cloud.s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    cloud.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={
        "Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]})
    url = cloud.s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket}).split("?")[0]
    scope = f"Credential={cloud.account}/20260101/eu-central-1/s3/aws4_request"
    with urlopen(Request(url + query, headers={"Authorization": f"AWS4-HMAC-SHA256 {scope}"})) as answer:
        assert f"<{root} ".encode() in answer.read()
