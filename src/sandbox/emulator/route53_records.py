"""Records: changed in batches that happen as a whole or not at all, listed from a name on.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
"""

from __future__ import annotations

import time

from . import route53_store as store
from .hooks import Context, Result, instead
from .route53_checks import check_set, check_zone, known, named, normal, wrong
from .route53_names import absolute, order
from .route53_store import Doc, Key, Zone, invalid
from .wire import AwsError

_PAGE = 300
_BATCH = 1000
_CHARACTERS = 32_000


@instead("route53:ChangeResourceRecordSets")
def change(context: Context) -> Result:
    zone, batch = store.zone(context, context.params["HostedZoneId"]), context.params["ChangeBatch"]
    changes = batch.get("Changes") or []
    if not changes:
        raise invalid("A change batch needs at least one change")
    _check_size(changes)
    rate = context.behaviour("zone_conflicts")
    if time.monotonic() < zone.busy and context.account.chance(rate):
        raise AwsError("PriorRequestNotComplete", "The request was rejected because Route 53 was still processing "
                                                  "a prior request.", 400)
    records, problems = dict(zone.records), []
    for one in changes:
        if context.behaviour("validation"):
            check_set(context, zone, one)
        problems += _carry_out(records, one["Action"], normal(one["ResourceRecordSet"]))
    if context.behaviour("validation"):
        touched = {absolute(one["ResourceRecordSet"]["Name"]) for one in changes}
        problems += check_zone(zone, records, touched)
    if problems:
        raise wrong(problems)
    info = store.changed(context, zone, batch.get("Comment"))
    _note(zone, records)
    return {"ChangeInfo": info}


def _check_size(changes: list[Doc]) -> None:
    weights = [2 if one["Action"] == "UPSERT" else 1 for one in changes]
    values = [
        (weight, value["Value"]) for weight, one in zip(weights, changes, strict=True)
        for value in one["ResourceRecordSet"].get("ResourceRecords") or []
    ]
    if sum(weights) > _BATCH or sum(weight for weight, _ in values) > _BATCH:
        raise wrong([f"Number of records limit of {_BATCH} exceeded."])
    if sum(weight * len(value) for weight, value in values) > _CHARACTERS:
        raise wrong([f"RDATA character limit exceeded. Maximum is {_CHARACTERS} characters."])


def _carry_out(records: dict[Key, Doc], action: str, record: Doc) -> list[str]:
    """What is wrong with a change, if it cannot be made."""
    key: Key = (record["Name"], record["Type"], record.get("SetIdentifier") or "")
    if action == "CREATE" and key in records:
        return [f"Tried to create resource record set {named(key)} but it already exists"]
    if action == "DELETE":
        if key not in records:
            return [f"Tried to delete resource record set {named(key)} but it was not found"]
        if known(records[key]) != known(record):
            return [f"Tried to delete resource record set {named(key)} but the values provided do not match "
                    "the current values"]
        del records[key]
        return []
    if action not in ("CREATE", "UPSERT"):
        raise invalid(f"'{action}' is no action")
    records[key] = record
    return []


def _note(zone: Zone, records: dict[Key, Doc]) -> None:
    for key, record in records.items():
        if zone.records.get(key) != record:
            zone.known[key] = zone.busy
    zone.records = records


@instead("route53:ListResourceRecordSets")
def listing(context: Context) -> Result:
    """From a name, type and identifier on; they are no filter."""
    params = context.params
    id = store.bare(params["HostedZoneId"])
    store.seen(context, id)
    name, kind, identifier = (params.get(f"StartRecord{it}") for it in ("Name", "Type", "Identifier"))
    if (kind and not name) or (identifier and not kind):
        raise invalid("StartRecordType needs StartRecordName, and StartRecordIdentifier needs StartRecordType")
    start = (order(absolute(name)), kind or "", identifier or "") if name else ([], "", "")
    found = sorted(
        (it["Record"] for it in store.visible(context, store.RECORDS).values() if it["Zone"] == id), key=_place
    )
    found = [it for it in found if _place(it) >= start]
    sizes = [int(it) for it in (params.get("MaxItems"), context.behaviour("page_size"), _PAGE) if it]
    size = min(sizes)
    if not name and found and context.account.chance(context.behaviour("empty_pages")):
        size = 0
    rest = found[size:]
    result: Result = {"ResourceRecordSets": found[:size], "IsTruncated": bool(rest),
                      "MaxItems": str(params.get("MaxItems") or _PAGE)}
    if rest:
        result |= {"NextRecordName": rest[0]["Name"], "NextRecordType": rest[0]["Type"]}
        if rest[0].get("SetIdentifier"):
            result["NextRecordIdentifier"] = rest[0]["SetIdentifier"]
    return result


def _place(record: Doc) -> tuple[list[str], str, str]:
    return order(record["Name"]), record["Type"], record.get("SetIdentifier") or ""
