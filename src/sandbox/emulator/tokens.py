"""Client tokens: a create sent twice with one token makes one object.

The same token with other parameters is an error.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .wire import AwsError, Call

if TYPE_CHECKING:
    from .account import Account


def replay(account: Account, call: Call) -> dict[str, Any] | None:
    """The answer an earlier call with this token got, if there was one."""
    known = account.tokens.get(_key(call)) if account.behaviours["tokens"] else None
    if known is None:
        return None
    params, result = known
    if params != call.params:
        raise AwsError(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in "
            "previous request(s).",
        )
    return copy.deepcopy(result)


def remember(account: Account, call: Call, result: dict[str, Any]) -> None:
    if call.params.get("ClientToken") and call.service == "ec2":
        account.tokens[_key(call)] = (copy.deepcopy(call.params), copy.deepcopy(result))


def _key(call: Call) -> tuple[str, str, str]:
    return (call.region, call.operation, call.params.get("ClientToken") or "")
