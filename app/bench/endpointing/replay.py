"""Plays spoken turns through the real front end and the real recogniser, and notes what was known at every pause.

Faster than real time: nobody waits for a clock. What is decided from a pause is left to who reads it, so that several
ways of deciding can be judged on the same hearing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np

from app.assistant.endpointing import Evidence
from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.frontend import FrontEnd, SoftPause, Speech, SpeechResumed, SpeechStart
from app.bench.corpus.turns import SpokenTurn
from app.engines.hearing.client import HearingClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import hearing_worker
from app.settings import Settings

AFTER_S = 2.0
"""Silence after the last word: longer than anything waits."""
FEED = SAMPLE_RATE // 10


@dataclass(frozen=True, slots=True)
class Pause:
    """The front end heard silence from `at_s` on; speech went on after `length_s`, or never again (None)."""

    at_s: float
    evidence: Evidence
    length_s: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn and its pauses in order. `missed` when the front end found no speech or lost the end."""

    turn: SpokenTurn
    pauses: tuple[Pause, ...]

    @property
    def end(self) -> Pause | None:
        """The pause that is the turn's end; None if the front end heard nothing at all."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].length_s is None else None


@asynccontextmanager
async def recogniser(settings: Settings) -> AsyncIterator[HearingClient]:
    """The hearing engine of `settings` in a worker for the duration of the block."""
    worker = Worker(hearing_worker(settings), EventBus())
    try:
        await worker.start()
        yield HearingClient(worker)
    finally:
        await worker.stop()


async def hear_all(turns: Sequence[SpokenTurn], settings: Settings) -> list[Heard]:
    """Play all turns, one after the other."""
    async with recogniser(settings) as hearing:
        return [await replay(turn, hearing) for turn in turns]


async def replay(turn: SpokenTurn, hearing: HearingClient, language: str = "en") -> Heard:
    """Play one turn and `AFTER_S` of silence. The words of a pause are what the recogniser makes of all before it."""
    front = FrontEnd()
    pauses: list[Pause] = []
    waiting: list[Samples] = []
    await hearing.begin(language, 0)
    for hop in _hops(turn.samples):
        for finding in front.push(hop):
            if isinstance(finding, SpeechStart | Speech):
                waiting.append(finding.samples)
            elif isinstance(finding, SpeechResumed) and pauses:
                last = pauses[-1]
                pauses[-1] = Pause(last.at_s, last.evidence, round(finding.at_s - last.at_s, 3))
            elif isinstance(finding, SoftPause):
                await hearing.feed(np.concatenate(waiting), 0)
                waiting.clear()
                words = (await hearing.peek(0)).text
                voice = finding.prosody
                longest = max((pause.length_s or 0.0 for pause in pauses), default=0.0)
                evidence = Evidence(words or None, voice, voiced_s=voice.voiced_s, longest_pause_s=longest)
                pauses.append(Pause(finding.at_s, evidence, None))
        if not (pauses and pauses[-1].length_s is None) and sum(map(len, waiting)) >= FEED:
            await hearing.feed(np.concatenate(waiting), 0)
            waiting.clear()
    await hearing.finish(0)
    return Heard(turn, tuple(pauses))


def _hops(samples: Samples) -> Sequence[Samples]:
    silent = np.random.default_rng(0).normal(0, 1e-4, round(AFTER_S * SAMPLE_RATE)).astype(np.float32)
    sound = np.concatenate([samples, silent])
    return [sound[at : at + HOP] for at in range(0, len(sound) - HOP + 1, HOP)]
