"""Takes the speaker's sound out of the microphone's: WebRTC's echo canceller, switched off while nothing plays.

What comes out is the microphone's sound `DELAY` samples later, without rumble and DC offset, the canceller on or off:
its output equals the high-pass filter's to -120 dB once the far end is silent, so the switch is not heard. Noise
suppression and gain are not for the recogniser.

The thresholds were tuned on 60 first answers (three voices of espeak-ng and a reader) in synthetic rooms at -20, -12
and -6 dB, 2 to 250 ms and 0.15 to 0.4 s of reverberation, each from a canceller that knew nothing, with and without
users.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from pywebrtc_audio import AudioProcessor

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.level import SILENT_DBFS, level_dbfs

DELAY = 128
"""Samples by which the cleaned sound is later than the microphone's: what the canceller's filter bank takes."""

TAIL_HOPS = 100
"""Hops for which the canceller goes on after the far end fell silent: the longest echo's delay and its decay."""

LEARNT_HOPS = 300
"""Hops of audible far end after which the canceller knows the room."""

KEPT_DB = -20.0
"""A hop of which the canceller leaves less than this is not the user."""

KEPT_AT_FIRST_DB = -10.0
"""The same before it knows the room, when its suppressor alone holds the echo back."""

TAIL_DB = -14.0
"""What sounds this far below the echo of the last 400 ms may be its reverberation, which the canceller lets pass."""

TAIL_AT_FIRST_DB = -8.0
"""The same before it knows the room."""

AUDIBLE_DBFS = -50.0

DRY_HOPS = 45
"""Hops of audible far end, longer than an echo takes, of which nothing must have come back to call it a headset."""

DRY_DBFS = -60.0
"""What came back is nothing below this: no voice activity detector takes it for speech."""

SETTLING = 1600
"""Samples after which the high-pass filter has forgotten a step."""

_SILENCE: Samples = np.zeros(HOP, np.float32)


class Cleaner:
    """Push hops of shape (HOP,) with what the speaker sounded meanwhile, get hops of cleaned sound.

    The canceller keeps what it learnt of the room from one answer to the next. It costs 70 us a hop on the machine it
    was measured on, the high-pass filter alone 8 us. One that knows nothing yet takes the user for the echo where there
    is none, with a headset: until it has learnt, an answer of which nothing comes back is not cancelled.

    Attributes
    ----------
    cancelling
        Whether the speaker's sound may be in the hop given last.
    doubtful
        Whether so much was taken out of that hop that what is left is rather a rest of the echo than the user.
    """

    def __init__(self) -> None:
        self._canceller = AudioProcessor(SAMPLE_RATE, echo_cancellation=True)
        self._filter = AudioProcessor(SAMPLE_RATE, high_pass_filter=True)
        self._late: Samples | None = None
        self._previous: Samples = _SILENCE
        self._tail = 0
        self._echoes: deque[float] = deque(maxlen=40)
        self._learnt = 0  # hops in which there was something to learn from
        self._returned: deque[float] = deque(maxlen=DRY_HOPS)  # levels of what is heard while something plays
        self._dry = False
        self._running = False
        self.cancelling = False
        self.doubtful = False

    def push(self, near: Samples, far: Samples | None = None) -> Samples:
        """The cleaned hop. `far` None is silence; it is what sounded during this very hop, at 16 kHz."""
        self._running = self._tail > 0
        self._tail = TAIL_HOPS if far is not None else max(self._tail - 1, 0)
        # The filter runs on all the same: its state must be the canceller's when they change places.
        if self._late is None:  # the source's first hop: its offset has always been there
            offset: Samples = np.full(SETTLING, near.mean(), np.float32)
            self._late = self._filter.process(offset)[-DELAY:]
        filtered: Samples = np.concatenate((self._late, self._filter.process(near)))
        self._late = filtered[HOP:]
        cleaned = filtered[:HOP]
        if self._tail:
            if not self._running:
                self._canceller.process(self._previous, _SILENCE)  # its filter bank holds what it heard long ago
            cleaned = self._canceller.process(near, _SILENCE if far is None else far)
        before_dbfs = level_dbfs(filtered[:HOP])
        self._look_for_an_echo(before_dbfs, far)
        self.cancelling = self._tail > 0 and not self._dry
        self.doubtful = self.cancelling and self._doubt(before_dbfs, level_dbfs(cleaned))
        self._previous = near
        return filtered[:HOP] if self._dry else cleaned

    def _look_for_an_echo(self, near_dbfs: float, far: Samples | None) -> None:
        if not self._tail:
            self._returned.clear()
            self._dry = False
        elif far is not None and level_dbfs(far) > AUDIBLE_DBFS:
            self._learnt += 1
            self._returned.append(near_dbfs)
            if self._learnt < LEARNT_HOPS and len(self._returned) == DRY_HOPS and not self._dry:
                self._dry = sorted(self._returned)[round(0.8 * DRY_HOPS)] < DRY_DBFS

    def _doubt(self, before_dbfs: float, after_dbfs: float) -> bool:
        kept_db = after_dbfs - before_dbfs
        self._echoes.append(before_dbfs if kept_db < KEPT_AT_FIRST_DB else SILENT_DBFS)
        learnt = self._learnt >= LEARNT_HOPS
        least_db, tail_db = (KEPT_DB, TAIL_DB) if learnt else (KEPT_AT_FIRST_DB, TAIL_AT_FIRST_DB)
        return kept_db < least_db or before_dbfs < max(self._echoes) + tail_db
