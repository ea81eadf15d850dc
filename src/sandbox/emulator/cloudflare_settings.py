"""Settings of a zone, its tiers of cache, and what is done about bots.

What a plan does not have is not `editable`. One setting may show in another:
`tls_1_3` reads `zrt` once `0rtt` is on.

https://developers.cloudflare.com/api/resources/zones/subresources/settings/
https://developers.cloudflare.com/cache/how-to/tiered-cache/
https://developers.cloudflare.com/cache/advanced-configuration/cache-reserve/
https://developers.cloudflare.com/api/resources/bot_management/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cloudflare_wire import Ask, Failure, route
from .cloudflare_world import PLANS, Zone, now

_SWITCH = ("on", "off")
_MINUTES = (300, 900, 1800, 2700, 3600, 7200, 10800, 14400, 28800, 57600, 86400, 604800, 2592000, 31536000)
_BROWSER = (0, 30, 60, 120, 300, 1200, 1800, 3600, 7200, 10800, 14400, 18000, 28800, 43200, 57600, 72000, 86400,
            172800, 259200, 345600, 432000, 691200, 1382400, 2073600, 2678400, 5356800, 16070400, 31536000)
_EDGE = (30, 60, 300, 1200, 1800, 3600, 7200, 10800, 14400, 18000, 28800, 43200, 57600, 72000, 86400, 172800, 259200,
         345600, 432000, 518400, 604800)
_LEAST_EDGE = {"free": 7200, "pro": 3600, "business": 1800, "enterprise": 30}
_UPLOAD = {"free": (100,), "pro": (100,), "business": (100, 200), "enterprise": (100, 200, 500)}
_HSTS = {"enabled": False, "max_age": 0, "include_subdomains": False, "preload": False, "nosniff": False}


@dataclass(frozen=True)
class Setting:
    default: Any
    values: tuple[Any, ...] = _SWITCH
    plan: str = "free"                  # from which it can be changed
    only: tuple[Any, ...] = ()          # values for Enterprise


_ON, _OFF, _ENTERPRISE = Setting("on"), Setting("off"), Setting("off", plan="enterprise")
_SETTINGS: dict[str, Setting] = {
    "0rtt": _OFF, "always_online": _OFF, "always_use_https": _OFF, "automatic_https_rewrites": _ON, "brotli": _ON,
    "browser_cache_ttl": Setting(14400, _BROWSER), "browser_check": _ON,
    "cache_level": Setting("aggressive", ("aggressive", "basic", "simplified")),
    "challenge_ttl": Setting(1800, _MINUTES), "ciphers": Setting([], (), plan="enterprise"),
    "development_mode": _OFF, "early_hints": _OFF, "edge_cache_ttl": Setting(7200, _EDGE),
    "email_obfuscation": _ON, "fonts": _OFF,
    "h2_prioritization": Setting("off", ("on", "off", "custom"), plan="pro"), "hotlink_protection": _OFF,
    "http2": Setting("on", plan="pro"), "http3": _ON, "ip_geolocation": _ON,
    "ipv6": Setting("on", only=("off",)), "max_upload": Setting(100, (100, 200, 500)),
    "min_tls_version": Setting("1.0", ("1.0", "1.1", "1.2", "1.3")),
    "opportunistic_encryption": _ON, "opportunistic_onion": _ON, "origin_error_page_pass_thru": _ENTERPRISE,
    "polish": Setting("off", ("off", "lossless", "lossy"), plan="pro"), "prefetch_preload": _ENTERPRISE,
    "privacy_pass": _ON, "proxy_read_timeout": Setting("100", (), plan="enterprise"),
    "pseudo_ipv4": Setting("off", ("off", "add_header", "overwrite_header")), "response_buffering": _ENTERPRISE,
    "rocket_loader": _OFF, "security_header": Setting({"strict_transport_security": _HSTS}, ()),
    "security_level": Setting(
        "medium", ("off", "essentially_off", "low", "medium", "high", "under_attack"), only=("off",)),
    "server_side_exclude": _ON, "sort_query_string_for_cache": _ENTERPRISE, "speed_brain": _OFF,
    "ssl": Setting("full", ("off", "flexible", "full", "strict", "origin_pull"), only=("origin_pull",)),
    "ssl_automatic_mode": Setting("auto", ("auto", "custom")),
    "tls_1_3": Setting("on", ("on", "off", "zrt")), "tls_client_auth": _OFF,
    "true_client_ip_header": _ENTERPRISE, "webp": Setting("off", plan="pro"), "websockets": _ON,
}


@route("GET", "zones/{zone}/settings", "GetSettings")
def get_all(_: Ask, zone: Zone) -> Any:
    return [_show(zone, name) for name in sorted(_SETTINGS)]


@route("GET", "zones/{zone}/settings/{id}", "GetSetting")
def get(_: Ask, zone: Zone, name: str) -> Any:
    _known(name)
    return _show(zone, name)


@route("PATCH", "zones/{zone}/settings/{id}", "UpdateSetting")
def update(ask: Ask, zone: Zone, name: str) -> Any:
    _known(name)
    change(zone, name, ask.object().get("value"))
    return _show(zone, name)


@route("PATCH", "zones/{zone}/settings", "UpdateSettings")
def update_all(ask: Ask, zone: Zone) -> Any:
    items = ask.object().get("items")
    if not isinstance(items, list):
        raise Failure(400, 1004, "Missing 'items'")
    for item in items:
        _check(zone, item.get("id"), item.get("value"))
    for item in items:
        change(zone, item["id"], item["value"])
    return [_show(zone, item["id"]) for item in items]


def change(zone: Zone, name: str, value: Any) -> None:
    _check(zone, name, value)
    if name == "security_header":
        value = {"strict_transport_security": {**_HSTS, **value["strict_transport_security"]}}
    if name == "tls_1_3" and value == "zrt":
        zone.settings["0rtt"], value = "on", "on"
    zone.settings[name], zone.changed[name] = value, now()


def _known(name: str) -> None:
    if name not in _SETTINGS:
        raise Failure(400, 1006, f"Unrecognized zone setting name: {name}")


def _check(zone: Zone, name: str, value: Any) -> None:
    _known(name)
    setting = _SETTINGS[name]
    if not zone.at_least(setting.plan):
        raise Failure(400, 1015, f"Not allowed to edit setting for {name}")
    wrong = Failure(400, 1007, f"Invalid value for zone setting {name}")
    if name == "security_header":
        said = value.get("strict_transport_security") if isinstance(value, dict) else None
        if not isinstance(said, dict) or any(type(said[it]) is not type(_HSTS.get(it)) for it in said):
            raise wrong
    elif name == "ciphers":
        if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
            raise wrong
    elif setting.values and (isinstance(value, bool) or value not in setting.values):
        raise wrong
    if value in (*setting.only,) and not zone.at_least("enterprise"):
        raise wrong
    if name == "edge_cache_ttl" and value < _LEAST_EDGE[zone.plan] or \
            name == "max_upload" and value not in _UPLOAD[zone.plan]:
        raise wrong


def _show(zone: Zone, name: str) -> dict[str, Any]:
    value = zone.settings.get(name, _SETTINGS[name].default)
    if name == "tls_1_3" and value == "on" and zone.settings.get("0rtt") == "on":
        value = "zrt"
    shown = {"id": name, "value": value, "editable": zone.at_least(_SETTINGS[name].plan),
             "modified_on": zone.changed.get(name)}
    return {**shown, "time_remaining": 10800 if value == "on" else 0} if name == "development_mode" else shown


# Switches of their own paths, with the id that they go by there: (path, operations, id).
_SWITCHES = (
    ("argo/tiered_caching", "TieredCaching", "tiered_caching"),
    ("cache/tiered_cache_smart_topology_enable", "SmartTiering", "tiered_cache_smart_topology_enable"),
    ("cache/cache_reserve", "CacheReserve", "cache_reserve"),
)


def _switch(path: str, operations: str, name: str) -> None:
    def show(zone: Zone) -> dict[str, Any]:
        return {"id": name, "value": zone.settings.get(name, "off"), "editable": True,
                "modified_on": zone.changed.get(name)}

    @route("GET", f"zones/{{zone}}/{path}", f"Get{operations}")
    def read(_: Ask, zone: Zone) -> Any:
        return show(zone)

    @route("PATCH", f"zones/{{zone}}/{path}", f"Update{operations}")
    def write(ask: Ask, zone: Zone) -> Any:
        value = ask.object().get("value")
        if value not in _SWITCH:
            raise Failure(400, 1007, f"Invalid value for zone setting {name}")
        zone.settings[name], zone.changed[name] = value, now()
        return show(zone)

    if path.startswith("cache/tiered"):

        @route("DELETE", f"zones/{{zone}}/{path}", f"Delete{operations}")
        def reset(_: Ask, zone: Zone) -> Any:
            zone.settings.pop(name, None)
            zone.changed[name] = now()
            return show(zone)


for _path, _operations, _name in _SWITCHES:
    _switch(_path, _operations, _name)


_ALLOWED = ("allow", "block", "managed_challenge")
_ALL_BOTS: dict[str, tuple[Any, ...]] = {
    "ai_bots_protection": ("disabled", "block", "only_on_ad_pages"), "cf_robots_variant": ("off", "policy_only"),
    "content_bots_protection": ("disabled", "block"), "crawler_protection": ("disabled", "enabled"),
    "enable_js": (False, True), "is_robots_txt_managed": (False, True),
}
_SUPER_BOTS: dict[str, tuple[Any, ...]] = {
    "optimize_wordpress": (False, True), "sbfm_definitely_automated": _ALLOWED,
    "sbfm_static_resource_protection": (False, True), "sbfm_verified_bots": ("allow", "block"),
}
# By plan; the first value is the default. Enterprise is with the add-on.
_BOTS: dict[str, dict[str, tuple[Any, ...]]] = {
    "free": {**_ALL_BOTS, "fight_mode": (False, True)},
    "pro": {**_ALL_BOTS, **_SUPER_BOTS},
    "business": {**_ALL_BOTS, **_SUPER_BOTS, "sbfm_likely_automated": _ALLOWED},
    "enterprise": {**_ALL_BOTS, "auto_update_model": (True, False), "bm_cookie_enabled": (True, False),
                   "suppress_session_score": (False, True)},
}
_CLEAN = (False, "allow")  # turn off what is left of another plan
_FORMER = {name for plan in PLANS for name in _BOTS[plan]}


@route("GET", "zones/{zone}/bot_management", "GetBotManagement")
def bots(_: Ask, zone: Zone) -> Any:
    known = _BOTS[zone.plan]
    # What is left of another plan goes on working, and can be turned off alone.
    stale = {name: value for name, value in zone.bots.items() if name not in known}
    return {**{name: zone.bots.get(name, values[0]) for name, values in known.items()}, "using_latest_model": True,
            **({"stale_zone_configuration": stale} if stale else {})}


@route("PUT", "zones/{zone}/bot_management", "PutBotManagement")
def put_bots(ask: Ask, zone: Zone) -> Any:
    change_bots(zone, ask.object())
    return bots(ask, zone)


def change_bots(zone: Zone, changes: dict[str, Any]) -> None:
    known = _BOTS[zone.plan]
    for name, value in changes.items():
        values = known.get(name)
        if values is None and name in zone.bots and value in _CLEAN:
            continue
        if values is None or value not in values or isinstance(value, bool) != isinstance(values[0], bool):
            what = "not available on this plan" if name in _FORMER and values is None else "invalid"
            raise Failure(400, 10400, f"{name}: {what}", pointer=f"/{name}")
    zone.bots.update(changes)
    for name in [name for name, value in zone.bots.items() if name not in known and value in _CLEAN]:
        del zone.bots[name]
