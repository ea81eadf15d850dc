"""ECS tasks: what starts, what does not and why, and the network interfaces that come and go with them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

import copy
import uuid
from fnmatch import fnmatchcase
from typing import Any

from moto.ec2.utils import random_private_ip

from . import bridge, ecs_roles, elbv2, elbv2_store
from .ecs_store import Place, Service, arn, cluster_of, invalid, last, now, store
from .hooks import Context, Result, instead

SCALED = "Scaling activity initiated by (deployment {})"


def why_not(context: Context, service: Service, definition: dict[str, Any]) -> tuple[str, str] | None:
    """Why a task would not start: the task's reason and its container's. Nothing of it is known before."""
    if context.behaviour("task_fails"):
        return "Essential container in task exited", ""
    for one in definition["containerDefinitions"]:
        if one["image"].endswith(":broken"):
            return "Essential container in task exited", f"CannotPullContainerError: {one['image']}: not found"
    if not context.behaviour("validation"):
        return None
    for name in ("executionRoleArn", "taskRoleArn"):
        if definition.get(name) and ecs_roles.role(context, definition[name]) is None:
            return f"ECS was unable to assume the role '{definition[name]}'", ""
    missing = (
        _forbidden(context, definition)
        or _no_version(context, definition)
        or _no_log_group(context, definition)
        or _no_way_out(context, service)
    )
    return (f"ResourceInitializationError: {missing}", "") if missing else None


def _forbidden(context: Context, definition: dict[str, Any]) -> str | None:
    """What the execution role may not do that it would have to."""
    role = definition.get("executionRoleArn")
    for one in definition["containerDefinitions"]:
        for secret in one.get("secrets") or []:
            # After the ARN of a secret come a key in it, a stage and a version.
            target = ":".join(secret["valueFrom"].split(":")[:7])
            action = "ssm:GetParameters" if ":ssm:" in target else "secretsmanager:GetSecretValue"
            if role and not ecs_roles.may(context, role, action, target):
                return f"unable to pull secrets or registry auth: {role} is not authorized to perform {action} on {target}"
        host, _, rest = one["image"].partition("/")
        if ".dkr.ecr." in host and role:
            registry, region = host.split(".")[0], host.split(".")[3]
            repository = f"arn:aws:ecr:{region}:{registry}:repository/{rest.partition(':')[0].partition('@')[0]}"
            if not ecs_roles.may(context, role, "ecr:BatchGetImage", repository):
                return f"unable to pull secrets or registry auth: {role} is not authorized to perform ecr:BatchGetImage"
            if not ecs_roles.may(context, role, "ecr:GetAuthorizationToken", "*"):
                return f"unable to pull secrets or registry auth: {role} is not authorized to perform ecr:GetAuthorizationToken"
    return None


def _no_version(context: Context, definition: dict[str, Any]) -> str | None:
    """A version of a secret that is asked for and not there."""
    secrets = [secret["valueFrom"] for one in definition["containerDefinitions"] for secret in one.get("secrets") or []]
    for parts in (it.split(":") for it in secrets if ":secretsmanager:" in it):
        version = ":".join(parts[9:])
        secret = context.backend("secretsmanager").secrets.get(":".join(parts[:7]))
        if version and (secret is None or version not in secret.versions):
            return (
                "unable to retrieve secret from asm: ResourceNotFoundException: "
                f"Secrets Manager can't find the specified secret value for VersionId: {version}"
            )
    return None


def _no_log_group(context: Context, definition: dict[str, Any]) -> str | None:
    groups = bridge.logs(context.call.account, context.call.region).groups
    for one in definition["containerDefinitions"]:
        log = one.get("logConfiguration") or {}
        name = (log.get("options") or {}).get("awslogs-group")
        if log.get("logDriver") != "awslogs" or not name:
            continue
        if name not in groups:
            return f"failed to validate logger args: The specified log group does not exist: {name}"
        target = f"arn:aws:logs:{context.call.region}:{context.call.account}:log-group:{name}:log-stream:x"
        if not ecs_roles.may(context, definition["executionRoleArn"], "logs:CreateLogStream", target):
            return f"failed to validate logger args: not authorized to perform logs:CreateLogStream on {name}"
    return None


def _no_way_out(context: Context, service: Service) -> str | None:
    """Images come over a NAT gateway, from a public address, or through an endpoint."""
    network = (service.shown.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    public, ec2 = network.get("assignPublicIp") == "ENABLED", context.ec2
    for key in network.get("subnets") or []:
        subnet = ec2.get_subnet(key)
        tables = [table for table in ec2.route_tables.values() if table.vpc_id == subnet.vpc_id]
        own = [table for table in tables if key in table._associations.values()]
        routes = [route for table in own or [one for one in tables if one.main_association_id]
                  for route in table._routes.values() if fnmatchcase(str(route.destination_cidr_block), "0.0.0.0/0")]
        natted = any(route.nat_gateway is not None and route.nat_gateway.state == "available" for route in routes)
        direct = public and any(route.gateway is not None for route in routes)
        endpoint = any(one.vpc_id == subnet.vpc_id and one.service_name.endswith(".ecr.dkr")
                       for one in ec2.vpc_end_points.values())
        if not (natted or direct or endpoint):
            return f"unable to pull secrets or registry auth: {key} has no way to the registry (i/o timeout)"
    return None


def launch(context: Context, service: Service, deployment: dict[str, Any], definition: dict[str, Any]) -> dict[str, Any]:
    """A task that runs, in the target groups of its deployment."""
    task, kept = new(context, service, deployment, definition), store(context)
    attach(context, service, task)
    known, at = elbv2_store.backend(context).target_groups, address(task)
    named = [one for one in deployment["_balancers"] if one.get("targetGroupArn") in known]
    places = [(one["targetGroupArn"], at, int(one["containerPort"])) for one in named if at]
    for place in places:
        elbv2.register(context, *place, healthy=not context.behaviour("health_fails"))
        kept.at[place] = task["taskArn"]
    kept.places[task["taskArn"]] = places
    return task


def attach(context: Context, service: Service, task: dict[str, Any]) -> None:
    """Gives a task its place in the network, where it begins to run."""
    network = (service.shown.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if network:
        subnets = network["subnets"]
        subnet = subnets[len(store(context).tasks) % len(subnets)]
        task["attachments"] = [_interface(context, task, subnet, network.get("securityGroups") or [])]
    task.update(lastStatus="RUNNING", startedAt=now(), healthStatus="UNKNOWN")
    for container in task["containers"]:
        container["lastStatus"] = "RUNNING"


def new(context: Context, service: Service, deployment: dict[str, Any], definition: dict[str, Any]) -> dict[str, Any]:
    key = uuid.uuid4().hex
    task = {
        "taskArn": arn(context, f"task/{service.cluster}/{key}"),
        "clusterArn": service.shown["clusterArn"],
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "group": f"service:{service.shown['serviceName']}",
        "startedBy": deployment["id"],
        "desiredStatus": "RUNNING",
        "lastStatus": "PENDING",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "createdAt": now(),
        "cpu": definition.get("cpu"), "memory": definition.get("memory"),
        "attachments": [],
        "containers": [
            {"name": one["name"], "image": one["image"], "lastStatus": "PENDING", "networkInterfaces": []}
            for one in definition["containerDefinitions"]
        ],
        "tags": copy.deepcopy(service.shown["tags"]) if service.shown["propagateTags"] == "SERVICE" else [],
    }
    store(context).tasks[task["taskArn"]] = task
    return task


def _interface(context: Context, task: dict[str, Any], subnet: str, groups: list[str]) -> dict[str, Any]:
    made = context.ec2.create_network_interface(subnet, random_private_ip())
    made._group_set = [context.ec2.get_security_group_from_id(group) for group in groups]
    made.description = task["taskArn"].replace(":task/", ":attachment/")
    made.interface_type, made.requester_managed, made.status = "interface", True, "in-use"
    details = {"subnetId": subnet, "networkInterfaceId": made.id, "privateIPv4Address": made.private_ip_address}
    return {
        "id": str(uuid.uuid4()), "type": "ElasticNetworkInterface", "status": "ATTACHED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def address(task: dict[str, Any]) -> str | None:
    details = [one for attachment in task["attachments"] for one in attachment["details"]]
    return next((one["value"] for one in details if one["name"] == "privateIPv4Address"), None)


def _places(context: Context, task: dict[str, Any]) -> list[Place]:
    known = elbv2_store.backend(context).target_groups
    return [place for place in store(context).places.get(task["taskArn"], []) if place[0] in known]


def _states(context: Context, task: dict[str, Any]) -> dict[str, str | None]:
    """What the load balancer thinks of a task, by target group."""
    return {group: elbv2.health(context, group).get((at, port)) for group, at, port in _places(context, task)}


def all_serve(context: Context, keys: list[str]) -> bool:
    """Whether each of the tasks gets requests, where its service does."""
    tasks = [store(context).tasks[key] for key in keys]
    return all(state in ("healthy", "unused") for task in tasks for state in _states(context, task).values())


def stop_unhealthy(context: Context, keys: list[str]) -> int:
    """Stops those of the tasks whose health checks fail, and says how many."""
    failed = 0
    for task in (store(context).tasks[key] for key in keys):
        bad = [group for group, state in _states(context, task).items() if state == "unhealthy"]
        if bad and task["lastStatus"] != "STOPPED":
            stop(context, task, f"Task failed ELB health checks in (target-group {bad[0]})")
            failed += 1
    return failed


def fail(context: Context, service: Service, deployment: dict[str, Any], definition: dict[str, Any],
         why: tuple[str, str]) -> None:
    """A task that did not start."""
    end_unstarted(new(context, service, deployment, definition), why)


def end_unstarted(task: dict[str, Any], why: tuple[str, str]) -> None:
    _stopped(task, why[0], "TaskFailedToStart")
    for container in task["containers"]:
        if why[1]:
            container["reason"] = why[1]
        elif not why[0].startswith(("Resource", "ECS")):
            container["exitCode"] = 1


def stop(context: Context, task: dict[str, Any], reason: str, code: str = "ServiceSchedulerInitiated") -> None:
    if task["lastStatus"] == "STOPPED":
        return
    for place in _places(context, task):
        elbv2.deregister(context, *place)
    _stopped(task, reason, code)
    for container in task["containers"]:
        container["exitCode"] = 0
    interfaces = [one["value"] for attachment in task["attachments"] for one in attachment["details"]
                  if one["name"] == "networkInterfaceId"]
    enis = context.ec2.enis
    for key in interfaces:
        context.account.schedule.later(context.behaviour("eni_linger"), lambda key=key: enis.pop(key, None))


def _stopped(task: dict[str, Any], reason: str, code: str) -> None:
    task.update(lastStatus="STOPPED", desiredStatus="STOPPED", stoppedAt=now(), stoppedReason=reason, stopCode=code)
    for container in task["containers"]:
        container["lastStatus"] = "STOPPED"


@instead("ecs:ListTasks")
def list_all(context: Context) -> Result:
    params, wanted = context.params, context.params.get("desiredStatus") or "RUNNING"
    cluster = cluster_of(context)
    name = params.get("serviceName")
    fits = lambda task: (
        task["clusterArn"] == cluster["clusterArn"] and task["desiredStatus"] == wanted
        and (not name or task["group"] == f"service:{last(name)}")
        and params.get("startedBy") in (None, task.get("startedBy"))
        and (not params.get("family") or f"/{params['family']}:" in task["taskDefinitionArn"])
    )
    return {"taskArns": [key for key, task in store(context).tasks.items() if fits(task)]}


@instead("ecs:DescribeTasks")
def describe(context: Context) -> Result:
    if len(context.params.get("tasks") or []) > 100:
        raise invalid("Tasks cannot have more than 100 elements.")
    cluster_of(context)
    tasks, failures, known = [], [], store(context).tasks
    for given in context.params.get("tasks") or []:
        found = next((task for key, task in known.items() if last(key) == last(given)), None)
        if found is None:
            failures.append({"arn": given, "reason": "MISSING"})
            continue
        hidden = () if "TAGS" in (context.params.get("include") or []) else ("tags",)
        tasks.append({name: value for name, value in found.items() if name not in hidden})
    return {"tasks": tasks, "failures": failures}
