"""Target groups: names that are taken, settings that are checked, and deletion while rules name them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import elbv2_store as store
from .elbv2_actions import invalid
from .hooks import Context, Result, instead
from .wire import AwsError

_HTTP = ("HTTP", "HTTPS")
_DEFAULTS = {
    "deregistration_delay.timeout_seconds": "300", "stickiness.enabled": "false", "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400", "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400", "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin", "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
_RANGES = {"deregistration_delay.timeout_seconds": (0, 3600), "stickiness.lb_cookie.duration_seconds": (1, 604800),
           "stickiness.app_cookie.duration_seconds": (1, 604800)}
_ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
# What ModifyTargetGroup takes, moto's name for it, and its limits.
_HEALTH: dict[str, tuple[str, tuple[int, int] | None]] = {
    "HealthCheckProtocol": ("health_check_protocol", None), "HealthCheckPort": ("health_check_port", None),
    "HealthCheckPath": ("health_check_path", None), "HealthCheckEnabled": ("health_check_enabled", None),
    "HealthCheckIntervalSeconds": ("health_check_interval_seconds", (5, 300)),
    "HealthCheckTimeoutSeconds": ("health_check_timeout_seconds", (2, 120)),
    "HealthyThresholdCount": ("healthy_threshold_count", (2, 10)),
    "UnhealthyThresholdCount": ("unhealthy_threshold_count", (2, 10)), "Matcher": ("matcher", None),
}


@instead("elasticloadbalancing:CreateTargetGroup")
def create(context: Context) -> Result:
    """Repeated with the same settings, it answers with what is there."""
    params = dict(context.params)
    same = next((it for it in store.backend(context).target_groups.values() if it.name == params["Name"]), None)
    if same is not None:
        if getattr(same, "asked", None) != params:
            raise AwsError("DuplicateTargetGroupName",
                           f"A target group with the same name '{params['Name']}' exists, but with different settings")
        return {"TargetGroups": [store.show_group(context, same)]}
    usual = {"HealthCheckTimeoutSeconds": 6} if params.get("Protocol") in _HTTP else {}
    if context.behaviour("validation"):
        _check_health(params, {**params, **{name: params.get(name, value) for name, value in usual.items()}})
    made = context.moto("CreateTargetGroup", {**usual, **params})["TargetGroups"][0]
    it = store.group(context, made["TargetGroupArn"])
    it.asked = params
    if it.target_type != "lambda":
        it.attributes = dict(_DEFAULTS)
    if params.get("ProtocolVersion") == "GRPC":
        it.matcher = {"GrpcCode": (params.get("Matcher") or {}).get("GrpcCode") or "12"}
        it.health_check_path = params.get("HealthCheckPath") or "/AWS.ALB/healthcheck"
    return {"TargetGroups": [store.show_group(context, it)]}


def _check_health(given: dict[str, Any], whole: dict[str, Any]) -> None:
    for name, (_, limits) in _HEALTH.items():
        if limits and name in given and not limits[0] <= int(given[name]) <= limits[1]:
            raise invalid(f"'{name}' value '{given[name]}' must be between '{limits[0]}-{limits[1]}' inclusive")
    interval, timeout = whole.get("HealthCheckIntervalSeconds", 30), whole.get("HealthCheckTimeoutSeconds", 6)
    if int(timeout) >= int(interval):
        raise invalid(f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'")


@instead("elasticloadbalancing:ModifyTargetGroup")
def modify(context: Context) -> Result:
    params = context.params
    it = store.group(context, params["TargetGroupArn"])
    if context.behaviour("validation"):
        _check_health(params, {**store.show_group(context, it), **params})
    for name, (member, _) in _HEALTH.items():
        if name in params:
            setattr(it, member, params[name])
    it.health_check_enabled = str(it.health_check_enabled).lower() == "true"
    return {"TargetGroups": [store.show_group(context, it)]}


@instead("elasticloadbalancing:ModifyTargetGroupAttributes")
def modify_attributes(context: Context) -> Result:
    it = store.group(context, context.params["TargetGroupArn"])
    attributes = {one["Key"]: one.get("Value") or "" for one in context.params.get("Attributes") or []}
    if context.behaviour("validation"):
        _check_attributes(attributes)
    it.attributes.update(attributes)
    return {"Attributes": _pairs(it.attributes)}


def _check_attributes(attributes: dict[str, str]) -> None:
    for key, value in attributes.items():
        if key not in _DEFAULTS:
            raise invalid(f"Target group attribute key '{key}' is not recognized")
        low, high = _RANGES.get(key, (None, None))
        if low is not None and not (value.isdigit() and low <= int(value) <= high):
            raise invalid(f"'{key}' value '{value}' must be between '{low}-{high}' inclusive")
        if key == "slow_start.duration_seconds" and value != "0" and not 30 <= int(value) <= 900:
            raise invalid(f"'{key}' value '{value}' must be between '30-900' inclusive")
        if key == "load_balancing.algorithm.type" and value not in _ALGORITHMS:
            raise invalid(f"'{key}' value '{value}' must be one of {', '.join(_ALGORITHMS)}")


def _pairs(attributes: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value)} for key, value in attributes.items()]


@instead("elasticloadbalancing:DescribeTargetGroups")
def describe(context: Context) -> Result:
    """One that is unknown fails the whole call."""
    params, items = context.params, store.visible(context, "elb.groups")
    arns, names, of = params.get("TargetGroupArns") or [], params.get("Names") or [], params.get("LoadBalancerArn")
    if sum(bool(it) for it in (arns, names, of)) > 1:
        raise invalid("Target group names, target group ARNs, and a load balancer ARN cannot be specified at the "
                      "same time")
    by_name = {it["Shown"]["TargetGroupName"]: it for it in items.values()}
    known = items if arns else by_name
    for key in arns or names:
        if key not in known:
            raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    chosen = [known[key] for key in arns or names] if arns or names else list(items.values())
    shown = [it["Shown"] for it in chosen]
    if of:
        store.seen(context, of)
        shown = [it for it in shown if of in it["LoadBalancerArns"]]
    return {"TargetGroups": shown}


@instead("elasticloadbalancing:DescribeTargetGroupAttributes")
def describe_attributes(context: Context) -> Result:
    return {"Attributes": _pairs(store.seen(context, context.params["TargetGroupArn"])["More"])}


@instead("elasticloadbalancing:DeleteTargetGroup")
def delete(context: Context) -> Result:
    """Refused while a rule names it, and for a moment after; targets do not keep it."""
    arn = context.params["TargetGroupArn"]
    it = store.group(context, arn)
    if context.behaviour("dependencies") and (arn in store.users(context) or getattr(it, "holds", 0)):
        raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
    del store.backend(context).target_groups[arn]
    store.forget_tags(context, arn)
    return {}


def changes_use(work: Callable[[Context], Result]) -> Callable[[Context], Result]:
    """What may take a target group out of use."""

    @functools.wraps(work)
    def run(context: Context) -> Result:
        before = set(store.users(context))
        try:
            return work(context)
        finally:
            _hold(context, before - store.users(context).keys())

    return run


def _hold(context: Context, left: set[str]) -> None:
    """A target group that no rule names any more is still held for a moment."""
    groups, later = store.backend(context).target_groups, context.account.schedule.later
    for it in [groups[arn] for arn in left if arn in groups]:
        it.holds = getattr(it, "holds", 0) + 1
        later(context.behaviour("target_group_release"), functools.partial(_let_go, it))


def _let_go(group: Any) -> None:
    group.holds -= 1
