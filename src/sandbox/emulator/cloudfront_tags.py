"""Tags of distributions and functions.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_TagResource.html
"""

from __future__ import annotations

from . import cloudfront_store as store
from .cloudfront_store import Doc, Thing, error
from .hooks import Context, Result, instead

_MOST = 50


def checked_tags(context: Context, added: list[Doc], there: dict[str, str]) -> dict[str, str]:
    """All the tags that there will be."""
    tags = {**there, **{it["Key"]: it.get("Value") or "" for it in added}}
    if context.behaviour("validation"):
        if len(tags) > _MOST or any(key.lower().startswith("aws:") for key in tags):
            raise error("InvalidTagging", f"There can be {_MOST} tags, and none whose key starts with aws:.")
    return tags


def _tagged(context: Context) -> Thing:
    arn, edge = context.params["Resource"], store.of(context)
    things = [*edge.distributions.values(), *edge.functions.values()]
    found = next((it for it in things if it.arn == arn), None)
    if found is None:
        raise error("NoSuchResource", f"The resource {arn} does not exist.")
    return found


@instead("cloudfront:TagResource")
def tag(context: Context) -> Result:
    it = _tagged(context)
    it.tags = checked_tags(context, (context.params.get("Tags") or {}).get("Items") or [], it.tags)
    return {}


@instead("cloudfront:UntagResource")
def untag(context: Context) -> Result:
    it = _tagged(context)
    gone = (context.params.get("TagKeys") or {}).get("Items") or []
    it.tags = {key: value for key, value in it.tags.items() if key not in gone}
    return {}


@instead("cloudfront:ListTagsForResource")
def listing(context: Context) -> Result:
    tags = [{"Key": key, "Value": value} for key, value in sorted(_tagged(context).tags.items())]
    return {"Tags": {"Items": tags}}
