"""Holds a spoken conversation: hops of a microphone go where the user's attention says, and become spoken turns.

Listening, every hop is cleaned of what the speaker sounds (the far end) and each utterance becomes one `SpokenTurn`;
asleep, only the wake word is looked for; else nothing is heard, and muted the microphone itself is closed. Nothing here
waits for an engine.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.assistant.attention import Attention, Reaction
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
from app.engines.listening.base import Wake
from app.engines.listening.client import ListeningClient
from app.errors import DuetError
from app.events import WakeWordHeard, Warning
from app.settings import WayIn

log = logging.getLogger(__name__)

HOP_S = HOP / SAMPLE_RATE

PIECE = 8
"""Hops that are handed to the wake word's engine at once: a message for each would cost more than the engine."""

KEPT_S = 2.0
"""Of what was not heard: what was said while the wake word was still being recognised."""

CALLED_S = 1.5
"""Speech that begins so soon after the wake word may still hold some of it."""

BEFORE_KEY_S = 0.3
"""People begin to speak as they press the key: so much from before it is heard too."""


class Listener:
    """Listens as `attention` says. One `run` at a time; the other methods may be called meanwhile, from the same loop.

    wake: the engine that hears wake words; None where there is none, and nobody wakes from sleep.
    """

    def __init__(
        self, floor: Floor, front: FrontEnd, attention: Attention | None = None, wake: ListeningClient | None = None
    ) -> None:
        self.attention = attention or Attention()
        self._floor = floor
        self._front = front
        self._wake = wake
        self._turn: SpokenTurn | None = None
        self._microphone: Microphone | None = None
        self._changed = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        self._position_s = 0.0
        self._ahead_s = 0.0  # of the source before the front end's own time, which counts only what it was given
        self._heard_until = 0.0
        self._unheard: deque[Samples] = deque(maxlen=round(KEPT_S / HOP_S))
        self._pieces: asyncio.Queue[Samples] = asyncio.Queue()
        self._piece: list[Samples] = []
        self._asleep_since_s: float | None = None
        self._called: tuple[str, float] | None = None  # the last wake word, and when it ended
        floor.over = lambda answered: self._do(self.attention.speech_over(self._clock(), answered=answered))
        floor.loop_time = lambda at_s: self._heard_until - (self._position_s - at_s)

    @property
    def position_s(self) -> float:
        """Seconds of the source that have been listened to."""
        return self._position_s

    # -- the conversation as a whole -------------------------------------------------------------------------------

    async def run(self, open_microphone: Callable[[], Microphone]) -> None:
        """Listen until `leave`, or until the microphone ends by itself; what was begun then is answered first.

        open_microphone is called again after every mute. Raises what the microphone raises.
        """
        self._do(self.attention.switch(True, self._clock()))
        waking = asyncio.create_task(self._look_for_the_wake_word()) if self._wake is not None else None
        try:
            while self.attention.on:
                if not self.attention.microphone:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                self._microphone = open_microphone()
                async for hop in self._microphone:
                    self._heard_until = self._microphone.heard_until
                    self._hear(hop)
                self._microphone = None
                if self.attention.microphone:
                    break  # it ended by itself
            self._take_all(self._front.flush())
            await self.settled()
        finally:
            self._microphone = None
            self._do(self.attention.switch(False, self._clock()))
            if waking is not None:
                waking.cancel()
            for task in tuple(self._floor.tasks):
                task.cancel()

    async def settled(self) -> None:
        """Wait until nobody speaks and every turn that was begun is finished."""
        while self._floor.tasks:
            await asyncio.wait(tuple(self._floor.tasks))

    def leave(self) -> None:
        """End the conversation by voice."""
        self._do(self.attention.switch(False, self._clock()))

    def mute(self, muted: bool) -> None:
        """Close the microphone, or open it again. An answer that sounds goes on."""
        self._do(self.attention.mute(muted, self._clock()))

    def press(self) -> None:
        """The key to talk goes down."""
        self._do(self.attention.press(self._clock()))

    def release(self) -> None:
        """The key comes up: what was said is answered at once."""
        self._do(self.attention.release(self._clock()))

    def choose(self, way_in: WayIn) -> None:
        """Change the way in."""
        self._do(self.attention.choose(way_in, self._clock()))

    def _do(self, reaction: Reaction) -> None:
        before_key = reaction.utterance == "open" and not self._front.speaking
        if reaction.changed is not None:
            self._floor.assistant.bus.emit(reaction.changed)
        if reaction.hush:
            self._floor.assistant.hush()
        if reaction.utterance == "open" and before_key:
            self._catch_up(BEFORE_KEY_S)
        elif reaction.utterance == "close":
            self._close_utterance()
        elif reaction.utterance == "drop":
            self._drop_utterance("nobody listens any more")
        if reaction.microphone is False and self._microphone is not None:
            task = asyncio.create_task(self._microphone.close())
            self._floor.tasks.add(task)
            task.add_done_callback(self._floor.tasks.discard)
        if reaction.microphone is not None or not self.attention.on:
            self._changed.set()

    # -- a hop -----------------------------------------------------------------------------------------------------

    def _hear(self, hop: Samples) -> None:
        self._position_s += HOP_S
        now = self._clock()
        if not self._floor.assistant.speaking:
            self._do(self.attention.answer_over(now))
        self._do(self.attention.advance(now))
        if self.attention.state == "listening":
            self._asleep_since_s = None
            self._unheard.clear()
            self._push(hop, self._position_s)
        else:
            self._unheard.append(hop)
            if self.attention.state == "asleep":
                self._sleep(hop)

    def _push(self, hop: Samples, until_s: float) -> None:
        """Give the front end the hop that ends at `until_s` of the source."""
        speaker = self._floor.assistant.parts.speaker
        started = self._heard_until - (self._position_s - until_s) - HOP_S
        far = None if speaker is None else speaker.sounded(started, HOP)
        self._ahead_s = until_s - HOP_S - self._front.now_s
        self._take_all(self._front.push(hop, far))
        if self._turn is not None:
            may_end = not self.attention.held
            self._turn.tick(self._source_s(self._front.now_s), stirring=self._front.stirring, may_end=may_end)
            self._let_go()

    def _catch_up(self, seconds: float) -> None:
        """Hear now the last `seconds` of what was not heard."""
        hops = list(self._unheard)[-round(seconds / HOP_S) :] if seconds > 0 else []
        self._unheard.clear()
        for index, hop in enumerate(hops):
            self._push(hop, self._position_s - (len(hops) - 1 - index) * HOP_S)

    # -- findings --------------------------------------------------------------------------------------------------

    def _take_all(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            self._take(finding)

    def _take(self, finding: Finding) -> None:
        if isinstance(finding, Stir):
            self._floor.assistant.hold()
        elif isinstance(finding, StirOver):
            if self._turn is None or not self._turn.over:
                self._floor.assistant.resume("a knock")
        elif isinstance(finding, SpeechStart):
            at_s = self._source_s(finding.at_s)
            called = (self._called[0],) if self._called and at_s - self._called[1] < CALLED_S else ()
            self._turn = SpokenTurn(self._floor, at_s, over=self._floor.assistant.speaking, called=called)
            self._turn.feed(finding.samples)
            self._do(self.attention.speech_began(self._clock()))
        elif self._turn is None:
            return
        elif isinstance(finding, Speech):
            self._turn.feed(finding.samples)
        elif isinstance(finding, SoftPause):
            self._turn.paused(replace(finding, at_s=self._source_s(finding.at_s)))
        elif isinstance(finding, SpeechResumed):
            self._turn.resumed(self._source_s(finding.at_s))
        elif isinstance(finding, SpeechEnd):
            self._turn.ended(self._source_s(finding.at_s))
            self._turn = None

    def _let_go(self) -> None:
        """Nothing can join the utterance any more: the next speech begins another."""
        if self._turn is not None and self._turn.closed:
            self._turn = None
            if self._front.speaking:
                self._front.end()

    def _close_utterance(self) -> None:
        """The user says that it is over: there is nothing to wait for."""
        if self._front.speaking:
            self._take(self._front.end())

    def _drop_utterance(self, why: str) -> None:
        if self._turn is not None:
            self._turn.drop(why)
        self._let_go()

    def _source_s(self, front_s: float) -> float:
        return front_s + self._ahead_s

    # -- the wake word ---------------------------------------------------------------------------------------------

    def _sleep(self, hop: Samples) -> None:
        self._piece.append(hop)
        if len(self._piece) >= PIECE:
            self._pieces.put_nowait(np.concatenate(self._piece))
            self._piece.clear()

    async def _look_for_the_wake_word(self) -> None:
        """Serve the engine, which is told where sleep begins; what fails is told, and sleep then lasts."""
        assert self._wake is not None
        try:
            while True:
                piece = await self._pieces.get()
                if self.attention.state != "asleep":
                    continue
                if self._asleep_since_s is None:
                    await self._wake.reset(0)
                    waiting = (self._pieces.qsize() * PIECE + len(self._piece)) * HOP_S
                    self._asleep_since_s = self._position_s - waiting - len(piece) / SAMPLE_RATE
                for wake in await self._wake.wake(piece, 0):
                    self._awake(wake)
        except DuetError as error:
            log.warning("nobody hears the wake word: %s", error)
            self._floor.tell(Warning, None, text=f"The wake word cannot be heard: {error}")

    def _awake(self, wake: Wake) -> None:
        if self.attention.state != "asleep" or self._asleep_since_s is None:
            return
        at_s = self._asleep_since_s + wake.at_s
        self._called = wake.word, at_s
        self._floor.tell(WakeWordHeard, None, word=wake.word, at_s=round(at_s, 3))
        self._do(self.attention.wake(self._clock()))
        self._piece.clear()
        self._catch_up(min(self._position_s - at_s, KEPT_S))
