"""A virtual microphone that plays a recording, and a virtual speaker that keeps what would have sounded.

Both live on one `SourceClock`, which follows the event loop's clock, so that what the speaker recorded lines up with
the recording to the sample. They need no sound hardware and no thread, and work under virtual time as well.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.files import read_audio
from app.audio.timeline import FADE_S as FADE_S
from app.audio.timeline import Piece, Timeline

AUDIBLE = 1e-3
"""Samples below this (-60 dBFS) count as silence in `RecordingSpeaker.first_audio_s`."""


class SourceClock:
    """Seconds since the first sample of the source; 0 until `start`. At `speed` 2 they pass twice as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0.0:
            raise ValueError("a speed is positive")
        self.speed = speed
        self._started: float | None = None

    @property
    def started(self) -> bool:
        return self._started is not None

    @property
    def now_s(self) -> float:
        return 0.0 if self._started is None else self.source_s(asyncio.get_running_loop().time())

    def source_s(self, at: float) -> float:
        """The source's time at the loop's time `at`; negative before its first sample. 0 until `start`."""
        return 0.0 if self._started is None else (at - self._started) * self.speed

    def loop_time(self, source_s: float) -> float:
        """The loop's time at which the source's is `source_s`, as though it began now where it has not."""
        begun = asyncio.get_running_loop().time() if self._started is None else self._started
        return begun + source_s / self.speed

    def start(self) -> None:
        """Begin at 0, once; later calls change nothing."""
        if self._started is None:
            self._started = asyncio.get_running_loop().time()

    async def reach(self, source_s: float) -> None:
        """Wait until `now_s` is `source_s`. Others run at least once, even where that time has passed."""
        await asyncio.sleep(max((source_s - self.now_s) / self.speed, 0.0))


