"""What tells that a deployment fails: tasks that do not start, and alarms.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import Any

from .ecs_store import Service
from .hooks import Context

Doc = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """Why a deployment does not go on."""

    by: str                 # what noticed it
    event: str              # as in `deployment failed: ...`
    why: str                # as in `because ...`
    rollback: bool = True   # whether what was before is to come back

    @property
    def rolled_back(self) -> str:
        return f"Service deployment rolled back because {self.why}."

    @property
    def stopped(self) -> str:
        return f"{self.why[0].upper()}{self.why[1:]}."


BROKEN = Trouble("circuit breaker", "tasks failed to start", "the circuit breaker threshold was exceeded")
STOPPED = Trouble("request", "stopped by a user", "a user asked for it")


def begin(context: Context, service: Service) -> Doc:
    """The members of a service deployment that tell of its monitors."""
    config = service.shown["deploymentConfiguration"]
    breaker, alarms = config["deploymentCircuitBreaker"], config.get("alarms") or {}
    names = list(alarms.get("alarmNames") or [])
    # An alarm that rings already says nothing about the new deployment: then none are heeded.
    heeded = bool(alarms.get("enable")) and not _ringing(context, names)
    return {
        "deploymentConfiguration": copy.deepcopy(config),
        "deploymentCircuitBreaker": {
            "status": "MONITORING" if breaker["enable"] else "DISABLED", "failureCount": 0,
            "threshold": _threshold(breaker, service.shown["desiredCount"]),
        },
        "alarms": {
            "status": "MONITORING" if heeded else "DISABLED", "alarmNames": names, "triggeredAlarmNames": [],
        },
    }


def _threshold(breaker: Doc, wanted: int) -> int:
    given = breaker.get("thresholdConfiguration") or {"type": "BOUNDED_PERCENT", "value": 50}
    if given["type"] == "COUNT":
        return int(given["value"])
    share: int = math.ceil(wanted * given["value"] / 100)
    return min(max(3, share), 200) if given["type"] == "BOUNDED_PERCENT" else max(1, share)


def _ringing(context: Context, names: list[str]) -> list[str]:
    alarms = context.backend("cloudwatch").alarms
    return [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]


def trouble(context: Context, service: Service, made: Doc, failed: int) -> Trouble | None:
    """Why a deployment fails of which so many tasks did, if it does."""
    config = service.shown["deploymentConfiguration"]
    made["deploymentCircuitBreaker"]["failureCount"] = failed
    if broken(made, failed):
        made["deploymentCircuitBreaker"]["status"] = "TRIGGERED"
        return replace(BROKEN, rollback=config["deploymentCircuitBreaker"]["rollback"])
    alarms = made["alarms"]
    if alarms["status"] == "MONITORING" and (names := _ringing(context, alarms["alarmNames"])):
        alarms.update(status="TRIGGERED", triggeredAlarmNames=names)
        rollback = (config.get("alarms") or {}).get("rollback", False)
        return Trouble("alarms", "alarm detected", f"alarms went off: {', '.join(names)}", rollback)
    return None


def broken(made: Doc, failed: int) -> bool:
    """Whether the circuit breaker has seen enough."""
    breaker = made["deploymentCircuitBreaker"]
    return breaker["status"] != "DISABLED" and failed >= int(breaker["threshold"])


def end(made: Doc) -> None:
    """Nobody looks any more."""
    for monitor in (made["deploymentCircuitBreaker"], made["alarms"]):
        if monitor["status"] == "MONITORING":
            monitor["status"] = "MONITORING_COMPLETE"
