"""States over time: a thing is one now and becomes another after a while.

    @after("rds:CreateDBInstance")
    def comes_up(context, result):
        instance = context.backend().databases[context.params["DBInstanceIdentifier"]]
        becomes(context, instance, "status", "creating", "available", after="db_delay")
        result["DBInstance"]["DBInstanceStatus"] = "creating"

`after` is a behaviour: its line in `behaviours.py` says how many seconds. The
change happens when the next call after that comes, so nothing has to be polled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .hooks import Context


def becomes(
    context: Context,
    thing: Any,
    member: str,
    now: Any,
    later: Any,
    after: str,
    then: Callable[[], None] | None = None,
) -> None:
    """Set a member of one of moto's objects, or of a dict, now and once more later.

    Nothing happens later if the member has become something else meanwhile, as
    when a thing is deleted while it is still being created. `then` runs with the
    change, to drop a thing that is gone or to start what comes next.
    """
    _set(thing, member, now)

    def settle() -> None:
        if _get(thing, member) == now:
            _set(thing, member, later)
            if then:
                then()

    context.account.schedule.later(context.behaviour(after), settle)


def _get(thing: Any, member: str) -> Any:
    return thing[member] if isinstance(thing, dict) else getattr(thing, member)


def _set(thing: Any, member: str, value: Any) -> None:
    if isinstance(thing, dict):
        thing[member] = value
    else:
        setattr(thing, member, value)
