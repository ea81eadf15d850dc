"""Eventual consistency: what readers see trails what writers did.

Reads are answered from replicas which hear of a change a little later
(https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
So an object that was just created may be missing, one that was just changed
may show its old self, and one that was just deleted may still be listed.
Writes go to the primary and see the truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Item = dict[str, Any]
Items = dict[str, Item]


class View:
    """The readers' view of one collection, such as all subnets of a region."""

    def __init__(self) -> None:
        # For each object, the versions replaced lately and until when they still show.
        self._past: dict[str, list[tuple[float, Item | None]]] = {}
        # For each object the last write touched, how it was before.
        self._before_last: dict[str, Item | None] = {}

    def changed(self, before: Items, after: Items, lag: Callable[[], float]) -> bool:
        """Take note of what a write did."""
        changes = {
            key: before.get(key)
            for key in before.keys() | after.keys()
            if before.get(key) != after.get(key)
        }
        if not changes:
            return False
        now = time.monotonic()
        self._before_last = changes
        for key in sorted(changes):
            self._past.setdefault(key, []).append((now + lag(), changes[key]))
        return True

    def read(self, truth: Items, stale: bool = False) -> Items:
        """The collection as a replica has it; `stale` undoes the last write for good."""
        seen = dict(truth)
        if stale:
            _put_back(seen, self._before_last)
        _put_back(seen, self._lagging())
        return seen

    def unseen(self, key: str) -> bool:
        """Whether an object is so young that a replica may not know it."""
        lagging = self._lagging()
        return key in lagging and lagging[key] is None

    def _lagging(self) -> dict[str, Item | None]:
        now = time.monotonic()
        self._past = {
            key: current
            for key, versions in self._past.items()
            if (current := [version for version in versions if version[0] > now])
        }
        return {key: versions[0][1] for key, versions in self._past.items()}


def _put_back(items: Items, versions: dict[str, Item | None]) -> None:
    for key, item in versions.items():
        if item is None:
            items.pop(key, None)
        else:
            items[key] = item
