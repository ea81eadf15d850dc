"""ECS task definitions: filled in and turned around on their way back, as AWS does it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from __future__ import annotations

import copy
import re
from typing import Any

from .ecs_store import DEFINITIONS, arn, now, refused, store, visible
from .hooks import Context, Result, before, instead

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
_SIZES: dict[int, list[int]] = {
    256: [512, 1024, 2048],
    512: list(range(1024, 4097, 1024)),
    1024: list(range(2048, 8193, 1024)),
    2048: list(range(4096, 16385, 1024)),
    4096: list(range(8192, 30721, 1024)),
    8192: list(range(16384, 61441, 4096)),
    16384: list(range(32768, 122881, 8192)),
}


@before("ecs:RegisterTaskDefinition", when="validation")
def check(context: Context) -> None:
    params = context.params
    containers = params.get("containerDefinitions") or []
    names = [one.get("name", "") for one in containers]
    if not _NAME.fullmatch(params.get("family") or ""):
        raise refused("Family contains invalid characters.")
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise refused("Invalid 'containerDefinitions' setting: names have to be unique and valid.")
    if not any(one.get("essential", True) for one in containers):
        raise refused("Invalid 'containerDefinitions' setting: at least one container has to be essential.")
    for name in ("taskRoleArn", "executionRoleArn"):
        if params.get(name) and not _ROLE.fullmatch(params[name]):
            raise refused("Role is not valid")
    if "FARGATE" in (params.get("requiresCompatibilities") or []):
        _check_fargate(params, containers)
    for one in containers:
        _check_container(one, names)


def _check_fargate(params: dict[str, Any], containers: list[dict[str, Any]]) -> None:
    if params.get("networkMode") != "awsvpc":
        raise refused("Fargate only supports network mode 'awsvpc'.")
    cpu, memory = int(params.get("cpu") or 0), int(params.get("memory") or 0)
    if memory not in _SIZES.get(cpu, []):
        raise refused(f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory.")
    if sum(one.get("cpu") or 0 for one in containers) > cpu:
        raise refused("Invalid setting for task: the containers' 'cpu' is more than the task's.")
    if sum(one.get("memory") or 0 for one in containers) > memory:
        raise refused("Invalid setting for task: the containers' 'memory' is more than the task's.")
    if not params.get("executionRoleArn"):
        if any((one.get("logConfiguration") or {}).get("logDriver") == "awslogs" for one in containers):
            raise refused("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
        if any(one.get("secrets") for one in containers):
            raise refused("When you are specifying container secrets, you must also specify a value for "
                          "'executionRoleArn'.")
    storage = (params.get("ephemeralStorage") or {}).get("sizeInGiB")
    if storage is not None and not 21 <= storage <= 200:
        raise refused("The 'sizeInGiB' of 'ephemeralStorage' has to be between 21 and 200.")
    if any((one.get("stopTimeout") or 0) > 120 for one in containers):
        raise refused("Invalid 'stopTimeout' setting: the maximum is 120 seconds.")
    ports = [mapping["containerPort"] for one in containers for mapping in one.get("portMappings") or []]
    if len(set(ports)) < len(ports):
        raise refused("Two containers of a task cannot listen on one port.")


def _check_container(one: dict[str, Any], names: list[str]) -> None:
    for dependency in one.get("dependsOn") or []:
        if dependency["containerName"] not in names or dependency["containerName"] == one["name"]:
            raise refused(f"Invalid 'dependsOn' setting for container {one['name']}.")
    health = one.get("healthCheck") or {}
    limits = {"interval": (5, 300), "timeout": (2, 120), "retries": (1, 10), "startPeriod": (0, 300)}
    for name, (least, most) in limits.items():
        if health.get(name) is not None and not least <= health[name] <= most:
            raise refused(f"Invalid 'healthCheck.{name}' setting for container {one['name']}.")


@instead("ecs:RegisterTaskDefinition")
def register(context: Context) -> Result:
    """The same again is another revision."""
    params, kept = context.params, store(context)
    family = params["family"]
    revision = kept.revisions[family] = kept.revisions.get(family, 0) + 1
    shown = {
        "taskDefinitionArn": arn(context, f"task-definition/{family}:{revision}"),
        "revision": revision,
        "status": "ACTIVE",
        "requiresAttributes": [{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"}],
        "placementConstraints": [],
        "volumes": [],
        "compatibilities": ["EC2", "FARGATE"],
        "registeredAt": now(),
        "registeredBy": f"arn:aws:iam::{context.call.account}:root",
        **copy.deepcopy({name: value for name, value in params.items() if name != "tags"}),
        "containerDefinitions": [_filled(one) for one in reversed(params["containerDefinitions"])],
    }
    kept.definitions[f"{family}:{revision}"] = {
        "status": "ACTIVE", "definition": shown, "tags": params.get("tags") or [],
    }
    return {"taskDefinition": shown, "tags": params.get("tags") or []}


def _filled(container: dict[str, Any]) -> dict[str, Any]:
    """What ECS fills in. Lists of names have no order."""
    lists = ("environment", "mountPoints", "volumesFrom", "portMappings", "systemControls")
    shown = {"cpu": 0, "essential": True, **{name: [] for name in lists}, **copy.deepcopy(container)}
    for name in ("environment", "secrets", "dependsOn"):
        if name in shown:
            shown[name] = list(reversed(shown[name]))
    shown["portMappings"] = [
        {"protocol": "tcp", "hostPort": one["containerPort"], **one} for one in shown["portMappings"]
    ]
    if "healthCheck" in shown:
        shown["healthCheck"] = {"interval": 30, "timeout": 5, "retries": 3, **shown["healthCheck"]}
    if "logConfiguration" in shown:
        shown["logConfiguration"].setdefault("secretOptions", [])
    if "linuxParameters" in shown:
        shown["linuxParameters"].setdefault("capabilities", {"add": [], "drop": []})
    return shown


def key_of(name: str, definitions: dict[str, dict[str, Any]]) -> str | None:
    """The `family:revision` that a name means: of a family alone, the newest that is in use."""
    name = name.rpartition("/")[2]
    if ":" in name:
        return name if name in definitions else None
    active = [
        one["definition"]["revision"] for key, one in definitions.items()
        if key.rpartition(":")[0] == name and one["status"] == "ACTIVE"
    ]
    return f"{name}:{max(active)}" if active else None


@instead("ecs:DescribeTaskDefinition")
def describe(context: Context) -> Result:
    shown = visible(context, DEFINITIONS)
    key = key_of(context.params["taskDefinition"], shown)
    if key is None:
        raise refused("Unable to describe task definition.")
    result = {"taskDefinition": {**shown[key]["definition"], "status": shown[key]["status"]}}
    if "TAGS" in (context.params.get("include") or []):
        result["tags"] = shown[key]["tags"]
    return result


@instead("ecs:ListTaskDefinitions")
def list_all(context: Context) -> Result:
    params, wanted = context.params, context.params.get("status") or "ACTIVE"
    found = [
        one["definition"] for one in visible(context, DEFINITIONS).values()
        if one["status"] == wanted and params.get("familyPrefix") in (None, one["definition"]["family"])
    ]
    found.sort(key=lambda one: (one["family"], one["revision"]), reverse=params.get("sort") == "DESC")
    return {"taskDefinitionArns": [one["taskDefinitionArn"] for one in found]}


@instead("ecs:ListTaskDefinitionFamilies")
def list_families(context: Context) -> Result:
    prefix, wanted = context.params.get("familyPrefix") or "", context.params.get("status") or "ALL"
    families: dict[str, set[str]] = {}
    for one in visible(context, DEFINITIONS).values():
        families.setdefault(one["definition"]["family"], set()).add(one["status"])
    active = {name: "ACTIVE" if "ACTIVE" in states else "INACTIVE" for name, states in families.items()}
    return {"families": sorted(
        name for name, state in active.items() if name.startswith(prefix) and wanted in ("ALL", state)
    )}


@instead("ecs:DeregisterTaskDefinition")
def deregister(context: Context) -> Result:
    definitions = store(context).definitions
    name = context.params["taskDefinition"].rpartition("/")[2]
    if name not in definitions:
        raise refused("The specified task definition does not exist. Specify a valid account, family, revision and try again.")
    if definitions[name]["status"] != "ACTIVE":
        raise refused("The specified task definition is inactive. Specify an active task definition and try again.")
    definitions[name]["status"] = "INACTIVE"
    return {"taskDefinition": {**definitions[name]["definition"], "status": "INACTIVE"}}


@instead("ecs:DeleteTaskDefinitions")
def delete(context: Context) -> Result:
    """What is in use is not deleted, and what is deleted goes when nothing refers to it."""
    kept, deleted, failures = store(context), [], []
    for given in context.params.get("taskDefinitions") or []:
        name = given.rpartition("/")[2]
        found = kept.definitions.get(name)
        if found is None or found["status"] == "ACTIVE":
            reason = "The specified task definition is still in ACTIVE status." if found else "MISSING"
            failures.append({"arn": given, "reason": reason})
            continue
        found["status"] = "DELETE_IN_PROGRESS"
        deleted.append({**found["definition"], "status": "DELETE_IN_PROGRESS"})
        used = any(one["taskDefinitionArn"].endswith(f"/{name}") and one["lastStatus"] != "STOPPED"
                   for one in kept.tasks.values())
        if not used:
            del kept.definitions[name]
    return {"taskDefinitions": deleted, "failures": failures}
