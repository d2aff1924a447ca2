"""How one user pauses: how long inside a turn, and how often. Learned from every pause whose outcome became known.

Two moving figures with a prior, so that one odd pause changes little and a thousand old ones do not outweigh today's.
The idea of learning each speaker's pauses by a moving average is LiveKit's (DynamicEndpointing). Keeps no words and no
sound; stores what it learned through `app.store`, which never makes the event loop wait.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Protocol

from app.errors import StoreError
from app.store.records import PauseRecord

log = logging.getLogger(__name__)

SHORTEST_S = 0.2
"""No turn ends sooner, so shorter pauses teach nothing."""
LONGEST_S = 1.5
"""A longer pause counts as this long."""

MEMORY = 60.0
"""The weight of a pause falls to 1/e after so many more."""

PRIOR_MEAN_S = 0.25
PRIOR_WEIGHT = 12.0
"""Before anything is known: pauses inside turns outlast `SHORTEST_S` by this much on average, as though so many had
been heard. Chosen with `EndpointSettings.certainty` on the spoken `tune` turns of `app.bench.endpointing`."""
PRIOR_INSIDE = 0.3
"""Share of the pauses of at least `SHORTEST_S` that are inside a turn, in the data of `app.bench.endpointing.train`."""

MEAN_BOUNDS_S = (0.15, 0.7)
ODDS_BOUND = 0.8
"""How far the learned frequency of pauses may shift the log-odds that a turn is over."""


class PauseHabits:
    """The pauses of one user. `add` what was observed; `mean_s`, `quantile` and `shift` say what was learned."""

    def __init__(self, record: PauseRecord | None = None) -> None:
        """What was kept, or nothing yet. A record that cannot be true (negative, not finite) counts as nothing."""
        known = record is not None and _plausible(record)
        self._record = record if record is not None and known else PauseRecord()

    @property
    def record(self) -> PauseRecord:
        """What is to be kept."""
        return self._record

    def add(self, pause_s: float, inside: bool) -> None:
        """A pause of `pause_s` seconds proved to be inside a turn, or the end of one (its length then says nothing).

        Raises `ValueError` for a length that is negative or not finite.
        """
        if not math.isfinite(pause_s) or pause_s < 0:
            raise ValueError(f"a pause lasts a time of 0 or more, not {pause_s}")
        if inside and pause_s < SHORTEST_S:
            return
        fading = math.exp(-1 / MEMORY)
        old = self._record
        excess = min(pause_s, LONGEST_S) - SHORTEST_S if inside else 0.0
        self._record = PauseRecord(
            inside=old.inside * fading + inside,
            ends=old.ends * fading + (not inside),
            excess_s=old.excess_s * fading + excess,
        )

    @property
    def mean_s(self) -> float:
        """By how much a pause inside a turn outlasts `SHORTEST_S`, on average, in seconds. Bounded."""
        mean = (PRIOR_WEIGHT * PRIOR_MEAN_S + self._record.excess_s) / (PRIOR_WEIGHT + self._record.inside)
        return min(max(mean, MEAN_BOUNDS_S[0]), MEAN_BOUNDS_S[1])

    def quantile(self, share: float) -> float:
        """The length in seconds that `share` (0 to below 1) of the pauses inside turns stay below.

        Beyond `SHORTEST_S` lengths are taken as exponentially distributed: a pause does not know its age.
        """
        if not 0.0 <= share < 1.0:
            raise ValueError(f"a share lies in 0 to below 1, not at {share}")
        return SHORTEST_S - self.mean_s * math.log1p(-share)

    @property
    def shift(self) -> float:
        """Log-odds by which a pause of this user is rather the end of a turn than one of anybody. Bounded."""
        inside = self._record.inside + PRIOR_WEIGHT * PRIOR_INSIDE
        ends = self._record.ends + PRIOR_WEIGHT * (1 - PRIOR_INSIDE)
        shift = math.log(ends / inside) - math.log((1 - PRIOR_INSIDE) / PRIOR_INSIDE)
        return min(max(shift, -ODDS_BOUND), ODDS_BOUND)


class HabitStore(Protocol):
    """The part of `app.store.Store` that keeps habits."""

    def pause_habits(self, user: str = ...) -> PauseRecord | None: ...

    def save_pause_habits(self, record: PauseRecord, user: str = ...) -> None: ...


def load_habits(store: HabitStore) -> PauseHabits:
    """What the store has of the user's pauses. Raises `StoreError`."""
    return PauseHabits(store.pause_habits())


async def save_habits(store: HabitStore, habits: PauseHabits) -> None:
    """Keep them, in a thread. What cannot be kept is logged: the next turn is worth more than its statistics."""
    try:
        await asyncio.to_thread(store.save_pause_habits, habits.record)
    except StoreError as error:
        log.warning("the user's pauses cannot be kept: %s", error)


def _plausible(record: PauseRecord) -> bool:
    figures = (record.inside, record.ends, record.excess_s)
    if not all(math.isfinite(figure) and figure >= 0.0 for figure in figures):
        return False
    return record.excess_s <= record.inside * (LONGEST_S - SHORTEST_S) + 1e-6
