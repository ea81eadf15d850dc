"""The WSGI application: AWS calls on every path, the control API, what users send and what vendors are told."""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.request import Request

from . import bridge, faults, hooks, traffic, vendors, wire
from .account import Account, Accounts
from .control import Control
from .wire import AwsError, Call, Reply

StartResponse = Callable[..., Any]
Answer = Callable[[Account, Any, Request, "str | None"], Reply]


class Sandbox:
    """Takes each request from the socket to its answer."""

    def __init__(self, accounts: Accounts, control: Control) -> None:
        self.accounts = accounts
        self.control = control
        self.last_request = time.monotonic()
        self._log_lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self.last_request = time.monotonic()
        request = Request(environ)
        if request.path.startswith(Control.PREFIX):
            reply = self.control.answer(request)
        elif request.path.startswith(traffic.PREFIX):
            reply = traffic.receive(self.accounts, request)
        elif request.path.startswith(vendors.PREFIX):
            call = vendors.parse(request)
            reply = self._serve(request, call, vendors.answer) if call else vendors.receive(self.accounts, request)
        else:
            reply = self._serve(request, None, _answer)
        length = str(len(reply.body))
        if request.method == "HEAD":  # tells the length of what it does not bring
            length, reply.body = reply.headers.get("Content-Length", "0"), b""
        headers = [*{**reply.headers, "Content-Length": length}.items()]
        start_response(f"{reply.status} {'OK' if reply.status < 300 else 'Error'}", headers)
        return [reply.body]

    def _serve(self, request: Request, known: Any, answer: Answer) -> Reply:
        """A call of AWS or of a vendor, with all that can come in its way."""
        started = time.monotonic()
        status: Any = "dropped"
        request.get_data()  # all of it, before the lock is taken
        with self.accounts.lock:
            call = known or wire.parse(request)
            account = self.accounts[call.account]
            fault = self._fault(account, call)
            entry = account.log(
                service=call.service, operation=call.operation, mutating=call.mutating,
                status=None, at=time.time(), injected=fault,
            )
            hold = account.hold if account.hold and account.hold.strikes(call) else None
        try:
            if account.behaviours["latency_ms"]:
                time.sleep(account.behaviours["latency_ms"] / 1000)
            if fault == "drop_before":
                _hang_up(request)
            if hold and hold.before:
                self._hold(account, hold, entry, request)
            with self.accounts.lock:
                reply = answer(account, call, request, fault)
            status = reply.status
            if hold and not hold.before:
                self._hold(account, hold, entry, request)
            if fault == "drop_after":
                _hang_up(request)
            return reply
        finally:
            entry["status"] = status
            self._write_log(call, status, started, entry["injected"])

    def _fault(self, account: Account, call: faults.Named) -> str | None:
        for rule in account.faults:
            if rule.hits(call, account.random):
                return rule.kind
        return None

    def _hold(self, account: Account, hold: faults.Hold, entry: dict[str, Any], request: Request) -> None:
        entry["injected"] = "hold"
        connection = request.environ["werkzeug.socket"]
        hold.wait(entry, lambda: _gone(connection))
        if account.hold is hold:
            account.hold = None
        if _gone(connection):
            _hang_up(request)

    def _write_log(self, call: faults.Named, status: Any, started: float, injected: str | None) -> None:
        took = (time.monotonic() - started) * 1000
        line = f"{time.strftime('%H:%M:%S')} {call.account} {call.name} {status} {took:.0f}ms"
        # Whoever read the log may be gone; that is no reason to fail.
        with self._log_lock, contextlib.suppress(OSError):
            print(f"{line} injected={injected}" if injected else line, file=sys.stderr, flush=True)


def _answer(account: Account, call: Call, request: Request, fault: str | None) -> Reply:
    """What the call comes to, be it a result or an error."""
    try:
        if not call.known:
            raise bridge.not_implemented(call)
        if fault and (error := faults.error(fault, call)):
            raise error
        call.params = wire.parameters(request, call)
        if call.params.get("DryRun"):
            # Nothing may happen in a dry run; moto carries many of them out.
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        if account.schedule.run_due():
            account.truths.clear()
        result = hooks.perform(hooks.Context(call, account, stale=fault == "stale"))
        return wire.render(call, result)
    except AwsError as error:
        return wire.render_error(call, error)
    except bridge.MOTO_ERRORS as error:
        return wire.render_error(call, bridge.translate(error, call))
    except Exception as error:  # a flaw in the sandbox or in moto; say so rather than be retried
        traceback.print_exc()
        message = f"{call.name} failed inside the sandbox: {type(error).__name__}: {error}"
        return wire.render_error(call, AwsError("SandboxFailure", message, 400))


def _hang_up(request: Request) -> None:
    """Close the connection without an answer; werkzeug takes the error for a lost client."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    raise faults.DropConnection()


def _gone(connection: socket.socket) -> bool:
    """Whether the client has closed its side."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
