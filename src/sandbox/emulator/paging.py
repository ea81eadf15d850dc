"""Pages: cutting a listing into parts and handing out tokens for the rest.

A hook that lists gives all there is. Where botocore's model says that the
operation has pages, the answer is cut here: to what was asked for, or to what
the behaviour `page_size` forces. EC2 has rules of its own and uses `page`.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.core.utils import get_pagination_model

from .services import SERVICES
from .wire import AwsError, Call

if TYPE_CHECKING:
    from .hooks import Context

_LIMITS = ("MaxResults", "MaxRecords", "PageSize", "Limit")
_USUAL = 100  # items in a page if nobody says how many


@dataclass(frozen=True)
class Pages:
    """How an operation pages: its members for it."""

    lists: tuple[str, ...]
    limit: str | None
    token: str
    next_token: str
    more: str | None
    usual: int


@functools.cache
def pages_of(service: str, operation: str) -> Pages | None:
    """Nothing for operations without pages, and for those whose pages are more than a list and a token."""
    row = SERVICES[service]
    if service == "ec2" or (service == "s3" and operation != "ListBuckets"):
        return None
    found = get_pagination_model(row.model or service).get(operation)
    if found is None:
        return None
    lists = found["result_key"] if isinstance(found["result_key"], list) else [found["result_key"]]
    members = row.operations.operation_model(operation).input_shape.members
    token = found["input_token"]
    if "." in "".join(lists) or not isinstance(token, str) or token not in members:
        return None
    limit = found.get("limit_key") or next((name for name in _LIMITS if name in members), None)
    most = members[limit].metadata.get("max", _USUAL) if limit else _USUAL
    return Pages(
        tuple(lists), limit, found["input_token"], found["output_token"], found.get("more_results"),
        min(int(most), _USUAL),
    )


def whole(call: Call, ask: Callable[[Call], dict[str, Any]]) -> dict[str, Any]:
    """What moto lists, from its first page to its last."""
    pages = pages_of(call.service, call.operation)
    if pages is None:
        return ask(call)
    kept = {name: value for name, value in call.params.items() if name not in (pages.limit, pages.token)}
    result, token = ask(call.with_params(kept)), None
    while (following := result.pop(pages.next_token, None)) and following != token:
        token = following
        more = ask(call.with_params({**kept, pages.token: token}))
        for name in pages.lists:
            if more.get(name):
                result[name] = [*(result.get(name) or []), *more[name]]
        result[pages.next_token] = more.get(pages.next_token)
    return result


def narrow(context: Context) -> None:
    """Force the size where moto cuts the pages itself, as it does with what is in a bucket."""
    call, size = context.call, context.behaviour("page_size")
    if size and call.service == "s3" and (found := get_pagination_model("s3").get(call.operation)):
        limit = found["limit_key"]
        if limit != "MaxBuckets":
            call.params[limit] = min(size, int(call.params.get(limit) or size))


def cut(context: Context, result: dict[str, Any]) -> dict[str, Any]:
    """The page of a listing that was asked for."""
    call, params = context.call, context.params
    pages = pages_of(call.service, call.operation)
    if pages is None:
        return result
    items = [(name, item) for name in pages.lists for item in result.get(name) or []]
    named = _named(params, items)
    asked = params.get(pages.limit) if pages.limit else None
    sizes = [int(size) for size in (asked, None if named else context.behaviour("page_size"), pages.usual) if size]
    shown, token = page(
        items, min(sizes), params.get(pages.token),
        lambda: not named and context.account.chance(context.behaviour("empty_pages")),
        AwsError(call.of.bad_token, f"The value of {pages.token} is invalid."),
    )
    result = dict(result)
    for name in pages.lists:
        if name in result:
            result[name] = [item for owner, item in shown if owner == name]
    result.pop(pages.next_token, None)
    if pages.more:
        result[pages.more] = token is not None
    return {**result, pages.next_token: token} if token else result


def part(
    context: Context, items: list[Any], token: str = "Marker", limit: str = "MaxItems", usual: int = _USUAL
) -> tuple[list[Any], str | None]:
    """The page of a listing whose pages are not in botocore's model, or nested in it."""
    sizes = [int(size) for size in (context.params.get(limit), context.behaviour("page_size"), usual) if size]
    return page(
        items, min(sizes), context.params.get(token),
        lambda: context.account.chance(context.behaviour("empty_pages")),
        AwsError(context.call.of.bad_token, f"The value of {token} is invalid."),
    )


def _named(params: dict[str, Any], items: list[tuple[str, Any]]) -> bool:
    """Whether the caller named each item; then they come at once."""
    texts = [
        {text for text in item.values() if isinstance(text, str)} if isinstance(item, dict) else set()
        for _, item in items
    ]
    for value in params.values():
        names = value if isinstance(value, list) else [value]
        wanted = {name for name in names if isinstance(name, str)}
        if len(items) <= len(wanted) and all(wanted & known for known in texts):
            return True
    return False


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
