"""Settings of a zone at Cloudflare, its cache and what is done about bots."""

import pytest
from asked import Cloudflare


@pytest.fixture
def cf(cloud):
    return Cloudflare(cloud)


def test_settings_are_read_one_by_one_or_all_at_once(cf):
    one = cf.ok("GET", "Z/settings/ssl")
    assert one == {"id": "ssl", "value": "full", "editable": True, "modified_on": None}
    changed = cf.ok("PATCH", "Z/settings/ssl", {"value": "strict"})
    assert (changed["value"], changed["modified_on"] is None) == ("strict", False)
    everything = cf.ok("GET", "Z/settings")
    assert changed in everything
    assert {it["id"]: it["value"] for it in everything}["browser_cache_ttl"] == 14400
    assert cf.cloud.control("GET", "cloudflare")["zones"]["example.com"]["settings"] == {"ssl": "strict"}


def test_several_are_changed_or_none(cf):
    items = lambda *pairs: {"items": [{"id": name, "value": value} for name, value in pairs]}
    done = cf.ok("PATCH", "Z/settings", items(("ssl", "strict"), ("http3", "off")))
    assert [(it["id"], it["value"]) for it in done] == [("ssl", "strict"), ("http3", "off")]
    cf.no(1007, "PATCH", "Z/settings", items(("ssl", "off"), ("http3", "maybe")))
    assert cf.ok("GET", "Z/settings/ssl")["value"] == "strict"


@pytest.mark.parametrize(("name", "value"), [
    ("ssl", "best"), ("ssl", "origin_pull"), ("ssl", True), ("ipv6", "off"), ("security_level", "off"),
    ("min_tls_version", 1.2), ("browser_cache_ttl", 61), ("browser_cache_ttl", "14400"), ("browser_cache_ttl", False),
    ("edge_cache_ttl", 1800), ("max_upload", 200), ("security_header", "on"),
    ("security_header", {"strict_transport_security": {"enabled": "yes"}}), ("always_use_https", None),
])
def test_values_are_checked(cf, name, value):
    before = cf.ok("GET", f"Z/settings/{name}")
    assert cf.no(1007, "PATCH", f"Z/settings/{name}", {"value": value})["message"] == (
        f"Invalid value for zone setting {name}")
    assert cf.ok("GET", f"Z/settings/{name}") == before


@pytest.mark.parametrize(("name", "plan", "below", "value"), [
    ("polish", "pro", "free", "lossy"), ("webp", "pro", "free", "on"), ("http2", "pro", "free", "off"),
    ("prefetch_preload", "enterprise", "business", "on"), ("true_client_ip_header", "enterprise", "pro", "on"),
    ("ciphers", "enterprise", "pro", ["ECDHE-RSA-AES128-GCM-SHA256"]),
])
def test_what_a_plan_lacks_cannot_be_edited(cf, name, plan, below, value):
    cf.cloud.behave(cloudflare_zones={"example.com": below})
    assert cf.ok("GET", f"Z/settings/{name}")["editable"] is False
    cf.no(1015, "PATCH", f"Z/settings/{name}", {"value": value})
    cf.cloud.behave(cloudflare_zones={"example.com": plan})
    assert cf.ok("GET", f"Z/settings/{name}")["editable"] is True
    assert cf.ok("PATCH", f"Z/settings/{name}", {"value": value})["value"] == value


def test_settings_that_are_odd(cf):
    cf.no(1006, "GET", "Z/settings/nothing")
    cf.no(1006, "PATCH", "Z/settings/nothing", {"value": "on"})
    assert cf.ok("GET", "Z/settings/tls_1_3")["value"] == "on"
    cf.ok("PATCH", "Z/settings/0rtt", {"value": "on"})
    assert cf.ok("GET", "Z/settings/tls_1_3")["value"] == "zrt"
    hsts = {"enabled": True, "max_age": 86400}
    value = cf.ok("PATCH", "Z/settings/security_header", {"value": {"strict_transport_security": hsts}})["value"]
    assert value["strict_transport_security"] == {
        **hsts, "include_subdomains": False, "preload": False, "nosniff": False}
    assert cf.ok("PATCH", "Z/settings/development_mode", {"value": "on"})["time_remaining"] > 0


@pytest.mark.parametrize(("path", "name"), [
    ("argo/tiered_caching", "tiered_caching"),
    ("cache/tiered_cache_smart_topology_enable", "tiered_cache_smart_topology_enable"),
    ("cache/cache_reserve", "cache_reserve"),
])
def test_the_cache_has_switches(cf, path, name):
    assert cf.ok("GET", f"Z/{path}") == {"id": name, "value": "off", "editable": True, "modified_on": None}
    assert cf.ok("PATCH", f"Z/{path}", {"value": "on"})["value"] == "on"
    assert cf.ok("GET", f"Z/{path}")["modified_on"]
    cf.no(1007, "PATCH", f"Z/{path}", {"value": "yes"})
    if name.endswith("_enable"):
        assert cf.ok("DELETE", f"Z/{path}")["value"] == "off"
    else:
        cf.no(7003, "DELETE", f"Z/{path}", status=404)


def test_what_is_done_about_bots_is_merged(cf):
    path = "Z/bot_management"
    before = cf.ok("GET", path)
    assert (before["enable_js"], before["sbfm_definitely_automated"]) == (False, "allow")
    assert cf.ok("PUT", path, {"enable_js": True}) == {**before, "enable_js": True}
    after = cf.ok("PUT", path, {"sbfm_definitely_automated": "block"})
    assert after == cf.ok("GET", path) == {**before, "enable_js": True, "sbfm_definitely_automated": "block"}
    for wrong in ({"fight_mode": True}, {"sbfm_likely_automated": "block"}, {"enable_js": 1}, {"enable_js": "on"},
                  {"using_latest_model": True}, {"nothing": 1}):
        assert cf.no(10400, "PUT", path, wrong)["source"] == {"pointer": f"/{[*wrong][0]}"}


def test_what_another_plan_left_is_told(cf, cloud):
    cloud.behave(cloudflare_zones={"example.com": "free"})
    assert cf.ok("PUT", "Z/bot_management", {"fight_mode": True})["fight_mode"] is True
    cloud.behave(cloudflare_zones={"example.com": "pro"})
    assert cf.ok("GET", "Z/bot_management")["stale_zone_configuration"] == {"fight_mode": True}
    assert "stale_zone_configuration" not in cf.ok("PUT", "Z/bot_management", {"fight_mode": False})
