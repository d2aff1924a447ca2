"""Ends a worker whose parent is gone, even while native code holds the GIL. Knows nothing of engines.

A child normally sees the end of its pipe and exits. Its reader thread cannot run while native code hangs with the GIL,
so something below Python has to act: on Linux the kernel (`PR_SET_PDEATHSIG`), elsewhere the watchdog of faulthandler,
a C thread which needs no GIL.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TextIO

PR_SET_PDEATHSIG = 1
REARM_S = 1.0


def tie_to_parent(parent: int, bound_s: Callable[[], float], log: TextIO) -> None:
    """Have this process end when the process `parent` does.

    The kernel's signal follows the *thread* that spawned this process, which therefore has to live as long: `Child`
    spawns from the thread that then reads the pipe.
    """
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        if os.getppid() != parent:
            os._exit(0)
        return
    start_heartbeat(bound_s, log)


def start_heartbeat(bound_s: Callable[[], float], log: TextIO) -> None:
    """End this process once no Python code has run for `bound_s()` seconds.

    The bound is the deadline that the parent would hold the worker to at that moment. So the watchdog never kills
    what a living parent would have let live, a slow load or a starved machine included.
    """

    def beat() -> None:
        while True:
            faulthandler.dump_traceback_later(bound_s() + REARM_S, exit=True, file=log)
            pause.wait(REARM_S)

    pause = threading.Event()
    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
