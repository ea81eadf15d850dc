"""The index of all tags, which knows load balancing alone.

It learns of things late, and shows for hours what is gone.
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

import time

from .hooks import Context, Result, instead

_ARN = "arn:aws:elasticloadbalancing:"

# ARN -> since when it is known, and its tags.
Index = dict[str, tuple[float, dict[str, str]]]


@instead("tag:GetResources")
def resources(context: Context) -> Result:
    wanted = {it["Key"]: it.get("Values") or [] for it in context.params.get("TagFilters") or []}
    shown = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for arn, tags in _seen(context).items()
        if all(key in tags and (not values or tags[key] in values) for key, values in wanted.items())
    ]
    services = context.params.get("ResourceTypeFilters") or []
    return {"ResourceTagMappingList": [it for it in shown if not services or "elasticloadbalancing" in services]}


def _seen(context: Context) -> dict[str, dict[str, str]]:
    index: Index = context.account.stores.setdefault((context.call.region, "tag"), {})
    now = time.monotonic()
    for arn, tags in context.backend("elasticloadbalancing").tagging_service.tags.items():
        if arn.startswith(_ARN) and tags:
            since, _ = index.get(arn, (now, {}))
            index[arn] = since, dict(tags)
    late = now - context.behaviour("index_delay")
    return {arn: tags for arn, (since, tags) in index.items() if since <= late}
