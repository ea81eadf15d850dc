"""How Cloudflare is spoken to: the envelope of its answers, its errors, its pages, and who answers what.

A module of the double registers what it answers by method and path:

    @route("GET", "zones/{zone}/dns_records/{id}", "GetRecord")
    def get(ask: Ask, zone: Zone, record: str) -> Any:
        return zone.records[record]                  # the `result`; or a `Listing`, or a whole `Answer`

https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/
https://developers.cloudflare.com/fundamentals/api/troubleshooting/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .account import Account

if TYPE_CHECKING:
    from .cloudflare_world import World

_ID = re.compile(r"[0-9a-f]{32}")


class Failure(Exception):
    """An error as Cloudflare reports it: often a general one, with its cause in the chain or in the pointer."""

    def __init__(
        self, status: int, code: int, message: str, *, pointer: str | None = None,
        chain: tuple[int, str] | None = None, also: tuple[int, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        error: dict[str, Any] = {"code": code, "message": message}
        if chain:
            error["error_chain"] = [{"code": chain[0], "message": chain[1]}]
        if pointer:
            error["source"] = {"pointer": pointer}
        self.errors = [error, *([{"code": also[0], "message": also[1]}] if also else [])]


def unroutable(path: str) -> Failure:
    return Failure(404, 7003, f"Could not route to /{path}, perhaps your object identifier is invalid?",
                   also=(7000, "No route for that URI"))


def invalid(code: int, message: str) -> Failure:
    """A record or its name is not right: the cause is in the chain only."""
    return Failure(400, 1004, "DNS Validation Error", chain=(code, message))


@dataclass
class Answer:
    """A whole answer, where the envelope is not the usual one."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Listing:
    """A part of a list, and where it is."""

    result: list[Any]
    info: dict[str, Any]


@dataclass
class Ask:
    """A request, understood."""

    account: Account
    world: World
    path: str                     # without what leads to the API
    query: dict[str, list[str]]
    body: Any

    @property
    def dry_run(self) -> bool:
        return self.said("dry_run") == "true"

    def said(self, name: str) -> str | None:
        return self.query[name][0] if self.query.get(name) else None

    def object(self) -> dict[str, Any]:
        if not isinstance(self.body, dict):
            raise Failure(400, 6007, "Malformed JSON in request body")
        return self.body

    def page(self, items: list[Any], usual: int, most: int, least: int = 1) -> Listing:
        """The page that was asked for; pages are no longer than the behaviour `page_size` has them."""
        page, size = self._number("page", 1), self._number("per_page", usual)
        if page < 1 or not least <= size <= most:
            raise Failure(400, 1001, f"Invalid request: per_page is from {least} to {most}, page from 1 on")
        size = min(size, self.account.behaviours["page_size"] or size)
        part = items[(page - 1) * size:page * size]
        return Listing(part, {
            "page": page, "per_page": size, "count": len(part), "total_count": len(items),
            "total_pages": math.ceil(len(items) / size),
        })

    def cursor(self, items: list[Any], most: int = 50) -> Listing:
        """The page after a cursor, which says where that is and must not be made up by who asks."""
        size = self._number("per_page", most)
        if not 1 <= size <= most:
            raise Failure(400, 1001, f"Invalid request: per_page is from 1 to {most}")
        size = min(size, self.account.behaviours["page_size"] or size)
        said = self.said("cursor")
        if said is not None and not re.fullmatch(r"after-\d+", said):
            raise Failure(400, 10001, "invalid cursor")
        start = int(said.removeprefix("after-")) if said else 0
        more = start + size < len(items)
        return Listing(items[start:start + size], {"cursors": {"after": f"after-{start + size}"}} if more else {})

    def _number(self, name: str, usual: int) -> int:
        said = self.said(name)
        try:
            return int(float(said)) if said else usual
        except ValueError:
            raise Failure(400, 1001, f"Invalid request: {name} is no number") from None


Work = Callable[..., Any]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    pattern: re.Pattern[str]
    operation: str
    reads: bool
    work: Work


_ROUTES: list[Route] = []
_GROUP = re.compile(r"{[^}]+}")


def route(method: str, template: str, operation: str, *, reads: bool | None = None) -> Callable[[Work], Work]:
    """Answer these requests. `{zone}` in the path becomes the zone. A GET reads, all else does not, unless said."""

    def register(work: Work) -> Work:
        pattern = re.compile(_GROUP.sub("([^/]+)", re.escape(template).replace(r"\{", "{").replace(r"\}", "}")))
        only = method == "GET" if reads is None else reads
        _ROUTES.append(Route(method, template, pattern, operation, only, work))
        _ROUTES.sort(key=lambda it: it.template.count("{"))  # `dns_records/batch` is no record
        return work

    return register


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for one in _ROUTES:
        found = one.pattern.fullmatch(path) if one.method == method else None
        if found:
            return one, found.groups()
    return None


def perform(ask: Ask, method: str) -> Any:
    found = find(method, ask.path)
    if found is None:
        raise unroutable(ask.path)
    one, names = found
    if "{zone}" not in one.template:
        return one.work(ask, *names)
    if not _ID.fullmatch(names[0]):
        raise unroutable(ask.path)
    return one.work(ask, ask.world.zone(names[0]), *names[1:])


def envelope(result: Any) -> Answer:
    """The answer to a request that went well."""
    if isinstance(result, Answer):
        return result
    body: dict[str, Any] = {"success": True, "errors": [], "messages": []}
    if isinstance(result, Listing):
        return Answer(200, {**body, "result": result.result, "result_info": result.info})
    return Answer(200, {**body, "result": result})


def refusal(failure: Failure) -> Answer:
    return Answer(failure.status, {"success": False, "errors": failure.errors, "messages": [], "result": None})
