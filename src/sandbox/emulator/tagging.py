"""The index of all tags, which knows load balancing, certificates, web ACLs, and what CloudFront and Route 53 have.

It learns of things late, and shows for hours what is gone. What has no region is in us-east-1.
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from . import acm_store, cloudfront_store, route53_store, waf_store
from .hooks import Context, Result, instead

_ARN = "arn:aws:elasticloadbalancing:"

# ARN -> since when it is known, and its tags.
Index = dict[str, tuple[float, dict[str, str]]]


@instead("tag:GetResources")
def resources(context: Context) -> Result:
    wanted = {it["Key"]: it.get("Values") or [] for it in context.params.get("TagFilters") or []}
    types = context.params.get("ResourceTypeFilters") or []
    return {"ResourceTagMappingList": [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for arn, tags in _seen(context).items()
        if all(key in tags and (not values or tags[key] in values) for key, values in wanted.items())
        and (not types or any(_is(arn, one) for one in types))
    ]}


def _is(arn: str, type: str) -> bool:
    """A type is a service, or a service and a kind: `acm`, `cloudfront:distribution`."""
    service, _, kind = type.partition(":")
    resource = arn.split(":", 5)[5]
    return arn.split(":")[2] == service and (not kind or kind in resource.split("/"))


def _seen(context: Context) -> dict[str, dict[str, str]]:
    index: Index = context.account.stores.setdefault((context.call.region, "tag"), {})
    now = time.monotonic()
    for arn, tags in _tagged(context):
        if tags:
            since, _ = index.get(arn, (now, {}))
            index[arn] = since, dict(tags)
    late = now - context.behaviour("index_delay")
    return {arn: tags for arn, (since, tags) in index.items() if since <= late}


def _tagged(context: Context) -> Iterator[tuple[str, dict[str, str]]]:
    for arn, tags in context.backend("elasticloadbalancing").tagging_service.tags.items():
        if arn.startswith(_ARN):
            yield arn, tags
    for arn, certificate in acm_store.of(context).known.items():
        yield arn, certificate.tags
    for arn, entity in waf_store.of(context).entities.items():
        yield arn, entity.tags
    if context.call.region != "us-east-1":
        return
    edge, dns = cloudfront_store.of(context), route53_store.of(context)
    for it in (*edge.distributions.values(), *edge.functions.values()):
        yield it.arn, it.tags
    for id, zone in dns.zones.items():
        yield f"arn:aws:route53:::hostedzone/{id}", zone.tags
    for id, check in dns.checks.items():
        yield f"arn:aws:route53:::healthcheck/{id}", check["Tags"]
