"""The speaker: a sound device that plays what it is given, through PortAudio.

The device is opened in the background at the first sound, stays open for a while, since opening takes tens of
milliseconds, and is released when nothing was played for long. PortAudio's thread takes sound from a queue; where there
is none it plays silence.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from functools import partial
from typing import Any

import numpy as np
import soxr

from app.audio import devices
from app.audio.base import Samples
from app.errors import DuetError, EngineUnavailable

log = logging.getLogger(__name__)

LATENCY_S = 0.05
"""Asked of the device: what still sounds after `stop`, against gaps while Python is busy."""

FADE_S = 0.010
"""Length of the ramp with which a stopped sound ends."""

KEEP_OPEN_S = 30.0
"""Silence after which the device is released."""

STALL_S = 3.0
"""A device that takes nothing for so long has vanished."""

OPENING_S = 15.0
"""A device that cannot be opened in this time never will be."""


class PlaybackQueue:
    """Sound waiting for the device, at the device's rate, and the account of what has been heard. Thread-safe.

    Times are of `time.monotonic`. Nothing here knows PortAudio, so it is tested by calling `take` as a device would.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: deque[Samples] = deque()
        self._queued = 0
        self._taken = 0
        self._heard_until = 0.0  # when the last sample taken will have sounded
        self._tail: Samples = np.zeros(0, np.float32)  # what a stopped sound ends with
        self.rate = 48_000
        self.idle_since = time.monotonic()

    def put(self, samples: Samples) -> None:
        """Append sound at `rate`. After everything before it has sounded, counting begins anew."""
        with self._lock:
            if self._pending(time.monotonic()) <= 0:
                self._taken = 0
            self._chunks.append(samples)
            self._queued += len(samples)

    def take(self, frames: int, sounds_at: float) -> Samples:
        """The next `frames` samples, silence where there are no more; the first of them sounds at `sounds_at`."""
        out = np.zeros(frames, np.float32)
        with self._lock:
            faded = min(len(self._tail), frames)
            out[:faded] = self._tail[:faded]
            self._tail = self._tail[faded:]
            count = self._fill(out[faded:])
            if count:
                self._taken += count
                self._heard_until = sounds_at + (faded + count) / self.rate
            if faded or count:
                self.idle_since = sounds_at + (faded + count) / self.rate
        return out

    def stop(self) -> None:
        """Let the next sound fade out and forget the rest."""
        with self._lock:
            if len(self._tail) == 0:
                tail = np.zeros(round(FADE_S * self.rate), np.float32)
                count = self._fill(tail)
                self._tail = (tail * np.linspace(1.0, 0.0, len(tail), dtype=np.float32))[:count]
            self._forget()

    def clear(self) -> None:
        """Forget everything at once: the device is gone."""
        with self._lock:
            self._tail = self._tail[:0]
            self._forget()

    @property
    def queued(self) -> int:
        """Samples that the device has not taken."""
        with self._lock:
            return self._queued

    @property
    def played_s(self) -> float:
        with self._lock:
            return self._played(time.monotonic()) / self.rate

    @property
    def pending_s(self) -> float:
        with self._lock:
            return max(self._pending(time.monotonic()), 0.0) / self.rate

    def _played(self, now: float) -> float:
        return max(self._taken - max(self._heard_until - now, 0.0) * self.rate, 0.0)

    def _pending(self, now: float) -> float:
        return self._queued + max(self._heard_until - now, 0.0) * self.rate

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

    def _forget(self) -> None:
        self._taken = round(self._played(time.monotonic()))
        self._chunks.clear()
        self._queued = 0
        self._heard_until = 0.0


