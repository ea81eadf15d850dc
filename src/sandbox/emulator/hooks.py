"""Where the rules of each service register themselves, by operation.

`before` may refuse a call by raising `AwsError`, `instead` does the work in
moto's place, `after` may start things off or change the answer. A module of a
service (`rds.py`, with a line in `rules.py` and in `src/sandbox/files.rs`):

    @before("rds:DeleteDBInstance", when="validation")  # only while that behaviour is on
    def protected(context: Context) -> None:
        instance = context.backend().databases.get(context.params["DBInstanceIdentifier"])
        if instance and instance.deletion_protection:
            raise AwsError("InvalidParameterCombination", "Cannot delete a protected DB Instance ...")

    @instead("elasticache:DescribeServerlessCaches")    # pages are cut afterwards, see `paging`
    def describe(context: Context) -> Result:
        return {"ServerlessCaches": [...]}               # all there are

    @after("rds:CreateDBInstance")                      # see `states` for what takes time
    def dress(context: Context, result: Result) -> None:
        result["DBInstance"]["CACertificateIdentifier"] = "rds-ca-rsa2048-g1"

Names are permissions (`elasticloadbalancing:CreateListener`); parameters and
results are plain dicts as in boto3, but for times, which are ISO texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import bridge, paging, tokens
from .consistency import Items
from .wire import Call

if TYPE_CHECKING:
    from .account import Account

Result = dict[str, Any]


@dataclass
class Context:
    """What a hook gets to see."""

    call: Call
    account: Account
    stale: bool = False

    @property
    def params(self) -> dict[str, Any]:
        return self.call.params

    @property
    def ec2(self) -> Any:
        return self.backend("ec2")

    def backend(self, service: str | None = None) -> Any:
        """moto's objects of a service, in the account and region of the call."""
        return bridge.backend(service or self.call.service, self.call.account, self.call.region)

    def behaviour(self, name: str) -> Any:
        return self.account.behaviours[name]

    def truth(self, collection: str, read: Callable[[], Items]) -> Items:
        """A collection as it is; read from moto only if something happened since the last time."""
        key = (self.call.region, collection)
        if key not in self.account.truths:
            self.account.truths[key] = read()
        return self.account.truths[key]

    def visible(self, collection: str, read: Callable[[], Items]) -> Items:
        """A collection as readers see it."""
        view = self.account.view(self.call.region, collection)
        return view.read(self.truth(collection, read), self.stale)

    def moto(self, operation: str | None = None, params: dict[str, Any] | None = None) -> Result:
        """What moto answers, to the call or to another operation: `DescribeServices`, `kms:DescribeKey`."""
        return bridge.run(self.call, operation, params)


Check = Callable[[Context], None]
Work = Callable[[Context], Result]
Finish = Callable[[Context, Result], "Result | None"]

# For a service: the collections a write may change, each with how to read it.
Snapshots = Callable[[Context], dict[str, Callable[[], Items]]]

_snapshots: dict[str, Snapshots] = {}
_before: dict[str, list[tuple[str | None, Check]]] = defaultdict(list)
_instead: dict[str, Work] = {}
_after: dict[str, list[Finish]] = defaultdict(list)
_without_moto: set[str] = set()


def before(*names: str, when: str | None = None) -> Callable[[Check], Check]:
    """Run ahead of the operations; with `when`, only if that behaviour is on.

    `service:*` stands for every operation of a service.
    """

    def register(check: Check) -> Check:
        for name in names:
            _before[name].append((when, check))
        return check

    return register


def instead(*names: str) -> Callable[[Work], Work]:
    def register(work: Work) -> Work:
        for name in names:
            _instead[name] = work
        return work

    return register


def after(*names: str) -> Callable[[Finish], Finish]:
    def register(finish: Finish) -> Finish:
        for name in names:
            _after[name].append(finish)
        return finish

    return register


def snapshots(service: str) -> Callable[[Snapshots], Snapshots]:
    def register(read: Snapshots) -> Snapshots:
        _snapshots[service] = read
        return read

    return register


def without_moto(service: str) -> None:
    """All of a service is kept by its own hooks: what they do not know, moto must not do beside them."""
    _without_moto.add(service)


def perform(context: Context) -> Result:
    """The call with all the hooks around it, and its changes noted for the lagging readers."""
    account = context.account
    lag = context.behaviour("read_after_write")
    read = _snapshots.get(context.call.service) if context.call.mutating else None
    if read is None:
        return _work(context)
    readers = read(context)
    earlier = {name: context.truth(name, reader) for name, reader in readers.items()}
    try:
        return _work(context)
    finally:
        account.truths.clear()
        for name, reader in readers.items():
            view = account.view(context.call.region, name)
            # Half to one and a half times the set delay: no two objects lag alike.
            view.changed(
                earlier[name],
                context.truth(name, reader),
                lambda: lag * (0.5 + account.random.random()),
            )


def _work(context: Context) -> Result:
    name = context.call.name
    earlier = tokens.replay(context.account, context.call)
    if earlier is not None:
        return earlier
    for when, check in (*_before[f"{context.call.service}:*"], *_before[name]):
        if when is None or context.behaviour(when):
            check(context)
    paging.narrow(context)
    work = _instead.get(name)
    if work is None and context.call.service in _without_moto:
        raise bridge.not_implemented(context.call)
    result = work(context) if work else context.moto()
    for finish in _after[name]:
        changed = finish(context, result)
        if changed is not None:
            result = changed
    result = paging.cut(context, result)
    tokens.remember(context.account, context.call, result)
    return result
