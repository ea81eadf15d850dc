"""ECR repositories: policies that are checked and come back in other words, deletion with images."""

import json

import pytest
from conftest import fails, wait_for

TAGS = [{"Key": "team", "Value": "web"}]
PULL = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": ["123456789012"]}, "Action": ["ecr:BatchGetImage"]}]}


@pytest.fixture
def ecr(cloud):
    cloud.ecr.create_repository(repositoryName="app/web", tags=TAGS)
    return cloud.ecr


def rule(priority, status, **selection):
    return {"rulePriority": priority, "selection": {"tagStatus": status, **selection}, "action": {"type": "expire"}}


ANY = {"countType": "imageCountMoreThan", "countNumber": 3}
OLD = {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7}


def test_repository(cloud, ecr):
    (shown,) = ecr.describe_repositories()["repositories"]
    assert shown["repositoryUri"] == f"{cloud.account}.dkr.ecr.eu-central-1.amazonaws.com/app/web"
    assert (shown["imageTagMutability"], shown["encryptionConfiguration"]) == ("MUTABLE", {"encryptionType": "AES256"})
    assert ecr.list_tags_for_resource(resourceArn=shown["repositoryArn"])["tags"] == TAGS
    ecr.untag_resource(resourceArn=shown["repositoryArn"], tagKeys=["team"])
    assert ecr.list_tags_for_resource(resourceArn=shown["repositoryArn"])["tags"] == []
    fails("RepositoryNotFoundException", ecr.describe_repositories, repositoryNames=["app/web", "none"])
    fails("RepositoryAlreadyExistsException", ecr.create_repository, repositoryName="app/web")
    fails("InvalidParameterException", ecr.create_repository, repositoryName="App")


def test_policies(ecr):
    fails("RepositoryPolicyNotFoundException", ecr.get_repository_policy, repositoryName="app/web")
    ecr.set_repository_policy(repositoryName="app/web", policyText=json.dumps(PULL))
    shown = json.loads(ecr.get_repository_policy(repositoryName="app/web")["policyText"])
    assert shown["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    for wrong in ("{", "{}", json.dumps({**PULL, "Statement": [{**PULL["Statement"][0], "Resource": "*"}]})):
        fails("InvalidParameterException", ecr.set_repository_policy, repositoryName="app/web", policyText=wrong)


def test_lifecycle_policies(ecr):
    def put(*rules):
        return {"repositoryName": "app/web", "lifecyclePolicyText": json.dumps({"rules": list(rules)})}

    fails("LifecyclePolicyNotFoundException", ecr.get_lifecycle_policy, repositoryName="app/web")
    ecr.put_lifecycle_policy(**put(rule(2, "any", **ANY), rule(1, "untagged", **OLD)))
    shown = json.loads(ecr.get_lifecycle_policy(repositoryName="app/web")["lifecyclePolicyText"])
    assert [one["rulePriority"] for one in shown["rules"]] == [1, 2]
    assert shown["rules"][0]["selection"]["tagPrefixList"] == []
    wrong = (
        put(rule(1, "any", **ANY), rule(2, "untagged", **OLD)),
        put(rule(1, "untagged", **OLD), rule(1, "any", **ANY)),
        {"repositoryName": "app/web", "lifecyclePolicyText": "{"},
    )
    for params in wrong:
        fails("InvalidParameterException", ecr.put_lifecycle_policy, **params)


def test_images_are_in_the_way(ecr):
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": {"digest": "sha256:" + "0" * 64, "size": 1, "mediaType": "x"}, "layers": []}
    ecr.put_image(repositoryName="app/web", imageManifest=json.dumps(manifest), imageTag="v1")
    fails("RepositoryNotEmptyException", ecr.delete_repository, repositoryName="app/web")
    ecr.delete_repository(repositoryName="app/web", force=True)
    assert ecr.describe_repositories()["repositories"] == []


def test_keys(cloud):
    key = cloud.kms.create_key()["KeyMetadata"]
    mine = {"encryptionType": "KMS", "kmsKey": key["Arn"]}
    cloud.kms.disable_key(KeyId=key["KeyId"])
    create = cloud.ecr.create_repository
    fails("KmsException", create, repositoryName="one", encryptionConfiguration=mine)
    cloud.kms.enable_key(KeyId=key["KeyId"])
    assert create(repositoryName="one", encryptionConfiguration=mine)["repository"]["encryptionConfiguration"] == mine


def test_reads_lag(cloud):
    cloud.behave(read_after_write=0.2)
    cloud.ecr.create_repository(repositoryName="late")
    assert cloud.ecr.describe_repositories()["repositories"] == []
    wait_for(lambda: cloud.ecr.describe_repositories()["repositories"])
