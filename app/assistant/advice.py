"""Looks at the models' scores when nothing has happened for a while, and tells once which model has done better."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from app.errors import DuetError
from app.events import Event, EventBus, ModelAdvised, TurnCommitted, TurnFinished
from app.registry.scores import Advice

log = logging.getLogger(__name__)

IDLE_S = 30.0
"""After a turn, so that no turn ever waits for it."""


class Adviser:
    """Subscribes to `bus`, on whose loop it lives. `look` computes the advice that holds now."""

    def __init__(self, bus: EventBus, look: Callable[[], Awaitable[Sequence[Advice]]], idle_s: float = IDLE_S) -> None:
        self._bus, self._look, self._idle_s = bus, look, idle_s
        self._told: set[tuple[str, str]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._unsubscribe = bus.subscribe(self._on_event)

    def close(self) -> None:
        """Look no more."""
        self._unsubscribe()
        self._wait_no_more()
        if self._looking is not None:
            self._looking.cancel()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, (TurnCommitted, TurnFinished)):
            self._wait_no_more()
        if isinstance(event, TurnFinished):
            self._timer = asyncio.get_running_loop().call_later(self._idle_s, self._begin)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._looking = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        try:
            found = await self._look()
        except DuetError as error:
            log.warning("no advice on models: %s", error)
            return
        for advice in found:
            if (advice.role, advice.model) not in self._told:
                self._told.add((advice.role, advice.model))
                self._bus.emit(ModelAdvised(role=advice.role, model=advice.model, text=advice.text))
