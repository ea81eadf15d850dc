"""Faults on request: throttling, server errors, lost connections, held replies."""

from __future__ import annotations

import fnmatch
import random
import threading
from dataclasses import dataclass
from typing import Any

from .wire import AwsError, Call

KINDS = ("throttle", "server_error", "drop_before", "drop_after", "stale", "access_denied")


class DropConnection(ConnectionAbortedError):
    """The connection is to be closed without an answer."""


@dataclass
class Rule:
    """One fault: which calls it hits, how often, and what happens to them."""

    kind: str
    operation: str = "*"
    mutating: bool | None = None
    rate: float = 1.0
    count: int | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Rule:
        rule = cls(**data)
        if rule.kind not in KINDS:
            raise ValueError(f"there is no fault {rule.kind!r}; there are {', '.join(KINDS)}")
        return rule

    def hits(self, call: Call, chance: random.Random) -> bool:
        if self.count == 0 or not fnmatch.fnmatchcase(call.name, self.operation):
            return False
        if self.mutating is not None and self.mutating != call.mutating:
            return False
        if self.kind == "stale" and call.mutating:
            return False
        if self.rate < 1 and chance.random() >= self.rate:
            return False
        if self.count is not None:
            self.count -= 1
        return True


def error(kind: str, call: Call) -> AwsError | None:
    """The error a fault answers with, in the spelling of the service.

    EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    if kind == "throttle":
        if call.service == "ec2":
            return AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
        code = "ThrottlingException" if call.service == "logs" else "Throttling"
        return AwsError(code, "Rate exceeded", 400)
    if kind == "server_error":
        if call.service == "ec2":
            return AwsError("InternalError", "An internal error has occurred", 500)
        code = "ServiceUnavailableException" if call.service == "logs" else "ServiceUnavailable"
        return AwsError(code, "The service is unavailable. Please try again shortly.", 503)
    if kind == "access_denied":
        user = f"arn:aws:iam::{call.account}:user/sandbox"
        if call.service == "ec2":
            return AwsError(
                "UnauthorizedOperation",
                f"You are not authorized to perform this operation. User: {user} is not authorized "
                f"to perform: {call.name} because no identity-based policy allows the {call.name} action",
                403,
            )
        code, status = ("AccessDeniedException", 400) if call.service == "logs" else ("AccessDenied", 403)
        return AwsError(code, f"User: {user} is not authorized to perform: {call.name}", status)
    return None


class Hold:
    """Holds back one answer, so that a test can kill the client at a known point.

    It strikes at the `after_mutating`-th write from now, once.
    """

    def __init__(self, after_mutating: int, before: bool = False) -> None:
        self.remaining = after_mutating
        self.before = before
        self.held: dict[str, Any] | None = None
        self._lifted = threading.Event()

    def strikes(self, call: Call) -> bool:
        if not call.mutating or self.remaining <= 0:
            return False
        self.remaining -= 1
        return self.remaining == 0

    def wait(self, entry: dict[str, Any], client_gone: Any) -> None:
        """Block until the hold is lifted or the client has hung up."""
        self.held = {"n": entry["n"], "operation": f"{entry['service']}:{entry['operation']}"}
        while not self._lifted.wait(0.02):
            if client_gone():
                break

    def lift(self) -> None:
        self._lifted.set()
