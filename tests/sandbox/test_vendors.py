"""What others than AWS are told: what they answer, what is kept of it, and how they fail."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from conftest import fails

ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
PURGE = f"/client/v4/zones/{ZONE}/purge_cache"
RELEASES = "/api/0/organizations/acme/releases/"
DEPLOYMENTS = "/repos/acme/shop/deployments"
ANNOTATIONS = "/api/projects/12345/annotations/"


def post(cloud, host, path, body, token="secret-of-mine", method="POST"):
    """The status, the answer and its headers."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    url = f"{cloud.server.url}/_vendors/{cloud.account}/{host}{path}"
    try:
        answer = urlopen(Request(url, data=json.dumps(body).encode(), method=method, headers=headers))
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, json.load(answer), answer.headers


def told(cloud):
    return cloud.control("GET", "vendors")["requests"]


def test_what_is_sent_is_kept_without_the_token(cloud):
    status, answer, _ = post(cloud, "api.cloudflare.com", PURGE, {"hosts": ["www.example.com"]})
    assert (status, answer["success"], answer["result"]) == (200, True, {"id": ZONE})
    assert told(cloud) == [{
        "n": 1, "method": "POST", "host": "api.cloudflare.com", "path": PURGE, "body": {"hosts": ["www.example.com"]},
        "authorized": True, "status": 200,
    }]
    kept = json.dumps(told(cloud)) + cloud.server.log.read_text()
    assert "secret-of-mine" not in kept
    post(cloud, "sentry.io", RELEASES, {"version": "v1", "projects": ["api"]})
    calls = [(it["service"], it["operation"]) for it in cloud.control("GET", "calls")["calls"]]
    assert calls == [("cloudflare", "PurgeCache")], "only who is asked for more than to listen is called"
    cloud.control("POST", "reset")
    assert told(cloud) == []


@pytest.mark.parametrize(("host", "path", "body", "said"), [
    ("api.cloudflare.com", PURGE, {"purge_everything": True}, lambda it: it["errors"][0]["message"]),
    ("api.github.com", DEPLOYMENTS, {"ref": "main"}, lambda it: it["message"]),
    ("eu.posthog.com", ANNOTATIONS, {"content": "x"}, lambda it: it["detail"]),
    ("de.sentry.io", RELEASES, {"version": "v1", "projects": ["api"]}, lambda it: it["detail"]),
])
def test_each_refuses_in_its_own_words(cloud, host, path, body, said):
    status, answer, _ = post(cloud, host, path, body, token="")
    assert (status, said(answer)) == (401, "no token")
    cloud.behave(vendor_fails={host: 500})
    assert [post(cloud, host, path, body)[0] for _ in range(2)] == [500, 500]
    cloud.behave(vendor_fails={host: [429, 503]})
    status, answer, headers = post(cloud, host, path, body)
    assert (status, said(answer), headers["Retry-After"]) == (429, "told to fail", "1")
    assert [post(cloud, host, path, body)[0] for _ in range(2)] in ([503, 200], [503, 201])
    assert post(cloud, host, path, body, method="PUT")[0] == 404
    assert post(cloud, host, "/other", body)[0] == 404
    assert [it["authorized"] for it in told(cloud)] == [False, *[True] * 7]


def test_cloudflare_takes_one_kind_and_not_too_many(cloud):
    two, none, many = {"hosts": ["a.de"], "tags": ["b"]}, {"hosts": []}, {"tags": ["a"] * 101}
    for body in ({}, two, none, many, {"purge_everything": False}):
        assert post(cloud, "api.cloudflare.com", PURGE, body)[0] == 400, body
    assert post(cloud, "api.cloudflare.com", "/client/v4/zones/example.com/purge_cache", {"tags": ["a"]})[0] == 404


def test_sentry_deploys_what_is_released(cloud):
    deploy = lambda version: post(cloud, "sentry.io", f"{RELEASES}{version}/deploys/", {"environment": "prod"})[0]
    release = lambda version: post(cloud, "sentry.io", RELEASES, {"version": version, "projects": ["api"]})[0]
    assert deploy("v1") == 404
    assert (release("v1"), release("v1"), release("v2")) == (201, 208, 201)
    assert (deploy("v1"), deploy("v1"), deploy("v3")) == (201, 201, 404)
    assert release("latest") == 400
    assert post(cloud, "sentry.io", RELEASES, {"version": "v3", "projects": []})[0] == 400


def test_github_has_statuses_of_what_is_deployed(cloud):
    status = lambda n, **body: post(cloud, "api.github.com", f"{DEPLOYMENTS}/{n}/statuses", body)[0]
    assert post(cloud, "api.github.com", DEPLOYMENTS, {"environment": "prod"})[0] == 422
    made = post(cloud, "api.github.com", DEPLOYMENTS, {"ref": "0123abcd", "environment": "prod"})
    assert (made[0], made[1]["environment"]) == (201, "prod")
    number = made[1]["id"]
    assert status(number, state="success", description="x") == 201
    assert status(number, state="done") == status(number, state="success", description="x" * 141) == 422
    assert status(number + 1000, state="success") == 404


def test_topics_keep_what_they_are_told(cloud):
    arn = cloud.sns.create_topic(Name="ops")["TopicArn"]
    # Nobody is there to be told.
    cloud.sns.subscribe(TopicArn=arn, Protocol="https", Endpoint="https://127.0.0.1:1/")
    assert cloud.sns.publish(TopicArn=arn, Subject="api v43", Message="two\nlines")["MessageId"]
    said = {"topic": arn, "subject": "api v43", "message": "two\nlines"}
    assert cloud.control("GET", "messages") == {"messages": [said]}
    fails("NotFound", cloud.sns.publish, TopicArn=arn + "x", Message="x")
    fails("InvalidParameter", cloud.sns.publish, TopicArn=arn, Message="x", Subject="x" * 101)
    fails("InvalidParameter", cloud.sns.publish, TopicArn=arn, Message="x", Subject="two\nlines")
