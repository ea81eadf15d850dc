"""Health checks: known by a reference for ever, changed by version.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
"""

from __future__ import annotations

import copy
import ipaddress
from typing import Any

from moto.moto_api._internal import mock_random

from . import bridge
from . import route53_store as store
from .hooks import Context, Result, instead
from .route53_store import Doc, invalid
from .wire import AwsError

_HTTP = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH")
_TYPES = (*_HTTP, "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
_PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
_MOST = 200
_RESET = {"ResourcePath": "ResourcePath", "FullyQualifiedDomainName": "FullyQualifiedDomainName",
          "Regions": "Regions", "ChildHealthChecks": "ChildHealthChecks"}


def _shown(it: Doc) -> Doc:
    return {name: value for name, value in it.items() if name != "Tags"}


def _filled(config: Doc) -> Doc:
    kind = config.get("Type")
    usual: Doc = {"Inverted": False, "Disabled": False}
    if kind in (*_HTTP, "TCP"):
        usual |= {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False,
                  "EnableSNI": kind in ("HTTPS", "HTTPS_STR_MATCH")}
    if kind in _PORTS:
        usual["Port"] = _PORTS[kind]
    return {**usual, **config}


@instead("route53:CreateHealthCheck")
def create(context: Context) -> Result:
    """Asked for again in the same words, it answers with what is there."""
    params, known = context.params, store.of(context)
    reference, config = params["CallerReference"], params["HealthCheckConfig"]
    same = next((it for it in known.checks.values() if it["CallerReference"] == reference), None)
    if same is not None and known.references[reference] == config:
        return {"HealthCheck": _shown(same), "Location": _place(same["Id"])}
    if reference in known.references:
        raise AwsError("HealthCheckAlreadyExists", "A health check has already been created with the specified "
                                                   "caller reference.", 409)
    filled = _filled(config)
    if context.behaviour("validation"):
        _check(filled)
    if context.behaviour("quotas") and len(known.checks) >= _MOST:
        raise AwsError("TooManyHealthChecks", f"You have reached the limit of {_MOST} health checks.", 400)
    id = str(mock_random.uuid4())
    made: Doc = {"Id": id, "CallerReference": reference, "HealthCheckConfig": filled, "HealthCheckVersion": 1,
                 "Tags": {}}
    known.checks[id], known.references[reference] = made, copy.deepcopy(config)
    return {"HealthCheck": _shown(made), "Location": _place(id)}


def _place(id: str) -> str:
    return f"https://route53.amazonaws.com/2013-04-01/healthcheck/{id}"


def _check(config: Doc) -> None:
    kind = config.get("Type")
    if kind not in _TYPES:
        raise invalid(f"'{kind}' is no type of health check")
    if kind in (*_HTTP, "TCP"):
        _check_endpoint(kind, config)
    if kind == "CLOUDWATCH_METRIC" and not config.get("AlarmIdentifier"):
        raise invalid("AlarmIdentifier is required for a health check of an alarm")
    if kind == "CALCULATED" and config.get("HealthThreshold") is None:
        raise invalid("HealthThreshold is required for a calculated health check")
    if ("STR_MATCH" in kind) != bool(config.get("SearchString")):
        raise invalid("SearchString must be given for health checks that search for a string, and for no others")


def _check_endpoint(kind: str, config: Doc) -> None:
    address, name = config.get("IPAddress"), config.get("FullyQualifiedDomainName")
    if not address and not (name and kind != "TCP") and not name:
        raise invalid("IPAddress or FullyQualifiedDomainName must be given")
    if address and not _public(address):
        raise invalid(f"IPAddress {address} is not one that health checkers can reach")
    if not 1 <= int(config.get("Port") or 0) <= 65535:
        raise invalid("Port must be between 1 and 65535")
    if int(config["RequestInterval"]) not in (10, 30):
        raise invalid("RequestInterval must be 10 or 30")
    if not 1 <= int(config["FailureThreshold"]) <= 10:
        raise invalid("FailureThreshold must be between 1 and 10")
    if len(config.get("Regions") or [""] * 3) < 3:
        raise invalid("At least three regions must be given")
    if len(config.get("ResourcePath") or "") > 255:
        raise invalid("ResourcePath must have at most 255 characters")


def _public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _get(context: Context, checks: dict[str, Any]) -> Doc:
    id = context.params["HealthCheckId"]
    if id not in checks:
        raise store.no_check(id)
    it: Doc = checks[id]
    return it


@instead("route53:UpdateHealthCheck")
def update(context: Context) -> Result:
    """What is not said stays; type and interval cannot be said."""
    params = context.params
    it = _get(context, store.of(context).checks)
    version = params.get("HealthCheckVersion")
    if version is not None and int(version) != it["HealthCheckVersion"]:
        raise AwsError("HealthCheckVersionMismatch", f"The health check {it['Id']} is at version "
                                                     f"{it['HealthCheckVersion']}, not {version}.", 409)
    config = dict(it["HealthCheckConfig"])
    for name in params.get("ResetElements") or []:
        config.pop(_RESET[name], None)
    config |= {
        name: value for name, value in params.items()
        if name not in ("HealthCheckId", "HealthCheckVersion", "ResetElements") and value is not None
    }
    if context.behaviour("validation"):
        _check(config)
    it["HealthCheckConfig"], it["HealthCheckVersion"] = config, it["HealthCheckVersion"] + 1
    return {"HealthCheck": _shown(it)}


@instead("route53:GetHealthCheck")
def get(context: Context) -> Result:
    return {"HealthCheck": _shown(_get(context, store.visible(context, store.CHECKS)))}


@instead("route53:ListHealthChecks")
def listing(context: Context) -> Result:
    found = [_shown(it) for it in store.visible(context, store.CHECKS).values()]
    return {"HealthChecks": found, "Marker": context.params.get("Marker") or "", "IsTruncated": False,
            "MaxItems": str(context.params.get("MaxItems") or 100)}


@instead("route53:GetHealthCheckCount")
def count(context: Context) -> Result:
    return {"HealthCheckCount": len(store.visible(context, store.CHECKS))}


@instead("route53:GetHealthCheckStatus")
def status(context: Context) -> Result:
    """Nobody looks; it is as healthy as it says."""
    it = _get(context, store.visible(context, store.CHECKS))
    report = {"Status": "Success: HTTP Status Code 200, OK", "CheckedTime": bridge.now()}
    regions = it["HealthCheckConfig"].get("Regions") or ["us-east-1", "us-west-1", "eu-west-1"]
    return {"HealthCheckObservations": [{"Region": one, "StatusReport": report} for one in regions]}


@instead("route53:DeleteHealthCheck")
def delete(context: Context) -> Result:
    """Records that name it do not hold it."""
    it = _get(context, store.of(context).checks)
    del store.of(context).checks[it["Id"]]
    return {}
