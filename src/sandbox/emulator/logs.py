"""CloudWatch log groups.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import bridge
from .consistency import Items
from .hooks import Context, Result, after, before, instead, snapshots
from .wire import AwsError

_GROUPS = "groups"
_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
               2922, 3288, 3653)


def _read_groups(context: Context) -> Items:
    """Every log group and its tags, by name."""
    backend = bridge.logs(context.call.account, context.call.region)
    return {
        name: {
            "Group": {
                "logGroupClass": getattr(group, "log_group_class", "STANDARD"),
                **group.to_describe_dict(),
            },
            "Tags": dict(backend.list_tags_for_resource(group.arn)),
        }
        for name, group in sorted(backend.groups.items())
    }


@snapshots("logs")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_GROUPS: lambda: _read_groups(context)}


def _visible(context: Context) -> Items:
    return context.visible(_GROUPS, lambda: _read_groups(context))


@instead("logs:DescribeLogGroups")
def describe_log_groups(context: Context) -> Result:
    params = context.params
    limit = params.get("limit")
    if limit is not None and not 1 <= limit <= 50:
        raise _invalid(f"Value '{limit}' at 'limit' failed to satisfy constraint: between 1 and 50")
    prefix, pattern = params.get("logGroupNamePrefix") or "", params.get("logGroupNamePattern") or ""
    groups = [
        entry["Group"] for name, entry in sorted(_visible(context).items())
        if name.startswith(prefix) and pattern.lower() in name.lower()
    ]
    return {"logGroups": groups}


@instead("logs:ListTagsForResource")
def list_tags(context: Context) -> Result:
    name = _name(context, context.params["resourceArn"])
    return {"tags": _group(name, _visible(context))["Tags"]}


@instead("logs:ListTagsLogGroup")
def list_tags_log_group(context: Context) -> Result:
    return {"tags": _group(context.params["logGroupName"], _visible(context))["Tags"]}


def _group(name: str, groups: Items) -> dict[str, Any]:
    if name not in groups:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return groups[name]


def _name(context: Context, arn: str) -> str:
    """The tagging calls take the ARN without the ":*" that DescribeLogGroups shows."""
    prefix = f"arn:aws:logs:{context.call.region}:{context.call.account}:log-group:"
    if not arn.startswith(prefix) or arn.endswith(":*"):
        raise _invalid(f"1 validation error detected: Value '{arn}' at 'resourceArn' is not a valid ARN")
    return arn.removeprefix(prefix)


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


@before("logs:TagResource", "logs:UntagResource", when="validation")
def check_arn(context: Context) -> None:
    """moto tags anything."""
    name = _name(context, context.params["resourceArn"])
    _group(name, bridge.logs(context.call.account, context.call.region).groups)


@before("logs:CreateLogGroup", when="validation")
def check_name(context: Context) -> None:
    name = context.params.get("logGroupName") or ""
    if not _NAME.fullmatch(name) or name.startswith("aws/"):
        raise _invalid(f"1 validation error detected: Value '{name}' at 'logGroupName' is not a valid name")


@instead("logs:CreateLogGroup")
def create_log_group(context: Context) -> Result:
    """moto needs tags and knows no classes."""
    params = context.params
    context.moto("CreateLogGroup", {**params, "tags": params.get("tags") or {}})
    group = bridge.logs(context.call.account, context.call.region).groups[params["logGroupName"]]
    group.log_group_class = params.get("logGroupClass") or "STANDARD"
    return {}


@after("logs:DeleteLogGroup")
def drop_tags(context: Context, result: Result) -> None:
    """moto keeps the tags for the next group of that name."""
    backend = bridge.logs(context.call.account, context.call.region)
    prefix = f"arn:aws:logs:{context.call.region}:{context.call.account}:log-group:"
    backend.tagger.delete_all_tags_for_resource(prefix + context.params["logGroupName"])


@before("logs:PutRetentionPolicy", when="validation")
def check_retention(context: Context) -> None:
    days = context.params.get("retentionInDays")
    if days not in _RETENTIONS:
        raise _invalid(f"1 validation error detected: Value '{days}' at 'retentionInDays' is not one of {_RETENTIONS}")
