"""Speaks an answer while it is still being written, and knows what of it was heard.

Text comes in as the model writes it, is cut into clauses, and each clause is synthesised and handed to the speaker. The
first clause is short, so that it sounds soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.assistant.compute import Cores
from app.audio.base import Speaker
from app.engines.voice.base import SpeakRequest, SpeechChunk
from app.engines.voice.clauses import ClauseStream
from app.engines.voice.client import VoiceClient
from app.errors import Cancelled, DuetError
from app.events import AudioReady, Event, PlaybackProgress, PlaybackStarted, SentenceReady, Warning

PROGRESS_S = 0.25
"""Between two `PlaybackProgress` events."""

ROUNDING_S = 1e-3
"""A clause of which less than this is left has sounded."""


@dataclass(frozen=True, slots=True)
class _Span:
    """`text` sounds from `start_s` to `end_s` of all that was given to the speaker for this turn."""

    text: str
    start_s: float
    end_s: float
    of_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to speak: see `SpeakRequest`."""

    voice: str | None = None
    rate: float = 1.0
    volume: float = 1.0


class SpokenAnswer:
    """The voice of one turn. `say` and `finish` feed it; `run` does the work and ends when all has sounded.

    Events go to `emit` (which adds turn and time). Where the voice fails, one `Warning` says so and the turn goes on
    in silence: an answer that can be read is still an answer.
    """

    def __init__(
        self,
        voice: VoiceClient,
        speaker: Speaker,
        cores: Cores,
        generation: int,
        manner: Manner,
        emit: Callable[..., None],
        source_position: Callable[[], float | None],
    ) -> None:
        self._voice = voice
        self._speaker = speaker
        self._cores = cores
        self._generation = generation
        self._manner = manner
        self._emit_event = emit
        self._source_position = source_position
        self._clauses = ClauseStream()
        self._queue: asyncio.Queue[tuple[str, bool] | None] = asyncio.Queue()
        self._spans: list[_Span] = []
        self._given_s = 0.0
        self._index = 0
        self._stopped_at_s: float | None = None

    def say(self, text: str) -> None:
        """More of the answer."""
        for clause in self._clauses.feed(text):
            self._enqueue(clause, of_answer=True)

    def end_answer(self) -> None:
        """The answer is complete; what is left of it is spoken too."""
        for clause in self._clauses.finish():
            self._enqueue(clause, of_answer=True)

    def add(self, text: str) -> None:
        """Something after the answer that is no part of it: a correction."""
        after = ClauseStream()
        for clause in (*after.feed(text), *after.finish()):
            self._enqueue(clause, of_answer=False)

    def finish(self) -> None:
        """Nothing more will be said."""
        self.end_answer()
        self._queue.put_nowait(None)

    def _enqueue(self, clause: str, of_answer: bool) -> None:
        self._emit(SentenceReady, text=clause.strip(), index=self._index)
        self._index += 1
        self._queue.put_nowait((clause, of_answer))

    async def run(self) -> None:
        """Synthesise and play until `finish`, then wait until the last sample has sounded."""
        progress = asyncio.create_task(self._report_progress())
        try:
            index = 0
            while (queued := await self._queue.get()) is not None:
                await self._speak(*queued, index)
                index += 1
            await self._speaker.drain()
            self._emit(PlaybackProgress, played_s=round(self._played_s(), 3), heard=self.heard())
        finally:
            progress.cancel()

    async def _speak(self, clause: str, of_answer: bool, index: int) -> None:
        request = SpeakRequest(
            text=clause.strip(), voice=self._manner.voice, rate=self._manner.rate, volume=self._manner.volume
        )
        audio_s = 0.0
        try:
            with self._cores.claim("voice"):
                async with self._voice.speak(request, self._generation) as stream:
                    async for chunk in stream:
                        if self._stopped_at_s is not None:
                            return
                        audio_s += self._play(chunk, of_answer)
                    spoken = stream.result
            self._emit(AudioReady, index=index, audio_s=round(audio_s, 3), voice=spoken.voice)
        except Cancelled:
            raise
        except DuetError as error:
            self._emit(Warning, text=f"This answer could not be spoken: {error}")

    def _play(self, chunk: SpeechChunk, of_answer: bool) -> float:
        first, seconds = not self._spans, len(chunk.samples) / chunk.sample_rate
        self._spans.append(_Span(chunk.text.strip(), self._given_s, self._given_s + seconds, of_answer))
        self._given_s += seconds
        self._speaker.play(chunk.samples, chunk.sample_rate)
        if first:
            self._emit(PlaybackStarted, at_s=self._source_position())
        return seconds

    def _played_s(self) -> float:
        return max(0.0, self._given_s - self._speaker.pending_s)

    def heard(self, answer_only: bool = False) -> str:
        """The words that have sounded; within a clause, by the share of its samples that were played."""
        played = self._played_s() if self._stopped_at_s is None else self._stopped_at_s
        parts: list[str] = []
        for span in self._spans:
            if answer_only and not span.of_answer:
                continue
            if span.end_s <= played + ROUNDING_S:
                parts.append(span.text)
            elif span.start_s < played:
                words = span.text.split()
                share = (played - span.start_s) / (span.end_s - span.start_s)
                parts.append(" ".join(words[: int(len(words) * share + ROUNDING_S)]))
        return " ".join(part for part in parts if part)

    @property
    def sounding(self) -> bool:
        """Whether something of this answer is being played or waits to be."""
        return self._stopped_at_s is None and self._speaker.pending_s > 0

    def stop(self) -> None:
        """Silence at once; `heard` stays what was heard until now."""
        if self._stopped_at_s is None:
            self._stopped_at_s = self._played_s()
            self._speaker.stop()

    async def _report_progress(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_S)
            if self.sounding:
                self._emit(PlaybackProgress, played_s=round(self._played_s(), 3), heard=self.heard())

    def _emit(self, kind: type[Event], **values: object) -> None:
        self._emit_event(kind, **values)