class FileMicrophone:
    """Hears a recording: gives its hops when a microphone would have, each as soon as its last sample has sounded.

    The schedule is absolute: a late hop does not delay the ones after it. After the recording comes silence for
    `tail_s` seconds, or until `close` where that is None.

    Raises (from the constructor) what `read_audio` raises where `source` is a path.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | Samples,
        *,
        speed: float = 1.0,
        tail_s: float | None = None,
        clock: SourceClock | None = None,
    ) -> None:
        samples = source if isinstance(source, np.ndarray) else read_audio(source)[0]
        self.clock = clock or SourceClock(speed)
        self.duration_s = len(samples) / SAMPLE_RATE
        self._samples = np.asarray(samples, np.float32)
        self._tail_s = tail_s
        self._given = 0
        self._closed = False
        self.patience_s = 0.0

    @property
    def heard_until(self) -> float:
        """By the schedule, not by when the hop was fetched; the source's beginning before the first hop."""
        return self.clock.loop_time(self._given * HOP / SAMPLE_RATE)

    @property
    def position_s(self) -> float:
        """The source's time now: seconds since its first sample, silence after its end included."""
        return self.clock.now_s

    @property
    def ended(self) -> bool:
        """Whether the whole recording has been heard (silence may follow)."""
        return self.position_s >= self.duration_s

    async def __aiter__(self) -> AsyncIterator[Samples]:
        self.clock.start()
        last = None if self._tail_s is None else -(-round((self.duration_s + self._tail_s) * SAMPLE_RATE) // HOP)
        index = due = 0
        while last is None or index < last:
            if index >= due:
                due = index + 1 + round(self.patience_s * SAMPLE_RATE / HOP)
                await self.clock.reach(due * HOP / SAMPLE_RATE)
            if self._closed:
                return
            self._given = index + 1
            yield self._hop(index)
            index += 1

    def _hop(self, index: int) -> Samples:
        hop = self._samples[index * HOP : (index + 1) * HOP]
        return hop if len(hop) == HOP else np.pad(hop, (0, HOP - len(hop)))

    async def close(self) -> None:
        """End the iteration, within a hop."""
        self._closed = True


class RecordingSpeaker:
    """Plays into memory, in the time that playing takes. Sound given while some is playing follows it without a gap.

    Give it the microphone's `clock`. Alone (`clock` None), its time begins with the first `play`. Where a hold ends
    before its fade does, the two ramps cross.
    """

    def __init__(self, clock: SourceClock | None = None) -> None:
        self._alone = clock is None
        self.clock = clock or SourceClock()
        self._timeline = Timeline()
        self._run_start_s = 0.0
        self._end_s = 0.0
        self._held = False
        self._rest: list[Piece] = []  # given and not yet placed in time, because of `hold`
        self._cut = False  # whether the first of the rest was cut in mid-sound
        self._changed = asyncio.Event()

    def play(self, samples: Samples, sample_rate: int) -> None:
        """Append; raises `ValueError` for anything but mono sound at a positive rate."""
        if samples.ndim != 1 or sample_rate <= 0:
            raise ValueError("a speaker plays mono sound at a positive rate")
        if len(samples) == 0:
            return
        if self._alone:
            self.clock.start()
        now = self.clock.now_s
        if now >= self._end_s and not self._rest:
            self._run_start_s = self._end_s = now
        piece = Piece(self._end_s, np.array(samples, np.float32), sample_rate)
        if self._held:
            self._rest.append(piece)
        else:
            self._append(piece)
        self._notify()

    def stop(self) -> None:
        """Fade out within `FADE_S` from now and forget the rest, what is held as well."""
        self._silence()
        self._rest.clear()
        self._held = self._cut = False
        self._notify()

    def hold(self) -> None:
        """Fade out within `FADE_S` from now and keep the rest."""
        if self._held:
            return
        self._rest = self._silence()
        self._held, self._cut = True, bool(self._rest)
        self._notify()

    def release(self) -> None:
        """Go on where `hold` cut in: what the fade out played is played again, fading in."""
        if not self._held:
            return
        rest, self._rest, self._held = self._rest, [], False
        if rest:
            played_s = self.played_s
            self._end_s = self.clock.now_s
            self._run_start_s = self._end_s - played_s
            for index, piece in enumerate(rest):
                self._append(piece.faded_in() if self._cut and index == 0 else piece)
        self._cut = False
        self._notify()

    @property
    def held(self) -> bool:
        return self._held

    @property
    def played_s(self) -> float:
        """Seconds played in the present run, or in the last one until the next `play` begins another."""
        return max(min(self.clock.now_s, self._end_s) - self._run_start_s, 0.0)

    @property
    def pending_s(self) -> float:
        left = max(self._end_s - max(self.clock.now_s, self._run_start_s), 0.0)
        return left + sum(len(piece.samples) / piece.rate for piece in self._rest)

    async def drain(self) -> None:
        while self._rest or (self._end_s - self.clock.now_s) > 1e-9:
            left = self._end_s - self.clock.now_s
            changed = self._changed
            try:
                async with asyncio.timeout(self._patience_s(left)):
                    await changed.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        self.stop()

    def recorded(self, sample_rate: int = 24_000) -> Samples:
        """What has sounded so far, from the source's first sample to now, silent where nothing played."""
        return self._timeline.mixed(round(self.clock.now_s * sample_rate), sample_rate)

    def excerpt(self, start_s: float, length: int, sample_rate: int) -> Samples:
        """What sounds in the `length` samples of `sample_rate` from `start_s` on, as far as it has been given."""
        return self._timeline.excerpt(start_s, length, sample_rate)

    def sounded(self, at: float, length: int) -> Samples | None:
        """As `Speaker.sounded`; at another speed than 1 the samples are of the source's time, as a microphone's are."""
        sound = self.excerpt(self.clock.source_s(at), length, SAMPLE_RATE)
        return sound if np.any(sound) else None

    def first_audio_s(self, after_s: float = 0.0) -> float | None:
        """When the first audible sample at or after `after_s` sounds, of all that was given; None if there is none."""
        return self._timeline.first_above(AUDIBLE, after_s)

    def last_audio_s(self) -> float | None:
        """When the last audible sample given so far sounds; None if there is none."""
        return self._timeline.last_above(AUDIBLE)

    def plays(self) -> list[tuple[float, float]]:
        """Start and end in seconds of each piece of sound, in order, as it sounded: a hold makes two of one."""
        return [(piece.start_s, piece.end_s) for piece in self._timeline.pieces]

    def _append(self, piece: Piece) -> None:
        self._timeline.pieces.append(replace(piece, start_s=self._end_s))
        self._end_s += len(piece.samples) / piece.rate

    def _silence(self) -> list[Piece]:
        """Fade out from now. Gives what is cut off."""
        now = self.clock.now_s
        if now >= self._end_s:
            return []
        self._end_s = now
        return self._timeline.cut(now)

    def _patience_s(self, left_s: float) -> float | None:
        """How long `drain` may wait before it looks again, in the loop's seconds."""
        if self._rest:
            return None
        return left_s / self.clock.speed if self.clock.started else 0.05

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
