"""ECS services: made at once, running later, draining before they are gone.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
"""

from __future__ import annotations

import copy
import re
from typing import Any

from . import ecs_deployments, ecs_rollouts, ecs_strategy_checks, ecs_tasks, elbv2_store
from .ecs_clusters import check_strategy
from .ecs_definitions import key_of
from .ecs_deployments import service_named
from .ecs_store import SERVICES, Service, arn, cluster_of, invalid, last, now, refused, store, visible
from .hooks import Context, Result, instead
from .wire import AwsError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
# What `UpdateService` changes, and whether tasks are started anew for it.
_SETTINGS = {
    "networkConfiguration": True, "platformVersion": True, "loadBalancers": True, "capacityProviderStrategy": True,
    "deploymentConfiguration": False, "healthCheckGracePeriodSeconds": False, "enableExecuteCommand": False,
    "propagateTags": False, "enableECSManagedTags": False, "availabilityZoneRebalancing": False,
}


@instead("ecs:CreateService")
def create(context: Context) -> Result:
    params, kept, cluster = context.params, store(context), cluster_of(context)
    name = params.get("serviceName") or ""
    key = f"{cluster['clusterName']}/{name}"
    known = kept.services.get(key)
    given = {member: value for member, value in params.items() if member != "clientToken"}
    if known and known.shown["status"] == "DRAINING":
        raise invalid("Unable to Start a service that is still Draining.")
    if known and known.shown["status"] == "ACTIVE":
        if known.created_with != given:
            raise invalid("Creation of service was not idempotent.")
        return {"service": known.show()}
    definition = active(context, params.get("taskDefinition") or "")
    service = Service(_shown(context, cluster, name, definition["taskDefinitionArn"]))
    if context.behaviour("validation"):
        if not _NAME.fullmatch(name):
            raise invalid("Invalid service name.")
        _check(context, service, definition)
        ecs_strategy_checks.check(context, service.shown, params.get("deploymentConfiguration") or {})
    service.created_with = copy.deepcopy(given)
    kept.services[key] = service
    ecs_deployments.begin(context, service)
    return {"service": service.show()}


def active(context: Context, name: str) -> dict[str, Any]:
    definitions = store(context).definitions
    key = key_of(name, definitions)
    if key is None:
        raise refused("TaskDefinition not found.")
    if definitions[key]["status"] != "ACTIVE":
        raise refused("TaskDefinition is inactive")
    return definitions[key]["definition"]  # type: ignore[no-any-return]


def _shown(context: Context, cluster: dict[str, Any], name: str, definition: str) -> dict[str, Any]:
    """What is shown of a service, with what ECS fills in."""
    params = copy.deepcopy(context.params)
    role = "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    shown = {
        "serviceArn": arn(context, f"service/{cluster['clusterName']}/{name}"),
        "serviceName": name,
        "clusterArn": cluster["clusterArn"],
        "status": "ACTIVE",
        "taskDefinition": definition,
        "desiredCount": params.get("desiredCount") or 0,
        "runningCount": 0, "pendingCount": 0,
        "loadBalancers": params.get("loadBalancers") or [],
        "serviceRegistries": [], "placementConstraints": [], "placementStrategy": [], "events": [],
        "platformVersion": params.get("platformVersion") or "LATEST", "platformFamily": "Linux",
        "capacityProviderStrategy": _filled(params.get("capacityProviderStrategy") or []),
        "deploymentConfiguration": ecs_strategy_checks.filled(params.get("deploymentConfiguration") or {}),
        "roleArn": f"arn:aws:iam::{context.call.account}:{role}",
        "createdAt": now(), "createdBy": f"arn:aws:iam::{context.call.account}:root",
        "networkConfiguration": network(params.get("networkConfiguration") or {}),
        "healthCheckGracePeriodSeconds": params.get("healthCheckGracePeriodSeconds") or 0,
        "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": params.get("enableECSManagedTags") or False,
        "propagateTags": params.get("propagateTags") or "NONE",
        "enableExecuteCommand": params.get("enableExecuteCommand") or False,
        "availabilityZoneRebalancing": params.get("availabilityZoneRebalancing") or "ENABLED",
        "tags": params.get("tags") or [],
    }
    if params.get("launchType"):
        shown["launchType"] = params["launchType"]
    return shown


