"""Drives the `Attention` of a running conversation: the loop's clock, its events on the bus, and who acts on it.

The window, the hotkey and the terminal tell it what the user wants; the listener tells it what it hears, and sets `act`
to be told what to do. It opens no microphone itself: whoever does waits for `microphone_changed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.assistant.attention import Attention, Reaction
from app.events import EventBus, ListeningChanged, WakeWordHeard
from app.settings import WayIn


class WaysIn:
    """One conversation's attention on the running loop. All methods belong to that loop.

    act: called with each `Reaction` that asks for something (`hush`, `utterance`); the listener sets it.
    """

    def __init__(self, attention: Attention, bus: EventBus) -> None:
        self.attention = attention
        self.act: Callable[[Reaction], None] | None = None
        self._bus = bus
        self._clock = asyncio.get_running_loop().time
        self._key_down = False
        self._waiting: list[asyncio.Future[None]] = []

    # -- what the user wants -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """The conversation by voice begins; a key that is down already counts from here. The state is always told."""
        reaction = self.attention.switch(True, self._clock())
        self._take(reaction)
        if reaction.changed is None:
            self._bus.emit(ListeningChanged(state=self.attention.state, time=self._clock()))
        if self._key_down:
            self._take(self.attention.press(self._clock()))

    def end(self) -> None:
        self._take(self.attention.switch(False, self._clock()))

    def mute(self, muted: bool) -> None:
        self._take(self.attention.mute(muted, self._clock()))

    def key(self, down: bool) -> None:
        """The key to talk goes down or comes up, in the window or anywhere."""
        self._key_down = down
        now = self._clock()
        self._take(self.attention.press(now) if down else self.attention.release(now))

    def choose(self, way_in: WayIn) -> None:
        self._take(self.attention.choose(way_in, self._clock()))

    # -- what the listener hears -------------------------------------------------------------------------------

    def wake(self, word: str, at_s: float) -> None:
        """The wake word was heard, `at_s` seconds into the source; told only to who was asleep."""
        if self.attention.state == "asleep":
            self._bus.emit(replace(WakeWordHeard(word=word, at_s=at_s), time=self._clock()))
        self._take(self.attention.wake(self._clock()))

    def speech_began(self) -> None:
        self._take(self.attention.speech_began(self._clock()))

    def speech_over(self, *, answered: bool) -> None:
        """The utterance was committed, or came to nothing."""
        self._take(self.attention.speech_over(self._clock(), answered=answered))

    def answer_over(self) -> None:
        self._take(self.attention.answer_over(self._clock()))

    def advance(self) -> None:
        """Another piece of sound has come."""
        self._take(self.attention.advance(self._clock()))

    # -- the microphone ----------------------------------------------------------------------------------------

    async def microphone_changed(self) -> None:
        """Wait until the microphone is to be opened or to be closed, or the conversation is over."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def _take(self, reaction: Reaction) -> None:
        if reaction.microphone is not None or not self.attention.on:
            for waiter in self._waiting:
                if not waiter.done():
                    waiter.set_result(None)
        if reaction.changed is not None:
            self._bus.emit(reaction.changed)
        if (reaction.hush or reaction.utterance is not None) and self.act is not None:
            self.act(reaction)
