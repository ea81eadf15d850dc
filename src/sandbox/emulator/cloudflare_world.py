"""What one account has at Cloudflare: its zones and all that is in them.

The zones of an account are those that the behaviour `cloudflare_zones` names,
`{"example.com": "pro"}`, there from the start and active; with `{"example.com":
{"plan": "free", "status": "pending", "paused": true}}` a zone is less than
that. Ids of zones and of the account follow from their names, so that they are
known before anything was asked.

https://developers.cloudflare.com/api/resources/zones/
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .account import Account
from .cloudflare_wire import Failure

PLANS = ("free", "pro", "business", "enterprise")
_CREATED = "2024-01-31T12:00:00.000000Z"
_TITLES = {"free": "Free Website", "pro": "Pro Website", "business": "Business Website",
           "enterprise": "Enterprise Website"}


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id() -> str:
    return uuid.uuid4().hex


def derived(*parts: str) -> str:
    """An id that is the same whenever it is asked for."""
    return hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Zone:
    id: str
    name: str
    account: str                                  # its id at Cloudflare
    plan: str = "free"
    status: str = "active"
    paused: bool = False
    type: str = "full"
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    rulesets: dict[str, dict[str, Any]] = field(default_factory=dict)  # entry points, by phase
    versions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # what they were, by phase and version
    settings: dict[str, Any] = field(default_factory=dict)             # that were changed
    changed: dict[str, str] = field(default_factory=dict)              # when, by setting
    connector: list[dict[str, Any]] = field(default_factory=list)
    bots: dict[str, Any] = field(default_factory=dict)                 # that were changed

    def at_least(self, plan: str) -> bool:
        return PLANS.index(self.plan) >= PLANS.index(plan)

    def holds(self, name: str) -> bool:
        return name == self.name or name.endswith(f".{self.name}")

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "status": self.status, "paused": self.paused, "type": self.type,
            "development_mode": 0, "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "original_name_servers": None, "original_registrar": None, "original_dnshost": None,
            "created_on": _CREATED, "modified_on": _CREATED, "activated_on": _CREATED,
            "meta": {"step": 2, "custom_certificate_quota": 0, "page_rule_quota": 3, "phishing_detected": False},
            "owner": {"type": "user"},
            "account": {"id": self.account, "name": "Sandbox"},
            "permissions": ["#dns_records:edit", "#dns_records:read", "#zone:read"],
            "plan": {
                "id": derived("plan", self.plan), "name": _TITLES[self.plan], "price": 0, "currency": "USD",
                "frequency": "", "is_subscribed": self.plan != "free", "can_subscribe": False,
                "legacy_id": self.plan, "legacy_discount": False, "externally_managed": False,
            },
        }


class World:
    """One account's Cloudflare."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._zones: dict[str, Zone] = {}
        self.id = derived(account.number)
        self.certificates: dict[str, dict[str, Any]] = {}
        self.violations: list[dict[str, Any]] = []
        # Of the number of requests: when its window began, how many there were, until when all are refused.
        self.began, self.used, self.refused_until = 0.0, 0, 0.0

    def zones(self) -> list[Zone]:
        """All there are now; the behaviour may have named others or another plan since."""
        named = []
        for name, said in self._account.behaviours["cloudflare_zones"].items():
            wanted = said if isinstance(said, dict) else {"plan": said}
            if name not in self._zones:
                zone = Zone(derived(self._account.number, name), name, self.id)
                zone.status, zone.paused = wanted.get("status", "active"), wanted.get("paused", False)
                self._zones[name] = zone
            self._zones[name].plan = wanted.get("plan", "free")
            named.append(self._zones[name])
        return named

    def zone(self, number: str) -> Zone:
        for zone in self.zones():
            if zone.id == number:
                return zone
        raise Failure(403, 9109, "Unauthorized to access requested resource")

    def named(self, name: str) -> Zone:
        for zone in self.zones():
            if zone.name == name:
                return zone
        raise ValueError(f"there is no zone {name}; the behaviour cloudflare_zones says which there are")

    def live_certificates(self) -> list[dict[str, Any]]:
        return [it for it in self.certificates.values() if "revoked_at" not in it]


def world(account: Account) -> World:
    key = ("", "cloudflare")
    if key not in account.stores:
        account.stores[key] = World(account)
    found: World = account.stores[key]
    return found
