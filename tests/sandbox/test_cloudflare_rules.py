"""Rulesets at Cloudflare: what stays of a rule, what is added, and what each plan refuses."""

import pytest
from asked import Cloudflare

CACHE = {"action": "set_cache_settings", "expression": '(http.host eq "a.example.com")',
         "action_parameters": {"cache": True}}
BLOCK = {"action": "block", "expression": '(http.request.uri.path eq "/x")'}
OWASP = "4814384a9e5d4991b9815dcfc25d2f1f"
DDOS = "4d21379b4f9f4bb088e0729962c8b3cf"
LIMIT = {"characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requests_per_period": 20, "mitigation_timeout": 10}


@pytest.fixture
def cf(cloud):
    return Cloudflare(cloud)


def entry(phase, query=""):
    return f"Z/rulesets/phases/{phase}/entrypoint{query}"


def put(cf, phase, *rules, **more):
    return cf.ok("PUT", entry(phase), {"rules": [*rules], **more})


def refused(cf, plan, phase, *rules):
    """The pointer and the message with which a plan refuses rules; in a dry run, which says the same."""
    cf.cloud.behave(cloudflare_zones={"example.com": plan})
    errors = []
    for query in ("?dry_run=true", ""):
        if cf.send("PUT", entry(phase, query).replace("Z", f"zones/{cf.ok('GET', 'zones')[0]['id']}", 1),
                   {"rules": [*rules]}) == 200:
            errors.append(None)
        else:
            error = cf.answer["errors"][0]
            assert cf.status == 400 and error["code"] in (20120, 20127, 20218), cf.answer
            errors.append((error["source"]["pointer"], error["message"]))
    assert errors[0] == errors[1]
    return errors[0]


def test_there_is_no_entry_point_at_first(cf):
    error = cf.no(10003, "GET", entry("http_request_cache_settings"), status=404)
    assert error["message"] == "could not find entrypoint ruleset in the http_request_cache_settings phase"
    assert {it["kind"] for it in cf.ok("GET", "Z/rulesets")} == {"managed"}
    cf.no(20127, "PUT", entry("http_nothing"), {"rules": []})


def test_what_is_left_out_is_filled_in(cf):
    made = put(cf, "http_request_cache_settings", CACHE)
    assert cf.ok("GET", entry("http_request_cache_settings")) == made
    rule = made["rules"][0]
    assert {name: made[name] for name in ("name", "description", "kind", "phase", "version")} == {
        "name": "default", "description": "", "kind": "zone", "phase": "http_request_cache_settings", "version": "1"}
    assert rule["ref"] == rule["id"]
    assert {name: rule[name] for name in ("enabled", "description", "version")} == {
        "enabled": True, "description": "", "version": "1"}
    assert rule["last_updated"] == made["last_updated"]
    head = [it for it in cf.ok("GET", "Z/rulesets") if it["kind"] == "zone"]
    assert head == [{name: value for name, value in made.items() if name != "rules"}]
    assert cf.ok("GET", f"Z/rulesets/{made['id']}") == made


def test_a_ref_keeps_its_id(cf):
    phase = "http_request_cache_settings"
    first = put(cf, phase, {**CACHE, "ref": "a"}, {**CACHE, "ref": "b"})
    second = put(cf, phase, {**CACHE, "ref": "b", "enabled": False}, {**CACHE, "ref": "a"}, {**CACHE, "ref": "c"})
    ids = {rule["ref"]: rule["id"] for rule in first["rules"]}
    assert {rule["ref"]: rule["id"] for rule in second["rules"][:2]} == ids
    assert [rule["version"] for rule in second["rules"]] == ["2", "1", "1"]
    assert (first["version"], second["version"], second["id"]) == ("1", "2", first["id"])
    assert put(cf, phase, {**CACHE, "ref": "d"})["rules"][0]["id"] not in ids.values()


def test_a_rule_keeps_its_id_and_ref_by_its_id(cf):
    phase = "http_request_cache_settings"
    rule = put(cf, phase, CACHE)["rules"][0]
    sent = {name: rule[name] for name in ("id", "ref", "action", "action_parameters", "expression", "enabled")}
    assert put(cf, phase, sent, {**CACHE, "ref": "mine"})["rules"][0] == rule
    for wrong, at in (({**CACHE, "id": "0" * 32}, "/rules/0/id"), ({**CACHE, "ref": rule["id"]}, "/rules/1/ref")):
        error = cf.no(20127, "PUT", entry(phase), {"rules": [wrong, sent]})
        assert error["source"] == {"pointer": at}


