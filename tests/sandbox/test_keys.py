"""KMS keys: states, windows, aliases, policies."""

import json

import pytest
from conftest import fails, wait_for

TAGS = [{"TagKey": "team", "TagValue": "web"}]


@pytest.fixture
def key(cloud):
    return cloud.kms.create_key(Description="d", Tags=TAGS)["KeyMetadata"]["KeyId"]


def policy(*principals):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": ["kms:*"], "Resource": "*"}]})


def state(cloud, key):
    return cloud.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]


def aliases(cloud):
    found = cloud.kms.list_aliases()["Aliases"]
    return {one["AliasName"]: one["TargetKeyId"] for one in found if not one["AliasName"].startswith("alias/aws/")}


def test_key(cloud, key):
    shown = cloud.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (shown["KeyState"], shown["Description"], shown["KeyManager"]) == ("Enabled", "d", "CUSTOMER")
    assert cloud.kms.list_resource_tags(KeyId=key)["Tags"] == TAGS
    assert [one["KeyId"] for one in cloud.kms.list_keys()["Keys"]] == [key]
    cloud.kms.enable_key_rotation(KeyId=key)
    assert cloud.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    cloud.kms.untag_resource(KeyId=key, TagKeys=["team"])
    assert cloud.kms.list_resource_tags(KeyId=key)["Tags"] == []


def test_policies_come_back_in_other_words(cloud, key):
    cloud.kms.put_key_policy(KeyId=key, Policy=policy(cloud.account))
    shown = json.loads(cloud.kms.get_key_policy(KeyId=key)["Policy"])
    (statement,) = shown["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{cloud.account}:root"}
    assert statement["Action"] == "kms:*"


def test_policies_are_checked(cloud, key):
    for wrong in ("{", "{}", policy("123456789012"), json.dumps({"Statement": [{"Effect": "Allow"}]})):
        fails("MalformedPolicyDocumentException", cloud.kms.put_key_policy, KeyId=key, Policy=wrong)
    fails("MalformedPolicyDocumentException", cloud.kms.create_key, Policy=policy("123456789012"))


def test_aliases(cloud, key):
    kms = cloud.kms
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    assert aliases(cloud) == {"alias/app": key}
    fails("AlreadyExistsException", kms.create_alias, AliasName="alias/app", TargetKeyId=key)
    assert kms.describe_key(KeyId="alias/app")["KeyMetadata"]["KeyId"] == key
    kms.delete_alias(AliasName="alias/app")
    fails("NotFoundException", kms.delete_alias, AliasName="alias/app")
    fails("NotFoundException", kms.describe_key, KeyId="alias/app")


def test_pending_deletion(cloud, key):
    kms = cloud.kms
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    fails("KMSInvalidStateException", kms.cancel_key_deletion, KeyId=key)
    fails("ValidationException", kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=6)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert state(cloud, key) == "PendingDeletion"
    assert aliases(cloud) == {"alias/app": key}, "it still leads there"
    for call, params in ((kms.schedule_key_deletion, {}), (kms.enable_key, {}), (kms.tag_resource, {"Tags": TAGS})):
        fails("KMSInvalidStateException", call, KeyId=key, **params)
    kms.cancel_key_deletion(KeyId=key)
    assert state(cloud, key) == "Disabled"
    fails("DisabledException", kms.enable_key_rotation, KeyId=key)
    kms.enable_key(KeyId=key)
    assert state(cloud, key) == "Enabled"


def test_a_window_ends(cloud, key):
    cloud.kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    cloud.behave(deletion_window=0.05)
    cloud.kms.schedule_key_deletion(KeyId=key)
    wait_for(lambda: not cloud.kms.list_keys()["Keys"])
    assert aliases(cloud) == {}
    fails("NotFoundException", cloud.kms.describe_key, KeyId=key)


def test_reads_lag(cloud):
    cloud.behave(read_after_write=0.2)
    key = cloud.kms.create_key()["KeyMetadata"]["KeyId"]
    fails("NotFoundException", cloud.kms.describe_key, KeyId=key)
    cloud.kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    assert aliases(cloud) == {}
    wait_for(lambda: aliases(cloud) and cloud.kms.list_keys()["Keys"])


def test_pages(cloud, key):
    cloud.kms.create_key()
    cloud.behave(page_size=1)
    first = cloud.kms.list_keys()
    assert first["Truncated"] and len(first["Keys"]) == 1
    assert not cloud.kms.list_keys(Marker=first["NextMarker"])["Truncated"]
