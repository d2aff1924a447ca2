"""The bench `start`: from the start of the process to a usable window, and to the first answer that is possible.

The program itself tells when it is there: `duet window --measure-start` prints a line when its window has been painted
and takes input, and one when the fast model is loaded. The clock is this
process's, started before the child is.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

from app.bench.rows import Bench, Budget, Samples
from app.errors import EngineUnavailable
from app.settings import Settings

RUNS = 6
LIMIT_S = 120


async def start(settings: Settings) -> Bench:
    """Budgets on two cores with warm caches: 1.0 s and 3 s. The first run, which warms them, is not counted."""
    usable = Samples(measure="window usable", unit="s")
    answer = Samples(measure="first answer possible", unit="s")
    for run in range(-1, RUNS):
        marks = await asyncio.wait_for(_launch(), LIMIT_S)
        if run >= 0:
            usable.add(marks["usable"])
            answer.add(marks["ready"])
    rows = (usable.row(Budget(limit=1.0)), answer.row(Budget(limit=3.0)))
    return Bench(name="start", rows=rows, notes=(f"Qt platform {_environment().get('QT_QPA_PLATFORM', 'default')}",))


async def _launch() -> dict[str, float]:
    """Seconds from the spawn to each mark."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "window", "--measure-start"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
    )
    marks: dict[str, float] = {}
    assert process.stdout is not None
    async for line in process.stdout:
        marks[line.decode().strip()] = time.perf_counter() - began
    if await process.wait() != 0 or not {"usable", "ready"} <= marks.keys():
        raise EngineUnavailable("The window did not start, so its start cannot be measured; try: duet doctor.")
    return marks


def _environment() -> dict[str, str]:
    """Without a display the window is built and painted in memory: all of the work but the last copy to a screen."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment
