"""Requests through load balancers: which rule, which group, which target, and what comes back."""

import time
from urllib.error import HTTPError

import pytest
from conftest import fails, wait_for
from fronted import HOST, Fronted


@pytest.fixture
def site(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, stage_delay=0, minute=0.1)
    return Fronted(cloud)


@pytest.fixture
def shop(site):
    """With a release that serves, deployed without stages."""
    site.serve("ROLLING")
    return site


def says(text, status="200"):
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status, "MessageBody": text}}]


def test_a_task_says_who_it_is(shop):
    status, body = shop.get("/cart?x=1")
    tasks = shop.ecs.list_tasks(cluster="c")["taskArns"]
    assert status == 200 and body.pop("task") in tasks
    assert body == {"task_definition": "web:1", "image": "web:1", "target_group": shop.blue, "method": "GET",
                    "host": HOST, "path": "/cart"}
    assert shop.get(method="POST")[1]["method"] == "POST"
    assert {shop.get()[1]["task"] for _ in range(4)} == set(tasks), "in turn"


def test_no_call_is_logged(shop):
    before = shop.cloud.control("GET", "calls")["calls"]
    shop.get()
    shop.cloud.control("POST", "request", {"load_balancer": shop.dns})
    assert shop.cloud.control("GET", "calls")["calls"] == before
    assert "_load_balancer" not in shop.cloud.server.log.read_text()


def test_it_is_quick(shop):
    began = time.monotonic()
    for _ in range(100):
        shop.get()
    assert time.monotonic() - began < 2


def test_by_the_control_api(shop):
    send = lambda **more: shop.cloud.control("POST", "request", {"load_balancer": shop.dns, **more})
    found = send(path="/x", host=HOST, headers={"x-release": "other"})
    assert (found["status"], '"image": "web:1"' in found["body"]) == (200, True)
    assert found["headers"] == {"Content-Type": "application/json"}
    assert (send()["status"], send()["body"]) == (404, "no"), "its own name is no host of a rule"
    for wrong in ({"port": 81}, {"load_balancer": "other"}):
        with pytest.raises(HTTPError) as caught:
            send(**wrong)
        assert caught.value.code == 400


def test_by_a_url(shop):
    named = f"{shop.cloud.account}@{shop.dns}"
    assert shop.get(at=named)[0] == 200
    assert shop.get(host=None, at=named) == (404, "no"), "the name is the host where there is no other"
    assert shop.get(host=shop.dns.upper()) == (404, "no")
    assert shop.get(host=f"{HOST}:80")[0] == 200
    assert shop.get(host=None) == (404, "no"), "there is only one"
    for at, host in (
        (f"{shop.cloud.account}@other", HOST), (named + ":81", HOST), (named, f"{HOST}:81"), ("me", HOST),
        ("299999999998", HOST),
    ):
        status, body = shop.get(at=at, host=host)
        assert status == 404 and body["error"], (at, host)


def test_a_host_chooses_among_load_balancers(shop):
    subnets = [it["SubnetId"] for it in shop.balancer["AvailabilityZones"]]
    other = shop.elb.create_load_balancer(Name="other", Subnets=subnets)["LoadBalancers"][0]
    listener = shop.elb.create_listener(LoadBalancerArn=other["LoadBalancerArn"], Port=80, Protocol="HTTP",
                                        DefaultActions=says("other"))["Listeners"][0]["ListenerArn"]
    shop.elb.create_rule(ListenerArn=listener, Priority=1, Actions=says("blog"), Conditions=[
        {"Field": "host-header", "Values": ["*.blog.example.com"]}])
    assert shop.get(host="A.Blog.example.com") == (200, "blog")
    assert shop.get()[0] == 200 and shop.get()[1]["image"] == "web:1"
    assert shop.get(host=other["DNSName"]) == (200, "other")
    assert "2 load balancers" in shop.get(host="nobody.example.com")[1]["error"]


def test_the_port_chooses_the_listener(shop):
    arn = shop.balancer["LoadBalancerArn"]
    shop.elb.create_listener(LoadBalancerArn=arn, Port=443, Protocol="HTTPS", DefaultActions=says("secure"),
                             Certificates=[{"CertificateArn": "arn:aws:acm:eu-central-1:1:certificate/x"}])
    shop.elb.create_listener(LoadBalancerArn=arn, Port=8080, Protocol="HTTP", DefaultActions=says("8080"))
    at = f"{shop.cloud.account}@{shop.dns}"
    assert shop.get(at=at, headers={"X-Forwarded-Proto": "https"}) == (200, "secure")
    assert shop.get(at=at, host=f"{HOST}:8080") == shop.get(at=f"{at}:8080") == (200, "8080")


