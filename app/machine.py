"""What this machine is called in measurements, so that a figure is never taken for another machine's."""

from __future__ import annotations

import os
import platform


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123 - a device, not a file of ours
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def machine_name() -> str:
    """Processor, cores and system on one line."""
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()}"
