"""What the rest of Duet sees of a worker: typed calls and streams that a generation can make void.

`app.engines.worker.host.Worker` is the implementation over a process. Scripted workers in virtual-time tests satisfy
the same protocols. All methods belong to one asyncio loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Protocol, TypeVar

from app.events import WorkerState

Item = TypeVar("Item", covariant=True)
Result = TypeVar("Result", covariant=True)


class Stream(Protocol[Item, Result]):
    """A streaming reply: iterate over it, then read `result`.

    Iteration raises what the engine raised (`BadInput`, ...), `WorkerDied` when the worker did not survive, and
    `Cancelled` once its generation is void: no item of a void generation is ever yielded. Closing it early
    (`aclose`, or leaving an `async with`) cancels the work in the worker.
    """

    def __aiter__(self) -> AsyncIterator[Item]: ...

    async def aclose(self) -> None: ...

    async def __aenter__(self) -> Stream[Item, Result]: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def result(self) -> Result:
        """What the engine returned; `RuntimeError` before the iteration has ended."""


class Calls(Protocol):
    """The calling side of a worker.

    `generation` of a call must not be below the worker's own, or it is void at once. A call to a worker that was never
    started starts it; a call while it loads waits until it is ready.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def state(self) -> WorkerState: ...

    async def start(self) -> None:
        """Spawn, and wait until ready. Raises `BadModel`, `EngineUnavailable` or `WorkerDied`. Idempotent."""

    async def call(self, method: str, *args: Any, generation: int) -> Any: ...

    def stream(self, method: str, *args: Any, generation: int) -> Stream[Any, Any]: ...

    def void_below(self, generation: int) -> None:
        """Make everything of an older generation void: running native code stops at its next graph node."""

    def pause(self) -> None:
        """Make the running job, and those that follow, stand still at the next graph node."""

    def resume(self) -> None: ...

    async def stop(self) -> None:
        """Shut down, politely first. Idempotent."""
