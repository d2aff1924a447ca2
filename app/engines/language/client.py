"""The main process's side of a language engine: typed calls over a worker."""

from __future__ import annotations

from app.engines.language.base import Delta, Generated, GenerateRequest, LanguageInfo, Message, Warmed
from app.engines.worker.api import Calls, Stream


class LanguageClient:
    """A language model in a worker. See `LanguageEngine` for what each call means and raises."""

    def __init__(self, worker: Calls) -> None:
        self.worker = worker

    async def info(self, generation: int) -> LanguageInfo:
        info: LanguageInfo = await self.worker.call("info", generation=generation)
        return info

    def generate(self, request: GenerateRequest, generation: int) -> Stream[Delta, Generated]:
        return self.worker.stream("generate", request, generation=generation)

    async def warm(self, messages: tuple[Message, ...], generation: int) -> Warmed:
        warmed: Warmed = await self.worker.call("warm", messages, generation=generation)
        return warmed

    async def tokenize(self, text: str, generation: int) -> list[int]:
        tokens: list[int] = await self.worker.call("tokenize", text, generation=generation)
        return tokens

    async def count_tokens(self, messages: tuple[Message, ...], generation: int) -> int:
        count: int = await self.worker.call("count_tokens", messages, generation=generation)
        return count

    async def embed(self, texts: tuple[str, ...], generation: int) -> list[list[float]]:
        vectors: list[list[float]] = await self.worker.call("embed", texts, generation=generation)
        return vectors

    async def stats(self, generation: int) -> dict[str, float]:
        stats: dict[str, float] = await self.worker.call("stats", generation=generation)
        return stats
