"""Tasks of ECS that no service keeps running: started once, they end by themselves.

They say in their log what they are told to run, and end with the codes that the behaviour `run_exits` lists.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from . import bridge, ecs_tasks
from .ecs_services import active, check_network, network
from .ecs_store import Service, cluster_of, invalid, last, store
from .hooks import Context, Result, instead
from .wire import AwsError

_MOST = 10
_OVERRIDES = 8192  # characters


@instead("ecs:RunTask")
def run(context: Context) -> Result:
    params, cluster = context.params, cluster_of(context)
    known = _earlier(context)
    if known is not None:
        return known
    definition = active(context, params["taskDefinition"])
    if not 1 <= (params.get("count") or 1) <= _MOST:
        raise invalid(f"Count cannot be more than {_MOST}.")
    if (params.get("propagateTags") or "TASK_DEFINITION") != "TASK_DEFINITION":
        raise invalid("Invalid value for propagateTags")
    if len(str(params.get("overrides") or {})) > _OVERRIDES:
        raise invalid(f"Container Overrides length must be at most {_OVERRIDES}")
    given = network(params.get("networkConfiguration") or {})
    if not given:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    check_network(context, given["awsvpcConfiguration"])
    names = [one["name"] for one in definition["containerDefinitions"]]
    for one in (params.get("overrides") or {}).get("containerOverrides") or []:
        if one.get("name") not in names:
            raise invalid(f"Override for container named {one.get('name')} is not a container in the TaskDefinition.")
    # Nothing of a service but what its tasks get from it.
    source = Service({
        "clusterArn": cluster["clusterArn"], "serviceName": "", "networkConfiguration": given, "tags": [],
        "propagateTags": "NONE",
    })
    tasks = [_start(context, source, definition) for _ in range(params.get("count") or 1)]
    result = {"tasks": copy.deepcopy(tasks), "failures": []}
    _remember(context, result)
    return result


def _start(context: Context, source: Service, definition: dict[str, Any]) -> dict[str, Any]:
    params = context.params
    task = ecs_tasks.new(context, source, {"id": params.get("startedBy")}, definition)
    task.update(group=f"family:{definition['family']}", overrides=copy.deepcopy(params.get("overrides") or {}))
    task["tags"] = copy.deepcopy(params.get("tags") or [])
    delay, code = context.behaviour("run_delay"), _next_code(context)

    def begin() -> None:
        if task["lastStatus"] == "STOPPED":
            return
        why = ecs_tasks.why_not(context, source, definition)
        if why is not None:
            ecs_tasks.end_unstarted(task, why)
            return
        ecs_tasks.attach(context, source, task)
        _log(context, task, definition, lambda command: context.behaviour("run_says"))
        context.account.schedule.later(delay, end)

    def end() -> None:
        if task["lastStatus"] == "STOPPED":
            return
        ending = "done" if code == 0 else f"failed with {code}"
        _log(context, task, definition, lambda command: [f"$ {command}", ending])
        ecs_tasks.stop(context, task, "Essential container in task exited", "EssentialContainerExited")
        for container in task["containers"]:
            container["exitCode"] = code

    context.account.schedule.later(context.behaviour("task_delay"), begin)
    return task


def _next_code(context: Context) -> int:
    codes = context.behaviour("run_exits")
    if not codes:
        return 0
    context.account.change_behaviours({"run_exits": codes[1:]})
    return int(codes[0])


def _log(context: Context, task: dict[str, Any], definition: dict[str, Any], says: Callable[[str], list[str]]) -> None:
    """What each container with a log says there, which is told what it runs."""
    backend, at = bridge.logs(context.call.account, context.call.region), int(time.time() * 1000)
    commands = {one["name"]: one.get("command") for one in task["overrides"].get("containerOverrides") or []}
    for one in definition["containerDefinitions"]:
        options = (one.get("logConfiguration") or {}).get("options") or {}
        if options.get("awslogs-group") not in backend.groups or "awslogs-stream-prefix" not in options:
            continue
        stream = f"{options['awslogs-stream-prefix']}/{one['name']}/{last(task['taskArn'])}"
        command = " ".join(commands.get(one["name"]) or one.get("command") or [])
        if events := [{"timestamp": at, "message": line} for line in says(command)]:
            backend.ensure_log_stream(options["awslogs-group"], stream)
            backend.put_log_events(options["awslogs-group"], stream, events)


def _tokens(context: Context) -> dict[str, tuple[dict[str, Any], Result]]:
    known: dict[str, tuple[dict[str, Any], Result]] = context.account.stores.setdefault(
        (context.call.region, "ecs runs"), {})
    return known


def _earlier(context: Context) -> Result | None:
    """What the same token started before."""
    params, result = _tokens(context).get(context.params.get("clientToken") or "", (None, None))
    if result is None or not context.behaviour("tokens"):
        return None
    if params != context.params:
        raise AwsError("ConflictException", "The client token was used for another request")
    tasks = store(context).tasks
    return {"tasks": [copy.deepcopy(tasks[one["taskArn"]]) for one in result["tasks"]], "failures": []}


def _remember(context: Context, result: Result) -> None:
    if context.params.get("clientToken"):
        _tokens(context)[context.params["clientToken"]] = (copy.deepcopy(context.params), result)

