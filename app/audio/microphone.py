"""The microphone: hops from a sound device, for as long as anybody listens, whatever becomes of the device.

Where the device falls silent for good, silent hops at the same pace take its place, so that an open turn comes to its
end, and it is opened again as soon as it, or another that may stand in for it, is there.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import takewhile
from typing import Any

import numpy as np

from app.audio import devices, streams, watch
from app.audio.base import Samples
from app.audio.capture import Capture
from app.audio.hops import HOP_S, Hops
from app.audio.level import SILENT_DBFS, level_dbfs
from app.errors import DuetError, EngineUnavailable
from app.events import DeviceChanged

log = logging.getLogger(__name__)

STALL_S = 2.5
"""A device that gives nothing for so long, without having ended, is opened again, and silence takes its place. What
comes less late is not lost: PulseAudio's null sinks pause for 2 s when their latency changes."""

RETRY_S, RETRY_MOST_S = 0.5, 8.0
"""Between attempts to open a device that is away, longer each time, unless the system tells of a change before. They go
on for as long as somebody listens."""

OPENING_S = 15.0
"""A device that cannot be opened in this time never will be."""

BEAT_S = 0.25
"""How often a device is looked after that gives nothing."""

LAG_S = 0.05
"""Silence instead of a device comes as late as the device's sound would."""

_NOTHING: Samples = np.zeros(0, np.float32)

Told = Callable[[DeviceChanged], None]


