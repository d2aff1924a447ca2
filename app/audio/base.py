"""What a microphone and a speaker are to the rest of Duet, be they real devices or virtual ones.

Sound is mono float32 in [-1, 1]; microphones give `SAMPLE_RATE` Hz in hops of `HOP` samples, speakers take any rate.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Hz of everything that was heard."""

HOP = 160
"""Samples in one hop of 10 ms."""

Samples = NDArray[np.float32]


class Microphone(Protocol):
    """A source of hops at real-time pace. Iterating opens it; it ends when the recording ends or `close` is called.

    patience_s: so late may hops come, several at once, while nobody waits for each: fewer wake-ups of the machine.
    """

    patience_s: float

    def __aiter__(self) -> AsyncIterator[Samples]:
        """Arrays of shape (HOP,). Raises `EngineUnavailable` when there is no such device."""

    @property
    def heard_until(self) -> float:
        """The event loop's time at which the last sample of the hop given last sounded."""

    async def close(self) -> None: ...


class Speaker(Protocol):
    """Plays what it is given, in order, without gaps while there is more. All methods return at once."""

    def play(self, samples: Samples, sample_rate: int) -> None:
        """Append to what is being played; the first call starts it."""

    def stop(self) -> None:
        """Fade out within 20 ms and forget the rest."""

    def hold(self) -> None:
        """Fade out within 20 ms and keep the rest, with what is played later, until `release` or `stop`."""

    def release(self) -> None:
        """Go on where `hold` cut in, with a fade."""

    @property
    def held(self) -> bool: ...

    def sounded(self, at: float, length: int) -> Samples | None:
        """What sounds in the `length` samples at `SAMPLE_RATE` from the event loop's time `at` on.

        The far end of the echo. None where all of it is silent; known for the last second and for what is queued.
        """

    @property
    def played_s(self) -> float:
        """Seconds of given sound that have reached the device since the last time it was idle or stopped."""

    @property
    def pending_s(self) -> float:
        """Seconds of given sound that have not."""

    async def drain(self) -> None:
        """Wait until everything given has been played, or was stopped."""

    async def close(self) -> None: ...
