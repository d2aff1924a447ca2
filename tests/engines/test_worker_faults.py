"""Every way in which a worker can go wrong: the parent learns the cause, tells the caller, and works again."""

from __future__ import annotations

import asyncio
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.engines.worker import host
from app.errors import BadInput, BadModel, Cancelled, EngineUnavailable, WorkerDied
from app.events import MetricSampled, WorkerStateChanged
from tests.engines.workers import Made, make_fixture, spec, until  # noqa: F401 - a fixture

SEGFAULT = "crashed (SIGSEGV)" if sys.platform != "win32" else "crashed (access violation)"


@pytest.mark.parametrize(
    ("method", "args", "cause"),
    [
        ("segfault", (), SEGFAULT),
        ("exit", (3,), "exited with code 3"),
        ("abort", (), "GGML_ASSERT(n_tokens > 0) failed"),
    ],
)
async def test_a_crash_is_told_and_survived(make: Made, method: str, args: tuple[Any, ...], cause: str) -> None:
    worker, events = make()
    await worker.start()
    first = worker.pid
    with pytest.raises(WorkerDied) as died:
        await worker.call(method, *args, generation=1)
    assert cause in str(died.value)
    assert worker.state == "loading"
    assert cause in str(worker.cause)
    assert await worker.call("echo", "again", generation=1) == "again"
    assert worker.pid != first
    assert worker.cause is None
    states = [(e.state, bool(e.cause)) for e in events if isinstance(e, WorkerStateChanged)]
    assert states == [
        *[("loading", False), ("ready", False), ("busy", False)],
        *[("loading", True), ("busy", False), ("ready", False)],
    ]


