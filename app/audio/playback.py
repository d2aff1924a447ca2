"""Sound waiting for a device, and the account of what of it has been heard. Knows no PortAudio.

What is given is brought to the device's rate as one stream, so that a sound in several pieces has no seams.
"""

from __future__ import annotations

import threading
import time
from collections import deque

import numpy as np
import soxr

from app.audio.base import Samples
from app.audio.timeline import FADE_S


class PlaybackQueue:
    """A queue of sound at the device's `rate`. Thread-safe; times are of `time.monotonic`.

    `take` is called by the device's thread and allocates nothing but views, except at the end of a sound, when the
    last milliseconds leave the resampler.
    """

    def __init__(self, rate: int = 48_000) -> None:
        self._lock = threading.Lock()
        self._giving = threading.Lock()  # the resampler's; taken before `_lock`
        self._resampler: soxr.ResampleStream | None = None
        self._given_rate = 0
        self._owed = 0.0  # samples that the resampler keeps back
        self._chunks: deque[Samples] = deque()
        self._queued = 0
        self._taken = 0
        self._heard_until = 0.0  # when the last sample taken will have sounded
        self._tail: Samples = np.zeros(0, np.float32)  # what a cut sound ends with
        self._ramp: Samples = np.zeros(0, np.float32)  # what it begins again with
        self._cut = False
        self._held = False
        self._rate = rate
        self.idle_since = time.monotonic()

    @property
    def rate(self) -> int:
        """Hz of the device."""
        return self._rate

    def change_rate(self, rate: int) -> None:
        """Bring what waits to another device's rate. What the old one had taken counts as played."""
        with self._giving:
            self._end_resampling()
            with self._lock:
                if rate == self._rate:
                    return
                chunks = [np.concatenate(self._chunks)] if self._chunks else []
                self._chunks = deque(soxr.resample(chunk, self._rate, rate) for chunk in chunks)
                self._queued = sum(map(len, self._chunks))
                self._taken = round(self._taken * rate / self._rate)
                self._tail, self._ramp = self._tail[:0], self._ramp[:0]
                self._rate = rate

    def put(self, samples: Samples, sample_rate: int) -> None:
        """Append mono sound. After everything before it has sounded, counting begins anew."""
        sound = np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)
        owed = 0.0
        with self._giving:
            if sample_rate != self._given_rate:
                self._end_resampling()
                self._given_rate = sample_rate
            if sample_rate != self._rate:
                if self._resampler is None:
                    self._resampler = soxr.ResampleStream(sample_rate, self._rate, 1, dtype="float32")
                given, sound = len(sound), self._resampler.resample_chunk(sound)
                owed = given * self._rate / sample_rate - len(sound)
            self._append(sound, owed)

    def take(self, out: Samples, sounds_at: float) -> int:
        """Fill `out`, with silence where there is no more; its first sample sounds at `sounds_at`.

        Gives how many samples are sound: 0 where all is silence.
        """
        with self._lock:
            faded = min(len(self._tail), len(out))
            out[:faded] = self._tail[:faded]
            self._tail = self._tail[faded:]
            count = 0 if self._held else self._fill(out[faded:])
            if len(self._ramp) and count:
                ramped = min(len(self._ramp), count)
                out[faded : faded + ramped] *= self._ramp[:ramped]
                self._ramp = self._ramp[ramped:]
            self._account(count, faded + count, sounds_at)
        if self._resampler is not None and faded + count < len(out) and not self._held:
            count += self._take_last(out[faded + count :], sounds_at + (faded + count) / self._rate)
        out[faded + count :] = 0.0
        return faded + count

    def stop(self) -> None:
        """Let the next sound fade out and forget the rest."""
        with self._giving:
            self._resampler = None
            with self._lock:
                self._fade_out()
                self._forget()

    def hold(self) -> None:
        """Let the next sound fade out and keep everything, what fades as well."""
        with self._lock:
            if not self._held:
                self._cut = self._fade_out()
                self._held = True

    def release(self) -> None:
        """Go on where `hold` cut in, fading in."""
        with self._lock:
            if self._held and self._cut:
                self._ramp = np.linspace(0.0, 1.0, round(FADE_S * self._rate), endpoint=False, dtype=np.float32)
            self._held = self._cut = False

    def clear(self) -> None:
        """Forget everything at once: the device is gone."""
        with self._giving:
            self._resampler = None
            with self._lock:
                self._tail = self._tail[:0]
                self._forget()

    @property
    def held(self) -> bool:
        return self._held

    @property
    def queued(self) -> int:
        """Samples that the device has not taken."""
        return self._queued + round(self._owed)

    @property
    def played_s(self) -> float:
        with self._lock:
            return self._played(time.monotonic()) / self._rate

    @property
    def pending_s(self) -> float:
        with self._lock:
            return max(self._pending(time.monotonic()), 0.0) / self._rate

    def _played(self, now: float) -> float:
        return max(self._taken - max(self._heard_until - now, 0.0) * self._rate, 0.0)

    def _pending(self, now: float) -> float:
        return self._queued + self._owed + max(self._heard_until - now, 0.0) * self._rate

    def _append(self, sound: Samples, owed: float) -> None:
        with self._lock:
            if self._pending(time.monotonic()) <= 0:
                self._taken = 0
            self._chunks.append(sound)
            self._queued += len(sound)
            self._owed += owed

    def _account(self, count: int, until: int, sounds_at: float) -> None:
        if count:
            self._taken += count
            self._heard_until = sounds_at + until / self._rate
        if until:
            self.idle_since = sounds_at + until / self._rate

    def _take_last(self, out: Samples, sounds_at: float) -> int:
        """The queue ran dry: what the resampler kept back is the end of the sound, unless more is given right now."""
        if not self._giving.acquire(blocking=False):
            return 0
        try:
            if self._queued:
                return 0
            self._end_resampling()
            with self._lock:
                # A hold that came meanwhile finds what this block does not take.
                count = self._fill(out)
                self._account(count, count, sounds_at)
            return count
        finally:
            self._giving.release()

    def _end_resampling(self) -> None:
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            rest = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            with self._lock:
                self._chunks.append(rest)
                self._queued += len(rest)
                self._owed = 0.0

    def _fill(self, out: Samples) -> int:
        """Move queued sound into `out`; how much there was."""
        count = 0
        while self._chunks and count < len(out):
            chunk = self._chunks.popleft()
            part = chunk[: len(out) - count]
            out[count : count + len(part)] = part
            count += len(part)
            if len(part) < len(chunk):
                self._chunks.appendleft(chunk[len(part) :])
        self._queued -= count
        return count

    def _fade_out(self) -> bool:
        """Make the tail of what would sound next, and leave that queued; whether there was something."""
        if self._held or len(self._tail):
            return self._queued > 0
        tail = np.zeros(round(FADE_S * self._rate), np.float32)
        count = 0
        for chunk in self._chunks:
            part = chunk[: len(tail) - count]
            tail[count : count + len(part)] = part
            count += len(part)
            if count == len(tail):
                break
        ramp = np.linspace(1.0, 0.0, len(tail), dtype=np.float32)
        if len(self._ramp):  # it was fading in
            ramp[: len(self._ramp)] *= self._ramp[: len(ramp)]
        self._tail = (tail * ramp)[:count]
        return count > 0

    def _forget(self) -> None:
        self._taken = round(self._played(time.monotonic()))
        self._chunks.clear()
        self._queued = 0
        self._owed = 0.0
        self._heard_until = 0.0
        self._held = self._cut = False
        self._ramp = self._ramp[:0]
