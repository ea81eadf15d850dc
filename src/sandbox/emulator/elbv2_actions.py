"""Actions and conditions, as they are checked and as they are shown.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
"""

from __future__ import annotations

import re
from typing import Any

from . import elbv2_store as store
from .hooks import Context
from .wire import AwsError

Doc = dict[str, Any]

_REDIRECT = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}",
             "Query": "#{query}"}
_TYPED = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig",
          "http-header": "HttpHeaderConfig", "http-request-method": "HttpRequestMethodConfig",
          "query-string": "QueryStringConfig", "source-ip": "SourceIpConfig"}
_HOST = re.compile(r"[A-Za-z0-9\-.*?:]{1,128}")
_PATH = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+&()!,;=%*?#]{1,128}")
_HEADER = re.compile(r"[A-Za-z0-9*?!#$%&'+.^_`|~\-]{1,40}")
_BODIES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")


def invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def shown_actions(context: Context, given: list[Doc] | None, balancer_arn: str) -> list[Doc]:
    """Actions with all that AWS fills in."""
    if not given:
        raise invalid("Default actions must contain exactly one action" if given is not None
                      else "An action must be specified")
    return [{**_shown(context, action, balancer_arn), "Order": at + 1} for at, action in enumerate(given)]


def _shown(context: Context, action: Doc, balancer_arn: str) -> Doc:
    kind = action.get("Type")
    if kind == "forward":
        return _forward(context, action, balancer_arn)
    if kind == "redirect":
        config = {**_REDIRECT, **(action.get("RedirectConfig") or {})}
        if config.get("StatusCode") not in ("HTTP_301", "HTTP_302"):
            raise invalid("A redirect configuration must have a status code")
        if all(config[name] == usual for name, usual in _REDIRECT.items() if name != "Query"):
            raise AwsError("InvalidLoadBalancerAction", "The redirect configuration is not valid because it "
                                                        "creates a loop.")
        return {"Type": kind, "RedirectConfig": config}
    if kind == "fixed-response":
        return {"Type": kind, "FixedResponseConfig": _response(action.get("FixedResponseConfig") or {})}
    if kind in ("authenticate-oidc", "authenticate-cognito"):
        return dict(action)
    raise invalid(f"1 validation error detected: Value '{kind}' at 'actions.1.member.type' failed to satisfy "
                  "constraint: Member must satisfy enum value set")


def _response(config: Doc) -> Doc:
    if not re.fullmatch(r"[245]\d\d", str(config.get("StatusCode"))):
        raise invalid("1 validation error detected: Value at 'fixedResponseConfig.statusCode' failed to satisfy "
                      "constraint: Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$")
    kind = config.get("ContentType") or "text/plain"
    if kind not in _BODIES:
        raise AwsError("InvalidLoadBalancerAction", f"The ContentType must be one of: {', '.join(_BODIES)}")
    shown = {"StatusCode": str(config["StatusCode"]), "ContentType": kind}
    return {**shown, "MessageBody": config["MessageBody"]} if config.get("MessageBody") else shown


def _forward(context: Context, action: Doc, balancer_arn: str) -> Doc:
    """One target group is shown in both forms, with weight 1 whatever was asked for."""
    config = action.get("ForwardConfig") or {}
    groups = [dict(it) for it in config.get("TargetGroups") or []]
    short = action.get("TargetGroupArn")
    if short and groups and [it["TargetGroupArn"] for it in groups] != [short]:
        raise invalid("You can specify both a target group ARN and a forward configuration only if they name the "
                      "same target group")
    groups = groups or ([{"TargetGroupArn": short}] if short else [])
    if not 1 <= len(groups) <= 5:
        raise invalid("A forward action must have one to five target groups")
    for it in groups:
        it["Weight"] = int(it.get("Weight", 1)) if len(groups) > 1 else 1
        if not 0 <= it["Weight"] <= 999:
            raise invalid("A weight must be between 0 and 999")
        _check_group(context, it["TargetGroupArn"], balancer_arn)
    sticky = config.get("TargetGroupStickinessConfig") or {}
    sticky = {"Enabled": str(sticky.get("Enabled", False)).lower() == "true",
              **({"DurationSeconds": sticky["DurationSeconds"]} if "DurationSeconds" in sticky else {})}
    shown = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}}
    return {**shown, "TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else shown


def _check_group(context: Context, arn: str, balancer_arn: str) -> None:
    group = store.group(context, arn)
    if group.vpc_id != store.balancer(context, balancer_arn).vpc_id:
        raise AwsError("InvalidConfigurationRequest", "The load balancer and the target group are not in one VPC")
    if store.users(context).get(arn, {balancer_arn}) - {balancer_arn}:
        message = f"The following target groups cannot be associated with more than one load balancer: {arn}"
        raise AwsError("TargetGroupAssociationLimit", message)


def shown_conditions(given: list[Doc] | None) -> list[Doc]:
    """Conditions on hosts and paths are shown in both forms."""
    if not given:
        raise invalid("A condition must be specified")
    fields = [it.get("Field") for it in given]
    values = 0
    shown = []
    for it in given:
        field = it.get("Field")
        if field not in _TYPED:
            raise invalid(f"Condition field '{field}' must be one of '[{','.join(_TYPED)}]'")
        if field in ("host-header", "path-pattern", "source-ip") and fields.count(field) > 1:
            raise invalid(f"A rule can have only one '{field}' condition")
        config = it.get(_TYPED[field]) or {"Values": it.get("Values") or []}
        if not config.get("Values"):
            raise invalid("A condition value must be specified")
        values += len(config["Values"])
        if field == "http-header" and not _HEADER.fullmatch(config.get("HttpHeaderName") or ""):
            raise invalid(f"The HTTP header name '{config.get('HttpHeaderName') or ''}' is not valid")
        if field in ("host-header", "path-pattern"):
            _check_values(field, config["Values"])
            shown.append({"Field": field, "Values": list(config["Values"]), _TYPED[field]: config})
        else:
            shown.append({"Field": field, _TYPED[field]: config})
    if values > 5:
        raise AwsError("TooManyConditions", "A rule can only have '5' condition values")  # the code is a guess
    return shown


def _check_values(field: str, values: list[str]) -> None:
    pattern = _HOST if field == "host-header" else _PATH
    for value in values:
        if not pattern.fullmatch(value):
            raise invalid(f"The '{field}' value '{value}' contains invalid characters, or is too long")
