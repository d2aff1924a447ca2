"""Whether the planner may go on while Duet answers, on this machine: decided by measurement, and said why.

Two models at once are a disaster on two cores and harmless beside a GPU. So the fast model is timed with and without
the planner at work; only where the answer stays within the budgets may they share. The figures are kept
with the models, the threads, the layers on the GPU and the machine that they belong to. Nothing here pauses anybody:
that is `compute`, which is given the policy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from app.assistant.compute import Policy
from app.assistant.parts import Track
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.spec import WorkerSpec
from app.errors import Cancelled, EngineUnavailable
from app.machine import machine_name
from app.settings import Settings
from app.store import Store

MOST_FIRST_TOKEN, LEAST_SPEED = 1.15, 0.90
"""The budgets of DESIGN section 8: busy / idle, of the first token and of the tokens/s."""

FIRST_TOKEN, SPEED = "compute.first_token_ratio", "compute.tokens_per_s_ratio"
"""Names of the two measurements."""

PAIRS = 3
"""Answers without and with the planner at work. Sharing either costs next to nothing or several times as much."""

ANSWER, THOUGHT = Sampling(max_tokens=32), Sampling(max_tokens=300)

Generation = Callable[[], int]
"""The generation that requests belong to at this moment."""


@dataclass(frozen=True, slots=True)
class Interference:
    """What the planner's work costs the answer, as ratios busy / idle of the first token and of the tokens/s."""

    first_token: float
    speed: float

    @property
    def within_budget(self) -> bool:
        return self.first_token <= MOST_FIRST_TOKEN and self.speed >= LEAST_SPEED

    def __str__(self) -> str:
        return (
            f"with the planner at work the first token takes {self.first_token:.2f} times as long "
            f"and the answer comes at {self.speed:.2f} times the speed"
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy and why, as part of a sentence. open: whether a measurement on this machine could change it."""

    policy: Policy
    why: str
    open: bool = False


def decide(settings: Settings, store: Store, fast: WorkerSpec, planner: WorkerSpec | None) -> Decision:
    """The policy for these two workers."""
    wanted = settings.compute.policy
    if wanted != "auto":
        return Decision(wanted, f"compute.policy is {wanted}")
    if planner is None:
        return Decision("yield", "there is no planner")
    if planner.engine == "remote":
        return Decision("share", "the planner runs on a server and takes none of the cores here")
    if fast.engine == "remote":
        return Decision("yield", "only the planner runs here, and hearing and voice come first")
    found = remembered(store, setup(settings, fast, planner))
    if found is None:
        return Decision("yield", "not measured on this machine yet", open=True)
    return Decision("share" if found.within_budget else "yield", f"measured here: {found}")


def setup(settings: Settings, fast: WorkerSpec, planner: WorkerSpec) -> str:
    """What a measurement belongs to, on one line: when any of it changes, it is measured anew."""
    compute = settings.compute
    threads = f"{compute.threads} threads" if compute.threads else "threads as chosen"
    return f"{fast.model} beside {planner.model}, {threads}, {compute.gpu_layers} layers on the GPU, {machine_name()}"


def remember(store: Store, setup: str, found: Interference) -> None:
    """Keep the figures. Raises `StoreError`."""
    store.measure(FIRST_TOKEN, found.first_token, "x", setup)
    store.measure(SPEED, found.speed, "x", setup)


def remembered(store: Store, setup: str) -> Interference | None:
    """The newest figures of that setup, None where there are none."""
    first, speed = (store.measurements(name, setup, limit=1) for name in (FIRST_TOKEN, SPEED))
    return Interference(first[0], speed[0]) if first and speed else None


async def measure(fast: Track, planner: Track, generation: Generation) -> Interference:
    """Time the fast model's answers with and without the planner at work, in turn; some seconds.

    Neither may be paused meanwhile. The fast model's cache loses the history, not the standing prompt. Raises what the
    workers raise, and `Cancelled` when the generation was raised.
    """
    await asyncio.gather(fast.client.worker.start(), planner.client.worker.start())
    await _answer(fast, generation)
    first, speed = [], []
    for _ in range(PAIRS):
        idle = await _answer(fast, generation)
        async with thinking(planner.client, generation):
            busy = await _answer(fast, generation)
        first.append(busy[0] / idle[0])
        speed.append(busy[1] / idle[1])
    return Interference(median(first), median(speed))


async def _answer(fast: Track, generation: Generation) -> tuple[float, float]:
    """Seconds to the first token, and tokens/s."""
    clock = asyncio.get_running_loop().time
    messages = (*fast.context.standing(), Message("user", "Tell me a long story about the sea."))
    began, first = clock(), 0.0
    async with fast.client.generate(GenerateRequest(messages=messages, sampling=ANSWER), generation()) as stream:
        async for _ in stream:
            first = first or clock() - began
        speed = stream.result.tokens_per_s
    if not first or not speed:
        raise EngineUnavailable("The fast model's answer is too short to be timed.")
    return first, speed


@asynccontextmanager
async def thinking(planner: LanguageClient, generation: Generation) -> AsyncIterator[asyncio.Event]:
    """The planner at work for the duration of the block: a long prompt, a long text, and again.

    The event is set with each piece of text. Raises what the worker raises before its first piece.
    """
    written = asyncio.Event()
    work = asyncio.create_task(_think(planner, generation, written))
    first = asyncio.create_task(written.wait())
    try:
        await asyncio.wait({work, first}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        yield written
    finally:
        work.cancel()
        first.cancel()
        await asyncio.gather(work, first, return_exceptions=True)


async def _think(planner: LanguageClient, generation: Generation, written: asyncio.Event) -> None:
    number = 0
    while True:
        number += 1
        story = f"Story number {number}. " + "Once upon a time there was a ship that sailed the seven seas. " * 12
        request = GenerateRequest(messages=(Message("user", f"{story} Tell me what happened next."),), sampling=THOUGHT)
        try:
            async with planner.generate(request, generation()) as stream:
                async for _ in stream:
                    written.set()
        except Cancelled:  # a newer turn made it void; there is more to think about
            await asyncio.sleep(0)
