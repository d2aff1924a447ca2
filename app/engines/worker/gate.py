"""The child's side of the control block: whether the job at work may go on, must wait, or is void.

`Gate` is shared by the thread that runs jobs and the thread that reads messages; `GatedJob` is the `Job` that an engine
sees. The protocol is told in `control`.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

from app.engines.worker.control import Block
from app.engines.worker.messages import WINDOW
from app.errors import Cancelled


class Gate:
    """Decides over one job at a time. All methods may be called from any thread.

    `waiting` tells whether other requests have come already.
    """

    def __init__(self, block: Block, waiting: Callable[[], bool] = lambda: False) -> None:
        self.waiting = waiting
        self._block = block
        self._changed = threading.Condition()
        self._job: GatedJob | None = None
        self._cancelled: set[int] = set()
        self._credits = 0
        self._closing = False

    def begin(self, id: int, generation: int) -> GatedJob:
        """Open a request: waits while the worker is paused, raises `Cancelled` if it is void already."""
        with self._changed:
            job = self._job = GatedJob(self, self._block, id, generation)
            # Requests come in the order of their ids: what was cancelled before this one has had its turn.
            self._cancelled = {i for i in self._cancelled if i >= id}
            self._credits = WINDOW
            self._block.running = id
        self.wait(job)
        return job

    def end(self) -> None:
        """Close the request."""
        with self._changed:
            self._job = None
            self._block.running = 0
            self._settle()

    def look(self) -> None:
        """Judge again, because the parent has changed the block."""
        with self._changed:
            self._settle()
            self._changed.notify_all()

    def cancel(self, id: int) -> None:
        with self._changed:
            self._cancelled.add(id)
            self._settle()
            self._changed.notify_all()

    def grant(self, id: int, items: int) -> None:
        """The consumer of stream `id` has taken `items` more."""
        with self._changed:
            if self._job is not None and self._job.id == id:
                self._credits += items
                self._changed.notify_all()

    def close(self) -> None:
        """Void the job at work and all that follow: the worker shuts down."""
        with self._changed:
            self._closing = True
            self._settle()
            self._changed.notify_all()

    def wait(self, job: GatedJob) -> None:
        """Return once `job` may go on; raise `Cancelled` once it is void."""
        with self._changed:
            while self._settle():
                if self._void(job):
                    raise Cancelled
                self._idle(job)

    def take_credit(self, job: GatedJob) -> None:
        """Return once the consumer can take another item; raise `Cancelled` once the job is void."""
        with self._changed:
            while not self._void(job):
                if self._credits:
                    self._credits -= 1
                    return
                self._idle(job)
            raise Cancelled

    def is_void(self, job: GatedJob) -> bool:
        """Whether nobody wants the job's output any more."""
        with self._changed:
            return self._void(job)

    def _idle(self, job: GatedJob) -> None:
        """Wait for a message. The parent does not hold this time against the job."""
        self._block.running = 0
        try:
            self._changed.wait()
        finally:
            self._block.progress += 1
            self._block.running = job.id

    def _void(self, job: GatedJob) -> bool:
        return self._closing or job.id in self._cancelled or job.generation < self._block.generation

    def _settle(self) -> bool:
        """Clear the flag, read the reasons, raise it again if one holds. The order matters, see `control`."""
        self._block.stop = 0
        stop = self._job is not None and (bool(self._block.paused) or self._void(self._job))
        if stop:
            self._block.stop = 1
        return stop


class GatedJob:
    """One request, as its engine sees it (`app.engines.job.Job`)."""

    def __init__(self, gate: Gate, block: Block, id: int, generation: int) -> None:
        self._gate = gate
        self._block = block
        self.id = id
        self.generation = generation
        self.stop_flag = ctypes.addressof(block)

    @property
    def waiting(self) -> bool:
        return self._gate.waiting()

    def checkpoint(self) -> None:
        block = self._block
        block.progress += 1
        if block.stop or block.generation > self.generation:
            self._gate.wait(self)
