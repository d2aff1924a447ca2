"""Requests to a worker: streams, generations, cancelling, pause and resume; each with a real process."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import numpy as np
import pytest

from app.engines.worker.host import Worker
from app.errors import Cancelled
from app.events import WorkerStateChanged
from tests.engines.workers import Made, make_fixture, until  # noqa: F401 - a fixture


async def test_calls_and_streams_carry_values_and_arrays(make: Made) -> None:
    worker, _ = make(environment={"DUET_TEST_WORD": "set"})
    await worker.start()
    samples = np.linspace(-1, 1, 16_000, dtype=np.float32)
    back = await worker.call("echo", samples, generation=1)
    assert back.dtype == np.float32
    assert np.array_equal(back, samples)
    assert await worker.call("environment", "DUET_TEST_WORD", generation=1) == "set"
    async with worker.stream("count", 3, generation=4) as stream:
        with pytest.raises(RuntimeError):
            _ = stream.result
        assert [item async for item in stream] == [(4, 0), (4, 1), (4, 2)]
        assert stream.result == 3
    assert await worker.call("count", 200, generation=4) == 200


async def test_requests_run_one_after_the_other_in_order(make: Made) -> None:
    worker, _ = make()
    order: list[int] = []

    async def one(i: int) -> None:
        await worker.call("echo", i, generation=1)
        order.append(i)

    await asyncio.gather(*(one(i) for i in range(50)))
    assert order == list(range(50))


async def test_a_job_sees_that_another_waits(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    first = asyncio.create_task(worker.call("until_another_waits", generation=1))
    await until(lambda: worker.state == "busy")
    assert not first.done()
    assert await worker.call("echo", 2, generation=1) == 2
    assert await first


async def test_an_unsendable_argument_is_refused_at_once(make: Made) -> None:
    worker, _ = make()
    with pytest.raises((TypeError, AttributeError, ValueError)):
        await worker.call("echo", lambda: None, generation=1)
    assert await worker.call("echo", 1, generation=1) == 1


# -- generations -----------------------------------------------------------------------------------------------


async def test_a_raised_generation_ends_running_and_waiting_requests(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    pid = worker.pid
    running = worker.stream("until_stopped", generation=1)
    assert await anext(running) == "working"
    waiting = asyncio.create_task(worker.call("echo", "old", generation=1))
    await asyncio.sleep(0)
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await anext(running)
    with pytest.raises(Cancelled):
        await waiting
    with pytest.raises(Cancelled):
        await worker.call("echo", "older", generation=1)
    with pytest.raises(Cancelled):
        await anext(worker.stream("count", 1, generation=1))
    assert await worker.call("echo", "new", generation=2) == "new"
    assert worker.pid == pid
    assert worker.generation == 2


async def test_a_void_request_ends_even_while_the_worker_loads(make: Made) -> None:
    worker, _ = make(load="hang")
    call = asyncio.create_task(worker.call("echo", 1, generation=1))
    await until(lambda: worker.state == "loading")
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await asyncio.wait_for(call, 30)


async def test_an_item_that_waits_in_the_queue_is_not_yielded_after_it_became_void(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("careless", 40, generation=1)
    await anext(stream)
    await until(lambda: len(stream._request.items) >= 39 and stream._request.over)
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_result_that_has_come_is_not_given_after_it_became_void(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    finish = worker._answered

    def void_at_the_last_moment(*answer: Any) -> None:
        finish(*answer)
        worker.void_below(2)

    worker._answered = void_at_the_last_moment  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        await worker.call("echo", 1, generation=1)


@pytest.mark.parametrize("seed", range(3))
async def test_no_output_of_an_older_generation_ever_arrives(make: Made, seed: int) -> None:
    """Consumers of every generation run at once while it is raised at random moments."""
    draw = random.Random(seed)
    worker, _ = make()
    await worker.start()
    ends: list[str] = []

    async def consume(generation: int, method: str) -> None:
        try:
            async for got, _ in worker.stream(method, 300, generation=generation):
                assert got == generation
                assert generation >= worker.generation, "an item of a void generation"
                if draw.random() < 0.02:
                    await asyncio.sleep(draw.random() * 0.002)
        except Cancelled:
            assert generation < worker.generation
            ends.append("void")
        else:
            assert generation >= worker.generation
            ends.append("whole")

    consumers = []
    for generation in range(1, 81):
        for _ in range(draw.randrange(3)):
            method = draw.choice(("count", "careless"))
            consumers.append(asyncio.create_task(consume(generation, method)))
        if draw.random() < 0.7:
            await asyncio.sleep(draw.random() * 0.03)
        worker.void_below(generation - draw.randrange(2))
    await asyncio.wait_for(asyncio.gather(*consumers), 120)
    assert ends.count("void") > 5
    assert [item async for item in worker.stream("count", 2, generation=100)] == [(100, 0), (100, 1)]


# -- one request only ------------------------------------------------------------------------------------------


async def test_cancelling_the_caller_cancels_its_request_and_no_other(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    pid = worker.pid
    running = asyncio.create_task(worker.call("spin", 3600.0, generation=1))
    await until(lambda: worker.state == "busy")
    second = asyncio.create_task(worker.call("spin", 3600.0, generation=1))
    third = asyncio.create_task(worker.call("echo", "mine", generation=1))
    await asyncio.sleep(0.05)
    second.cancel()
    running.cancel()
    assert await asyncio.wait_for(third, 60) == "mine"
    for cancelled in (running, second):
        with pytest.raises(asyncio.CancelledError):
            await cancelled
    assert worker.pid == pid
    assert worker.generation == 0


@pytest.mark.parametrize("how", ["aclose", "with", "break", "cancel"])
async def test_a_stream_that_is_left_stops_its_work(make: Made, how: str) -> None:
    worker, _ = make()
    await worker.start()
    pid = worker.pid
    if how == "aclose":
        stream = worker.stream("careless", 10**9, generation=1)
        await anext(stream)
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    elif how == "with":
        async with worker.stream("careless", 10**9, generation=1) as stream:
            await anext(stream)
    elif how == "break":
        async for _ in worker.stream("careless", 10**9, generation=1):
            break
    else:
        stream = worker.stream("until_stopped", generation=1)
        await anext(stream)
        task = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.wait_for(worker.call("echo", 1, generation=1), 60) == 1
    assert worker.pid == pid


# -- pause -----------------------------------------------------------------------------------------------------


async def test_pause_stops_a_native_loop_and_resume_goes_on(make: Made) -> None:
    worker, _ = make(progress_deadline_s=2.0)
    stream = worker.stream("until_stopped", generation=1)
    assert await anext(stream) == "working"
    for _ in range(3):
        worker.pause()
        following = asyncio.ensure_future(anext(stream))
        # The engine reports "stopped" before its checkpoint; the drain stands still with that item in hand.
        await asyncio.sleep(0.2)
        assert not following.done()
        worker.resume()
        assert await asyncio.wait_for(following, 60) == "stopped"
        assert await asyncio.wait_for(anext(stream), 60) == "working"
    await stream.aclose()


async def test_a_pause_longer_than_the_progress_deadline_is_no_hang(make: Made) -> None:
    worker, _ = make(progress_deadline_s=1.0)
    await worker.start()
    pid = worker.pid
    call = asyncio.create_task(worker.call("spin", 0.05, generation=1))
    worker.pause()
    await asyncio.sleep(2.5)
    assert not call.done() or call.result() == 0.05
    following = asyncio.create_task(worker.call("echo", 1, generation=1))
    await asyncio.sleep(0.2)
    assert not following.done()
    worker.resume()
    assert await asyncio.wait_for(following, 60) == 1
    assert await asyncio.wait_for(call, 60) == 0.05
    assert worker.pid == pid


async def test_a_paused_job_can_be_made_void_and_the_pause_holds_for_the_next(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("until_stopped", generation=1)
    assert await anext(stream) == "working"
    worker.pause()
    worker.void_below(2)
    with pytest.raises(Cancelled):
        await anext(stream)
    following = asyncio.create_task(worker.call("echo", 1, generation=2))
    await asyncio.sleep(0.2)
    assert not following.done()
    worker.resume()
    assert await asyncio.wait_for(following, 60) == 1


async def test_a_pause_outlives_a_restart(make: Made) -> None:
    worker, _ = make()
    await worker.start()
    worker.pause()
    restarting = asyncio.create_task(worker.restart())  # a load may stand still as well
    await asyncio.sleep(0)
    call = asyncio.create_task(worker.call("echo", 1, generation=1))
    await asyncio.sleep(0.3)
    assert not call.done()
    worker.resume()
    await asyncio.wait_for(restarting, 60)
    assert await asyncio.wait_for(call, 60) == 1


async def test_rapid_pauses_lose_nothing(make: Made) -> None:
    worker, _ = make()
    stream = worker.stream("count", 3_000, generation=1)

    async def fidget() -> None:
        while True:
            worker.pause()
            await asyncio.sleep(0.0005)
            worker.resume()
            await asyncio.sleep(0.0005)

    fidgeting = asyncio.create_task(fidget())
    try:
        assert [i async for _, i in stream] == list(range(3_000))
    finally:
        fidgeting.cancel()
        worker.resume()


async def test_states_are_told(make: Made) -> None:
    worker, events = make()
    assert worker.state == "stopped"
    await worker.start()
    await worker.call("echo", 1, generation=1)
    await worker.stop()
    told = [e for e in events if isinstance(e, WorkerStateChanged)]
    assert [e.state for e in told] == ["loading", "ready", "busy", "ready", "stopped"]
    assert told[1].pid is not None
    assert {e.worker for e in told} == {"test"}
    assert {e.model for e in told} == {"faulty"}
    assert isinstance(worker, Worker)
