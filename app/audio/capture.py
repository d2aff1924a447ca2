"""One opened input stream: from PortAudio's thread, through a ring, to samples at 16 kHz with their times.

It ends when its device does; what follows is the microphone's affair.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import soxr

from app.audio import devices, streams
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.ring import Ring
from app.audio.streamclock import HostTime, StreamClock
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

LATENCY_S = 0.04
"""Asked of the device: four blocks, which Python's lock can be late by without a loss."""

RING_S = 5.0
"""How long the event loop may be busy before sound is lost."""


class Capture:
    """A running input stream. `arrived` is called on PortAudio's thread after each block, and when the stream ends.

    Attributes
    ----------
    device
        What was opened.
    problem
        The sentence where that is not the device that was asked for.
    overflows
        Times that sound was lost, by the device or here.
    ended
        The device gives no more.
    """

    def __init__(self, name: str, arrived: Callable[[], None]) -> None:
        """Open the device called `name`. Blocks; raises `EngineUnavailable`."""
        self._arrived = arrived
        self._closed = False
        self._block: Samples = np.zeros(0, np.float32)
        self.overflows = 0
        self.ended = False
        with streams.opening():
            self.device, self.problem = streams.chosen(name, "input")
            self._stream = self._opened(self.device)

    def close(self) -> None:
        """Release the device, in the background."""
        self._closed = True
        streams.in_background(partial(streams.close_stream, self._stream))

    def read(self) -> Samples:
        """Everything that arrived since, at 16 kHz."""
        samples = self._ring.read(self._rate)
        return samples if self._resampler is None or len(samples) == 0 else self._resampler.resample_chunk(samples)

    def time_of(self, sample: int) -> float:
        """When the `sample`-th of all that `read` gave sounded, in seconds of `time.monotonic`."""
        return self._clock.time_of(round(sample * self._rate / SAMPLE_RATE))

    def _opened(self, device: devices.Device) -> Any:
        reason = ""
        own = (int(device.sample_rate), min(device.inputs, 2))
        for rate, channels in dict.fromkeys([(SAMPLE_RATE, 1), (own[0], 1), own]):
            self._rate = rate
            self._ring = Ring(round(RING_S * rate))
            self._clock = StreamClock(rate)
            self._resampler = (
                None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
            )
            self.ended = False
            try:
                return streams.open_stream(partial(self._made, device=device, rate=rate, channels=channels), device)
            except devices.portaudio().PortAudioError as error:
                reason = str(error)
        log.warning("the microphone %s cannot be opened: %s", device.name, reason)
        raise EngineUnavailable(
            f"The microphone {device.name} cannot be opened; close programs that use it, allow Duet to use "
            "the microphone in the system's settings, or choose another one."
        )

    def _made(self, sounddevice: Any, device: devices.Device, rate: int, channels: int) -> Any:
        ring, clock, host, count = self._ring, self._clock, HostTime(), 0

        def callback(data: Any, frames: int, times: Any, status: Any) -> None:
            nonlocal count
            began, host_now = times.inputBufferAdcTime, times.currentTime
            if not 0.0 <= host_now - began < 2.0:  # some drivers do not know
                began = host_now - stream.latency
            clock.update(count, host.local(began, host_now, time.monotonic()))
            samples = np.frombuffer(data, np.float32)
            if channels > 1:
                samples = samples.reshape(-1, channels).mean(axis=1, dtype=np.float32)
            taken = ring.write(samples)
            count += taken
            if taken < frames or status.input_overflow:
                self.overflows += 1
            self._arrived()

        def finished() -> None:
            self.ended = True
            self._arrived()

        stream = sounddevice.RawInputStream(
            samplerate=rate,
            blocksize=rate * HOP // SAMPLE_RATE,
            device=device.index,
            channels=channels,
            dtype="float32",
            latency=LATENCY_S,
            callback=callback,
            finished_callback=finished,
        )
        return stream
