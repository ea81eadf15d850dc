"""Faults on request: throttling, server errors, lost connections, held replies."""

from __future__ import annotations

import fnmatch
import random
import threading
from dataclasses import dataclass
from typing import Any, Protocol

from .wire import AwsError, Call

KINDS = ("throttle", "server_error", "drop_before", "drop_after", "stale", "access_denied")


class DropConnection(ConnectionAbortedError):
    """The connection is to be closed without an answer."""


class Named(Protocol):
    """A call, of AWS or of another vendor."""

    account: str

    @property
    def name(self) -> str: ...

    @property
    def mutating(self) -> bool: ...


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

    def hits(self, call: Named, chance: random.Random) -> bool:
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


# The services that spell these errors in ways of their own: code, status, message.
# EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_UNABLE = "The service is unavailable. Please try again shortly."
_SPELLINGS: dict[tuple[str, str], tuple[str, int, str]] = {
    ("throttle", "ec2"): ("RequestLimitExceeded", 503, "Request limit exceeded."),
    ("throttle", "s3"): ("SlowDown", 503, "Please reduce your request rate."),
    ("throttle", "sns"): ("Throttled", 429, "Rate exceeded"),
    ("throttle", "sqs"): ("RequestThrottled", 403, "Request throttled."),
    ("server_error", "ec2"): ("InternalError", 500, "An internal error has occurred"),
    ("server_error", "ecr"): ("ServerException", 500, _UNABLE),
    ("server_error", "ecs"): ("ServerException", 500, _UNABLE),
    ("server_error", "kms"): ("KMSInternalException", 500, _UNABLE),
    ("server_error", "s3"): ("InternalError", 500, "We encountered an internal error. Please try again."),
    ("server_error", "secretsmanager"): ("InternalServiceError", 500, _UNABLE),
    ("server_error", "ssm"): ("InternalServerError", 500, _UNABLE),
    ("server_error", "wafv2"): ("WAFInternalErrorException", 500, _UNABLE),
    ("access_denied", "ec2"): (
        "UnauthorizedOperation", 403,
        "You are not authorized to perform this operation. User: {user} is not authorized to perform: {call} "
        "because no identity-based policy allows the {call} action",
    ),
    ("access_denied", "sns"): ("AuthorizationError", 403, "User: {user} is not authorized to perform: {call}"),
}


def error(kind: str, call: Call) -> AwsError | None:
    """The error a fault answers with, in the spelling of the service."""
    exceptions = call.protocol == "json"  # those who speak it call them so
    usual = {
        "throttle": ("ThrottlingException" if exceptions else "Throttling", 400, "Rate exceeded"),
        "server_error": ("ServiceUnavailableException" if exceptions else "ServiceUnavailable", 503, _UNABLE),
        "access_denied": (
            *(("AccessDeniedException", 400) if exceptions else ("AccessDenied", 403)),
            "User: {user} is not authorized to perform: {call}",
        ),
    }
    if kind not in usual:
        return None
    code, status, message = _SPELLINGS.get((kind, call.service)) or usual[kind]
    user = f"arn:aws:iam::{call.account}:user/sandbox"
    return AwsError(code, message.format(user=user, call=call.name), status)


class Hold:
    """Holds back one answer, so that a test can kill the client at a known point.

    It strikes at the `after_mutating`-th write from now, once.
    """

    def __init__(self, after_mutating: int, before: bool = False) -> None:
        self.remaining = after_mutating
        self.before = before
        self.held: dict[str, Any] | None = None
        self._lifted = threading.Event()

    def strikes(self, call: Named) -> bool:
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
