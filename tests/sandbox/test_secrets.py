"""Secrets: versions, windows in which they can be brought back, and names that stay busy."""

import pytest
from conftest import fails, wait_for

TAGS = [{"Key": "infractl:stack", "Value": "shop"}, {"Key": "team", "Value": "web"}]
TOKENS = ["a" * 32, "b" * 32, "c" * 32]


@pytest.fixture
def secret(cloud):
    return cloud.secretsmanager.create_secret(
        Name="/app/one", Description="d", SecretString="x", ClientRequestToken=TOKENS[0], Tags=TAGS)


def names(cloud, *filters, **more):
    chosen = [{"Key": key, "Values": values} for key, values in filters]
    return [one["Name"] for one in cloud.secretsmanager.list_secrets(Filters=chosen, **more)["SecretList"]]


def test_versions(cloud, secret):
    sm = cloud.secretsmanager
    for token, value in zip(TOKENS[1:], "yz"):
        sm.update_secret(SecretId="/app/one", SecretString=value, ClientRequestToken=token)
    shown = sm.describe_secret(SecretId=secret["ARN"])
    # The first one has no label any more.
    assert shown["VersionIdsToStages"] == {TOKENS[2]: ["AWSCURRENT"], TOKENS[1]: ["AWSPREVIOUS"]}
    assert shown["Tags"] == TAGS and "SecretString" not in shown and "KmsKeyId" not in shown
    assert sm.get_secret_value(SecretId="/app/one", VersionId=TOKENS[1])["SecretString"] == "y"


def test_without_a_value(cloud):
    cloud.secretsmanager.create_secret(Name="bare")
    assert "VersionIdsToStages" not in cloud.secretsmanager.describe_secret(SecretId="bare")
    fails("ResourceNotFoundException", cloud.secretsmanager.get_secret_value, SecretId="bare")


def test_descriptions(cloud, secret):
    sm = cloud.secretsmanager
    sm.update_secret(SecretId="/app/one", Description="")
    assert "Description" not in sm.describe_secret(SecretId="/app/one")
    fails("ValidationException", sm.update_secret, SecretId="/app/one", Description="x" * 2049)


def test_a_token_is_for_one_value(cloud, secret):
    fails("ResourceExistsException", cloud.secretsmanager.update_secret,
          SecretId="/app/one", SecretString="other", ClientRequestToken=TOKENS[0])
    fails("ResourceExistsException", cloud.secretsmanager.create_secret, Name="/app/one", SecretString="y")


def test_filters_are_for_beginnings(cloud, secret):
    cloud.secretsmanager.create_secret(Name="/app/two", Tags=[{"Key": "team", "Value": "shop"}])
    assert names(cloud, ("tag-key", ["infractl:"]), ("tag-value", ["sh"])) == ["/app/one"]
    assert names(cloud, ("tag-value", ["shop"])) == ["/app/one", "/app/two"]
    assert names(cloud, ("name", ["/app/t", "/other"])) == ["/app/two"]
    assert names(cloud, ("tag-key", ["!infractl"])) == ["/app/two"]


def test_pages(cloud, secret):
    cloud.secretsmanager.create_secret(Name="/app/two")
    cloud.behave(page_size=1)
    first = cloud.secretsmanager.list_secrets()
    second = cloud.secretsmanager.list_secrets(NextToken=first["NextToken"])
    assert [one["Name"] for page in (first, second) for one in page["SecretList"]] == ["/app/one", "/app/two"]
    assert "NextToken" not in second


def test_what_is_going_can_be_brought_back(cloud, secret):
    sm = cloud.secretsmanager
    sm.delete_secret(SecretId="/app/one", RecoveryWindowInDays=7)
    assert sm.describe_secret(SecretId="/app/one")["DeletedDate"]
    assert (names(cloud), names(cloud, IncludePlannedDeletion=True)) == ([], ["/app/one"])
    fails("InvalidRequestException", sm.create_secret, Name="/app/one")
    fails("InvalidRequestException", sm.delete_secret, SecretId="/app/one", RecoveryWindowInDays=7)
    fails("InvalidRequestException", sm.get_secret_value, SecretId="/app/one")
    fails("InvalidRequestException", sm.update_secret, SecretId="/app/one", Description="e")
    fails("InvalidRequestException", sm.tag_resource, SecretId="/app/one", Tags=TAGS)
    sm.restore_secret(SecretId="/app/one")
    assert sm.get_secret_value(SecretId="/app/one")["SecretString"] == "x"
    fails("InvalidParameterException", sm.delete_secret, SecretId="/app/one", RecoveryWindowInDays=6)


def test_a_window_ends(cloud, secret):
    cloud.behave(deletion_window=0.05)
    cloud.secretsmanager.delete_secret(SecretId="/app/one")
    wait_for(lambda: not names(cloud, IncludePlannedDeletion=True))
    fails("ResourceNotFoundException", cloud.secretsmanager.describe_secret, SecretId="/app/one")


def test_one_that_was_brought_back_stays(cloud, secret):
    sm = cloud.secretsmanager
    cloud.behave(deletion_window=0.05)
    sm.delete_secret(SecretId="/app/one")
    sm.restore_secret(SecretId="/app/one")
    cloud.behave(deletion_window=60)
    sm.delete_secret(SecretId="/app/one")
    assert names(cloud, IncludePlannedDeletion=True) == ["/app/one"]


def test_a_name_stays_busy(cloud, secret):
    sm = cloud.secretsmanager
    cloud.behave(name_busy=0.1)
    sm.delete_secret(SecretId="/app/one", ForceDeleteWithoutRecovery=True)
    error = fails("InvalidRequestException", sm.create_secret, Name="/app/one")
    assert "scheduled for deletion" in str(error)
    arn = wait_for(lambda: created(sm))
    assert arn != secret["ARN"]


def created(sm):
    try:
        return sm.create_secret(Name="/app/one")["ARN"]
    except sm.exceptions.InvalidRequestException:
        return None


def test_names_and_keys(cloud):
    create = cloud.secretsmanager.create_secret
    fails("ValidationException", create, Name="a b")
    key = cloud.kms.create_key()["KeyMetadata"]
    cloud.kms.disable_key(KeyId=key["KeyId"])
    fails("EncryptionFailure", create, Name="one", SecretString="x", KmsKeyId=key["Arn"])
    fails("EncryptionFailure", create, Name="one", SecretString="x", KmsKeyId="alias/none")
    cloud.kms.enable_key(KeyId=key["KeyId"])
    create(Name="one", SecretString="x", KmsKeyId=key["Arn"])
    assert cloud.secretsmanager.describe_secret(SecretId="one")["KmsKeyId"] == key["Arn"]
    cloud.secretsmanager.update_secret(SecretId="one", KmsKeyId="")
    assert "KmsKeyId" not in cloud.secretsmanager.describe_secret(SecretId="one")


def test_reads_lag(cloud):
    cloud.behave(read_after_write=0.2)
    cloud.secretsmanager.create_secret(Name="late")
    fails("ResourceNotFoundException", cloud.secretsmanager.describe_secret, SecretId="late")
    wait_for(lambda: names(cloud) == ["late"])
