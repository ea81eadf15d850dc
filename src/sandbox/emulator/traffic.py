"""Stands in for the data plane of load balancers: requests go through them to tasks, which answer.

    GET /_load_balancer/ACCOUNT/PATH                with the header `Host` of the site; any method
    GET /_load_balancer/ACCOUNT@NAME[:PORT]/PATH    through the load balancer of this DNS name, whatever the host

The port is that of the host, or of NAME; else 443 where `X-Forwarded-Proto` is `https`, else 80. A host that no load
balancer has as its DNS name is asked of the first that has a rule for the request, or of the only one there is.

A task answers 200, or what the behaviour `task_status` says of its image, and who it is:

    {"task": ARN, "task_definition": "FAMILY:REVISION", "image": IMAGE, "target_group": ARN,
     "method": "GET", "host": HOST, "path": "/PATH"}

Where no task runs at a target, the load balancer answers 502; where none is healthy, 503. What the sandbox itself has
to say, such as that there is no such load balancer, is 404 with {"error": ...}.
"""

from __future__ import annotations

import json
import re
from typing import Any

from . import bridge, ecs_store, elbv2_store
from .account import Account, Accounts
from .elbv2_traffic import Answer, Place, Request, fits_some_rule, handle, like, listener
from .hooks import Context
from .wire import Call, Reply

PREFIX = "/_load_balancer/"
_SERVICE = "elasticloadbalancing"


class Unknown(Exception):
    """Why there is nobody to answer."""


def receive(accounts: Accounts, request: Any) -> Reply:
    """A request by HTTP, through some load balancer."""
    target, slash, path = request.path.removeprefix(PREFIX).partition("/")
    number, _, name = target.partition("@")
    name, named_port = _split(name)
    host, host_port = _split(request.host)
    if _is_own(request, host, host_port):
        host, host_port = name, None
    headers = dict(request.headers.items())
    secure = headers.get("X-Forwarded-Proto") == "https"
    asked = Request(
        host=host, port=host_port or named_port or (443 if secure else 80), method=request.method,
        path=f"{slash}{path}" or "/", query=request.query_string.decode(), headers=headers,
        source=request.remote_addr or "127.0.0.1",
    )
    request.get_data()  # nobody reads it, but it was sent
    try:
        found = send(accounts, number, asked, name)
    except Unknown as error:
        found = Answer(404, json.dumps({"error": str(error)}), {"Content-Type": "application/json"})
    return Reply(found.status, found.headers, found.body.encode())


def _split(host: str) -> tuple[str, int | None]:
    name, _, port = host.partition(":")
    return name, int(port) if port.isdigit() else None


def _is_own(request: Any, host: str, port: int | None) -> bool:
    """Whether a host is the sandbox itself: then it says nothing."""
    return host in ("127.0.0.1", "localhost") and str(port or 80) == str(request.environ.get("SERVER_PORT"))


def send(accounts: Accounts, number: str, request: Request, name: str = "") -> Answer:
    """A request through a load balancer: that of the name, or else the one that is there for it."""
    if not re.fullmatch(r"\d{12}", number):
        raise Unknown(f"{number} is not an account")
    with accounts.lock:
        account = accounts[number]
        if account.schedule.run_due():
            account.truths.clear()
        context, balancer = _choose(account, request, name)
        of = listener(balancer, request.port)
        if of is None:
            raise Unknown(f"nothing listens on port {request.port} of {balancer.dns_name}")
        found = handle(context, of, request)
        return found if isinstance(found, Answer) else _task(context, found, request)


def _choose(account: Account, request: Request, name: str) -> tuple[Context, Any]:
    known = [
        (context, it) for region in bridge.regions(_SERVICE, account.number)
        for context in [Context(Call(account.number, region, _SERVICE, "", {}), account)]
        for it in elbv2_store.backend(context).load_balancers.values()
    ]
    wanted = (name or request.host).lower()
    for each in known:
        if each[1].dns_name.lower() == wanted:
            return each
    if name:
        raise Unknown(f"account {account.number} has no load balancer {name}")
    for each in known:
        of = listener(each[1], request.port)
        if of is not None and fits_some_rule(of, request):
            return each
    if len(known) != 1:
        raise Unknown(f"account {account.number} has {len(known)} load balancers, and none has a rule for this")
    return known[0]


def _task(context: Context, place: Place, request: Request) -> Answer:
    """The answer of what runs at a target. A task that was stopped does not answer."""
    kept = ecs_store.store(context)
    task = kept.tasks.get(kept.at.get((place.group, place.address, place.port), ""))
    if task is None or task["lastStatus"] != "RUNNING":
        return Answer(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", {"Content-Type": "text/html"})
    revision = ecs_store.last(task["taskDefinitionArn"])
    containers = kept.definitions[revision]["definition"]["containerDefinitions"]
    listening = [one for one in containers
                 if any(it["containerPort"] == place.port for it in one["portMappings"])]
    image = (listening or containers)[0]["image"]
    body = {
        "task": task["taskArn"], "task_definition": revision, "image": image, "target_group": place.group,
        "method": request.method, "host": request.host, "path": request.path,
    }
    status = _status(context.behaviour("task_status"), (image, revision), request.path)
    return Answer(status, json.dumps(body), {"Content-Type": "application/json"})


def _status(said: dict[str, int], releases: tuple[str, ...], path: str) -> int:
    """What a release answers; what is said of a path goes first."""
    for key, status in sorted(said.items(), key=lambda it: " " not in it[0]):
        release, _, pattern = key.partition(" ")
        if release in releases and (not pattern or like(pattern, path)):
            return status
    return 200
