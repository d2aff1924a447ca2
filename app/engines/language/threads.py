"""How many threads a language model gets: from the cores, and while it runs from the time that its tokens take."""

from __future__ import annotations

import os

import psutil

MOST = 8
"""Beyond this, decoding is bound by memory bandwidth on the desktop machines it was seen on, and threads only wait."""


def usable_cores() -> int:
    """Physical cores that this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return max(1, physical)


def choose_threads(asked: int, cores: int | None = None) -> int:
    """`asked` threads, but never more than cores; 0 takes the physical cores, one left free of five or more."""
    cores = usable_cores() if cores is None else cores
    if asked > 0:
        return min(asked, cores)
    return min(MOST, cores if cores < 5 else cores - 1)


class ThreadTuner:
    """Decides from the time that tokens take whether all threads or half of them decode faster right now.

    A program that keeps the cores busy makes more threads slower than fewer, because they wait for each other at each
    graph node. It compares medians of a few tokens: at first, when tokens become slower than they were, and seldom
    otherwise, so that an idle machine loses about one token in a hundred.
    """

    WINDOW = 4
    SLOWER = 1.5
    BETTER = 0.9
    WAITS = (64, 8)
    """Windows between comparisons while all threads decode, and while half of them do."""

    def __init__(self, most: int) -> None:
        self.threads = most
        self._choices = (most, max(1, most // 2))
        self._times: list[float] = []
        self._best = float("inf")
        self._before: float | None = None
        self._wait = 0

    def observe(self, seconds: float) -> bool:
        """Take in the time of one token; whether `threads` changed."""
        if self._choices[0] == self._choices[1]:
            return False
        self._times.append(seconds)
        if len(self._times) < self.WINDOW:
            return False
        median = sorted(self._times)[self.WINDOW // 2]
        self._times.clear()
        return self._decide(median)

    def _decide(self, median: float) -> bool:
        if self._before is not None:  # this window was the trial of the other choice
            keep = median < self._before * self.BETTER
            self._before = None
            self._best = float("inf")
            self._wait = self.WAITS[self._choices.index(self.threads if keep else self._other())]
            return False if keep else self._switch()
        self._best = min(median, self._best * 1.02)
        self._wait -= 1
        slow = median > self._best * self.SLOWER and self._wait < self.WAITS[0] - self.WAITS[1]
        if self._wait < 0 or slow:
            self._before = median
            return self._switch()
        return False

    def _other(self) -> int:
        return self._choices[1] if self.threads == self._choices[0] else self._choices[0]

    def _switch(self) -> bool:
        self.threads = self._other()
        return True
