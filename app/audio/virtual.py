"""A virtual microphone that plays a recording, and a virtual speaker that keeps what would have sounded.

Both live on one `SourceClock`, which follows the event loop's clock, so that what the speaker recorded lines up with
the recording to the sample. They need no sound hardware and no thread, and work under virtual time as well.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import soxr

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.files import read_audio

FADE_S = 0.010
"""Length of the ramp with which a stopped sound ends."""

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
        if self._started is None:
            return 0.0
        return (asyncio.get_running_loop().time() - self._started) * self.speed

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
        self._closed = False

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
        index = 0
        while last is None or index < last:
            await self.clock.reach((index + 1) * HOP / SAMPLE_RATE)
            if self._closed:
                return
            yield self._hop(index)
            index += 1

    def _hop(self, index: int) -> Samples:
        hop = self._samples[index * HOP : (index + 1) * HOP]
        return hop if len(hop) == HOP else np.pad(hop, (0, HOP - len(hop)))

    async def close(self) -> None:
        """End the iteration, within a hop."""
        self._closed = True


@dataclass(slots=True)
class _Piece:
    """Given sound and when it begins on the source's clock."""

    start_s: float
    samples: Samples
    rate: int
    _resampled: tuple[int, Samples] | None = None

    def at_rate(self, rate: int) -> Samples:
        """The samples at another rate; the last one asked for is kept."""
        if rate == self.rate:
            return self.samples
        if self._resampled is None or self._resampled[0] != rate:
            self._resampled = rate, soxr.resample(self.samples, self.rate, rate)
        return self._resampled[1]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / self.rate


class RecordingSpeaker:
    """Plays into memory, in the time that playing takes. Sound given while some is playing follows it without a gap.

    Give it the microphone's `clock`. Alone (`clock` None), its time begins with the first `play`.
    """

    def __init__(self, clock: SourceClock | None = None) -> None:
        self._alone = clock is None
        self.clock = clock or SourceClock()
        self._pieces: list[_Piece] = []
        self._run_start_s = 0.0
        self._end_s = 0.0
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
        if now >= self._end_s:
            self._run_start_s = self._end_s = now
        piece = _Piece(self._end_s, np.array(samples, np.float32), sample_rate)
        self._pieces.append(piece)
        self._end_s = piece.end_s
        self._notify()

    def stop(self) -> None:
        """Fade out within `FADE_S` from now and forget the rest."""
        now = self.clock.now_s
        if now >= self._end_s:
            return
        sounding = [piece for piece in self._pieces if piece.start_s < now + FADE_S]
        kept = [_faded(piece, now) if piece.end_s > now else piece for piece in sounding]
        self._pieces = [piece for piece in kept if len(piece.samples)]
        self._end_s = now
        self._notify()

    @property
    def played_s(self) -> float:
        """Seconds played in the present run, or in the last one until the next `play` begins another."""
        return max(min(self.clock.now_s, self._end_s) - self._run_start_s, 0.0)

    @property
    def pending_s(self) -> float:
        return max(self._end_s - max(self.clock.now_s, self._run_start_s), 0.0)

    async def drain(self) -> None:
        while (left := self._end_s - self.clock.now_s) > 1e-9:
            changed = self._changed
            try:
                async with asyncio.timeout(left / self.clock.speed if self.clock.started else 0.05):
                    await changed.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        self.stop()

    def recorded(self, sample_rate: int = 24_000) -> Samples:
        """What has sounded so far, from the source's first sample to now, silent where nothing played."""
        length = round(self.clock.now_s * sample_rate)
        sound = np.zeros(length, np.float32)
        for run in self._runs():
            heard = soxr.resample(run.samples, run.rate, sample_rate) if run.rate != sample_rate else run.samples
            start = round(run.start_s * sample_rate)
            heard = heard[: max(length - start, 0)]
            sound[start : start + len(heard)] += heard
        return cast(Samples, np.clip(sound, -1.0, 1.0))

    def excerpt(self, start_s: float, length: int, sample_rate: int) -> Samples:
        """What sounds in the `length` samples of `sample_rate` from `start_s` on, as far as it has been given."""
        sound = np.zeros(length, np.float32)
        for piece in self._pieces:
            if piece.end_s <= start_s or piece.start_s >= start_s + length / sample_rate:
                continue
            heard = piece.at_rate(sample_rate)
            first = round((start_s - piece.start_s) * sample_rate)
            part = heard[max(first, 0) : max(first + length, 0)]
            offset = max(-first, 0)
            sound[offset : offset + len(part)] += part[: length - offset]
        return sound

    def first_audio_s(self, after_s: float = 0.0) -> float | None:
        """When the first audible sample at or after `after_s` sounds, of all that was given; None if there is none."""
        for piece in self._pieces:
            skipped = max(int(np.ceil((after_s - piece.start_s) * piece.rate - 1e-6)), 0)
            audible = np.flatnonzero(np.abs(piece.samples[skipped:]) > AUDIBLE)
            if len(audible):
                return piece.start_s + (skipped + int(audible[0])) / piece.rate
        return None

    def last_audio_s(self) -> float | None:
        """When the last audible sample given so far sounds; None if there is none."""
        for piece in reversed(self._pieces):
            audible = np.flatnonzero(np.abs(piece.samples) > AUDIBLE)
            if len(audible):
                return piece.start_s + int(audible[-1]) / piece.rate
        return None

    def plays(self) -> list[tuple[float, float]]:
        """Start and end in seconds of each piece of sound, in order, as it sounded."""
        return [(piece.start_s, piece.end_s) for piece in self._pieces]

    def _runs(self) -> list[_Piece]:
        """Pieces that follow each other at one rate, joined: resampling them one by one would click at the seams."""
        runs: list[list[_Piece]] = []
        for piece in self._pieces:
            previous = runs[-1][-1] if runs else None
            if previous and previous.rate == piece.rate and abs(previous.end_s - piece.start_s) < 0.5 / piece.rate:
                runs[-1].append(piece)
            else:
                runs.append([piece])
        return [_Piece(run[0].start_s, np.concatenate([piece.samples for piece in run]), run[0].rate) for run in runs]

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _faded(piece: _Piece, now_s: float) -> _Piece:
    """The piece with a linear ramp from `now_s` to nothing `FADE_S` later, and cut there."""
    times = piece.start_s + np.arange(len(piece.samples)) / piece.rate
    gain = np.clip(1.0 - (times - now_s) / FADE_S, 0.0, 1.0).astype(np.float32)
    sounding = int(np.count_nonzero(gain))
    return _Piece(piece.start_s, piece.samples[:sounding] * gain[:sounding], piece.rate)
