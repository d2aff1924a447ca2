"""The benches `engine` and `prefix`: what the way through Duet costs, and what a long history costs.

Both run the starter model in real workers. `engine` puts every request to our engine and to llama-cpp-python itself in
turn, with the same prompt state, and compares pair by pair; `prefix` does so with and without 4,000 tokens of history.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from app.bench.rows import Bench, Budget, Row, Samples
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import language_profile
from app.settings import Settings

PAIRS = 12
HISTORY_TOKENS = 4000
TOPICS = (
    "rivers",
    "bread",
    "the moon",
    "bicycles",
    "bees",
    "winter",
    "music",
    "ships",
    "trees",
    "glass",
    "salt",
    "maps",
)


async def engine(settings: Settings) -> Bench:
    """First token and tokens/s through Duet against the library itself. Budgets: <= 1.05x and >= 0.97x."""
    profile = language_profile(
        settings.model_copy(update={"models": type(settings.models)(), "roles": type(settings.roles)()}), "fast"
    )
    threads = profile.spec.options["threads"] or 0
    ours = LanguageClient(worker := Worker(profile.spec, EventBus()))
    await worker.start()
    info = await ours.info(0)
    options = {
        "path": profile.spec.options["path"],
        "context": profile.spec.options["context"],
        "threads": info.threads or threads,
    }
    plain = Worker(
        replace(profile.spec, name="plain", engine="app.engines.language.plain:PlainLlama", options=options, safe=None),
        EventBus(),
    )
    await plain.start()
    first = Samples(measure="first token", unit="ms")
    speed = Samples(measure="tokens/s", unit="tokens/s", larger_is_better=True)
    sampling = Sampling(temperature=0.0, max_tokens=96)
    try:
        for index in range(-1, PAIRS):
            messages = _story(TOPICS[index % len(TOPICS)], index)
            pair = [_ours(ours, messages, sampling), _plain(plain, messages, sampling)]
            if index % 2:  # who goes first changes, so that neither always finds the caches cold
                second, mine = await pair[1], await pair[0]
            else:
                mine, second = await pair[0], await pair[1]
            if index >= 0:
                first.add(mine[0], second[0])
                speed.add(mine[1], second[1])
    finally:
        await asyncio.gather(worker.stop(), plain.stop())
    rows = (first.row(Budget(limit=1.05)), speed.row(Budget(limit=0.97, kind="at_least")))
    return Bench(name="engine", rows=rows, notes=(f"{profile.spec.model}, {options['threads']} threads",))


def _story(topic: str, index: int) -> tuple[Message, ...]:
    return (
        Message("system", "You are a helpful assistant."),
        Message("user", f"Story number {index}. Tell me a long story about {topic}, with many details."),
    )


async def _ours(client: LanguageClient, messages: tuple[Message, ...], sampling: Sampling) -> tuple[float, float]:
    """(ms to the first token, tokens/s) as the main process sees them."""
    began = time.perf_counter()
    first = last = 0.0
    first_tokens = tokens = 0
    async with client.generate(GenerateRequest(messages=messages, sampling=sampling), 0) as stream:
        async for delta in stream:
            last = time.perf_counter()
            tokens = delta.tokens
            if not first:
                first, first_tokens = last, tokens
    return (first - began) * 1000, (tokens - first_tokens) / (last - first) if tokens > first_tokens else 0.0


async def _plain(worker: Worker, messages: tuple[Message, ...], sampling: Sampling) -> tuple[float, float]:
    timed = await worker.call("generate", messages, sampling, generation=0)
    return timed.first_token_ms, timed.tokens_per_s


async def prefix(settings: Settings) -> Bench:
    """First token of the next question after 4,000 tokens of history against none. Budget: <= 1.3x."""
    models = type(settings.models)(fast_context=HISTORY_TOKENS + 1024)
    profile = language_profile(settings.model_copy(update={"models": models, "roles": type(settings.roles)()}), "fast")
    short = LanguageClient(short_worker := Worker(replace(profile.spec, name="short"), EventBus()))
    long = LanguageClient(long_worker := Worker(replace(profile.spec, name="long"), EventBus()))
    system = Message("system", profile.recipe.system)
    samples = Samples(measure=f"first token after {HISTORY_TOKENS} tokens of history", unit="ms")
    cached = Samples(measure="share of the prompt found in the cache", unit="%", larger_is_better=True)
    sampling = Sampling(max_tokens=8)
    try:
        await asyncio.gather(short_worker.start(), long_worker.start())
        past = await history(long, system)
        for index in range(-1, PAIRS):
            question = Message("user", f"Question {index}: what is good about {TOPICS[index % len(TOPICS)]}?")
            await long.warm(past, 0)
            await short.warm((system,), 0)
            with_none = (await _ours(short, (system, question), sampling))[0]
            with_history, share = await _first_and_share(long, (*past, question), sampling)
            if index >= 0:
                samples.add(with_history, with_none)
                cached.add(share)
    finally:
        await asyncio.gather(short_worker.stop(), long_worker.stop())
    rows: tuple[Row, ...] = (samples.row(Budget(limit=1.3)), cached.row())
    return Bench(name="prefix", rows=rows, notes=(f"{profile.spec.model}, baseline: no history",))


async def history(client: LanguageClient, system: Message, generation: int = 0) -> tuple[Message, ...]:
    """A conversation of at least `HISTORY_TOKENS` tokens, beginning with `system`."""
    messages: list[Message] = [system]
    while await client.count_tokens(tuple(messages), generation) < HISTORY_TOKENS:
        turn = len(messages) // 2
        topic = TOPICS[turn % len(TOPICS)]
        messages.append(Message("user", f"Tell me fact number {turn} about {topic}."))
        messages.append(
            Message("assistant", f"Fact {turn}: people have known {topic} for a very long time, in many places.")
        )
    return tuple(messages)


async def _first_and_share(
    client: LanguageClient, messages: tuple[Message, ...], sampling: Sampling
) -> tuple[float, float]:
    began = time.perf_counter()
    first = 0.0
    async with client.generate(GenerateRequest(messages=messages, sampling=sampling), 0) as stream:
        async for _ in stream:
            first = first or time.perf_counter()
        result = stream.result
    return (first - began) * 1000, 100 * result.cached_tokens / result.prompt_tokens
