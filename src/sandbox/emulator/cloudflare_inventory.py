"""A whole account of Cloudflare at once, for tests: to look at, and to put things of somebody else in.

    POST /_infractl/cloudflare?account=123456789012
    {"zone": "example.com",
     "records": [{"type": "A", "name": "www", "content": "192.0.2.1"}],
     "rulesets": {"http_request_cache_settings": [{"action": "set_cache_settings", "expression": "true",
                                                   "action_parameters": {"cache": true}}]},
     "settings": {"ssl": "strict"}, "bots": {"enable_js": true}, "connector": []}

What is put in is checked as if it were sent, and replaces rules, but no records.
"""

from __future__ import annotations

import copy
from typing import Any

from . import cloudflare_certificates, cloudflare_connector, cloudflare_records, cloudflare_rules, cloudflare_settings
from .account import Account
from .cloudflare_wire import Failure
from .cloudflare_world import World, Zone, world

_KINDS = ("zone", "records", "rulesets", "settings", "bots", "connector")


def show(account: Account) -> dict[str, Any]:
    """All zones, and the requests that were not as Cloudflare's document has them."""
    here = world(account)
    return {
        "zones": {zone.name: _zone(here, zone) for zone in here.zones()},
        "violations": [dict(it) for it in here.violations],
    }


def seed(account: Account, wanted: dict[str, Any]) -> dict[str, Any]:
    here = world(account)
    if others := [name for name in wanted if name not in _KINDS]:
        raise ValueError(f"there is no {', '.join(others)}; there are {', '.join(_KINDS)}")
    zone = here.named(wanted["zone"])
    try:
        for record in wanted.get("records", []):
            cloudflare_records.add(zone, record)
        for phase, rules in wanted.get("rulesets", {}).items():
            cloudflare_rules.replace(zone, phase, {"rules": rules})
        for name, value in wanted.get("settings", {}).items():
            cloudflare_settings.change(zone, name, value)
        cloudflare_settings.change_bots(zone, wanted.get("bots", {}))
        if "connector" in wanted:
            zone.connector = cloudflare_connector.settle(zone, wanted["connector"])
    except Failure as failure:
        raise ValueError(f"{zone.name}: {failure.errors}") from None
    return _zone(here, zone)


def _zone(here: World, zone: Zone) -> dict[str, Any]:
    return copy.deepcopy({
        "id": zone.id, "plan": zone.plan, "records": [*zone.records.values()], "rulesets": zone.rulesets,
        "settings": zone.settings, "bots": zone.bots, "connector": zone.connector,
        "certificates": [it for it in here.live_certificates() if cloudflare_certificates.covers(it, zone)],
    })
