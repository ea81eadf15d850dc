"""What CloudFront forgets: an invalidation that is asked for again by its reference is the one that there is.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
"""

from __future__ import annotations

from .hooks import Context, Result, instead
from .wire import AwsError


@instead("cloudfront:CreateInvalidation")
def create_invalidation(context: Context) -> Result:
    of, batch = context.params["DistributionId"], context.params["InvalidationBatch"]
    paths = batch["Paths"].get("Items") or []
    if not paths:
        raise AwsError("InvalidArgument", "Your request must contain at least one path to invalidate.", 400)
    for one in context.backend().invalidations.get(of, []):
        if one.caller_ref == batch["CallerReference"]:
            if one.paths != paths:
                raise AwsError("InvalidationBatchAlreadyExists", "The reference is of another invalidation.", 400)
            return context.moto("GetInvalidation", {"DistributionId": of, "Id": one.id})
    return context.moto()
