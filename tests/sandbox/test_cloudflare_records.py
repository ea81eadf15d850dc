"""DNS records at Cloudflare: how they are spelled, what cannot be together, and batches."""

import pytest
from asked import Cloudflare

A = {"type": "A", "name": "www", "content": "192.0.2.1"}
CNAME = {"type": "CNAME", "name": "www", "content": "other.example.net"}


@pytest.fixture
def cf(cloud):
    return Cloudflare(cloud)


def make(cf, **record):
    return cf.ok("POST", "Z/dns_records", {**A, **record})


def names(cf):
    return sorted(it["name"].removesuffix(".example.com") for it in cf.ok("GET", "Z/dns_records"))


def test_what_is_left_out_is_filled_in(cf):
    record = make(cf)
    assert cf.ok("GET", f"Z/dns_records/{record['id']}") == record
    assert len(record.pop("id")) == 32
    assert record.pop("created_on") == record.pop("modified_on")
    assert record == {
        "name": "www.example.com", "type": "A", "content": "192.0.2.1", "proxiable": True, "proxied": False, "ttl": 1,
        "settings": {}, "meta": {}, "comment": None, "tags": [],
    }


@pytest.mark.parametrize(("said", "name"), [
    ("@", "example.com"), ("example.com", "example.com"), ("WWW", "www.example.com"), ("a.b", "a.b.example.com"),
    ("Www.Example.COM.", "www.example.com"), ("*.x.example.com", "*.x.example.com"), ("_dmarc", "_dmarc.example.com"),
    ("bücher", "xn--bcher-kva.example.com"), ("notexample.com", "notexample.com.example.com"),
])
def test_names_are_whole_and_lower(cf, said, name):
    assert make(cf, name=said)["name"] == name


@pytest.mark.parametrize(("said", "content"), [
    ({"type": "AAAA", "content": "2001:0DB8:0:0::1"}, "2001:db8::1"),
    ({"type": "CNAME", "content": "Other.Example.net."}, "other.example.net"),
    ({"type": "MX", "content": "mail.example.net.", "priority": 10}, "mail.example.net"),
    ({"type": "TXT", "content": "v=spf1 -all"}, '"v=spf1 -all"'),
    ({"type": "TXT", "content": '"v=spf1" " -all"'}, '"v=spf1 -all"'),
    ({"type": "TXT", "content": 'a "b" c'}, r'"a \"b\" c"'),
    ({"type": "TXT", "content": "x" * 300}, f'"{"x" * 255}" "{"x" * 45}"'),
    ({"type": "CAA", "data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"}}, '0 issue "letsencrypt.org"'),
    ({"type": "SRV", "data": {"priority": 1, "weight": 2, "port": 443, "target": "a.example.net"}},
     "2 443 a.example.net"),
])
def test_contents_are_spelled_one_way(cf, said, content):
    made = cf.ok("POST", "Z/dns_records", {"name": "x", **said})
    assert made["content"] == content
    assert made.get("data") == said.get("data")
    cf.no(81058, "POST", "Z/dns_records", {"name": "x", **said})


def test_what_is_behind_the_proxy_has_no_ttl_of_its_own(cf):
    record = make(cf, proxied=True, ttl=300)
    assert (record["proxied"], record["ttl"]) == (True, 1)
    assert cf.ok("PATCH", f"Z/dns_records/{record['id']}", {"proxied": False, "ttl": 300})["ttl"] == 300


