"""The microphone: a sound device as a stream of hops, through PortAudio.

PortAudio's thread only copies into a ring and wakes the event loop; conversion, resampling and errors happen on the
loop. A device that vanishes ends the iteration with a sentence, never with a wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import numpy as np
import soxr

from app.audio import devices
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.level import SILENT_DBFS, level_dbfs
from app.audio.ring import Ring
from app.errors import DuetError, EngineUnavailable

log = logging.getLogger(__name__)

LATENCY_S = 0.04
"""Asked of the device: four blocks, which Python's lock can be late by without a loss."""

RING_S = 5.0
"""How long the event loop may be busy before sound is lost."""

STALL_S = 3.0
"""A device that gives nothing for so long has vanished."""

OPENING_S = 15.0
"""A device that cannot be opened in this time never will be."""


class DeviceMicrophone:
    """The sound device whose name contains `name`, the default one for "". One iteration; `close` ends it.

    Iterating raises `EngineUnavailable` where PortAudio or the device is missing, cannot be opened, or vanishes.

    Attributes
    ----------
    overflows
        Times that sound was lost, by the device or here.
    device_name
        What was opened, "" before that.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._closed = False
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waking = False
        self._finished = False
        self._recent: deque[Samples] = deque(maxlen=5)
        self._ring = Ring(1)
        self.overflows = 0
        self.device_name = ""

    @property
    def level_dbfs(self) -> float:
        """Level of the last 50 ms, for a meter that polls it."""
        recent = tuple(self._recent)
        return level_dbfs(np.concatenate(recent)) if recent else SILENT_DBFS

    async def close(self) -> None:
        """End the iteration; the device is released by it."""
        self._closed = True
        if self._wake is not None:
            self._wake.set()

    async def __aiter__(self) -> AsyncIterator[Samples]:
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        stream = await self._opened()
        try:
            async for hop in self._hops(int(stream.samplerate)):
                if self._closed:
                    return
                self._recent.append(hop)
                yield hop
        finally:
            self._recent.clear()
            devices.in_background(lambda: devices.close_stream(stream))

    async def _hops(self, rate: int) -> AsyncIterator[Samples]:
        resampler = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        rest: Samples = np.zeros(0, np.float32)
        while not self._closed:
            samples = self._ring.read(rate)
            if len(samples) == 0:
                await self._arrival()
                continue
            if resampler is not None:
                samples = resampler.resample_chunk(samples)
            rest = np.concatenate((rest, samples))
            whole = len(rest) // HOP * HOP
            for start in range(0, whole, HOP):
                yield rest[start : start + HOP]
            rest = rest[whole:]

    async def _arrival(self) -> None:
        """Wait for sound or `close`. Raises `EngineUnavailable` where neither comes."""
        assert self._wake is not None
        if self._finished and len(self._ring) == 0:
            raise self._vanished()
        try:
            async with asyncio.timeout(STALL_S):
                await self._wake.wait()
        except TimeoutError:
            raise self._vanished() from None
        self._wake.clear()

    def _vanished(self) -> EngineUnavailable:
        return EngineUnavailable(
            f"The microphone {self.device_name} gives no sound any more; connect it again or choose another one."
        )

    async def _opened(self) -> Any:
        """The running stream. Opening blocks, so it happens on a thread that may be left behind."""
        assert self._loop is not None
        loop, result = self._loop, self._loop.create_future()

        def deliver(stream: Any, error: Exception | None) -> None:
            if result.done():
                if stream is not None:
                    devices.in_background(lambda: devices.close_stream(stream))
            elif error is not None:
                result.set_exception(error)
            else:
                result.set_result(stream)

        def work() -> None:
            stream, problem = None, None
            try:
                stream = self._open()
            except Exception as error:  # noqa: BLE001 - handed to the loop
                problem = error
            try:
                loop.call_soon_threadsafe(deliver, stream, problem)
            except RuntimeError:  # the loop was closed meanwhile
                if stream is not None:
                    devices.close_stream(stream)

        devices.in_background(work)
        try:
            async with asyncio.timeout(OPENING_S):
                return await result
        except TimeoutError:
            raise EngineUnavailable(
                f"The microphone {self._name or 'of the system'} does not answer; restart the sound server."
            ) from None

    def _open(self) -> Any:
        try:
            return self._open_found()
        except DuetError:
            if not devices.refresh():
                raise
            return self._open_found()  # it may have been plugged in since the devices were listed

    def _open_found(self) -> Any:
        device = devices.find_device(self._name, "input")
        self.device_name = device.name
        reason = ""
        own = (int(device.sample_rate), min(device.inputs, 2))
        for rate, channels in dict.fromkeys([(SAMPLE_RATE, 1), (own[0], 1), own]):
            self._ring = Ring(round(RING_S * rate))
            try:
                return devices.open_stream(partial(self._stream, index=device.index, rate=rate, channels=channels))
            except devices.portaudio().PortAudioError as error:
                reason = str(error)
        log.warning("the microphone %s cannot be opened: %s", device.name, reason)
        raise EngineUnavailable(
            f"The microphone {device.name} cannot be opened; close programs that use it, allow Duet to use "
            "the microphone in the system's settings, or choose another one."
        )

    def _stream(self, sounddevice: Any, index: int, rate: int, channels: int) -> Any:
        ring = self._ring

        def callback(data: Any, frames: int, _time: Any, status: Any) -> None:
            samples = np.frombuffer(data, np.float32)
            if channels > 1:
                samples = samples.reshape(-1, channels).mean(axis=1, dtype=np.float32)
            if ring.write(samples) < frames or status.input_overflow:
                self.overflows += 1
            self._wake_loop()

        def finished() -> None:
            self._finished = True
            self._wake_loop()

        return sounddevice.RawInputStream(
            samplerate=rate,
            blocksize=rate * HOP // SAMPLE_RATE,
            device=index,
            channels=channels,
            dtype="float32",
            latency=LATENCY_S,
            callback=callback,
            finished_callback=finished,
        )

    def _wake_loop(self) -> None:
        """From PortAudio's thread: one wake-up for all that arrived since the loop last looked."""
        if self._waking or self._loop is None:
            return
        self._waking = True
        try:
            self._loop.call_soon_threadsafe(self._woken)
        except RuntimeError:  # the loop was closed; the stream soon will be
            pass

    def _woken(self) -> None:
        self._waking = False
        assert self._wake is not None
        self._wake.set()
