"""One turn while it lives: its identity, its marks on the clock, and what has become of its answer so far."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from app.memory.context import Exchange

Clock = Callable[[], float]
"""Seconds, monotonic; the asyncio loop's own time, so that virtual time reaches everything."""


def new_id() -> str:
    """An id that no other turn or conversation has."""
    return uuid.uuid4().hex


@dataclass(slots=True, kw_only=True)
class LiveTurn:
    """The state of a turn between its commit and its end.

    started: loop time of the turn's start: the call for a typed turn, the user's first voiced sample for a spoken one.
    marks: loop times by name; the first of each name counts.
    settled: the exchange holds what later turns shall remember; nothing that is still under way may change it.
    """

    text: str
    source: str
    conversation: str
    generation: int
    started: float
    speak: bool
    clock: Clock
    id: str = field(default_factory=new_id)
    exchange: Exchange = field(init=False)
    marks: dict[str, float] = field(default_factory=dict)
    answer: str = ""
    tokens: int = 0
    failed: str | None = None
    answered: bool = False
    settled: bool = False

    def __post_init__(self) -> None:
        self.exchange = Exchange(self.text)

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, self.clock())

    def marks_ms(self) -> dict[str, float]:
        """The marks in ms since the turn's start, in the order in which they came."""
        ordered = sorted(self.marks.items(), key=lambda mark: mark[1])
        return {name: round((at - self.started) * 1000, 2) for name, at in ordered}
