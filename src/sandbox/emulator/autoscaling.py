"""Application Auto Scaling of ECS services. Nothing is ever scaled, but limits hold at once.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Callable
from typing import Any

from . import ecs_rollouts
from .consistency import Items
from .ecs_store import Service, now
from .ecs_store import store as ecs_store
from .hooks import Context, Result, before, instead, snapshots
from .wire import AwsError

_KINDS = ("targets", "policies", "actions")
_SCHEDULE = re.compile(r"cron\(\S+ \S+ \S+ \S+ \S+ \S+\)|rate\(\d+ \w+\)|at\(.+\)")
_OF_TARGETS = "ALBRequestCountPerTarget"


class Store:
    """What a region has, by the service and, for what belongs to a target, its name."""

    def __init__(self) -> None:
        self.targets: Items = {}
        self.policies: Items = {}
        self.actions: Items = {}
        self.tags: dict[str, dict[str, str]] = {}


def _store(context: Context) -> Store:
    key = (context.call.region, "application-autoscaling")
    return context.account.stores.setdefault(key, Store())  # type: ignore[no-any-return]


def _read(context: Context, kind: str) -> Items:
    return copy.deepcopy(getattr(_store(context), kind))


@snapshots("application-autoscaling")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {f"scaling {kind}": lambda kind=kind: _read(context, kind) for kind in _KINDS}  # type: ignore[misc]


def _seen(context: Context, kind: str) -> list[dict[str, Any]]:
    """What readers see of a kind, as far as the call asks for it."""
    params = context.params
    wanted = params.get("ResourceIds") or ([params["ResourceId"]] if params.get("ResourceId") else None)
    all_of = context.visible(f"scaling {kind}", lambda: _read(context, kind)).values()
    return [
        one for one in all_of
        if one["ServiceNamespace"] == params["ServiceNamespace"] and (not wanted or one["ResourceId"] in wanted)
    ]


def _arn(context: Context, what: str) -> str:
    return f"arn:aws:application-autoscaling:{context.call.region}:{context.call.account}:{what}"


def _service(context: Context, resource: str) -> Service:
    found = ecs_store(context).services.get(resource.removeprefix("service/"))
    if found is None or found.shown["status"] != "ACTIVE":
        raise AwsError("ValidationException", f"ECS service doesn't exist: {resource}")
    return found


def _target(context: Context) -> dict[str, Any]:
    found = _store(context).targets.get(context.params["ResourceId"])
    if found is None:
        raise AwsError(
            "ObjectNotFoundException",
            f"No scalable target found for service namespace: ecs, resource ID: {context.params['ResourceId']}, "
            "scalable dimension: ecs:service:DesiredCount",
        )
    return found


@instead("application-autoscaling:RegisterScalableTarget")
def register(context: Context) -> Result:
    """Made or changed; only what is new takes tags."""
    params, kept = context.params, _store(context)
    key = params["ResourceId"]
    service, known = _service(context, key), kept.targets.get(key)
    least = params.get("MinCapacity", known and known["MinCapacity"])
    most = params.get("MaxCapacity", known and known["MaxCapacity"])
    if least is None or most is None or least > most or least < 0:
        raise AwsError("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    if known is None:
        arn = _arn(context, f"scalable-target/{uuid.uuid4().hex}")
        role = "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/" \
            "AWSServiceRoleForApplicationAutoScaling_ECSService"
        known = kept.targets[key] = {
            "ServiceNamespace": "ecs", "ResourceId": key, "ScalableDimension": "ecs:service:DesiredCount",
            "RoleARN": f"arn:aws:iam::{context.call.account}:{role}", "CreationTime": now(), "ScalableTargetARN": arn,
            "SuspendedState": {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": False,
                               "ScheduledScalingSuspended": False},
        }
        kept.tags[arn] = dict(params.get("Tags") or {})
    known.update(MinCapacity=least, MaxCapacity=most)
    inside = min(max(service.shown["desiredCount"], least), most)
    if inside != service.shown["desiredCount"]:
        service.shown["desiredCount"] = inside
        ecs_rollouts.settle(context, service)
    return {"ScalableTargetARN": known["ScalableTargetARN"]}


@instead("application-autoscaling:DescribeScalableTargets")
def describe_targets(context: Context) -> Result:
    return {"ScalableTargets": _seen(context, "targets")}


@instead("application-autoscaling:DeregisterScalableTarget")
def deregister(context: Context) -> Result:
    """What belongs to it goes with it."""
    target, kept = _target(context), _store(context)
    key = target["ResourceId"]
    for name in [name for name, one in kept.policies.items() if one["ResourceId"] == key]:
        _drop_alarms(context, kept.policies.pop(name))
    for name in [name for name, one in kept.actions.items() if one["ResourceId"] == key]:
        del kept.actions[name]
    kept.tags.pop(target["ScalableTargetARN"], None)
    del kept.targets[key]
    return {}


@before("application-autoscaling:PutScalingPolicy", when="validation")
def check_policy(context: Context) -> None:
    if context.params.get("PolicyType") == "StepScaling":
        _check_steps(context.params.get("StepScalingPolicyConfiguration") or {})
    tracking = context.params.get("TargetTrackingScalingPolicyConfiguration")
    if not tracking:
        return
    metric = tracking.get("PredefinedMetricSpecification") or {}
    labelled = bool(metric.get("ResourceLabel"))
    if labelled != (metric.get("PredefinedMetricType") == _OF_TARGETS):
        raise AwsError("ValidationException", "A resource label goes with ALBRequestCountPerTarget, and only with it.")
    if not tracking.get("TargetValue", 0) > 0:
        raise AwsError("ValidationException", "TargetValue has to be greater than 0.")


def _check_steps(stepping: dict[str, Any]) -> None:
    """Steps lie one beside the other, and cover all on one side of the threshold at least."""
    steps = stepping.get("StepAdjustments") or []
    if not stepping.get("AdjustmentType") or not steps:
        raise AwsError("ValidationException", "AdjustmentType and at least one StepAdjustment have to be specified.")
    if any("ScalingAdjustment" not in one for one in steps):
        raise AwsError("ValidationException", "ScalingAdjustment has to be specified.")
    lower, upper = "MetricIntervalLowerBound", "MetricIntervalUpperBound"
    if any(one.get(lower) is None and one.get(upper) is None for one in steps):
        raise AwsError("ValidationException", "At least one of the bounds of a step has to be specified.")
    if sum(one.get(lower) is None for one in steps) > 1 or sum(one.get(upper) is None for one in steps) > 1:
        raise AwsError("ValidationException", "At most one step may be without a lower bound, and one without an upper.")


@instead("application-autoscaling:PutScalingPolicy")
def put_policy(context: Context) -> Result:
    """All of it anew. A policy that tracks a target makes its own alarms."""
    params, kept = context.params, _store(context)
    resource, name = _target(context)["ResourceId"], params["PolicyName"]
    known = kept.policies.get(f"{resource}/{name}")
    if known is None:
        arn = _arn(context, f"scalingPolicy:{uuid.uuid4()}:resource/ecs/{resource}:policyName/{name}").replace(
            "application-autoscaling", "autoscaling"
        )
        known = {"PolicyARN": arn, "CreationTime": now(), "Alarms": []}
    members = {name: value for name, value in params.items()}
    kept.policies[f"{resource}/{name}"] = policy = {
        **copy.deepcopy(members), **{name: known[name] for name in ("PolicyARN", "CreationTime", "Alarms")},
    }
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
    if tracking is not None:
        tracking.setdefault("DisableScaleIn", False)
    if tracking is not None and not policy["Alarms"]:
        policy["Alarms"] = [_alarm(context, policy, edge) for edge in ("High", "Low")]
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def _alarm(context: Context, policy: dict[str, Any], edge: str) -> dict[str, str]:
    name = f"TargetTracking-{policy['ResourceId']}-Alarm{edge}-{uuid.uuid4()}"
    operator = "GreaterThanThreshold" if edge == "High" else "LessThanThreshold"
    context.moto("cloudwatch:PutMetricAlarm", {
        "AlarmName": name, "ComparisonOperator": operator, "EvaluationPeriods": 3, "MetricName": "CPUUtilization",
        "Namespace": "AWS/ECS", "Period": 60, "Statistic": "Average",
        "Threshold": policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"],
        "AlarmActions": [policy["PolicyARN"]],
    })
    return {"AlarmName": name, "AlarmARN": f"arn:aws:cloudwatch:{context.call.region}:{context.call.account}:alarm:{name}"}


def _drop_alarms(context: Context, policy: dict[str, Any]) -> None:
    if policy["Alarms"]:
        names = [one["AlarmName"] for one in policy["Alarms"]]
        context.moto("cloudwatch:DeleteAlarms", {"AlarmNames": names})


@instead("application-autoscaling:DescribeScalingPolicies")
def describe_policies(context: Context) -> Result:
    return {"ScalingPolicies": _seen(context, "policies")}


@instead("application-autoscaling:DeleteScalingPolicy")
def delete_policy(context: Context) -> Result:
    kept, key = _store(context), f"{context.params['ResourceId']}/{context.params['PolicyName']}"
    if key not in kept.policies:
        raise AwsError("ObjectNotFoundException", f"No scaling policy found for {key}")
    _drop_alarms(context, kept.policies.pop(key))
    return {}


@instead("application-autoscaling:PutScheduledAction")
def put_action(context: Context) -> Result:
    params, kept = context.params, _store(context)
    resource, name = _target(context)["ResourceId"], params["ScheduledActionName"]
    if context.behaviour("validation") and not _SCHEDULE.fullmatch(params.get("Schedule") or ""):
        raise AwsError("ValidationException", f"Invalid schedule expression: {params.get('Schedule')}")
    key = f"{resource}/{name}"
    known = kept.actions.get(key) or {
        "ScheduledActionARN": _arn(context, f"scheduledAction:{uuid.uuid4()}:resource/ecs/{resource}:"
                                            f"scheduledActionName/{name}"),
        "CreationTime": now(),
    }
    # What is not said stays as it was.
    kept.actions[key] = {**known, **copy.deepcopy(dict(params))}
    return {}


@instead("application-autoscaling:DescribeScheduledActions")
def describe_actions(context: Context) -> Result:
    return {"ScheduledActions": _seen(context, "actions")}


@instead("application-autoscaling:DeleteScheduledAction")
def delete_action(context: Context) -> Result:
    kept, key = _store(context), f"{context.params['ResourceId']}/{context.params['ScheduledActionName']}"
    if key not in kept.actions:
        raise AwsError("ObjectNotFoundException", f"No scheduled action found for {key}")
    del kept.actions[key]
    return {}


def _tags(context: Context) -> dict[str, str]:
    found = _store(context).tags.get(context.params["ResourceARN"])
    if found is None:
        raise AwsError("ResourceNotFoundException", f"There is no {context.params['ResourceARN']}")
    return found


@instead("application-autoscaling:ListTagsForResource")
def list_tags(context: Context) -> Result:
    return {"Tags": _tags(context)}


@instead("application-autoscaling:TagResource")
def tag(context: Context) -> Result:
    _tags(context).update(context.params.get("Tags") or {})
    return {}


@instead("application-autoscaling:UntagResource")
def untag(context: Context) -> Result:
    found = _tags(context)
    for key in context.params.get("TagKeys") or []:
        found.pop(key, None)
    return {}
