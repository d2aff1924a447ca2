"""Rings what is due: a calm chime through the speaker, again and again, and what it is for, until somebody stops it.

Follows the bus: `AlarmRang` begins it, the user's speech holds it, and it never sounds over the user or over an answer.
Where there is no speaker it is silent, and whoever shows events shows this one. Keeps no alarms (`app.tools.timers`).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable

from app.assistant.compute import Cores
from app.assistant.reflexes import plain, wants_silence
from app.assistant.speech import Manner
from app.audio.base import Speaker
from app.audio.chime import RATE, chime
from app.engines.voice.base import SpeakRequest
from app.engines.voice.client import VoiceClient
from app.errors import Cancelled, DuetError
from app.events import (
    AlarmRang,
    Event,
    EventBus,
    SpeechStarted,
    TurnCommitted,
    TurnDropped,
    TurnReopened,
    Warning,
)
from app.tools.timers.spoken import announcement

log = logging.getLogger(__name__)

RINGS_S = 60.0
"""So long it rings if nobody stops it."""

PAUSE_S = 1.2
"""Between two chimes, on top of their own ends."""

SOFT = (0.35, 0.6, 0.8)
"""How loud the first chimes are; the others are played as they are."""

POLL_S = 0.05
"""How often an answer that sounds is looked at: answers give no event when their last sample has sounded."""

_ENOUGH = re.compile(
    r"(?:(?:ok(?:ay)?|please|duet|hey|oh|yes|all right|alright) )*"
    r"(?:(?:stop|turn off|switch off|shut off|cancel|silence|dismiss|end|mute|shut up|kill)"
    r" (?:(?:the|my|that|this) )?(?:(?:\w+ ){0,2}(?:timer|alarm|ringing|noise|sound|reminder|bell|tone|"
    r"chime)|it|ringing)"
    r"|turn (?:it|that|the (?:alarm|timer)) off|i(?:'m| am) (?:up|awake|coming)|got it|thanks|thank you|"
    r"ok(?:ay)?|i heard(?: you| it)?)"
    r"(?: (?:please|now|duet|thanks|thank you))*"
)


def silences(words: str) -> bool:
    """Whether `words`, and nothing else, tell a ringing alarm to be silent."""
    return wants_silence(words) or _ENOUGH.fullmatch(plain(words)) is not None


class Ringer:
    """Rings on the running loop, one alarm after another. `run` is to be kept running; all else returns at once.

    speaker, voice: None where there is none. answering: whether an answer is being heard or soon will be.
    generation: what the voice is asked under; a newer turn voids it.
    """

    def __init__(
        self,
        bus: EventBus,
        *,
        speaker: Speaker | None,
        voice: VoiceClient | None,
        cores: Cores,
        manner: Manner | None = None,
        answering: Callable[[], bool] = lambda: False,
        generation: Callable[[], int] = lambda: 0,
    ) -> None:
        self._bus = bus
        self._speaker = speaker
        self._voice = voice
        self._cores = cores
        self._manner = manner or Manner()
        self._answering = answering
        self._generation = generation
        self._due: deque[AlarmRang] = deque()
        self._arrived = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()
        self._sounding = False  # what the speaker plays now is ours
        self._open: set[str | None] = set()  # utterances that are not over
        self._leave_bus = bus.subscribe(self._on_event)

    @property
    def ringing(self) -> bool:
        """Whether an alarm rings, or is held while somebody speaks."""
        return not self._over.is_set() or bool(self._due)

    def stop(self) -> None:
        """Silence, for everything that is due by now."""
        self._due.clear()
        self._over.set()
        self._hush()

    def heard(self, words: str) -> bool:
        """The user's words, typed or spoken; whether they were meant for a ringing alarm, which is then silent."""
        if not self.ringing or not silences(words):
            return False
        self.stop()
        return True

    def close(self) -> None:
        """Silence, and deaf to the bus; cancel `run` as well."""
        self._leave_bus()
        self.stop()

    async def run(self) -> None:
        """Ring whatever is due, until cancelled."""
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while self._due:
                    self._over.clear()
                    await self._ring(self._due.popleft())
                    self._over.set()
        finally:
            self.stop()

    def _on_event(self, event: Event) -> None:
        match event:
            case AlarmRang():
                self._due.append(event)
                self._arrived.set()
            case SpeechStarted() | TurnReopened():
                self._open.add(event.turn)
                self._hush()
            case TurnDropped(generation=None):
                self._open.discard(event.turn)
            case TurnCommitted():
                self._open.discard(event.turn)
                self._hush()  # a typed turn: nobody's speech has silenced it yet

    def _hush(self) -> None:
        """Stop our own sound and nobody else's."""
        if self._sounding and self._speaker is not None:
            self._sounding = False
            self._speaker.stop()

    # -- one alarm -------------------------------------------------------------------------------------------------

    async def _ring(self, alarm: AlarmRang) -> None:
        """Chimes for a minute; what it is for is said after the first of them and at the end."""
        try:
            async with asyncio.timeout(RINGS_S):
                await self._chime_on(announcement(alarm))
        except TimeoutError:
            self._hush()
            await self._say(announcement(alarm))

    async def _chime_on(self, what: str) -> None:
        chimes = 0
        said = False
        while not self._over.is_set():
            await self._quiet()
            if await self._play(SOFT[chimes] if chimes < len(SOFT) else 1.0):
                chimes += 1
                said = said or await self._say(what)
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE_S):
                await self._over.wait()
        except TimeoutError:
            pass

    async def _quiet(self) -> None:
        """Wait until neither the user nor an answer is heard."""
        while not self._over.is_set() and (  # noqa: ASYNC110 - no event says so
            self._open or self._answering() or self._pending
        ):
            await asyncio.sleep(POLL_S)

    @property
    def _pending(self) -> bool:
        return self._speaker is not None and self._speaker.pending_s > 0

    async def _play(self, volume: float) -> bool:
        """One chime; whether it sounded to its end."""
        if self._over.is_set():
            return False
        if self._speaker is None:
            return True
        self._sounding = True
        self._speaker.play(chime() * volume, RATE)
        await self._speaker.drain()
        whole, self._sounding = self._sounding, False
        return whole

    async def _say(self, text: str) -> bool:
        """Say it once, if there is a voice; whether that is settled. What interrupts it has it said again later."""
        if self._voice is None or self._speaker is None:
            return True
        await self._quiet()
        if self._over.is_set():
            return False
        manner = self._manner
        request = SpeakRequest(text=text, voice=manner.voice, rate=manner.rate, volume=manner.volume, language="en")
        self._sounding = True  # stays so where this is cancelled: whoever cancels hushes
        settled = True
        try:
            with self._cores.claim("voice"):
                async with self._voice.speak(request, self._generation()) as stream:
                    async for chunk in stream:
                        if not self._sounding:
                            return False
                        self._speaker.play(chunk.samples, chunk.sample_rate)
            await self._speaker.drain()
            settled = self._sounding
        except Cancelled:
            settled = False
        except DuetError as error:
            self._bus.emit(Warning(text=f"An alarm could not be announced: {error}"))
        self._sounding = False
        return settled