@pytest.mark.parametrize(("condition", "fitting", "other"), [
    ({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/v?"]}},
     [{"path": "/api/x/y"}, {"path": "/v1?q=1"}], [{"path": "/API/x"}, {"path": "/api"}, {"path": "/v10"}]),
    ({"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.org"]}},
     [{"host": "a.Example.org"}, {"host": "a.b.example.org"}], [{"host": "example.org"}]),
    ({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["be*", "?"]}},
     [{"headers": {"x-kind": "BETA"}}, {"headers": {"X-Kind": "a"}}], [{"headers": {"X-Kind": "alpha"}}, {}]),
    ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}, [{"method": "PUT"}], [{}]),
    ({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2*"}, {"Value": "x"}]}},
     [{"path": "/?V=2.1"}, {"path": "/?any=x"}], [{"path": "/?v=1"}, {"path": "/?w=2"}]),
    ({"Field": "source-ip", "SourceIpConfig": {"Values": ["127.0.0.0/8"]}}, [{}], []),
])
def test_conditions(site, condition, fitting, other):
    site.rule(1, [condition], says("fits"))
    shown = site.elb.describe_rules(ListenerArn=site.listener)["Rules"][0]["Conditions"][0]
    assert {name: value for name, value in shown.items() if name != "Values"} == condition
    for request in fitting:
        assert site.get(**{"host": site.dns, **request}) == (200, "fits"), request
    for request in other:
        assert site.get(**{"host": site.dns, **request}) == (404, "no"), request


def test_a_header_condition_names_a_header(site):
    condition = {"Field": "http-header", "HttpHeaderConfig": {"Values": ["x"]}}
    fails("ValidationError", site.rule, priority=1, conditions=[condition], actions=says("x"))
    condition["HttpHeaderConfig"]["HttpHeaderName"] = "not a name"
    fails("ValidationError", site.rule, priority=1, conditions=[condition], actions=says("x"))


def test_all_conditions_hold_and_the_first_rule_counts(site):
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "A", "Values": ["1"]}}
    path = {"Field": "path-pattern", "Values": ["/x"]}
    both = site.rule(2, [header, path], says("both"))
    site.rule(3, [path], says("path"))
    get = lambda **more: site.get(**{"host": site.dns, "path": "/x", **more})[1]
    assert (get(headers={"A": "1"}), get(), get(path="/", headers={"A": "1"})) == ("both", "path", "no")
    site.elb.set_rule_priorities(RulePriorities=[{"RuleArn": both, "Priority": 4}])
    assert get(headers={"A": "1"}) == "path"
    site.elb.modify_rule(RuleArn=both, Conditions=[header])
    assert get(path="/", headers={"A": "1"}) == "both"


def test_redirects(site):
    secure = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    site.rule(1, [{"Field": "path-pattern", "Values": ["/a*"]}], [{"Type": "redirect", "RedirectConfig": secure}])
    found = site.cloud.control("POST", "request", {"load_balancer": site.dns, "host": HOST, "path": "/a/b?c=d"})
    assert (found["status"], found["headers"]["Location"]) == (301, f"https://{HOST}/a/b?c=d")


def test_weights_are_kept_exactly(site):
    site.serve()
    pause = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
    site.release(deploymentConfiguration={"lifecycleHooks": [pause]})
    site.hook("POST_SCALE_UP")
    site.elb.modify_rule(RuleArn=site.production, Actions=site.forward(1, 3))
    images = [site.serves() for _ in range(12)]
    assert all(images[at:at + 4].count("web:2") == 1 for at in (0, 4, 8)), images


def test_what_is_not_healthy_gets_nothing(site):
    site.cloud.behave(health_delay=0.4)
    site.register()
    site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config("ROLLING"))
    assert site.get()[0] == 503, "not yet"
    wait_for(lambda: site.get()[0] == 200)
    site.elb.modify_rule(RuleArn=site.production, Actions=site.forward(0, 1))
    assert site.get()[0] == 503, "nothing is there"
    site.elb.modify_rule(RuleArn=site.production, Actions=site.forward(0, 0))
    assert site.get()[0] == 503, "nowhere to go"


def test_where_all_are_unhealthy_all_get_requests(site):
    # ECS comes to look only a while after they have become unhealthy.
    site.cloud.behave(health_fails=True, health_delay=0.2, task_delay=1)
    site.register()
    site.create(loadBalancers=[site.lb()], deploymentConfiguration=site.config("ROLLING"))
    assert site.get()[0] == 503
    assert wait_for(lambda: (body := site.get())[0] == 200 and body)[1]["image"] == "web:1"


def test_what_drains_gets_nothing(shop):
    shop.cloud.behave(drain_delay=5)
    one, other = shop.ecs.list_tasks(cluster="c")["taskArns"]
    shop.cloud.behave(task_delay=60)
    shop.ecs.stop_task(cluster="c", task=one)
    assert shop.groups() == (2, 0) and {shop.get()[1]["task"] for _ in range(6)} == {other}


def test_a_target_without_a_task_does_not_answer(site):
    site.elb.register_targets(TargetGroupArn=site.blue, Targets=[{"Id": "10.0.1.250", "Port": 80}])
    assert site.get() == (502, "<html><body><h1>502 Bad Gateway</h1></body></html>")


@pytest.mark.parametrize(("said", "paths"), [
    ({"web:1": 500}, {"/": 500, "/x": 500}),
    ({"web:1 /health": 404}, {"/": 200, "/health": 404}),
    ({"web:1": 500, "web:1 /ok/*": 201}, {"/": 500, "/ok/x": 201}),
    ({"web:2": 500}, {"/": 200}),
])
def test_releases_answer_as_they_are_told(shop, said, paths):
    shop.cloud.behave(task_status=said)
    assert {path: shop.get(path)[0] for path in paths} == paths
    with pytest.raises(HTTPError):
        shop.cloud.behave(task_status=[])
