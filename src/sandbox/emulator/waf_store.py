"""Web ACLs, and the sets of addresses and patterns that their rules name.

moto forgets lock tokens, logging and half of the checks; they are kept here instead. What is for CloudFront is in
us-east-1, beside what is for load balancers there.
https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
"""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.moto_api._internal import mock_random

from . import bridge, paging
from .consistency import Items
from .hooks import Context, Result, before, snapshots, without_moto
from .wire import AwsError

Doc = dict[str, Any]

ACL, ADDRESSES, PATTERNS = "webacl", "ipset", "regexpatternset"
_SCOPES = ("REGIONAL", "CLOUDFRONT")
_MOST_TAGS = 50

without_moto("wafv2")


def new_id() -> str:
    return str(mock_random.uuid4())


@dataclass
class Entity:
    """A web ACL or a set."""

    kind: str
    scope: str
    name: str
    arn: str
    body: Doc                       # as it is shown
    id: str
    lock: str = field(default_factory=new_id)
    tags: dict[str, str] = field(default_factory=dict)
    made: float = field(default_factory=time.monotonic)

    def change(self, body: Doc) -> str:
        self.body, self.lock = body, new_id()
        return self.lock

    def summary(self) -> Doc:
        more = {"Description": self.body["Description"]} if self.body.get("Description") else {}
        return {"Name": self.name, "Id": self.id, "LockToken": self.lock, "ARN": self.arn, **more}


@dataclass
class Waf:
    """What an account has in WAF in a region."""

    entities: dict[str, Entity] = field(default_factory=dict)  # by ARN
    protects: dict[str, str] = field(default_factory=dict)     # resource -> web ACL
    logging: dict[str, Doc] = field(default_factory=dict)      # by web ACL


def of(context: Context) -> Waf:
    return bridge.beside("wafv2", context.call.account, context.call.region, Waf)


def associations(context: Context) -> dict[str, str]:
    """Which resources have a web ACL; those that are gone have none."""
    waf = of(context)
    balancers = context.backend("elasticloadbalancing").load_balancers
    waf.protects = {
        arn: acl for arn, acl in waf.protects.items() if ":loadbalancer/" not in arn or arn in balancers
    }
    return waf.protects


def invalid(reason: str, field: str, parameter: str) -> AwsError:
    return AwsError("WAFInvalidParameterException",
                    f"Error reason: {reason}, field: {field}, parameter: {parameter}", 400)


def missing() -> AwsError:
    return AwsError("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource "
                                                   "doesn’t exist.", 400)


def in_use() -> AwsError:
    return AwsError("WAFAssociatedItemException", "AWS WAF couldn’t perform the operation because your resource is "
                                                  "being used by another resource or it’s associated with another "
                                                  "resource.", 400)


@before("wafv2:*", when="validation")
def check_scope(context: Context) -> None:
    scope = context.params.get("Scope")
    if scope is None:
        return
    if scope not in _SCOPES or (scope == "CLOUDFRONT" and context.call.region != "us-east-1"):
        raise invalid("The scope is not valid.", "SCOPE_VALUE", scope)


def find(context: Context, arn: str) -> Entity | None:
    """A web ACL for CloudFront, as CloudFront sees it."""
    found = bridge.beside("wafv2", context.call.account, "us-east-1", Waf).entities.get(arn)
    return found if found and found.kind == ACL and found.scope == "CLOUDFRONT" else None


def by_arn(context: Context, arn: str, kind: str | None = None) -> Entity:
    found = of(context).entities.get(arn)
    if found is None or kind not in (None, found.kind):
        raise missing()
    return found


def named(context: Context, kind: str) -> Entity:
    """The one that a call names in full: by scope, name and id."""
    params = context.params
    for it in of(context).entities.values():
        if (it.kind, it.scope, it.name, it.id) == (kind, params.get("Scope"), params.get("Name"), params.get("Id")):
            return it
    raise missing()


def usable(context: Context, arn: str, kind: str) -> Entity:
    """One that another is to refer to: it may be too young for that."""
    found = by_arn(context, arn, kind)
    if time.monotonic() - found.made < context.behaviour("waf_delay"):
        raise AwsError("WAFUnavailableEntityException", "AWS WAF couldn’t retrieve a resource that you specified for "
                       "this operation. If you’ve just created a resource that you’re using in this operation, "
                       "you might just need to wait a few minutes. It can take from a few seconds to a number of "
                       "minutes for changes to propagate.", 400)
    return found


def unlock(context: Context, it: Entity) -> None:
    """Only who has read the present state may change it."""
    if context.params.get("LockToken") != it.lock:
        raise AwsError("WAFOptimisticLockException", "AWS WAF couldn’t save your changes because someone changed the "
                                                     "resource after you started to edit it. Reapply your changes.",
                       400)


def add(context: Context, kind: str, body: Doc) -> Result:
    params, region = context.params, context.call.region
    scope, name, id = params["Scope"], params["Name"], new_id()
    if any((it.kind, it.scope, it.name) == (kind, scope, name) for it in of(context).entities.values()):
        raise AwsError("WAFDuplicateItemException", "AWS WAF couldn’t perform the operation because some resource in "
                                                    "your request is a duplicate of an existing one.", 400)
    place = "global" if scope == "CLOUDFRONT" else "regional"
    arn = f"arn:aws:wafv2:{region}:{context.call.account}:{place}/{kind}/{name}/{id}"
    tags = checked_tags(context, params.get("Tags") or [], {})
    it = Entity(kind, scope, name, arn, {"Name": name, "Id": id, "ARN": arn, **body}, id, tags=tags)
    of(context).entities[arn] = it
    return {"Summary": it.summary()}


def checked_tags(context: Context, added: list[Doc], there: dict[str, str]) -> dict[str, str]:
    """All the tags that there will be."""
    tags = {**there, **{it["Key"]: it.get("Value") or "" for it in added}}
    if context.behaviour("validation") and any(key.lower().startswith("aws:") for key in tags):
        raise AwsError("WAFTagOperationException", "Tag keys cannot start with aws:", 400)
    if len(tags) > _MOST_TAGS:
        raise AwsError("WAFLimitsExceededException", f"There can be {_MOST_TAGS} tags.", 400)
    return tags


def _read(context: Context) -> Items:
    return {arn: copy.deepcopy({**vars(it), "summary": it.summary()}) for arn, it in of(context).entities.items()}


@snapshots("wafv2")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {"waf.entities": functools.partial(_read, context)}


def seen(context: Context) -> Items:
    """One by its id is up to date, unless a stale answer is asked for."""
    read = functools.partial(_read, context)
    return context.visible("waf.entities", read) if context.stale else context.truth("waf.entities", read)


def listed(context: Context, member: str, items: list[Any]) -> Result:
    """A page of a listing. There is a marker after the last page as well: what it leads to is empty."""
    shown, marker = paging.part(context, [*items, None] if items else [], "NextMarker", "Limit")
    result: Result = {member: [it for it in shown if it is not None]}
    return {**result, "NextMarker": marker} if marker else result


def listing(context: Context, kind: str, member: str) -> Result:
    items = context.visible("waf.entities", lambda: _read(context)).values()
    scope = context.params.get("Scope")
    return listed(context, member, [it["summary"] for it in items if (it["kind"], it["scope"]) == (kind, scope)])