def test_rules_that_are_not_named_stay(cf):
    phase = "http_request_cache_settings"
    made = put(cf, phase, CACHE)
    changed = cf.ok("PUT", entry(phase), {"description": "x"})
    assert (changed["description"], changed["rules"], changed["version"]) == ("x", made["rules"], "2")
    assert put(cf, phase, name="other")["name"] == "default", "which cannot be changed"
    assert cf.ok("GET", entry(phase))["rules"] == []


def test_a_dry_run_keeps_nothing(cf):
    phase = "http_request_cache_settings"
    assert cf.ok("PUT", entry(phase, "?dry_run=true"), {"rules": [CACHE]}) is None
    assert cf.answer["success"] is True
    cf.no(10003, "GET", entry(phase), status=404)
    made = put(cf, phase, CACHE)
    cf.no(20127, "PUT", entry(phase, "?dry_run=true"), {"rules": [{**CACHE, "expression": "("}]})
    assert cf.send("DELETE", f"zones/{cf.ok('GET', 'zones')[0]['id']}/rulesets/{made['id']}?dry_run=true") == 204
    assert cf.ok("GET", entry(phase)) == made


def test_rulesets_go_by_their_id_too(cf):
    wanted = {"name": "mine", "kind": "zone", "phase": "http_request_origin", "rules": []}
    made = cf.ok("POST", "Z/rulesets", wanted)
    error = cf.no(20217, "POST", "Z/rulesets", wanted)
    assert error["source"] == {"pointer": "/kind"}
    path = f"Z/rulesets/{made['id']}"
    port = {"action": "route", "expression": "true", "action_parameters": {"origin": {"port": 8443}}}
    one = cf.ok("POST", f"{path}/rules", {**port, "ref": "one"})["rules"][0]["id"]
    rules = cf.ok("POST", f"{path}/rules", {**port, "ref": "two", "position": {"before": one}})["rules"]
    assert [it["ref"] for it in rules] == ["two", "one"]
    rules = cf.ok("PATCH", f"{path}/rules/{one}", {"position": {"index": 1}, "enabled": False})["rules"]
    assert [(it["ref"], it["enabled"]) for it in rules] == [("one", False), ("two", True)]
    assert [it["ref"] for it in cf.ok("DELETE", f"{path}/rules/{one}")["rules"]] == ["two"]
    cf.no(10002, "DELETE", f"{path}/rules/{one}", status=404)
    assert cf.send("DELETE", f"zones/{cf.ok('GET', 'zones')[0]['id']}/rulesets/{made['id']}") == 204
    assert cf.answer == ""
    cf.no(10001, "GET", path, status=404)
    account = cf.ok("GET", "accounts")[0]["id"]
    assert OWASP in [it["id"] for it in cf.ok("GET", f"accounts/{account}/rulesets")]


def test_what_the_service_adds_to_parameters(cf):
    managed = put(cf, "http_request_firewall_managed", {
        "action": "execute", "expression": "true", "action_parameters": {"id": OWASP}})["rules"][0]
    assert managed["action_parameters"] == {"id": OWASP, "version": "latest"}
    assert managed["logging"] == {"enabled": True}
    redirect = put(cf, "http_request_dynamic_redirect", {
        "action": "redirect", "expression": "true",
        "action_parameters": {"from_value": {"target_url": {"value": "https://a.de"}, "status_code": 301}}})["rules"][0]
    assert redirect["action_parameters"]["from_value"]["preserve_query_string"] is False
    limited = put(cf, "http_ratelimit", {**BLOCK, "ratelimit": LIMIT})["rules"][0]
    assert limited["ratelimit"] == {**LIMIT, "requests_to_origin": False}
    skip = put(cf, "http_request_firewall_custom", {
        "action": "skip", "expression": "true", "action_parameters": {"products": ["waf"]}},
        {**BLOCK, "action_parameters": {}})["rules"]
    assert skip[0]["logging"] == {"enabled": True}
    assert "action_parameters" not in skip[1], "an empty one is none"


def rules(count, rule):
    return [{**rule, "ref": str(n)} for n in range(count)]


@pytest.mark.parametrize(("phase", "rule", "most"), [
    ("http_request_cache_settings", CACHE, (10, 25, 50)),
    ("http_request_firewall_custom", BLOCK, (5, 20, 100)),
    ("http_ratelimit", {**BLOCK, "ratelimit": LIMIT}, (1, 2, 5)),
])
def test_plans_limit_how_many_rules_there_are(cf, phase, rule, most):
    for plan, count in zip(("free", "pro", "business"), most, strict=True):
        assert refused(cf, plan, phase, *rules(count, rule)) is None
        assert refused(cf, plan, phase, *rules(count + 1, rule)) == (
            "/rules", f"exceeded maximum number of rules in the phase {phase}: {count + 1} out of {count}")


