"""The speaker: a sound device that plays what it is given, whatever becomes of the device.

It is opened in the background at the first sound, stays open for a while, since opening takes tens of milliseconds, and
is released when nothing was played for long. Where it vanishes, what was still to be played goes on on the device that
takes its place, if one does soon: after that nobody waits for the answer any more.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from app.audio import devices, streams, watch
from app.audio.base import Samples
from app.audio.output import LATENCY_S, MOST_LATENCY_S, Output
from app.audio.playback import PlaybackQueue
from app.audio.timeline import FADE_S
from app.errors import DuetError, EngineUnavailable
from app.events import DeviceChanged

log = logging.getLogger(__name__)

KEEP_OPEN_S = 30.0
"""Silence after which the device is released."""

STALL_S = 2.0
"""A device that takes nothing for so long has vanished."""

OPENING_S = 15.0
"""A device that cannot be opened in this time never will be."""

WAIT_S = 10.0
"""How long a sound waits for a device to take the place of one that vanished. Its text is on the screen meanwhile."""

RETRY_S = 0.5
"""Between attempts to open one."""

Told = Callable[[DeviceChanged], None]


class DeviceSpeaker:
    """The sound device whose name contains `name`, the default one for "". Use it from one event loop.

    Where that device is missing the default one takes its place until it is back; where the system's default changes,
    the sound goes there. `told` learns, on the loop, what was opened and what was lost (once for each loss).

    Raises `EngineUnavailable` from the constructor where PortAudio or every device is missing. Where no device plays
    for `WAIT_S` (or none can be opened at first), what was pending is lost: `drain` then raises the sentence, `problem`
    has it, and the next `play` tries again.

    Attributes
    ----------
    opened_in_s
        What opening the device took, None before that.
    """

    def __init__(self, name: str = "", told: Told | None = None) -> None:
        self._name = name
        self._told = told
        self._loop: asyncio.AbstractEventLoop | None = None
        device, _ = streams.chosen(name, "output")
        self.device_name = device.name
        self._queue = PlaybackQueue(int(device.sample_rate))
        self._state = threading.Lock()
        self._output: Output | None = None
        self._opening = False
        self._closed = False
        self._asked_at = 0.0
        self._latency_s = LATENCY_S
        self._past_underflows = 0
        self._lost = False
        self._unwatch: Callable[[], None] | None = None
        self.problem: str | None = None
        self.opened_in_s: float | None = None

    def play(self, samples: Samples, sample_rate: int) -> None:
        """Append; raises `ValueError` for anything but mono sound at a positive rate.

        Calls of one rate are one sound: it has no seams while they come in time.
        """
        if samples.ndim != 1 or sample_rate <= 0:
            raise ValueError("a speaker plays mono sound at a positive rate")
        if len(samples) == 0 or self._closed:
            return
        self._loop = asyncio.get_running_loop()
        if self._unwatch is None:
            self._unwatch = watch.subscribe(self._changed)
        self._check()
        with self._state:
            self._queue.put(samples, sample_rate)
            if self._output is not None or self._opening:
                return
            self._opening = True
            self._asked_at = time.monotonic()
            self.problem = None
        streams.in_background(lambda: self._open(patience_s=0.0))

    def stop(self) -> None:
        """What the device has taken still sounds, for about `LATENCY_S`, and then a fade of `FADE_S`."""
        self._queue.stop()

    def hold(self) -> None:
        """Heard as late as `stop`."""
        self._queue.hold()

    def release(self) -> None:
        self._queue.release()

    @property
    def held(self) -> bool:
        return self._queue.held

    def sounded(self, at: float, length: int) -> Samples | None:
        """As `Speaker.sounded`; of what is queued it knows what the device has taken, some 40 ms ahead."""
        output = self._output
        return None if output is None else output.sounded(at, length)

    @property
    def latency_s(self) -> float:
        """From `play` or `stop` to the ear, as the driver says, once the device is open."""
        output = self._output
        return self._latency_s if output is None else output.latency_s

    @property
    def underflows(self) -> int:
        """Times the device ran dry because this process was late."""
        return self._past_underflows + (self._output.underflows if self._output else 0)

    @property
    def played_s(self) -> float:
        """As of what the device says of its latency; kept after the end and after `stop`, until the next `play`."""
        return self._queue.played_s

    @property
    def pending_s(self) -> float:
        self._check()
        return self._queue.pending_s

    async def drain(self) -> None:
        """As `Speaker.drain`. Raises `EngineUnavailable` where what was given since the last `play` was lost."""
        while (pending_s := self.pending_s) > 0.0:  # noqa: ASYNC110 - the device's clock is what is waited for
            await asyncio.sleep(min(max(pending_s, 0.005), 0.05))
        if self.problem is not None:
            raise EngineUnavailable(self.problem)

    async def close(self) -> None:
        """Stop, and release the device in the background."""
        self.stop()
        self._closed = True
        if self._unwatch is not None:
            self._unwatch()
        await asyncio.sleep(FADE_S + self._latency_s if self._output is not None else 0)
        self._drop(self._output)

    # -- the device, on threads that may block -------------------------------------------------------------------

    def _open(self, patience_s: float) -> None:
        """Open the device, or whichever takes its place, for up to `patience_s`; tell where that fails."""
        began = time.monotonic()
        while True:
            try:
                output = Output(
                    self._name, self._queue, latency_s=self._latency_s, idle=self._may_end, ended=self._ended
                )
                if output.runs(STALL_S):
                    self._install(output, time.monotonic() - began)
                    return
                output.close()
                problem = self._vanished()
            except DuetError as error:
                problem = str(error)
            except Exception:
                log.exception("the speaker %s cannot be opened", self.device_name)
                problem = self._vanished()
            if self._closed or self._queue.queued == 0 or time.monotonic() - began + RETRY_S > patience_s:
                self._give_up(problem if patience_s == 0.0 else self._vanished())
                return
            self._say("lost", self._vanished())
            time.sleep(RETRY_S)

    def _install(self, output: Output, took_s: float) -> None:
        with self._state:
            unwanted = self._closed or not self._opening
            if not unwanted:
                self.opened_in_s = took_s
                self._output = output
                self._opening = False
        if unwanted:
            output.close()
            return
        new = self.device_name != output.device.name
        self.device_name = output.device.name
        if output.problem is not None:
            self._say("lost", output.problem)
        if new or output.problem is not None or self._lost:
            self._say("open")

    def _ended(self, output: Output) -> None:
        """The stream ended: idle for long, closed, or its device went away. What is left goes on elsewhere."""
        if output.starved:
            self._latency_s = min(2 * self._latency_s, MOST_LATENCY_S)
            log.info(
                "the speaker %s ran dry; its latency is %.0f ms from now on", self.device_name, self._latency_s * 1000
            )
        if not self._drop(output) or not self._queue.queued:
            return
        with self._state:
            if self._closed or self._opening:
                return
            self._opening = True
            self._asked_at = time.monotonic()
        self._open(patience_s=WAIT_S)

    def _changed(self) -> None:
        streams.in_background(self._reconsider)

    def _reconsider(self) -> None:
        """The system's devices changed: play on another one if that is now the one that was asked for."""
        output = self._output
        if output is None or self._closed:
            return
        try:
            wanted, _ = devices.choose_device(self._name, "output")
        except DuetError as error:
            log.info("%s", error)
            return
        if (wanted.endpoint, wanted.name) != (output.device.endpoint, output.device.name):
            output.let_go()
            self._ended(output)

    def _drop(self, output: Output | None) -> bool:
        """Close it; whether it was the one in use."""
        with self._state:
            used = output is not None and self._output is output
            if used:
                self._output = None
        if output is not None:
            if used:
                self._past_underflows += output.underflows
            output.close()
        return used

    def _may_end(self) -> bool:
        """From PortAudio's thread: let the device go unless sound comes right now; the next `play` opens it anew."""
        if time.monotonic() - self._queue.idle_since < KEEP_OPEN_S or not self._state.acquire(blocking=False):
            return False
        try:
            if self._queue.queued:
                return False
            self._past_underflows += self._output.underflows if self._output else 0
            self._output = None
            return True
        finally:
            self._state.release()

    def _check(self) -> None:
        """Notice a device that takes nothing any more, or does not open."""
        now = time.monotonic()
        output = self._output
        if output is not None and now - output.last_call > STALL_S:
            streams.in_background(lambda: self._ended(output))
        with self._state:
            hangs = self._opening and now - self._asked_at > OPENING_S + WAIT_S
        if hangs:
            self._give_up(self._vanished())

    # -- what is told ------------------------------------------------------------------------------------------

    def _vanished(self) -> str:
        return f"The speaker {self.device_name} takes no sound any more; connect it again or choose another one."

    def _give_up(self, sentence: str) -> None:
        self._say("lost", sentence)
        with self._state:
            self._opening = False
            self.problem = sentence
        self._queue.clear()

    def _say(self, state: str, problem: str | None = None) -> None:
        if state == "lost" and self._lost:
            return
        self._lost = state == "lost"
        log.info("speaker %s: %s", self.device_name, problem or state)
        if self._told is None or self._loop is None:
            return
        event = DeviceChanged(
            kind="speaker", state="lost" if state == "lost" else "open", name=self.device_name, problem=problem
        )
        try:
            self._loop.call_soon_threadsafe(self._told, event)
        except RuntimeError:  # the loop was closed meanwhile
            pass