class DeviceMicrophone:
    """The sound device whose name contains `name`, the default one for "". One iteration; `close` ends it.

    Where that device is missing the default one takes its place until it is back; where the system's default changes,
    so does what is heard. `told` learns, on the loop, what was opened and what was lost (once for each loss).

    Iterating raises `EngineUnavailable` where PortAudio or every device is missing, or none can be opened, at first.

    Attributes
    ----------
    overflows
        Times that sound was lost, by the device or here.
    device_name
        What was opened last, "" before that.
    lost
        Whether silence takes the place of a device now.
    """

    def __init__(self, name: str = "", told: Told | None = None) -> None:
        self._name = name
        self._told = told
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._waking = False
        self._capture: Capture | None = None
        self._hops = Hops()
        self._last_sound = 0.0
        self._opened_at = 0.0
        self._opening: asyncio.Task[Capture] | None = None
        self._comparing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next_try = 0.0
        self._fruitless = 0  # captures since one last gave sound
        self._failures = 0  # attempts to open one since
        self._past_overflows = 0
        self._recent: deque[Samples] = deque(maxlen=5)
        self._woken_at = 0.0
        self.lost = False
        self.device_name = ""
        self.patience_s = 0.0

    @property
    def heard_until(self) -> float:
        """By the device's own clock, steadied; never goes back."""
        return self._hops.heard_until

    @property
    def level_dbfs(self) -> float:
        """Level of the last 50 ms, for a meter that polls it."""
        recent = tuple(self._recent)
        return level_dbfs(np.concatenate(recent)) if recent else SILENT_DBFS

    @property
    def overflows(self) -> int:
        return self._past_overflows + (self._capture.overflows if self._capture else 0)

    async def close(self) -> None:
        """End the iteration; the device is released by it."""
        self._closed = True
        self._wake.set()

    async def __aiter__(self) -> AsyncIterator[Samples]:
        self._loop = asyncio.get_running_loop()
        unwatch = watch.subscribe(lambda: self._call_loop(self._reconsider))
        try:
            self._adopt(await self._bounded_opening())
            self._say_open()
            self._beat()
            while not self._closed:
                for hop in takewhile(self._is_open, self._present()):
                    self._recent.append(hop)
                    yield hop
                await self._arrival()
        finally:
            unwatch()
            if self._timer is not None:
                self._timer.cancel()
            self._recent.clear()
            self._drop_opening()
            if self._comparing is not None:
                self._comparing.cancel()
            self._abandon()

    def _is_open(self, _hop: Samples) -> bool:
        return not self._closed

    # -- sound -------------------------------------------------------------------------------------------------

    def _present(self) -> Iterator[Samples]:
        """The hops that are due: the device's, or silence while it gives nothing."""
        now = time.monotonic()
        capture = self._capture
        samples = capture.read() if capture else _NOTHING
        if capture is not None and len(samples):
            self._last_sound = now
            self._fruitless = self._failures = 0
            if self.lost:
                self.lost = False
                self._say_open()
            yield from self._hops.cut(samples, capture.time_of)
            return
        self._recover(now)
        if self._silent(now):
            yield from self._hops.silence(now - LAG_S)

    def _silent(self, now: float) -> bool:
        """Whether silence takes the device's place."""
        return self._capture is None or now - self._last_sound > STALL_S

    async def _arrival(self) -> None:
        """Wait for sound, `close`, a new device, or the time of a silent hop."""
        await self._wake.wait()
        self._wake.clear()

    def _beat(self) -> None:
        """Wake the iteration where no sound does: one timer costs less than a deadline for each hop."""
        assert self._loop is not None
        self._wake.set()
        self._timer = self._loop.call_later(HOP_S if self._silent(time.monotonic()) else BEAT_S, self._beat)

    # -- the device --------------------------------------------------------------------------------------------

    def _recover(self, now: float) -> None:
        """Without sound: see whether the device is gone, and have it, or another, opened."""
        if self._opening is not None:
            if self._opening.done():
                self._take_opened(self._opening)
            elif now - self._opened_at > OPENING_S:
                self._drop_opening()
                self._say_lost(self._vanished())
            return
        if self._capture is not None:
            if not self._capture.ended and now - max(self._last_sound, self._opened_at) < STALL_S:
                return
            self._abandon()
            self._fruitless += 1
            self._next_try = now
            if self._fruitless > 1:  # the second in a row that gave nothing
                self._say_lost(self._vanished())
        if now >= self._next_try:
            self._open_again(now)

    def _open_again(self, now: float) -> asyncio.Task[Capture]:
        self._next_try = now + min(RETRY_S * 2**self._failures, RETRY_MOST_S)
        self._opened_at = now
        self._opening = asyncio.ensure_future(self._opened())
        return self._opening

    def _take_opened(self, task: asyncio.Task[Capture]) -> None:
        if task is not self._opening:
            return
        self._opening = None
        try:
            capture = task.result()
        except Exception as error:  # noqa: BLE001 - PortAudio's own errors as well; tried again
            log.info("the microphone is not opened again: %s", error)
            self._failures += 1
            if self._capture is None:
                self._say_lost(self._vanished())
            return
        before = self.device_name
        self._abandon()
        self._adopt(capture)
        if self.device_name != before and not self.lost:
            self._say_open()

    def _reconsider(self) -> None:
        """The system's devices changed: hear another one if that is now the one that was asked for."""
        self._next_try = 0.0
        if self._comparing is None or self._comparing.done():
            self._comparing = asyncio.ensure_future(self._compare())

    async def _compare(self) -> None:
        capture = self._capture
        if capture is None or self._opening is not None:
            return
        try:
            wanted, _ = await asyncio.to_thread(devices.choose_device, self._name, "input")
        except DuetError as error:  # none is left: what comes now is not the user's voice
            log.info("%s", error)
            if self._capture is capture:
                self._abandon()
                self._say_lost(self._vanished())
            return
        same = (wanted.endpoint, wanted.name) == (capture.device.endpoint, capture.device.name)
        if same or self._closed or self._capture is not capture or self._opening is not None:
            return
        opening = self._open_again(time.monotonic())  # the old one is heard until then
        await asyncio.wait([opening])
        self._take_opened(opening)

    def _adopt(self, capture: Capture) -> None:
        self._capture = capture
        self._opened_at = time.monotonic()
        self._last_sound = self._last_sound or self._opened_at
        self._hops.new_source()
        self.device_name = capture.device.name

    def _abandon(self) -> None:
        if self._capture is not None:
            self._past_overflows += self._capture.overflows
            self._capture.close()
        self._capture = None

    async def _bounded_opening(self) -> Capture:
        try:
            async with asyncio.timeout(OPENING_S):
                return await self._opened()
        except TimeoutError:
            raise EngineUnavailable(
                f"The microphone {self._name or 'of the system'} does not answer; restart the sound server."
            ) from None

    async def _opened(self) -> Capture:
        """Opening blocks, so it happens on a thread that may be left behind."""
        assert self._loop is not None
        loop, result = self._loop, self._loop.create_future()

        def deliver(capture: Capture | None, error: Exception | None) -> None:
            if result.done():
                if capture is not None:
                    capture.close()
            elif error is not None:
                result.set_exception(error)
            else:
                result.set_result(capture)
            self._wake.set()

        def work() -> None:
            capture, problem = None, None
            try:
                capture = Capture(self._name, self._arrived)
            except Exception as error:  # noqa: BLE001 - handed to the loop
                problem = error
            try:
                loop.call_soon_threadsafe(deliver, capture, problem)
            except RuntimeError:  # the loop was closed meanwhile
                if capture is not None:
                    capture.close()

        streams.in_background(work)
        capture: Capture = await result
        return capture

    def _drop_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.cancel()

    def _arrived(self) -> None:
        """From PortAudio's thread: one wake-up for all that arrived since the loop last looked."""
        if not self._waking and time.monotonic() - self._woken_at >= self.patience_s:
            self._waking = True
            self._call_loop(self._woken)

    def _woken(self) -> None:
        self._waking = False
        self._woken_at = time.monotonic()
        self._wake.set()

    def _call_loop(self, work: Callable[[], Any]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(work)
        except RuntimeError:  # the loop was closed; the stream soon will be
            pass

    # -- what is told ------------------------------------------------------------------------------------------

    def _say_open(self) -> None:
        problem = self._capture.problem if self._capture else None
        if problem is not None:
            self._tell(DeviceChanged(kind="microphone", state="lost", name=self._name, problem=problem))
        self._tell(DeviceChanged(kind="microphone", state="open", name=self.device_name))

    def _say_lost(self, sentence: str) -> None:
        if not self.lost:
            self.lost = True
            self._tell(DeviceChanged(kind="microphone", state="lost", name=self.device_name, problem=sentence))

    def _vanished(self) -> str:
        return (
            f"The microphone {self.device_name} gives no sound any more; connect it again or choose another one, and "
            "Duet goes on listening."
        )

    def _tell(self, event: DeviceChanged) -> None:
        if self._told is not None:
            self._told(event)
