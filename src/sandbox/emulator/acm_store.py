"""Certificates: asked for, proven by records in DNS, issued.

moto issues them by itself; they are kept here instead.
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import bridge, dns, uses
from .bridge import now
from .consistency import Items
from .hooks import Context, snapshots, without_moto
from .wire import AwsError

Doc = dict[str, Any]

_LOOKS = 0.05  # seconds between two looks for the records
_YEAR = 365 * 86400
COLLECTION = "acm.certificates"

without_moto("acm")


@dataclass
class Certificate:
    arn: str
    names: list[str]                # the first is the main one
    method: str
    key: str
    options: Doc
    created: str
    token: str | None = None
    asked: float = field(default_factory=time.monotonic)
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "PENDING_VALIDATION"
    failure: str | None = None
    told: bool = False              # whether it says by which records it is proven
    proven: set[str] = field(default_factory=set)
    issued: Doc = field(default_factory=dict)
    issued_at: float = 0.0


@dataclass
class Certificates:
    """Those of a region."""

    known: dict[str, Certificate] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


def of(context: Context) -> Certificates:
    return bridge.beside("acm", context.call.account, context.call.region, Certificates)


def missing(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.", 400)


def get(context: Context, arn: str) -> Certificate:
    found = of(context).known.get(arn)
    if found is None:
        raise missing(arn)
    return found


def find(account: str, arn: str) -> Certificate | None:
    """One that is to be used; nothing if it was never asked for here: stack files may name any that there is.

    Raises `KeyError` for one that is gone.
    """
    region = (arn.split(":") + [""] * 4)[3]
    if not region or arn.split(":")[2] != "acm":
        return None
    known = bridge.beside("acm", account, region, Certificates)
    if arn in known.gone:
        raise KeyError(arn)
    return known.known.get(arn)


def record(account: str, name: str) -> Doc:
    """The record that proves a name: always the same one, and that of its wildcard."""
    base = name.removeprefix("*.")
    digest = hashlib.sha256(f"{account} {base}".encode()).hexdigest()
    value = f"_{digest[32:]}.{digest[:10]}.acm-validations.aws."
    return {"Name": f"_{digest[:32]}.{base}.", "Type": "CNAME", "Value": value}


def begin(context: Context, it: Certificate) -> None:
    """What happens after a certificate was asked for."""
    later, delay = context.account.schedule.later, context.behaviour("cert_delay")
    later(context.behaviour("cert_record_delay"), lambda: setattr(it, "told", True))
    fails = context.behaviour("cert_fails")
    if fails:
        context.account.behaviours["cert_fails"] = fails[1:]
        later(delay, lambda: _fail(it, fails[0]))
    elif not context.behaviour("cert_validation"):
        later(delay, lambda: _issue(it))
    elif it.method == "DNS":
        later(_LOOKS, lambda: _look(context, it))


def _look(context: Context, it: Certificate) -> None:
    """Looks for the records, again and again until all of them are there."""
    if it.status != "PENDING_VALIDATION" or it.arn not in of(context).known:
        return
    for name in it.names:
        wanted = record(context.call.account, name)
        if dns.resolves(context.account, wanted["Name"], wanted["Type"], wanted["Value"]):
            it.proven.add(name)
    later = context.account.schedule.later
    if it.proven == set(it.names):
        later(context.behaviour("cert_delay"), lambda: _issue(it))
    else:
        later(_LOOKS, lambda: _look(context, it))


def _issue(it: Certificate) -> None:
    if it.status == "PENDING_VALIDATION":
        it.status, it.proven, it.issued_at = "ISSUED", set(it.names), time.monotonic()
        until = bridge.now(_YEAR)
        serial = hashlib.sha256(it.arn.encode()).hexdigest()[:32]
        it.issued = {
            "IssuedAt": now(), "NotBefore": now(), "NotAfter": until, "Issuer": "Amazon",
            "Serial": ":".join(serial[at:at + 2] for at in range(0, 32, 2)), "Subject": f"CN={it.names[0]}",
        }


def _fail(it: Certificate, reason: str) -> None:
    if reason == "VALIDATION_TIMED_OUT":
        it.status = reason
    else:
        it.status, it.failure = "FAILED", reason


def covers(it: Certificate, name: str) -> bool:
    """Whether a name is one of its own, or one label before one of its wildcards."""
    return name in it.names or f"*.{name.partition('.')[2]}" in it.names


def _shown(context: Context, it: Certificate) -> Doc:
    used = sorted(uses.users(context, it.arn, "cert_release"))
    shown: Doc = {
        "CertificateArn": it.arn, "DomainName": it.names[0],
        # They are a set: in which order they come says nothing.
        "SubjectAlternativeNames": [it.names[0], *reversed(it.names[1:])],
        "DomainValidationOptions": [_option(context, it, name) for name in it.names],
        "Subject": f"CN={it.names[0]}", "Issuer": "Amazon", "CreatedAt": it.created, "Status": it.status,
        "KeyAlgorithm": it.key.replace("_", "-"), "SignatureAlgorithm": "SHA256WITHRSA", "InUseBy": used,
        "Type": "AMAZON_ISSUED", "KeyUsages": [], "ExtendedKeyUsages": [],
        "RenewalEligibility": "ELIGIBLE" if used and it.issued else "INELIGIBLE", "Options": dict(it.options),
        **it.issued,
    }
    return shown | ({"FailureReason": it.failure} if it.failure else {})


def _option(context: Context, it: Certificate, name: str) -> Doc:
    status = "SUCCESS" if name in it.proven else "FAILED" if it.failure else "PENDING_VALIDATION"
    option: Doc = {"DomainName": name, "ValidationDomain": name, "ValidationStatus": status,
                   "ValidationMethod": it.method}
    if it.method == "DNS" and it.told:
        option["ResourceRecord"] = record(context.call.account, name)
    if it.method == "EMAIL":
        option["ValidationEmails"] = [f"admin@{name.removeprefix('*.')}"]
    return option


def _read(context: Context) -> Items:
    return {
        arn: {"Shown": _shown(context, it), "Key": it.key, "Tags": copy.copy(it.tags)}
        for arn, it in of(context).known.items()
    }


@snapshots("acm")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {COLLECTION: lambda: _read(context)}


def visible(context: Context) -> Items:
    return context.visible(COLLECTION, lambda: _read(context))


def seen(context: Context, arn: str) -> Doc:
    """One as readers see it."""
    found = visible(context).get(arn)
    if found is None:
        raise missing(arn)
    return found
