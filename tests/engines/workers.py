"""Workers over the faulty engine, and a way to wait for things, for the tests of the worker host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest_asyncio

from app.engines.worker.host import Worker
from app.engines.worker.spec import WorkerSpec
from app.events import Event, EventBus

FAULTY = "tests.engines.faulty:Faulty"
PATIENCE_S = 60.0
"""A bound for what takes moments on an idle machine, wide enough for one that is overloaded."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition; a test that waits too long fails."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited too long"
        await asyncio.sleep(0.01)


def spec(
    *,
    name: str = "test",
    engine: str = FAULTY,
    model: str = "faulty",
    init_timeout_s: float = PATIENCE_S,
    progress_deadline_s: float = PATIENCE_S,
    memory_limit_mb: float | None = None,
    safe: WorkerSpec | None = None,
    environment: dict[str, str] | None = None,
    **options: Any,
) -> WorkerSpec:
    return WorkerSpec(
        name=name,
        group="duet.test",
        engine=engine,
        options=options,
        model=model,
        environment=environment or {},
        init_timeout_s=init_timeout_s,
        progress_deadline_s=progress_deadline_s,
        memory_limit_mb=memory_limit_mb,
        safe=safe,
    )


class Made(Protocol):
    """Makes a worker and the list that its events go to; the fixture stops it."""

    def __call__(self, *, logs: Path | None = None, **options: Any) -> tuple[Worker, list[Event]]: ...


@pytest_asyncio.fixture(name="make")
async def make_fixture() -> AsyncIterator[Made]:
    workers: list[Worker] = []

    def made(*, logs: Path | None = None, **options: Any) -> tuple[Worker, list[Event]]:
        events: list[Event] = []
        bus = EventBus()
        bus.subscribe(events.append)
        workers.append(Worker(spec(**options), bus, logs=logs))
        return workers[-1], events

    yield made
    await asyncio.gather(*(worker.stop() for worker in workers))
