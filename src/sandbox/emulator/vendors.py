"""Stands in for what others than AWS are told and asked: Cloudflare, GitHub, PostHog, Sentry, Upstash.

    ANY  /_vendors/ACCOUNT/HOST/PATH        what would be sent to https://HOST/PATH

The host says nothing, as each of them may be hosted elsewhere; the path says who
is meant. Two of them are asked to make things (`cloudflare`, `upstash`): these
are calls with a name, `cloudflare:CreateRecord`, which are in the log, may meet
faults and can be held back as those of AWS. The others are only told of releases.

What is told is kept, and `GET /_infractl/vendors?account=` lists it, as
{n, method, host, path, body, authorized, status}: whether there was a token,
never which. To purge Cloudflare's cache is both, a call and told. The behaviour
`vendor_fails` makes a host refuse what it is told.

https://developers.cloudflare.com/api/resources/cache/methods/purge/
https://docs.github.com/en/rest/deployments/deployments
https://posthog.com/docs/api/annotations
https://docs.sentry.io/api/releases/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import cloudflare, upstash
from .account import Account, Accounts
from .wire import Reply

PREFIX = "/_vendors/"
_PURGE = re.compile(r"/client/v4/zones/([0-9a-f]{32})/purge_cache")
_PURGES = ("purge_everything", "files", "hosts", "tags", "prefixes")
_MADE = (200, 201, 208)

Answer = tuple[int, Any]


@dataclass
class Request:
    """What was sent, and what the same host was sent before and took."""

    path: str
    names: tuple[str, ...]         # in the path
    body: dict[str, Any]
    number: int                    # of the account's requests
    earlier: list[dict[str, Any]]  # that were made, of this host


@dataclass(frozen=True)
class Endpoint:
    path: re.Pattern[str]
    refusal: Callable[[int, str], Any]  # a body for a status and a sentence
    answer: Callable[[Request], Answer]


@dataclass(frozen=True)
class Call:
    """A call of a vendor that is asked to make things."""

    account: str
    service: str
    operation: str
    mutating: bool
    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


def parse(request: Any) -> Call | None:
    """The call in a request, or None if it is only something that is told."""
    number, _, path = _target(request)
    for prefix, (service, operation, _) in _DOUBLES.items():
        if path.startswith(prefix) and re.fullmatch(r"\d{12}", number):
            known = ("PurgeCache", True) if _PURGE.fullmatch(path) else operation(request.method, path, request.args)
            return Call(number, service, *known, request.method, path)
    return None


def answer(account: Account, call: Call, request: Any, fault: str | None) -> Reply:
    if call.operation == "PurgeCache":
        return cloudflare.answer(account, call, request, fault, told=lambda: _tell(account, request))
    for service, _, double in _DOUBLES.values():
        if service == call.service:
            return double(account, call, request, fault)
    raise LookupError(call.service)


def receive(accounts: Accounts, request: Any) -> Reply:
    """What is told and is no call."""
    number, _, _ = _target(request)
    request.get_data()  # all of it, before the lock is taken
    if not re.fullmatch(r"\d{12}", number):
        return _reply(404, {"error": f"{number} is not an account"})
    with accounts.lock:
        return _reply(*_tell(accounts[number], request))


def _target(request: Any) -> tuple[str, str, str]:
    """The account, the host and the path that a request is meant for."""
    number, _, rest = request.path.removeprefix(PREFIX).partition("/")
    host, slash, path = rest.partition("/")
    return number, host, slash + path


def _tell(account: Account, request: Any) -> Answer:
    _, host, path = _target(request)
    entry = {
        "n": len(account.posts) + 1, "method": request.method, "host": host, "path": path,
        "body": _read(request.get_data()), "authorized": _has_token(request), "status": None,
    }
    status, body = _answer(account, entry)
    entry["status"] = status
    account.posts.append(entry)
    return status, body


def _has_token(request: Any) -> bool:
    return bool(re.fullmatch(r"Bearer \S+", request.headers.get("Authorization", "")))


def _read(data: bytes) -> Any:
    try:
        return json.loads(data or b"null")
    except ValueError:
        return None


def _answer(account: Account, entry: dict[str, Any]) -> Answer:
    for endpoint in _ENDPOINTS:
        found = endpoint.path.fullmatch(entry["path"])
        if found is None or entry["method"] != "POST":
            continue
        if status := _failure(account, entry["host"]):
            return status, endpoint.refusal(status, "told to fail")
        if not entry["authorized"]:
            return 401, endpoint.refusal(401, "no token")
        if not isinstance(entry["body"], dict):
            return 400, endpoint.refusal(400, "no JSON object")
        earlier = [it for it in account.posts if it["host"] == entry["host"] and it["status"] in _MADE]
        return endpoint.answer(Request(entry["path"], found.groups(), entry["body"], entry["n"], earlier))
    return 404, {"message": "Not Found"}


def _failure(account: Account, host: str) -> int | None:
    """The status that a host is to answer with: always, or one each for the next requests."""
    said = account.behaviours["vendor_fails"]
    status = said.get(host)
    if isinstance(status, list):
        account.change_behaviours({"vendor_fails": {**said, host: status[1:]}})
        status = status[0] if status else None
    return status


def _reply(status: int, body: Any) -> Reply:
    headers = {"Content-Type": "application/json"} | ({"Retry-After": "1"} if status == 429 else {})
    return Reply(status, headers, json.dumps(body).encode())


def _cloudflare(code: int, message: str) -> Any:
    return {"success": False, "errors": [{"code": 10000 if code == 401 else 1000 + code, "message": message}],
            "messages": [], "result": None}


def _purge(request: Request) -> Answer:
    kinds = [name for name in _PURGES if name in request.body]
    if len(kinds) != 1 or kinds != [*request.body]:
        return 400, _cloudflare(400, f"exactly one of {', '.join(_PURGES)} has to be given")
    what = request.body[kinds[0]]
    if what is not True and not (isinstance(what, list) and 0 < len(what) <= 100):
        return 400, _cloudflare(400, "1 to 100 items can be purged at once")
    return 200, {"success": True, "errors": [], "messages": [], "result": {"id": request.names[0]}}


def _github(_: int, message: str) -> Any:
    return {"message": message, "documentation_url": "https://docs.github.com/rest"}


def _deployment(request: Request) -> Answer:
    if not request.body.get("ref"):
        return 422, _github(422, "Invalid request.\n\n\"ref\" wasn't supplied.")
    kept = ("ref", "environment", "description", "payload")
    return 201, {"id": request.number, "task": "deploy", **{name: request.body.get(name) for name in kept}}


def _deployment_status(request: Request) -> Answer:
    all_, number = request.path.rsplit("/", 2)[0], request.names[0]
    if not any(it["path"] == all_ and str(it["n"]) == number for it in request.earlier):
        return 404, _github(404, "Not Found")
    states = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
    if request.body.get("state") not in states or len(request.body.get("description") or "") > 140:
        return 422, _github(422, "Validation Failed")
    return 201, {"id": request.number, "state": request.body["state"]}


def _posthog(_: int, message: str) -> Any:
    return {"type": "validation_error", "code": "invalid", "detail": message, "attr": None}


def _annotation(request: Request) -> Answer:
    if len(request.body.get("content") or "") > 400:
        return 400, _posthog(400, "Ensure this field has no more than 400 characters.")
    return 201, {"id": request.number, "creation_type": "USR", "deleted": False, **request.body}


def _sentry(_: int, message: str) -> Any:
    return {"detail": message}


def _release(request: Request) -> Answer:
    version, projects = request.body.get("version"), request.body.get("projects")
    if not version or version in (".", "..", "latest") or re.search(r"[\n\t/\\]", version):
        return 400, {"version": ["Release with name is not valid"]}
    if not projects:
        return 400, {"projects": ["This field is required."]}
    known = any(it["path"] == request.path and it["body"]["version"] == version for it in request.earlier)
    return 208 if known else 201, {
        "id": request.number, "version": version, "projects": [{"slug": slug} for slug in projects],
    }


def _deploy(request: Request) -> Answer:
    all_ = request.path.rsplit("/", 3)[0] + "/"
    if not any(it["path"] == all_ and it["body"]["version"] == request.names[0] for it in request.earlier):
        return 404, _sentry(404, "The requested resource does not exist")
    if not request.body.get("environment"):
        return 400, {"environment": ["This field is required."]}
    return 201, {"id": str(request.number), "environment": request.body["environment"]}


_ENDPOINTS = (
    Endpoint(_PURGE, _cloudflare, _purge),
    Endpoint(re.compile(r"(?:/api/v3)?/repos/[^/]+/[^/]+/deployments"), _github, _deployment),
    Endpoint(re.compile(r"(?:/api/v3)?/repos/[^/]+/[^/]+/deployments/(\d+)/statuses"), _github, _deployment_status),
    Endpoint(re.compile(r"/api/projects/\d+/annotations/"), _posthog, _annotation),
    Endpoint(re.compile(r"/api/0/organizations/[^/]+/releases/"), _sentry, _release),
    Endpoint(re.compile(r"/api/0/organizations/[^/]+/releases/([^/]+)/deploys/"), _sentry, _deploy),
)

# By path: the service, what a request is called, and who answers it.
_DOUBLES: dict[str, tuple[str, Callable[..., tuple[str, bool]], Callable[..., Reply]]] = {
    cloudflare.PREFIX: ("cloudflare", cloudflare.operation, cloudflare.answer),
    upstash.PREFIX: ("upstash", upstash.operation, upstash.answer),
}
