"""Policies of caches, of requests to origins and of response headers: those of AWS, and one's own.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
"""

from __future__ import annotations

import copy
import functools

from moto.moto_api._internal import mock_random

from . import cloudfront_store as store
from .cloudfront_store import Doc, Thing, error
from .hooks import Context, Result, instead
from .wire import AwsError

_COLLECTION = "cloudfront.policies"
_LONG_AGO = "2020-07-01T00:00:00.000000Z"
_CACHE: Doc = {"DefaultTTL": 86400, "MaxTTL": 31536000}
_PARAMETERS: Doc = {
    "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": True, "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"}, "QueryStringsConfig": {"QueryStringBehavior": "none"},
}


def _cache(least: int, usual: int, most: int, compressed: bool = True, more: Doc | None = None) -> Doc:
    parameters = {**_PARAMETERS, "EnableAcceptEncodingGzip": compressed, "EnableAcceptEncodingBrotli": compressed}
    return {"MinTTL": least, "DefaultTTL": usual, "MaxTTL": most,
            "ParametersInCacheKeyAndForwardedToOrigin": parameters | (more or {})}


def _request(headers: str, *names: str, cookies: str = "all", query: str = "all") -> Doc:
    named = {"Headers": {"Quantity": len(names), "Items": [*names]}} if names else {}
    return {"HeadersConfig": {"HeaderBehavior": headers, **named}, "CookiesConfig": {"CookieBehavior": cookies},
            "QueryStringsConfig": {"QueryStringBehavior": query}}


_ALL: Doc = {"CookiesConfig": {"CookieBehavior": "all"}, "QueryStringsConfig": {"QueryStringBehavior": "all"}}
_HOST: Doc = {"HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {
    "Quantity": 5, "Items": ["host", "origin", "x-http-method-override", "x-http-method", "x-method-override"]}}}
_CORS: Doc = {"CorsConfig": {
    "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["*"]},
    "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
    "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},
    "AccessControlAllowCredentials": False, "OriginOverride": False,
}}
_SECURITY: Doc = {"SecurityHeadersConfig": {
    "XSSProtection": {"Override": False, "Protection": True, "ModeBlock": True},
    "FrameOptions": {"Override": False, "FrameOption": "SAMEORIGIN"},
    "ReferrerPolicy": {"Override": False, "ReferrerPolicy": "strict-origin-when-cross-origin"},
    "ContentTypeOptions": {"Override": True},
    "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": 31536000},
}}

# The kinds, and which of each AWS has made: id -> name and configuration.
KINDS: dict[str, dict[str, tuple[str, Doc]]] = {
    "CachePolicy": {
        "2e54312d-136d-493c-8eb9-b001f22f67d2": ("Amplify", _cache(2, 2, 600, more=_ALL)),
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": ("CachingDisabled", _cache(0, 0, 0, compressed=False)),
        "658327ea-f89d-4fab-a63d-7e88639e58f6": ("CachingOptimized", _cache(1, 86400, 31536000)),
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": (
            "CachingOptimizedForUncompressedObjects", _cache(1, 86400, 31536000, compressed=False)),
        "08627262-05a9-4f76-9ded-b50ca2e3a84f": ("Elemental-MediaPackage", _cache(0, 86400, 31536000)),
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65": (
            "UseOriginCacheControlHeaders",
            _cache(0, 0, 31536000, more={**_HOST, "CookiesConfig": _ALL["CookiesConfig"]})),
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe": (
            "UseOriginCacheControlHeaders-QueryStrings", _cache(0, 0, 31536000, more=_HOST | _ALL)),
    },
    "OriginRequestPolicy": {
        "216adef6-5c7f-47e4-b989-5492eafa07d3": ("AllViewer", _request("allViewer")),
        "33f36d7e-f396-46d9-90e0-52428a34d9dc": (
            "AllViewerAndCloudFrontHeaders-2022-06",
            _request("allViewerAndWhitelistCloudFront", "CloudFront-Viewer-Address", "CloudFront-Viewer-Country")),
        "b689b0a8-53d0-40ab-baf2-68738e2966ac": ("AllViewerExceptHostHeader", _request("allExcept", "host")),
        "59781a5b-3903-41f3-afcb-af62929ccde1": (
            "CORS-CustomOrigin", _request("whitelist", "origin", cookies="none", query="none")),
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": (
            "CORS-S3Origin", _request("whitelist", "origin", "access-control-request-headers",
                                      "access-control-request-method", cookies="none", query="none")),
        "acba4595-bd28-49b8-b9fe-13317c0390fa": (
            "UserAgentRefererHeaders", _request("whitelist", "user-agent", "referer", cookies="none", query="none")),
    },
    "ResponseHeadersPolicy": {
        "e61eb60c-9c35-4d20-a928-2b84e02af89c": ("CORS-and-SecurityHeadersPolicy", {**_CORS, **_SECURITY}),
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd": ("CORS-With-Preflight", _CORS),
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63": (
            "CORS-with-preflight-and-SecurityHeadersPolicy", {**_CORS, **_SECURITY}),
        "67f7725c-6f97-4210-82d7-5512b31e9d03": ("SecurityHeadersPolicy", _SECURITY),
        "60669652-455b-4ae9-85a4-c4c02393f86c": ("SimpleCORS", _CORS),
    },
}
_PATHS = {"CachePolicy": "cache-policy", "OriginRequestPolicy": "origin-request-policy",
          "ResponseHeadersPolicy": "response-headers-policy"}


