"""Deployments in stages: beside what runs, what is new is started, and gets the requests all at once or step by step.

    PRE_SCALE_UP -> SCALE_UP -> POST_SCALE_UP        the new revision runs, in the target group that is not live
    TEST_TRAFFIC_SHIFT -> POST_TEST_TRAFFIC_SHIFT    it gets the requests of tests
    PRE_PRODUCTION_TRAFFIC_SHIFT -> PRODUCTION_TRAFFIC_SHIFT -> POST_...    it gets those of users, by steps
    BAKE_TIME -> CLEAN_UP                            what was before is kept for a while, and stopped

RECONCILE_SERVICE comes first where an earlier deployment left more than one revision. What goes wrong on the way
leads back to what was completed last: first the requests go back, then the new tasks are stopped.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from . import ecs_monitors, ecs_pauses, ecs_rollouts, ecs_shifts
from .ecs_monitors import Trouble
from .ecs_store import Service, now
from .hooks import Context

Doc = dict[str, Any]
# What happens, as pauses until the next look, in seconds.
Course = Iterator[float]

_LOOK = 0.05
_PRODUCTION = ("productionListenerRule", "requestedProductionTrafficWeight")
_TEST = ("testListenerRule", "requestedTestTrafficWeight")


def start(context: Context, service: Service, deployment: Doc) -> None:
    service.rollout = rollout = Rollout(context, service, deployment)
    rollout.go_on()


def steps(config: Doc) -> list[tuple[float, float]]:
    """How much of the requests goes to the new revision, in percent, and for how many minutes until the next step."""
    if config["strategy"] == "LINEAR":
        linear = config["linearConfiguration"]
        shares = [round(linear["stepPercent"] * at, 1) for at in range(1, 101)]
        return [(it, linear["stepBakeTimeInMinutes"]) for it in shares if it < 100] + [(100, 0)]
    if config["strategy"] == "CANARY" and config["canaryConfiguration"]["canaryPercent"] < 100:
        canary = config["canaryConfiguration"]
        return [(canary["canaryPercent"], canary["canaryBakeTimeInMinutes"]), (100, 0)]
    return [(100, 0)]


class Rollout:
    """A deployment under way: of `green`, while `blue` serves. If it fails, it goes back to `home`."""

    def __init__(self, context: Context, service: Service, green: Doc) -> None:
        self.context, self.service, self.green = context, service, green
        self.made: Doc = green["_record"]
        self.home, self.blue = ecs_rollouts.completed(service), source(service)
        if self.blue is not None:
            self.blue["_kept"] = True
        self.clock = time.monotonic()  # when what has happened so far was done, however late someone looks
        self.course = self._forth()
        self.back = False

    @property
    def config(self) -> Doc:
        found: Doc = self.made["deploymentConfiguration"]
        return found

    def go_on(self) -> None:
        """Does what is due, and comes again."""
        if self.service.rollout is not self or self.service.shown["status"] != "ACTIVE":
            return
        trouble = None if self.back else self._trouble()
        try:
            if trouble is not None:
                self._turn(trouble)
            pause = next(self.course)
        except ecs_shifts.Refused as refusal:
            self._turn(Trouble("traffic shift", "requests could not be shifted", _lower(str(refusal))))
            pause = 0.0
        except StopIteration:
            self.service.rollout = None
            return
        self.context.account.schedule.later(max(pause, 0.001), self.go_on)

    def _trouble(self) -> Trouble | None:
        asked: Trouble | None = self.made["_trouble"]
        return asked or ecs_monitors.trouble(self.context, self.service, self.made, self.green["failedTasks"])

    def _turn(self, trouble: Trouble) -> None:
        self.back = True
        ecs_pauses.end(self.made)
        ecs_rollouts.fail(self.service, self.green, trouble)
        self.course = self._back(trouble) if trouble.rollback else self._stop(trouble)

    # --- forth ---

    def _forth(self) -> Course:
        if self._leftovers():
            yield from self._reach("RECONCILE_SERVICE")
            self._reconcile()
        self._ask(_PRODUCTION, self.green, 0)
        self._ask(_TEST, self.green, 0)
        yield from self._reach("PRE_SCALE_UP")
        yield from self._reach("SCALE_UP")
        yield from self._wait(self.context.behaviour("task_delay"))
        yield from self._start(self.green)
        yield from self._reach("POST_SCALE_UP")
        yield from self._reach("TEST_TRAFFIC_SHIFT", partial(self._lead, _TEST, self.green, 100))
        yield from self._reach("POST_TEST_TRAFFIC_SHIFT")
        # Where nothing serves yet, nothing is shared.
        for share, minutes in steps(self.config) if self.blue else [(100, 0)]:
            yield from self._reach("PRE_PRODUCTION_TRAFFIC_SHIFT")
            yield from self._reach("PRODUCTION_TRAFFIC_SHIFT", partial(self._lead, _PRODUCTION, self.green, share))
            yield from self._wait(minutes * self.context.behaviour("minute"))
        yield from self._reach("POST_PRODUCTION_TRAFFIC_SHIFT")
        yield from self._reach("BAKE_TIME")
        yield from self._wait(self.config["bakeTimeInMinutes"] * self.context.behaviour("minute"))
        yield from self._reach("CLEAN_UP", self._stop_blue)
        self._end(self.green, "SUCCESSFUL")

    def _reach(self, stage: str, then: Callable[[], None] | None = None) -> Course:
        """Comes to a stage, and stays there for as long as it takes at least, and while its hooks wait."""
        self.made.update(lifecycleStage=stage, updatedAt=now())
        if then is not None:
            then()
        self._count()
        ecs_pauses.reach(self.context, self.made, stage)
        yield from self._wait(self.context.behaviour("stage_delay"))
        while ecs_pauses.waiting(self.made):
            yield _LOOK
            self.clock = time.monotonic()
        if self.made["_trouble"] is not None:
            yield 0.0  # whoever looks next sees it

    def _wait(self, seconds: float) -> Course:
        """Looks up now and then. Time goes on when nobody looks."""
        end = self.clock + seconds
        while (left := end - time.monotonic()) > 0:
            yield min(left, _LOOK)
        self.clock = end

    def _start(self, deployment: Doc) -> Course:
        """Until as many tasks get requests as the service should have now."""
        deployment["_kept"] = True
        while not ecs_rollouts.serve(self.context, self.service, deployment):
            yield max(self.context.behaviour("task_delay"), _LOOK) if deployment["failedTasks"] else _LOOK
            self.clock = time.monotonic()

    def _lead(self, kind: tuple[str, str], to: Doc, share: float) -> None:
        ecs_shifts.lead(self.context, to["_balancers"], kind[0], share)
        self._ask(kind, to, share)

    def _ask(self, kind: tuple[str, str], to: Doc, share: float) -> None:
        """Notes what each revision is to get of the requests."""
        if any((one.get("advancedConfiguration") or {}).get(kind[0]) for one in to["_balancers"]):
            to["_weights"][kind[1]] = float(share)
            for one in (self.blue, self.green):
                if one is not None and one is not to:
                    one["_weights"][kind[1]] = float(100 - share)
        self._count()

    def _stop_blue(self) -> None:
        if self.blue is not None:
            ecs_rollouts.stop_all(self.context, self.blue)

    def _reconcile(self) -> None:
        """What another deployment left half done is taken back."""
        if self.blue is not None:
            self._lead(_PRODUCTION, self.blue, 100)
            self._lead(_TEST, self.blue, 100)
        for one in self._leftovers():
            ecs_rollouts.stop_all(self.context, one)
        self._count()
        self.service.deployments = [one for one in (self.green, self.blue) if one is not None]

    def _leftovers(self) -> list[Doc]:
        return [one for one in self.service.deployments if one is not self.green and one is not self.blue]

    # --- back ---

    def _back(self, trouble: Trouble) -> Course:
        made, green, home = self.made, self.green, self.home
        made.update(status="ROLLBACK_REQUESTED", statusReason=trouble.rolled_back, updatedAt=now())
        yield from self._pause()
        if home is None:
            yield from self._stop(trouble)
            return
        ecs_rollouts.restore(self.service, home)
        home["status"], green["status"] = "PRIMARY", "ACTIVE"
        self.service.deployments = [home, green]
        ecs_rollouts.go_back(self.service, green, home, home, trouble)
        home["failedTasks"] = 0
        for pause in self._start(home):
            if ecs_monitors.broken(made, home["failedTasks"]):
                ecs_rollouts.fail(self.service, home, ecs_monitors.BROKEN)
                self._finish("ROLLBACK_FAILED")
                return
            yield pause
        try:
            self._lead_back(home)
        except ecs_shifts.Refused as refusal:
            self._finish("ROLLBACK_FAILED", str(refusal))
            return
        yield from self._pause()
        ecs_rollouts.stop_all(self.context, green)
        made.update(lifecycleStage="CLEAN_UP", updatedAt=now())
        yield from self._pause()
        self._end(home, "ROLLBACK_SUCCESSFUL")

    def _lead_back(self, home: Doc) -> None:
        """The requests of users, then those of tests, as far as the new revision gets them."""
        for kind in (_PRODUCTION, _TEST):
            if self.green["_weights"].get(kind[1]):
                self._lead(kind, home, 100)

    def _stop(self, trouble: Trouble) -> Course:
        """All stays where it is, but nothing goes on."""
        if self.made["status"] != "ROLLBACK_REQUESTED":
            self.made["status"] = "STOP_REQUESTED"
            yield from self._pause()
        self._finish("STOPPED", trouble.stopped)

    def _pause(self) -> Course:
        self.clock = time.monotonic()
        self._count()
        yield from self._wait(max(self.context.behaviour("stage_delay"), _LOOK))

    # --- both ---

    def _end(self, deployment: Doc, status: str) -> None:
        ecs_rollouts.complete(self.service, deployment)
        self._count()
        self.service.deployments = [deployment]
        self._finish(status)

    def _finish(self, status: str, why: str | None = None) -> None:
        self._count()
        ecs_rollouts.finish(self.made, status, why)

    def _count(self) -> None:
        ecs_rollouts.count(self.context, self.service)


def source(service: Service) -> Doc | None:
    """The deployment that gets the requests now: the last that was completed, or what took its place half-way."""
    left = [one for one in service.deployments if one["_tasks"] and one["_weights"].get(_PRODUCTION[1], 0) > 0]
    return ecs_rollouts.completed(service) or next(iter(left), None)


def abandon(service: Service) -> None:
    """Another deployment begins: what was to come back is there still."""
    if service.rollout is not None and service.rollout.home is not None:
        service.rollout.home["rolloutState"] = "COMPLETED"
    service.rollout = None


def _lower(text: str) -> str:
    return f"{text[0].lower()}{text[1:]}".rstrip(".")