def cache(**parameters):
    return {**CACHE, "action_parameters": {"cache": True, **parameters}}


def edge(seconds):
    return cache(edge_ttl={"mode": "override_origin", "default": seconds})


def limit(expression=BLOCK["expression"], action="block", **changes):
    return {**BLOCK, "action": action, "expression": expression, "ratelimit": {**LIMIT, **changes}}


def execute(number, expression="true", **overrides):
    return {"action": "execute", "expression": expression,
            "action_parameters": {"id": number, **({"overrides": overrides} if overrides else {})}}


def origin(**parameters):
    return {"action": "route", "expression": "true", "action_parameters": parameters}


P = "/action_parameters"


@pytest.mark.parametrize(("enough", "short", "phase", "rule", "at"), [
    ("business", "pro", "http_request_firewall_custom",
     {**BLOCK, "expression": 'http.request.uri.path matches "^/a"'}, "/expression"),
    ("business", "pro", "http_request_firewall_custom", {**BLOCK, "expression": 'http.host ~ "a"'}, "/expression"),
    ("enterprise", "business", "http_request_firewall_custom", {**BLOCK, "action": "log"}, "/action"),
    ("free", None, "http_request_cache_settings", edge(7200), f"{P}/edge_ttl/default"),
    ("pro", "free", "http_request_cache_settings", edge(3600), f"{P}/edge_ttl/default"),
    ("business", "pro", "http_request_cache_settings", edge(1), f"{P}/edge_ttl/default"),
    ("enterprise", "business", "http_request_cache_settings",
     cache(edge_ttl={"mode": "respect_origin", "status_code_ttl": [{"status_code": 404, "value": 0}]}),
     f"{P}/edge_ttl/status_code_ttl"),
    ("enterprise", "business", "http_request_cache_settings",
     cache(cache_key={"custom_key": {"query_string": {"include": {"list": ["a"]}}}}),
     f"{P}/cache_key/custom_key/query_string"),
    ("enterprise", "business", "http_request_cache_settings",
     cache(cache_key={"custom_key": {"header": {"include": ["x-a"]}}}), f"{P}/cache_key/custom_key/header"),
    ("free", None, "http_request_cache_settings",
     cache(cache_key={"custom_key": {"query_string": {"exclude": {"all": True}}}}), ""),
    ("free", None, "http_request_origin", origin(origin={"port": 8443}), ""),
    ("enterprise", "business", "http_request_origin", origin(host_header="a.de"), f"{P}/host_header"),
    ("enterprise", "business", "http_request_origin", origin(sni={"value": "a.de"}), f"{P}/sni"),
    ("enterprise", "business", "http_request_origin", origin(origin={"host": "a.de"}), f"{P}/origin/host"),
    ("pro", "free", "http_ratelimit", limit(period=60), "/ratelimit/period"),
    ("business", "pro", "http_ratelimit", limit(period=600), "/ratelimit/period"),
    ("pro", "free", "http_ratelimit", limit(mitigation_timeout=3600), "/ratelimit/mitigation_timeout"),
    ("business", "pro", "http_ratelimit", limit(mitigation_timeout=86400), "/ratelimit/mitigation_timeout"),
    ("pro", "free", "http_ratelimit", limit('http.host eq "a.de"'), "/expression"),
    ("business", "pro", "http_ratelimit", limit("ip.src eq 192.0.2.1"), "/expression"),
    ("enterprise", "business", "http_ratelimit", limit('http.referer eq "a"'), "/expression"),
    ("business", "pro", "http_ratelimit", limit(counting_expression="http.response.code eq 401"),
     "/ratelimit/counting_expression"),
    ("enterprise", "business", "http_ratelimit", limit(characteristics=["cf.colo.id", 'http.request.headers["x"]']),
     "/ratelimit/characteristics"),
    ("enterprise", "business", "http_request_firewall_managed", execute("e22d83c647c64a3eae91b71b499d988e"), f"{P}/id"),
    ("free", None, "ddos_l7", execute(DDOS, sensitivity_level="low"), ""),
    ("enterprise", "business", "ddos_l7", execute(DDOS, action="log"), f"{P}/overrides/action"),
])
def test_plans_limit_what_rules_do(cf, enough, short, phase, rule, at):
    assert refused(cf, enough, phase, rule) is None
    if short:
        found = refused(cf, short, phase, rule)
        assert found and found[0] == f"/rules/0{at}" and found[1].startswith("not entitled: "), found


