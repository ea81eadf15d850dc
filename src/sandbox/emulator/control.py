"""The control API under /_infractl/, by which tests steer the sandbox. All JSON.

    GET    health                       -> {version, moto, pid, uptime_s, accounts}
    POST   reset[?account=]             -> {}
    POST   stop                         -> {}
    GET    behaviours[?account=]        -> {name: value, ...}, without account those of new ones
    PUT    behaviours?account=          {[preset], [name: value, ...]} -> all of them
    GET    calls?account=[&since=n]     -> {calls: [{n, service, operation, mutating, status, at,
                                            injected}], n_mutating}, both of calls after the n-th
    GET    messages?account=            -> {messages: [{topic, subject, message}]}, what topics were told
    GET    vendors?account=             -> {requests: [{n, method, host, path, body, authorized, status}]},
                                           what others than AWS were told; see `vendors`
    GET    cloudflare?account=          -> {zones: {name: {id, plan, records, rulesets, settings, bots, connector,
                                            certificates}}, violations: [{operation, method, path, problem}]};
                                           see `cloudflare_inventory`
    POST   cloudflare?account=          {zone, [records], [rulesets], [settings], [bots], [connector]}
                                        -> the zone as above, with these things of somebody else in it
    GET    faults?account=              -> [rule, ...]
    PUT    faults?account=              [{kind, [operation], [mutating], [rate], [count]}, ...]
    GET    hold?account=                -> {armed, held: {n, operation} | null}
    PUT    hold?account=                {after_mutating, [before]}
    DELETE hold?account=                lets a held reply go
    POST   request?account=             {load_balancer, [port], [method], [path], [host], [headers]}
                                        -> {status, headers, body}, of a request through a load balancer,
                                           which goes by its DNS name; see `traffic`

A request that makes no sense gets 400 {error}.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import moto
from moto.core.request import Request

from . import __version__, cloudflare_inventory, elbv2_traffic, traffic
from .account import Accounts
from .faults import Hold, Rule
from .wire import Reply


class Control:
    PREFIX = "/_infractl/"

    def __init__(self, accounts: Accounts, stop: Callable[[], None]) -> None:
        self._accounts = accounts
        self._stop = stop
        self._started = time.monotonic()
        self._routes: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "health"): self._health,
            ("POST", "reset"): self._reset,
            ("POST", "stop"): self._stop_server,
            ("GET", "behaviours"): self._behaviours,
            ("PUT", "behaviours"): self._change_behaviours,
            ("GET", "calls"): self._calls,
            ("GET", "messages"): self._messages,
            ("GET", "vendors"): self._vendors,
            ("GET", "cloudflare"): self._cloudflare,
            ("POST", "cloudflare"): self._seed_cloudflare,
            ("GET", "faults"): self._faults,
            ("PUT", "faults"): self._change_faults,
            ("GET", "hold"): self._held,
            ("PUT", "hold"): self._set_hold,
            ("DELETE", "hold"): self._lift_hold,
            ("POST", "request"): self._request,
        }

    def answer(self, request: Request) -> Reply:
        route = self._routes.get((request.method, request.path.removeprefix(self.PREFIX)))
        if route is None:
            return _json(404, {"error": f"there is no {request.method} {request.path}"})
        try:
            return _json(200, route(request))
        except (ValueError, TypeError, KeyError, traffic.Unknown) as error:
            return _json(400, {"error": str(error)})

    def _health(self, request: Request) -> Any:
        return {
            "version": __version__,
            "moto": moto.__version__,
            "pid": os.getpid(),
            "uptime_s": round(time.monotonic() - self._started, 1),
            "accounts": list(self._accounts),
        }

    def _reset(self, request: Request) -> Any:
        self._accounts.reset(request.args.get("account"))
        return {}

    def _stop_server(self, request: Request) -> Any:
        threading.Timer(0.05, self._stop).start()
        return {}

    def _behaviours(self, request: Request) -> Any:
        account = request.args.get("account")
        return self._accounts[account].behaviours if account else self._accounts.defaults

    def _change_behaviours(self, request: Request) -> Any:
        account = self._account(request)
        with self._accounts.lock:
            account.change_behaviours(_body(request, dict))
            return account.behaviours

    def _calls(self, request: Request) -> Any:
        account = self._account(request)
        since = int(request.args.get("since", 0))
        with self._accounts.lock:
            calls = [dict(call) for call in account.calls[since:]]
        return {"calls": calls, "n_mutating": sum(call["mutating"] for call in calls)}

    def _messages(self, request: Request) -> Any:
        account = self._account(request)
        with self._accounts.lock:
            return {"messages": [dict(one) for one in account.messages]}

    def _vendors(self, request: Request) -> Any:
        account = self._account(request)
        with self._accounts.lock:
            return {"requests": [dict(one) for one in account.posts]}

    def _cloudflare(self, request: Request) -> Any:
        account = self._account(request)
        with self._accounts.lock:
            return cloudflare_inventory.show(account)

    def _seed_cloudflare(self, request: Request) -> Any:
        account = self._account(request)
        with self._accounts.lock:
            return cloudflare_inventory.seed(account, _body(request, dict))

    def _faults(self, request: Request) -> Any:
        return [asdict(rule) for rule in self._account(request).faults]

    def _change_faults(self, request: Request) -> Any:
        account = self._account(request)
        rules = [Rule.from_json(rule) for rule in _body(request, list)]
        with self._accounts.lock:
            account.faults = rules
        return [asdict(rule) for rule in rules]

    def _held(self, request: Request) -> Any:
        hold = self._account(request).hold
        return {"armed": hold is not None and hold.held is None, "held": hold.held if hold else None}

    def _set_hold(self, request: Request) -> Any:
        account = self._account(request)
        wanted = _body(request, dict)
        if not isinstance(wanted.get("after_mutating"), int) or wanted["after_mutating"] < 1:
            raise ValueError("after_mutating has to be a number from 1 on")
        with self._accounts.lock:
            self._lift_hold(request)
            account.hold = Hold(wanted["after_mutating"], bool(wanted.get("before", False)))
        return {"armed": True, "held": None}

    def _lift_hold(self, request: Request) -> Any:
        account = self._account(request)
        if account.hold:
            account.hold.lift()
            account.hold = None
        return {"armed": False, "held": None}

    def _request(self, request: Request) -> Any:
        wanted = _body(request, dict)
        name = wanted["load_balancer"]
        path, _, query = str(wanted.get("path", "/")).partition("?")
        asked = elbv2_traffic.Request(
            host=wanted.get("host", name), port=int(wanted.get("port", 80)), method=wanted.get("method", "GET"),
            path=path, query=query, headers=wanted.get("headers", {}),
        )
        return asdict(traffic.send(self._accounts, self._account(request).number, asked, name))

    def _account(self, request: Request) -> Any:
        number = request.args.get("account")
        if not number:
            raise ValueError("say which account: ?account=123456789012")
        return self._accounts[number]


def _body(request: Request, kind: type) -> Any:
    value = json.loads(request.get_data() or b"null")
    if not isinstance(value, kind):
        raise ValueError(f"the body must be a JSON {'object' if kind is dict else 'array'}")
    return value


def _json(status: int, value: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(value).encode())
