"""What is told of the deployments of ECS services besides how they go: pages of them, and which images they found.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
"""

from __future__ import annotations

import hashlib

from . import paging
from .ecs_store import invalid
from .hooks import Context, Result, after

_MOST = 100


@after("ecs:ListServiceDeployments")
def cut(context: Context, result: Result) -> Result:
    """botocore's model does not say that it has pages."""
    params, found = context.params, result["serviceDeployments"]
    asked = params.get("maxResults") or _MOST
    if not 1 <= asked <= _MOST:
        raise invalid(f"maxResults has to be between 1 and {_MOST}.")
    size = min(asked, context.behaviour("page_size") or _MOST)
    shown, token = paging.page(
        found, size, params.get("nextToken"), lambda: context.account.chance(context.behaviour("empty_pages")),
        invalid("Invalid token."),
    )
    return {"serviceDeployments": shown, **({"nextToken": token} if token else {})}


@after("ecs:DescribeServiceRevisions")
def add_digests(context: Context, result: Result) -> Result:
    """What a tag means is found out when a revision is deployed, and stays so for all of its tasks."""
    if len(context.params.get("serviceRevisionArns") or []) > 20:
        raise invalid("Service revision ARNs cannot have more than 20 elements.")
    digested = lambda one: {**one, "imageDigest": f"sha256:{hashlib.sha256(one['image'].encode()).hexdigest()}"}
    revisions = [
        {**one, "containerImages": [digested(image) for image in one["containerImages"]]}
        for one in result["serviceRevisions"]
    ]
    return {**result, "serviceRevisions": revisions}
