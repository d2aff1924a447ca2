"""Pauses of workers that do not obey, load, hang or die: they stand still, lose nothing, and never come to stay so."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from app.assistant.compute import Cores
from app.engines.worker.host import Worker
from app.errors import Cancelled, WorkerDied
from tests.engines.workers import PATIENCE_S, Made, make_fixture, until  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a stopped orphan would be left over")


def process(worker: Worker) -> psutil.Process:
    assert worker.pid is not None
    return psutil.Process(worker.pid)


def stands_still(worker: Worker) -> Callable[[], bool]:
    return lambda: worker.pid is not None and process(worker).status() == psutil.STATUS_STOPPED


async def deaf(make: Made, cpu_s: float = 1.0, **options: object) -> tuple[Worker, asyncio.Task[float]]:
    """A worker at work that listens to nobody for `cpu_s`."""
    worker, _ = make(**options)
    await worker.start()
    call = asyncio.create_task(worker.call("spin_deaf", cpu_s, generation=1))
    await until(lambda: worker.at_work)
    return worker, call


@linux_only
async def test_who_does_not_heed_a_pause_is_stopped_and_loses_nothing(make: Made) -> None:
    worker, call = await deaf(make, 0.5, progress_deadline_s=3.0)
    pid = worker.pid
    for _ in range(3):
        worker.pause()
        await until(stands_still(worker))
        used = process(worker).cpu_times()
        await asyncio.sleep(1.2)  # three of these are longer than the deadline
        assert process(worker).cpu_times()[:2] == used[:2]
        worker.resume()
    assert await asyncio.wait_for(call, PATIENCE_S) == 0.5
    assert worker.pid == pid


async def test_who_heeds_a_pause_is_left_alone(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("until_stopped", generation=1)
    assert await anext(stream) == "working"
    assert worker.at_work
    worker.pause()
    await until(lambda: not worker.at_work)
    for _ in range(10):
        await asyncio.sleep(0.01)
        assert process(worker).status() != psutil.STATUS_STOPPED
    await stream.aclose()
    worker.resume()
    assert await worker.call("echo", 1, generation=1) == 1


@linux_only
async def test_a_load_stands_still_as_well_and_its_time_is_not_counted(make: Made) -> None:
    worker, _ = make(load="slow", init_timeout_s=3.0)
    worker.pause()
    starting = asyncio.create_task(worker.start())
    await until(stands_still(worker))
    await asyncio.sleep(3.5)  # longer than it may take to load
    assert not starting.done()
    worker.resume()
    await asyncio.wait_for(starting, PATIENCE_S)
    assert worker.cause is None


@linux_only
async def test_a_stopped_worker_that_is_void_or_told_to_end_does_so_at_once(make: Made) -> None:
    worker, call = await deaf(make)
    worker.pause()
    await until(stands_still(worker))
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(call, 1.0)
    pid = worker.pid
    worker.resume()
    assert await asyncio.wait_for(worker.call("echo", 1, generation=2), PATIENCE_S) == 1
    assert worker.pid == pid
    again = asyncio.create_task(worker.call("spin_deaf", 3600.0, generation=2))
    await until(lambda: worker.at_work)
    worker.pause()
    await until(stands_still(worker))
    await asyncio.wait_for(worker.stop(), PATIENCE_S)
    with pytest.raises(Cancelled):
        await again


async def test_a_paused_worker_that_obeys_is_cancelled_while_it_is_paused(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("until_stopped", generation=1)
    assert await anext(stream) == "working"
    worker.pause()
    await until(lambda: not worker.at_work)
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(anext(stream), 1.0)
    await asyncio.wait_for(worker.stop(), PATIENCE_S)


async def test_a_hang_is_not_forgiven_by_pauses(make: Made) -> None:
    """Each pause is longer than the time between two, which never reaches the deadline by itself."""
    worker, call = await deaf(make, 3600.0, progress_deadline_s=1.5)
    for _ in range(200):
        await asyncio.sleep(0.6)
        if call.done():
            break
        worker.pause()
        await asyncio.sleep(0.3)
        worker.resume()
    with pytest.raises(WorkerDied, match=r"made no progress for 1\.5 s"):
        await asyncio.wait_for(call, 1.0)


async def test_after_a_crash_in_a_pause_it_loads_when_it_may(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    worker.pause()
    process(worker).kill()
    await until(lambda: worker.pid is None)
    waiting = asyncio.create_task(worker.call("echo", 1, generation=1))
    await asyncio.sleep(0.5)  # five times the pause before a restart
    assert worker.pid is None
    assert not waiting.done()
    worker.resume()
    assert await asyncio.wait_for(waiting, PATIENCE_S) == 1


async def test_a_restart_that_is_owed_is_forgotten_when_it_is_stopped(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    worker.pause()
    process(worker).kill()
    await until(lambda: worker.pid is None)
    await asyncio.sleep(0.3)
    await worker.stop()
    worker.resume()
    await asyncio.sleep(0.3)
    assert worker.pid is None
    assert worker.state == "stopped"


STATES = ("loading", "idle", "at work", "paused", "paused and deaf", "paused while loading")


@pytest.mark.parametrize("state", STATES)
async def test_whatever_it_does_when_it_is_killed_the_cores_come_free(make: Made, state: str) -> None:
    """Through the scheduler: claims come and go around the death, and the worker works again after each."""
    worker, _ = make()
    cores = Cores()
    for round_ in range(4):
        await asyncio.wait_for(one_death(worker, cores, state, generation=round_ + 1), 2 * PATIENCE_S)
        assert cores.idle
        if worker.state == "failed":  # after three crashes somebody has to press the button
            await worker.restart()
        with cores.lower("planner", worker):
            assert await asyncio.wait_for(worker.call("echo", round_, generation=round_ + 1), PATIENCE_S) == round_


async def one_death(worker: Worker, cores: Cores, state: str, generation: int) -> None:
    async def job() -> None:
        with cores.lower("planner", worker):
            await worker.call("spin_deaf" if "deaf" in state else "spin", 3600.0, generation=generation)

    tasks = []
    if "loading" in state:
        await worker.stop()
        tasks.append(asyncio.create_task(worker.start()))
        await until(lambda: worker.pid is not None)
    else:
        await worker.start()
    if state != "idle":
        tasks.append(asyncio.create_task(job()))
        await until(lambda: worker.at_work)
    with ExitStack() as claims:
        if "paused" in state:
            claims.enter_context(cores.claim("fast"))
        if state == "paused":
            await until(lambda: not worker.at_work)
        elif sys.platform == "linux" and "paused" in state:
            await until(stands_still(worker))
        pid = process(worker).pid
        process(worker).kill()
        with cores.claim("voice"):
            await until(lambda: worker.pid != pid)
    if tasks:
        tasks[-1].cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        assert ended is None or isinstance(ended, WorkerDied | asyncio.CancelledError), ended


async def test_cancelled_tasks_give_their_claims_back(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    cores = Cores()

    async def claimant() -> None:
        with cores.claim("fast"), cores.lower("planner", worker):
            await asyncio.sleep(3600)

    tasks = [asyncio.create_task(claimant()) for _ in range(5)]
    await asyncio.sleep(0)
    assert cores.taken
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert cores.idle
    assert await asyncio.wait_for(worker.call("echo", 1, generation=1), PATIENCE_S) == 1


PARENT = """
import asyncio
from app.engines.worker.host import Worker
from app.events import EventBus
from tests.engines.test_worker_pauses import stands_still, until
from tests.engines.workers import spec

async def main():
    worker = Worker(spec(), EventBus())
    await worker.start()
    call = asyncio.create_task(worker.call("spin_deaf", 3600.0, generation=1))
    await until(lambda: worker.at_work)
    worker.pause()
    await until(stands_still(worker))
    print(worker.pid, flush=True)
    await call

if __name__ == "__main__":
    asyncio.run(main())
"""


@linux_only
def test_a_stopped_worker_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, cwd=ROOT, text=True
    ) as parent:
        try:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
        finally:
            parent.kill()
    asyncio.run(until(lambda: gone(pid)))


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
