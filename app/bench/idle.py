"""The bench `idle`: what Duet costs while nobody speaks to it.

The whole process tree is counted: this process with the loop and the front end, and every worker. The microphone hears
an office at a distance, in real time, and the way in is the wake word.
"""

from __future__ import annotations

import asyncio
import time

import psutil

from app.audio.base import Samples as Sound
from app.audio.virtual import SourceClock
from app.bench.booth import Booth, ScriptedMicrophone, booth
from app.bench.corpus.noises import office
from app.bench.rows import Bench, Budget, Samples
from app.settings import Settings

SETTLE_S = 6.0
"""After the start: the workers' own threads come to rest."""

WINDOWS, WINDOW_S = 6, 5.0
LIMIT = Budget(limit=3.0, of="median")

DISTANT = 10 ** (-30 / 20)
"""The office, two rooms away: never loud enough to be speech."""


async def idle(settings: Settings) -> Bench:
    """Budget: 3 % of a core."""
    noise, what = await office(30.0)
    tree = Samples(measure="CPU of the whole process tree", unit="% of a core")
    here = Samples(measure="of it: the main process", unit="% of a core")
    alone = Samples(measure="a virtual microphone alone, for comparison", unit="% of a core")
    alone.add(await _microphone(noise * DISTANT))
    audio = settings.audio.model_copy(update={"way_in": "wake-word"})
    async with booth(settings.model_copy(update={"audio": audio}), noise=noise * DISTANT) as seat:
        await seat.reach(seat.now_s + SETTLE_S)
        for _ in range(WINDOWS):
            total, own = await _window(seat)
            tree.add(total)
            here.add(own)
    return Bench(name="idle", rows=(tree.row(LIMIT), here.row(), alone.row()), notes=(f"{what} at a distance",))


async def _microphone(noise: Sound) -> float:
    """Percent of a core that the virtual microphone takes of itself; a real one has PortAudio's thread instead."""
    microphone = ScriptedMicrophone(SourceClock(), noise=noise)
    clock, began = asyncio.get_running_loop().time, time.process_time()
    until = clock() + WINDOW_S
    async for _ in microphone:
        if clock() >= until:
            break
    return 100 * (time.process_time() - began) / WINDOW_S


async def _window(seat: Booth) -> tuple[float, float]:
    """Percent of a core that the tree and the main process alone took in one window."""
    before, began_s = _cpu_s(), seat.now_s
    await seat.reach(began_s + WINDOW_S)
    after, took_s = _cpu_s(), seat.now_s - began_s
    spent = {pid: after[pid] - before.get(pid, 0.0) for pid in after}
    return 100 * sum(spent.values()) / took_s, 100 * spent[psutil.Process().pid] / took_s


def _cpu_s() -> dict[int, float]:
    """Seconds of CPU that each process of the tree has used so far, by its id."""
    me = psutil.Process()
    used = {}
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has just ended
            continue
        used[process.pid] = times.user + times.system
    return used
