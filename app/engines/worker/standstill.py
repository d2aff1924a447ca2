"""Makes a paused worker stand still that does not do so by itself: the system stops its whole process.

A worker that loads a model, or hangs in a loop, polls no flag and would go on taking the cores from what the user waits
for. Nothing of it is lost: the process goes on where it was. On Linux only, where the kernel ends even a stopped child
when its parent is gone (`lifeline`); elsewhere one could be left over for ever.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Protocol

HEED_S = 0.02
"""How long a paused worker may take to stand still by itself. llama.cpp takes 1 to 5 ms, and to be stopped while it is
about to costs it nothing."""


class Process(Protocol):
    """The process in question (`process.Child`)."""

    @property
    def at_work(self) -> bool: ...

    def signal(self, number: int) -> bool:
        """Send the process a signal; False when there is no process (yet)."""


class Standstill:
    """The pause of one process, on its parent's event loop."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False
        self._deaf = False  # it did not heed the last pause, and will hardly heed the next

    def begin(self) -> None:
        """The process was told to pause."""
        if sys.platform == "linux":
            self.end()
            if self._deaf:
                self._look()
            else:
                self._watch()

    def end(self) -> None:
        """It may go on. May be called at any time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._stopped and sys.platform != "win32":
            self._stopped = False
            self._process.signal(signal.SIGCONT)

    def _watch(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HEED_S, self._look)

    def _look(self) -> None:
        self._timer = None
        self._deaf = self._process.at_work
        if self._deaf and sys.platform != "win32":
            self._stopped = self._process.signal(signal.SIGSTOP)
            if not self._stopped:
                self._watch()
