"""A double of Cloudflare's API, version 4: what every request goes through.

A request is counted, held to Cloudflare's document if there is one (`openapi`),
has to come with a token, and is done by who registered for it (`cloudflare_wire`).
Any token will do, but for one with "wrong" in it; the behaviour `cloudflare_denies`
names the operations that the token has no permission for.

The limit is 1,200 requests in 5 minutes (`cloudflare_quota`, `cloudflare_window`);
who goes beyond is refused everything for as long again.

https://developers.cloudflare.com/fundamentals/api/reference/limits/
https://developers.cloudflare.com/fundamentals/api/get-started/create-token/
"""

from __future__ import annotations

import json
import math
import re
import time
import traceback
from collections.abc import Callable
from typing import Any

from . import (  # noqa: F401  (they register what they answer)
    cloudflare_analytics,
    cloudflare_certificates,
    cloudflare_connector,
    cloudflare_records,
    cloudflare_rules,
    cloudflare_settings,
    cloudflare_zones,
    openapi,
)
from .account import Account
from .cloudflare_wire import Answer, Ask, Failure, envelope, find, perform, refusal, unroutable
from .cloudflare_world import World, world
from .wire import Reply

PREFIX = "/client/v4/"
_BEARER = re.compile(r"Bearer [A-Za-z0-9._~+/=-]+")
_USUAL_QUOTA = 1200
_PUBLIC = ("GetIps",)  # for which nobody has to say who they are

Told = Callable[[], tuple[int, Any]]


def operation(method: str, path: str, query: Any) -> tuple[str, bool]:
    """What a request is called, and whether it changes anything."""
    found = find(method, path.removeprefix(PREFIX))
    if found is None:
        return "Unknown", False
    return found[0].operation, not found[0].reads and query.get("dry_run") != "true"


def answer(account: Account, call: Any, request: Any, fault: str | None, told: Told | None = None) -> Reply:
    """What a request comes to. `told` does the work if no module of the double does."""
    here = world(account)
    headers, wait = _count(account, here)
    try:
        if wait or fault == "throttle":
            headers["Retry-After"] = str(wait or 1)
            raise Failure(429, 971, "Please wait and consider throttling your request speed")
        if fault == "server_error":  # comes from in front of the API, which would have an envelope
            return Reply(502, {**headers, "Content-Type": "text/plain; charset=UTF-8"}, b"error code: 502")
        account.schedule.run_due()
        done = _answer(account, here, call, request, fault, told)
    except Failure as failure:
        done = refusal(failure)
    except Exception as error:  # a flaw in the sandbox; say so rather than be retried
        traceback.print_exc()
        done = refusal(Failure(400, 1, f"{call.name} failed inside the sandbox: {type(error).__name__}: {error}"))
    headers |= done.headers
    if done.status == 204:
        return Reply(204, headers, b"")
    return Reply(done.status, {**headers, "Content-Type": "application/json"}, json.dumps(done.body).encode())


def _answer(
    account: Account, here: World, call: Any, request: Any, fault: str | None, told: Told | None
) -> Answer:
    path = call.path.removeprefix(PREFIX)
    query = {name: request.args.getlist(name) for name in request.args}
    body = _read(request.get_data())
    _hold_to_document(here, call, path, query, body)
    if call.operation not in _PUBLIC and not (told and "Authorization" not in request.headers):
        _authenticate(request)
    if fault == "access_denied" or call.operation in account.behaviours["cloudflare_denies"]:
        if call.operation == "Analytics":
            return cloudflare_analytics.denied()
        raise Failure(403, 10000, "Authentication error")
    if told:
        status, said = told()
        return Answer(status, said, {"Retry-After": "1"} if status == 429 else {})
    if call.operation == "Unknown":
        raise unroutable(path)
    return envelope(perform(Ask(account, here, path, query, body), call.method))


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        raise Failure(400, 6007, "Malformed JSON in request body") from None


def _hold_to_document(here: World, call: Any, path: str, query: dict[str, list[str]], body: Any) -> None:
    document = openapi.document()
    problem = document.problem(call.method, f"/{path}", query, body) if document else None
    if problem:
        here.violations.append({
            "operation": call.operation, "method": call.method, "path": f"/{path}", "problem": problem,
        })
        raise Failure(400, 9999, f"not as Cloudflare's document has it: {problem}")


def _authenticate(request: Any) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        if request.headers.get("X-Auth-Email") and request.headers.get("X-Auth-Key"):
            return
        raise Failure(401, 10000, "Authentication error")
    if not _BEARER.fullmatch(header):
        raise Failure(400, 6003, "Invalid request headers", chain=(6111, "Invalid format for Authorization header"))
    if "wrong" in header:
        raise Failure(403, 9109, "Invalid access token")


def _count(account: Account, here: World) -> tuple[dict[str, str], int | None]:
    """Headers that tell what is left, and how long to wait if nothing is."""
    quota, window = account.behaviours["cloudflare_quota"], account.behaviours["cloudflare_window"] or 300.0
    now, wait = time.monotonic(), None
    if now >= (here.refused_until or here.began + window):
        here.began, here.used, here.refused_until = now, 0, 0.0
    if not quota:
        here.refused_until = 0.0
    if quota and here.used >= quota and not here.refused_until:
        here.refused_until = now + window
    if here.refused_until:
        wait = max(1, math.ceil(here.refused_until - now))
    else:
        here.used += 1
    said = quota or _USUAL_QUOTA
    left = 0 if wait else max(0, said - here.used)
    reset = wait or max(1, math.ceil(here.began + window - now))
    return {
        "Ratelimit": f'"default";r={left};t={reset}',
        "Ratelimit-Policy": f'"default";q={said};w={math.ceil(window)}',
    }, wait
