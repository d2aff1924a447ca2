"""Speaks an answer while it is still being written, and knows what of it was heard.

Text comes in as the model writes it, is cut into clauses, and each clause is synthesised and handed to the speaker. The
first clause is short, so that it sounds soon. The answer of a draft is synthesised as well, and kept until `open`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.assistant.compute import Cores
from app.assistant.turn import LiveTurn
from app.audio.base import Speaker
from app.engines.voice.base import SpeakRequest, SpeechChunk
from app.engines.voice.clauses import ClauseStream
from app.engines.voice.client import VoiceClient
from app.engines.voice.languages import AnswerLanguage
from app.errors import Cancelled, DuetError
from app.events import AudioReady, PlaybackProgress, PlaybackStarted, SentenceReady, Warning

PROGRESS_S = 0.25
"""Between two `PlaybackProgress` events."""

POLL_S = 0.005
"""How often the speaker is asked whether the first sample has sounded: the precision of the mark "playback"."""

ROUNDING_S = 1e-3
"""A clause of which less than this is left has sounded."""

AUDIBLE = 1e-3
"""Samples below this (-60 dBFS) are silence."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A chunk that sounds from `start_s` on, of all that was given to the speaker for this turn."""

    chunk: SpeechChunk
    start_s: float
    of_answer: bool

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.chunk.samples) / self.chunk.sample_rate

    def heard(self, played_s: float) -> str:
        """Its words that have sounded after `played_s`."""
        if self.end_s <= played_s + ROUNDING_S:
            return self.chunk.text.strip()
        if self.start_s >= played_s:
            return ""
        if self.chunk.words:
            return " ".join(
                word.text for word in self.chunk.words if self.start_s + word.end_s <= played_s + ROUNDING_S
            )
        words = self.chunk.text.split()
        share = (played_s - self.start_s) / (self.end_s - self.start_s)
        return " ".join(words[: int(len(words) * share + ROUNDING_S)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to speak: see `SpeakRequest`. languages: those that have a voice, for answers in one of them."""

    voice: str | None = None
    rate: float = 1.0
    volume: float = 1.0
    languages: tuple[str, ...] = ()


class SpokenAnswer:
    """The voice of one turn. `say` and `finish` feed it; `run` does the work and ends when all has sounded.

    Nothing sounds before `open`. Where the voice fails, one `Warning` says so and the turn goes on in silence: an
    answer that can be read is still an answer.
    """

    def __init__(
        self,
        turn: LiveTurn,
        voice: VoiceClient,
        speaker: Speaker,
        cores: Cores,
        manner: Manner,
        source_position: Callable[[], float | None],
    ) -> None:
        self._turn = turn
        self._voice = voice
        self._speaker = speaker
        self._cores = cores
        self._manner = manner
        self._source_position = source_position
        self._clauses = ClauseStream()
        self._language = AnswerLanguage(manner.languages)
        self._queue: asyncio.Queue[tuple[str, bool] | None] = asyncio.Queue()
        self._kept: list[tuple[SpeechChunk, bool]] | None = []
        self._spans: list[_Span] = []
        self._silent_s = 0.0  # before the first audible sample
        self._given_s = 0.0
        self._index = 0
        self._unspoken = 0  # clauses that are not synthesised yet
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
        self._turn.mark("first_clause")
        self._turn.tell(SentenceReady, text=clause.strip(), index=self._index)
        self._index += 1
        self._unspoken += 1
        self._queue.put_nowait((clause, of_answer))

    def open(self) -> None:
        """The turn is certain: what is ready sounds now, and the rest as it comes."""
        kept, self._kept = self._kept, None
        for chunk, of_answer in kept or ():
            self._play(chunk, of_answer)

    async def run(self) -> None:
        """Synthesise and play until `finish`, then wait until the last sample has sounded."""
        progress = asyncio.create_task(self._report())
        try:
            index = 0
            while (queued := await self._queue.get()) is not None:
                await self._speak(*queued, index)
                index += 1
                self._unspoken -= 1
            await self._speaker.drain()
            if self._given_s:
                self._turn.tell(PlaybackProgress, played_s=round(self._played_s(), 3), heard=self.heard())
        finally:
            progress.cancel()

    async def _speak(self, clause: str, of_answer: bool, index: int) -> None:
        request = SpeakRequest(
            text=clause.strip(),
            voice=self._manner.voice,
            rate=self._manner.rate,
            volume=self._manner.volume,
            language=self._language.add(clause),
        )
        audio_s = 0.0
        try:
            with self._cores.claim("voice"):
                async with self._voice.speak(request, self._turn.generation) as stream:
                    async for chunk in stream:
                        if self._stopped_at_s is not None:
                            return
                        audio_s += len(chunk.samples) / chunk.sample_rate
                        self._give(chunk, of_answer)
                    spoken = stream.result
            self._turn.tell(AudioReady, index=index, audio_s=round(audio_s, 3), voice=spoken.voice)
        except Cancelled:
            raise
        except DuetError as error:
            self._turn.tell(Warning, text=f"This answer could not be spoken: {error}")

    def _give(self, chunk: SpeechChunk, of_answer: bool) -> None:
        self._turn.mark("first_audio")
        if self._kept is None:
            self._play(chunk, of_answer)
        else:
            self._kept.append((chunk, of_answer))

    def _play(self, chunk: SpeechChunk, of_answer: bool) -> None:
        if not self._given_s:
            audible = np.flatnonzero(np.abs(chunk.samples) > AUDIBLE)
            self._silent_s = (int(audible[0]) if len(audible) else 0) / chunk.sample_rate
        self._spans.append(_Span(chunk, self._given_s, of_answer))
        self._given_s = self._spans[-1].end_s
        if len(chunk.samples):  # code is shown and not read: it counts as heard with what came before it
            self._speaker.play(chunk.samples, chunk.sample_rate)

    def _played_s(self) -> float:
        return max(0.0, self._given_s - self._speaker.pending_s)

    def heard(self, answer_only: bool = False) -> str:
        """The words that have sounded; within a clause, by the share of its samples that were played."""
        played = self._played_s() if self._stopped_at_s is None else self._stopped_at_s
        parts = [span.heard(played) for span in self._spans if span.of_answer or not answer_only]
        return " ".join(part for part in parts if part)

    @property
    def sounding(self) -> bool:
        """Whether something of this answer is being played, is held, or is being made ready."""
        if self._stopped_at_s is not None:
            return False
        return self._unspoken > 0 or (bool(self._spans) and self._speaker.pending_s > 0)

    def stop(self) -> None:
        """Silence at once; `heard` stays what was heard until now."""
        if self._stopped_at_s is None:
            self._stopped_at_s = self._played_s()
            self._speaker.stop()  # it may be held before anything of this answer was given to it

    async def _report(self) -> None:
        """Tell when the first audible sample sounds, to a few milliseconds, and then how it goes on."""
        while not self._given_s or self._played_s() <= self._silent_s:  # noqa: ASYNC110 - speakers give no events
            await asyncio.sleep(POLL_S)
        late = self._played_s() - self._silent_s
        at = self._turn.clock() - late
        position = self._source_position()
        self._turn.mark("playback", at)
        self._turn.tell(PlaybackStarted, at=at, at_s=None if position is None else position - late)
        while True:
            await asyncio.sleep(PROGRESS_S)
            if self.sounding:
                self._turn.tell(PlaybackProgress, played_s=round(self._played_s(), 3), heard=self.heard())
