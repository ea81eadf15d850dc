"""What goes for every request to Cloudflare: tokens, limits, faults, holds, pages, zones, and what tests get to see."""

import hashlib
import http.client
import threading
import time
import urllib.error

import pytest
from asked import Cloudflare, zone_id
from conftest import Cloud, Server, wait_for

IDS = "0123456789abcdef" * 2


@pytest.fixture
def cf(cloud):
    return Cloudflare(cloud)


def calls(cloud):
    return [(f"{it['service']}:{it['operation']}", it["mutating"], it["status"], it["injected"])
            for it in cloud.control("GET", "calls")["calls"]]


def test_zones_are_named_and_have_known_ids(cf, cloud):
    zone = cf.ok("GET", "zones?name=example.com&per_page=50")[0]
    assert (zone["id"], zone["status"], zone["plan"]["legacy_id"]) == (zone_id(cloud), "active", "pro")
    assert zone["account"]["id"] == hashlib.md5(cloud.account.encode()).hexdigest()
    assert cf.ok("GET", "Z") == zone
    cloud.behave(cloudflare_zones={"example.com": "free", "a.org": {"plan": "business", "status": "pending"}})
    assert [it["plan"]["legacy_id"] for it in cf.ok("GET", "zones")] == ["free", "business"]
    assert cf.ok("GET", "zones?status=pending")[0]["name"] == "a.org"
    assert cf.ok("GET", "zones?name=contains:.or")[0]["name"] == "a.org"
    assert cf.ok("GET", "zones?name=www.example.com") == []
    assert cf.ok("PATCH", "Z", {"paused": True})["paused"] is True
    cf.no(1001, "PATCH", "Z", {"paused": True, "type": "full"})
    assert cf.ok("GET", "Z/subscription")["rate_plan"]["id"] == "free"


def test_each_account_has_its_own(cf, cloud, plain):
    cf.ok("POST", "Z/dns_records", {"type": "A", "name": "www", "content": "192.0.2.1"})
    other = Cloudflare(plain)
    assert other.ok("GET", "Z/dns_records") == []
    assert other.send("GET", f"zones/{zone_id(cloud)}/dns_records") == 403
    assert other.answer["errors"][0]["code"] == 9109


@pytest.mark.parametrize(("authorization", "status", "code", "cause"), [
    (None, 401, 10000, None),
    ("Bearer", 400, 6003, 6111),
    ("Bearer with spaces", 400, 6003, 6111),
    ("token", 400, 6003, 6111),
    ("Bearer wrong-token", 403, 9109, None),
])
def test_tokens(cf, authorization, status, code, cause):
    assert cf.send("GET", "zones", authorization=authorization) == status
    error = cf.answer["errors"][0]
    assert (error["code"], error.get("error_chain", [{}])[0].get("code")) == (code, cause)
    assert cf.send("GET", "ips", authorization=None) == 200, "which are no secret"


def test_a_token_lacks_what_is_denied(cf, cloud):
    cloud.behave(cloudflare_denies=["PutEntryPoint"])
    cf.no(10000, "PUT", "Z/rulesets/phases/http_request_cache_settings/entrypoint", {"rules": []}, status=403)
    cf.no(10003, "GET", "Z/rulesets/phases/http_request_cache_settings/entrypoint", status=404)
    assert cf.ok("GET", "user/tokens/verify")["status"] == "active"
    account = cf.ok("GET", "accounts")[0]["id"]
    assert cf.ok("GET", f"accounts/{account}/tokens/verify")["status"] == "active"
    cf.no(9109, "GET", f"accounts/{IDS}/tokens/verify", status=403)


def test_paths_that_lead_nowhere(cf):
    for path in ("zones//dns_records", "zones/example.com/dns_records", "nothing", f"zones/{IDS}x/settings"):
        cf.no(7003, "GET", path, status=404)
    cf.no(9109, "GET", f"zones/{IDS}/dns_records", status=403)
    cf.no(6007, "POST", "Z/dns_records", b"{", status=400)
    cf.no(6007, "POST", "Z/dns_records", [], status=400)
    assert calls(cf.cloud)[0] == ("cloudflare:Unknown", False, 404, None)


