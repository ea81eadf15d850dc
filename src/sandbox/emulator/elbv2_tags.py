"""Tags of all that load balancing has.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
"""

from __future__ import annotations

from . import elbv2_store as store
from .elbv2_actions import invalid
from .hooks import Context, Result, instead
from .wire import AwsError

_AT_ONCE = 20
_MOST = 50


@instead("elasticloadbalancing:DescribeTags")
def describe(context: Context) -> Result:
    """One that is unknown fails the whole call."""
    arns = context.params.get("ResourceArns") or []
    if not 1 <= len(arns) <= _AT_ONCE:
        raise invalid(f"There have to be 1 to {_AT_ONCE} resources, not {len(arns)}")
    return {"TagDescriptions": [{"ResourceArn": arn, "Tags": store.seen(context, arn)["Tags"]} for arn in arns]}


@instead("elasticloadbalancing:AddTags")
def add(context: Context) -> Result:
    """moto allows ten."""
    tags = context.params.get("Tags") or []
    service = store.backend(context).tagging_service
    for arn in _existing(context):
        keys = {*service.get_tag_dict_for_resource(arn), *(it["Key"] for it in tags)}
        if len(keys) > _MOST:
            raise AwsError("TooManyTags", "You've reached the limit on the number of tags for this resource")
        service.tag_resource(arn, tags)
    return {}


@instead("elasticloadbalancing:RemoveTags")
def remove(context: Context) -> Result:
    for arn in _existing(context):
        store.backend(context).tagging_service.untag_resource_using_names(arn, context.params.get("TagKeys") or [])
    return {}


def _existing(context: Context) -> list[str]:
    find = {"loadbalancer": store.balancer, "targetgroup": store.group, "listener": store.listener,
            "listener-rule": store.rule}
    arns = list(context.params.get("ResourceArns") or [])
    for arn in arns:
        if store.kind(arn) not in find:
            raise invalid(f"'{arn}' is not a valid load balancer, target group, listener or rule ARN")
        find[store.kind(arn)](context, arn)
    return arns
