"""One utterance on its way through the hearing engine: sound goes in while the user speaks, words come out.

Knows nothing of turns. Sound is handed on in pieces; at a pause the engine is asked what was said so far.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.audio.base import SAMPLE_RATE, Samples
from app.engines.hearing.base import Partial, Transcript
from app.engines.hearing.client import HearingClient

FEED = SAMPLE_RATE // 10
"""Samples that are handed to the hearing engine at once: a message for every hop would cost more than it brings."""

KEPT_S = 8.0
"""Of the utterance, for whoever wants to judge its sound."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What was said so far? `pause` is the number of the pause that it is asked for."""

    pause: int


class Utterance:
    """Sound and questions for the hearing engine, in order. `hear` serves them until `close`.

    Call `feed` with every hop, `ask` at a pause. `on_partial` gets what is understood meanwhile, `on_words` the answer
    to the newest `ask`, with its number; neither is called after `close`.
    """

    def __init__(self, on_partial: Callable[[Partial], None], on_words: Callable[[int, Transcript], None]) -> None:
        self._on_partial = on_partial
        self._on_words = on_words
        self._queue: asyncio.Queue[Samples | _Ask | None] = asyncio.Queue()
        self._waiting: list[Samples] = []
        self._recent: list[Samples] = []
        self._asked = 0
        self._closed = False

    def feed(self, samples: Samples) -> None:
        """More of the utterance, at 16 kHz."""
        self._waiting.append(samples)
        self._recent.append(samples)
        if sum(map(len, self._waiting)) >= FEED:
            self._hand_on()

    def ask(self, pause: int) -> None:
        """Have everything so far understood now; older questions that were not answered yet are dropped."""
        self._hand_on()
        self._asked = pause
        self._queue.put_nowait(_Ask(pause))

    def close(self) -> None:
        """Nothing more is wanted of this utterance."""
        self._closed = True
        self._queue.put_nowait(None)

    @property
    def recent(self) -> Samples:
        """The last `KEPT_S` of it."""
        sound = np.concatenate(self._recent)[-round(KEPT_S * SAMPLE_RATE) :]
        self._recent = [sound]
        return sound

    async def hear(self, hearing: HearingClient, language: str | None) -> None:
        """Serve the engine until `close`. Raises what it raises."""
        await hearing.worker.start()
        await hearing.begin(language, 0)
        while not self._closed and (item := await self._queue.get()) is not None:
            if isinstance(item, _Ask):
                if item.pause == self._asked:
                    transcript = await hearing.peek(0)
                    if not self._closed:
                        self._on_words(item.pause, transcript)
            else:
                partial = await hearing.feed(item, 0)
                if partial is not None and not self._closed:
                    self._on_partial(partial)

    def _hand_on(self) -> None:
        if self._waiting:
            self._queue.put_nowait(np.concatenate(self._waiting))
            self._waiting.clear()
