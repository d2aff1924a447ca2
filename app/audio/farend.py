"""What a device has sounded of late, at 16 kHz and by the clock: the reference that echo cancellation needs.

PortAudio's thread notes each block; the reader resamples as far as it asks. The reader's hops follow each other to the
sample: where the two devices' clocks drift apart, a single sample is skipped or repeated now and then.
"""

from __future__ import annotations

import numpy as np
import soxr

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.streamclock import StreamClock

KEPT_S = 1.5
"""How far back the sound is known."""

LEAD_S = 0.1
"""Where reading begins anew, this much before what is asked for is resampled as well, for the filter to settle."""

FOLLOWS_S = 0.020
"""A hop that is asked for this close to the end of the last one follows it."""

DRIFT = 8
"""Samples (0.5 ms) that the reader may be off before it skips or repeats one."""


class FarEnd:
    """The last `KEPT_S` of a stream at `rate` Hz. One thread notes, one reads, without a lock."""

    def __init__(self, rate: int) -> None:
        self.clock = StreamClock(rate)
        self._rate = rate
        self._ring: Samples = np.zeros(round(KEPT_S * rate), np.float32)
        self._written = 0
        self._sound_until = -1  # the sample after the last block that was not silent
        self._reader: _Reader | None = None
        self._next = 0, 0.0  # the sample at 16 kHz and the time that the next hop is expected to ask for

    @property
    def written(self) -> int:
        """Samples noted so far."""
        return self._written

    def stamp(self, time_s: float) -> float:
        """The driver says that the next block sounds at `time_s`; when it does by all that it said so far."""
        self.clock.update(self._written, time_s)
        return self.clock.time_of(self._written)

    def note(self, block: Samples | None, frames: int) -> None:
        """The device took `frames` samples; None for silence."""
        start = self._written % len(self._ring)
        first = min(frames, len(self._ring) - start)
        if block is None:
            self._ring[start : start + first] = 0.0
            self._ring[: frames - first] = 0.0
        else:
            self._ring[start : start + first] = block[:first]
            self._ring[: frames - first] = block[first:frames]
            self._sound_until = self._written + frames
        self._written += frames

    def sounded(self, at: float, length: int) -> Samples | None:
        """What sounds in the `length` samples at 16 kHz from `at` on; None if silent.

        Known as far as the device has taken it, and that is ahead by its latency.
        """
        if not self.clock.running:
            return None
        start = round(self.clock.index_at(at) * SAMPLE_RATE / self._rate)
        expected, expected_at = self._next
        if abs(at - expected_at) < FOLLOWS_S and abs(start - expected) < FOLLOWS_S * SAMPLE_RATE:
            off = start - expected
            start = expected + (off > DRIFT) - (off < -DRIFT)
        self._next = start + length, at + length / SAMPLE_RATE
        silent_from = self._sound_until * SAMPLE_RATE / self._rate + 2 * HOP  # a filter rings on
        if start >= silent_from or start + length <= (self._written - len(self._ring)) * SAMPLE_RATE / self._rate:
            return None
        sound = self._read(start, length)
        return sound if np.any(sound) else None

    def _read(self, start: int, length: int) -> Samples:
        known_from = self._written - len(self._ring) + self._rate // 10  # the writer is about to overwrite the oldest
        reader = self._reader
        if reader is None or start < reader.start or reader.pulled < max(known_from, self._index(start - SAMPLE_RATE)):
            hops = max(self._index(start) - round(LEAD_S * self._rate), known_from, 0) // (self._rate // 100)
            reader = self._reader = _Reader(self._rate, hops)
        written = self._written
        if reader.pulled < written:
            reader.feed(self._kept(reader.pulled, written))
        return reader.excerpt(start, length)

    def _index(self, start: int) -> int:
        return start * self._rate // SAMPLE_RATE

    def _kept(self, start: int, end: int) -> Samples:
        size = len(self._ring)
        first, last = start % size, end % size
        if first < last:
            return self._ring[first:last].copy()
        return np.concatenate((self._ring[first:], self._ring[:last]))


class _Reader:
    """The stream from hop `hops` on, resampled in one go; the last two seconds are kept."""

    def __init__(self, rate: int, hops: int) -> None:
        self.pulled = hops * (rate // 100)
        self.start = hops * HOP
        self._out: Samples = np.zeros(4 * SAMPLE_RATE, np.float32)
        self._length = 0
        self._resampler = None
        if rate != SAMPLE_RATE:  # of low quality, because it lags least: 6 ms at 48 kHz where the best lags 38
            self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="LQ")

    def feed(self, samples: Samples) -> None:
        self.pulled += len(samples)
        sound = samples if self._resampler is None else self._resampler.resample_chunk(samples)
        surplus = self._length + len(sound) - len(self._out)
        if surplus > 0:
            gone = min(max(surplus, len(self._out) // 2), self._length)
            self._out[: self._length - gone] = self._out[gone : self._length].copy()
            self._length -= gone
            self.start += gone
        self._out[self._length : self._length + len(sound)] = sound
        self._length += len(sound)

    def excerpt(self, start: int, length: int) -> Samples:
        first = start - self.start
        part = self._out[max(first, 0) : max(min(first + length, self._length), 0)]
        sound = np.zeros(length, np.float32)
        offset = max(-first, 0)
        sound[offset : offset + len(part)] = part
        return sound
