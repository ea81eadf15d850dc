"""Requests to Cloudflare are held to its document, where one is named."""

import json
import sys
import time

import pytest
from asked import Cloudflare, zone_id
from conftest import PACKAGE_PARENT, Cloud, Server

sys.path.insert(0, str(PACKAGE_PARENT))
from emulator.schemas import Schemas  # noqa: E402


def body(schema, required=True):
    return {"required": required, "content": {"application/json": {"schema": schema}}}


ZONE = {"name": "zone_id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}
RECORD = {"oneOf": [
    {"type": "object", "additionalProperties": False, "required": ["type", "name", "content"], "properties": {
        "type": {"type": "string", "enum": [kind]}, "name": {"type": "string", "minLength": 1},
        "content": {"type": "string", "format": form}, "proxied": {"type": "boolean"},
        "ttl": {"type": "integer", "anyOf": [{"enum": [1]}, {"minimum": 60, "maximum": 86400}]},
        "comment": {"type": "string", "nullable": True, "maxLength": 10}}}
    for kind, form in (("A", "ipv4"), ("AAAA", "ipv6"))
]}
DOCUMENT = {
    "openapi": "3.0.3",
    "paths": {
        "/zones/{zone_id}/dns_records": {
            "parameters": [{"$ref": "#/components/parameters/zone_id"}],
            "get": {"parameters": [
                {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                {"name": "proxied", "in": "query", "schema": {"type": "boolean"}},
                {"name": "type", "in": "query", "explode": False,
                 "schema": {"type": "array", "items": {"type": "string", "enum": ["A", "TXT"]}}}]},
            "post": {"requestBody": body({"$ref": "#/components/schemas/Record"})},
        },
        "/zones/{zone_id}/dns_records/{id}": {"delete": {}},
        "/zones/{zone_id}/dns_records/batch": {"post": {"requestBody": body({
            "type": "object", "minProperties": 1, "additionalProperties": False,
            "properties": {"posts": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}}})}},
        "/certificates": {"get": {"parameters": [
            {"name": "zone_id", "in": "query", "required": True, "schema": {"type": "string"}}]}},
    },
    "components": {"parameters": {"zone_id": ZONE}, "schemas": {"Record": RECORD}},
}
A = {"type": "A", "name": "www", "content": "192.0.2.1"}
RECORDS = "Z/dns_records"


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A sandbox that holds requests to a small document."""
    folder = tmp_path_factory.mktemp("held")
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INFRACTL_CLOUDFLARE_OPENAPI", str(folder / "openapi.json"))
        running = Server(folder, "--idle", "300")
    yield Cloudflare(Cloud(running, "200099999801"))
    running.control("POST", "stop")
    assert running.process.wait(10) == 0


@pytest.fixture
def cf(held):
    held.cloud.control("POST", "reset")
    return held


@pytest.mark.parametrize(("method", "path", "sent", "problem"), [
    ("POST", RECORDS, {**A, "content": "x"}, 'body/content: "x" is no ipv4'),
    ("POST", RECORDS, {**A, "type": "AAAA", "content": "x"}, 'body/content: "x" is no ipv6'),
    ("POST", RECORDS, {**A, "ttl": 59}, "body/ttl: 59 "),
    ("POST", RECORDS, {**A, "ttl": 60.5}, "body/ttl: 60.5 is no integer"),
    ("POST", RECORDS, {**A, "more": 1}, "body: there is no more"),
    ("POST", RECORDS, {**A, "proxied": None}, "body/proxied: null is no boolean"),
    ("POST", RECORDS, {**A, "comment": "x" * 11}, "body/comment: "),
    ("POST", RECORDS, {"type": "A", "name": "www"}, "body: content is missing"),
    ("POST", RECORDS, None, "the body is missing"),
    ("POST", "Z/dns_records/batch", {"posts": [A, {**A, "name": ""}]}, 'body/posts/1/name: "" '),
    ("POST", "Z/dns_records/batch", {}, "body: "),
    ("PUT", RECORDS, A, "there is no PUT of "),
    ("GET", f"{RECORDS}?per_page=5", None, "query: there is no per_page"),
    ("GET", f"{RECORDS}?page=0", None, "query: page: "),
    ("GET", f"{RECORDS}?page=x", None, 'query: page: "x" is no integer'),
    ("GET", f"{RECORDS}?proxied=yes", None, 'query: proxied: "yes" is no boolean'),
    ("GET", f"{RECORDS}?type=A,B", None, "query: type: "),
    ("GET", "certificates", None, "query: zone_id is missing"),
    ("GET", "zones/example.com/dns_records", None, "path: zone_id: "),
    ("DELETE", "Z/dns_records/1", {}, "there may be no body"),
])
def test_what_the_document_does_not_allow_is_refused_and_kept(cf, method, path, sent, problem):
    error = cf.no(9999, method, path, sent)
    assert error["message"].startswith(f"not as Cloudflare's document has it: {problem}"), error
    violations = cf.cloud.control("GET", "cloudflare")["violations"]
    assert [(it["method"], it["problem"]) for it in violations] == [(method, error["message"].partition(": ")[2])]
    assert cf.ok("GET", RECORDS) == []


def test_what_it_allows_is_done(cf):
    made = cf.ok("POST", RECORDS, {**A, "comment": None, "ttl": 300})
    cf.ok("POST", "Z/dns_records/batch", {"posts": [{**A, "name": "b"}]})
    assert len(cf.ok("GET", f"{RECORDS}?page=1&proxied=false&type=A")) == 2
    cf.ok("DELETE", f"Z/dns_records/{made['id']}")
    assert cf.send("GET", f"certificates?zone_id={zone_id(cf.cloud)}") == 200
    cf.ok("PUT", "Z/rulesets/phases/http_request_origin/entrypoint", {"rules": []})
    assert cf.cloud.control("GET", "cloudflare")["violations"] == [], "paths that it lacks are let through"


@pytest.mark.parametrize(("schema", "good", "bad"), [
    ({"type": "integer"}, [1, 1.0], [True, 1.5, "1", None]),
    ({"type": "number", "multipleOf": 0.1}, [0.3, 1], [0.25]),
    ({"type": "string", "nullable": True, "enum": ["a"]}, ["a", None], ["b"]),
    ({"enum": [1, False]}, [1, False], [True, 0, "1"]),
    ({"type": "array", "uniqueItems": True, "minItems": 1, "maxItems": 2}, [[1], [1, 2]], [[], [1, 1], [1, 2, 3]]),
    ({"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 1}, [{}, {"a": "b"}],
     [{"a": 1}, {"a": "b", "c": "d"}]),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, [1.5], [1, "a"]),
    ({"allOf": [{"required": ["a"]}, {"not": {"required": ["b"]}}]}, [{"a": 1}], [{}, {"a": 1, "b": 2}]),
    ({"type": "string", "format": "date-time"}, ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00"], ["today"]),
    ({"type": "string", "format": "uuid"}, ["00000000-0000-4000-8000-000000000000"], ["0"]),
    ({"type": "string", "format": "unheard-of", "pattern": "^a"}, ["ab"], ["ba"]),
    ({"$ref": "#/components/schemas/Tree"}, [{"next": {"next": {}}}], [{"next": {"next": 1}}]),
])
def test_words_of_schemas(schema, good, bad):
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}}}
    check = Schemas({"components": {"schemas": {"Tree": tree}}}).check(schema)
    assert [check(value, "") for value in good] == [[]] * len(good)
    assert all(check(value, "") for value in bad)


def test_it_is_quick(cf):
    many = {"posts": [{**A, "name": f"h{n}"} for n in range(500)]}
    cf.ok("GET", RECORDS)
    started = time.monotonic()
    assert len(cf.ok("POST", "Z/dns_records/batch", many)["posts"]) == 500
    assert time.monotonic() - started < 2
