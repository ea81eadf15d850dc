"""What the sandbox keeps of RDS: everything in AWS's own shape, by name.

moto's databases are `available` at once and for ever, know neither what is
pending nor what a group is used for, and its replicas are copies that share
their source's tags; so only its secrets are used here.
"""

from __future__ import annotations

import copy
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow

from .consistency import Item, Items
from .hooks import Context, Result, instead, snapshots
from .wire import AwsError

_INSTANCES = "instances"


@dataclass
class Store:
    """The databases of an account in a region, and what belongs to them."""

    instances: Items = field(default_factory=dict)
    subnet_groups: Items = field(default_factory=dict)
    parameter_groups: Items = field(default_factory=dict)
    snapshots: Items = field(default_factory=dict)
    events: list[Item] = field(default_factory=list)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)       # by ARN
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)  # set ones, by group
    interfaces: dict[str, str] = field(default_factory=dict)            # by database


def store(context: Context) -> Store:
    """Kept with moto's own objects, so it goes when these go."""
    backend = context.backend("rds")
    if not hasattr(backend, "sandbox"):
        backend.sandbox = Store()
    return backend.sandbox


def arn(context: Context, kind: str, name: str) -> str:
    return f"arn:aws:rds:{context.call.region}:{context.call.account}:{kind}:{name}"


def now() -> str:
    return iso_8601_datetime_with_milliseconds(utcnow())


def resource_id() -> str:
    return "db-" + "".join(random.choice(string.ascii_uppercase + string.digits) for _ in range(26))


def instance(context: Context, name: str | None = None) -> Item:
    """A database as it is, for whoever changes it."""
    key = (name or context.params["DBInstanceIdentifier"]).lower().rpartition(":")[2]
    found = store(context).instances.get(key)
    if found is None:
        raise AwsError("DBInstanceNotFoundFault", f"DBInstance {key} not found.")
    return found


def event(context: Context, name: str, message: str) -> None:
    store(context).events.append({
        "SourceIdentifier": name, "SourceType": "db-instance", "Message": message, "Date": now(),
        "EventCategories": ["notification"], "SourceArn": arn(context, "db", name),
    })


def pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def put_tags(context: Context, key: str, tags: list[dict[str, str]] | None) -> None:
    found = store(context).tags.setdefault(key, {})
    found |= {tag["Key"]: tag.get("Value") or "" for tag in tags or []}


def shown(context: Context, one: Item) -> Item:
    """A database as it is described: members that begin with "_" are the sandbox's own."""
    plain = {name: copy.deepcopy(value) for name, value in one.items() if not name.startswith("_")}
    kept = store(context)
    group = kept.subnet_groups.get(one["_subnet_group"])
    if group:
        plain["DBSubnetGroup"] = group
    return {**plain, "TagList": pairs(kept.tags.get(one["DBInstanceArn"], {}))}


def _read_instances(context: Context) -> Items:
    return {name: shown(context, one) for name, one in sorted(store(context).instances.items())}


@snapshots("rds")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_INSTANCES: lambda: _read_instances(context)}


@instead("rds:DescribeDBInstances")
def describe(context: Context) -> Result:
    params = context.params
    found = context.visible(_INSTANCES, lambda: _read_instances(context))
    if name := params.get("DBInstanceIdentifier"):
        name = name.lower().rpartition(":")[2]
        if name not in found:
            raise AwsError("DBInstanceNotFoundFault", f"DBInstance {name} not found.")
        return {"DBInstances": [found[name]]}
    members = {"db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId", "engine": "Engine"}
    all_found = list(found.values())
    for wanted in params.get("Filters") or []:
        member = members.get(wanted["Name"])
        if member is None:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {wanted['Name']}")
        all_found = [one for one in all_found if one[member] in wanted["Values"]]
    return {"DBInstances": all_found}


@instead("rds:DescribeEvents")
def events(context: Context) -> Result:
    source = context.params.get("SourceIdentifier")
    found = [one for one in store(context).events if source in (None, one["SourceIdentifier"])]
    return {"Events": found}


def _tagged(context: Context) -> str:
    """The ARN that a tagging call names: of something that is there."""
    key = context.params["ResourceName"]
    kind, _, name = key.partition(f":{context.call.account}:")[2].partition(":")
    kept = store(context)
    places: dict[str, tuple[Items, str]] = {
        "db": (kept.instances, "DBInstanceNotFoundFault"),
        "subgrp": (kept.subnet_groups, "DBSubnetGroupNotFoundFault"),
        "pg": (kept.parameter_groups, "DBParameterGroupNotFoundFault"),
        "snapshot": (kept.snapshots, "DBSnapshotNotFoundFault"),
    }
    if kind not in places:
        raise AwsError("InvalidParameterValue", f"Invalid resource name: {key}")
    there, missing = places[kind]
    if name not in there:
        raise AwsError(missing, f"{key} not found.")
    return key


@instead("rds:ListTagsForResource")
def list_tags(context: Context) -> Result:
    return {"TagList": pairs(store(context).tags.get(_tagged(context), {}))}


@instead("rds:AddTagsToResource")
def add_tags(context: Context) -> Result:
    put_tags(context, _tagged(context), context.params.get("Tags"))
    return {}


@instead("rds:RemoveTagsFromResource")
def remove_tags(context: Context) -> Result:
    tags = store(context).tags.get(_tagged(context), {})
    for key in context.params.get("TagKeys") or []:
        tags.pop(key, None)
    return {}
