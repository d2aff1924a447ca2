"""A booth for one Duet and a scripted person: a virtual microphone that says what it is told, and a recording speaker.

The whole program runs in it, in real time and through the same door as `duet talk`, in a data folder of its own that is
thrown away. What sounded when is read from the speaker's recording, never from the program's own marks.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.assistant.runtime import Duet, Wants, open_duet
from app.assistant.spoken_turn import JOIN_S
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.room import Echo, Room
from app.audio.virtual import AUDIBLE, RecordingSpeaker, SourceClock
from app.bench.corpus.sound import looped
from app.events import Event
from app.settings import Settings

E = TypeVar("E", bound=Event)

SOON_S = 0.05
"""From the order to say something to its first sample: so that no hop of it is already over."""

ROUND_S = JOIN_S + 0.4
"""Silence before the next turn: longer than a voice's pause between sentences, and too long to join the turn before."""


class ScriptedMicrophone:
    """Hears in real time: `noise` for ever, what `say` puts into it, and how `far` sounds in `room`."""

    def __init__(
        self,
        clock: SourceClock,
        *,
        noise: Samples | None = None,
        far: RecordingSpeaker | None = None,
        room: Room | None = None,
    ) -> None:
        self.clock = clock
        self._noise = noise
        self._far = far
        self._echo = None if room is None else Echo(room)
        self._said: list[tuple[int, Samples]] = []
        self._given = 0
        self._closed = False
        self.patience_s = 0.0

    @property
    def heard_until(self) -> float:
        return self.clock.loop_time(self._given * HOP / SAMPLE_RATE)

    def say(self, samples: Samples) -> float:
        """Let `samples` sound as soon as possible; the second of the source at which their first one does."""
        hops = max(self._given, int(self.clock.now_s * SAMPLE_RATE / HOP)) + round(SOON_S * SAMPLE_RATE / HOP)
        self._said.append((hops * HOP, samples))
        return hops * HOP / SAMPLE_RATE

    async def __aiter__(self) -> AsyncIterator[Samples]:
        self.clock.start()
        due = 0
        while True:
            if self._given >= due:
                due = self._given + 1 + round(self.patience_s * SAMPLE_RATE / HOP)
                await self.clock.reach(due * HOP / SAMPLE_RATE)
            if self._closed:
                return
            hop = self._hop(self._given * HOP)
            self._given += 1
            yield hop

    async def close(self) -> None:
        self._closed = True

    def _hop(self, first: int) -> Samples:
        hop = looped(self._noise, HOP, first) if self._noise is not None else np.zeros(HOP, np.float32)
        for start, samples in self._said:  # each begins with a hop
            if start <= first:
                part = samples[first - start : first - start + HOP]
                hop[: len(part)] += part
        self._said = [(start, samples) for start, samples in self._said if start + len(samples) > first + HOP]
        if self._far is not None and self._echo is not None:
            played = self._far.excerpt(first / SAMPLE_RATE, HOP, SAMPLE_RATE)
            hop += self._echo.push(played if played.any() else None)
        return np.clip(hop, -1.0, 1.0)


class Booth:
    """Make one with `booth`. Seconds are of the source: since the microphone's first sample."""

    def __init__(self, duet: Duet, microphone: ScriptedMicrophone, speaker: RecordingSpeaker) -> None:
        self.duet = duet
        self.microphone = microphone
        self.speaker = speaker
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        duet.bus.subscribe(self._on_event)

    @property
    def now_s(self) -> float:
        return self.microphone.clock.now_s

    def source_s(self, event: Event) -> float:
        """When `event` happened."""
        return self.microphone.clock.source_s(event.time)

    def since(self, kind: type[E], after_s: float) -> list[E]:
        """The events of that kind from `after_s` on."""
        return [event for event in self.events if isinstance(event, kind) and self.source_s(event) >= after_s]

    async def until(self, kind: type[E], after_s: float, patience_s: float) -> E | None:
        """The first event of that kind after `after_s`, waiting for it; None when it did not come in `patience_s`."""
        try:
            async with asyncio.timeout(patience_s):
                while not (found := self.since(kind, after_s)):
                    self._changed.clear()
                    await self._changed.wait()
                return found[0]
        except TimeoutError:
            return None

    async def reach(self, source_s: float) -> None:
        await self.microphone.clock.reach(source_s)

    async def audible(self, after_s: float, patience_s: float) -> float | None:
        """Wait until something has sounded after `after_s`; when its first audible sample did, None if nothing has."""
        until_s = self.now_s + patience_s
        while self.now_s < until_s:
            first_s = self.speaker.first_audio_s(after_s)
            if first_s is not None and first_s <= self.now_s:
                return first_s
            await asyncio.sleep(0.02)
        return None

    def last_audible(self, from_s: float, until_s: float) -> float | None:
        """When the last audible sample in that stretch sounded; None where all of it is silent."""
        sound = self.speaker.excerpt(from_s, max(round((until_s - from_s) * SAMPLE_RATE), 0), SAMPLE_RATE)
        audible = np.flatnonzero(np.abs(sound) > AUDIBLE)
        return None if not len(audible) else from_s + float(audible[-1] + 1) / SAMPLE_RATE

    async def rest(self) -> None:
        """Stop the answer and forget the conversation, as though Duet had just been opened."""
        self.duet.stop()
        self.duet.new_conversation()
        await self.duet.assistant.warm()
        await self.reach(self.now_s + ROUND_S)

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()


@asynccontextmanager
async def booth(
    settings: Settings, *, noise: Samples | None = None, room: Room | None = None, wants: Wants | None = None
) -> AsyncIterator[Booth]:
    """A booth whose Duet is ready and listens, for the duration of the block. Raises what `open_duet` raises."""
    with tempfile.TemporaryDirectory(prefix="duet-bench-", ignore_cleanup_errors=True) as folder:
        store = settings.store.model_copy(update={"data_dir": Path(folder)})
        clock = SourceClock()
        speaker = RecordingSpeaker(clock)
        microphone = ScriptedMicrophone(clock, noise=noise, far=speaker, room=room)
        wanted = wants or Wants(hearing=True, voice=True)
        async with open_duet(settings.model_copy(update={"store": store}), wants=wanted, speaker=speaker) as duet:
            for name in duet.workers:
                await duet.ready(name)
            await duet.assistant.warm()
            duet.assistant.source_position = lambda: clock.now_s
            clock.start()
            seated = Booth(duet, microphone, speaker)
            listening = asyncio.create_task(duet.listener.run(lambda: microphone))
            try:
                yield seated
            finally:
                duet.stop()
                await microphone.close()
                await listening
