"""Scripted workers for virtual time: they satisfy `worker.api.Calls` and answer from a script, at stated instants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np

from app.engines.hearing.base import Partial, Segment, Transcript
from app.engines.language.base import Delta, Generated, GenerateRequest, LanguageInfo, Message
from app.engines.voice.base import SpeakRequest, SpeechChunk, Spoken
from app.errors import Cancelled, WorkerDied
from app.events import WorkerState


class ScriptedStream:
    """Yields what a coroutine generator yields until its generation is void."""

    def __init__(self, worker: ScriptedWorker, items: AsyncIterator[Any], generation: int) -> None:
        self._worker, self._items, self._generation = worker, items, generation
        self.result: Any = None

    def __aiter__(self) -> ScriptedStream:
        return self

    async def __anext__(self) -> Any:
        try:
            kind, value = await self._items.__anext__()
        finally:
            if self._generation < self._worker.generation:
                raise Cancelled
        if kind == "result":
            self.result = value
            raise StopAsyncIteration
        return value

    async def aclose(self) -> None:
        await self._items.aclose()  # type: ignore[attr-defined]

    async def __aenter__(self) -> ScriptedStream:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()


class ScriptedWorker:
    """A worker without a process. `paused` and `pauses` tell what the scheduler asked of it."""

    state: WorkerState = "ready"

    def __init__(self, name: str, model: str) -> None:
        self.name, self.model = name, model
        self.generation = 0
        self.pauses = 0
        self._running = asyncio.Event()
        self._running.set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    def void_below(self, generation: int) -> None:
        self.generation = generation

    def pause(self) -> None:
        self.pauses += 1
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    async def call(self, method: str, *args: Any, generation: int) -> Any:
        if generation < self.generation:
            raise Cancelled
        return await getattr(self, method)(*args)

    def stream(self, method: str, *args: Any, generation: int) -> ScriptedStream:
        return ScriptedStream(self, getattr(self, method)(*args), generation)

    async def work(self, seconds: float) -> None:
        """Spend time as a model does: none while paused."""
        await self._running.wait()
        await asyncio.sleep(seconds)
        await self._running.wait()


class ScriptedModel(ScriptedWorker):
    """Answers by `reply(question)`, a word every `word_s`. A word "!" is the death of the worker."""

    def __init__(self, name: str, model: str, reply: Callable[[str], str], word_s: float = 0.01) -> None:
        super().__init__(name, model)
        self.reply, self.word_s = reply, word_s
        self.context = 2000
        self.asked: list[tuple[Message, ...]] = []
        self.warmed: list[tuple[Message, ...]] = []

    async def info(self) -> LanguageInfo:
        return LanguageInfo(name=self.model, engine="script", source="", context=self.context)

    async def count_tokens(self, messages: tuple[Message, ...]) -> int:
        return sum(len(m.content.split()) + 3 for m in messages)

    async def warm(self, messages: tuple[Message, ...]) -> None:
        self.warmed.append(messages)

    async def generate(self, request: GenerateRequest) -> AsyncIterator[tuple[str, Any]]:
        self.asked.append(request.messages)
        words = self.reply(request.messages[-1].content).split(" ")
        for index, word in enumerate(words):
            await self.work(self.word_s)
            if word == "!":
                raise WorkerDied("The fast model's process was killed.")
            yield "item", Delta((" " if index else "") + word, index + 1)
        text = " ".join(words)
        yield (
            "result",
            Generated(
                text=text,
                thinking="",
                finish="stop",
                prompt_tokens=10,
                cached_tokens=5,
                tokens=len(words),
                first_token_ms=self.word_s * 1000,
                elapsed_ms=len(words) * self.word_s * 1000,
                tokens_per_s=1 / self.word_s,
            ),
        )


class ScriptedVoice(ScriptedWorker):
    """Speaks a tenth of a second for every word, at 16 kHz, after `first_s` of work a clause."""

    def __init__(self, first_s: float = 0.005) -> None:
        super().__init__("voice", "tone")
        self.first_s = first_s

    async def speak(self, request: SpeakRequest) -> AsyncIterator[tuple[str, Any]]:
        await self.work(self.first_s)
        samples = np.full(1600 * len(request.text.split()), 0.1, np.float32)
        yield "item", SpeechChunk(request.text, samples, 16_000)
        seconds = len(samples) / 16_000
        yield "result", Spoken(voice="tone", audio_s=seconds, sample_rate=16_000, first_chunk_ms=5.0, elapsed_ms=5.0)


class ScriptedEars(ScriptedWorker):
    """Hears `texts`, one for each stretch of sound; half a second of silence parts two stretches, less does not.

    What is said is known `late_s` of sound after the stretch began. Attribute `fed` counts samples.
    """

    def __init__(self, texts: list[str], *, gap_s: float = 0.25, late_s: float = 0.2) -> None:
        super().__init__("hearing", "script")
        self.texts = texts
        self.gap_s, self.late_s = gap_s, late_s
        self.fed = 0
        self._said: list[str] = []
        self._quiet_s = self._loud_s = 0.0

    async def begin(self, language: str | None) -> None:
        self._said = []
        self._quiet_s, self._loud_s = self.gap_s, self.late_s

    async def feed(self, samples: np.ndarray) -> Partial | None:
        self.fed += len(samples)
        before = len(self._said)
        for start in range(0, len(samples), 160):
            loud = float(np.abs(samples[start : start + 160]).max()) > 0.01
            if loud and self._quiet_s >= self.gap_s:
                self._loud_s = 0.0
            self._quiet_s = 0.0 if loud else self._quiet_s + 0.01
            known = self._loud_s >= self.late_s
            self._loud_s += 0.01
            if not known and self._loud_s >= self.late_s:
                self._said.append(self.texts.pop(0) if self.texts else "")
        return Partial(self._text, self._text) if len(self._said) > before else None

    async def peek(self) -> Transcript:
        seconds = self.fed / 16_000
        return Transcript(
            text=self._text,
            segments=(Segment(0.0, seconds, self._text, 0.9),) if self._text else (),
            engine="script",
            model="script",
            language="en",
            audio_s=seconds,
            elapsed_s=0.0,
        )

    async def finish(self) -> Transcript:
        return await self.peek()

    @property
    def _text(self) -> str:
        return " ".join(text for text in self._said if text)
