"""Pages: cutting a listing into parts and handing out tokens for the rest."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from .wire import AwsError


def page(
    items: list[Any],
    size: int | None,
    token: str | None,
    empty_first: Callable[[], bool],
    invalid: AwsError,
) -> tuple[list[Any], str | None]:
    """One page and the token for the next, if any is left.

    Real listings may start with an empty page and a token, since filters are
    applied after reading a page; `empty_first` decides when that happens.
    """
    start = _start(token, invalid) if token else 0
    if not token and items and empty_first():
        return [], _token(0)
    if not size or start + size >= len(items):
        return items[start:], None
    return items[start:start + size], _token(start + size)


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"start": start}).encode()).decode()


def _start(token: str, invalid: AwsError) -> int:
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["start"])
    except (ValueError, KeyError, TypeError):
        raise invalid from None
