"""Invalidations: one that is asked for again by its reference is the one that there is.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
"""

from __future__ import annotations

from . import cloudfront_store as store
from .bridge import now
from .cloudfront_distributions import get
from .cloudfront_store import Doc, error
from .hooks import Context, Result, instead


@instead("cloudfront:CreateInvalidation")
def create_invalidation(context: Context) -> Result:
    it, batch = get(context, context.params["DistributionId"]), context.params["InvalidationBatch"]
    paths = batch["Paths"].get("Items") or []
    if not paths:
        raise error("InvalidArgument", "Your request must contain at least one path to invalidate.")
    for one in it.invalidations:
        if one["InvalidationBatch"]["CallerReference"] == batch["CallerReference"]:
            if one["InvalidationBatch"]["Paths"]["Items"] != paths:
                raise error("InvalidationBatchAlreadyExists", "The reference is of another invalidation.")
            return _answer(it.id, one)
    made: Doc = {"Id": store.new_id("I"), "CreateTime": now(), "Status": "InProgress", "InvalidationBatch": {
        "Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": batch["CallerReference"]}}
    it.invalidations.append(made)
    result = _answer(it.id, dict(made))
    context.account.schedule.later(context.behaviour("cdn_delay"), lambda: made.update(Status="Completed"))
    return result


def _answer(of: str, made: Doc) -> Result:
    return {"Invalidation": made, "Location": f"{store.ROOT}/distribution/{of}/invalidation/{made['Id']}"}


@instead("cloudfront:GetInvalidation")
def describe(context: Context) -> Result:
    found = get(context, context.params["DistributionId"]).invalidations
    for one in found:
        if one["Id"] == context.params["Id"]:
            return {"Invalidation": one}
    raise error("NoSuchInvalidation", "The specified invalidation does not exist.")


@instead("cloudfront:ListInvalidations")
def listing(context: Context) -> Result:
    """The newest first."""
    found = get(context, context.params["DistributionId"]).invalidations
    kept = ("Id", "CreateTime", "Status")
    return store.listed(context, "InvalidationList", [{name: it[name] for name in kept} for it in reversed(found)])
