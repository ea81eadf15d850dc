"""What a DNS record may say, and how Cloudflare spells what it was told.

Names come back in lower case, whole and without the last dot; a record behind
the proxy has a TTL of 1; texts are in quotes, in parts of at most 255 bytes;
IPv6 addresses are short. Codes are those of the error chain.

https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/
https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/
https://developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes/
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from .cloudflare_wire import Failure, invalid
from .cloudflare_world import Zone

PROXIABLE = ("A", "AAAA", "CNAME")
TYPES = (*PROXIABLE, "CAA", "MX", "NS", "SRV", "TXT")
_LABEL = re.compile(r"\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"')
_TAG = re.compile(r"[A-Za-z0-9_-]{1,32}(:.{0,100})?")
_TEXT_BYTES = 255


def full_name(zone: Zone, said: Any) -> str:
    """The whole name of a record in a zone: `@`, `www` and `WWW.Example.com.` are understood."""
    if not isinstance(said, str) or not said:
        raise invalid(9000, "DNS name is invalid.")
    name = _host(said)
    if name == "@":
        return zone.name
    if not zone.holds(name):
        name = f"{name}.{zone.name}"
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise invalid(9000, "DNS name is invalid.")
    return name


def settle(zone: Zone, record: dict[str, Any]) -> dict[str, Any]:
    """A record as it is kept, of all that was said of it."""
    kind = record.get("type")
    if kind not in TYPES:
        raise invalid(9020, f"Invalid DNS record type: {kind}")
    proxied = record.get("proxied", False)
    if not isinstance(proxied, bool):
        raise invalid(9003, "Invalid 'proxied' value, must be a boolean")
    if proxied and kind not in PROXIABLE:
        raise invalid(9004, "This record type cannot be proxied.")
    kept = {
        "name": full_name(zone, record.get("name")), "type": kind, "content": "",
        "proxiable": kind in PROXIABLE, "proxied": proxied, "ttl": _ttl(zone, record.get("ttl", 1), proxied),
        "settings": {name: value for name, value in (record.get("settings") or {}).items() if value},
        "meta": {}, "comment": _comment(zone, record.get("comment")), "tags": _tags(zone, record.get("tags") or []),
    }
    kept.update(_SAYS[kind](record))
    if record.get("private_routing"):
        kept["private_routing"] = True
    return kept


def sameness(record: dict[str, Any]) -> tuple[str, str, str]:
    """What two records of a zone may not share."""
    content = record["content"]
    if record["type"] == "TXT":
        content = "".join(_PART.findall(content))
    elif record["type"] == "MX":
        content = f"{record['priority']} {content}"
    return record["name"], record["type"], content.lower() if record["type"] in ("CNAME", "MX", "NS") else content


def comment_length(zone: Zone) -> int:
    return 500 if zone.at_least("pro") else 100


def _ttl(zone: Zone, ttl: Any, proxied: bool) -> int:
    least = 30 if zone.at_least("enterprise") else 60
    if isinstance(ttl, bool) or not isinstance(ttl, (int, float)) or ttl != 1 and not least <= ttl <= 86400:
        raise invalid(9021, f"Invalid TTL. Must be between {least} and 86400 seconds, or 1 for Automatic.")
    return 1 if proxied else int(ttl)


def _comment(zone: Zone, comment: Any) -> str | None:
    most = comment_length(zone)
    if comment is not None and (not isinstance(comment, str) or len(comment) > most):
        raise invalid(9313, f"DNS record comment exceeds the maximum length of {most} characters.")
    return comment or None


def _tags(zone: Zone, tags: list[Any]) -> list[str]:
    most = 20 if zone.at_least("pro") else 0
    if len(tags) > most:
        raise invalid(9300, f"DNS record has {len(tags)} tags, exceeding the quota of {most}.")
    for tag in tags:
        if not isinstance(tag, str) or not _TAG.fullmatch(tag):
            raise invalid(9301, f"DNS record tag {tag!r} is invalid.")
    return sorted(tags)


def _host(said: str) -> str:
    name = said.strip().lower().removesuffix(".")
    try:
        return name if name.isascii() else ".".join(label.encode("idna").decode() for label in name.split("."))
    except UnicodeError:
        raise invalid(9000, "DNS name is invalid.") from None


def _address(kind: type, code: int, what: str) -> Any:
    def says(record: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"content": kind(record.get("content")).compressed}
        except ValueError:
            raise invalid(code, f"Content for {record['type']} record must be a valid {what} address.") from None

    return says


def _target(code: int) -> Any:
    def says(record: dict[str, Any]) -> dict[str, Any]:
        said = record.get("content")
        content = _host(said) if isinstance(said, str) else ""
        if not content or not all(_LABEL.fullmatch(label) for label in content.split(".")):
            raise invalid(code, f"Content for {record['type']} record is invalid.")
        return {"content": content}

    return says


def _mail(record: dict[str, Any]) -> dict[str, Any]:
    return {**_target(9009)(record), "priority": _number(record, "priority", 65535)}


def _text(record: dict[str, Any]) -> dict[str, Any]:
    content = record.get("content")
    if not isinstance(content, str) or not content:
        raise invalid(9010, "Content for TXT record is invalid.")
    quoted = content.startswith('"') and _PART.sub("", content).strip() == ""
    joined = "".join(_PART.findall(content)) if quoted else content.replace("\\", "\\\\").replace('"', '\\"')
    parts, part = [], ""
    for letter in re.findall(r"\\.|[^\\]", joined, re.DOTALL):
        if len((part + letter).encode()) > _TEXT_BYTES:
            parts, part = [*parts, part], ""
        part += letter
    return {"content": " ".join(f'"{it}"' for it in (*parts, part))}


def _caa(record: dict[str, Any]) -> dict[str, Any]:
    data = _data(record)
    flags, tag, value = _number(data, "flags", 255), data.get("tag"), data.get("value")
    if tag not in ("issue", "issuewild", "iodef", "issuemail") or not isinstance(value, str):
        raise invalid(9101, "Content for CAA record is invalid.")
    return {"data": {"flags": flags, "tag": tag, "value": value}, "content": f'{flags} {tag} "{value}"'}


def _service(record: dict[str, Any]) -> dict[str, Any]:
    data = _data(record)
    priority, weight, port = (_number(data, name, 65535) for name in ("priority", "weight", "port"))
    target = _target(9102)({"type": "SRV", "content": data.get("target")})["content"]
    return {"data": {"priority": priority, "weight": weight, "port": port, "target": target},
            "priority": priority, "content": f"{weight} {port} {target}"}


def _data(record: dict[str, Any]) -> dict[str, Any]:
    data = record.get("data")
    if not isinstance(data, dict):
        raise Failure(400, 1004, "DNS Validation Error", chain=(9100, "data is required"), pointer="/data")
    return data


def _number(data: dict[str, Any], name: str, most: int) -> int:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise invalid(9015, f"{name} is required and is from 0 to {most}.")
    return value


_SAYS = {
    "A": _address(ipaddress.IPv4Address, 9005, "IPv4"),
    "AAAA": _address(ipaddress.IPv6Address, 9006, "IPv6"),
    "CNAME": _target(9007),
    "NS": _target(9008),
    "MX": _mail,
    "TXT": _text,
    "CAA": _caa,
    "SRV": _service,
}
