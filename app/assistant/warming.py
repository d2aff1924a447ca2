"""Prefilling the fast model's cache when nobody waits for anything: a lower job on the worker that is never paused.

A paused fast worker would keep the next question waiting. So a warm-up that must stand still gives its request up,
which ends in native code within a graph node, and makes it anew when it may go on: what was prefilled is in the cache,
and at most the batch that was under way is done again.
"""

from __future__ import annotations

import asyncio

from app.engines.language.base import Message
from app.engines.language.client import LanguageClient


class WarmUp:
    """One prefill (`app.assistant.compute.Pausable`). `run` it once, inside `Cores.lower`."""

    def __init__(self, client: LanguageClient, messages: tuple[Message, ...], generation: int) -> None:
        self._client = client
        self._messages = messages
        self._generation = generation
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._request: asyncio.Task[object] | None = None

    def pause(self) -> None:
        self._may_run.clear()
        if self._request is not None:
            self._request.cancel()

    def resume(self) -> None:
        self._may_run.set()

    async def run(self) -> None:
        """Return once everything is in the cache. Raises what the worker raises, `Cancelled` when it became void."""
        while True:
            await self._may_run.wait()
            request = self._request = asyncio.create_task(self._client.warm(self._messages, self._generation))
            try:
                await asyncio.wait({request})
            finally:
                request.cancel()
            if not request.cancelled():
                request.result()
                return
