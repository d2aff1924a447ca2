"""Keeps timers and alarms, and tells on the bus when one is due: `AlarmRang`. Makes no sound (`app.assistant.ringing`).

Due times are wall-clock times, since they outlast this process and the machine's sleep; while the machine sleeps the
event loop's clock may stand still, and another process may set an alarm in the same database. So the wall clock and
the table are looked at every `CHECK_S` at the latest. What was missed rings at the next look, with how late it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.errors import StoreError
from app.events import AlarmRang, EventBus, Warning
from app.store import Store
from app.store.alarms import Alarm, AlarmTable, Kind, new_alarm

log = logging.getLogger(__name__)

CHECK_S = 1.0
"""Between two looks at the wall clock; a look is one indexed query, about 30 us."""

LATE_S = 5.0
"""What rings so much after its time was missed: the machine slept, or nobody was there to ring it."""


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Alarms:
    """The alarms of one database. Setting and listing need no `run`; ringing is what `run` does.

    wall: the wall clock, aware. Methods write small transactions on the caller's thread and raise `StoreError`.
    """

    def __init__(self, store: Store, bus: EventBus, wall: Callable[[], datetime] = wall_clock) -> None:
        self._table = AlarmTable(store)
        self._bus = bus
        self.wall = wall
        self._changed = asyncio.Event()
        self._in_trouble = False

    def set(
        self, kind: Kind, label: str, *, due: datetime, now: datetime | None = None, length_s: float | None = None
    ) -> Alarm:
        """Keep one that rings at `due`. now: when it was asked for, if that is not this instant. Both are aware."""
        alarm = new_alarm(kind, label, set_at=now or self.wall(), due_at=due, length_s=length_s)
        self._table.add(alarm)
        self._changed.set()
        return alarm

    def pending(self) -> list[Alarm]:
        """What is set, the next to ring first."""
        return self._table.all()

    def cancel(self, alarms: Sequence[Alarm]) -> list[Alarm]:
        """Take them out. Returns those that were still set: one may have rung since it was listed."""
        removed = set(self._table.remove([alarm.id for alarm in alarms]))
        self._changed.set()
        return [alarm for alarm in alarms if alarm.id in removed]

    async def run(self) -> None:
        """Ring what is due, when it is due, until cancelled. A database that fails is told once and tried again."""
        while True:
            self._changed.clear()
            wait_s = self._look()
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _look(self) -> float:
        """Ring what is due; for how long nothing else will be."""
        try:
            due = self._table.next_due()
            if due is not None and due <= self.wall():
                for alarm in self._table.claim_due(self.wall()):
                    self._ring(alarm)
                due = self._table.next_due()
            self._in_trouble = False
        except StoreError as error:
            if not self._in_trouble:
                self._in_trouble = True
                self._bus.emit(Warning(text=f"Timers and alarms cannot ring: {error}"))
            return CHECK_S
        if due is None:
            return CHECK_S
        return min(max((due - self.wall()).total_seconds(), 0.0), CHECK_S)

    def _ring(self, alarm: Alarm) -> None:
        late_s = (self.wall() - alarm.due_at).total_seconds()
        if late_s < LATE_S:
            late_s = 0.0
        event = AlarmRang(alarm=alarm.id, kind=alarm.kind, label=alarm.label, late_s=round(late_s, 1))
        log.info("%s %s rings, late by %.1f s", alarm.kind, alarm.id, late_s)
        self._bus.emit(replace(event, time=asyncio.get_running_loop().time()))