@pytest.mark.parametrize(("phase", "rule", "at"), [
    ("http_request_cache_settings", BLOCK, "/action"),
    ("http_request_cache_settings", {**CACHE, "expression": ""}, "/expression"),
    ("http_request_cache_settings", {**CACHE, "expression": '(http.host eq "a"'}, "/expression"),
    ("http_request_cache_settings", {**CACHE, "expression": 'http.host eq "a'}, "/expression"),
    ("http_request_cache_settings", {**CACHE, "expression": 'host eq "a"'}, "/expression"),
    ("http_request_cache_settings", {**CACHE, "action_parameters": {}}, P),
    ("http_request_cache_settings", {**CACHE, "ratelimit": LIMIT}, "/ratelimit"),
    ("http_request_cache_settings", cache(edge_ttl={"mode": "respect_origin", "default": 7200}), f"{P}/edge_ttl"),
    ("http_request_cache_settings", cache(edge_ttl={"mode": "override_origin"}), f"{P}/edge_ttl"),
    ("http_ratelimit", BLOCK, "/ratelimit"),
    ("http_ratelimit", limit(period=11), "/ratelimit/period"),
    ("http_ratelimit", limit(characteristics=["ip.src"]), "/ratelimit/characteristics"),
    ("http_ratelimit", limit(requests_per_period=0), "/ratelimit/requests_per_period"),
    ("http_ratelimit", limit(action="managed_challenge"), "/ratelimit/mitigation_timeout"),
    ("http_request_firewall_managed", execute("0" * 32), f"{P}/id"),
    ("http_request_firewall_managed", execute("77454fe2d30c4220b5701f6fdfb893ba"), f"{P}/id"),
    ("http_request_firewall_managed", execute(OWASP, sensitivity_level="low"), f"{P}/overrides"),
    ("ddos_l7", execute(DDOS, enabled=False), f"{P}/overrides/enabled"),
    ("http_request_firewall_custom",
     {"action": "skip", "expression": "true", "action_parameters": {"products": ["x"]}}, f"{P}/products"),
    ("http_request_transform", {"action": "rewrite", "expression": "true", "action_parameters": {
        "uri": {"path": {"value": "/", "expression": "http.host"}}}}, f"{P}/uri/path"),
    ("http_response_headers_transform", {"action": "rewrite", "expression": "true", "action_parameters": {
        "headers": {"X-A": {"operation": "replace", "value": "x"}}}}, f"{P}/headers/X-A"),
    ("http_request_dynamic_redirect", {"action": "redirect", "expression": "true", "action_parameters": {
        "from_value": {"target_url": {"value": "x"}, "status_code": 200}}}, f"{P}/from_value/status_code"),
])
def test_what_makes_no_sense_is_refused(cf, phase, rule, at):
    found = refused(cf, "business", phase, rule)
    assert found and found[0] == f"/rules/0{at}", found
    assert "is not a valid value for" in found[1]


def test_a_free_zone_has_no_managed_rules(cf):
    found = refused(cf, "free", "http_request_firewall_managed", execute(OWASP))
    assert found == ("/rules", "not entitled: the phase http_request_firewall_managed is not available on this plan")
    assert refused(cf, "business", "ddos_l7", execute(DDOS, 'http.host eq "a"'))[1].startswith("not entitled")


CONNECT = {"provider": "aws_s3", "expression": 'http.host eq "media.example.com"',
           "parameters": {"host": "media.s3.eu-central-1.amazonaws.com"}, "description": "mine"}


def test_the_connector_takes_and_gives_a_bare_array(cf, cloud):
    path = "Z/cloud_connector/rules"
    assert cf.ok("GET", path) == []
    made = cf.ok("PUT", path, [CONNECT])
    assert made == [{**CONNECT, "id": made[0]["id"], "enabled": True}] == cf.ok("GET", path)
    assert cf.ok("PUT", path, [{**CONNECT, "provider": "cloudflare_r2"}, made[0]])[1] == made[0]
    for wrong, at in (({"provider": "x"}, "/0/provider"), ({"parameters": {"host": "a.de"}}, "/0/parameters/host"),
                      ({"parameters": {}}, "/0/parameters/host")):
        assert cf.no(10400, "PUT", path, [{**CONNECT, **wrong}])["source"] == {"pointer": at}
    cf.no(20127, "PUT", path, [{**CONNECT, "expression": "("}])
    cf.no(10400, "PUT", path, {"rules": []})
    cloud.behave(cloudflare_zones={"example.com": "free"})
    cf.no(20120, "PUT", path, [CONNECT] * 11)
    assert len(cf.ok("PUT", path, [CONNECT] * 10)) == 10
    assert cf.ok("PUT", path, []) == []
