"""Distributions and what belongs to them: origin access controls, functions, policies.

moto drops half of what they are configured by; they are kept here instead, as they came.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Types.html
"""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.cloudfront.models import cloudfront_backends
from moto.moto_api._internal import mock_random

from . import bridge, paging
from .bridge import now
from .consistency import Items
from .hooks import Context, Result, snapshots
from .wire import AwsError

Doc = dict[str, Any]

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROOT = "https://cloudfront.amazonaws.com/2020-05-31"


def new_id(first: str = "E") -> str:
    return first + "".join(mock_random.choices(_LETTERS, k=13))


@dataclass
class Thing:
    """Something with a configuration and a version."""

    id: str
    config: Doc
    etag: str = field(default_factory=new_id)
    past: set[str] = field(default_factory=set)  # the versions that were
    modified: str = field(default_factory=now)
    tags: dict[str, str] = field(default_factory=dict)
    arn: str = ""

    def change(self, config: Doc) -> None:
        self.past.add(self.etag)
        self.config, self.etag, self.modified = config, new_id(), now()


@dataclass
class Distribution(Thing):
    domain: str = ""
    asked: Doc = field(default_factory=dict)   # its first configuration
    status: str = "InProgress"
    invalidations: list[Doc] = field(default_factory=list)

    def aliases(self) -> list[str]:
        return list((self.config.get("Aliases") or {}).get("Items") or [])


@dataclass
class Function(Thing):
    code: bytes = b""
    created: str = field(default_factory=now)
    live: Doc | None = None


@dataclass
class Edge:
    """What an account has in CloudFront."""

    distributions: dict[str, Distribution] = field(default_factory=dict)
    controls: dict[str, Thing] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    policies: dict[str, dict[str, Thing]] = field(default_factory=lambda: defaultdict(dict))


def of(context: Context) -> Edge:
    return bridge.beside("cloudfront", context.call.account, "aws", Edge)


def everywhere() -> Iterator[Distribution]:
    """The distributions of all accounts."""
    for account in list(cloudfront_backends):
        yield from bridge.beside("cloudfront", account, "aws", Edge).distributions.values()


def error(code: str, message: str) -> AwsError:
    return AwsError(code, message)


def match(context: Context, it: Thing) -> None:
    """Only who knows the present version may change a thing."""
    version = context.params.get("IfMatch")
    if version == it.etag:
        return
    if version in it.past:
        raise error("PreconditionFailed", "The request failed because it didn't meet the preconditions in one or "
                                          "more request-header fields.")
    raise error("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")


def behaviours(config: Doc) -> list[Doc]:
    """The cache behaviours of a distribution, the default one first."""
    more = (config.get("CacheBehaviors") or {}).get("Items") or []
    return [config["DefaultCacheBehavior"], *more]


def users(context: Context, uses: Callable[[Doc], bool]) -> list[str]:
    """The distributions whose configuration uses something."""
    return [id for id, it in of(context).distributions.items() if uses(it.config)]


def check_quantities(config: Any, what: str = "") -> None:
    """Of every list in a configuration: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Aliases.html"""
    if isinstance(config, list):
        for it in config:
            check_quantities(it, what)
    elif isinstance(config, dict):
        if "Quantity" in config and int(config["Quantity"]) != len(config.get("Items") or []):
            raise error("InconsistentQuantities", "The value of Quantity and the size of Items don't match."
                                                  f" ({what})")
        for name, value in config.items():
            check_quantities(value, name)


def listed(context: Context, name: str, items: list[Doc]) -> Result:
    """A page of a listing."""
    shown, marker = paging.part(context, items)
    result: Doc = {"Marker": context.params.get("Marker") or "", "Quantity": len(shown), "IsTruncated": bool(marker),
                   "MaxItems": int(context.params.get("MaxItems") or 100)}
    if shown:
        result["Items"] = shown
    return {name: {**result, **({"NextMarker": marker} if marker else {})}}


def _read(context: Context, collection: str) -> Items:
    edge = of(context)
    if collection == "cloudfront.policies":
        found: dict[str, Any] = {f"{kind} {id}": it for kind, all in edge.policies.items() for id, it in all.items()}
    else:
        found = getattr(edge, collection.partition(".")[2])
    return {id: copy.deepcopy(vars(it)) for id, it in found.items()}


COLLECTIONS = ("cloudfront.distributions", "cloudfront.controls", "cloudfront.functions", "cloudfront.policies")


@snapshots("cloudfront")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {name: functools.partial(_read, context, name) for name in COLLECTIONS}


def visible(context: Context, collection: str) -> Items:
    """As listings show it."""
    return context.visible(collection, lambda: _read(context, collection))


def seen(context: Context, collection: str, id: str, missing: AwsError) -> Doc:
    """One by its id: that is up to date, unless a stale answer is asked for."""
    items = visible(context, collection) if context.stale else context.truth(
        collection, lambda: _read(context, collection))
    if id not in items:
        raise missing
    return items[id]
