"""What is in log groups: found over all streams, in order, and some time after it was said.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from __future__ import annotations

import time
from typing import Any

from moto.logs.models import EventMessageFilter

from . import bridge
from .hooks import Context, Result, before, instead
from .wire import AwsError

_MOST = 10_000  # events in a page


@before("logs:FilterLogEvents", when="validation")
def check(context: Context) -> None:
    params = context.params
    if params.get("logStreamNames") and params.get("logStreamNamePrefix"):
        raise _invalid("LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.")
    pattern = params.get("filterPattern") or ""
    if pattern.count('"') % 2 or pattern.startswith("{") != pattern.endswith("}"):
        raise _invalid("Invalid filter pattern")


@instead("logs:FilterLogEvents")
def find(context: Context) -> Result:
    """Streams are always mixed, whatever is asked for."""
    params = context.params
    start, end = params.get("startTime") or 0, params.get("endTime")
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix") or ""
    fits = EventMessageFilter(params.get("filterPattern") or "")
    found = [
        {**event.to_filter_dict(), "logStreamName": name}
        for name, stream in _group(context).streams.items()
        if name.startswith(prefix) and (not names or name in names)
        for event in _arrived(context, stream)
        if start <= event.timestamp <= (end or event.timestamp) and fits.matches(event.message)
    ]
    found.sort(key=lambda one: (one["timestamp"], one["ingestionTime"], int(one["eventId"])))
    return {"events": found, "searchedLogStreams": []}


@instead("logs:GetLogEvents")
def read(context: Context) -> Result:
    """A token that comes back as it was given says that this is all there is."""
    params = context.params
    stream = _group(context).streams.get(params.get("logStreamName") or "")
    if stream is None:
        raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
    start, end = params.get("startTime") or 0, params.get("endTime")
    events = [
        event for event in sorted(_arrived(context, stream), key=lambda one: one.timestamp)
        if start <= event.timestamp and (not end or event.timestamp < end)
    ]
    limit, token = int(params.get("limit") or _MOST), params.get("nextToken")
    first, last = _window(len(events), limit, token, bool(params.get("startFromHead")))
    return {
        "events": [event.to_response_dict() for event in events[first:last]],
        "nextForwardToken": f"f/{last:056d}", "nextBackwardToken": f"b/{first:056d}",
    }


def _window(count: int, limit: int, token: str | None, from_head: bool) -> tuple[int, int]:
    if token:
        direction, _, number = token.partition("/")
        if direction not in ("f", "b") or not number.isdecimal():
            raise _invalid("The specified nextToken is invalid.")
        at = min(int(number), count)
        return (at, min(count, at + limit)) if direction == "f" else (max(0, at - limit), at)
    return (0, min(count, limit)) if from_head else (max(0, count - limit), count)


def _group(context: Context) -> Any:
    given = context.params.get("logGroupName") or context.params.get("logGroupIdentifier") or ""
    name = given.partition(":log-group:")[2] or given
    group = bridge.logs(context.call.account, context.call.region).groups.get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def _arrived(context: Context, stream: Any) -> list[Any]:
    """What can be found by now."""
    until = (time.time() - context.behaviour("log_delay")) * 1000
    return [event for event in stream.events if event.ingestion_time <= until]


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
