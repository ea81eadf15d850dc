"""What CloudFront makes of a distribution's configuration: all that is not said has a value.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/distribution-overview-required-fields.html
"""

from __future__ import annotations

import copy
from typing import Any

from .cloudfront_store import Doc, behaviours, error

_METHODS = ["HEAD", "GET"]
_TOP: Doc = {
    "Aliases": {"Quantity": 0}, "DefaultRootObject": "", "OriginGroups": {"Quantity": 0},
    "CacheBehaviors": {"Quantity": 0}, "CustomErrorResponses": {"Quantity": 0}, "Comment": "",
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "PriceClass": "PriceClass_All", "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}, "WebACLId": "",
    "HttpVersion": "http2", "IsIPV6Enabled": True, "ContinuousDeploymentPolicyId": "", "Staging": False,
}
_ORIGIN: Doc = {
    "OriginPath": "", "CustomHeaders": {"Quantity": 0}, "ConnectionAttempts": 3, "ConnectionTimeout": 10,
    "OriginShield": {"Enabled": False}, "OriginAccessControlId": "",
}
_CUSTOM: Doc = {
    "OriginSslProtocols": {"Quantity": 2, "Items": ["TLSv1", "SSLv3"]}, "OriginReadTimeout": 30,
    "OriginKeepaliveTimeout": 5,
}
_BEHAVIOUR: Doc = {
    "TrustedSigners": {"Enabled": False, "Quantity": 0}, "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    "AllowedMethods": {"Quantity": 2, "Items": _METHODS}, "SmoothStreaming": False, "Compress": False,
    "LambdaFunctionAssociations": {"Quantity": 0}, "FunctionAssociations": {"Quantity": 0},
    "FieldLevelEncryptionId": "", "GrpcConfig": {"Enabled": False},
}
_FORWARDED: Doc = {"Headers": {"Quantity": 0}, "QueryStringCacheKeys": {"Quantity": 0}}
_TTLS: Doc = {"MinTTL": 0, "DefaultTTL": 86400, "MaxTTL": 31536000}
# What has to be said in an update, although not when a distribution is made.
_UPDATES = ("Aliases", "DefaultRootObject", "CacheBehaviors", "CustomErrorResponses", "Logging", "PriceClass",
            "ViewerCertificate", "Restrictions", "WebACLId", "HttpVersion")
_BEHAVIOUR_UPDATES = ("AllowedMethods", "SmoothStreaming", "Compress", "LambdaFunctionAssociations",
                      "FieldLevelEncryptionId")


def filled(config: Doc) -> Doc:
    """The whole of it, as it will be shown."""
    config = _over(_TOP, copy.deepcopy(config))
    config["Origins"]["Items"] = [_origin(it) for it in config["Origins"].get("Items") or []]
    config["DefaultCacheBehavior"] = _behaviour(config["DefaultCacheBehavior"])
    if config["CacheBehaviors"].get("Items"):
        config["CacheBehaviors"]["Items"] = [_behaviour(it) for it in config["CacheBehaviors"]["Items"]]
    for it in config["CustomErrorResponses"].get("Items") or []:
        it |= _over({"ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 10}, it)
    config["Logging"] = _over(_TOP["Logging"], config["Logging"])
    config["ViewerCertificate"] = _certificate(config["ViewerCertificate"])
    _drop_empty(config)
    return config


def _over(usual: Doc, said: Doc) -> Doc:
    return {**copy.deepcopy(usual), **{name: value for name, value in said.items() if value is not None}}


def _origin(it: Doc) -> Doc:
    it = _over(_ORIGIN, it)
    if "CustomOriginConfig" in it:
        it["CustomOriginConfig"] = _over(_CUSTOM, it["CustomOriginConfig"])
    if "S3OriginConfig" in it:
        it["S3OriginConfig"] = _over({"OriginAccessIdentity": ""}, it["S3OriginConfig"])
    return it


def _behaviour(it: Doc) -> Doc:
    it = _over(_BEHAVIOUR, it)
    it["AllowedMethods"] = _over({"CachedMethods": {"Quantity": 2, "Items": _METHODS}}, it["AllowedMethods"])
    if "ForwardedValues" in it:
        it = _over(_TTLS, it)
        it["ForwardedValues"] = _over(_FORWARDED, it["ForwardedValues"])
    return it


def _certificate(said: Doc) -> Doc:
    """The twins that are no longer to be used appear as well."""
    arn, server = said.get("ACMCertificateArn"), said.get("IAMCertificateId")
    if not arn and not server:
        return {"CloudFrontDefaultCertificate": True, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1",
                "CertificateSource": "cloudfront"}
    twins = {"Certificate": arn or server, "CertificateSource": "acm" if arn else "iam"}
    return _over({"CloudFrontDefaultCertificate": False, "MinimumProtocolVersion": "TLSv1"}, said) | twins


def _drop_empty(config: Any) -> None:
    """A list of nothing has no items."""
    if isinstance(config, list):
        for it in config:
            _drop_empty(it)
    elif isinstance(config, dict):
        if config.get("Quantity") == 0:
            config.pop("Items", None)
        for value in config.values():
            _drop_empty(value)


def check_update(said: Doc, now: Doc) -> None:
    """An update says everything, and not another reference."""
    if said.get("CallerReference") != now["CallerReference"]:
        raise error("IllegalUpdate", "The caller reference cannot be changed.")
    missing = [name for name in _UPDATES if said.get(name) is None]
    missing += [name for it in behaviours(said) for name in _BEHAVIOUR_UPDATES if it.get(name) is None]
    for origin in (said.get("Origins") or {}).get("Items") or []:
        missing += [name for name in ("OriginPath", "CustomHeaders") if origin.get(name) is None]
        custom = origin.get("CustomOriginConfig")
        missing += [name for name in _CUSTOM if custom is not None and custom.get(name) is None]
    if missing:
        raise error("IllegalUpdate", f"{missing[0]} is required for updates.")
