"""What the deployments of ECS services have in common, whatever their strategy: tasks, counts, and what is told.

A *deployment* is what a service shows of one of its revisions, a *record* what is told of how the service came to it.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from . import ecs_monitors, ecs_tasks
from .ecs_monitors import Trouble
from .ecs_store import Service, arn, last, now, number, store
from .hooks import Context

Doc = dict[str, Any]

AGAIN = 0.05  # seconds until a task that failed is started again, at least
ONGOING = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
# What a revision is, and what comes back with it.
_REVISION = ("taskDefinition", "networkConfiguration", "platformVersion", "loadBalancers", "capacityProviderStrategy")


def new(context: Context, service: Service, balancers: list[Doc]) -> Doc:
    """The deployment of what the service now is, whose tasks are to be in the groups of `balancers`."""
    key = number()
    for one in service.deployments:
        one["status"] = "ACTIVE"
    settings = {name: copy.deepcopy(service.shown[name]) for name in _REVISION}
    path = f"{service.cluster}/{service.shown['serviceName']}"
    deployment = {
        "id": f"ecs-svc/{key}",
        "status": "PRIMARY",
        "taskDefinition": settings["taskDefinition"],
        "desiredCount": service.shown["desiredCount"], "pendingCount": 0, "runningCount": 0, "failedTasks": 0,
        "createdAt": now(), "updatedAt": now(),
        "capacityProviderStrategy": settings["capacityProviderStrategy"],
        "platformVersion": "1.4.0", "platformFamily": "Linux",
        "networkConfiguration": settings["networkConfiguration"],
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment ecs-svc/{key} in progress.",
        "_tasks": [], "_balancers": balancers, "_settings": settings,
        "_kept": False,  # whether it runs as many tasks as the service should, even if it is not primary
        "_arn": arn(context, f"service-revision/{path}/{key}"),
        "_weights": {},  # what of the requests it is to get
    }
    service.deployments.insert(0, deployment)
    service.revisions[deployment["_arn"]] = _revision(context, service, deployment)
    return deployment


def _revision(context: Context, service: Service, deployment: Doc) -> Doc:
    containers = _definition(context, deployment)["containerDefinitions"]
    leading = [
        {"targetGroupArn": one["targetGroupArn"], "productionListenerRule": advanced.get("productionListenerRule")}
        for one in deployment["_balancers"] if (advanced := one.get("advancedConfiguration"))
    ]
    return {
        "serviceRevisionArn": deployment["_arn"],
        "serviceArn": service.shown["serviceArn"], "clusterArn": service.shown["clusterArn"],
        **deployment["_settings"], "platformFamily": "Linux", "createdAt": deployment["createdAt"],
        "containerImages": [{"containerName": one["name"], "image": one["image"]} for one in containers],
        **({"resolvedConfiguration": {"loadBalancers": leading}} if leading else {}),
    }


def record(context: Context, service: Service, deployment: Doc) -> Doc:
    """The service deployment by which the service comes to a revision."""
    path = f"{service.cluster}/{service.shown['serviceName']}"
    others = [one for one in service.deployments if one is not deployment]
    made = {
        "serviceDeploymentArn": arn(context, f"service-deployment/{path}/{number()}"),
        "serviceArn": service.shown["serviceArn"],
        "clusterArn": service.shown["clusterArn"],
        "targetServiceRevisionArn": deployment["_arn"],
        "status": "IN_PROGRESS",
        "createdAt": now(), "startedAt": now(), "updatedAt": now(),
        "lifecycleHookDetails": [],
        **ecs_monitors.begin(context, service),
        "_trouble": None,  # why someone wants it to end
        "_target": deployment,
        "_sources": [one for one in others if one["_tasks"] or one["rolloutState"] == "COMPLETED"],
    }
    service.history.insert(0, made)
    deployment["_record"] = made
    return made


def stop(made: Doc, rollback: bool) -> None:
    """What someone asks for during a deployment; it is done at the next look."""
    made.update(status="ROLLBACK_REQUESTED" if rollback else "STOP_REQUESTED", updatedAt=now())
    made["_trouble"] = replace(ecs_monitors.STOPPED, rollback=rollback)


def finish(made: Doc, status: str, why: str | None = None) -> None:
    made.update(status=status, finishedAt=now(), updatedAt=now())
    if why is not None:
        made["statusReason"] = why
    if status == "STOPPED":
        made["stoppedAt"] = now()
    ecs_monitors.end(made)


def completed(service: Service) -> Doc | None:
    """The deployment that was completed last, if its tasks are still there."""
    return next((one for one in service.deployments if one["rolloutState"] == "COMPLETED"), None)


def restore(service: Service, deployment: Doc) -> None:
    """Makes the service what it was."""
    service.shown.update(copy.deepcopy(deployment["_settings"]))


def complete(service: Service, deployment: Doc) -> None:
    deployment.update(
        rolloutState="COMPLETED", rolloutStateReason=f"ECS deployment {deployment['id']} completed.",
        updatedAt=now(), _kept=True,
    )
    service.tell(f"(deployment {deployment['id']}) deployment completed.")
    service.tell("has reached a steady state.")


def fail(service: Service, deployment: Doc, trouble: Trouble) -> None:
    service.tell(f"(deployment {deployment['id']}) deployment failed: {trouble.event}.")
    reason = f"ECS deployment {trouble.by}: {trouble.event}."
    deployment.update(rolloutState="FAILED", rolloutStateReason=reason, updatedAt=now())


def go_back(service: Service, failed: Doc, to: Doc, before: Doc, trouble: Trouble) -> None:
    """Tells that the deployment `to` brings back the revision of `before`, as another failed."""
    made = failed["_record"]
    made.update(status="ROLLBACK_IN_PROGRESS", statusReason=trouble.rolled_back, updatedAt=now(), rollback={
        "reason": trouble.rolled_back, "startedAt": now(), "serviceRevisionArn": before["_arn"],
    })
    ecs_monitors.end(made)
    to.update(
        _record=made, rolloutState="IN_PROGRESS",
        rolloutStateReason=f"ECS deployment {trouble.by}: rolling back to deploymentId {before['id']}.",
    )
    service.tell(f"rolling back to deployment {before['id']}.")


def _definition(context: Context, deployment: Doc) -> Doc:
    found: Doc = store(context).definitions[last(deployment["taskDefinition"])]["definition"]
    return found


def serve(context: Context, service: Service, deployment: Doc) -> bool:
    """Starts what is missing of a deployment; tells whether as many tasks as there should be get requests."""
    definition = _definition(context, deployment)
    missing = service.shown["desiredCount"] - len(_running(context, deployment))
    why = ecs_tasks.why_not(context, service, definition) if missing > 0 else None
    if why is None:
        launch(context, service, deployment)
        failed = ecs_tasks.stop_unhealthy(context, deployment["_tasks"])
        serves = not failed and ecs_tasks.all_serve(context, deployment["_tasks"])
    else:
        for _ in range(failed := missing):
            ecs_tasks.fail(context, service, deployment, definition, why)
        serves = False
    if failed:
        deployment["failedTasks"] += failed
        service.tell(f"has stopped {failed} tasks.")
    count(context, service)
    return serves


def _running(context: Context, deployment: Doc) -> list[str]:
    known = store(context).tasks
    return [key for key in deployment["_tasks"] if known[key]["lastStatus"] != "STOPPED"]


def launch(context: Context, service: Service, deployment: Doc) -> None:
    """Starts or stops tasks of a deployment, so that there are as many as the service should have."""
    definition, wanted = _definition(context, deployment), service.shown["desiredCount"]
    running = _running(context, deployment)
    for key in running[wanted:]:
        ecs_tasks.stop(context, store(context).tasks[key], ecs_tasks.SCALED.format(deployment["id"]))
    missing = max(0, wanted - len(running))
    fresh = [ecs_tasks.launch(context, service, deployment, definition)["taskArn"] for _ in range(missing)]
    deployment["_tasks"] = [*running[:wanted], *fresh]
    if fresh:
        service.tell(f"has started {len(fresh)} tasks: {' '.join(f'(task {last(key)})' for key in fresh)}.")


def stop_all(context: Context, deployment: Doc) -> None:
    for key in deployment["_tasks"]:
        reason = ecs_tasks.SCALED.format(deployment["id"])
        ecs_tasks.stop(context, store(context).tasks[key], reason)
    deployment.update(_tasks=[], _kept=False)


def settle(context: Context, service: Service) -> None:
    """Bring a service to its number of tasks, after a while, as far as no deployment does."""

    def scale() -> None:
        if service.shown["status"] == "ACTIVE":
            for deployment in service.deployments:
                if deployment["_kept"]:
                    launch(context, service, deployment)
            count(context, service)

    count(context, service)
    context.account.schedule.later(context.behaviour("task_delay"), scale)


def count(context: Context, service: Service) -> None:
    known = store(context).tasks
    for deployment in service.deployments:
        running = sum(1 for key in deployment["_tasks"] if known[key]["lastStatus"] == "RUNNING")
        wanted = service.shown["desiredCount"] if deployment["status"] == "PRIMARY" or deployment["_kept"] else 0
        deployment.update(desiredCount=wanted, runningCount=running, pendingCount=max(0, wanted - running))
    service.shown["runningCount"] = sum(one["runningCount"] for one in service.deployments)
    service.shown["pendingCount"] = sum(one["pendingCount"] for one in service.deployments)
    for made in service.history:
        if made["status"] in ONGOING:
            made["targetServiceRevision"] = summary(made["_target"])
            made["sourceServiceRevisions"] = [summary(one) for one in made["_sources"]]


def summary(deployment: Doc) -> Doc:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevisionSummary.html"""
    return {
        "arn": deployment["_arn"], "requestedTaskCount": deployment["desiredCount"],
        "runningTaskCount": deployment["runningCount"], "pendingTaskCount": deployment["pendingCount"],
        **deployment["_weights"],
    }
