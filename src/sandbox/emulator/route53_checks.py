"""What records may look like, and which may stand beside each other.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from . import route53_store as store
from .hooks import Context
from .route53_names import absolute, fits, within
from .route53_store import Doc, Key, Zone, invalid
from .wire import AwsError

_CLOUDFRONT = "Z2FDTNDATAQYW2"
# The zones of load balancers and of CloudFront, and where what is in them ends.
_TARGETS = {_CLOUDFRONT: ".cloudfront.net.", "Z215JYRZR1TBD5": ".elb.amazonaws.com."}
_TYPES = ("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP",
          "SVCB", "TLSA", "TXT")
_POLICIES = ("Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "CidrRoutingConfig",
             "GeoProximityLocation")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LONGEST_TTL = 2**31 - 1


def wrong(problems: list[str]) -> AwsError:
    return AwsError("InvalidChangeBatch", f"[{', '.join(problems)}]", 400)


def named(key: Key) -> str:
    identifier = f", set identifier='{key[2]}'" if key[2] else ""
    return f"[name='{key[0]}', type='{key[1]}'{identifier}]"


def normal(record: Doc) -> Doc:
    """As it will be shown."""
    record = {**record, "Name": absolute(record["Name"])}
    if record.get("AliasTarget"):
        record["AliasTarget"] = {**record["AliasTarget"], "DNSName": absolute(record["AliasTarget"]["DNSName"])}
        record["AliasTarget"].setdefault("EvaluateTargetHealth", False)
    return {name: value for name, value in record.items() if value not in (None, [], {})}


def known(record: Doc) -> Doc:
    """For comparisons: values are a set."""
    return {**record, "ResourceRecords": sorted(it["Value"] for it in record.get("ResourceRecords") or [])}


def check_set(context: Context, zone: Zone, change: Doc) -> None:
    """One change by itself."""
    record = change["ResourceRecordSet"]
    name, kind = absolute(record["Name"]), record["Type"]
    where = f"Change with [Action={change['Action']}, Name={name}, Type={kind}, " \
            f"SetIdentifier={record.get('SetIdentifier') or 'null'}]"
    if kind not in _TYPES:
        raise invalid(f"Invalid request: '{kind}' is no type of record in {where}")
    alias, values = record.get("AliasTarget"), record.get("ResourceRecords") or []
    full = record.get("TTL") is not None and bool(values)
    if bool(alias) == full or (alias and (values or record.get("TTL") is not None)):
        count = "more than one" if alias else "none"
        raise invalid("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
                      f"TrafficPolicyInstanceId], but found {count} in {where}")
    policies = [it for it in _POLICIES if record.get(it) is not None]
    if bool(policies) != bool(record.get("SetIdentifier")) or len(policies) > 1:
        raise invalid(f"Invalid request: Expected exactly one of {list(_POLICIES)} with a SetIdentifier in {where}")
    problems = [*_name(zone, name), *_values(name, kind, [it["Value"] for it in values])]
    if not 0 <= int(record.get("TTL") or 0) <= _LONGEST_TTL:
        problems.append(f"Invalid TTL in {where}")
    if alias:
        problems += _alias(zone, kind, alias)
    if problems:
        raise wrong(problems)
    check = record.get("HealthCheckId")
    if check and change["Action"] != "DELETE" and check not in store.of(context).checks:
        raise store.no_check(check)


def _name(zone: Zone, name: str) -> Iterable[str]:
    if not within(name, zone.name):
        yield f"RRSet with DNS name {name} is not permitted in zone {zone.name}"
    elif not fits(name):
        yield f"FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{name}'"


def _values(name: str, kind: str, values: list[str]) -> Iterable[str]:
    for value in values:
        if values.count(value) > 1:
            yield f"Duplicate Resource Record: '{value}'"
            return
        problem = _value(kind, value)
        if problem:
            yield f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''"
    if kind == "CNAME" and len(values) > 1:
        yield f"RRSet of type CNAME with DNS name {name} has more than one value"


def _value(kind: str, value: str) -> str | None:
    if kind == "A" and not _is(ipaddress.IPv4Address, value):
        return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    if kind == "AAAA" and not _is(ipaddress.IPv6Address, value):
        return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    if kind in ("CNAME", "NS", "PTR") and not fits(value):
        return "UnsupportedCharacter (Value contains unsupported characters)"
    if kind == "MX" and not re.fullmatch(r"\d{1,5}\s+\S+", value):
        return "MXRRDATAInvalidFormat (Value has to be a priority and a name)"
    if kind in ("TXT", "SPF"):
        if not _STRINGS.fullmatch(value.strip()):
            return "InvalidCharacterString (Value should be enclosed in quotation marks)"
        if any(len(it) > 255 for it in _STRING.findall(value)):
            return "CharacterStringTooLong (Value is too long)"
    return None


def _is(address: type, value: str) -> bool:
    try:
        address(value)
    except ValueError:
        return False
    return True


def _alias(zone: Zone, kind: str, alias: Doc) -> Iterable[str]:
    target, within_zone = absolute(alias["DNSName"]), alias["HostedZoneId"]
    said = f"Tried to create an alias that targets {target}, type {kind} in zone {within_zone}"
    ends = _TARGETS.get(within_zone)
    if ends and not target.endswith(ends):
        yield f"{said}, but the alias target name does not lie within the target zone"
    if within_zone == _CLOUDFRONT and alias.get("EvaluateTargetHealth"):
        yield f"{said}, but EvaluateTargetHealth cannot be true for a CloudFront distribution"
    if within_zone == zone.id and not within(target, zone.name):
        yield f"{said}, but the alias target name does not lie within the target zone"


def check_zone(zone: Zone, records: dict[Key, Doc], names: set[str]) -> list[str]:
    """What the zone would be like; only what is said of these names can have become wrong."""
    problems: list[str] = []
    for kind in ("NS", "SOA"):
        if (zone.name, kind, "") not in records:
            problems.append(f"A HostedZone must contain at least one {kind} record for the zone itself.")
    for name in sorted(names):
        keys = [key for key in records if key[0] == name]
        if any(key[1] == "CNAME" for key in keys):
            if name == zone.name:
                problems.append(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone "
                                f"{zone.name}")
            elif any(key[1] != "CNAME" for key in keys):
                problems.append(f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other "
                                f"records with the same DNS name in zone {zone.name}")
        problems += _mixed(records, keys)
        problems += _dangling(zone, records, keys)
    return problems


def _mixed(records: dict[Key, Doc], keys: list[Key]) -> Iterable[str]:
    """Of one name and type, all are simple, or all are of one routing policy."""
    for kind in sorted({key[1] for key in keys}):
        alike = [key for key in keys if key[1] == kind]
        policies = {next((it for it in _POLICIES if records[key].get(it) is not None), "") for key in alike}
        if len(policies) > 1:
            yield (f"RRSet with DNS name {alike[0][0]}, type {kind}, SetIdentifier {alike[-1][2] or 'null'} cannot be "
                   "created as other RRSets exist with the same name and type and another routing policy")


def _dangling(zone: Zone, records: dict[Key, Doc], keys: list[Key]) -> Iterable[str]:
    for key in keys:
        alias = records[key].get("AliasTarget") or {}
        target = (alias.get("DNSName"), key[1])
        if alias.get("HostedZoneId") == zone.id and not any(it[:2] == target for it in records):
            yield (f"Tried to create an alias that targets {target[0]}, type {key[1]} in zone {zone.id}, "
                   "but that target was not found")