def missing(kind: str) -> AwsError:
    return error(f"NoSuch{kind}", "The specified policy does not exist.")


def _managed(kind: str) -> dict[str, Doc]:
    return {
        id: {"id": id, "etag": f"E{id[:8].upper()}", "modified": _LONG_AGO,
             "config": {"Name": f"Managed-{name}", "Comment": f"Policy {name}", **copy.deepcopy(config)}}
        for id, (name, config) in KINDS[kind].items()
    }


def _shown(kind: str, it: Doc) -> Doc:
    return {"Id": it["id"], "LastModifiedTime": it["modified"], f"{kind}Config": it["config"]}


def _checked(kind: str, context: Context, but: str = "") -> Doc:
    config: Doc = {"Comment": "", **copy.deepcopy(context.params[f"{kind}Config"])}
    if kind == "CachePolicy":
        config = {**_CACHE, **config}
        config.setdefault("ParametersInCacheKeyAndForwardedToOrigin", {
            **_PARAMETERS, "EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False})
        config["ParametersInCacheKeyAndForwardedToOrigin"].setdefault("EnableAcceptEncodingBrotli", False)
    if context.behaviour("validation"):
        store.check_quantities(config)
        if kind == "CachePolicy" and not int(config["MinTTL"]) <= int(config["DefaultTTL"]) <= int(config["MaxTTL"]):
            raise error("InvalidArgument", "The order of your TTL values is not valid.")
    for it in store.of(context).policies[kind].values():
        if it.id != but and it.config["Name"] == config["Name"]:
            raise error(f"{kind}AlreadyExists", "A policy with this name already exists.")
    return config


def _own(kind: str, context: Context, code: str) -> Thing:
    """One that may be changed."""
    id = context.params["Id"]
    if id in KINDS[kind]:
        raise error(code, "A policy of AWS cannot be changed or deleted.")
    found = store.of(context).policies[kind].get(id)
    if found is None:
        raise missing(kind)
    return found


def _create(kind: str, context: Context) -> Result:
    it = Thing(str(mock_random.uuid4()), _checked(kind, context))
    store.of(context).policies[kind][it.id] = it
    return {kind: _shown(kind, vars(it)), "ETag": it.etag, "Location": f"{store.ROOT}/{_PATHS[kind]}/{it.id}"}


def _seen(kind: str, context: Context) -> Doc:
    id = context.params["Id"]
    managed = _managed(kind).get(id)
    return managed or store.seen(context, _COLLECTION, f"{kind} {id}", missing(kind))


def _describe(kind: str, context: Context) -> Result:
    it = _seen(kind, context)
    return {kind: _shown(kind, it), "ETag": it["etag"]}


def _config(kind: str, context: Context) -> Result:
    it = _seen(kind, context)
    return {f"{kind}Config": it["config"], "ETag": it["etag"]}


def _update(kind: str, context: Context) -> Result:
    it = _own(kind, context, "IllegalUpdate")
    store.match(context, it)
    it.change(_checked(kind, context, but=it.id))
    return {kind: _shown(kind, vars(it)), "ETag": it.etag}


def _delete(kind: str, context: Context) -> Result:
    it = _own(kind, context, "IllegalDelete")
    store.match(context, it)
    if context.behaviour("dependencies") and store.users(context, lambda config: any(
        behaviour.get(f"{kind}Id") == it.id for behaviour in store.behaviours(config)
    )):
        raise error(f"{kind}InUse", "Cannot delete the policy because it is attached to one or more cache behaviors.")
    del store.of(context).policies[kind][it.id]
    return {}


def _listing(kind: str, context: Context) -> Result:
    own = [it for key, it in store.visible(context, _COLLECTION).items() if key.startswith(f"{kind} ")]
    found = [("managed", it) for it in _managed(kind).values()] + [("custom", it) for it in own]
    wanted = context.params.get("Type")
    return store.listed(context, f"{kind}List", [
        {"Type": type, kind: _shown(kind, it)} for type, it in found if wanted in (None, type)
    ])


for _kind in KINDS:
    _many = f"{_kind[:-1]}ies"
    for _name, _work in ((f"Create{_kind}", _create), (f"Get{_kind}", _describe), (f"Get{_kind}Config", _config),
                         (f"Update{_kind}", _update), (f"Delete{_kind}", _delete), (f"List{_many}", _listing)):
        instead(f"cloudfront:{_name}")(functools.partial(_work, _kind))
