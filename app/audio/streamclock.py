"""When each sample of a device's stream sounded: the driver's stamps, without their jitter.

A driver stamps each block with a time that is off by some milliseconds, more while the machine is busy; the samples
themselves come at an even pace. So the stamps only steer a straight line.
"""

from __future__ import annotations

GAIN = 0.02
"""Share of a stamp's error that is corrected: with blocks of 10 ms a time constant of half a second."""

LEAP_S = 0.030
"""Stamps off by more than this are either late or tell of a real leap (a gap in the stream, another device)."""

LEAPS = 5
"""That many of them in a row are real."""


LEAK = 1e-4
"""The host's clock and ours may drift apart by this share."""


class HostTime:
    """Brings a driver's clock to `time.monotonic`, without the time that a callback waited for Python's lock."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._at = 0.0

    def local(self, stamp_s: float, host_now_s: float, now_s: float) -> float:
        """`stamp_s` of the driver's clock, which read `host_now_s` at or before `now_s` of ours."""
        offset = now_s - host_now_s
        allowed = self._offset + LEAK * (now_s - self._at)
        if self._at == 0.0 or offset < allowed or offset > allowed + 1.0:  # the least wait seen; or the clock was set
            self._offset, self._at = offset, now_s
        return stamp_s + self._offset


class StreamClock:
    """Times of samples, counted from the stream's first. One thread updates, any may read."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._line = 0, 0.0  # a sample and its time, replaced as one
        self._updates = 0
        self._leaps = 0

    @property
    def running(self) -> bool:
        return self._updates > 0

    def update(self, index: int, time_s: float) -> None:
        """The driver says that sample `index` sounds at `time_s`."""
        predicted = self.time_of(index)
        error = time_s - predicted
        self._leaps = self._leaps + 1 if abs(error) > LEAP_S else 0
        if self._updates == 0 or self._leaps >= LEAPS:
            self._line = index, time_s
            self._updates, self._leaps = 1, 0
            return
        self._updates += 1
        gain = max(GAIN, 1.0 / self._updates) if self._leaps == 0 else 0.0
        self._line = index, predicted + gain * error

    def time_of(self, index: int) -> float:
        """When sample `index` sounds; meaningless before the first update."""
        at, time_s = self._line
        return time_s + (index - at) / self.rate

    def index_at(self, time_s: float) -> int:
        """The sample that sounds at `time_s`; meaningless before the first update."""
        at, line_s = self._line
        return at + round((time_s - line_s) * self.rate)
