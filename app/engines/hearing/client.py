"""The main process's side of a hearing engine: typed calls over a worker."""

from __future__ import annotations

from app.engines.hearing.base import HearingInfo, Partial, Samples, Transcript
from app.engines.worker.api import Calls


class HearingClient:
    """A hearing engine in a worker. See `HearingEngine` for what each call means and raises."""

    def __init__(self, worker: Calls) -> None:
        self.worker = worker

    async def info(self, generation: int) -> HearingInfo:
        info: HearingInfo = await self.worker.call("info", generation=generation)
        return info

    async def transcribe(self, samples: Samples, language: str | None, generation: int) -> Transcript:
        transcript: Transcript = await self.worker.call("transcribe", samples, language, generation=generation)
        return transcript

    async def begin(self, language: str | None, generation: int) -> None:
        await self.worker.call("begin", language, generation=generation)

    async def feed(self, samples: Samples, generation: int) -> Partial | None:
        partial: Partial | None = await self.worker.call("feed", samples, generation=generation)
        return partial

    async def peek(self, generation: int) -> Transcript:
        transcript: Transcript = await self.worker.call("peek", generation=generation)
        return transcript

    async def finish(self, generation: int) -> Transcript:
        transcript: Transcript = await self.worker.call("finish", generation=generation)
        return transcript
