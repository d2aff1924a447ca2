"""A synthetic speaker with many voices: text in, sound without silence around it out.

espeak-ng through the project's own engine, in a worker of its own. espeak-ng carries some state from one text to the
next, so the same lines in the same order give the same sound, and another order gives a slightly different one: each
corpus is made by a fresh narrator.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
import soxr

from app.audio.base import SAMPLE_RATE, Samples
from app.bench.corpus.sound import trimmed
from app.engines.voice.base import SpeakRequest
from app.engines.voice.client import VoiceClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import voice_worker
from app.settings import Settings

LANGUAGES = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland")
VARIANTS = ("", "+m1", "+m3", "+m4", "+m6", "+m7", "+f1", "+f4", "+linda", "+steph")
VOICES = tuple(language + variant for language in LANGUAGES for variant in VARIANTS)
"""Forty speakers. Variants differ in pitch and formants; the breathy ones (f2, f3, f5) are left out, because
espeak-ng draws their breath from a generator that the clock seeds, and no two are the same."""

RATES = (0.85, 1.2)
PITCHES = (0.93, 1.08)
"""Bounds of rate and pitch of a `Line`, relative to the voice's own; beyond these it sounds like a cartoon."""

ASSISTANT = "en-us"
"""The voice that Duet itself speaks with when nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """What to say and how. `pitch` shifts the formants along with it: a larger or smaller speaker."""

    text: str
    voice: str = ASSISTANT
    rate: float = 1.0
    pitch: float = 1.0


class Narrator:
    """Says lines. Make one with `narrator`."""

    def __init__(self, client: VoiceClient) -> None:
        self._client = client

    async def say(self, line: Line) -> Samples:
        """The sound of `line` at 16 kHz, from its first to its last frame of speech.

        Raises `ValueError` for a line without a sound, `BadInput` for an unknown voice.
        """
        request = SpeakRequest(text=line.text, voice=line.voice, rate=line.rate / line.pitch)
        parts, rate = [], SAMPLE_RATE
        async with self._client.speak(request, 0) as stream:
            async for chunk in stream:
                parts.append(chunk.samples)
                rate = chunk.sample_rate
        if not parts:
            raise ValueError(f"nothing can be heard of {line.text!r}")
        # Taken for a recording at a higher rate, a sound is both higher and faster; the request undid the latter.
        sound = soxr.resample(np.concatenate(parts), rate * line.pitch, SAMPLE_RATE)
        return trimmed(sound.astype(np.float32))


@asynccontextmanager
async def narrator() -> AsyncIterator[Narrator]:
    """A narrator with a fresh worker for the duration of the block."""
    worker = Worker(voice_worker(Settings()), EventBus())
    try:
        await worker.start()
        yield Narrator(VoiceClient(worker))
    finally:
        await worker.stop()


def narrator_version() -> str:
    """What the sound depends on besides the lines."""
    return importlib.metadata.version("espeakng-loader")