def test_addresses_have_an_etag(cf):
    ips = cf.ok("GET", "ips")
    assert ips["etag"] and "173.245.48.0/20" in ips["ipv4_cidrs"] and "2606:4700::/32" in ips["ipv6_cidrs"]


def test_pages_are_as_long_as_wanted_and_allowed(cf, cloud):
    for n in range(5):
        cf.ok("POST", "Z/dns_records", {"type": "A", "name": f"h{n}", "content": "192.0.2.1"})
    assert len(cf.ok("GET", "Z/dns_records")) == 5
    assert cf.answer["result_info"] == {"page": 1, "per_page": 100, "count": 5, "total_count": 5, "total_pages": 1}
    cloud.behave(page_size=2)
    seen = [it["name"] for page in (1, 2, 3) for it in cf.ok("GET", f"Z/dns_records?per_page=5000&page={page}")]
    assert seen == [f"h{n}.example.com" for n in range(5)]
    assert cf.answer["result_info"] == {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}
    assert cf.ok("GET", "Z/dns_records?page=4") == []
    cf.no(1001, "GET", "zones?per_page=51")
    cf.no(1001, "GET", "zones?per_page=4")
    cf.no(1001, "GET", "Z/dns_records?page=0")


def test_what_is_left_is_told_and_who_goes_beyond_waits(cf, cloud):
    cf.ok("GET", "zones")
    assert cf.headers["Ratelimit-Policy"] == '"default";q=1200;w=300'
    assert cf.headers["Ratelimit"].startswith('"default";r=1199;t=')
    assert cf.headers["Retry-After"] is None
    cloud.behave(cloudflare_quota=3, cloudflare_window=1)
    assert [cf.send("GET", "zones") for _ in range(4)] == [200, 200, 429, 429]
    assert (cf.headers["Retry-After"], cf.headers["Ratelimit"]) == ("1", '"default";r=0;t=1')
    assert cf.answer["errors"][0]["code"] == 971
    cf.no(971, "POST", "Z/dns_records", {"type": "A", "name": "a", "content": "192.0.2.1"}, status=429)
    wait_for(lambda: cf.send("GET", "zones") == 200)
    assert cf.headers["Ratelimit"].startswith('"default";r=2')
    assert cf.ok("GET", "Z/dns_records") == [], "nothing was done of what was refused"
    cloud.behave(cloudflare_quota=0)
    assert [cf.send("GET", "zones") for _ in range(5)] == [200] * 5


def test_faults_have_the_words_of_cloudflare(cf, cloud):
    record = {"type": "A", "name": "www", "content": "192.0.2.1"}
    cloud.control("PUT", "faults", [
        {"kind": "throttle", "operation": "cloudflare:CreateRecord", "count": 1},
        {"kind": "server_error", "operation": "cloudflare:CreateRecord", "count": 1},
        {"kind": "access_denied", "operation": "cloudflare:*", "mutating": True, "count": 1},
        {"kind": "stale", "count": 1},
    ])
    cf.no(971, "POST", "Z/dns_records", record, status=429)
    assert cf.headers["Retry-After"] == "1"
    assert cf.send("POST", f"zones/{zone_id(cloud)}/dns_records", record) == 502
    assert cf.answer == "error code: 502", "from in front of the API"
    cf.no(10000, "POST", "Z/dns_records", record, status=403)
    assert cf.ok("GET", "Z/dns_records") == []
    assert calls(cloud) == [
        ("cloudflare:CreateRecord", True, 429, "throttle"), ("cloudflare:CreateRecord", True, 502, "server_error"),
        ("cloudflare:CreateRecord", True, 403, "access_denied"), ("cloudflare:ListRecords", False, 200, "stale"),
    ]


def test_connections_are_lost_before_and_after(cf, cloud):
    lost = (urllib.error.URLError, http.client.HTTPException, ConnectionError)
    for kind, left in (("drop_before", 0), ("drop_after", 1)):
        cloud.control("PUT", "faults", [{"kind": kind, "operation": "cloudflare:CreateRecord", "count": 1}])
        with pytest.raises(lost):
            cf.ok("POST", "Z/dns_records", {"type": "A", "name": kind.replace("_", "-"), "content": "192.0.2.1"})
        assert len(cf.ok("GET", "Z/dns_records")) == left
    assert calls(cloud)[0] == ("cloudflare:CreateRecord", True, "dropped", "drop_before")


