"""Deployments of ECS services: tasks come and go over time, and some deployments are given up.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
"""

from __future__ import annotations

import copy
import math
from typing import Any

from . import ecs_tasks
from .ecs_store import Service, arn, last, now, number, store
from .hooks import Context, Result, instead
from .wire import AwsError

_AGAIN = 0.05  # seconds until a task that failed is started again, at least


def begin(context: Context, service: Service, back: dict[str, Any] | None = None) -> None:
    """Start the deployment of what the service now is; `back` is the deployment that is given up for it."""
    key = number()
    for one in service.deployments:
        one["status"] = "ACTIVE"
    deployment = {
        "id": f"ecs-svc/{key}",
        "status": "PRIMARY",
        "taskDefinition": service.shown["taskDefinition"],
        "desiredCount": service.shown["desiredCount"], "pendingCount": 0, "runningCount": 0, "failedTasks": 0,
        "createdAt": now(), "updatedAt": now(),
        "capacityProviderStrategy": copy.deepcopy(service.shown["capacityProviderStrategy"]),
        "platformVersion": "1.4.0", "platformFamily": "Linux",
        "networkConfiguration": copy.deepcopy(service.shown["networkConfiguration"]),
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment ecs-svc/{key} in progress.",
        "_tasks": [],
    }
    if back is None:
        for earlier in service.history:
            if earlier["status"] == "IN_PROGRESS":
                earlier.update(status="STOPPED", statusReason="A newer deployment has begun.", finishedAt=now())
        deployment["_record"] = _record(context, service, key)
    else:
        deployment["_record"] = back["_record"]
        source = service.deployments[-1]["id"]
        deployment["rolloutStateReason"] = f"ECS deployment circuit breaker: rolling back to deploymentId {source}."
        service.tell(f"rolling back to deployment {source}.")
    service.deployments.insert(0, deployment)
    count(context, service)
    context.account.schedule.later(context.behaviour("task_delay"), lambda: _advance(context, service, deployment))


def _record(context: Context, service: Service, key: str) -> dict[str, Any]:
    path = f"{service.cluster}/{service.shown['serviceName']}"
    record = {
        "serviceDeploymentArn": arn(context, f"service-deployment/{path}/{number()}"),
        "serviceArn": service.shown["serviceArn"],
        "clusterArn": service.shown["clusterArn"],
        "targetServiceRevisionArn": arn(context, f"service-revision/{path}/{key}"),
        "taskDefinition": service.shown["taskDefinition"],
        "status": "IN_PROGRESS",
        "createdAt": now(), "startedAt": now(),
    }
    service.history.insert(0, record)
    return record


def _advance(context: Context, service: Service, deployment: dict[str, Any]) -> None:
    """Start what is missing of a deployment, or see why it does not start."""
    current = service.shown["status"] == "ACTIVE" and deployment["status"] == "PRIMARY"
    if not current or deployment["rolloutState"] != "IN_PROGRESS":
        return
    definition = store(context).definitions[last(deployment["taskDefinition"])]["definition"]
    wanted = service.shown["desiredCount"]
    why = ecs_tasks.why_not(context, service, definition) if wanted else None
    again = max(context.behaviour("task_delay"), _AGAIN)
    if why is None:
        _launch(context, service, deployment, definition, wanted)
        failed = ecs_tasks.stop_unhealthy(context, service, deployment["_tasks"])
        if not failed and ecs_tasks.all_serve(context, service, deployment["_tasks"]):
            _complete(context, service, deployment)
            return
        count(context, service)
    else:
        for _ in range(failed := wanted):
            ecs_tasks.fail(context, service, deployment, definition, why)
    if failed:
        deployment["failedTasks"] += failed
        service.tell(f"has stopped {failed} tasks.")
    breaker = service.shown["deploymentConfiguration"]["deploymentCircuitBreaker"]
    if breaker["enable"] and deployment["failedTasks"] >= min(max(3, math.ceil(wanted / 2)), 200):
        give_up(context, service, deployment, breaker["rollback"])
        return
    context.account.schedule.later(again, lambda: _advance(context, service, deployment))


def _launch(context: Context, service: Service, deployment: dict[str, Any], definition: dict[str, Any],
            wanted: int) -> None:
    known = store(context).tasks
    running = [key for key in deployment["_tasks"] if known[key]["lastStatus"] != "STOPPED"]
    for key in running[wanted:]:
        ecs_tasks.stop(context, service, known[key], ecs_tasks.SCALED.format(deployment["id"]))
    missing = max(0, wanted - len(running))
    new = [ecs_tasks.launch(context, service, deployment, definition)["taskArn"] for _ in range(missing)]
    deployment["_tasks"] = [*running[:wanted], *new]
    if new:
        service.tell(f"has started {len(new)} tasks: {' '.join(f'(task {last(key)})' for key in new)}.")


