"""Lifecycle hooks of deployments: pauses, which last until someone lets the deployment go on or back.

Functions of Lambda are not called: their hooks succeed at once.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
"""

from __future__ import annotations

import base64
import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from .ecs_monitors import Trouble
from .hooks import Context

Doc = dict[str, Any]
_WAITS, _DONE, _FAILED, _LATE = "AWAITING_ACTION", "SUCCEEDED", "FAILED", "TIMED_OUT"
TIMEOUT = {"timeoutInMinutes": 1440, "action": "ROLLBACK"}


def reach(context: Context, made: Doc, stage: str) -> None:
    """A deployment comes to a stage: the hooks there begin."""
    for hook in made["deploymentConfiguration"].get("lifecycleHooks") or []:
        if stage not in (hook.get("lifecycleStages") or []):
            continue
        if hook.get("targetType") == "PAUSE":
            made["lifecycleHookDetails"].append(_pause(context, hook))
        else:
            details = {"targetType": "AWS_LAMBDA", "targetArn": hook.get("hookTargetArn"), "status": _DONE}
            made["lifecycleHookDetails"].append({"hookId": str(uuid.uuid4()), **details})


def _pause(context: Context, hook: Doc) -> Doc:
    timeout = {**TIMEOUT, **(hook.get("timeoutConfiguration") or {})}
    seconds = timeout["timeoutInMinutes"] * context.behaviour("minute")
    noise = base64.urlsafe_b64encode(uuid.uuid4().bytes + uuid.uuid4().bytes).decode().rstrip("=")
    expires = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return {
        "hookId": f"ecs-pause-{noise}", "targetType": "PAUSE", "status": _WAITS,
        "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "timeoutAction": timeout["action"],
        # Where minutes take no time, nothing is ever late.
        "_until": time.monotonic() + seconds if seconds else float("inf"),
    }


def waiting(made: Doc) -> bool:
    """Whether someone has to act; what nobody acted on in time is over."""
    for one in made["lifecycleHookDetails"]:
        if one["status"] == _WAITS and time.monotonic() >= one["_until"]:
            one["status"] = _LATE
            if one["timeoutAction"] == "ROLLBACK":
                made["_trouble"] = _trouble(one, "timed out")
    return any(one["status"] == _WAITS for one in made["lifecycleHookDetails"])


def end(made: Doc) -> None:
    """A deployment does not go on: nobody can let it any more."""
    for one in made["lifecycleHookDetails"]:
        one["status"] = _FAILED if one["status"] == _WAITS else one["status"]


def resolve(made: Doc, key: str, action: str) -> bool:
    """Ends a pause; false if there is none of that id which waits."""
    known = [one for one in made["lifecycleHookDetails"] if one["hookId"] == key and one["status"] == _WAITS]
    for one in known:
        one["status"] = _DONE if action == "CONTINUE" else _FAILED
        if action != "CONTINUE":
            made["_trouble"] = _trouble(one, "was answered with ROLLBACK")
    return bool(known)


def _trouble(hook: Doc, what: str) -> Trouble:
    return Trouble("lifecycle hook", f"lifecycle hook {what}", f"the lifecycle hook {hook['hookId']} {what}")
