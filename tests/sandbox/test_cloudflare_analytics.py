"""Numbers about a zone's traffic by GraphQL: as they are told to be, or made up; and what is refused."""

import pytest
from asked import Cloudflare, zone_id

DAY = 'datetime_geq: "2026-01-01T00:00:00Z", datetime_lt: "2026-01-02T00:00:00Z"'
REQUESTS = "httpRequestsAdaptiveGroups"
EVENTS = "firewallEventsAdaptiveGroups"


@pytest.fixture
def ask(cloud):
    """The groups of a dataset, or the words in which they are refused."""

    def ask(dataset, fields, arguments="limit: 10", times=DAY):
        groups = f"groups: {dataset}({arguments}, filter: {{{times}}}) {{ {fields} }}"
        query = "query($zone: string!) { viewer { zones(filter: {zoneTag: $zone}) { %s } } }" % groups
        said = {"query": query, "variables": {"zone": zone_id(cloud)}}
        answer = Cloudflare(cloud).ok("POST", "graphql", said)
        if answer["errors"]:
            assert answer["data"] is None
            return answer["errors"][0]["message"]
        return answer["data"]["viewer"]["zones"][0]["groups"]

    return ask


def test_numbers_are_as_they_are_told_to_be(ask, cloud):
    cloud.behave(cloudflare_analytics={
        "requests": {"hit 200": 60, "hit 304": 5, "dynamic 502": 3}, "events": {"block": 12, "log": 20},
    })
    visitors = f'{DAY}, requestSource: "eyeball"'
    found = ask(REQUESTS, "count sum { edgeResponseBytes } dimensions { cacheStatus }", times=visitors)
    assert [(it["dimensions"]["cacheStatus"], it["count"]) for it in found] == [("hit", 65), ("dynamic", 3)]
    assert found[1]["sum"] == {"edgeResponseBytes": 54_000}
    both = ask(REQUESTS, "count dimensions { cacheStatus edgeResponseStatus }", "limit: 2, orderBy: [count_DESC]")
    assert both[1] == {"count": 5, "dimensions": {"cacheStatus": "hit", "edgeResponseStatus": 304}}
    assert ask(EVENTS, "count dimensions { action }") == [
        {"count": 20, "dimensions": {"action": "log"}}, {"count": 12, "dimensions": {"action": "block"}}]


def test_made_up_numbers_are_the_same_each_time(ask):
    requests = ask(REQUESTS, "count sum { visits } avg { sampleInterval }")
    events = ask(EVENTS, "count dimensions { action source }")
    assert requests == ask(REQUESTS, "count sum { visits } avg { sampleInterval }")
    assert len(events) == 6 and 0 < sum(it["count"] for it in events) < requests[0]["count"] / 100
    assert ask(REQUESTS, "count", times=f'{DAY}, requestSource: "edgeWorkerFetch"') == [{"count": 0}]


@pytest.mark.parametrize(("dataset", "fields", "words"), [
    ("httpRequests1mGroups", "count", 'unknown field "httpRequests1mGroups"'),
    (REQUESTS, "sum { requests }", 'unknown field "requests"'),
    (REQUESTS, "uniq { uniques }", 'unknown field "uniq"'),
    (REQUESTS, "count dimensions { action }", 'unknown field "action"'),
    (REQUESTS, "count dimensions", "object field must have selections"),
    (EVENTS, "count sum { visits }", 'unknown field "sum"'),
    (EVENTS, "count dimensions { cacheStatus }", 'unknown field "cacheStatus"'),
])
def test_fields_that_a_dataset_does_not_have_are_refused(ask, dataset, fields, words):
    assert ask(dataset, fields) == words


@pytest.mark.parametrize(("arguments", "times", "words"), [
    ("limit: 0", DAY, "limit must be"),
    ("orderBy: [count_DESC]", DAY, "limit must be"),
    ("limit: 1, orderBy: [visits_DESC]", DAY, "cannot order by visits_DESC"),
    ("limit: 1, first: 1", DAY, 'unknown field "first"'),
    ("limit: 1", f'{DAY}, cacheState: "hit"', 'unknown field "cacheState"'),
    ("limit: 1", 'datetime_lt: "2026-01-02T00:00:00Z"', "datetime_geq is required"),
    ("limit: 1", 'datetime_geq: "2026-01-01T00:00:00Z", datetime_lt: "2026-01-02T00:00:01Z"', "range is too large"),
])
def test_questions_that_make_no_sense_are_refused(ask, arguments, times, words):
    assert words in ask(REQUESTS, "count", arguments, times)


def test_what_a_plan_or_a_token_does_not_have_is_refused(ask, cloud):
    cloud.behave(cloudflare_zones={"example.com": "free"})
    assert "does not have access to the path" in ask(EVENTS, "count")
    assert ask(REQUESTS, "count")[0]["count"] > 0
    cloud.behave(cloudflare_denies=["Analytics"])
    assert ask(REQUESTS, "count") == "not authorized for that account"
