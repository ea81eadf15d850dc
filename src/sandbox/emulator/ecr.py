"""ECR repositories: policies that are checked, and come back in other words.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import policies
from .consistency import Item, Items
from .hooks import Context, Result, before, instead, snapshots
from .wire import AwsError

_REPOSITORIES = "repositories"


def _read_repositories(context: Context) -> Items:
    """All there is to know about each repository, by name."""
    backend = context.backend()
    shown = {one["repositoryName"]: one for one in context.moto("DescribeRepositories").get("repositories") or []}
    return {
        name: {
            "Repository": shown[name],
            "Tags": backend.tagger.list_tags_for_resource(repository.arn)["tags"],
            "Policy": repository.policy and policies.retold(repository.policy),
            "Lifecycle": repository.lifecycle_policy and _retold(repository.lifecycle_policy),
        }
        for name, repository in list(backend.repositories.items())
    }


@snapshots("ecr")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_REPOSITORIES: lambda: _read_repositories(context)}


def _visible(context: Context) -> Items:
    return context.visible(_REPOSITORIES, lambda: _read_repositories(context))


def _repository(context: Context, name: str) -> Item:
    repository = _visible(context).get(name)
    if repository is None:
        raise _absent(context, "RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
    return repository


def _absent(context: Context, code: str, what: str) -> AwsError:
    return AwsError(code, f"{what} in the registry with id '{context.call.account}'")


@instead("ecr:DescribeRepositories")
def describe_repositories(context: Context) -> Result:
    names = context.params.get("repositoryNames") or sorted(_visible(context))
    return {"repositories": [_repository(context, name)["Repository"] for name in names]}


@instead("ecr:ListTagsForResource")
def list_tags(context: Context) -> Result:
    name = context.params["resourceArn"].partition(":repository/")[2]
    return {"tags": _repository(context, name)["Tags"]}


@instead("ecr:GetLifecyclePolicy")
def get_lifecycle_policy(context: Context) -> Result:
    return _policy(context, "Lifecycle", "lifecyclePolicyText", "Lifecycle policy")


@instead("ecr:GetRepositoryPolicy")
def get_policy(context: Context) -> Result:
    return _policy(context, "Policy", "policyText", "Repository policy")


def _policy(context: Context, member: str, shown_as: str, what: str) -> Result:
    name = context.params["repositoryName"]
    text = _repository(context, name)[member]
    if not text:
        code = f"{what.title().replace(' ', '')}NotFoundException"
        raise _absent(context, code, f"{what} does not exist for the repository with name '{name}'")
    return {"registryId": context.call.account, "repositoryName": name, shown_as: text}


def _retold(text: str) -> str:
    """Rules by priority, members sorted, and what a rule does not say left empty."""
    rules = json.loads(text)["rules"]
    for rule in rules:
        rule["selection"].setdefault("tagPrefixList", [])
    return json.dumps({"rules": sorted(rules, key=lambda rule: rule["rulePriority"])}, sort_keys=True,
                      separators=(",", ":"))


@before("ecr:CreateRepository", when="validation")
def check_key(context: Context) -> None:
    key = (context.params.get("encryptionConfiguration") or {}).get("kmsKey")
    keys = context.backend("kms").keys
    if key and getattr(keys.get(key.rpartition("/")[2]), "key_state", None) != "Enabled":
        raise AwsError("KmsException", f"The KMS key {key} cannot be used.")


@before("ecr:SetRepositoryPolicy", when="validation")
def check_policy(context: Context) -> None:
    invalid = AwsError("InvalidParameterException", "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
                       "'Invalid repository policy provided'")
    document = policies.parsed(context.params["policyText"])
    if document is None or any("Resource" in statement for statement in document["Statement"]):
        raise invalid


@before("ecr:PutLifecyclePolicy", when="validation")
def check_lifecycle(context: Context) -> None:
    """What moto lets pass: which rules may stand beside each other."""
    try:
        rules: list[dict[str, Any]] = json.loads(context.params["lifecyclePolicyText"])["rules"]
        priorities = [rule["rulePriority"] for rule in rules]
        last = [rule["rulePriority"] for rule in rules if rule["selection"]["tagStatus"] == "any"]
    except (KeyError, TypeError, ValueError):
        return  # moto refuses it
    if len(set(priorities)) < len(priorities):
        raise _unlawful("rulePriority must be unique")
    if len(last) > 1 or (last and last[0] != max(priorities)):
        raise _unlawful("a rule with tagStatus=Any must have the highest value for rulePriority and be evaluated last")


def _unlawful(why: str) -> AwsError:
    return AwsError("InvalidParameterException", "Invalid parameter at 'LifecyclePolicyText' failed to satisfy "
                    f"constraint: 'Lifecycle policy validation failure: {why}'")


@before("ecr:CreateRepository", "ecr:PutImageScanningConfiguration")
def scan_or_not(context: Context) -> None:
    """The SDKs leave out what is false, and moto takes nothing for no change."""
    if context.params.get("imageScanningConfiguration") is not None:
        context.params["imageScanningConfiguration"].setdefault("scanOnPush", False)
