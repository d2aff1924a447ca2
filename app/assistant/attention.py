"""Who is listened to, and when: the ways in (hands-free, push-to-talk, wake word), mute, the window for a follow-up.

A pure state machine. Times are handed in (loop time, s) and never go back; nothing here touches a microphone. Whoever
drives it does what each `Reaction` says and asks `state` what sound is used for:

    "off"        for nothing: the conversation was not begun, or the key is not held
    "muted"      for nothing, and the microphone is to be closed (`microphone` is False)
    "asleep"     only the wake word is looked for
    "listening"  the user is heard

The driver calls `advance` with every piece of sound, so that a follow-up window ends in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.events import ListeningChanged, ListeningState
from app.settings import WayIn

TAP_S = 0.2
"""A key held for less was not meant for speaking: the shortest word ("no") takes as long."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is to be done at once.

    changed: the event to emit, if sound is used for something else from now on.
    hush: stop the answer that sounds, as speech over it would.
    utterance: "open" one that only the key ends (one that is open already is kept, with what was said before the key);
        "close" it, which commits the turn without any waiting; "drop" it without trace.
    microphone: open it (True) or close it (False) now; None leaves it as it is.
    """

    changed: ListeningChanged | None = None
    hush: bool = False
    utterance: Literal["open", "close", "drop"] | None = None
    microphone: bool | None = None


class Attention:
    """What sound is used for. All methods but `advance` are told of what happens; each returns a `Reaction`."""

    def __init__(self, way_in: WayIn = "hands-free", follow_up_s: float = 8.0) -> None:
        self.way_in = way_in
        self.follow_up_s = follow_up_s
        self.muted = False
        self._on = False
        self._pressed: float | None = None
        self._adopted = False
        self._speaking = False
        self._answering = False
        self._awake_until: float | None = None
        self._state: ListeningState = "off"
        self._microphone = False

    # -- what is so --------------------------------------------------------------------------------------------

    @property
    def state(self) -> ListeningState:
        """What sound is used for, as of the last call."""
        return self._state

    @property
    def on(self) -> bool:
        """Whether the conversation by voice was begun, muted or not."""
        return self._on

    @property
    def microphone(self) -> bool:
        """Whether the microphone is to be open. It is while the key is up: opening takes longer than a syllable."""
        return self._on and not self.muted

    @property
    def held(self) -> bool:
        """Whether the key is down: pauses end no utterance now."""
        return self._pressed is not None

    # -- what happens ------------------------------------------------------------------------------------------

    def switch(self, on: bool, now: float) -> Reaction:
        """The conversation by voice begins or ends."""
        if on == self._on:
            return self._react(now)
        self._on = on
        return self._react(now, utterance=self._let_go())

    def mute(self, muted: bool, now: float) -> Reaction:
        """Nothing is heard from here on, whatever was going on; or all is as before, the wake word needed again."""
        if muted == self.muted:
            return self._react(now)
        self.muted = muted
        return self._react(now, utterance=self._let_go())

    def choose(self, way_in: WayIn, now: float) -> Reaction:
        """Another way in. A key that is held stays held, and who speaks is heard to the end unless by the key alone."""
        self.way_in = way_in
        self._awake_until = None
        unheard = self._speaking and way_in == "push-to-talk" and not self.held
        self._speaking = self._speaking and not unheard
        return self._react(now, utterance="drop" if unheard else None)

    def press(self, now: float) -> Reaction:
        """The key goes down, in any way in; a repeat counts for nothing, as does a key while nobody listens."""
        if self.held or not self.microphone:
            return self._react(now)
        self._pressed = now
        self._adopted = self._speaking
        return self._react(now, hush=self._answering, utterance="open")

    def release(self, now: float) -> Reaction:
        """The key comes up. A tap drops what it opened; it wakes who waits for the wake word, as the word would."""
        if self._pressed is None:
            return self._react(now)
        tap = now - self._pressed < TAP_S
        self._pressed = None
        if not tap:
            return self._react(now, utterance="close")
        if self.way_in == "wake-word":
            self._awake_until = now + self.follow_up_s
        goes_on = self._adopted and self.way_in != "push-to-talk"
        return self._react(now, utterance=None if goes_on else "drop")

    def wake(self, now: float) -> Reaction:
        """The wake word was heard; who is awake already stays so for as long."""
        if self.way_in == "wake-word" and self.microphone:
            self._awake_until = now + self.follow_up_s
        return self._react(now)

    def speech_began(self, now: float) -> Reaction:
        """An utterance was opened by the user's voice. Counts only while the user is heard."""
        self._speaking = self._state == "listening"
        return self._react(now)

    def speech_over(self, now: float, *, answered: bool) -> Reaction:
        """It was committed (`answered`, until `answer_over`), or came to nothing; then nobody stays awake."""
        self._speaking = False
        self._answering = self._answering or answered
        return self._react(now)

    def answer_over(self, now: float) -> Reaction:
        """The answer to the last turn has sounded, or was stopped: the user may follow up without the wake word."""
        if self._answering:
            self._answering = False
            self._awake_until = now + self.follow_up_s
        return self._react(now)

    def advance(self, now: float) -> Reaction:
        """Time has passed."""
        return self._react(now)

    # -- what follows ------------------------------------------------------------------------------------------

    def _let_go(self) -> Literal["drop"] | None:
        """Forget what was going on between the user and the microphone; what is to become of an utterance."""
        open_one = self._speaking or self.held
        self._pressed, self._speaking, self._awake_until = None, False, None
        return "drop" if open_one else None

    def _react(
        self, now: float, *, hush: bool = False, utterance: Literal["open", "close", "drop"] | None = None
    ) -> Reaction:
        state = self._state_at(now)
        changed = ListeningChanged(state=state, time=now) if state != self._state else None
        self._state = state
        microphone = self.microphone if self.microphone != self._microphone else None
        self._microphone = self.microphone
        return Reaction(changed, hush, utterance, microphone)

    def _state_at(self, now: float) -> ListeningState:
        if not self._on:
            return "off"
        if self.muted:
            return "muted"
        if self.held or self.way_in == "hands-free":
            return "listening"
        if self.way_in == "push-to-talk":
            return "off"
        if self._speaking or self._answering:
            return "listening"
        if self._awake_until is not None and now < self._awake_until:
            return "listening"
        self._awake_until = None
        return "asleep"
