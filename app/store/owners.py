"""Who is writing a turn, so that one left by a dead process is told from one that another live process is writing.

An owner is a store that was opened by a process: the process's number, when it began (numbers are used again), and a
token of the store.
"""

from __future__ import annotations

import os
import uuid
from functools import cache

_START_TOLERANCE_S = 2.0
"""Start times are derived from the boot time, which shifts with corrections of the clock."""

_open_here: set[str] = set()


def enter() -> str:
    """A new owner in this process, alive until `leave`."""
    owner = f"{os.getpid()}:{_started(os.getpid()):.2f}:{uuid.uuid4().hex[:12]}"
    _open_here.add(owner)
    return owner


def leave(owner: str) -> None:
    _open_here.discard(owner)


def alive(owner: str) -> bool:
    """Whether the store that wrote `owner` may still be writing."""
    number, _, rest = owner.partition(":")
    start, _, _ = rest.partition(":")
    if int(number) == os.getpid() and abs(_started(os.getpid()) - float(start)) < _START_TOLERANCE_S:
        return owner in _open_here
    import psutil

    try:
        process = psutil.Process(int(number))
        return process.status() != psutil.STATUS_ZOMBIE and (
            abs(process.create_time() - float(start)) < _START_TOLERANCE_S
        )
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False


@cache
def _started(pid: int) -> float:
    """When this process began (s since the epoch); `pid` keeps a forked child from its parent's answer."""
    import psutil

    return psutil.Process(pid).create_time()
