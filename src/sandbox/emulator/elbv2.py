"""Targets and their health over time.

What runs somewhere is registered here, by the API or by the emulator of the
service that runs it: `register`, `deregister`, `set_health` and `health` are
for those. A target's state follows from when things happened to it, so nothing
has to be scheduled.

    initial -> healthy <-> unhealthy      while some rule names the group
    unused                                while none does
    draining -> gone                      after it was deregistered

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass, field
from typing import Any

from . import elbv2_balancers, elbv2_groups, elbv2_listeners, elbv2_tags  # noqa: F401  (they register themselves)
from . import elbv2_store as store
from .elbv2_actions import invalid
from .hooks import Context, Result, after, instead
from .wire import AwsError

_WORDS = {
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
}
_UNKNOWN = ("unused", "Target.NotRegistered", "Target is not registered to the target group")


@dataclass
class Target:
    """Something that may get requests."""

    id: str
    port: int
    healthy: bool = True                # what it would answer to health checks
    before: str = "initial"             # its state when the last change began to be noticed
    since: float = field(default_factory=time.monotonic)
    leaving: float | None = None        # since when

    def change(self, state: str, healthy: bool) -> None:
        self.before, self.healthy, self.since = state, healthy, time.monotonic()


def _targets(group: Any) -> dict[tuple[str, int], Target]:
    found: dict[tuple[str, int], Target] = group.__dict__.setdefault("ours", {})
    return found


def register(context: Context, group_arn: str, target: str, port: int | None = None, healthy: bool = True) -> None:
    """A target begins to get requests once its health checks pass, or never if it is not `healthy`."""
    group = store.group(context, group_arn)
    key = (target, int(port or group.port))
    known = _targets(group).get(key)
    if known is None or known.leaving is not None:
        _targets(group)[key] = Target(*key, healthy=healthy)


def deregister(context: Context, group_arn: str, target: str, port: int | None = None) -> None:
    """A target drains and is gone then; one that gets no requests is gone at once."""
    group = store.group(context, group_arn)
    for key, it in list(_targets(group).items()):
        if key[0] == target and port in (None, key[1]) and it.leaving is None:
            it.leaving = time.monotonic()
            if _state(context, group, it) == "unused":
                del _targets(group)[key]


def set_health(context: Context, group_arn: str, target: str, healthy: bool) -> None:
    """What a target answers to health checks from now on."""
    group = store.group(context, group_arn)
    for it in _targets(group).values():
        if it.id == target and it.healthy != healthy:
            it.change(_state(context, group, it), healthy)


def health(context: Context, group_arn: str) -> dict[tuple[str, int], str]:
    """The states of a group's targets, by id and port."""
    group = store.group(context, group_arn)
    _forget_gone(context, group)
    return {key: _state(context, group, it) for key, it in _targets(group).items()}


def _forget_gone(context: Context, group: Any) -> None:
    drained = min(context.behaviour("drain_delay"), float(group.attributes["deregistration_delay.timeout_seconds"]))
    for key, it in list(_targets(group).items()):
        if it.leaving is not None and time.monotonic() >= it.leaving + drained:
            del _targets(group)[key]


def _state(context: Context, group: Any, it: Target) -> str:
    used = _used_since(context, group)
    if used is None:
        return "unused"
    if it.leaving is not None:
        return "draining"
    now = time.monotonic()
    first = max(it.since, used) if it.before in ("initial", "unused") else it.since
    if now < first + context.behaviour("health_delay"):
        return "initial" if it.before == "unused" else it.before
    return "healthy" if it.healthy else "unhealthy"


def _used_since(context: Context, group: Any) -> float | None:
    """Since when a rule names the group, as far as has been noticed."""
    if group.arn not in store.users(context):
        group.used_since = None
    elif getattr(group, "used_since", None) is None:
        group.used_since = time.monotonic()
    return group.used_since  # type: ignore[no-any-return]


@after("elasticloadbalancing:CreateListener", "elasticloadbalancing:ModifyListener",
       "elasticloadbalancing:CreateRule", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:DeleteRule",
       "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer")
def notice_use(context: Context, result: Result) -> None:
    for group in store.backend(context).target_groups.values():
        _used_since(context, group)


@instead("elasticloadbalancing:RegisterTargets")
def register_targets(context: Context) -> Result:
    arn = context.params["TargetGroupArn"]
    group = store.group(context, arn)
    for it in context.params.get("Targets") or []:
        _check(context, group, it["Id"])
        register(context, arn, it["Id"], it.get("Port"))
    return {}


def _check(context: Context, group: Any, target: str) -> None:
    if group.target_type != "ip":
        return
    try:
        address = ipaddress.ip_address(target)
    except ValueError:
        raise invalid(f"The IP address '{target}' is not a valid IPv4 address") from None
    vpc = context.ec2.get_vpc(group.vpc_id)
    if context.behaviour("validation") and address not in ipaddress.ip_network(vpc.cidr_block):
        raise AwsError("ValidationError", f"The IP address '{target}' is not within the VPC")


@instead("elasticloadbalancing:DeregisterTargets")
def deregister_targets(context: Context) -> Result:
    arn = context.params["TargetGroupArn"]
    store.group(context, arn)
    for it in context.params.get("Targets") or []:
        deregister(context, arn, it["Id"], it.get("Port"))
    return {}


@instead("elasticloadbalancing:DescribeTargetHealth")
def describe_health(context: Context) -> Result:
    arn, asked = context.params["TargetGroupArn"], context.params.get("Targets") or []
    group, known = store.group(context, arn), health(context, arn)
    keys = [(it["Id"], int(it.get("Port") or group.port)) for it in asked] if asked else list(known)
    return {"TargetHealthDescriptions": [_shown(group, key, known.get(key)) for key in keys]}


def _shown(group: Any, key: tuple[str, int], state: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"Target": {"Id": key[0], "Port": key[1]}, "HealthCheckPort": str(key[1])}
    if state is None:
        word, reason, text = _UNKNOWN
        return {**shown, "TargetHealth": {"State": word, "Reason": reason, "Description": text}}
    reason, text = _WORDS.get(state, (None, None))
    detail = {"State": state, **({"Reason": reason, "Description": text} if reason else {})}
    return {**shown, "TargetHealth": detail}
