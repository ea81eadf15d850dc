"""Certificates of the Origin CA, which Cloudflare alone trusts. They are made and revoked, never changed.

https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/
https://developers.cloudflare.com/api/resources/origin_ca_certificates/
"""

from __future__ import annotations

import base64
import re
import textwrap
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from .cloudflare_wire import Answer, Ask, Failure, Listing, route
from .cloudflare_world import Zone, now

_KINDS = ("origin-rsa", "origin-ecc", "keyless-certificate")
_DAYS = (7, 30, 90, 365, 730, 1095, 5475)
_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+")
_REQUEST = "-----BEGIN CERTIFICATE REQUEST-----"


@route("GET", "certificates", "ListCertificates")
def list_certificates(ask: Ask) -> Listing:
    number = ask.said("zone_id")
    if number is None:
        raise Failure(400, 1003, "zone_id is required")
    zone = ask.world.zone(number)
    return ask.page([it for it in ask.world.live_certificates() if covers(it, zone)], usual=20, most=50)


@route("GET", "certificates/{id}", "GetCertificate")
def get(ask: Ask, number: str) -> Any:
    return _certificate(ask, number)


@route("POST", "certificates", "CreateCertificate")
def create(ask: Ask) -> Any:
    said = ask.object()
    hostnames, days = said.get("hostnames"), said.get("requested_validity", 5475)
    if not isinstance(said.get("csr"), str) or not said["csr"].startswith(_REQUEST):
        raise Failure(400, 1004, "Failed to parse the certificate signing request", pointer="/csr")
    if said.get("request_type") not in _KINDS:
        raise Failure(400, 1005, "Invalid request_type", pointer="/request_type")
    if days not in _DAYS:
        raise Failure(400, 1006, "Invalid requested_validity", pointer="/requested_validity")
    if not isinstance(hostnames, list) or not 1 <= len(hostnames) <= 100:
        raise Failure(400, 1009, "From 1 to 100 hostnames are required", pointer="/hostnames")
    for name in hostnames:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or \
                not any(zone.holds(_bare(name)) for zone in ask.world.zones()):
            raise Failure(400, 1010, f"Failed to validate requested hostname {name}: This zone is either not part of "
                                     "your account, or you do not have access to it.")
    number = str(uuid.uuid4().int)[:30]
    expires = datetime.now(timezone.utc) + timedelta(days=int(days))
    certificate = {
        "id": number, "certificate": _text(number), "csr": said["csr"], "hostnames": hostnames,
        # As Go prints a time, which is not how the rest of the API does.
        "expires_on": expires.strftime("%Y-%m-%d %H:%M:%S +0000 UTC"),
        "request_type": said["request_type"], "requested_validity": days,
    }
    ask.world.certificates[number] = certificate
    return dict(certificate)


@route("DELETE", "certificates/{id}", "DeleteCertificate")
def revoke(ask: Ask, number: str) -> Answer:
    certificate = _certificate(ask, number)
    if "revoked_at" in certificate:
        raise Failure(400, 1014, "Certificate is already revoked")
    certificate["revoked_at"] = now()
    return Answer(200, {"success": True, "errors": [], "messages": [],
                        "result": {"id": number, "revoked_at": certificate["revoked_at"]}})


def covers(certificate: dict[str, Any], zone: Zone) -> bool:
    return any(zone.holds(_bare(name)) for name in certificate["hostnames"])


def _certificate(ask: Ask, number: str) -> dict[str, Any]:
    if number not in ask.world.certificates:
        raise Failure(404, 1101, "Failed to read certificate from Database")
    return ask.world.certificates[number]


def _bare(name: str) -> str:
    return name.removeprefix("*.")


def _text(number: str) -> str:
    """Looks like a certificate, and says which one it is."""
    body = base64.b64encode(f"a certificate of the sandbox, {number}".encode()).decode()
    return "\n".join(("-----BEGIN CERTIFICATE-----", *textwrap.wrap(body, 64), "-----END CERTIFICATE-----", ""))