def _filled(strategy: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In no order."""
    return [{"weight": 0, "base": 0, **item} for item in reversed(strategy)]


def network(given: dict[str, Any]) -> dict[str, Any]:
    """In no order."""
    awsvpc = given.get("awsvpcConfiguration")
    if not awsvpc:
        return {}
    lists = {name: list(reversed(awsvpc.get(name) or [])) for name in ("subnets", "securityGroups")}
    return {"awsvpcConfiguration": {"assignPublicIp": "DISABLED", **awsvpc, **lists}}


def _check(context: Context, service: Service, definition: dict[str, Any]) -> None:
    shown, cluster = service.shown, store(context).clusters[service.cluster]
    check_strategy(shown["capacityProviderStrategy"], cluster["capacityProviders"])
    if definition.get("networkMode") == "awsvpc" and not shown["networkConfiguration"]:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    check_network(context, shown["networkConfiguration"].get("awsvpcConfiguration") or {})
    if shown["healthCheckGracePeriodSeconds"] and not shown["loadBalancers"]:
        raise invalid("Health check grace period is only valid for services configured to use load balancers")
    if shown["enableExecuteCommand"] and not definition.get("taskRoleArn"):
        raise invalid("The service couldn't be created because a valid taskRoleArn is not being used.")
    if shown["availabilityZoneRebalancing"] == "ENABLED" and shown["deploymentConfiguration"]["maximumPercent"] <= 100:
        raise invalid("Availability Zone rebalancing requires a maximumPercent greater than 100.")
    groups = elbv2_store.backend(context).target_groups
    for one in shown["loadBalancers"]:
        group = groups.get(one.get("targetGroupArn"))
        if group is None or not elbv2_store.users(context).get(group.arn):
            raise invalid(f"The target group with targetGroupArn {one.get('targetGroupArn')} does not have an "
                          "associated load balancer.")
        ports = {mapping["containerPort"] for container in definition["containerDefinitions"]
                 if container["name"] == one.get("containerName") for mapping in container["portMappings"]}
        if one.get("containerPort") not in ports:
            raise invalid(f"The container {one.get('containerName')} did not have a container port "
                          f"{one.get('containerPort')} defined.")
        if group.target_type != "ip":
            raise invalid("The provided target group has target type instance, which is incompatible with the "
                          "awsvpc network mode specified in the task definition.")


def check_network(context: Context, given: dict[str, Any]) -> None:
    subnets = {subnet.id for subnet in context.ec2.describe_subnets()}
    for key in given.get("subnets") or []:
        if key not in subnets:
            raise invalid(f"Error retrieving subnet information for [{key}]: The subnet ID '{key}' does not exist "
                          "(ErrorCode: InvalidSubnetID.NotFound)")
    for key in given.get("securityGroups") or []:
        if context.ec2.get_security_group_from_id(key) is None:
            raise invalid(f"Error retrieving security group information for [{key}]: The security group '{key}' "
                          "does not exist (ErrorCode: InvalidGroup.NotFound)")


@instead("ecs:UpdateService")
def update(context: Context) -> Result:
    params = context.params
    cluster_of(context)
    service = service_named(context)
    if service.shown["status"] != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    before, changed = service.shown, copy.deepcopy(service.shown)
    anew = bool(params.get("forceNewDeployment"))
    definition = active(context, params.get("taskDefinition") or before["taskDefinition"]) \
        if params.get("taskDefinition") else store(context).definitions[last(before["taskDefinition"])]["definition"]
    changed["taskDefinition"] = definition["taskDefinitionArn"]
    fill = {
        "networkConfiguration": network, "capacityProviderStrategy": _filled,
        "deploymentConfiguration": lambda given: ecs_strategy_checks.filled(given, before["deploymentConfiguration"]),
    }
    for name in _SETTINGS:
        if params.get(name) is not None:
            changed[name] = fill.get(name, lambda given: given)(copy.deepcopy(params[name]))
    if params.get("desiredCount") is not None:
        changed["desiredCount"] = params["desiredCount"]
    differs = [name for name, starts in _SETTINGS.items() if starts and changed[name] != before[name]]
    if "capacityProviderStrategy" in differs and not anew and context.behaviour("validation"):
        raise invalid("forceNewDeployment has to be true when the capacity provider strategy changes.")
    # How many tasks there are can be said at any time.
    if context.behaviour("validation") and (anew or differs or params.get("taskDefinition")):
        _check(context, Service(changed), definition)
    if context.behaviour("validation") and {"deploymentConfiguration", "loadBalancers"} & params.keys():
        ecs_strategy_checks.check(context, changed, params.get("deploymentConfiguration") or {}, service)
    service.shown = changed
    if anew or differs or changed["taskDefinition"] != before["taskDefinition"]:
        ecs_deployments.begin(context, service)
    elif changed["desiredCount"] != before["desiredCount"]:
        ecs_rollouts.settle(context, service)
    return {"service": service.show()}


@instead("ecs:DeleteService")
def delete(context: Context) -> Result:
    """A service that is gone is described for an hour or more."""
    cluster_of(context)
    service = service_named(context)
    if service.shown["status"] != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    if service.shown["desiredCount"] and not context.params.get("force"):
        raise invalid("The service cannot be stopped while it is scaled above 0.")
    service.shown.update(status="DRAINING", desiredCount=0)

    def finish() -> None:
        ecs_deployments.end(context, service)
        service.shown["status"] = "INACTIVE"
        service.deployments = []

    context.account.schedule.later(context.behaviour("service_drain_delay"), finish)
    return {"service": service.show()}


@instead("ecs:ListServices")
def list_all(context: Context) -> Result:
    """What is draining is left out already."""
    cluster = cluster_of(context)
    found = [
        one["serviceArn"] for one in visible(context, SERVICES).values()
        if one["clusterArn"] == cluster["clusterArn"] and one["status"] == "ACTIVE"
    ]
    return {"serviceArns": found}


@instead("ecs:DescribeServices")
def describe(context: Context) -> Result:
    params, cluster = context.params, cluster_of(context)
    asked = params.get("services") or []
    if len(asked) > 10:
        raise invalid("Services cannot have more than 10 elements.")
    seen, services, failures = visible(context, SERVICES), [], []
    for name in asked:
        found = seen.get(f"{cluster['clusterName']}/{last(name)}")
        if found is None:
            failures.append({"arn": arn(context, f"service/{cluster['clusterName']}/{last(name)}"),
                             "reason": "MISSING"})
            continue
        hidden = () if "TAGS" in (params.get("include") or []) else ("tags",)
        services.append({member: value for member, value in found.items() if member not in hidden})
    return {"services": services, "failures": failures}


@instead("ecs:StopTask")
def stop_task(context: Context) -> Result:
    """The service, if it is of one, starts another."""
    cluster_of(context)
    tasks = store(context).tasks
    found = next((task for key, task in tasks.items() if last(key) == last(context.params.get("task"))), None)
    if found is None:
        raise invalid("The referenced task was not found.")
    name = found["group"].partition(":")[2]
    service = store(context).services.get(f"{last(found['clusterArn'])}/{name}")
    reason = context.params.get("reason") or "Task stopped by user"
    ecs_tasks.stop(context, found, reason, "UserInitiated")
    if service is not None:
        ecs_rollouts.settle(context, service)
    else:
        for container in found["containers"]:
            container["exitCode"] = 143  # it was asked to end
    return {"task": found}