@pytest.mark.parametrize(("code", "change"), [
    (9000, {"name": "a b"}), (9000, {"name": "x" * 64}), (9003, {"proxied": "yes"}),
    (9004, {"type": "TXT", "proxied": True}), (9005, {"content": "192.0.2.256"}), (9005, {"content": "other.de"}),
    (9006, {"type": "AAAA"}), (9007, {"type": "CNAME", "content": "a b"}), (9008, {"type": "NS", "content": ""}),
    (9009, {"type": "MX", "content": "", "priority": 1}), (9015, {"type": "MX", "content": "mail.example.net"}),
    (9020, {"type": "B"}), (9021, {"ttl": 59}), (9021, {"ttl": 86401}), (9021, {"ttl": 30}),
    (9100, {"type": "CAA", "content": '0 issue "x"'}), (9101, {"type": "CAA", "data": {"flags": 0, "tag": "x"}}),
    (9313, {"comment": "x" * 501}), (9300, {"tags": [f"a:{n}" for n in range(21)]}), (9301, {"tags": ["a b"]}),
])
def test_what_is_not_right_is_in_the_chain(cf, code, change):
    error = cf.no(code, "POST", "Z/dns_records", {**A, **change})
    assert error["code"] == 1004
    assert names(cf) == []


def test_plans_limit_records(cf, cloud):
    cloud.behave(cloudflare_zones={"example.com": "free"})
    assert make(cf, comment="x" * 100)["comment_modified_on"]
    cf.no(9313, "POST", "Z/dns_records", {**A, "name": "b", "comment": "x" * 101})
    cf.no(9300, "POST", "Z/dns_records", {**A, "name": "b", "tags": ["a:b"]})
    assert cf.ok("GET", "Z/dns_records/usage") == {"record_quota": 200, "record_usage": 1}
    many = [{**A, "name": f"h{n}"} for n in range(199)]
    cloud.control("POST", "cloudflare", {"zone": "example.com", "records": many})
    cf.no(81045, "POST", "Z/dns_records", {**A, "name": "b"})
    cloud.behave(cloudflare_zones={"example.com": "enterprise"})
    assert cf.ok("GET", "Z/dns_records/usage") == {"record_quota": 3500, "record_usage": 200}
    assert make(cf, name="b", ttl=30, tags=["b", "a:b"])["tags"] == ["a:b", "b"]


def test_the_same_record_is_refused(cf):
    make(cf)
    cf.no(81058, "POST", "Z/dns_records", A)
    cf.no(81058, "POST", "Z/dns_records", {**A, "name": "WWW.example.com."})
    cf.no(81057, "POST", "Z/dns_records", {**A, "ttl": 300})
    make(cf, content="192.0.2.2")


def test_an_alias_is_alone_with_its_name(cf):
    make(cf)
    cf.no(81053, "POST", "Z/dns_records", CNAME)
    make(cf, type="TXT", content="x")
    make(cf, **{**CNAME, "name": "alias"})
    cf.no(81054, "POST", "Z/dns_records", {**A, "name": "alias"})
    cf.no(81053, "POST", "Z/dns_records", {**CNAME, "name": "alias", "content": "third.example.net"})
    make(cf, name="sub", type="NS", content="ns.example.net")
    make(cf, name="sub", type="NS", content="ns2.example.net")
    cf.no(81056, "POST", "Z/dns_records", {**A, "name": "sub"})
    cf.no(81056, "POST", "Z/dns_records", {"type": "NS", "name": "www", "content": "ns.example.net"})


def test_patches_merge_and_puts_overwrite(cf):
    made = make(cf, ttl=300, comment="mine", tags=["a:b"])
    patched = cf.ok("PATCH", f"Z/dns_records/{made['id']}", {"content": "192.0.2.9"})
    assert {**made, "content": "192.0.2.9"} == {**patched, "modified_on": made["modified_on"]}
    assert cf.ok("PATCH", f"Z/dns_records/{made['id']}", {"comment": None})["comment"] is None
    put = cf.ok("PUT", f"Z/dns_records/{made['id']}", {**A, "content": "192.0.2.8"})
    assert (put["id"], put["ttl"], put["comment"], put["tags"], put["created_on"]) == (
        made["id"], 1, None, [], made["created_on"])
    cf.no(9020, "PUT", f"Z/dns_records/{made['id']}", {"content": "192.0.2.8"})
    make(cf, name="b")
    cf.no(81058, "PATCH", f"Z/dns_records/{made['id']}", {"name": "b", "content": A["content"]})