class DeviceSpeaker:
    """The sound device whose name contains `name`, the default one for "". Use it from one event loop.

    Raises `EngineUnavailable` from the constructor where PortAudio or the device is missing. A device that fails later
    loses what was pending; `drain` then raises the sentence, `problem` has it, and the next `play` tries again.

    Attributes
    ----------
    underflows
        Times the device ran dry because this process was late.
    opened_in_s
        What opening the device took, None before that.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._queue = PlaybackQueue()
        self._stream: Any = None
        self._opening = False
        self._closed = False
        self._asked_at = 0.0
        self._last_call = 0.0
        self._before_open: list[tuple[Samples, int]] = []
        self._before_open_s = 0.0
        self._state = threading.Lock()
        self.problem: str | None = None
        self.underflows = 0
        self.opened_in_s: float | None = None
        self.device_name = self._found().name

    def play(self, samples: Samples, sample_rate: int) -> None:
        """Append; raises `ValueError` for anything but mono sound at a positive rate.

        Each call is resampled by itself, so a sound in several calls should be cut where it is quiet.
        """
        if samples.ndim != 1 or sample_rate <= 0:
            raise ValueError("a speaker plays mono sound at a positive rate")
        if len(samples) == 0 or self._closed:
            return
        self._check()
        with self._state:
            if self._stream is not None:
                self._put(samples, sample_rate)
                return
            self._before_open.append((samples, sample_rate))
            self._before_open_s += len(samples) / sample_rate
            if self._opening:
                return
            self._opening = True
            self._asked_at = time.monotonic()
            self.problem = None
        devices.in_background(self._open)

    def stop(self) -> None:
        with self._state:
            self._before_open.clear()
            self._before_open_s = 0.0
        self._queue.stop()

    @property
    def played_s(self) -> float:
        """As of what the device says of its latency; kept after the end and after `stop`, until the next `play`."""
        return 0.0 if self._before_open_s else self._queue.played_s

    @property
    def pending_s(self) -> float:
        self._check()
        return self._before_open_s + self._queue.pending_s

    async def drain(self) -> None:
        """As `Speaker.drain`. Raises `EngineUnavailable` where the device failed since the last `play`."""
        while (pending_s := self.pending_s) > 0.0:  # noqa: ASYNC110 - the device's clock is what is waited for
            await asyncio.sleep(min(max(pending_s, 0.005), 0.05))
        if self.problem is not None:
            raise EngineUnavailable(self.problem)

    async def close(self) -> None:
        """Stop, and release the device in the background."""
        self.stop()
        self._closed = True
        await asyncio.sleep(FADE_S + LATENCY_S if self._stream is not None else 0)
        with self._state:
            stream, self._stream = self._stream, None
        if stream is not None:
            devices.in_background(partial(devices.close_stream, stream))

    def _found(self) -> devices.Device:
        try:
            return devices.find_device(self._name, "output")
        except DuetError:
            if not devices.refresh():
                raise
            return devices.find_device(self._name, "output")  # it may have been plugged in meanwhile

    def _put(self, samples: Samples, sample_rate: int) -> None:
        rate = self._queue.rate
        sound = np.array(samples, np.float32) if sample_rate == rate else soxr.resample(samples, sample_rate, rate)
        self._queue.put(np.clip(np.nan_to_num(sound), -1.0, 1.0).astype(np.float32, copy=False))

    def _open(self) -> None:
        """On a thread of its own: open the device, or tell why not."""
        began = time.monotonic()
        try:
            stream = self._opened()
        except DuetError as error:
            self._fail(str(error))
            return
        except Exception as error:  # noqa: BLE001 - PortAudio's own, whose class may not exist
            log.warning("the speaker %s cannot be opened: %s", self.device_name, error)
            self._fail(
                f"The speaker {self.device_name} cannot be opened; close programs that use it, or choose another."
            )
            return
        with self._state:
            unwanted = self._closed or not self._opening
            self._opening = False
            if not unwanted:
                self.opened_in_s = time.monotonic() - began
                self._stream = stream
                self._last_call = time.monotonic()
                for samples, rate in self._before_open:
                    self._put(samples, rate)
            self._before_open.clear()
            self._before_open_s = 0.0
        if unwanted:
            devices.close_stream(stream)

    def _opened(self) -> Any:
        device = self._found()
        self.device_name = device.name
        self._queue.rate = int(device.sample_rate)
        self._queue.idle_since = time.monotonic()
        channels = min(device.outputs, 2)  # one channel would sound on the left only on some systems
        return devices.open_stream(partial(self._made, index=device.index, rate=self._queue.rate, channels=channels))

    def _made(self, sounddevice: Any, index: int, rate: int, channels: int) -> Any:
        queue = self._queue

        def callback(out: Any, frames: int, times: Any, status: Any) -> None:
            now = time.monotonic()
            self._last_call = now
            ahead = times.outputBufferDacTime - times.currentTime
            if not 0.0 < ahead < 2.0:  # some drivers do not know
                ahead = stream.latency
            if status.output_underflow and queue.queued:
                self.underflows += 1
            block = queue.take(frames, now + ahead)
            np.frombuffer(out, np.float32).reshape(frames, channels)[:] = block[:, None]
            if now - queue.idle_since > KEEP_OPEN_S and self._retire():
                raise sounddevice.CallbackStop

        def finished() -> None:
            devices.in_background(partial(self._finish, stream))

        stream = sounddevice.RawOutputStream(
            samplerate=rate,
            blocksize=rate // 100,
            device=index,
            channels=channels,
            dtype="float32",
            latency=LATENCY_S,
            callback=callback,
            finished_callback=finished,
        )
        return stream

    def _retire(self) -> bool:
        """From PortAudio's thread: let the device go unless sound comes right now; the next `play` opens it anew."""
        if not self._state.acquire(blocking=False):
            return False
        try:
            if self._queue.queued:
                return False
            self._stream = None
            return True
        finally:
            self._state.release()

    def _finish(self, stream: Any) -> None:
        """The stream ended: idle for long, closed, or its device went away."""
        with self._state:
            lost = self._stream is stream
            if lost:
                self._stream = None
        devices.close_stream(stream)
        if lost:
            self._fail(self._vanished())

    def _check(self) -> None:
        """Notice a device that takes nothing any more."""
        now = time.monotonic()
        with self._state:
            hangs = self._opening and now - self._asked_at > OPENING_S
            stalled = self._stream is not None and now - self._last_call > STALL_S
            stream = self._stream
            if stalled:
                self._stream = None
            self._opening = self._opening and not hangs
        if stalled:
            devices.in_background(partial(devices.close_stream, stream))
        if stalled or hangs:
            self._fail(self._vanished())

    def _vanished(self) -> str:
        return f"The speaker {self.device_name} takes no sound any more; connect it again or choose another one."

    def _fail(self, sentence: str) -> None:
        with self._state:
            self._opening = False
            self.problem = sentence
            self._before_open.clear()
            self._before_open_s = 0.0
        self._queue.clear()
