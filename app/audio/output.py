"""One opened output stream: PortAudio's thread takes what is queued, and notes when it sounds.

It ends when its device does; what follows is the speaker's affair.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.audio import devices, streams
from app.audio.base import Samples
from app.audio.farend import FarEnd
from app.audio.playback import PlaybackQueue
from app.audio.streamclock import HostTime
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

LATENCY_S, MOST_LATENCY_S = 0.05, 0.2
"""Asked of the device: what still sounds after `stop`, against gaps while this machine or its sound server is busy."""

STARVED = 8
"""So many blocks in a row for which the device had run dry, and it needs a greater latency. Seen on a loaded machine:
PulseAudio's ALSA door, once dry, is dry at every block from then on."""


class Output:
    """A running output stream on `queue`, whose rate becomes the device's. What it does not get is silence.

    Attributes
    ----------
    device
        What was opened.
    problem
        The sentence where that is not the device that was asked for.
    underflows
        Times the device ran dry because this process was late.
    starved
        It ended because it ran dry all the time; a greater latency would help.
    last_call
        When the device last took sound, in seconds of `time.monotonic`.
    """

    def __init__(
        self,
        name: str,
        queue: PlaybackQueue,
        *,
        latency_s: float = LATENCY_S,
        idle: Callable[[], bool],
        ended: Callable[[Output], None],
    ) -> None:
        """Open the device called `name`. Blocks; raises `EngineUnavailable`.

        idle: asked on PortAudio's thread while there is nothing to play: True ends the stream. ended: called on a
        thread of its own when the stream has ended, for whatever reason.
        """
        self._queue = queue
        self._idle = idle
        self._ended = ended
        self._asked_latency_s = latency_s
        self._dry = 0
        self._taking = True
        self._first_call = threading.Event()
        self.underflows = 0
        self.starved = False
        self.last_call = time.monotonic()
        with streams.opening():
            self.device, self.problem = streams.chosen(name, "output")
            self._stream = self._opened(self.device)

    @property
    def latency_s(self) -> float:
        """From the queue to the ear, as the driver says."""
        return float(self._stream.latency)

    def runs(self, patience_s: float) -> bool:
        """Whether the device takes sound; waits for its first call."""
        return self._first_call.wait(patience_s)

    def sounded(self, at: float, length: int) -> Samples | None:
        """As `Speaker.sounded`."""
        return self._far.sounded(at, length)

    def let_go(self) -> None:
        """Take nothing more from the queue; what was taken still sounds. To be closed with `close`."""
        self._taking = False

    def close(self) -> None:
        """Release the device, in the background."""
        self._taking = False
        streams.in_background(partial(streams.close_stream, self._stream))

    def _opened(self, device: devices.Device) -> Any:
        rate, channels = (
            int(device.sample_rate),
            min(device.outputs, 2),
        )  # one channel sounds on the left on some systems
        self._queue.change_rate(rate)
        self._far = FarEnd(rate)
        try:
            return streams.open_stream(partial(self._made, device=device, rate=rate, channels=channels), device)
        except devices.portaudio().PortAudioError as error:
            log.warning("the speaker %s cannot be opened: %s", device.name, error)
            raise EngineUnavailable(
                f"The speaker {device.name} cannot be opened; close programs that use it, or choose another."
            ) from error

    def _made(self, sounddevice: Any, device: devices.Device, rate: int, channels: int) -> Any:
        queue, far, host = self._queue, self._far, HostTime()
        block = np.zeros(rate // 100, np.float32)

        def callback(out: Any, frames: int, times: Any, status: Any) -> None:
            nonlocal block
            now = self.last_call = time.monotonic()
            self._first_call.set()
            sounds, host_now = times.outputBufferDacTime, times.currentTime
            if not 0.0 < sounds - host_now < 2.0:  # some drivers do not know
                sounds = host_now + stream.latency
            sounds_at = far.stamp(host.local(sounds, host_now, now))
            if len(block) != frames:
                block = np.zeros(frames, np.float32)
            if self._taking:
                count = queue.take(block, sounds_at)
            else:
                block[:] = 0.0
                count = 0
            np.frombuffer(out, np.float32).reshape(frames, channels)[:] = block[:, None]
            far.note(block if count else None, frames)
            self._dry = self._dry + 1 if status.output_underflow else 0
            if self._dry and (count or queue.queued):
                self.underflows += 1
            if self._dry >= STARVED and self._asked_latency_s < MOST_LATENCY_S:
                self.starved = True
                raise sounddevice.CallbackAbort
            if count == 0 and self._idle():
                raise sounddevice.CallbackStop

        def finished() -> None:
            streams.in_background(self._finish)

        stream = sounddevice.RawOutputStream(
            samplerate=rate,
            blocksize=rate // 100,
            device=device.index,
            channels=channels,
            dtype="float32",
            latency=self._asked_latency_s,
            callback=callback,
            finished_callback=finished,
        )
        return stream

    def _finish(self) -> None:
        streams.close_stream(self._stream)
        self._ended(self)