def test_what_is_not_there(cf):
    for method, body in (("GET", None), ("PATCH", {"ttl": 60}), ("PUT", A), ("DELETE", None)):
        cf.no(81044, method, f"Z/dns_records/{'0' * 32}", body, status=404)
    made = make(cf)
    assert cf.ok("DELETE", f"Z/dns_records/{made['id']}") == {"id": made["id"]}
    assert cf.answer == {"result": {"id": made["id"]}}, "without the envelope"
    cf.no(81044, "DELETE", f"Z/dns_records/{made['id']}", status=404)


def test_records_are_found(cf):
    make(cf, comment="infractl:shop", tags=["env:prod"])
    make(cf, name="b", type="TXT", content="x")
    make(cf, name="c", proxied=True)
    find = lambda query: [it["name"].partition(".")[0] for it in cf.ok("GET", f"Z/dns_records?{query}")]
    assert find("") == ["c", "www", "b"]
    assert find("order=name&direction=desc") == ["www", "c", "b"]
    assert find("name=www.example.com") == find("name.exact=www.example.com") == find("name.startswith=www") == ["www"]
    assert find("type=TXT") == ["b"]
    assert find("proxied=true") == ["c"]
    assert find("comment.startswith=infractl:") == find("comment.present=true") == ["www"]
    assert find("tag.exact=env:prod") == find("content.exact=192.0.2.1&tag=env:prod") == ["www"]
    assert find("type=TXT&proxied=true") == []
    assert find("type=TXT&proxied=true&match=any") == ["c", "b"]


def test_a_batch_runs_in_its_own_order(cf):
    a, b, c = make(cf), make(cf, name="b", ttl=300), make(cf, name="c", ttl=300)
    done = cf.ok("POST", "Z/dns_records/batch", {
        "posts": [CNAME], "puts": [{**A, "id": c["id"], "name": "c", "content": "192.0.2.3"}],
        "patches": [{"id": b["id"], "content": "192.0.2.2"}], "deletes": [{"id": a["id"]}],
    })
    assert done["deletes"] == [a]
    assert (done["patches"][0]["content"], done["patches"][0]["ttl"]) == ("192.0.2.2", 300)
    assert (done["puts"][0]["content"], done["puts"][0]["ttl"]) == ("192.0.2.3", 1)
    assert done["posts"][0]["type"] == "CNAME"
    assert cf.ok("POST", "Z/dns_records/batch", {"posts": [{**A, "name": "d"}]})["deletes"] is None


def test_a_batch_is_done_whole_or_not_at_all(cf):
    a = make(cf, name="a")
    before = cf.ok("GET", "Z/dns_records")
    bad = {**A, "name": "z", "content": "nonsense"}
    for code, status, batch in (
        (9005, 400, {"deletes": [{"id": a["id"]}], "posts": [{**A, "name": "x"}, bad]}),
        (81044, 404, {"deletes": [{"id": "0" * 32}], "posts": [{**A, "name": "x"}]}),
        (81058, 400, {"patches": [{"id": a["id"], "ttl": 300}], "posts": [{**A, "name": "x"}, {**A, "name": "x"}]}),
        (9320, 400, {}), (9320, 400, {"posts": []}),
    ):
        cf.no(code, "POST", "Z/dns_records/batch", batch, status=status)
        assert len(cf.answer["errors"]) == 1
        assert cf.ok("GET", "Z/dns_records") == before


def test_a_batch_is_not_too_long(cf, cloud):
    cloud.behave(cloudflare_zones={"example.com": "free"})
    many = [{**A, "name": f"h{n}"} for n in range(201)]
    cf.no(9321, "POST", "Z/dns_records/batch", {"posts": many})
    assert len(cf.ok("POST", "Z/dns_records/batch", {"posts": many[:200]})["posts"]) == 200
    cf.no(81045, "POST", "Z/dns_records/batch", {"posts": [{**A, "name": "one-more"}]})
