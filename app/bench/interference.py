"""The bench `interference`: what the planner's work costs the answer, with the scheduler and without it.

Every question is answered three times through the whole assistant: with the planner idle, with it at work and paused by
the scheduler, and with it at work beside the answer (policy "share"), which shows what the scheduler is for. Then what
a pause and a cancel take in the middle of a long prefill, and what a pause costs. What the figures of "share" say about
this machine is remembered: the policy "auto" goes by it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.assistant.compute import Policy
from app.assistant.runtime import Duet, Wants, open_duet
from app.assistant.sharing import Interference, remember, setup, thinking
from app.bench.language import HISTORY_TOKENS, TOPICS, history
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.host import Worker
from app.errors import Cancelled, DuetError, EngineUnavailable
from app.settings import Settings, data_dir
from app.store import Store

FIRST_TOKEN, SPEED = Budget(limit=1.15), Budget(limit=0.90, kind="at_least")
READY_MS = 50.0
"""From a cancel in mid-prefill until the worker takes the next request, at worst."""

CANCELS, PAUSES = 12, 12

FOR_GOOD = 1 << 40
"""A generation that no turn makes void: the planner of this bench is at work until it is told to end."""

LOOK_S = 0.0005


@dataclass(frozen=True, slots=True)
class Answer:
    """ms from the turn's start to its first token, and tokens/s."""

    first_ms: float
    tokens_per_s: float


async def interference(settings: Settings) -> Bench:
    """Budgets: first token <= 1.15x, tokens/s >= 0.90x with the planner busy; ready 50 ms after a cancel."""
    async with two_tracks(settings) as duet:
        if "remote" in (duet.workers["fast"].spec.engine, duet.workers["planner"].spec.engine):
            raise EngineUnavailable("A model on a server takes no cores here, so there is no interference to measure.")
        await asyncio.gather(duet.ready("fast"), duet.ready("planner"))
        rows, found = await _answers(duet)
        planner = duet.workers["planner"]
        notes: tuple[str, ...] = (
            f"{duet.workers['fast'].model} beside {planner.model}",
            "baseline: the planner idle",
            str(found),
        )
        rows += await _native(planner)
        specs = duet.workers["fast"].spec, planner.spec
    try:
        store = Store.open(data_dir(settings) / "duet.db")
        try:
            remember(store, setup(settings, *specs), found)
        finally:
            store.close()
    except DuetError as error:
        notes = (*notes, f"not remembered: {error}")
    return Bench(name="interference", rows=tuple(rows), notes=notes)


