"""KMS keys and aliases: what may be done to a key in which state, and how policies come back.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import policies
from .consistency import Item, Items
from .hooks import Context, Result, after, before, instead, snapshots
from .wire import AwsError

_KEYS, _ALIASES = "keys", "aliases"
_WITH_KEY = (
    "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey",
    "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
    "kms:UpdateAlias", "kms:UpdateKeyDescription",
)
_MALFORMED = "MalformedPolicyDocumentException"


def _read_keys(context: Context) -> Items:
    """All there is to know about each key, by its id."""
    backend = context.backend()
    return {
        key.id: {
            "Metadata": {member: value for member, value in key.to_dict()["KeyMetadata"].items() if value is not None},
            "Tags": backend.tagger.list_tags_for_resource(key.id)["Tags"],
            "Policy": policies.retold(key.policy),
            "Rotation": key.key_rotation_status,
        }
        for key in list(backend.keys.values())
    }


def _read_aliases(context: Context) -> Items:
    return {alias["AliasName"]: alias for alias in context.moto("ListAliases")["Aliases"]}


@snapshots("kms")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_KEYS: lambda: _read_keys(context), _ALIASES: lambda: _read_aliases(context)}


def _keys(context: Context) -> Items:
    return context.visible(_KEYS, lambda: _read_keys(context))


def _aliases(context: Context) -> Items:
    return context.visible(_ALIASES, lambda: _read_aliases(context))


def _key(context: Context) -> Item:
    """The key that is meant: by its id or ARN, or by an alias."""
    wanted = context.params["KeyId"]
    arn = f"arn:aws:kms:{context.call.region}:{context.call.account}:"
    name = wanted.removeprefix(arn).removeprefix("key/")
    if name.startswith("alias/"):
        alias = _aliases(context).get(name)
        if alias is None:
            raise AwsError("NotFoundException", f"Alias {arn}{name} is not found.")
        name = alias["TargetKeyId"]
    key = _keys(context).get(name)
    if key is None:
        raise AwsError("NotFoundException", f"Key '{arn}key/{name}' does not exist")
    return key


@instead("kms:DescribeKey")
def describe_key(context: Context) -> Result:
    return {"KeyMetadata": _key(context)["Metadata"]}


@instead("kms:ListResourceTags")
def list_tags(context: Context) -> Result:
    return {"Tags": _key(context)["Tags"], "Truncated": False}


@instead("kms:GetKeyPolicy")
def get_policy(context: Context) -> Result:
    return {"Policy": _key(context)["Policy"], "PolicyName": "default"}


@instead("kms:GetKeyRotationStatus")
def rotation_status(context: Context) -> Result:
    return {"KeyRotationEnabled": _key(context)["Rotation"]}


@instead("kms:ListKeys")
def list_keys(context: Context) -> Result:
    keys = [key["Metadata"] for _, key in sorted(_keys(context).items())]
    return {"Keys": [{"KeyId": key["KeyId"], "KeyArn": key["Arn"]} for key in keys], "Truncated": False}


@instead("kms:ListAliases")
def list_aliases(context: Context) -> Result:
    wanted = context.params.get("KeyId")
    key = _key(context)["Metadata"]["KeyId"] if wanted else None
    aliases = [alias for _, alias in sorted(_aliases(context).items()) if key in (None, alias.get("TargetKeyId"))]
    return {"Aliases": aliases, "Truncated": False}


@before(*_WITH_KEY, when="validation")
def check_state(context: Context) -> None:
    """moto changes keys in any state. What is not there is left to moto to refuse."""
    name = context.params.get("KeyId") or context.params.get("TargetKeyId") or ""
    backend = context.backend()
    key = backend.keys.get(backend.get_key_id(name))
    if key is None:
        return
    pending, operation = key.key_state == "PendingDeletion", context.call.operation
    if operation == "CancelKeyDeletion":
        if not pending:
            raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    elif pending and operation != "PutKeyPolicy":
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    elif key.key_state == "Disabled" and operation.endswith("KeyRotation"):
        raise AwsError("DisabledException", f"{key.arn} is disabled.")


@before("kms:ScheduleKeyDeletion", when="validation")
def check_window(context: Context) -> None:
    days = context.params.get("PendingWindowInDays", 30)
    if not 7 <= days <= 30:
        raise AwsError("ValidationException", f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' "
                       "failed to satisfy constraint: Member must have value between 7 and 30")


@after("kms:ScheduleKeyDeletion")
def goes_later(context: Context, result: Result) -> None:
    """Unless that was taken back, or said once more since. Its aliases go with it."""
    backend = context.backend()
    key = backend.keys[backend.get_key_id(context.params["KeyId"])]
    going = key.deletion_date

    def go() -> None:
        if key.deletion_date == going:
            backend.delete_key(key.id)

    context.account.schedule.later(context.behaviour("deletion_window"), go)
    result.update(KeyId=key.arn, KeyState="PendingDeletion")


@before("kms:CreateKey", "kms:PutKeyPolicy", when="validation")
def check_policy(context: Context) -> None:
    """Whoever sets a policy has to be able to set another one."""
    text = context.params.get("Policy")
    if text is None and context.call.operation == "CreateKey":
        return
    document = policies.parsed(text)
    if document is None:
        raise AwsError(_MALFORMED, "The policy is not a valid JSON policy.")
    number = context.call.account
    if not {number, f"arn:aws:iam::{number}:root", "*"} & set(policies.principals(document)):
        raise AwsError(_MALFORMED, "The new key policy will not allow you to update the key policy in the future.")


@before(*_WITH_KEY)
def by_id(context: Context) -> None:
    """moto changes some states of keys only by their id, though AWS takes the ARN as well."""
    params = context.params
    for member in ("KeyId", "TargetKeyId"):
        if member in params:
            params[member] = params[member].rpartition(":key/")[2]


@before("kms:PutKeyPolicy")
def default_name(context: Context) -> None:
    """moto needs the name that AWS assumes."""
    context.params.setdefault("PolicyName", "default")


@before("kms:CreateKey", "kms:TagResource", when="validation")
def check_tags(context: Context) -> None:
    tags: list[dict[str, Any]] = context.params.get("Tags") or []
    if any(tag.get("TagKey", "").startswith("aws:") for tag in tags):
        raise AwsError("TagException", "Tag keys must not begin with aws:.")
