"""Hosted zones, their records and the health checks of an account.

moto's zones take any change; they are kept here instead.
https://docs.aws.amazon.com/Route53/latest/APIReference/API_Types_Amazon_Route_53.html
"""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.moto_api._internal import mock_random

from . import bridge, dns
from .account import Account
from .bridge import now
from .consistency import Items
from .hooks import Context, before, snapshots, without_moto
from .wire import AwsError

Doc = dict[str, Any]
Key = tuple[str, str, str]  # of a record: name, type, set identifier

ZONES, RECORDS, CHECKS = "route53.zones", "route53.records", "route53.checks"

without_moto("route53")


@dataclass
class Zone:
    id: str
    name: str
    reference: str
    comment: str | None
    vpcs: list[Doc]                 # only of a private one
    servers: list[str]              # only of a public one
    records: dict[Key, Doc]
    tags: dict[str, str] = field(default_factory=dict)
    known: dict[Key, float] = field(default_factory=dict)  # when the last change of a record is in sync
    busy: float = 0.0               # until when a change is not in sync

    @property
    def private(self) -> bool:
        return bool(self.vpcs)

    def shown(self) -> Doc:
        config: Doc = {"PrivateZone": self.private}
        if self.comment:
            config["Comment"] = self.comment
        return {"Id": f"/hostedzone/{self.id}", "Name": self.name, "CallerReference": self.reference,
                "Config": config, "ResourceRecordSetCount": len(self.records)}


@dataclass
class Dns:
    """What an account has in Route 53."""

    zones: dict[str, Zone] = field(default_factory=dict)
    checks: dict[str, Doc] = field(default_factory=dict)
    references: dict[str, Doc] = field(default_factory=dict)  # of health checks that there were: what was asked for
    changes: dict[str, tuple[Doc, float]] = field(default_factory=dict)  # and when they are in sync
    calls: list[float] = field(default_factory=list)


def of(context: Context) -> Dns:
    return bridge.beside("route53", context.call.account, "aws", Dns)


def bare(id: str) -> str:
    """Without the kind that ids are shown with."""
    return id.rpartition("/")[2]


def zone(context: Context, id: str) -> Zone:
    """A zone that is to be changed; a young one may not be known everywhere."""
    found = of(context).zones.get(bare(id))
    rate = context.behaviour("new_id_unknown")
    young = rate and context.account.view(context.call.region, ZONES).unseen(bare(id))
    if found is None or (young and context.account.chance(rate)):
        raise no_zone(id)
    return found


def no_zone(id: str) -> AwsError:
    return AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {bare(id)}", 404)


def no_check(id: str) -> AwsError:
    return AwsError("NoSuchHealthCheck", f"A health check with id {id} does not exist.", 404)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidInput", message, 400)


def changed(context: Context, zone: Zone | None, comment: str | None = None) -> Doc:
    """Notes a change, which takes a while to reach all servers."""
    id = "C" + "".join(mock_random.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=20))
    info: Doc = {"Id": f"/change/{id}", "SubmittedAt": now()}
    if comment:
        info["Comment"] = comment
    done = time.monotonic() + context.behaviour("dns_delay")
    of(context).changes[id] = info, done
    if zone:
        zone.busy = done
    return {**info, "Status": "PENDING"}


def change(context: Context, id: str) -> Doc:
    if bare(id) not in of(context).changes:
        raise AwsError("NoSuchChange", f"Could not find resource with ID: {bare(id)}", 404)
    info, done = of(context).changes[bare(id)]
    return {**info, "Status": "INSYNC" if time.monotonic() >= done else "PENDING"}


@before("route53:*")
def limit(context: Context) -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests"""
    rate, calls, now = context.behaviour("dns_rate"), of(context).calls, time.monotonic()
    calls[:] = [at for at in calls if at > now - 1]
    if rate and len(calls) >= rate:
        raise AwsError("Throttling", "Rate exceeded", 400)
    calls.append(now)


def _read(context: Context, collection: str) -> Items:
    store = of(context)
    if collection == ZONES:
        return {
            id: {"Shown": it.shown(), "Tags": dict(it.tags), "VPCs": list(it.vpcs), "Servers": it.servers}
            for id, it in store.zones.items()
        }
    if collection == CHECKS:
        return copy.deepcopy(store.checks)
    return {
        "|".join((id, *key)): {"Zone": id, "Key": key, "Record": record}
        for id, it in store.zones.items() for key, record in it.records.items()
    }


@snapshots("route53")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {name: functools.partial(_read, context, name) for name in (ZONES, RECORDS, CHECKS)}


def visible(context: Context, collection: str) -> Items:
    return context.visible(collection, lambda: _read(context, collection))


def seen(context: Context, id: str) -> Doc:
    """A zone as readers see it."""
    found = visible(context, ZONES).get(bare(id))
    if found is None:
        raise no_zone(id)
    return found


@dns.register
def lookup(account: Account, name: str, type: str) -> list[str]:
    """The public records; those of a change that is not in sync nobody finds."""
    zones = bridge.beside("route53", account.number, "aws", Dns).zones.values()
    return [
        value["Value"]
        for it in zones if not it.private
        for key, record in it.records.items()
        if (dns.plain(key[0]), key[1]) == (name, type) and it.known.get(key, 0.0) <= time.monotonic()
        for value in record.get("ResourceRecords") or []
    ]
