"""Deployments of ECS services: how they begin, by whatever strategy, what is told of them, and how they are stopped.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
"""

from __future__ import annotations

from typing import Any

from . import ecs_pauses, ecs_rolling, ecs_rollouts, ecs_shifts, ecs_strategies
from .ecs_store import Service, invalid, last, shown, store
from .hooks import Context, Result, instead
from .wire import AwsError

Doc = dict[str, Any]


def begin(context: Context, service: Service) -> None:
    """Start the deployment of what the service now is. One that is under way ends there."""
    ecs_strategies.abandon(service)
    for earlier in service.history:
        if earlier["status"] in ecs_rollouts.ONGOING:
            ecs_rollouts.finish(earlier, "STOPPED", "A newer deployment has begun.")
    staged = service.shown["deploymentConfiguration"]["strategy"] != "ROLLING"
    balancers = ecs_shifts.resolved(context, service.shown, ecs_strategies.source(service), swaps=staged)
    deployment = ecs_rollouts.new(context, service, balancers)
    ecs_rollouts.record(context, service, deployment)
    (ecs_strategies if staged else ecs_rolling).start(context, service, deployment)


def end(context: Context, service: Service) -> None:
    """Stop all that a service runs."""
    for deployment in service.deployments:
        ecs_rollouts.stop_all(context, deployment)
    ecs_rollouts.count(context, service)
    for made in service.history:
        if made["status"] in ecs_rollouts.ONGOING:
            ecs_rollouts.finish(made, "STOPPED", "The service was deleted.")


def service_named(context: Context) -> Service:
    """The service that a call names, by name or ARN."""
    name = context.params.get("service") or ""
    path = name.partition(":service/")[2] or f"{last(context.params.get('cluster'))}/{name}"
    found = store(context).services.get(path)
    if found is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return found


_BRIEF = ("serviceDeploymentArn", "serviceArn", "clusterArn", "startedAt", "createdAt", "finishedAt",
          "targetServiceRevisionArn", "status", "statusReason")


@instead("ecs:ListServiceDeployments")
def list_deployments(context: Context) -> Result:
    wanted = context.params.get("status") or []
    found = [one for one in service_named(context).history if not wanted or one["status"] in wanted]
    return {"serviceDeployments": [{name: one[name] for name in _BRIEF if name in one} for one in found]}


@instead("ecs:DescribeServiceDeployments")
def describe_deployments(context: Context) -> Result:
    asked = context.params.get("serviceDeploymentArns") or []
    known = {one["serviceDeploymentArn"]: one for service in store(context).services.values()
             for one in service.history}
    return {"serviceDeployments": [_described(known[key]) for key in asked if key in known],
            "failures": [{"arn": key, "reason": "MISSING"} for key in asked if key not in known]}


def _described(made: Doc) -> Doc:
    hooks = [shown(one) for one in made.get("lifecycleHookDetails", [])]
    return {**shown(made), "lifecycleHookDetails": hooks}


@instead("ecs:DescribeServiceRevisions")
def describe_revisions(context: Context) -> Result:
    asked = context.params.get("serviceRevisionArns") or []
    known = {key: one for service in store(context).services.values() for key, one in service.revisions.items()}
    return {"serviceRevisions": [known[key] for key in asked if key in known],
            "failures": [{"arn": key, "reason": "MISSING"} for key in asked if key not in known]}


def _named(context: Context) -> Doc:
    key = context.params.get("serviceDeploymentArn")
    known = [one for service in store(context).services.values() for one in service.history]
    for made in known:
        if made["serviceDeploymentArn"] == key:
            return made
    raise AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.")


@instead("ecs:StopServiceDeployment")
def stop(context: Context) -> Result:
    """What is on its way back, or to its end, goes on."""
    made = _named(context)
    kind = context.params.get("stopType") or "ROLLBACK"
    if kind not in ("ROLLBACK", "ABORT"):
        raise invalid(f"Invalid stop type: {kind}")
    if made["status"] not in ecs_rollouts.ONGOING:
        raise AwsError("ConflictException", f"The service deployment is {made['status']} and cannot be stopped.")
    if made["status"] == "IN_PROGRESS":
        ecs_rollouts.stop(made, rollback=kind == "ROLLBACK")
    return {"serviceDeploymentArn": made["serviceDeploymentArn"]}


@instead("ecs:ContinueServiceDeployment")
def go_on(context: Context) -> Result:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html"""
    made = _named(context)
    action, key = context.params.get("action") or "CONTINUE", context.params.get("hookId") or ""
    if action not in ("CONTINUE", "ROLLBACK"):
        raise invalid(f"Invalid action: {action}")
    if made["status"] != "IN_PROGRESS" or not ecs_pauses.resolve(made, key, action):
        raise invalid(f"The service deployment has no lifecycle hook {key} that is awaiting an action.")
    return {"serviceDeploymentArn": made["serviceDeploymentArn"]}
