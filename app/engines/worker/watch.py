"""Watches one worker process from the parent: its load time, its progress, its memory and its log's size.

A thread, so that neither a busy event loop nor a slow look at the process's memory disturbs the other. It kills and
says why; what happens then is the host's decision.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from app.engines.worker.control import Block
from app.engines.worker.spec import WorkerSpec

TICK_S, IDLE_TICK_S = 0.25, 1.0
MEMORY_EVERY_S, IDLE_MEMORY_EVERY_S = 1.0, 10.0
"""The system takes milliseconds to add up a process's memory: for five idle workers once a second 2 % of a core. One
that has nothing to do seldom grows."""
LOG_LIMIT_BYTES = 8 << 20
MIB = 1 << 20


class Watch:
    """Runs from the spawn until `stop`.

    kill: called with the cause, in a sentence without its full stop. sample: called with the memory in MiB.
    """

    def __init__(
        self,
        spec: WorkerSpec,
        pid: int,
        block: Block,
        log: Path,
        kill: Callable[[str], None],
        sample: Callable[[float], None],
    ) -> None:
        self._spec = spec
        self._block = block
        self._log = log
        self._kill = kill
        self._sample = sample
        self._over = threading.Event()
        self._loaded = threading.Event()
        self._stuck_s = 0.0
        self._seen = (0, 0)
        self._thread = threading.Thread(target=self._run, args=(pid,), name=f"watch {spec.name}", daemon=True)
        self._thread.start()

    def loaded(self) -> None:
        """The engine is ready: from now on jobs are watched instead of the load."""
        self._loaded.set()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self, pid: int) -> None:
        try:
            process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            return
        before = measured = time.monotonic()
        idle = False
        while not self._over.wait(IDLE_TICK_S if idle else TICK_S):
            now = time.monotonic()
            # A machine that slept, or a parent that was starved, must not look like a worker that hangs.
            self._watch_progress(min(now - before, 2 * TICK_S))
            before = now
            busy = self._block.running or not self._loaded.is_set()
            worked, idle = not idle, not busy
            if now - measured >= (IDLE_MEMORY_EVERY_S if idle and not worked else MEMORY_EVERY_S):
                measured = now
                self._watch_memory(process)
                self._cut_log()

    def _watch_progress(self, step_s: float) -> None:
        """Time in which it does what it should not is counted, pauses left out, but what was counted is kept over them:
        a worker that hangs is not saved by being paused ever again.
        """
        seen = (self._block.running, self._block.progress)
        loading = not self._loaded.is_set()
        if not loading and (not seen[0] or seen != self._seen):
            self._stuck_s = 0.0
        elif not self._block.paused:
            self._stuck_s += step_s
        self._seen = seen
        bound = self._spec.init_timeout_s if loading else self._spec.progress_deadline_s
        if self._stuck_s >= bound:
            self._kill(f"did not load within {bound:g} s" if loading else f"made no progress for {bound:g} s")

    def _watch_memory(self, process: psutil.Process) -> None:
        used = memory_mib(process)
        if used is None:
            return
        self._sample(used)
        limit = self._spec.memory_limit_mb
        if limit is not None and used > limit:
            self._kill(f"used {used:.0f} MiB of memory, more than the {limit:.0f} MiB it may have")

    def _cut_log(self) -> None:
        """Start the log anew before a chatty library fills the disk (the child appends, so it goes on at the start)."""
        try:
            if self._log.stat().st_size > LOG_LIMIT_BYTES:
                os.truncate(self._log, 0)
        except OSError:
            return


def memory_mib(process: psutil.Process) -> float | None:
    """What the process adds to the memory in use: PSS, or USS or RSS where there is none. None once it is gone."""
    try:
        full = process.memory_full_info()
        used = getattr(full, "pss", 0) or getattr(full, "uss", 0) or full.rss
    except psutil.NoSuchProcess:
        return None
    except (psutil.AccessDenied, OSError):
        try:
            used = process.memory_info().rss
        except (psutil.Error, OSError):
            return None
    return float(used) / MIB
