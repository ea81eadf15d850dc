"""What is in logs, and what is told of releases."""

import time

import pytest
from conftest import fails, wait_for
from test_ecs import Site

OPTIONS = {"awslogs-group": "/web", "awslogs-stream-prefix": "ecs", "awslogs-region": "eu-central-1"}


@pytest.fixture
def logs(cloud):
    cloud.logs.create_log_group(logGroupName="/api")
    return cloud.logs


@pytest.fixture
def site(cloud):
    cloud.behave(cluster_delay=0, task_delay=0, drain_delay=0)
    return Site(cloud)


def say(logs, stream, *lines):
    """Each line is said at its own time, in seconds from now."""
    if not logs.describe_log_streams(logGroupName="/api", logStreamNamePrefix=stream)["logStreams"]:
        logs.create_log_stream(logGroupName="/api", logStreamName=stream)
    events = [{"timestamp": int((time.time() + at) * 1000), "message": line} for at, line in lines]
    logs.put_log_events(logGroupName="/api", logStreamName=stream, logEvents=events)


def found(logs, **more):
    return [one["message"] for one in logs.filter_log_events(logGroupName="/api", **more)["events"]]


def test_streams_are_mixed_and_in_order(logs):
    say(logs, "ecs/api/1", (-9, "first"), (-3, "third"))
    say(logs, "ecs/api/2", (-6, "second"))
    say(logs, "ecs/adot/2", (-1, "fourth ERROR"))
    assert found(logs) == ["first", "second", "third", "fourth ERROR"]
    assert found(logs, logStreamNamePrefix="ecs/api/") == ["first", "second", "third"]
    assert found(logs, logStreamNames=["ecs/api/2"]) == ["second"]
    assert found(logs, filterPattern="ERROR") == ["fourth ERROR"]
    assert found(logs, startTime=int((time.time() - 5) * 1000)) == ["third", "fourth ERROR"]
    assert found(logs, endTime=int((time.time() - 5) * 1000)) == ["first", "second"]
    events = logs.filter_log_events(logGroupName="/api")["events"]
    assert len({one["eventId"] for one in events}) == 4 and events[0]["logStreamName"] == "ecs/api/1"
    fails("ResourceNotFoundException", logs.filter_log_events, logGroupName="/other")
    fails("InvalidParameterException", found, logs=logs, logStreamNames=["a"], logStreamNamePrefix="a")
    fails("InvalidParameterException", found, logs=logs, filterPattern='"open')


def test_what_was_found_comes_in_pages(cloud, logs):
    say(logs, "ecs/api/1", *((at - 9, str(at)) for at in range(5)))
    cloud.behave(page_size=2)
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName="/api"))
    assert [len(page["events"]) for page in pages] == [2, 2, 1]
    assert [one["message"] for page in pages for one in page["events"]] == list("01234")


def test_what_is_said_is_found_later(cloud, logs):
    cloud.behave(log_delay=0.3)
    say(logs, "ecs/api/1", (-5, "late"))
    read = lambda: logs.get_log_events(logGroupName="/api", logStreamName="ecs/api/1")["events"]
    assert found(logs) == [] == read()
    wait_for(lambda: found(logs) == ["late"])
    assert [one["message"] for one in read()] == ["late"]


def test_a_stream_is_read_on_from_where_it_was(logs):
    say(logs, "ecs/api/1", *((at - 9, str(at)) for at in range(4)))
    read = lambda **more: logs.get_log_events(logGroupName="/api", logStreamName="ecs/api/1", **more)
    messages = lambda page: [one["message"] for one in page["events"]]
    first = read(startFromHead=True, limit=3)
    assert messages(first) == list("012") and messages(read(limit=3)) == list("123")
    second = read(startFromHead=True, nextToken=first["nextForwardToken"])
    assert messages(second) == ["3"] and messages(read(nextToken=first["nextBackwardToken"])) == []
    third = read(startFromHead=True, nextToken=second["nextForwardToken"])
    assert messages(third) == [] and third["nextForwardToken"] == second["nextForwardToken"]
    say(logs, "ecs/api/1", (0, "4"))
    assert messages(read(startFromHead=True, nextToken=third["nextForwardToken"])) == ["4"]
    fails("ResourceNotFoundException", logs.get_log_events, logGroupName="/api", logStreamName="other")
    fails("InvalidParameterException", read, nextToken="x")


def start(site, **more):
    network = {"subnets": [site.subnet], "securityGroups": [site.group], "assignPublicIp": "ENABLED"}
    return site.ecs.run_task(
        cluster="c", taskDefinition="web", networkConfiguration={"awsvpcConfiguration": network}, **more,
    )["tasks"][0]["taskArn"]


def task(site, arn):
    return site.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]


def test_a_task_speaks_while_it_runs(cloud, site):
    cloud.behave(run_delay=0.3, run_says=["one", "two"])
    site.register(container={"logConfiguration": {"logDriver": "awslogs", "options": OPTIONS}})
    arn = start(site, overrides={"containerOverrides": [{"name": "web", "command": ["work"]}]})
    said = lambda: [one["message"] for one in cloud.logs.filter_log_events(logGroupName="/web")["events"]]
    assert said() == ["one", "two"] and task(site, arn)["lastStatus"] == "RUNNING"
    wait_for(lambda: task(site, arn)["lastStatus"] == "STOPPED")
    assert said() == ["one", "two", "$ work", "done"]


def test_a_task_that_runs_by_itself_is_stopped(cloud, site):
    cloud.behave(run_delay=60)
    site.register()
    arn = start(site)
    site.ecs.stop_task(cluster="c", task=arn, reason="enough")
    stopped = task(site, arn)
    assert (stopped["lastStatus"], stopped["stopCode"], stopped["stoppedReason"]) == ("STOPPED", "UserInitiated", "enough")
    assert stopped["containers"][0]["exitCode"] == 143
    fails("InvalidParameterException", site.ecs.stop_task, cluster="c", task=arn.replace("task/c/", "task/c/0"))


def test_releases_come_in_pages_and_know_their_images(cloud, site):
    site.register()
    site.create()
    for tag in ("web:2", "web:3"):
        site.ecs.update_service(cluster="c", service="web", taskDefinition=site.register(image=tag))
    cloud.behave(page_size=2)
    list_some = lambda **more: site.ecs.list_service_deployments(cluster="c", service="web", **more)
    first = list_some()
    rest = list_some(nextToken=first["nextToken"])
    assert [len(page["serviceDeployments"]) for page in (first, rest)] == [2, 1] and "nextToken" not in rest
    fails("InvalidParameterException", list_some, nextToken="x")
    targets = [one["targetServiceRevisionArn"] for page in (first, rest) for one in page["serviceDeployments"]]
    revisions = site.ecs.describe_service_revisions(serviceRevisionArns=targets)["serviceRevisions"]
    images = [one["containerImages"][0] for one in revisions]
    assert {one["image"] for one in images} == {"web:1", "web:2", "web:3"}
    assert len({one["imageDigest"] for one in images}) == 3 and images[0]["imageDigest"].startswith("sha256:")
