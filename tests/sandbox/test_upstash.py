"""Redis at Upstash, as its developer API has it."""

import base64

import pytest
from asked import Upstash
from conftest import wait_for

WANTED = {"database_name": "shop-prod", "platform": "aws", "primary_region": "eu-central-1", "tls": True}


@pytest.fixture
def up(cloud):
    cloud.behave(upstash_delay=0)
    return Upstash(cloud)


def refused(up, method, path, body=None, status=400):
    assert up.send(method, path, body) == status, up.answer
    assert isinstance(up.answer, str) and up.answer, "a plain sentence"
    return up.answer


def test_a_database_from_its_making_to_its_end(up):
    made = up.ok("POST", "redis/database", {**WANTED, "read_regions": ["us-east-1"], "plan": "payg", "budget": 30})
    assert {name: made[name] for name in ("database_name", "region", "primary_region", "read_regions", "type",
                                          "budget", "eviction", "tls", "state", "modifying_state", "port")} == {
        "database_name": "shop-prod", "region": "global", "primary_region": "eu-central-1",
        "read_regions": ["us-east-1"], "type": "payg", "budget": 30, "eviction": False, "tls": True,
        "state": "active", "modifying_state": "", "port": 6379}
    secret = {"password", "rest_token", "read_only_rest_token"}
    path = f"redis/database/{made['database_id']}"
    assert secret <= {*made} and up.ok("GET", path) == made
    hidden = {name: value for name, value in made.items() if name not in secret}
    assert up.ok("GET", f"{path}?credentials=hide") == hidden
    assert up.ok("GET", "redis/databases") == [hidden]
    assert up.ok("DELETE", path) == "OK"
    assert refused(up, "GET", path, status=404) == "database not found"
    assert refused(up, "DELETE", path, status=404) == "database not found"
    assert up.ok("GET", "redis/databases") == []


def test_names_are_not_unique(up):
    one, two = (up.ok("POST", "redis/database", WANTED) for _ in range(2))
    assert one["database_id"] != two["database_id"] and one["endpoint"] != two["endpoint"]
    assert [it["database_name"] for it in up.ok("GET", "redis/databases")] == ["shop-prod"] * 2


def test_a_database_is_changed(up):
    made = up.ok("POST", "redis/database", WANTED)
    number = made["database_id"]
    read = lambda: up.ok("GET", f"redis/database/{number}")
    fresh = up.ok("POST", f"redis/reset-password/{number}")
    assert fresh["password"] != made["password"] and fresh["rest_token"] != made["rest_token"]
    for path, name, value in (
        (f"redis/enable-eviction/{number}", "eviction", True), (f"redis/disable-eviction/{number}", "eviction", False),
        (f"redis/enable-autoupgrade/{number}", "auto_upgrade", True),
        (f"redis/disable-autoupgrade/{number}", "auto_upgrade", False),
    ):
        assert up.ok("POST", path) == "OK" and read()[name] is value
    assert "already disabled" in refused(up, "POST", f"redis/disable-autoupgrade/{number}")
    assert up.ok("POST", f"redis/enable-tls/{number}") == "OK"
    assert up.ok("PATCH", f"redis/update-budget/{number}", {"budget": 99}) == "OK" and read()["budget"] == 99
    assert up.ok("POST", f"redis/rename/{number}", {"name": "new"}) == "OK" and read()["database_name"] == "new"
    assert up.ok("POST", f"redis/{number}/change-plan", {"plan_name": "fixed_1gb"}) == "OK"
    assert (read()["type"], read()["db_disk_threshold"]) == ("paid", 1 << 30)
    assert up.ok("POST", f"redis/update-regions/{number}", {"read_regions": ["eu-west-1"]}) == "OK"
    assert read()["all_members"] == ["eu-central-1", "eu-west-1"]


def test_regions_and_plans_take_their_time(up, cloud):
    cloud.behave(upstash_delay=0.3)
    number = up.ok("POST", "redis/database", WANTED)["database_id"]
    up.ok("POST", f"redis/update-regions/{number}", {"read_regions": ["eu-west-1"]})
    assert up.ok("GET", f"redis/database/{number}")["modifying_state"] == "updating_regions"
    assert "being modified" in refused(up, "POST", f"redis/{number}/change-plan", {"plan_name": "free"})
    wait_for(lambda: not up.ok("GET", f"redis/database/{number}")["modifying_state"])
    up.ok("POST", f"redis/{number}/change-plan", {"plan_name": "free"})


@pytest.mark.parametrize("change", [
    {"database_name": ""}, {"platform": "azure"}, {"primary_region": "eu-central-9"}, {"platform": "gcp"},
    {"read_regions": ["eu-central-1"]}, {"read_regions": ["af-south-1"]}, {"read_regions": ["us-east-1"] * 2},
    {"plan": "gold"}, {"budget": "20"}, {"tls": False},
])
def test_what_makes_no_sense_is_refused(up, change):
    refused(up, "POST", "redis/database", {**WANTED, **change})
    assert up.ok("GET", "redis/databases") == []


@pytest.mark.parametrize("authorization", [
    None, "Bearer x", "Basic x", "Basic " + base64.b64encode(b"me@example.com:wrong-key").decode(),
    "Basic " + base64.b64encode(b"me@example.com").decode(),
])
def test_keys(up, authorization):
    assert up.send("GET", "redis/databases", authorization=authorization) == 401
    assert up.answer == "Unauthorized"


def test_its_calls_are_calls(up, cloud):
    cloud.control("PUT", "faults", [
        {"kind": kind, "operation": "upstash:CreateDatabase", "count": 1}
        for kind in ("throttle", "server_error", "access_denied")
    ])
    for status in (429, 503, 403):
        refused(up, "POST", "redis/database", WANTED, status=status)
    up.ok("POST", "redis/database", WANTED)
    up.ok("GET", "redis/databases")
    refused(up, "GET", "redis/nothing", status=404)
    assert [(it["operation"], it["mutating"], it["status"]) for it in cloud.control("GET", "calls")["calls"]] == [
        ("CreateDatabase", True, 429), ("CreateDatabase", True, 503), ("CreateDatabase", True, 403),
        ("CreateDatabase", True, 200), ("ListDatabases", False, 200), ("Unknown", False, 404)]
