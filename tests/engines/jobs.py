"""Jobs for tests: one that counts its checkpoints, and one that is cancelled or paused at a given moment."""

from app.engines.job import NullJob
from app.errors import Cancelled


class CountingJob(NullJob):
    """Counts the checkpoints, and becomes void at the one numbered `cancel_at` (from 1)."""

    def __init__(self, cancel_at: int | None = None) -> None:
        super().__init__()
        self.checkpoints = 0
        self.cancel_at = cancel_at

    def checkpoint(self) -> None:
        self.checkpoints += 1
        if self.cancel_at is not None and self.checkpoints >= self.cancel_at:
            raise Cancelled


class PausedJob(NullJob):
    """Its stop flag is up, as by a pause, until the checkpoint that follows."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses = 0

    def pause(self) -> None:
        self._flag.value = b"1"

    def checkpoint(self) -> None:
        if self._flag.value:
            self.pauses += 1
            self._flag.value = b""
