"""The clock of one request: time of work, with the time it stood paused left out, and its deadline."""

from __future__ import annotations

from time import perf_counter

from app.engines.job import Job

_PAUSE_S = 0.001
"""A checkpoint that took longer than this was a pause; one without a pause takes about a microsecond."""


class WorkClock:
    """Counts seconds since it was made. All of it in the engine's own process."""

    def __init__(self, job: Job, deadline_s: float | None = None) -> None:
        self._job = job
        self._deadline_s = deadline_s
        self._start = perf_counter()
        self.paused_s = 0.0

    def checkpoint(self) -> None:
        """The job's checkpoint; a wait in it counts as pause. Raises `Cancelled`."""
        before = perf_counter()
        self._job.checkpoint()
        waited = perf_counter() - before
        if waited > _PAUSE_S:
            self.paused_s += waited

    def worked_s(self) -> float:
        return perf_counter() - self._start - self.paused_s

    def expired(self) -> bool:
        return self._deadline_s is not None and self.worked_s() >= self._deadline_s
