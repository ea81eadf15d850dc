"""Secrets: their versions, and what becomes of those that are deleted.

A deleted secret can be brought back for as long as its window lasts, and keeps
its name from others. One that is deleted without a window is gone at once, but
its name stays busy for a moment.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from .consistency import Item, Items
from .hooks import Context, Result, after, before, instead, snapshots
from .wire import AwsError

_SECRETS = "secrets"
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_BUSY = "secret name "  # in the account's notes of what was born when
_GOING = "You can't perform this operation on the secret because it was marked for deletion."
_TAKEN = "You can't create this secret because a secret with this name is already scheduled for deletion."


def _read_secrets(context: Context) -> Items:
    """Every secret by its ARN, as DescribeSecret shows it."""
    found = {}
    for secret in list(dict.values(context.backend().secrets)):
        shown = {member: value for member, value in secret.to_dict().items() if value not in (None, [], {}, "")}
        # Versions without a label are not shown.
        versions = {name: list(stages) for name, stages in shown.pop("VersionIdsToStages", {}).items() if stages}
        shown.pop("SecretVersionsToStages", None)
        shown["Tags"] = [dict(tag) for tag in shown.get("Tags", [])]
        found[secret.arn] = {**shown, **({"VersionIdsToStages": versions} if versions else {})}
    return found


@snapshots("secretsmanager")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_SECRETS: lambda: _read_secrets(context)}


def _visible(context: Context) -> Items:
    return context.visible(_SECRETS, lambda: _read_secrets(context))


@instead("secretsmanager:DescribeSecret")
def describe_secret(context: Context) -> Result:
    wanted = context.params["SecretId"]
    for secret in _visible(context).values():
        if wanted in (secret["ARN"], secret["Name"]):
            return dict(secret)
    raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


@instead("secretsmanager:ListSecrets")
def list_secrets(context: Context) -> Result:
    filters = context.params.get("Filters") or []
    planned = context.params.get("IncludePlannedDeletion")
    return {"SecretList": [
        {("SecretVersionsToStages" if member == "VersionIdsToStages" else member): value
         for member, value in secret.items()}
        for _, secret in sorted(_visible(context).items())
        if (planned or "DeletedDate" not in secret) and all(_passes(secret, one) for one in filters)
    ]}


def _passes(secret: Item, wanted: dict[str, Any]) -> bool:
    """Each filter looks for beginnings; one for tags looks at all keys, or at all values."""
    texts: dict[str, Callable[[], list[str]]] = {
        "name": lambda: [secret["Name"]],
        "description": lambda: [secret.get("Description", "").lower()],
        "tag-key": lambda: [tag["Key"] for tag in secret["Tags"]],
        "tag-value": lambda: [tag["Value"] for tag in secret["Tags"]],
        "owning-service": lambda: [secret.get("OwningService", "")],
    }
    if wanted["Key"] not in texts:
        raise AwsError("InvalidParameterException", f"The sandbox has no filter {wanted['Key']}.")
    found = texts[wanted["Key"]]()
    return any(
        any(text.startswith(value.removeprefix("!")) for text in found) != value.startswith("!")
        for value in wanted["Values"]
    )


def _secret(context: Context) -> Any:
    """moto's own, if there is one: a write sees the truth."""
    return context.backend().secrets.get(context.params["SecretId"])


@before("secretsmanager:CreateSecret", when="validation")
def check_new(context: Context) -> None:
    name = context.params["Name"]
    if not _NAME.fullmatch(name):
        raise AwsError("ValidationException", f"Invalid name {name!r}. Must be a valid name containing "
                       "alphanumeric characters, or any of the following: -/_+=.@!")
    there = context.backend().secrets.get(name)
    busy = context.account.born.get(_BUSY + name, float("-inf")) + context.behaviour("name_busy")
    if (there and there.is_deleted()) or time.monotonic() < busy:
        raise AwsError("InvalidRequestException", _TAKEN)


@before("secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", when="validation")
def check_key(context: Context) -> None:
    """A value is encrypted by the key that the secret has, or is to have."""
    params = context.params
    key = params.get("KmsKeyId")
    if not key or "SecretString" not in params or key.endswith("alias/aws/secretsmanager"):
        return
    keys = context.backend("kms")
    try:
        state = keys.keys[keys.any_id_to_key_id(key)].key_state
    except (KeyError, AttributeError):
        state = "absent"
    if state != "Enabled":
        raise AwsError("EncryptionFailure", "Secrets Manager can't encrypt the protected secret text using the "
                       f"provided KMS key {key}: it is {state}.")


@before(
    "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret",
    "secretsmanager:TagResource", "secretsmanager:UntagResource", when="validation",
)
def check_going(context: Context) -> None:
    secret = _secret(context)
    if secret and secret.is_deleted():
        raise AwsError("InvalidRequestException", _GOING)


@before("secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", when="validation")
def check_description(context: Context) -> None:
    if len(context.params.get("Description") or "") > 2048:
        raise AwsError("ValidationException", "1 validation error detected: Value at 'description' failed to "
                       "satisfy constraint: Member must have length less than or equal to 2048")


@after("secretsmanager:UpdateSecret")
def empty_description(context: Context, result: Result) -> None:
    """moto takes an empty description for none given."""
    if context.params.get("Description") == "":
        _secret(context).description = ""


@before("secretsmanager:DeleteSecret", when="validation")
def check_deletion(context: Context) -> None:
    secret, params = _secret(context), context.params
    if secret and secret.is_deleted() and not params.get("ForceDeleteWithoutRecovery"):
        raise AwsError("InvalidRequestException", "You can't perform this operation on the secret because it was "
                       "already scheduled for deletion.")


@before("secretsmanager:DeleteSecret")
def name_stays_busy(context: Context) -> None:
    secret = _secret(context)
    if secret and context.params.get("ForceDeleteWithoutRecovery"):
        context.account.born[_BUSY + secret.name] = time.monotonic()


@after("secretsmanager:DeleteSecret")
def goes_later(context: Context, result: Result) -> None:
    """Unless it was brought back, or deleted once more since."""
    secrets, arn = context.backend().secrets, result["ARN"]
    secret = secrets.get(arn)
    if secret is None:
        return
    going = secret.deleted_date

    def go() -> None:
        there = secrets.get(arn)
        if there and there.deleted_date == going:
            secrets.pop(there.name)

    context.account.schedule.later(context.behaviour("deletion_window"), go)
