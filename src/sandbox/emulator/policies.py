"""Policies as services give them back: the same in other words.

An account's number comes back as the ARN of its root, a list of one as its
element, and all of it with other white space.
"""

from __future__ import annotations

import json
import re
from typing import Any

_ACCOUNT = re.compile(r"\d{12}")


def retold(text: str) -> str:
    document = json.loads(text)
    for statement in _list(document.get("Statement")):
        principal = statement.get("Principal")
        if isinstance(principal, dict) and "AWS" in principal:
            principal["AWS"] = _one([_root(name) for name in _list(principal["AWS"])])
        for member in ("Action", "Resource"):
            if member in statement:
                statement[member] = _one(_list(statement[member]))
    return json.dumps(document, indent=2, separators=(",", " : "))


def parsed(text: str) -> dict[str, Any] | None:
    """The policy, if it has the outlines of one that is for a resource: who may do what."""
    try:
        document = json.loads(text)
    except (TypeError, ValueError):
        return None
    if not isinstance(document, dict) or document.get("Version") not in (None, "2012-10-17", "2008-10-17"):
        return None
    statements = _list(document.get("Statement"))
    whole = all(
        isinstance(statement, dict)
        and statement.get("Effect") in ("Allow", "Deny")
        and {"Action", "NotAction"} & statement.keys()
        and {"Principal", "NotPrincipal"} & statement.keys()
        for statement in statements
    )
    return document if statements and whole else None


def principals(document: dict[str, Any]) -> list[str]:
    """The AWS principals that a policy names."""
    named = [statement.get("Principal") for statement in _list(document["Statement"])]
    return [name for one in named if isinstance(one, dict) for name in _list(one.get("AWS"))]


def _root(name: str) -> str:
    return f"arn:aws:iam::{name}:root" if _ACCOUNT.fullmatch(name) else name


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
