"""What the sandbox keeps of ECS. moto's services never start anything, so none of it is moto's.

Everything is kept in the shape in which it is shown.
"""

from __future__ import annotations

import copy
import random
import uuid
from collections.abc import Callable
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow

from .consistency import Items
from .hooks import Context, snapshots
from .wire import AwsError

Place = tuple[str, str, int]  # in a target group: its ARN, an address, a port

CLUSTERS, DEFINITIONS, SERVICES = "ecs clusters", "ecs definitions", "ecs services"


class Store:
    """The clusters, definitions, services and tasks of a region."""

    def __init__(self) -> None:
        self.clusters: dict[str, dict[str, Any]] = {}  # by name
        self.definitions: dict[str, dict[str, Any]] = {}  # by `family:revision`
        self.revisions: dict[str, int] = {}  # the last one of each family
        self.services: dict[str, Service] = {}  # by `cluster/name`
        self.tasks: dict[str, dict[str, Any]] = {}  # by ARN
        self.places: dict[str, list[Place]] = {}  # where each task is registered, by its ARN
        self.at: dict[Place, str] = {}  # the task that was registered last in each place


class Service:
    """A service, with what is not shown of it."""

    def __init__(self, shown: dict[str, Any]) -> None:
        self.shown = shown
        self.deployments: list[dict[str, Any]] = []  # those under way, and the one that is primary
        self.history: list[dict[str, Any]] = []  # service deployments, the last one first
        self.revisions: dict[str, dict[str, Any]] = {}  # service revisions, by ARN
        self.rollout: Any = None  # the deployment under way, if its strategy has stages
        self.created_with: dict[str, Any] = {}

    @property
    def cluster(self) -> str:
        return str(self.shown["clusterArn"].rpartition("/")[2])

    @property
    def primary(self) -> dict[str, Any]:
        return next(one for one in self.deployments if one["status"] == "PRIMARY")

    def tell(self, message: str) -> None:
        name = self.shown["serviceName"]
        event = {"id": str(uuid.uuid4()), "createdAt": now(), "message": f"(service {name}) {message}"}
        self.shown["events"].insert(0, event)

    def show(self) -> dict[str, Any]:
        return copy.deepcopy({**self.shown, "deployments": [shown(one) for one in self.deployments]})


def shown(it: dict[str, Any]) -> dict[str, Any]:
    """What is for others to see: not the members that begin with an underscore."""
    return {name: value for name, value in it.items() if not name.startswith("_")}


def store(context: Context) -> Store:
    key = (context.call.region, "ecs")
    return context.account.stores.setdefault(key, Store())  # type: ignore[no-any-return]


def now() -> str:
    return iso_8601_datetime_with_milliseconds(utcnow())


def arn(context: Context, what: str) -> str:
    return f"arn:aws:ecs:{context.call.region}:{context.call.account}:{what}"


def number() -> str:
    """Nineteen digits, as deployments have."""
    return str(random.randrange(10**18, 10**19))


def last(name: str | None) -> str:
    """A name, from a name or an ARN."""
    return (name or "default").rpartition("/")[2]


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def refused(message: str) -> AwsError:
    return AwsError("ClientException", message)


def cluster_of(context: Context) -> dict[str, Any]:
    """The cluster that a call is about, as writers see it."""
    found = store(context).clusters.get(last(context.params.get("cluster")))
    if found is None or found["status"] == "INACTIVE":
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return found


def _read_clusters(context: Context) -> Items:
    return copy.deepcopy(store(context).clusters)


def _read_definitions(context: Context) -> Items:
    return copy.deepcopy(store(context).definitions)


def _read_services(context: Context) -> Items:
    return {key: one.show() for key, one in store(context).services.items()}


_READERS: dict[str, Callable[[Context], Items]] = {
    CLUSTERS: _read_clusters, DEFINITIONS: _read_definitions, SERVICES: _read_services,
}


@snapshots("ecs")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {name: lambda read=read: read(context) for name, read in _READERS.items()}  # type: ignore[misc]


def visible(context: Context, collection: str) -> Items:
    """A collection as readers see it."""
    return context.visible(collection, lambda: _READERS[collection](context))