@pytest.mark.parametrize("before", [True, False])
def test_an_answer_is_held_back(cf, cloud, before):
    cloud.control("PUT", "hold", {"after_mutating": 2, "before": before})
    cf.ok("POST", "Z/dns_records", {"type": "A", "name": "a", "content": "192.0.2.1"})
    cf.ok("PUT", "Z/rulesets/phases/http_request_origin/entrypoint?dry_run=true", {"rules": []})
    second = {"type": "A", "name": "b", "content": "192.0.2.1"}
    held = threading.Thread(target=Cloudflare(cloud).ok, args=("POST", "Z/dns_records", second))
    held.start()
    wait_for(lambda: cloud.control("GET", "hold")["held"])
    assert cloud.control("GET", "hold")["held"]["operation"] == "cloudflare:CreateRecord"
    assert len(cf.ok("GET", "Z/dns_records")) == (1 if before else 2)
    cloud.control("DELETE", "hold")
    held.join(5)
    assert len(cf.ok("GET", "Z/dns_records")) == 2


def test_calls_take_as_long_as_they_are_told(cf, cloud):
    cloud.behave(latency_ms=200)
    started = time.monotonic()
    cf.ok("GET", "zones")
    assert time.monotonic() - started >= 0.2


def test_a_dry_run_is_no_change(cf, cloud):
    cf.ok("PUT", "Z/rulesets/phases/http_request_origin/entrypoint?dry_run=true", {"rules": []})
    cf.ok("POST", "graphql", {"query": "{ viewer { budget } }"})
    cf.ok("PUT", "Z/rulesets/phases/http_request_origin/entrypoint", {"rules": []})
    assert [it[:2] for it in calls(cloud)] == [
        ("cloudflare:PutEntryPoint", False), ("cloudflare:Analytics", False), ("cloudflare:PutEntryPoint", True)]


