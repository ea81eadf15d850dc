"""Zones, the account, the token, and the addresses that Cloudflare comes from.

https://developers.cloudflare.com/api/resources/zones/methods/list/
https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/
https://developers.cloudflare.com/api/resources/ips/methods/list/
"""

from __future__ import annotations

from typing import Any

from .cloudflare_wire import Ask, Failure, Listing, route
from .cloudflare_world import Zone, derived

_IPV4 = (
    "173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18", "108.162.192.0/18",
    "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13",
    "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
)
_IPV6 = (
    "2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32", "2a06:98c0::/29",
    "2c0f:f248::/32",
)
_COMPARE = {
    "contains": lambda it, text: text in it,
    "starts_with": lambda it, text: it.startswith(text),
    "ends_with": lambda it, text: it.endswith(text),
    "not_equal": lambda it, text: it != text,
    "equal": lambda it, text: it == text,
}


@route("GET", "zones", "ListZones")
def list_zones(ask: Ask) -> Listing:
    zones = [zone.describe() for zone in ask.world.zones() if _fits(ask, zone)]
    return ask.page(zones, usual=20, most=50, least=5)


def _fits(ask: Ask, zone: Zone) -> bool:
    said = ask.said("name") or zone.name
    how, colon, text = said.partition(":")
    by_name = _COMPARE[how](zone.name, text) if colon and how in _COMPARE else zone.name == said
    return by_name and all((ask.said(name) or is_) == is_ for name, is_ in (
        ("status", zone.status), ("account.id", zone.account), ("type", zone.type),
    ))


@route("GET", "zones/{zone}", "GetZone")
def get_zone(_: Ask, zone: Zone) -> Any:
    return zone.describe()


@route("PATCH", "zones/{zone}", "UpdateZone")
def update_zone(ask: Ask, zone: Zone) -> Any:
    changes = ask.object()
    if len(changes) != 1:
        raise Failure(400, 1001, "Only one zone property can be changed at a time")
    if "paused" not in changes or not isinstance(changes["paused"], bool):
        raise Failure(400, 1001, "Invalid zone property")
    zone.paused = changes["paused"]
    return zone.describe()


@route("GET", "zones/{zone}/subscription", "GetSubscription")
def subscription(_: Ask, zone: Zone) -> Any:
    return {"id": derived("subscription", zone.id), "state": "Paid", "price": 0, "currency": "USD",
            "frequency": "monthly", "rate_plan": {"id": zone.plan, "scope": "zone", "is_contract": False}}


@route("GET", "accounts", "ListAccounts")
def list_accounts(ask: Ask) -> Listing:
    account = {"id": ask.world.id, "name": "Sandbox", "type": "standard", "created_on": "2024-01-31T12:00:00Z",
               "settings": {"enforce_twofactor": False}}
    wanted = ask.said("name") in (None, account["name"])
    return ask.page([account] if wanted else [], usual=20, most=50, least=5)


@route("GET", "user/tokens/verify", "VerifyToken")
def verify_token(ask: Ask) -> Any:
    return {"id": derived("token", ask.world.id), "status": "active"}


@route("GET", "accounts/{account}/tokens/verify", "VerifyToken")
def verify_account_token(ask: Ask, account: str) -> Any:
    if account != ask.world.id:
        raise Failure(403, 9109, "Unauthorized to access requested resource")
    return verify_token(ask)


@route("GET", "ips", "GetIps")
def ips(ask: Ask) -> Any:
    return {"etag": derived(*_IPV4, *_IPV6), "ipv4_cidrs": [*_IPV4], "ipv6_cidrs": [*_IPV6]}
