"""Rules of the Cloud Connector, which send requests to a provider's storage. A PUT replaces all, as a bare array.

https://developers.cloudflare.com/rules/cloud-connector/
https://developers.cloudflare.com/rules/cloud-connector/providers/
"""

from __future__ import annotations

import re
from typing import Any

from .cloudflare_limits import RULES, check_expression, entitled
from .cloudflare_wire import Ask, Failure, route
from .cloudflare_world import Zone, new_id

_REGION = "[a-z]{2}(-[a-z]+)+-[0-9]"
_HOSTS = {
    "aws_s3": rf".+s3(\.{_REGION}|-website[.-]{_REGION})?\.amazonaws\.com",
    "cloudflare_r2": r".+",
    "gcp_storage": r"(.+\.)?storage\.googleapis\.com",
    "azure_storage": r".+\.(blob|web)\.core\.windows\.net",
    "oci_storage": r".+\.oraclecloud\.com",
}


@route("GET", "zones/{zone}/cloud_connector/rules", "GetConnectorRules")
def get(_: Ask, zone: Zone) -> Any:
    return zone.connector


@route("PUT", "zones/{zone}/cloud_connector/rules", "PutConnectorRules")
def put(ask: Ask, zone: Zone) -> Any:
    zone.connector = settle(zone, ask.body)
    return zone.connector


def settle(zone: Zone, rules: Any) -> list[dict[str, Any]]:
    if not isinstance(rules, list):
        raise Failure(400, 10400, "the body has to be an array of rules")
    most = RULES["cloud_connector"][zone.plan]
    if len(rules) > most:
        raise entitled(f"exceeded maximum number of Cloud Connector rules: {len(rules)} out of {most}", "")
    known = {rule["id"] for rule in zone.connector}
    return [_settled(zone, rule, f"/{n}", known) for n, rule in enumerate(rules)]


def _settled(zone: Zone, rule: Any, at: str, known: set[str]) -> dict[str, Any]:
    host = (rule.get("parameters") or {}).get("host")
    if rule.get("provider") not in _HOSTS:
        raise Failure(400, 10400, f"unknown provider {rule.get('provider')!r}", pointer=f"{at}/provider")
    if not isinstance(host, str) or not re.fullmatch(_HOSTS[rule["provider"]], host):
        raise Failure(400, 10400, f"invalid host for {rule['provider']}", pointer=f"{at}/parameters/host")
    check_expression(zone, rule.get("expression"), f"{at}/expression")
    return {
        "id": rule["id"] if rule.get("id") in known else new_id(), "provider": rule["provider"],
        "expression": rule["expression"], "parameters": {"host": host},
        "description": rule.get("description", ""), "enabled": rule.get("enabled", True),
    }
