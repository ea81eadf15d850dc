"""Origin access controls: known by their names, held by the origins that have them.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html
"""

from __future__ import annotations

from . import cloudfront_store as store
from .cloudfront_store import Doc, Thing, error
from .hooks import Context, Result, instead
from .wire import AwsError

_COLLECTION = "cloudfront.controls"
_WORDS = {
    "SigningProtocol": ("sigv4",), "SigningBehavior": ("never", "always", "no-override"),
    "OriginAccessControlOriginType": ("s3", "mediastore", "mediapackagev2", "lambda"),
}
_LONGEST = 64


def _get(context: Context) -> Thing:
    found = store.of(context).controls.get(context.params["Id"])
    if found is None:
        raise _missing()
    return found


def _missing() -> AwsError:
    return error("NoSuchOriginAccessControl", "The specified origin access control does not exist.")


def _checked(context: Context, but: str = "") -> Doc:
    config = {"Description": "", **context.params["OriginAccessControlConfig"]}
    if context.behaviour("validation"):
        for name, words in _WORDS.items():
            if config.get(name) not in words:
                raise error("InvalidArgument", f"The parameter {name} must be one of {', '.join(words)}.")
        if not 1 <= len(config["Name"]) <= _LONGEST:
            raise error("InvalidArgument", f"The parameter Name must have 1 to {_LONGEST} characters.")
    for it in store.of(context).controls.values():
        if it.id != but and it.config["Name"] == config["Name"]:
            raise error("OriginAccessControlAlreadyExists", "An origin access control with the same name already "
                                                            "exists.")
    return config


def _shown(id: str, config: Doc) -> Doc:
    return {"Id": id, "OriginAccessControlConfig": config}


@instead("cloudfront:CreateOriginAccessControl")
def create(context: Context) -> Result:
    it = Thing(store.new_id(), _checked(context))
    store.of(context).controls[it.id] = it
    return {"OriginAccessControl": _shown(it.id, it.config), "ETag": it.etag,
            "Location": f"{store.ROOT}/origin-access-control/{it.id}"}


@instead("cloudfront:GetOriginAccessControl")
def describe(context: Context) -> Result:
    it = store.seen(context, _COLLECTION, context.params["Id"], _missing())
    return {"OriginAccessControl": _shown(it["id"], it["config"]), "ETag": it["etag"]}


@instead("cloudfront:GetOriginAccessControlConfig")
def config_of(context: Context) -> Result:
    it = store.seen(context, _COLLECTION, context.params["Id"], _missing())
    return {"OriginAccessControlConfig": it["config"], "ETag": it["etag"]}


@instead("cloudfront:UpdateOriginAccessControl")
def update(context: Context) -> Result:
    it = _get(context)
    store.match(context, it)
    it.change(_checked(context, but=it.id))
    return {"OriginAccessControl": _shown(it.id, it.config), "ETag": it.etag}


@instead("cloudfront:DeleteOriginAccessControl")
def delete(context: Context) -> Result:
    it = _get(context)
    store.match(context, it)
    if context.behaviour("dependencies") and store.users(context, lambda config: any(
        origin["OriginAccessControlId"] == it.id for origin in config["Origins"]["Items"]
    )):
        raise error("OriginAccessControlInUse", "The specified origin access control is in use by one or more "
                                                "distributions.")
    del store.of(context).controls[it.id]
    return {}


@instead("cloudfront:ListOriginAccessControls")
def listing(context: Context) -> Result:
    items = store.visible(context, _COLLECTION).values()
    return store.listed(context, "OriginAccessControlList", [{"Id": it["id"], **it["config"]} for it in items])
