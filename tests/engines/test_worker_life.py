"""A worker's end: it never outlives its parent, and a stopped one leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest

from app.errors import Cancelled
from app.events import ModelChanged
from tests.engines.workers import PATIENCE_S, Made, make_fixture, spec, until  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]

PARENT = """
import asyncio, sys
from app.engines.worker.host import Worker
from app.events import EventBus
from tests.engines.workers import Made, PATIENCE_S, make_fixture, spec, until  # noqa: F401 - a fixture

async def main():
    worker = Worker(spec(), EventBus())
    await worker.start()
    if sys.argv[1] != "with the GIL":
        await worker.call("outlive_thread", generation=1)  # so that it is the closed pipe that ends it
    if sys.argv[1] == "idle":
        print(worker.pid, flush=True)
    else:
        async for _ in worker.stream("hang_after_item", sys.argv[1] == "with the GIL", generation=1):
            print(worker.pid, flush=True)
    await asyncio.sleep(3600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_gone(pid: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return gone(pid)


def wait_quiet(pid: int) -> None:
    """Wait until no thread of the process has run for a while: the native call that it is to sit in has begun."""
    process, end = psutil.Process(pid), time.monotonic() + PATIENCE_S
    seen = None
    while seen != (seen := process.num_ctx_switches()):
        assert time.monotonic() < end, "the worker never came to rest"
        time.sleep(0.3)


@pytest.mark.parametrize("state", ["idle", "without the GIL", "with the GIL"])
def test_a_worker_does_not_outlive_a_killed_parent(tmp_path: Path, state: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    if state == "with the GIL" and sys.platform != "linux":
        pytest.skip("elsewhere the watchdog does this, after the progress deadline; it has its own test")
    with subprocess.Popen(
        [sys.executable, str(script), state],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        text=True,
    ) as parent:
        try:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            wait_quiet(pid)
            assert not gone(pid)
        finally:
            parent.kill()
    assert wait_gone(pid)


def heartbeat(body: str) -> subprocess.CompletedProcess[str]:
    """Run `body` under the watchdog with a bound of one second."""
    script = (
        "import ctypes, sys, time\n"
        "from app.engines.worker.lifeline import start_heartbeat\n"
        "from tests.engines.faulty import sleep_natively\n"
        "start_heartbeat(lambda: 1.0, sys.stderr)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script + body],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE_S,
    )


def test_the_watchdog_ends_a_process_whose_native_code_keeps_the_gil() -> None:
    ended = heartbeat("sleep_natively(holding_the_gil=True)")
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr
    assert "sleep_natively" in ended.stderr


def test_the_watchdog_lets_a_busy_process_live() -> None:
    ended = heartbeat("end = time.monotonic() + 3.5\nwhile time.monotonic() < end: pass\nprint('alive')")
    assert (ended.returncode, ended.stdout) == (0, "alive\n")


# -- a stopped worker ------------------------------------------------------------------------------------------


def ours() -> set[str]:
    words = ("worker ", "write ", "watch ")
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(words)}


def children() -> set[int]:
    """Our child processes, without the one that multiprocessing keeps for itself."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


async def cycle(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    assert await worker.call("echo", 1, generation=1) == 1
    await worker.stop()
    await worker.stop()
    assert worker.state == "stopped"
    assert worker.pid is None


async def test_nothing_is_left_behind(make: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = ours(), children()
    await cycle(make)
    descriptors = psutil.Process().num_fds() if sys.platform != "win32" else psutil.Process().num_handles()
    await cycle(make)
    now = psutil.Process().num_fds() if sys.platform != "win32" else psutil.Process().num_handles()
    assert now <= descriptors
    assert (ours(), children()) == before
    assert not any(name.startswith("duet") for name in os.listdir(tmp_path))


async def test_stop_lets_the_engine_close(make: Made, tmp_path: Path) -> None:
    worker, _ = make(closed=str(tmp_path / "closed"))
    await worker.start()
    call = asyncio.create_task(worker.call("spin", 3600.0, generation=1))
    await until(lambda: worker.state == "busy")
    await worker.stop()
    assert (tmp_path / "closed").read_text() == "closed"
    with pytest.raises(Cancelled):
        await call


@pytest.mark.parametrize("options", [{"closed": "hang"}, {"load": "hang with the GIL"}])
async def test_stop_does_not_wait_for_what_hangs(make: Made, options: dict[str, str]) -> None:
    worker, _ = make(**options)
    starting = asyncio.create_task(worker.start())
    await until(lambda: worker.pid is not None and (worker.state == "ready" or "load" in options))
    pid = worker.pid
    assert pid is not None
    await asyncio.wait_for(asyncio.gather(worker.stop(), worker.stop()), 60)
    assert gone(pid)
    if "load" in options:
        with pytest.raises(Cancelled):
            await starting
    else:
        await starting


async def test_stop_at_once_after_start(make: Made) -> None:
    before = children()
    worker, _ = make()
    starting = asyncio.create_task(worker.start())
    await asyncio.sleep(0)
    await asyncio.wait_for(worker.stop(), 60)
    with pytest.raises(Cancelled):
        await starting
    assert children() == before
    await worker.stop()


async def test_a_stopped_worker_may_wait_for_its_restart_no_more(make: Made) -> None:
    worker, _ = make(load="exit")
    starting = asyncio.create_task(worker.start())
    await until(lambda: worker.cause is not None)
    await worker.stop()
    with pytest.raises(Cancelled):
        await starting
    assert worker.state == "stopped"
    assert worker.cause is None


# -- another model ---------------------------------------------------------------------------------------------


async def test_replace_runs_another_model(make: Made) -> None:
    worker, events = make(model="one")
    await worker.start()
    first = worker.pid
    assert first is not None
    running = asyncio.create_task(worker.call("spin", 3600.0, generation=1))
    await until(lambda: worker.state == "busy")
    replacing = asyncio.create_task(worker.replace(spec(model="two", environment={"DUET_TEST_WORD": "two"})))
    await asyncio.sleep(0)
    assert await worker.call("environment", "DUET_TEST_WORD", generation=1) == "two"
    await replacing
    with pytest.raises(Cancelled):
        await running
    assert gone(first)
    assert worker.model == "two"
    assert [(e.worker, e.model) for e in events if isinstance(e, ModelChanged)] == [("test", "two")]


async def test_the_last_of_several_replacements_wins(make: Made) -> None:
    before = children()
    worker, _ = make(model="one")
    await worker.start()
    await asyncio.gather(*(worker.replace(spec(model=model)) for model in ("two", "three", "four")))
    assert worker.model == "four"
    assert worker.state == "ready"
    await until(lambda: children() - before == {worker.pid})


async def test_a_log_folder_that_cannot_be_made_is_no_obstacle(make: Made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    worker, _ = make(logs=tmp_path / "file" / "logs")
    assert await worker.call("echo", 1, generation=1) == 1


def test_the_built_in_engines_are_found_by_entry_point() -> None:
    names = {
        group: {point.name for point in entry_points(group=group)}
        for group in ("duet.language", "duet.hearing", "duet.voice")
    }
    assert names["duet.language"] >= {"llama", "remote"}
    assert names["duet.hearing"] >= {"sphinx", "whisper"}
    assert names["duet.voice"] >= {"espeak", "piper"}


def test_an_engine_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.engines.worker.find import find_engine
    from tests.engines.faulty import Faulty

    folder = tmp_path / "odd-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[duet.odd]\nfaulty = tests.engines.faulty:Faulty\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_engine("duet.odd", "faulty") is Faulty
