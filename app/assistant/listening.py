"""Holds a spoken conversation: hops of a microphone go through the front end and become spoken turns.

Every hop is cleaned of what the speaker sounds (the far end), and each utterance becomes one `SpokenTurn`. Nothing here
waits for an engine.
"""

from __future__ import annotations

import asyncio

from app.assistant.spoken_turn import Floor, SpokenTurn
from app.audio.base import HOP, SAMPLE_RATE, Microphone, Samples
from app.audio.frontend import (
    Finding,
    FrontEnd,
    SoftPause,
    Speech,
    SpeechEnd,
    SpeechResumed,
    SpeechStart,
    Stir,
    StirOver,
)

HOP_S = HOP / SAMPLE_RATE


class Listener:
    """Listens to one microphone at a time."""

    def __init__(self, floor: Floor, front: FrontEnd) -> None:
        self._floor = floor
        self._front = front
        self._turn: SpokenTurn | None = None
        floor.loop_time = self._loop_time
        self._heard_until = 0.0

    @property
    def position_s(self) -> float:
        """Seconds of the source that have been listened to."""
        return self._front.now_s

    async def run(self, microphone: Microphone) -> None:
        """Listen until the microphone ends or is closed; what was begun then is answered before this returns."""
        try:
            async for hop in microphone:
                self._heard_until = microphone.heard_until
                self._push(hop)
            for finding in self._front.flush():
                self._take(finding)
            await self.settled()
        finally:
            for task in tuple(self._floor.tasks):
                task.cancel()

    async def settled(self) -> None:
        """Wait until nobody speaks and every turn that was begun is finished."""
        while self._floor.tasks:
            await asyncio.wait(tuple(self._floor.tasks))

    def _push(self, hop: Samples) -> None:
        speaker = self._floor.assistant.parts.speaker
        far = None if speaker is None else speaker.sounded(self._heard_until - HOP_S, HOP)
        for finding in self._front.push(hop, far):
            self._take(finding)
        if self._turn is not None:
            self._turn.tick(self._front.now_s, stirring=self._front.stirring, may_end=True)
            self._let_go()

    def _take(self, finding: Finding) -> None:
        if isinstance(finding, Stir):
            self._floor.assistant.hold()
        elif isinstance(finding, StirOver):
            if self._turn is None or not self._turn.over:
                self._floor.assistant.resume("a knock")
        elif isinstance(finding, SpeechStart):
            self._turn = SpokenTurn(self._floor, finding.at_s, over=self._floor.assistant.speaking)
            self._turn.feed(finding.samples)
        elif self._turn is None:
            return
        elif isinstance(finding, Speech):
            self._turn.feed(finding.samples)
        elif isinstance(finding, SoftPause):
            self._turn.paused(finding)
        elif isinstance(finding, SpeechResumed):
            self._turn.resumed(finding.at_s)
        elif isinstance(finding, SpeechEnd) and finding.why != "closed":
            self._turn.ended(finding.at_s)
            self._turn = None

    def _let_go(self) -> None:
        """Nothing can join the utterance any more: the next speech begins another."""
        if self._turn is not None and self._turn.closed:
            self._turn = None
            if self._front.speaking:
                self._front.end()

    def _loop_time(self, at_s: float) -> float:
        return self._heard_until - (self._front.now_s - at_s)
