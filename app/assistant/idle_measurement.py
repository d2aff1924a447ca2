"""Keeps the compute policy of a running Duet: from what is known, and measured once when nobody needs the cores.

The measurement is a job of the lab, the lowest there is. It gives up as soon as somebody wants something, and tries
again later, a few times; what sharing is and how it is measured is `sharing`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.assistant.assistant import Assistant
from app.assistant.sharing import Decision, decide, measure, remember, setup
from app.engines.worker.spec import WorkerSpec
from app.errors import Cancelled, DuetError
from app.events import Event, ModelChanged, PolicyChosen
from app.settings import Settings
from app.store import Store

log = logging.getLogger(__name__)

LOOK_S, QUIET_S = 5.0, 30.0
"""How often to look whether the cores are idle, and how long they must have been."""

TRIES = 5

Specs = tuple[WorkerSpec, WorkerSpec | None]


class ComputePolicy:
    """The policy of one assistant's cores; `specs` tells what its fast worker and its planner (if any) run.

    decision: the present one, and why.
    """

    def __init__(self, settings: Settings, store: Store, assistant: Assistant, specs: Callable[[], Specs]) -> None:
        self._settings, self._store, self._assistant, self._specs = settings, store, assistant, specs
        self.decision = Decision("yield", "nothing is known yet")
        self.choose()
        assistant.bus.subscribe(self._on_event)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ModelChanged):
            self.choose()

    def choose(self) -> None:
        """Decide by what is known now, and tell if that changed."""
        decided = decide(self._settings, self._store, *self._specs())
        if decided != self.decision:
            self.decision = decided
            self._assistant.cores.policy = decided.policy
            self._assistant.bus.emit(PolicyChosen(policy=decided.policy, why=decided.why))

    async def measure_when_idle(self) -> None:
        """Return once the policy is certain, or cannot be found out."""
        for _ in range(TRIES):
            if not self.decision.open:
                return
            await self._quiet()
            try:
                await self._measure()
            except Cancelled:
                log.debug("somebody needed the cores; they are measured another time")
            except DuetError as error:
                log.warning("whether sharing the cores pays could not be measured: %s", error)
                return

    async def _quiet(self) -> None:
        """Wait until nothing has happened for a while."""
        quiet_s = 0.0
        while quiet_s < QUIET_S:
            await asyncio.sleep(LOOK_S)
            quiet_s = quiet_s + LOOK_S if self._assistant.cores.idle and not self._assistant.busy else 0.0

    async def _measure(self) -> None:
        fast, planner = self._assistant.parts.fast, self._assistant.parts.planner
        specs = self._specs()
        if planner is None or specs[1] is None:
            return
        work = asyncio.create_task(measure(fast, planner, lambda: self._assistant.generation))
        try:
            with self._assistant.cores.lower("lab", GivesUp(work.cancel)):
                await asyncio.wait({work})
        finally:
            work.cancel()
        if work.cancelled():
            raise Cancelled
        remember(self._store, setup(self._settings, specs[0], specs[1]), work.result())
        self.choose()
        await self._assistant.warm()  # the measurement had other things in the cache


class GivesUp:
    """A lower job that ends when it has to stand still (`app.assistant.compute.Pausable`)."""

    def __init__(self, give_up: Callable[[], object]) -> None:
        self._give_up = give_up

    def pause(self) -> None:
        self._give_up()

    def resume(self) -> None:
        return
