"""DNS records of a zone, and batches of changes to them.

A batch is one transaction: deletes, patches, puts, posts, in that order
whatever the order of the body; the first failure undoes all and is all that is
told. A PATCH leaves what it does not name; a PUT sets it to the default.

https://developers.cloudflare.com/api/resources/dns/subresources/records/
https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/
https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import dns
from .account import Account
from .cloudflare_content import PROXIABLE, sameness, settle
from .cloudflare_wire import Answer, Ask, Failure, Listing, invalid, route
from .cloudflare_world import Zone, new_id, now, world

Record = dict[str, Any]

# What the caller says of a record; all else is the server's.
_SAID = ("name", "type", "content", "data", "priority", "ttl", "proxied", "settings", "comment", "tags",
         "private_routing")
_BATCH = ("deletes", "patches", "puts", "posts")
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda it, text: it == text,
    "contains": lambda it, text: text in it,
    "startswith": lambda it, text: it.startswith(text),
    "endswith": lambda it, text: it.endswith(text),
}


@route("GET", "zones/{zone}/dns_records", "ListRecords")
def list_records(ask: Ask, zone: Zone) -> Listing:
    some = any if ask.said("match") == "any" else all
    tests = [*_tests(ask)]
    found = [it for it in zone.records.values() if not tests or some(test(it) for test in tests)]
    order = ask.said("order") or "type"
    found.sort(key=lambda it: (str(it[order]), it["name"], it["created_on"]), reverse=ask.said("direction") == "desc")
    return ask.page(found, usual=100, most=5_000_000)


def _tests(ask: Ask) -> Any:
    """What the query asks of a record: `name=`, `comment.startswith=`, `tag.exact=` and the like."""
    for name, values in ask.query.items():
        what, _, how = name.partition(".")
        text = values[0].lower()
        if what in ("name", "content", "comment"):
            if how in ("present", "absent"):
                yield lambda it, what=what, how=how: bool(it[what]) == (how == "present")
            else:
                compare = _COMPARE[how or "exact"]
                yield lambda it, what=what, compare=compare, text=text: compare((it[what] or "").lower(), text)
        elif what == "type":
            yield lambda it, text=text: it["type"].lower() == text
        elif what == "proxied":
            yield lambda it, text=text: it["proxied"] == (text == "true")
        elif what == "tag":
            yield lambda it, text=text: any(
                tag.lower() == text or tag.lower().partition(":")[0] == text for tag in it["tags"])
        elif what == "search":
            parts = ("name", "content", "comment")
            yield lambda it, text=text, parts=parts: any(text in str(it[part] or "").lower() for part in parts)


@route("GET", "zones/{zone}/dns_records/usage", "GetRecordUsage")
def usage(_: Ask, zone: Zone) -> Any:
    return {"record_quota": _quota(zone), "record_usage": len(zone.records)}


@route("GET", "zones/{zone}/dns_records/{id}", "GetRecord")
def get(_: Ask, zone: Zone, number: str) -> Record:
    return _record(zone, number)


@route("POST", "zones/{zone}/dns_records", "CreateRecord")
def create(ask: Ask, zone: Zone) -> Record:
    return add(zone, ask.object())


@route("PATCH", "zones/{zone}/dns_records/{id}", "UpdateRecord")
def update(ask: Ask, zone: Zone, number: str) -> Record:
    return _patch(zone, {**ask.object(), "id": number})


@route("PUT", "zones/{zone}/dns_records/{id}", "ReplaceRecord")
def replace(ask: Ask, zone: Zone, number: str) -> Record:
    return _put(zone, {**ask.object(), "id": number})


@route("DELETE", "zones/{zone}/dns_records/{id}", "DeleteRecord")
def delete(_: Ask, zone: Zone, number: str) -> Answer:
    return Answer(200, {"result": {"id": _delete(zone, {"id": number})["id"]}})


@route("POST", "zones/{zone}/dns_records/batch", "BatchRecords")
def batch(ask: Ask, zone: Zone) -> Any:
    changes = ask.object()
    many = sum(len(changes.get(name) or []) for name in _BATCH)
    if many == 0:
        raise invalid(9320, "A batch has to have at least one operation.")
    if many > _batch_size(zone):
        raise invalid(9321, f"A batch has at most {_batch_size(zone)} operations.")
    earlier = {number: dict(record) for number, record in zone.records.items()}
    try:
        return {
            name: [work(zone, one) for one in changes[name]] if changes.get(name) else None
            for name, work in zip(_BATCH, (_delete, _patch, _put, add), strict=True)
        }
    except Failure:
        zone.records = earlier
        raise


def add(zone: Zone, said: Record) -> Record:
    if len(zone.records) >= _quota(zone):
        raise Failure(400, 81045, "The record quota has been exceeded.")
    record = {"id": new_id(), **settle(zone, said)}
    _refuse_conflicts(zone, record)
    at = now()
    record |= {"created_on": at, "modified_on": at}
    return _store(zone, record, {})


def _patch(zone: Zone, said: Record) -> Record:
    earlier = _record(zone, said["id"])
    given = {name: value for name, value in said.items() if name != "id"}
    if given.get("type") not in (None, earlier["type"]) and earlier["type"] not in PROXIABLE:
        given.setdefault("data", None)  # belongs to the old type
    return _change(zone, earlier, {**{name: earlier[name] for name in _SAID if name in earlier}, **given})


def _put(zone: Zone, said: Record) -> Record:
    return _change(zone, _record(zone, said["id"]), said)


def _change(zone: Zone, earlier: Record, said: Record) -> Record:
    record = {"id": earlier["id"], **settle(zone, said), "created_on": earlier["created_on"], "modified_on": now()}
    _refuse_conflicts(zone, record)
    return _store(zone, record, earlier)


def _store(zone: Zone, record: Record, earlier: Record) -> Record:
    for name in ("comment", "tags"):
        when = f"{name}_modified_on"
        if record[name] != (earlier.get(name) or type(record[name])()):
            record[when] = record["modified_on"]
        elif when in earlier:
            record[when] = earlier[when]
    zone.records[record["id"]] = record
    return dict(record)


def _delete(zone: Zone, said: Record) -> Record:
    return zone.records.pop(_record(zone, said.get("id", ""))["id"])


def _record(zone: Zone, number: str) -> Record:
    if number not in zone.records:
        raise Failure(404, 81044, "Record does not exist.")
    return zone.records[number]


def _refuse_conflicts(zone: Zone, record: Record) -> None:
    others = [it for it in zone.records.values() if it["name"] == record["name"] and it["id"] != record["id"]]
    for other in others:
        if sameness(other) == sameness(record):
            if all(other.get(name) == record.get(name) for name in ("ttl", "proxied", "comment", "tags", "settings")):
                raise Failure(400, 81058, "An identical record already exists.")
            raise Failure(400, 81057, "The record already exists.")
    types = {it["type"] for it in others}
    if record["type"] == "CNAME" and types & {*PROXIABLE}:
        raise Failure(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
    if record["type"] in PROXIABLE and "CNAME" in types:
        raise Failure(400, 81054, "A CNAME record with that host already exists.")
    if types and record["name"] != zone.name and (record["type"] == "NS") != ("NS" in types):
        raise Failure(400, 81056, f"{'NS records' if 'NS' in types else 'Records'} with that host already exist.")


def _quota(zone: Zone) -> int:
    return 3500 if zone.at_least("pro") else 200


def _batch_size(zone: Zone) -> int:
    return 3500 if zone.at_least("pro") else 200


@dns.register
def lookup(account: Account, name: str, type: str) -> list[str]:
    """What others see: of a record that is proxied, only that Cloudflare answers for it."""
    records = [record for zone in world(account).zones() for record in zone.records.values()]
    return [it["content"] for it in records if it["name"] == name and it["type"] == type and not it["proxied"]]
