"""The hands-free loop: from hops of a microphone to committed turns.

The front end says when speech begins and when the turn is over (a fixed silence); the hearing engine is fed while the
user speaks, so that little is left to do at the end. Each utterance is one task; listening goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from app.assistant.assistant import Assistant
from app.assistant.turn import LiveTurn, new_id
from app.audio.base import HOP, SAMPLE_RATE, Microphone, Samples
from app.audio.frontend import Finding, FrontEnd, Speech, SpeechEnd, SpeechStart
from app.engines.hearing.base import Transcript
from app.engines.hearing.client import HearingClient
from app.errors import DuetError
from app.events import Event, PartialTranscript, SpeechEnded, SpeechStarted, TurnDropped, Warning

log = logging.getLogger(__name__)

FEED = SAMPLE_RATE // 10
"""Samples that are handed to the hearing engine at once: a message for every hop would cost more than it brings."""

_SILENCE: Samples = np.zeros(HOP, np.float32)


class Listener:
    """Listens to one microphone. `home` gives the conversation of the next turn, `answer` runs a committed one."""

    def __init__(
        self,
        *,
        assistant: Assistant,
        hearing: HearingClient,
        language: str | None,
        silence_ms: int,
        barge_in: bool,
        home: Callable[[], str],
        answer: Callable[[LiveTurn], Awaitable[None]],
    ) -> None:
        self._assistant = assistant
        self._hearing = hearing
        self._language = language
        self._barge_in = barge_in
        self._home = home
        self._answer = answer
        self._front = FrontEnd()
        self._silence_s = silence_ms / 1000
        self._open: Utterance | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._clock = asyncio.get_running_loop().time
        self._heard_s = 0.0

    @property
    def position_s(self) -> float:
        """Seconds of the source that have been listened to."""
        return self._heard_s

    async def run(self, microphone: Microphone) -> None:
        """Listen until the microphone ends or is closed; what was begun then is answered before this returns."""
        try:
            async for hop in microphone:
                self._heard_s += len(hop) / SAMPLE_RATE
                # Without echo cancellation the answer itself would be heard as the user: be deaf while it sounds.
                deaf = not self._barge_in and self._assistant.speaking
                for finding in self._front.push(_SILENCE if deaf else hop):
                    self._take(finding)
                if self._front.silence_s >= self._silence_s:
                    self._take(self._front.end())
            for finding in self._front.flush():
                self._take(finding)
            await self.settled()
        finally:
            for task in tuple(self._tasks):
                task.cancel()

    async def settled(self) -> None:
        """Wait until nobody speaks and every turn that was begun is finished."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def _take(self, finding: Finding) -> None:
        if isinstance(finding, SpeechStart):
            if self._assistant.speaking:
                self._assistant.hush()
            self._open = Utterance(finding.at_s, self._clock() - (self._heard_s - finding.at_s))
            self._open.feed(finding.samples)
            self._emit(SpeechStarted, self._open.turn, at_s=round(finding.at_s, 3))
            task = asyncio.create_task(self._follow(self._open))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        elif self._open is None:
            return
        elif isinstance(finding, Speech):
            self._open.feed(finding.samples)
        elif isinstance(finding, SpeechEnd):
            self._emit(SpeechEnded, self._open.turn, at_s=round(finding.at_s, 3))
            self._open.ended = self._open.started + (finding.at_s - self._open.at_s)
            self._open.close()
            self._open = None

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an utterance failed", exc_info=error)
            self._emit(Warning, None, text="What you said was lost by a mistake in Duet; details are in the log.")

    async def _follow(self, utterance: Utterance) -> None:
        """Hear the utterance to its end and have it answered."""
        try:
            with self._assistant.cores.claim("hearing"):
                async with self._one_at_a_time:
                    transcript = await self._hear(utterance)
        except DuetError as error:
            self._emit(TurnDropped, utterance.turn, why=str(error))
            self._emit(Warning, None, text=str(error))
            return
        if not transcript.text.strip():
            self._emit(TurnDropped, utterance.turn, why="there were no words in it")
            return
        turn = self._assistant.begin(
            transcript.text,
            self._home(),
            source=transcript.engine,
            speak=True,
            started=utterance.started,
            turn_id=utterance.turn,
            confidence=transcript.confidence,
        )
        turn.marks.setdefault("speech_end", utterance.ended)
        with suppress(DuetError):  # the turn itself has told it
            await self._answer(turn)

    async def _hear(self, utterance: Utterance) -> Transcript:
        await self._hearing.worker.start()
        await self._hearing.begin(self._language, 0)
        shown = ""
        async for samples in utterance:
            partial = await self._hearing.feed(samples, 0)
            if partial and partial != shown:
                shown = partial
                self._emit(PartialTranscript, utterance.turn, text=partial)
        return await self._hearing.finish(0)

    def _emit(self, kind: type[Event], turn: str | None, **values: Any) -> None:
        self._assistant.bus.emit(replace(kind(turn=turn, **values), time=self._clock()))


class Utterance:
    """One stretch of speech on its way to the hearing engine. Iterating gives samples in pieces of `FEED` or more.

    at_s: where in the source it began; started, ended: the loop's times of its first and last voiced sample.
    """

    def __init__(self, at_s: float, started: float) -> None:
        self.turn = new_id()
        self.at_s = at_s
        self.started = started
        self.ended = started
        self._queue: asyncio.Queue[Samples | None] = asyncio.Queue()

    def feed(self, samples: Samples) -> None:
        self._queue.put_nowait(samples)

    def close(self) -> None:
        self._queue.put_nowait(None)

    def __aiter__(self) -> Utterance:
        return self

    async def __anext__(self) -> Samples:
        pieces: list[Samples] = []
        while sum(len(piece) for piece in pieces) < FEED:
            piece = await self._queue.get()
            if piece is None:
                self._queue.put_nowait(None)
                if pieces:
                    break
                raise StopAsyncIteration
            pieces.append(piece)
        return np.concatenate(pieces)
