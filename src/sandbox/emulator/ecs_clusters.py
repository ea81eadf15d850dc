"""ECS clusters, and the tags of everything in ECS.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
"""

from __future__ import annotations

import re
from typing import Any

from .ecs_store import CLUSTERS, arn, cluster_of, invalid, last, store, visible
from .hooks import Context, Result, before, instead
from .states import becomes
from .wire import AwsError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_INSIGHTS = ("disabled", "enabled", "enhanced")
_SHOWN_IF_ASKED = {"tags": "TAGS", "settings": "SETTINGS", "configuration": "CONFIGURATIONS"}
FARGATE = ("FARGATE", "FARGATE_SPOT")


@before("ecs:CreateCluster", "ecs:UpdateClusterSettings", "ecs:UpdateCluster", when="validation")
def check_settings(context: Context) -> None:
    for setting in context.params.get("settings") or []:
        if setting.get("name") == "containerInsights" and setting.get("value") not in _INSIGHTS:
            raise invalid(f"Invalid cluster setting value: {setting.get('value')}")


@before("ecs:CreateCluster", "ecs:PutClusterCapacityProviders", when="validation")
def check_capacity(context: Context) -> None:
    providers = context.params.get("capacityProviders") or []
    for name in providers:
        if name not in FARGATE:
            raise invalid(f"The specified capacity provider {name} was not found. Specify a valid name or ARN and try again.")
    check_strategy(context.params.get("defaultCapacityProviderStrategy") or [], providers)


def check_strategy(strategy: list[dict[str, Any]], providers: list[str]) -> None:
    for item in strategy:
        if item["capacityProvider"] not in providers:
            raise invalid(
                f"The specified capacity provider strategy cannot contain a capacity provider that is not "
                f"associated with the cluster: {item['capacityProvider']}"
            )
    if sum(1 for item in strategy if item.get("base")) > 1:
        raise invalid("Only one capacity provider in a capacity provider strategy can have a base.")
    if strategy and not any(item.get("weight") for item in strategy):
        raise invalid("The specified capacity provider strategy must have a capacity provider with a weight > 0.")


@instead("ecs:CreateCluster")
def create(context: Context) -> Result:
    """A name that is there already is no error: whoever asks gets what there is."""
    params, clusters = context.params, store(context).clusters
    name = params.get("clusterName") or "default"
    if context.behaviour("validation") and not _NAME.fullmatch(name):
        raise invalid(f"Cluster name {name} is invalid.")
    known = clusters.get(name)
    if known is None or known["status"] == "INACTIVE":
        known = clusters[name] = {
            "clusterArn": arn(context, f"cluster/{name}"),
            "clusterName": name,
            "registeredContainerInstancesCount": 0, "runningTasksCount": 0, "pendingTasksCount": 0,
            "activeServicesCount": 0, "statistics": [],
            "tags": params.get("tags") or [],
            "settings": params.get("settings") or [{"name": "containerInsights", "value": "disabled"}],
            "capacityProviders": params.get("capacityProviders") or [],
            "defaultCapacityProviderStrategy": _filled(params.get("defaultCapacityProviderStrategy")),
        }
        becomes(context, known, "status", "PROVISIONING", "ACTIVE", after="cluster_delay")
    return {"cluster": known}


def _filled(strategy: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [{"weight": 0, "base": 0, **item} for item in reversed(strategy or [])]


@instead("ecs:ListClusters")
def list_all(context: Context) -> Result:
    shown = visible(context, CLUSTERS)
    return {"clusterArns": [one["clusterArn"] for one in shown.values() if one["status"] != "INACTIVE"]}


@instead("ecs:DescribeClusters")
def describe(context: Context) -> Result:
    """A cluster that was deleted is described as INACTIVE; one that never was, is missing."""
    include, shown = context.params.get("include") or [], visible(context, CLUSTERS)
    hidden = {name for name, word in _SHOWN_IF_ASKED.items() if word not in include}
    clusters, failures = [], []
    for name in context.params.get("clusters") or ["default"]:
        found = shown.get(last(name))
        if found is None:
            failures.append({"arn": arn(context, f"cluster/{last(name)}"), "reason": "MISSING"})
        else:
            clusters.append({key: [] if key in hidden else value for key, value in found.items()})
    return {"clusters": clusters, "failures": failures}


@instead("ecs:UpdateClusterSettings", "ecs:UpdateCluster")
def update(context: Context) -> Result:
    cluster = cluster_of(context)
    if context.params.get("settings"):
        cluster["settings"] = context.params["settings"]
    return {"cluster": cluster}


@instead("ecs:PutClusterCapacityProviders")
def put_capacity(context: Context) -> Result:
    cluster = cluster_of(context)
    if cluster["status"] != "ACTIVE":
        raise AwsError("ClientException", "The cluster was not ACTIVE.")
    cluster["capacityProviders"] = context.params.get("capacityProviders") or []
    cluster["defaultCapacityProviderStrategy"] = _filled(context.params.get("defaultCapacityProviderStrategy"))
    return {"cluster": cluster}


@instead("ecs:DeleteCluster")
def delete(context: Context) -> Result:
    cluster, kept = cluster_of(context), store(context)
    if context.behaviour("dependencies"):
        own = [one for one in kept.services.values() if one.shown["clusterArn"] == cluster["clusterArn"]]
        if any(one.shown["status"] != "INACTIVE" for one in own):
            raise AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
        tasks = [one for one in kept.tasks.values() if one["clusterArn"] == cluster["clusterArn"]]
        if any(one["lastStatus"] != "STOPPED" for one in tasks):
            raise AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    cluster["status"] = "INACTIVE"
    return {"cluster": cluster}


def _tagged(context: Context) -> dict[str, Any]:
    """What an ARN is of: something that has `tags`."""
    key, kept = context.params["resourceArn"], store(context)
    kind, _, name = key.split(":", 5)[5].partition("/")
    service = kept.services.get(name)
    found = {
        "cluster": kept.clusters.get(name),
        "service": service.shown if service else None,
        "task-definition": kept.definitions.get(name),
        "task": kept.tasks.get(key),
    }.get(kind)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"The specified resource {key} could not be found.")
    if found.get("status") in ("INACTIVE", "DELETE_IN_PROGRESS"):
        raise invalid("The specified resource is inactive. Specify an active resource and try again.")
    return found


@instead("ecs:TagResource")
def tag(context: Context) -> Result:
    found, new = _tagged(context), context.params.get("tags") or []
    keys = {one["key"] for one in new}
    found["tags"] = [*(one for one in found["tags"] if one["key"] not in keys), *new]
    return {}


@instead("ecs:UntagResource")
def untag(context: Context) -> Result:
    found = _tagged(context)
    found["tags"] = [one for one in found["tags"] if one["key"] not in context.params.get("tagKeys", [])]
    return {}


@instead("ecs:ListTagsForResource")
def list_tags(context: Context) -> Result:
    return {"tags": _tagged(context)["tags"]}