def test_tests_see_all_and_put_things_in(cf, cloud):
    rule = {"action": "set_cache_settings", "expression": "true", "action_parameters": {"cache": True}}
    seeded = cloud.control("POST", "cloudflare", {
        "zone": "example.com", "records": [{"type": "A", "name": "www", "content": "192.0.2.1", "proxied": True}],
        "rulesets": {"http_request_cache_settings": [rule]}, "settings": {"ssl": "strict"},
        "bots": {"enable_js": True},
        "connector": [{"provider": "aws_s3", "expression": "true", "parameters": {"host": "b.s3.amazonaws.com"}}],
    })
    assert seeded == cloud.control("GET", "cloudflare")["zones"]["example.com"]
    assert seeded["records"] == cf.ok("GET", "Z/dns_records")
    assert seeded["rulesets"] == {"http_request_cache_settings":
                                  cf.ok("GET", "Z/rulesets/phases/http_request_cache_settings/entrypoint")}
    assert (seeded["settings"], seeded["bots"]) == ({"ssl": "strict"}, {"enable_js": True})
    assert seeded["connector"] == cf.ok("GET", "Z/cloud_connector/rules")
    assert (seeded["id"], seeded["plan"], seeded["certificates"]) == (zone_id(cloud), "pro", [])
    for wrong in ({"zone": "other.org"}, {"zone": "example.com", "rules": {}},
                  {"zone": "example.com", "records": [{"type": "A", "name": "x", "content": "y"}]}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            cloud.control("POST", "cloudflare", wrong)
    cloud.control("POST", "reset")
    assert cloud.control("GET", "cloudflare")["zones"]["example.com"]["records"] == []


def test_numbers_can_be_asked_for(cf, cloud):
    def ask(groups, **variables):
        query = "query($zone: string!) { viewer { zones(filter: {zoneTag: $zone}) { %s } } }" % groups
        return cf.ok("POST", "graphql", {"query": query, "variables": {"zone": zone_id(cloud), **variables}})

    hours = ask('all: httpRequests1hGroups(limit: 24, filter: {datetime_geq: "2026-01-01T00:00:00Z", '
                'datetime_lt: "2026-01-02T00:00:00Z"}) { dimensions { datetime } sum { requests cachedRequests } '
                'uniq { uniques } }')["data"]["viewer"]["zones"][0]["all"]
    assert len(hours) == 24
    assert hours[1]["dimensions"] == {"datetime": "2026-01-01T01:00:00Z"}
    assert all(0 < it["sum"]["cachedRequests"] < it["sum"]["requests"] for it in hours)
    day = ask('httpRequests1dGroups(limit: 1, filter: {date_geq: "2026-01-01", date_leq: "2026-01-01"}) '
              '{ dimensions { date } sum { requests } }')["data"]["viewer"]["zones"][0]["httpRequests1dGroups"]
    total = sum(it["sum"]["requests"] for it in hours)
    assert day == [{"dimensions": {"date": "2026-01-01"}, "sum": {"requests": total}}]
    found = ask('httpRequestsAdaptiveGroups(limit: 10, filter: {datetime_geq: "2026-01-01T00:00:00Z", datetime_lt: '
                '"2026-01-01T06:00:00Z"}) { count dimensions { cacheStatus clientRequestHTTPHost } }')
    assert [it["dimensions"]["cacheStatus"] for it in
            found["data"]["viewer"]["zones"][0]["httpRequestsAdaptiveGroups"]] == ["hit", "dynamic", "miss"]
    for wrong in ("nothing", "httpRequests1hGroups { count }", "httpRequests1hGroups(limit: 1) { count", "a(b: $c)"):
        answer = ask(wrong)
        assert answer["data"] is None and answer["errors"][0]["message"], wrong
    assert cf.ok("POST", "graphql", {"query": '{ viewer { zones(filter: {zoneTag: "x"}) { zoneTag } } }'})["errors"]


def test_certificates_are_made_and_revoked(cf, cloud):
    wanted = {"csr": "-----BEGIN CERTIFICATE REQUEST-----\nx\n-----END CERTIFICATE REQUEST-----\n",
              "hostnames": ["example.com", "*.example.com"], "request_type": "origin-ecc", "requested_validity": 365}
    made = cf.ok("POST", "certificates", wanted)
    assert made["id"].isdigit() and made["certificate"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert {name: made[name] for name in wanted} == wanted
    of_zone = f"certificates?zone_id={zone_id(cloud)}"
    assert cf.ok("GET", of_zone) == [made] == [cf.ok("GET", f"certificates/{made['id']}")]
    assert cloud.control("GET", "cloudflare")["zones"]["example.com"]["certificates"] == [made]
    assert cf.ok("DELETE", f"certificates/{made['id']}")["revoked_at"]
    assert cf.ok("GET", of_zone) == []
    cf.no(1014, "DELETE", f"certificates/{made['id']}")
    cf.no(1101, "GET", "certificates/1", status=404)
    cf.no(1003, "GET", "certificates")
    for code, change in ((1004, {"csr": "x"}), (1005, {"request_type": "rsa"}), (1006, {"requested_validity": 8}),
                         (1009, {"hostnames": []}), (1010, {"hostnames": ["other.org"]}),
                         (1010, {"hostnames": ["*.*.example.com"]})):
        cf.no(code, "POST", "certificates", {**wanted, **change})


def test_the_strict_preset_makes_pages_short(server: Server):
    cloud = Cloud(server, "200099999901")
    cloud.behave(preset="strict")
    cf = Cloudflare(cloud)
    for n in range(3):
        cf.ok("POST", "Z/dns_records", {"type": "A", "name": f"h{n}", "content": "192.0.2.1"})
    assert len(cf.ok("GET", "Z/dns_records?per_page=5000")) == 2
    assert cf.answer["result_info"]["total_pages"] == 2
    assert len(cf.ok("GET", "Z/rulesets")) == 2
    seen, after = 2, cf.answer["result_info"]["cursors"]["after"]
    while after:
        seen += len(cf.ok("GET", f"Z/rulesets?cursor={after}"))
        after = cf.answer["result_info"].get("cursors", {}).get("after")
    assert seen == 6
    cf.no(10001, "GET", "Z/rulesets?cursor=2")
