"""The bench `busy`: a spoken turn while a foreign program spins on every core, against an idle machine.

Idle and busy alternate turn by turn, so that both see the same machine; interference between Duet's own models is
another bench.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from app.bench.booth import booth
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.bench.turns import HeardTurn, hold_turn, questions
from app.errors import EngineUnavailable
from app.settings import Settings

TURNS = 5
LIMITS = Budget(limit=2.5, of="ratio"), Budget(limit=4.0, of="worst ratio")

SPINNING = "print(flush=True)\nwhile True: pass"
"""A program that wants a whole core and gets on with nothing."""

ANSWERLESS_MS = 12_000.0
"""What a turn that was not answered in time counts as."""


def cores() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


@asynccontextmanager
async def spinning(count: int) -> AsyncIterator[tuple[Process, ...]]:
    """`count` processes that spin, from their first loop on, for the duration of the block."""
    processes: list[Process] = []
    try:
        for _ in range(count):
            arguments = (sys.executable, "-I", "-c", SPINNING)
            processes.append(
                await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE, stderr=DEVNULL)
            )
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()
        yield tuple(processes)
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                process.kill()
        for process in processes:
            await process.wait()


async def busy(settings: Settings) -> Bench:
    """Budgets: 2.5 times the idle latency in the median, 4 times at worst."""
    said, note = await questions(TURNS)
    idle: list[HeardTurn] = []
    loaded: list[HeardTurn] = []
    async with booth(settings) as seat:
        await hold_turn(seat, said[-1])
        for each in said:
            idle.append(await hold_turn(seat, each))
            async with spinning(cores()):
                loaded.append(await hold_turn(seat, each))
    return Bench(
        name="busy", rows=busy_rows(loaded, idle), notes=(note, f"{cores()} cores, a spinning process on each")
    )


def busy_rows(loaded: Sequence[HeardTurn], idle: Sequence[HeardTurn]) -> tuple[Row, ...]:
    """The table of the same turns with and without the foreign program. One that was not answered counts as slow.

    Raises `EngineUnavailable` where no turn was answered on the idle machine.
    """
    latency = Samples(measure="last speech sample to first audible, busy", unit="ms")
    lost = 0
    for each, base in zip(loaded, idle, strict=True):
        if base.latency_ms is None or each.cut_off:
            continue
        lost += each.latency_ms is None
        latency.add(ANSWERLESS_MS if each.latency_ms is None else each.latency_ms, base.latency_ms)
    if not latency.values:
        raise EngineUnavailable("No turn was answered on the idle machine, so nothing can be compared.")
    count = len(latency.values)
    return latency.row(*LIMITS), single("not answered while busy", 100 * lost / count, "%", count)
