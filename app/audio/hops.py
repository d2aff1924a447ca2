"""Hops in step with the clock, whatever their source: cut from what arrives, or silent while nothing does.

Pure: told all times. After a change of the source nothing is given twice, and what neither gave is silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples

HOP_S = HOP / SAMPLE_RATE

MOST_FILLED_S = 30.0
"""A longer hole, as after a suspended night, is skipped."""


class Hops:
    """Cuts one source after the other into hops.

    Attributes
    ----------
    heard_until
        When the last sample of the last hop sounded, in seconds; never goes back. 0 before the first.
    """

    def __init__(self) -> None:
        self.heard_until = 0.0
        self._given = 0  # samples of this source
        self._rest: Samples = np.zeros(0, np.float32)
        self._joins = False  # the source is not the first, and has not yet given what is new

    def new_source(self) -> None:
        """What comes next is of another source, whose first sample is sample 0."""
        self._given = 0
        self._rest = self._rest[:0]
        self._joins = self.heard_until > 0.0

    def cut(self, samples: Samples, time_of: Callable[[int], float]) -> Iterator[Samples]:
        """The hops that `samples` completes; `time_of` gives when a sample of this source sounds.

        Exhaust it: what is not taken is given next time.
        """
        self._rest = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        while len(self._rest) >= HOP:
            until = time_of(self._given + HOP)
            if self._joins and until > self.heard_until + 1.5 * HOP_S:
                yield from self.silence(until - HOP_S)
            hop, self._rest = self._rest[:HOP], self._rest[HOP:]
            self._given += HOP
            if self._joins and until < self.heard_until + HOP_S / 2:
                continue  # heard already, from the source before, or as silence
            self._joins = False
            self.heard_until = max(until, self.heard_until)
            yield hop

    def silence(self, until: float) -> Iterator[Samples]:
        """Silent hops up to the time `until`, in place of a source that gives nothing."""
        if self.heard_until == 0.0:
            self.heard_until = until  # the first hop begins here
        self.heard_until = max(self.heard_until, until - MOST_FILLED_S)
        while self.heard_until + HOP_S / 2 < until:
            self.heard_until += HOP_S
            self._joins = True
            yield np.zeros(HOP, np.float32)
