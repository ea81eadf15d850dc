"""Distributions: one for each reference, replaced as a whole, deleted once they are off everywhere.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteDistribution.html
"""

from __future__ import annotations

from . import cloudfront_store as store
from .cloudfront_checks import check, check_names
from .cloudfront_config import check_update, filled
from .cloudfront_store import Distribution, Doc, error
from .cloudfront_tags import checked_tags
from .hooks import Context, Result, instead
from .wire import AwsError

_COLLECTION = "cloudfront.distributions"
_SUMMARY = ("Aliases", "Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors", "CustomErrorResponses",
            "Comment", "PriceClass", "Enabled", "ViewerCertificate", "Restrictions", "WebACLId", "HttpVersion",
            "IsIPV6Enabled", "Staging")


def missing(id: str) -> AwsError:
    return error("NoSuchDistribution", f"The specified distribution does not exist: {id}")


def get(context: Context, id: str) -> Distribution:
    found = store.of(context).distributions.get(id)
    if found is None:
        raise missing(id)
    return found


def shown(it: Doc) -> Doc:
    nobody = {"Enabled": False, "Quantity": 0}
    running = [one for one in it["invalidations"] if one["Status"] == "InProgress"]
    return {
        "Id": it["id"], "ARN": it["arn"], "Status": it["status"], "LastModifiedTime": it["modified"],
        "InProgressInvalidationBatches": len(running), "DomainName": it["domain"], "ActiveTrustedSigners": nobody,
        "ActiveTrustedKeyGroups": nobody, "DistributionConfig": it["config"],
        "AliasICPRecordals": [{"CNAME": name, "ICPRecordalStatus": "APPROVED"}
                              for name in it["config"]["Aliases"].get("Items") or []],
    }


def _deploy(context: Context, it: Distribution) -> None:
    """Until all places have this version; a newer one begins anew."""
    it.status = "InProgress"
    version = it.etag

    def done() -> None:
        if it.etag == version:
            it.status = "Deployed"

    context.account.schedule.later(context.behaviour("cdn_delay"), done)


@instead("cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags")
def create(context: Context) -> Result:
    """Asked for again in the same words, it answers with what is there."""
    params = context.params
    whole = params.get("DistributionConfigWithTags") or {"DistributionConfig": params.get("DistributionConfig")}
    said, tags = whole["DistributionConfig"], (whole.get("Tags") or {}).get("Items") or []
    config, distributions = filled(said), store.of(context).distributions
    for it in distributions.values():
        if it.config["CallerReference"] == said["CallerReference"]:
            if it.asked != config:
                raise error("DistributionAlreadyExists", "The caller reference that you are using to create a "
                            f"distribution is associated with another distribution. Already exists: {it.id}")
            return _answer(it)
    _check(context, said, config)
    id = store.new_id()
    it = Distribution(id, config, asked=config, arn=f"arn:aws:cloudfront::{context.call.account}:distribution/{id}",
                      domain=f"{store.new_id('d').lower()}.cloudfront.net", tags=checked_tags(context, tags, {}))
    distributions[id] = it
    result = _answer(it)
    _deploy(context, it)
    return result


def _check(context: Context, said: Doc, config: Doc, but: str = "") -> None:
    if context.behaviour("validation"):
        store.check_quantities(said)
        check(context, config)
        check_names(context, config, but)


def _answer(it: Distribution) -> Result:
    return {"Distribution": shown(vars(it)), "ETag": it.etag, "Location": f"{store.ROOT}/distribution/{it.id}"}


def _seen(context: Context) -> Doc:
    id = context.params["Id"]
    return store.seen(context, _COLLECTION, id, missing(id))


@instead("cloudfront:GetDistribution")
def describe(context: Context) -> Result:
    it = _seen(context)
    return {"Distribution": shown(it), "ETag": it["etag"]}


@instead("cloudfront:GetDistributionConfig")
def config_of(context: Context) -> Result:
    it = _seen(context)
    return {"DistributionConfig": it["config"], "ETag": it["etag"]}


@instead("cloudfront:UpdateDistribution")
def update(context: Context) -> Result:
    it, said = get(context, context.params["Id"]), context.params["DistributionConfig"]
    if context.behaviour("validation"):
        store.match(context, it)
        check_update(said, it.config)
    config = filled(said)
    _check(context, said, config, but=it.id)
    if config != it.config:
        it.change(config)
        it.status = "InProgress"
    result = _answer(it)
    _deploy(context, it)
    return {name: result[name] for name in ("Distribution", "ETag")}


@instead("cloudfront:DeleteDistribution")
def delete(context: Context) -> Result:
    it = get(context, context.params["Id"])
    if context.behaviour("validation"):
        store.match(context, it)
    if context.behaviour("dependencies") and (it.config["Enabled"] or it.status != "Deployed"):
        raise error("DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.")
    del store.of(context).distributions[it.id]
    return {}


def _summary(it: Doc) -> Doc:
    more = {name: it["config"][name] for name in _SUMMARY}
    known = ("Id", "ARN", "Status", "LastModifiedTime", "DomainName", "AliasICPRecordals")
    return {**{name: value for name, value in shown(it).items() if name in known}, "ETag": it["etag"], **more}


@instead("cloudfront:ListDistributions")
def listing(context: Context) -> Result:
    items = store.visible(context, _COLLECTION).values()
    return store.listed(context, "DistributionList", [_summary(it) for it in items])


@instead("cloudfront:ListDistributionsByWebACLId")
def by_acl(context: Context) -> Result:
    wanted = context.params["WebACLId"]
    items = [it for it in store.visible(context, _COLLECTION).values()
             if it["config"]["WebACLId"] == ("" if wanted == "null" else wanted)]
    return store.listed(context, "DistributionList", [_summary(it) for it in items])
