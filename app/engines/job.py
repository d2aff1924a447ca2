"""What an engine is told about the request it works on: whether to go on, wait or stop.

Engines run in a worker process and receive a `Job` with each call. `NullJob` serves where nobody can cancel
(benches that call an engine directly, an engine's own tests).
"""

from __future__ import annotations

from typing import Protocol


class Job(Protocol):
    """The engine's side of one request."""

    @property
    def generation(self) -> int:
        """The generation the request belongs to."""

    @property
    def stop_flag(self) -> int:
        """Address of a NUL-terminated byte string in shared memory: empty means go on, anything else stop.

        It is never 0 and stays valid for the life of the process. Native code may poll it without the GIL. It is
        raised to cancel and to pause; `checkpoint` tells which.
        """

    @property
    def waiting(self) -> bool:
        """Whether another request waits for this one to end, so that optional work should be left for later."""

    def checkpoint(self) -> None:
        """Report progress, wait while the job is paused, and raise `app.errors.Cancelled` if it became void.

        Call it between units of work (a decoded batch, a token, a segment). It takes about a microsecond when there
        is nothing to do.
        """


class NullJob:
    """A job that nobody pauses or cancels."""

    generation = 0
    waiting = False

    def __init__(self) -> None:
        from ctypes import addressof, create_string_buffer

        self._flag = create_string_buffer(1)
        self.stop_flag = addressof(self._flag)

    def checkpoint(self) -> None:
        return
