"""How many threads a language model gets. Decides; measures nothing but the number of cores."""

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