@asynccontextmanager
async def two_tracks(settings: Settings) -> AsyncIterator[Duet]:
    """A Duet with both language models ready, in a data folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="duet-bench-", ignore_cleanup_errors=True) as folder:
        changed = settings.model_copy(
            update={
                "store": settings.store.model_copy(update={"data_dir": Path(folder)}),
                "models": settings.models.model_copy(update={"planner_context": HISTORY_TOKENS + 1024}),
                "compute": settings.compute.model_copy(update={"policy": "yield"}),
                "assistant": settings.assistant.model_copy(update={"planner": True}),
            }
        )
        async with open_duet(changed, wants=Wants(planner=True)) as duet:
            yield duet


async def answer(duet: Duet, question: str, policy: Policy | None = None) -> Answer:
    """One answer in a fresh conversation, with the planner at work under that policy; idle without one."""
    duet.new_conversation()
    await duet.assistant.warm()
    if policy is None:
        return await _ask(duet, question)
    planner = duet.workers["planner"]
    duet.assistant.cores.policy = policy
    with duet.assistant.cores.lower("planner", planner):
        async with thinking(LanguageClient(planner), lambda: FOR_GOOD):
            return await _ask(duet, question)


async def _ask(duet: Duet, question: str) -> Answer:
    turn = await duet.ask(question, planner=False)
    if turn.tokens_per_s is None or "first_token" not in turn.marks_ms:
        raise EngineUnavailable("The fast model gave no answer that could be timed; try: duet doctor.")
    return Answer(turn.marks_ms["first_token"], turn.tokens_per_s)


async def _answers(duet: Duet) -> tuple[list[Row], Interference]:
    """The rows of the answers, and what sharing costs here."""
    first, speed = await _pairs(duet, "yield", "planner busy")
    rows = [first.row(FIRST_TOKEN), speed.row(SPEED)]
    first, speed = await _pairs(duet, "share", "planner busy, scheduler off")
    rows += [first.row(), speed.row()]
    return rows, Interference(rows[2].ratio or 0.0, rows[3].ratio or 0.0)


async def _pairs(duet: Duet, policy: Policy, name: str) -> tuple[Samples, Samples]:
    """First token and tokens/s with the planner at work, each beside the same with the planner idle."""
    first = Samples(measure=f"first token, {name}", unit="ms")
    speed = Samples(measure=f"tokens/s, {name}", unit="tokens/s", larger_is_better=True)
    conditions: tuple[Policy | None, ...] = (None, policy)
    for index, topic in enumerate((TOPICS[-1], *TOPICS)):  # the first pays for everybody's caches
        got: dict[Policy | None, Answer] = {}
        for place, each in enumerate(conditions if index % 2 else conditions[::-1]):
            story = f"{policy} story {100 + 2 * index + place}"  # never twice the same, which would be in the cache
            got[each] = await answer(duet, f"For {story}: tell me a long story about {topic}.", each)
            if each == "share":  # so that the threads, which were too many beside the planner, are chosen anew
                await answer(duet, f"For {story} as well: tell me another long story about {topic}.")
        if index:
            first.add(got[policy].first_ms, got[None].first_ms)
            speed.add(got[policy].tokens_per_s, got[None].tokens_per_s)
    return first, speed


async def _native(worker: Worker) -> list[Row]:
    """Pausing and cancelling the planner in the middle of a long prefill."""
    client = LanguageClient(worker)
    long = await history(client, Message("system", "You are a helpful assistant."), worker.generation)
    return [await _cancels(worker, client, long), *await _pauses(worker, client, long)]


async def _cancels(worker: Worker, client: LanguageClient, long: tuple[Message, ...]) -> Row:
    """Each prefill goes on where the one before was cancelled, so that all of the prompt is cancelled somewhere."""
    ready = Samples(measure=f"cancel in a prefill of {HISTORY_TOKENS} tokens, ready again", unit="ms")
    generation = worker.generation
    for _ in range(CANCELS):
        prefill = asyncio.create_task(client.warm(long, generation))
        await _until_at_work(worker, prefill, 1.0)
        generation += 1
        began = time.perf_counter()
        worker.void_below(generation)
        await client.info(generation)
        ready.add((time.perf_counter() - began) * 1000)
        with suppress(Cancelled):
            await prefill
            break  # it was over before: the whole prompt has had its cancels
    return ready.row(Budget(limit=READY_MS, of="worst"))


async def _pauses(worker: Worker, client: LanguageClient, long: tuple[Message, ...]) -> list[Row]:
    """How soon a paused planner stands still, and how many tokens it does twice."""
    generation = worker.generation
    latency = Samples(measure="pause until the planner stands still", unit="ms")
    before = await client.stats(generation)
    fresh = (Message("system", "You are another assistant."), *long[1:])  # nothing of it is in the cache
    request = GenerateRequest(messages=fresh, sampling=Sampling(max_tokens=1))

    async def run() -> int:
        async with client.generate(request, generation) as stream:
            async for _ in stream:
                pass
            done = stream.result
            return done.prompt_tokens - done.cached_tokens

    prefill = asyncio.create_task(run())
    for _ in range(PAUSES):
        await _until_at_work(worker, prefill, 0.2)
        if prefill.done():
            break
        began = time.perf_counter()
        worker.pause()
        await until(lambda: not worker.at_work)
        latency.add((time.perf_counter() - began) * 1000)
        worker.resume()
    needed = await prefill
    after = await client.stats(generation)
    twice = after["evaluated_tokens"] - before["evaluated_tokens"] - needed
    batch = float(worker.spec.options["batch"])
    count = len(latency.values)
    again = single("tokens done again, per pause", twice / count, "tokens", count, None, Budget(limit=batch))
    return [latency.row(), again]


async def _until_at_work(worker: Worker, job: asyncio.Future[Any], seconds: float) -> None:
    """Return when the worker has been at its job for so long, or is done with it."""
    await until(lambda: worker.at_work or job.done())
    await asyncio.wait({job}, timeout=seconds)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells, such as what shared memory says."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_S)
