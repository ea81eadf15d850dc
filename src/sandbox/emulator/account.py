"""All the sandbox keeps about one account besides moto's own objects."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from . import bridge
from .behaviours import Behaviours, merge
from .consistency import Items, View
from .faults import Hold, Rule


class Schedule:
    """Things that happen later. They run when the next call comes, not in a thread."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def later(self, delay: float, action: Callable[[], None]) -> None:
        if delay <= 0:
            action()
        else:
            heapq.heappush(self._queue, (time.monotonic() + delay, next(self._order), action))

    def run_due(self) -> bool:
        """Run what is due, and tell whether there was anything."""
        ran = False
        while self._queue and self._queue[0][0] <= time.monotonic():
            heapq.heappop(self._queue)[2]()
            ran = True
        return ran


class Account:
    """One account."""

    def __init__(self, number: str, behaviours: Behaviours) -> None:
        self.number = number
        self.behaviours = behaviours
        self.calls: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []  # what others than AWS were told
        self.messages: list[dict[str, Any]] = []  # what topics were told
        self.faults: list[Rule] = []
        self.hold: Hold | None = None
        # Of what happens by chance alone: who starts it anew must not get the same ids again.
        self.random = random.Random(behaviours["seed"])
        self.schedule = Schedule()
        self.views: dict[tuple[str, str], View] = {}
        self.truths: dict[tuple[str, str], Items] = {}  # collections as read from moto
        self.tokens: dict[tuple[str, str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
        self.born: dict[str, float] = {}
        self.stores: dict[tuple[str, str], Any] = {}  # by region and service, of what moto does not keep

    def change_behaviours(self, changes: dict[str, Any]) -> None:
        self.behaviours = merge(self.behaviours, changes)
        if "seed" in changes or "preset" in changes:
            self.random.seed(self.behaviours["seed"])

    def view(self, region: str, collection: str) -> View:
        return self.views.setdefault((region, collection), View())

    def chance(self, rate: float) -> bool:
        return rate > 0 and self.random.random() < rate

    def log(self, **entry: Any) -> dict[str, Any]:
        call = {"n": len(self.calls) + 1, **entry}
        self.calls.append(call)
        return call


class Accounts:
    """The accounts seen so far; an unknown number is a new, empty account.

    Everything runs under one `lock`, as neither moto nor botocore's lazily
    built models are made for threads. Only waiting is done outside of it.
    """

    def __init__(self, defaults: Behaviours) -> None:
        self.defaults = defaults
        self.lock = threading.RLock()
        self._accounts: dict[str, Account] = {}

    def __getitem__(self, number: str) -> Account:
        with self.lock:
            if number not in self._accounts:
                self._accounts[number] = Account(number, dict(self.defaults))
            return self._accounts[number]

    def __iter__(self) -> Any:
        with self.lock:
            return iter(sorted(self._accounts))

    def reset(self, number: str | None) -> None:
        with self.lock:
            for known in [number] if number else list(self._accounts):
                account = self._accounts.pop(known, None)
                if account and account.hold:
                    account.hold.lift()
                bridge.forget(known)
