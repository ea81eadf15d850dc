"""Certificates of ACM: each region has its own.

https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html
"""

from __future__ import annotations

import re
import time
from typing import Any

from moto.moto_api._internal import mock_random

from . import acm_store as store
from . import uses
from .acm_store import Certificate
from .bridge import now
from .hooks import Context, Result, before, instead
from .wire import AwsError

_NAME = re.compile(r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])")
_ARN = re.compile(r"arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*")
_TOKEN = re.compile(r"\w{1,32}")
_MAIN = 64
_LONGEST = 253
_MOST_NAMES = 10
_MOST_TAGS = 50
_TOKEN_HOURS = 3600.0
_KEYS = ("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
# What is listed if nobody says which.
_LISTED = ("RSA_1024", "RSA_2048")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message, 400)


@before("acm:*", when="validation")
def check_arn(context: Context) -> None:
    arn = context.params.get("CertificateArn")
    if arn is not None and not _ARN.fullmatch(arn):
        raise AwsError("InvalidArnException", f"The ARN {arn} is invalid.", 400)


@before("acm:RequestCertificate", when="validation")
def check(context: Context) -> None:
    params = context.params
    others = params.get("SubjectAlternativeNames") or []
    for name in [params.get("DomainName") or "", *others]:
        if not _NAME.fullmatch(name) or len(name) > _LONGEST:
            raise _invalid(f"1 validation error detected: Value '{name}' failed to satisfy constraint: Member must "
                           "satisfy the regular expression pattern of domain names")
    if len(params["DomainName"]) > _MAIN:
        raise _invalid(f"The first domain name can have at most {_MAIN} characters.")
    token = params.get("IdempotencyToken")
    if token is not None and not _TOKEN.fullmatch(token):
        raise _invalid(f"1 validation error detected: Value '{token}' at 'idempotencyToken' failed to satisfy "
                       "constraint: Member must satisfy regular expression pattern: \\w+")
    if params.get("KeyAlgorithm", "RSA_2048") not in _KEYS:
        raise _invalid(f"'{params['KeyAlgorithm']}' is no key algorithm")
    if params.get("ValidationMethod", "EMAIL") not in ("DNS", "EMAIL"):
        raise _invalid(f"'{params['ValidationMethod']}' is no validation method")
    _check_tags(params.get("Tags") or [], {})


def _check_tags(tags: list[dict[str, str]], there: dict[str, str]) -> None:
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):
            raise AwsError("InvalidTagException", "Tag keys cannot start with aws:", 400)
    if len({*there, *(tag["Key"] for tag in tags)}) > _MOST_TAGS:
        raise AwsError("TooManyTagsException", f"A certificate can have at most {_MOST_TAGS} tags", 400)


@instead("acm:RequestCertificate")
def request(context: Context) -> Result:
    """The same request with the same token within an hour is the same certificate."""
    params, known = context.params, store.of(context).known
    names = list(dict.fromkeys(
        name.lower() for name in (params["DomainName"], *(params.get("SubjectAlternativeNames") or []))
    ))
    if context.behaviour("quotas") and len(names) > _MOST_NAMES:
        raise AwsError("LimitExceededException", f"A certificate can have at most {_MOST_NAMES} domain names.", 400)
    token = params.get("IdempotencyToken") if context.behaviour("tokens") else None
    for it in known.values():
        young = time.monotonic() - it.asked < _TOKEN_HOURS
        if token and it.token == token and young and set(it.names) == set(names) and it.names[0] == names[0]:
            return {"CertificateArn": it.arn}
    arn = f"arn:aws:acm:{context.call.region}:{context.call.account}:certificate/{mock_random.uuid4()}"
    options = {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED",
               **(params.get("Options") or {})}
    known[arn] = it = Certificate(
        arn, names, params.get("ValidationMethod") or "EMAIL", params.get("KeyAlgorithm") or "RSA_2048", options,
        now(), token, tags={tag["Key"]: tag.get("Value") or "" for tag in params.get("Tags") or []},
    )
    store.begin(context, it)
    return {"CertificateArn": arn}


@instead("acm:DescribeCertificate")
def describe(context: Context) -> Result:
    return {"Certificate": store.seen(context, context.params["CertificateArn"])["Shown"]}


@instead("acm:ListCertificates")
def listing(context: Context) -> Result:
    params = context.params
    statuses, includes = params.get("CertificateStatuses") or [], params.get("Includes") or {}
    keys = includes.get("keyTypes") or _LISTED
    found = [
        _summary(it["Shown"]) for it in store.visible(context).values()
        if it["Key"] in keys and (not statuses or it["Shown"]["Status"] in statuses)
    ]
    if params.get("SortBy") == "CREATED_AT":
        found.sort(key=lambda it: it["CreatedAt"], reverse=params.get("SortOrder") == "DESCENDING")
    return {"CertificateSummaryList": found}


def _summary(shown: dict[str, Any]) -> dict[str, Any]:
    kept = ("CertificateArn", "DomainName", "Status", "Type", "KeyAlgorithm", "RenewalEligibility", "CreatedAt",
            "IssuedAt", "NotBefore", "NotAfter")
    return {
        **{name: shown[name] for name in kept if name in shown},
        "SubjectAlternativeNameSummaries": shown["SubjectAlternativeNames"],
        "HasAdditionalSubjectAlternativeNames": False, "InUse": bool(shown["InUseBy"]), "Exported": False,
        "KeyUsages": [], "ExtendedKeyUsages": [],
    }


@instead("acm:GetCertificate")
def get(context: Context) -> Result:
    it = store.get(context, context.params["CertificateArn"])
    if it.status != "ISSUED":
        raise AwsError("RequestInProgressException", f"Certificate {it.arn} is not issued yet.", 400)
    body = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
    return {"Certificate": body, "CertificateChain": body}


@instead("acm:UpdateCertificateOptions")
def update(context: Context) -> Result:
    store.get(context, context.params["CertificateArn"]).options |= context.params["Options"]
    return {}


@instead("acm:ListTagsForCertificate")
def tags_of(context: Context) -> Result:
    found = store.seen(context, context.params["CertificateArn"])["Tags"]
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(found.items())]}


@instead("acm:AddTagsToCertificate")
def add_tags(context: Context) -> Result:
    it, tags = store.get(context, context.params["CertificateArn"]), context.params.get("Tags") or []
    _check_tags(tags, it.tags)
    it.tags.update({tag["Key"]: tag.get("Value") or "" for tag in tags})
    return {}


@instead("acm:RemoveTagsFromCertificate")
def remove_tags(context: Context) -> Result:
    """A tag that is named with a value goes only if it has that value."""
    it = store.get(context, context.params["CertificateArn"])
    for tag in context.params.get("Tags") or []:
        if tag.get("Value") in (None, it.tags.get(tag["Key"])):
            it.tags.pop(tag["Key"], None)
    return {}


@instead("acm:DeleteCertificate")
def delete(context: Context) -> Result:
    it = store.get(context, context.params["CertificateArn"])
    if context.behaviour("dependencies") and uses.users(context, it.arn, "cert_release"):
        raise AwsError("ResourceInUseException", f"Certificate {it.arn} in account {context.call.account} is in use.",
                       400)
    known = store.of(context)
    del known.known[it.arn]
    known.gone.add(it.arn)
    return {}
