"""One turn while it lives: its identity, its marks on the clock, and what has become of its answer so far."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.events import Event, EventBus
from app.memory.context import Exchange
from app.tools.base import Call

if TYPE_CHECKING:
    from app.assistant.speech import SpokenAnswer

Clock = Callable[[], float]
"""Seconds, monotonic; the asyncio loop's own time, so that virtual time reaches everything."""


def new_id() -> str:
    """An id that no other turn or conversation has."""
    return uuid.uuid4().hex


@dataclass(slots=True, kw_only=True)
class LiveTurn:
    """The state of a turn from its draft or commit to its end.

    started: loop time of the turn's start: the call for a typed turn, the user's first voiced sample for a spoken one.
    earlier: the history that the answer is based on.
    marks: loop times by name; the first of each name counts.
    model: who wrote the answer, or tried to.
    certain: set at the commit. Until then every event of the turn is withheld, and nothing of it is heard or stored.
    settled: the exchange holds what later turns shall remember; nothing that is still under way may change it.
    withdrawn: speech went on after the commit, and another answer takes the place of this one.
    call: what the user's words command, instead of an answer of a model; `allowed` if it is what they said yes to.
    about: an earlier exchange that the user wants thought over again.
    """

    text: str
    source: str
    generation: int
    started: float
    speak: bool
    clock: Clock
    bus: EventBus
    earlier: tuple[Exchange, ...] = ()
    confidence: float | None = None
    id: str = field(default_factory=new_id)
    exchange: Exchange = field(init=False)
    marks: dict[str, float] = field(default_factory=dict)
    answer: str = ""
    model: str = ""
    tokens: int = 0
    failed: str | None = None
    answered: bool = False
    settled: bool = False
    withdrawn: bool = False
    speech: SpokenAnswer | None = None
    call: Call | None = None
    allowed: bool | None = None
    about: Exchange | None = None
    certain: asyncio.Event = field(default_factory=asyncio.Event)
    _withheld: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exchange = Exchange(self.text)

    def mark(self, name: str, at: float | None = None) -> None:
        self.marks.setdefault(name, self.clock() if at is None else at)

    def marks_ms(self) -> dict[str, float]:
        """The marks in ms since the turn's start, in the order in which they came."""
        ordered = sorted(self.marks.items(), key=lambda mark: mark[1])
        return {name: round((at - self.started) * 1000, 2) for name, at in ordered}

    def tell(self, kind: type[Event], *, at: float | None = None, **values: Any) -> None:
        """Emit an event of this turn, now or (while it is a draft) at the commit, with the time it happened at."""
        event = replace(kind(turn=self.id, **values), time=self.clock() if at is None else at)
        if self.certain.is_set():
            self.bus.emit(event)
        else:
            self._withheld.append(event)

    def release(self) -> None:
        """The turn is certain: tell what was withheld."""
        self.certain.set()
        withheld, self._withheld = self._withheld, []
        for event in withheld:
            self.bus.emit(event)