async def test_what_came_before_a_crash_is_delivered_then_the_cause(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("fail_after", 5, generation=1)
    assert [await anext(stream) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(WorkerDied, match="crashed"):
        await anext(stream)


async def test_an_error_of_the_engine_costs_the_request_only(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    first = worker.pid
    with pytest.raises(BadInput, match=r"The text is empty; write one\."):
        await worker.call("fail", "bad input", generation=1)
    with pytest.raises(EngineUnavailable, match=r"ValueError: seven is not a number"):
        await worker.call("fail", "bug", generation=1)
    for wrong in ("_private", "close", "missing"):
        with pytest.raises(EngineUnavailable, match=f"has no “{wrong}”"):
            await worker.call(wrong, generation=1)
    for args in ((), (1, 2)):
        with pytest.raises(EngineUnavailable, match="TypeError"):
            await worker.call("echo", *args, generation=1)
    with pytest.raises(EngineUnavailable, match="not for pickling"):
        await worker.call("unpicklable", generation=1)
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        await worker.call("unreadable", generation=1)
    assert await worker.call("echo", 1, generation=1) == 1
    assert worker.pid == first


@pytest.mark.parametrize("holding_the_gil", [False, True])
async def test_a_hang_in_native_code_ends_at_the_progress_deadline(make: Made, holding_the_gil: bool) -> None:
    worker, _ = make(progress_deadline_s=1.5)
    await worker.start()
    with pytest.raises(WorkerDied, match=r"made no progress for 1\.5 s"):
        await asyncio.wait_for(worker.call("hang", holding_the_gil, generation=1), 60)
    assert await worker.call("echo", 1, generation=1) == 1


async def test_a_job_that_makes_progress_may_take_longer_than_the_deadline(make: Made) -> None:
    worker, _ = make(progress_deadline_s=1.0)
    assert await worker.call("spin", 2.5, generation=1) == 2.5
    assert worker.cause is None


async def test_a_slow_consumer_is_not_a_hang_and_memory_stays_bounded(make: Made) -> None:
    worker, events = make(progress_deadline_s=1.0)
    await worker.start()
    pid = worker.pid
    stream = worker.stream("arrays", 1_000, 1 << 20, generation=1)
    assert len(await anext(stream)) == 1 << 20
    samples = [e for e in events if isinstance(e, MetricSampled)]
    await until(lambda: len([e for e in events if isinstance(e, MetricSampled)]) >= len(samples) + 3)
    assert len(stream._request.items) < 64
    used = [e.value for e in events if isinstance(e, MetricSampled)]
    assert max(used) < 200, "1,000 MiB were flooded; the window lets 64 through"
    await stream.aclose()
    assert await worker.call("echo", 1, generation=1) == 1
    assert worker.pid == pid


async def test_a_flood_of_items_arrives_whole_and_in_order(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("careless", 20_000, generation=1)
    assert [i async for _, i in stream] == list(range(20_000))
    assert stream.result == 20_000


async def test_a_flood_of_output_reaches_the_log_only_and_the_log_stays_bounded(
    make: Made, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    worker, _ = make(logs=tmp_path / "logs")
    assert await worker.call("chatter", 0, generation=1) == "done"
    log = tmp_path / "logs" / "worker-test.log"
    assert "must not reach" in log.read_text()
    assert await worker.call("chatter", 12, generation=1) == "done"
    await until(lambda: log.stat().st_size < 1 << 20)
    assert await worker.call("chatter", 0, generation=1) == "done"
    assert "must not reach" in log.read_text()
    await worker.stop()
    assert "must not reach" not in "".join(capfd.readouterr())


async def test_a_leak_ends_at_the_memory_limit(make: Made) -> None:
    worker, events = make(memory_limit_mb=300.0)
    await worker.start()
    with pytest.raises(WorkerDied, match=r"MiB of memory, more than the 300 MiB it may have"):
        await asyncio.wait_for(worker.call("leak", generation=1), 60)
    assert await worker.call("echo", 1, generation=1) == 1
    samples = [e for e in events if isinstance(e, MetricSampled)]
    assert {(e.name, e.unit) for e in samples} == {("worker.test.pss", "MiB")}
    times = [e.time for e in samples]
    assert all(later - earlier > 0.5 for earlier, later in pairwise(times))


async def test_what_an_earlier_job_logged_is_not_blamed(make: Made) -> None:
    worker, _ = make()
    await worker.call("complain", generation=1)
    with pytest.raises(WorkerDied) as died:
        await worker.call("exit", 5, generation=1)
    assert str(died.value).startswith("The test worker exited with code 5; ")


async def test_killed_from_outside(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    stream = worker.stream("until_stopped", generation=1)
    assert await anext(stream) == "working"
    psutil.Process(worker.pid).kill()
    with pytest.raises(WorkerDied, match=r"worker was killed|exited|crashed"):
        await anext(stream)
    assert await worker.call("echo", 1, generation=1) == 1


# -- loading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        ("segfault", SEGFAULT),
        ("exit", "exited with code 7"),
        ("raise", "RuntimeError: no room for the weights"),
    ],
)
async def test_a_worker_that_always_dies_while_loading_fails_with_the_cause(make: Made, load: str, cause: str) -> None:
    worker, events = make(load=load)
    waiting = asyncio.create_task(worker.call("echo", 1, generation=1))
    with pytest.raises(WorkerDied) as died:
        await worker.start()
    assert cause in str(died.value)
    with pytest.raises(WorkerDied):
        await waiting
    assert worker.state == "failed"
    assert cause in str(worker.cause)
    with pytest.raises(WorkerDied):
        await worker.call("echo", 1, generation=1)
    crashes = {e.time for e in events if isinstance(e, WorkerStateChanged) and e.cause}
    assert len(crashes) >= 1


async def test_a_load_that_crashes_once_is_tried_again(make: Made, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("2")
    worker, events = make(broken=str(broken))
    assert await worker.call("echo", "there", generation=1) == "there"
    causes = [e.cause for e in events if isinstance(e, WorkerStateChanged) and e.cause]
    assert "GGML_ASSERT(weights) failed" in causes[0]
    assert worker.state == "ready"


@pytest.mark.parametrize("load", ["hang", "hang with the GIL"])
async def test_a_load_that_never_ends_is_given_up(make: Made, load: str) -> None:
    worker, _ = make(load=load, init_timeout_s=0.75)
    with pytest.raises(WorkerDied, match=r"did not load within 0\.75 s"):
        await asyncio.wait_for(worker.start(), 60)
    assert worker.state == "failed"


async def test_a_call_waits_for_a_load_no_longer_than_the_timeout(make: Made) -> None:
    worker, _ = make(load="hang", init_timeout_s=1.0)
    with pytest.raises(WorkerDied, match=r"still loading|did not load"):
        await asyncio.wait_for(worker.call("echo", 1, generation=1), 60)


@pytest.mark.parametrize(("engine", "what"), [("tests.engines.faulty:Nothing", "Nothing"), ("nobody", "nobody")])
async def test_an_engine_that_is_not_there(make: Made, engine: str, what: str) -> None:
    worker, _ = make(engine=engine)
    with pytest.raises(EngineUnavailable, match=what):
        await worker.start()


async def test_a_permanent_load_error_is_not_retried(make: Made, tmp_path: Path) -> None:
    worker, events = make(load="bad model", safe=spec(model="safe"))
    for _ in range(2):
        with pytest.raises(BadModel, match=r"The file is not a model; choose another\."):
            await worker.start()
    with pytest.raises(BadModel):
        await worker.call("echo", 1, generation=1)
    states = [e.state for e in events if isinstance(e, WorkerStateChanged)]
    assert states == ["loading", "failed"]
    with pytest.raises(BadModel):
        await worker.restart()
    await worker.replace(spec(model="good"))
    assert worker.state == "ready"
    assert worker.model == "good"


async def test_what_was_unavailable_is_tried_again_when_needed(make: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, events = make(load="unavailable")
    for _ in range(2):
        with pytest.raises(EngineUnavailable, match="The server is away"):
            await worker.call("echo", 1, generation=1)
    loads = [e for e in events if isinstance(e, WorkerStateChanged) and e.state == "loading"]
    assert len(loads) == 1
    monkeypatch.setattr(host, "RETRY_UNAVAILABLE_S", 0.0)
    with pytest.raises(EngineUnavailable):
        await worker.call("echo", 1, generation=1)
    loads = [e for e in events if isinstance(e, WorkerStateChanged) and e.state == "loading"]
    assert len(loads) == 2


# -- breaker ---------------------------------------------------------------------------------------------------


async def test_three_crashes_bring_the_safe_profile(make: Made) -> None:
    worker, events = make(model="big", safe=spec(model="small"))
    await worker.start()
    for _ in range(3):
        assert worker.model == "big"
        with pytest.raises(WorkerDied):
            await worker.call("exit", 9, generation=1)
    assert await worker.call("echo", 1, generation=1) == 1
    assert worker.state == "degraded"
    assert worker.model == "small"
    assert "exited with code 9" in str(worker.cause)
    last = [e for e in events if isinstance(e, WorkerStateChanged)][-1]
    assert (last.state, last.model, last.cause) == ("degraded", "small", worker.cause)
    await worker.restart()
    assert (worker.state, worker.model, worker.cause) == ("ready", "big", None)


async def test_three_crashes_without_a_safe_profile_fail_until_restarted(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    for _ in range(3):
        with pytest.raises(WorkerDied):
            await worker.call("exit", 9, generation=1)
    assert worker.state == "failed"
    with pytest.raises(WorkerDied, match="exited with code 9, again and again"):
        await worker.call("echo", 1, generation=1)
    await worker.restart()
    assert await worker.call("echo", 1, generation=1) == 1


async def test_pending_calls_of_a_dead_worker_end_at_once_and_the_rest_goes_on(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    calls = [asyncio.create_task(worker.call("spin", 60.0, generation=1)) for _ in range(3)]
    await until(lambda: worker.state == "busy")
    psutil.Process(worker.pid).kill()
    for call in calls:
        with pytest.raises(WorkerDied):
            await asyncio.wait_for(call, 30)


async def test_two_workers_do_not_disturb_each_other(make: Made) -> None:
    one, _ = make(name="one")
    two, _ = make(name="two")
    await asyncio.gather(one.start(), two.start())
    kept = two.pid
    stream = two.stream("count", 500, generation=1)
    with pytest.raises(WorkerDied, match="The one worker"):
        await one.call("segfault", generation=1)
    assert [i async for _, i in stream] == list(range(500))
    assert two.pid == kept
    assert await one.call("echo", 1, generation=1) == 1


async def test_stopped_means_stopped(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    await worker.stop()
    with pytest.raises(EngineUnavailable, match="was stopped"):
        await worker.call("echo", 1, generation=1)
    await worker.start()
    assert await worker.call("echo", 1, generation=1) == 1
    running = asyncio.create_task(worker.call("spin", 60.0, generation=1))
    await until(lambda: worker.state == "busy")
    await worker.stop()
    with pytest.raises(Cancelled):
        await running
