"""Holds a spoken conversation: hops of a microphone go where the user's attention says, and become spoken turns.

Listening, every hop is cleaned of what the speaker sounds (the far end) and each utterance becomes one `SpokenTurn`;
asleep, only the wake word is looked for; else nothing is heard, and muted the microphone itself is closed. Nothing here
waits for an engine.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from app.assistant.attention import Reaction
from app.assistant.spoken_turn import Floor, SpokenTurn
from app.assistant.wake_watch import WakeWatch
from app.assistant.ways_in import WaysIn
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
from app.events import Warning

HOP_S = HOP / SAMPLE_RATE

PATIENCE_S = 0.05
"""While only the wake word is waited for, sound may come in such pieces: a fifth of the wake-ups, and the word's models
are handed a tenth of a second at a time anyway."""

CALLED_S = 1.5
"""Speech that begins so soon after the wake word may still hold some of it."""

BEFORE_KEY_S = 0.3
"""People begin to speak as they press the key: so much from before it is heard too."""


class Listener:
    """Listens as `ways_in` says. One `run` at a time, on the loop that `ways_in` belongs to.

    wake: gives the engine that hears wake words; None where there is none, and nobody wakes from sleep.
    """

    def __init__(
        self,
        floor: Floor,
        front: FrontEnd,
        ways_in: WaysIn,
        wake: Callable[[], ListeningClient | None] = lambda: None,
    ) -> None:
        self._floor = floor
        self._front = front
        self._ways_in = ways_in
        self._turn: SpokenTurn | None = None
        self._position_s = 0.0
        self._ahead_s = 0.0  # of the source before the front end's own time, which counts only what it was given
        self._heard_until = self._heard_before = 0.0  # the loop's times of the last hop's end and beginning
        self._unheard: deque[Samples] = deque(maxlen=round(BEFORE_KEY_S / HOP_S))
        self._watch = WakeWatch(wake, self._woken, self._cannot_wake)
        self._called: tuple[str, float] | None = None  # the last wake word, and when it ended
        floor.over = lambda answered: ways_in.speech_over(answered=answered)
        floor.loop_time = lambda at_s: self._heard_until - (self._position_s - at_s)

    @property
    def position_s(self) -> float:
        """Seconds of the source that have been listened to."""
        return self._position_s

    # -- the conversation as a whole -------------------------------------------------------------------------------

    async def run(self, open_microphone: Callable[[], Microphone]) -> None:
        """Listen until `ways_in.end`, or until the microphone ends by itself; what was begun then is answered first.

        open_microphone is called again after every mute. Raises what the microphone raises.
        """
        self._ways_in.act = self._act
        self._ways_in.begin()
        attention = self._ways_in.attention
        try:
            while attention.on:
                if not attention.microphone:
                    await self._ways_in.microphone_changed()
                    continue
                await self._hear_all(open_microphone())
                if attention.microphone:
                    break  # it ended by itself
            self._take_all(self._front.flush())
            await self.settled()
        finally:
            self._ways_in.end()
            self._ways_in.act = None
            await self._watch.close()
            for task in tuple(self._floor.tasks):
                task.cancel()

    async def _hear_all(self, microphone: Microphone) -> None:
        """Hear one microphone until it ends, or is to be closed."""

        async def close() -> None:
            await self._ways_in.microphone_changed()
            await microphone.close()

        closing = asyncio.create_task(close())
        try:
            async for hop in microphone:
                before, self._heard_until = self._heard_until, microphone.heard_until
                # At another speed than 1 a hop is not 10 ms of the loop's time.
                follows = 0.0 < self._heard_until - before < 5 * HOP_S
                self._heard_before = before if follows else self._heard_until - HOP_S
                self._hear(hop)
                microphone.patience_s = PATIENCE_S if self._ways_in.attention.state == "asleep" else 0.0
        finally:
            closing.cancel()
            if not self._ways_in.attention.microphone:
                self._leave("nobody is heard any more")

    async def settled(self) -> None:
        """Wait until nobody speaks and every turn that was begun is finished."""
        while self._floor.tasks:
            await asyncio.wait(tuple(self._floor.tasks))

    def _leave(self, why: str) -> None:
        """Nothing more is heard for a while: what is not certain comes to nothing, and what was held goes on."""
        self._floor.assistant.resume(why)
        if self._turn is not None:
            self._turn.leave(why)
            self._let_go()

    def _act(self, reaction: Reaction) -> None:
        """What the user's attention asks for."""
        if reaction.hush:
            self._floor.assistant.hush()
        if reaction.utterance == "open" and not self._front.speaking:
            self._catch_up(list(self._unheard))
        elif reaction.utterance == "close" and self._front.speaking:
            self._take(self._front.end())
        elif reaction.utterance == "drop":
            self._leave("nobody is heard any more")

    # -- a hop -----------------------------------------------------------------------------------------------------

    def _hear(self, hop: Samples) -> None:
        self._position_s += HOP_S
        if not self._floor.assistant.speaking:
            self._ways_in.answer_over()
        self._ways_in.advance()
        state = self._ways_in.attention.state
        self._watch.watch(state == "asleep")
        if state == "listening":
            self._unheard.clear()
            self._push(hop, self._position_s)
        else:
            self._unheard.append(hop)
            self._watch.push(hop, self._position_s - HOP_S)

    def _push(self, hop: Samples, until_s: float) -> None:
        """Give the front end the hop that ends at `until_s` of the source."""
        speaker = self._floor.assistant.parts.speaker
        late_s = self._position_s - until_s
        started = self._heard_before if late_s == 0.0 else self._heard_until - late_s - HOP_S
        far = None if speaker is None else speaker.sounded(started, HOP)
        self._ahead_s = until_s - HOP_S - self._front.now_s
        self._take_all(self._front.push(hop, far))
        if self._turn is not None:
            may_end = not self._ways_in.attention.held
            self._turn.tick(self._source_s(self._front.now_s), stirring=self._front.stirring, may_end=may_end)
            self._let_go()

    def _catch_up(self, hops: list[Samples]) -> None:
        """Hear now what went by unheard: the last `hops` of the source."""
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
            self._ways_in.speech_began()
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

    def _source_s(self, front_s: float) -> float:
        return front_s + self._ahead_s

    # -- the wake word ---------------------------------------------------------------------------------------------

    def _woken(self, wake: Wake, since: Samples) -> None:
        """Somebody called: hear what was said since the call."""
        self._called = wake.word, wake.at_s
        self._ways_in.wake(wake.word, wake.at_s)
        whole = len(since) // HOP * HOP
        self._catch_up(list(since[len(since) - whole :].reshape(-1, HOP)))

    def _cannot_wake(self, why: str) -> None:
        self._floor.tell(Warning, None, text=f"The wake word cannot be heard: {why}")
