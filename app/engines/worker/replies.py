"""What the caller of a worker holds while a request is under way. Belongs to the event loop; knows no processes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Protocol

from app.engines.worker.messages import WINDOW
from app.errors import Cancelled


class Office(Protocol):
    """Who takes requests (the worker)."""

    @property
    def generation(self) -> int: ...

    def submit(self, request: Request) -> None: ...

    def withdraw(self, request: Request) -> None:
        """The caller went away: stop the work. Harmless for a request that is over."""

    def grant(self, request: Request, items: int) -> None:
        """The caller has taken `items` more."""


class Request:
    """One request and what has come back of it so far.

    id: 0 until it is submitted. sent: whether the child has it. timer: bounds the wait of a request that is not sent.
    """

    def __init__(self, generation: int, method: str, args: bytes, items: bool) -> None:
        self.id = 0
        self.generation = generation
        self.method = method
        self.args = args
        self.wants_items = items
        self.sent = False
        self.timer: asyncio.TimerHandle | None = None
        self.items: deque[Any] = deque()
        self.over = False
        self.value: Any = None
        self.error: Exception | None = None
        self._changed = asyncio.Event()

    def add(self, item: Any) -> None:
        self.items.append(item)
        self._changed.set()

    def finish(self, value: Any = None, error: Exception | None = None) -> None:
        """The end, once. What is void loses the items that nobody has taken."""
        if self.over:
            return
        self.over, self.value, self.error = True, value, error
        if isinstance(error, Cancelled):
            self.items.clear()
        if self.timer is not None:
            self.timer.cancel()
        self.args = b""
        self._changed.set()

    async def change(self) -> None:
        """Return after the next `add` or `finish`, or at once if one was not waited for."""
        await self._changed.wait()
        self._changed.clear()


async def answer(office: Office, request: Request) -> Any:
    """Submit and wait for the result. Cancelling the awaiting task cancels the work."""
    office.submit(request)
    try:
        while not request.over:
            await request.change()
    finally:
        office.withdraw(request)
    if request.generation < office.generation:
        raise Cancelled
    if request.error is not None:
        raise request.error
    return request.value


class WorkerStream:
    """A streaming reply (`app.engines.worker.api.Stream`). The request is made when the iteration begins."""

    def __init__(self, office: Office, request: Request) -> None:
        self._office = office
        self._request = request
        self._loop: asyncio.AbstractEventLoop | None = None
        self._taken = 0
        self._ended = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        request = self._request
        if self._ended:
            raise StopAsyncIteration
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._office.submit(request)
        while True:
            # Judged after each wait, for a generation may have been raised since the item came.
            if request.generation < self._office.generation:
                self._close()
                raise Cancelled
            if request.items:
                return self._take()
            if request.over:
                self._ended = True
                if request.error is not None:
                    raise request.error
                raise StopAsyncIteration
            try:
                await request.change()
            except asyncio.CancelledError:
                self._close()
                raise

    def _take(self) -> Any:
        self._taken += 1
        if self._taken % (WINDOW // 2) == 0:
            self._office.grant(self._request, WINDOW // 2)
        return self._request.items.popleft()

    def _close(self) -> None:
        self._ended = True
        self._office.withdraw(self._request)

    async def aclose(self) -> None:
        """Give up what has not been taken, and stop the work in the worker."""
        self._close()

    async def __aenter__(self) -> WorkerStream:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._close()

    def __del__(self) -> None:
        # `async for ...: break` drops the stream without a word; the work must not go on for nobody.
        if self._loop is not None and not self._request.over and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._office.withdraw, self._request)

    @property
    def result(self) -> Any:
        """What the engine returned; `RuntimeError` before the iteration has ended."""
        request = self._request
        if not (self._ended and request.over) or request.error is not None:
            raise RuntimeError("the stream has not ended")
        return request.value
