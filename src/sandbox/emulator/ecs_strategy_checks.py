"""How a service is deployed: what ECS fills in, and what it refuses.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-rolling-to-bluegreen.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-bluegreen-to-rolling.html
"""

from __future__ import annotations

from typing import Any

from . import ecs_pauses, ecs_shifts, elbv2_store
from .ecs_rollouts import ONGOING
from .ecs_store import Service, invalid
from .hooks import Context

Doc = dict[str, Any]

_STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")
_DAY = 1440  # minutes
# Of each strategy that shifts by steps: its member, and what is filled in.
_STEPS: dict[str, tuple[str, Doc]] = {
    "LINEAR": ("linearConfiguration", {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}),
    "CANARY": ("canaryConfiguration", {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}),
}
_LEAST = {"stepPercent": 3.0, "canaryPercent": 0.1}
_HOOKED = (
    "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
)
_UNPAUSED = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
_LONGEST_PAUSE = 20160  # minutes


def filled(given: Doc, before: Doc | None = None) -> Doc:
    """What is left out stays, and is filled in at first. Steps are of the strategy that has them."""
    usual: Doc = {
        "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    }
    whole = {**usual, **(before or {}), **given}
    if "strategy" in given and before and given["strategy"] != before["strategy"]:
        whole["bakeTimeInMinutes"] = given.get("bakeTimeInMinutes", 0)
    for strategy, (member, defaults) in _STEPS.items():
        if whole["strategy"] == strategy:
            whole[member] = {**defaults, **((before or {}).get(member) or {}), **(given.get(member) or {})}
        elif member not in given:
            whole.pop(member, None)
    if given.get("lifecycleHooks"):
        whole["lifecycleHooks"] = [_hook(one) for one in given["lifecycleHooks"]]
    return whole


def _hook(given: Doc) -> Doc:
    if given.get("targetType") != "PAUSE":
        return given
    return {**given, "timeoutConfiguration": {**ecs_pauses.TIMEOUT, **(given.get("timeoutConfiguration") or {})}}


def check(context: Context, shown: Doc, given: Doc, service: Service | None = None) -> None:
    """Refuses a service as it is to be `shown`, if it is to be deployed in a way that cannot be.

    `given` is what was asked for of its deployments, `service` what it is now.
    """
    config = shown["deploymentConfiguration"]
    if config["strategy"] not in _STRATEGIES:
        raise invalid(f"Invalid deployment strategy: {config['strategy']}")
    changes = service is None or config["strategy"] != service.shown["deploymentConfiguration"]["strategy"]
    _check_times(config, given, changes)
    for hook in given.get("lifecycleHooks") or []:
        _check_hook(hook)
    if service is not None and changes:
        _check_change(service)
    shifted = [one for one in shown["loadBalancers"] if one.get("advancedConfiguration")]
    if config["strategy"] != "ROLLING" and not shifted:
        raise invalid(f"The {config['strategy']} deployment strategy requires a load balancer with an "
                      "advancedConfiguration.")
    for one in shifted:
        _check_balancer(context, one)


def _check_times(config: Doc, given: Doc, changes: bool) -> None:
    strategy = config["strategy"]
    if strategy == "BLUE_GREEN" and changes and given.get("bakeTimeInMinutes") is None:
        raise invalid("bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy.")
    if not 0 <= config["bakeTimeInMinutes"] <= _DAY:
        raise invalid(f"bakeTimeInMinutes must be between 0 and {_DAY}.")
    for of, (member, _) in _STEPS.items():
        if member not in config:
            continue
        if strategy != of:
            raise invalid(f"{member} is only valid with the {of} deployment strategy.")
        for name, value in config[member].items():
            least, most = (_LEAST[name], 100.0) if name in _LEAST else (0, _DAY)
            if not least <= value <= most or round(value * 10) != round(value * 10, 6):
                raise invalid(f"{name} must be between {least} and {most}, in steps of 0.1 at most.")


def _check_hook(hook: Doc) -> None:
    stages, kind = hook.get("lifecycleStages") or [], hook.get("targetType") or "AWS_LAMBDA"
    if not stages or any(stage not in _HOOKED for stage in stages):
        raise invalid(f"Invalid lifecycle stages of a lifecycle hook: {stages}")
    if kind == "AWS_LAMBDA":
        if not hook.get("hookTargetArn") or not hook.get("roleArn"):
            raise invalid("A lifecycle hook of type AWS_LAMBDA requires hookTargetArn and roleArn.")
        return
    if kind != "PAUSE":
        raise invalid(f"Invalid target type of a lifecycle hook: {kind}")
    if any(stage in _UNPAUSED for stage in stages):
        raise invalid(f"PAUSE lifecycle hooks are not supported at {' and '.join(_UNPAUSED)}.")
    timeout = hook.get("timeoutConfiguration") or {}
    if not 1 <= timeout.get("timeoutInMinutes", _DAY) <= _LONGEST_PAUSE:
        raise invalid(f"timeoutInMinutes must be between 1 and {_LONGEST_PAUSE}.")
    if timeout.get("action", "ROLLBACK") not in ("ROLLBACK", "CONTINUE"):
        raise invalid(f"Invalid timeout action: {timeout['action']}")


def _check_change(service: Service) -> None:
    """Another strategy begins from one revision, whose tasks are in one of two target groups."""
    if any(one["status"] in ONGOING for one in service.history):
        raise invalid("The deployment strategy cannot be changed while a service deployment is in progress.")
    balancers = service.primary["_settings"]["loadBalancers"]
    rolling = service.shown["deploymentConfiguration"]["strategy"] == "ROLLING"
    if rolling and not any(one.get("advancedConfiguration") for one in balancers):
        raise invalid("The current service revision has no advancedConfiguration. Update the service with the new "
                      "load balancer configuration by a rolling deployment before changing the deployment strategy.")


def _check_balancer(context: Context, balancer: Doc) -> None:
    advanced = balancer["advancedConfiguration"]
    for name in ("alternateTargetGroupArn", "productionListenerRule", "roleArn"):
        if not advanced.get(name):
            raise invalid(f"{name} is required in advancedConfiguration.")
    pair = ecs_shifts.pair(balancer)
    if pair[0] == pair[1]:
        raise invalid("The alternate target group must be different from the target group.")
    groups = elbv2_store.backend(context).target_groups
    for arn in pair:
        if arn not in groups or not elbv2_store.users(context).get(arn):
            raise invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        if groups[arn].target_type != "ip":
            raise invalid(f"The target group {arn} has target type {groups[arn].target_type}; ip is required.")
    rules = {it.arn: it for each in elbv2_store.listeners(context) for it in elbv2_store.rules_of(each)}
    for name in ("productionListenerRule", "testListenerRule"):
        if advanced.get(name) and advanced[name] not in rules:
            raise invalid(f"The {name} {advanced[name]} does not exist.")
    led = elbv2_store.forwards_to(rules[advanced["productionListenerRule"]].shown)
    if not set(pair) <= led:
        raise invalid("Both target groups must be in the forward action of the production listener rule.")
    if not ecs_shifts.role_serves(context, balancer):
        raise invalid(ecs_shifts.NO_ROLE)
