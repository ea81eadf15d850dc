"""Rolling deployments of ECS services: new tasks take the place of old ones, in the same target groups.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

from typing import Any

from . import ecs_monitors, ecs_rollouts, ecs_shifts
from .ecs_monitors import Trouble
from .ecs_store import Service
from .hooks import Context

Doc = dict[str, Any]


def start(context: Context, service: Service, deployment: Doc) -> None:
    for other in service.deployments:
        other["_kept"] = False
    ecs_rollouts.count(context, service)
    context.account.schedule.later(context.behaviour("task_delay"), lambda: _advance(context, service, deployment))


def _advance(context: Context, service: Service, deployment: Doc) -> None:
    """Start what is missing of a deployment, or see why it does not start."""
    current = service.shown["status"] == "ACTIVE" and deployment["status"] == "PRIMARY"
    made = deployment["_record"]
    if not current or deployment["rolloutState"] != "IN_PROGRESS" or made["status"] not in ecs_rollouts.ONGOING:
        return
    if made["_trouble"] is not None and made["status"] != "ROLLBACK_IN_PROGRESS":
        give_up(context, service, deployment, made["_trouble"])
        return
    if ecs_rollouts.serve(context, service, deployment):
        _complete(context, service, deployment)
        return
    failed = deployment["failedTasks"]
    if made["_target"] is deployment:
        found = ecs_monitors.trouble(context, service, made, failed)
        if found is not None:
            give_up(context, service, deployment, found)
            return
    elif ecs_monitors.broken(made, failed):
        ecs_rollouts.fail(service, deployment, ecs_monitors.BROKEN)
        ecs_rollouts.finish(made, "ROLLBACK_FAILED")
        return
    again = max(context.behaviour("task_delay"), ecs_rollouts.AGAIN)
    context.account.schedule.later(again, lambda: _advance(context, service, deployment))


def _complete(context: Context, service: Service, deployment: Doc) -> None:
    others = [one for one in service.deployments if one is not deployment]
    _take_over(context, deployment, others)
    for other in others:
        ecs_rollouts.stop_all(context, other)
    ecs_rollouts.complete(service, deployment)
    ecs_rollouts.count(context, service)  # of what leaves, too
    service.deployments = [deployment]
    back = deployment["_record"]["status"] == "ROLLBACK_IN_PROGRESS"
    ecs_rollouts.count(context, service)
    ecs_rollouts.finish(deployment["_record"], "ROLLBACK_SUCCESSFUL" if back else "SUCCESSFUL")


def _take_over(context: Context, deployment: Doc, others: list[Doc]) -> None:
    """What a deployment by another strategy left in both target groups comes together in one."""
    groups = {one["targetGroupArn"] for one in deployment["_balancers"]}
    elsewhere = {one["targetGroupArn"] for other in others for one in other["_balancers"]} - groups
    if any(elsewhere & set(one["_pair"]) for one in deployment["_balancers"]):
        try:
            ecs_shifts.lead(context, deployment["_balancers"], "productionListenerRule", 100)
        except ecs_shifts.Refused:
            return


def give_up(context: Context, service: Service, deployment: Doc, trouble: Trouble) -> None:
    """Fails a deployment; what was before comes back, if there is something and it is to."""
    made, before = deployment["_record"], ecs_rollouts.completed(service)
    ecs_rollouts.fail(service, deployment, trouble)
    if trouble.rollback and before is not None:
        ecs_rollouts.restore(service, before)
        again = ecs_rollouts.new(context, service, before["_balancers"])
        ecs_rollouts.go_back(service, deployment, again, before, trouble)
        start(context, service, again)
    else:
        ecs_rollouts.finish(made, "STOPPED", trouble.stopped)
        ecs_rollouts.count(context, service)
