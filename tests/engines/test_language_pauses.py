"""The real starter model paused, cancelled and asked for something better in the middle of a 4,000-token prefill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from time import perf_counter

import pytest
import pytest_asyncio

from app.assistant.compute import Cores
from app.assistant.warming import WarmUp
from app.bench.language import HISTORY_TOKENS, history
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.host import Worker
from app.errors import Cancelled
from app.events import EventBus
from app.registry.profiles import language_profile
from app.settings import Settings
from tests.engines.workers import until

SYSTEM = Message("system", "You are a helpful assistant.")

PAUSES = 12

SOON_S = 1.0
"""Where the budget is 50 ms on a machine of one's own. The prefill that is interrupted takes 14 s and more."""


@pytest_asyncio.fixture(name="client")
async def started_client() -> AsyncIterator[LanguageClient]:
    settings = Settings()
    settings.models.planner_context = HISTORY_TOKENS + 1024
    spec = language_profile(settings, "planner").spec
    worker = Worker(replace(spec, progress_deadline_s=300.0), EventBus())
    await worker.start()
    yield LanguageClient(worker)
    await worker.stop()


def worker_of(client: LanguageClient) -> Worker:
    assert isinstance(client.worker, Worker)
    return client.worker


async def evaluated(client: LanguageClient, generation: int) -> float:
    return (await client.stats(generation))["evaluated_tokens"]


async def generate(client: LanguageClient, messages: tuple[Message, ...], generation: int) -> int:
    """The tokens of the prompt that were not cached."""
    request = GenerateRequest(messages=messages, sampling=Sampling(max_tokens=1))
    async with client.generate(request, generation) as stream:
        async for _ in stream:
            pass
        return stream.result.prompt_tokens - stream.result.cached_tokens


async def test_a_paused_prefill_of_4000_tokens_does_at_most_a_batch_twice_for_each_pause(
    client: LanguageClient,
) -> None:
    worker = worker_of(client)
    cores = Cores()
    long = await history(client, SYSTEM)
    before = await evaluated(client, 0)
    pauses = 0
    with cores.lower("planner", worker):
        prefill = asyncio.create_task(generate(client, long, 0))
        await until(lambda: worker.at_work)
        while pauses < PAUSES and not prefill.done():  # not for ever: a loaded machine may take longer for a batch
            with cores.claim("fast"):
                await until(lambda: not worker.at_work)
                pauses += 1
            await asyncio.wait({prefill}, timeout=0.5)
        needed = await prefill
    assert needed >= HISTORY_TOKENS
    assert pauses == PAUSES
    twice = await evaluated(client, 0) - before - needed
    assert 0 < twice <= pauses * worker.spec.options["batch"]


async def test_a_cancel_in_the_middle_frees_the_worker_and_keeps_what_was_done(client: LanguageClient) -> None:
    worker = worker_of(client)
    long = await history(client, SYSTEM)
    before = await evaluated(client, 0)
    took = []
    for generation in range(5):
        prefill = asyncio.create_task(generate(client, long, generation))
        await until(lambda: worker.at_work)
        await asyncio.sleep(0.5)
        began = perf_counter()
        worker.void_below(generation + 1)
        await client.info(generation + 1)
        took.append(perf_counter() - began)
        with pytest.raises(Cancelled):
            await prefill
    assert max(took) < SOON_S
    done = await evaluated(client, 5) - before
    assert 0 < done < HISTORY_TOKENS
    needed = await generate(client, long, 5)
    batch = worker.spec.options["batch"]
    assert HISTORY_TOKENS - done <= needed <= HISTORY_TOKENS - done + 6 * batch + 100


async def test_a_warm_up_makes_nobody_wait_and_goes_on_where_it_stood(client: LanguageClient) -> None:
    worker = worker_of(client)
    cores = Cores()
    long = await history(client, SYSTEM)
    before = await evaluated(client, 0)
    warm_up = WarmUp(client, long, 0)

    async def warm() -> None:
        with cores.lower("warm-up", warm_up):
            await warm_up.run()

    warming = asyncio.create_task(warm())
    took = []
    while not warming.done():
        await until(lambda: worker.at_work or warming.done())
        await asyncio.sleep(2.0)
        if warming.done():
            break
        with cores.claim("fast", worker):
            began = perf_counter()
            assert (await client.info(0)).context > HISTORY_TOKENS
            took.append(perf_counter() - began)
    await warming
    assert len(took) >= 2
    assert max(took) < SOON_S
    total = await evaluated(client, 0) - before
    assert HISTORY_TOKENS - 100 <= total <= HISTORY_TOKENS + 200 + (len(took) + 1) * worker.spec.options["batch"]