def _complete(context: Context, service: Service, deployment: dict[str, Any]) -> None:
    for other in service.deployments:
        if other is not deployment:
            _stop_all(context, service, other)
    service.deployments = [deployment]
    back = deployment["_record"]["status"] == "ROLLBACK_IN_PROGRESS"
    deployment.update(
        rolloutState="COMPLETED", rolloutStateReason=f"ECS deployment {deployment['id']} completed.", updatedAt=now()
    )
    deployment["_record"].update(status="ROLLBACK_SUCCESSFUL" if back else "SUCCESSFUL", finishedAt=now())
    service.tell(f"(deployment {deployment['id']}) deployment completed.")
    service.tell("has reached a steady state.")
    count(context, service)


def _stop_all(context: Context, service: Service, deployment: dict[str, Any]) -> None:
    for key in deployment["_tasks"]:
        reason = ecs_tasks.SCALED.format(deployment["id"])
        ecs_tasks.stop(context, service, store(context).tasks[key], reason)
    deployment["_tasks"] = []


def give_up(context: Context, service: Service, deployment: dict[str, Any], rollback: bool,
            why: str = "Service deployment rolled back because the circuit breaker threshold was exceeded.") -> None:
    service.tell(f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")
    before = [one for one in service.deployments if one["rolloutState"] == "COMPLETED"]
    record = deployment["_record"]
    deployment.update(rolloutState="FAILED", rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.")
    if record["status"] == "ROLLBACK_IN_PROGRESS":
        record.update(status="ROLLBACK_FAILED", finishedAt=now())
    elif rollback and before:
        record.update(status="ROLLBACK_IN_PROGRESS", statusReason=why)
        service.shown["taskDefinition"] = before[-1]["taskDefinition"]
        begin(context, service, back=deployment)
    else:
        record.update(status="STOPPED", statusReason="The circuit breaker threshold was exceeded.", finishedAt=now())
    count(context, service)


def settle(context: Context, service: Service) -> None:
    """Bring a service that is not being deployed to its number of tasks, after a while."""

    def scale() -> None:
        if service.shown["status"] != "ACTIVE":
            return
        deployment = service.primary
        if deployment["rolloutState"] == "COMPLETED":
            definition = store(context).definitions[last(deployment["taskDefinition"])]["definition"]
            _launch(context, service, deployment, definition, service.shown["desiredCount"])
            count(context, service)

    count(context, service)
    context.account.schedule.later(context.behaviour("task_delay"), scale)


def end(context: Context, service: Service) -> None:
    """Stop all that a service runs."""
    for deployment in service.deployments:
        _stop_all(context, service, deployment)
    count(context, service)


def count(context: Context, service: Service) -> None:
    known = store(context).tasks
    for deployment in service.deployments:
        running = sum(1 for key in deployment["_tasks"] if known[key]["lastStatus"] == "RUNNING")
        wanted = service.shown["desiredCount"] if deployment["status"] == "PRIMARY" else 0
        deployment.update(desiredCount=wanted, runningCount=running, pendingCount=max(0, wanted - running))
    service.shown["runningCount"] = sum(one["runningCount"] for one in service.deployments)
    service.shown["pendingCount"] = sum(one["pendingCount"] for one in service.deployments)


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
    shown = [
        {**known[key], "targetServiceRevision": {"arn": known[key]["targetServiceRevisionArn"]}}
        for key in asked if key in known
    ]
    return {"serviceDeployments": shown,
            "failures": [{"arn": key, "reason": "MISSING"} for key in asked if key not in known]}


@instead("ecs:DescribeServiceRevisions")
def describe_revisions(context: Context) -> Result:
    asked = context.params.get("serviceRevisionArns") or []
    known = {one["targetServiceRevisionArn"]: one for service in store(context).services.values()
             for one in service.history}
    shown = [
        {"serviceRevisionArn": key, "serviceArn": known[key]["serviceArn"], "clusterArn": known[key]["clusterArn"],
         "taskDefinition": known[key]["taskDefinition"], "createdAt": known[key]["createdAt"]}
        for key in asked if key in known
    ]
    return {"serviceRevisions": shown,
            "failures": [{"arn": key, "reason": "MISSING"} for key in asked if key not in known]}
