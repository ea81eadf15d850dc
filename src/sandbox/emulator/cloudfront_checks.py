"""What CloudFront refuses in a distribution's configuration.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

from __future__ import annotations

import time

from . import acm_store, waf_store
from . import cloudfront_store as store
from .cloudfront_policies import KINDS, missing
from .cloudfront_store import Doc, error
from .hooks import Context
from .wire import AwsError

_METHODS = ({"GET", "HEAD"}, {"GET", "HEAD", "OPTIONS"},
            {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"})
_MOST_ORIGINS, _MOST_BEHAVIOURS, _MOST_ALIASES, _LONGEST_COMMENT = 25, 25, 100, 128
_SHOULD_BE_THERE = "The specified {} does not exist."


def check(context: Context, config: Doc) -> None:
    """A whole configuration."""
    if len(config.get("Comment") or "") > _LONGEST_COMMENT:
        raise error("InvalidArgument", f"The parameter Comment is too long: it can have {_LONGEST_COMMENT} characters.")
    origins = config["Origins"].get("Items") or []
    if not 1 <= len(origins) <= _MOST_ORIGINS:
        raise error("TooManyOrigins" if origins else "InvalidArgument",
                    f"A distribution needs between 1 and {_MOST_ORIGINS} origins.")
    for origin in origins:
        _check_origin(context, origin)
    ids = [it["Id"] for it in origins]
    if len(set(ids)) < len(ids):
        raise error("InvalidArgument", "The parameter Origin Id has to be unique.")
    _check_behaviours(context, config, {*ids, *(it["Id"] for it in config["OriginGroups"].get("Items") or [])})
    acl = config["WebACLId"]
    if acl and not (acl.startswith("arn:") and waf_store.find(context, acl)):
        raise error("InvalidWebACLId", "The web ACL ID specified in the request is invalid: it has to be the ARN of "
                                       "a web ACL of AWS WAF with the scope CLOUDFRONT.")


def _check_origin(context: Context, origin: Doc) -> None:
    s3, control = origin.get("S3OriginConfig"), origin["OriginAccessControlId"]
    if sum(name in origin for name in ("S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig")) != 1:
        raise error("InvalidOrigin", f"The origin {origin['Id']} must be one of S3, custom and VPC origin.")
    if s3 is not None and not origin["DomainName"].endswith(".amazonaws.com"):
        raise error("InvalidArgument", "The parameter Origin DomainName does not refer to a valid S3 bucket.")
    if control and s3 and s3["OriginAccessIdentity"]:
        raise error("IllegalOriginAccessConfiguration", "An origin cannot have both an origin access control and an "
                                                        "origin access identity.")
    if control and control not in store.of(context).controls:
        # Each call has its own name for the same thing.
        code = "InvalidOriginAccessControl" if context.call.operation.startswith("Create") else \
            "NoSuchOriginAccessControl"
        raise error(code, _SHOULD_BE_THERE.format("origin access control"))


def _check_behaviours(context: Context, config: Doc, origins: set[str]) -> None:
    behaviours = store.behaviours(config)
    if len(behaviours) > _MOST_BEHAVIOURS + 1:
        raise error("TooManyCacheBehaviors", f"A distribution can have {_MOST_BEHAVIOURS} cache behaviors.")
    patterns = [it.get("PathPattern") for it in behaviours[1:]]
    if len(set(patterns)) < len(patterns):
        raise error("InvalidArgument", "The parameter PathPattern has to be unique.")
    for it in behaviours:
        if it["TargetOriginId"] not in origins:
            raise error("NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
        methods = set(it["AllowedMethods"].get("Items") or [])
        if methods not in _METHODS:
            raise error("InvalidArgument", "The parameter AllowedMethods contains an invalid set of methods.")
        _check_caching(it)
        for kind in KINDS:
            policy = it.get(f"{kind}Id")
            if policy and policy not in store.of(context).policies[kind] and policy not in KINDS[kind]:
                raise missing(kind)
        for one in it["FunctionAssociations"].get("Items") or []:
            _check_function(context, one)


def _check_caching(it: Doc) -> None:
    """Either by a policy, or by the older members."""
    older = [name for name in ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL") if it.get(name) is not None]
    if it.get("CachePolicyId"):
        if older:
            raise error("InvalidArgument", f"The parameter {older[0]} cannot be used when a cache policy is associated "
                                           "to the cache behavior.")
        return
    if "ForwardedValues" not in it:
        raise error("InvalidArgument", "The parameter ForwardedValues is required.")
    if it.get("OriginRequestPolicyId"):
        raise error("InvalidArgument", "The parameter OriginRequestPolicyId cannot be used without a cache policy.")
    if not int(it["MinTTL"]) <= int(it["DefaultTTL"]) <= int(it["MaxTTL"]):
        raise error("InvalidTTLOrder", "The order of your TTL values is not valid.")


def _check_function(context: Context, association: Doc) -> None:
    arn = association["FunctionARN"]
    found = next((it for it in store.of(context).functions.values() if it.arn == arn), None)
    if found is None or found.live is None:
        raise error("InvalidFunctionAssociation", f"The function {arn} does not exist, or is not published to LIVE.")
    if association["EventType"] not in ("viewer-request", "viewer-response"):
        raise error("InvalidFunctionAssociation", "A function runs on viewer-request or viewer-response only.")


def check_names(context: Context, config: Doc, but: str = "") -> None:
    """The aliases, and the certificate that has to stand for them."""
    aliases = config["Aliases"].get("Items") or []
    if len(aliases) > _MOST_ALIASES:
        raise error("TooManyDistributionCNAMEs", f"A distribution can have {_MOST_ALIASES} aliases.")
    others = store.everywhere() if context.behaviour("aliases_taken") else store.of(context).distributions.values()
    taken = {name.lower() for it in others if it.id != but for name in it.aliases()}
    if any(name.lower() in taken for name in aliases):
        raise error("CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a "
                                          "different resource.")
    certificate = config["ViewerCertificate"]
    arn = certificate.get("ACMCertificateArn")
    if arn:
        _check_certificate(context, arn, aliases)
        if certificate.get("SSLSupportMethod") not in ("sni-only", "vip", "static-ip"):
            raise _no_certificate("A certificate of your own needs an SSL support method.")
    elif aliases and not certificate.get("IAMCertificateId"):
        raise _no_certificate("To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a "
                              "trusted certificate that validates your authorization to use the domain name.")


def _no_certificate(message: str) -> AwsError:
    return error("InvalidViewerCertificate", message)


def _check_certificate(context: Context, arn: str, aliases: list[str]) -> None:
    wrong = _no_certificate("The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or "
                            "doesn't include a valid certificate chain.")
    if not arn.startswith("arn:aws:acm:us-east-1:"):
        raise wrong
    try:
        found = acm_store.find(context.call.account, arn)
    except KeyError:
        raise wrong from None
    if found is None:
        return
    late = time.monotonic() - context.behaviour("cert_known_delay")
    if found.status != "ISSUED" or found.issued_at > late:
        raise wrong
    if not all(acm_store.covers(found, name.lower()) for name in aliases):
        raise _no_certificate("The certificate that is attached to your distribution doesn't cover the alternate "
                              "domain name (CNAME) that you're trying to add.")
