"""The bench `busy`: turns while a foreign program spins on every core, against an idle machine.

Spoken turns, and written ones with the planner at work as well (`interference`). Idle and busy alternate turn by turn,
so that both see the same machine.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from app.bench.booth import booth
from app.bench.interference import answer, two_tracks
from app.bench.language import TOPICS
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
    rows = (*busy_rows(loaded, idle), await _first_token(settings))
    return Bench(name="busy", rows=rows, notes=(note, f"{cores()} cores, a spinning process on each"))


async def _first_token(settings: Settings) -> Row:
    """The first token of a written turn with the planner at work, beside the foreign program and without it."""
    first = Samples(measure="first token with the planner at work, busy", unit="ms")
    async with two_tracks(settings) as duet:
        await asyncio.gather(duet.ready("fast"), duet.ready("planner"))
        for index, topic in enumerate((TOPICS[-1], *TOPICS[:TURNS])):
            question = f"Why do people like {topic}?"
            quiet = await answer(duet, question, "yield")
            async with spinning(cores()):
                spun = await answer(duet, question, "yield")
            if index:
                first.add(spun.first_ms, quiet.first_ms)
    return first.row(*LIMITS)


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
