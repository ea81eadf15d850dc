"""What can be looked up in DNS: the records that an account has, with whichever provider.

A provider registers how its records are found:

    @dns.register
    def lookup(account: Account, name: str, type: str) -> list[str]:
        return [...]  # the values of the records of that name and type

Names come without the dot at their end, and in lower case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account

Lookup = Callable[["Account", str, str], Iterable[str]]

_lookups: list[Lookup] = []


def register(lookup: Lookup) -> Lookup:
    _lookups.append(lookup)
    return lookup


def resolves(account: Account, name: str, type: str, value: str) -> bool:
    """Whether a record of the account has this value."""
    name, value = plain(name), plain(value)
    return any(plain(found) == value for lookup in _lookups for found in lookup(account, name, type))


def plain(name: str) -> str:
    return name.rstrip(".").lower()
