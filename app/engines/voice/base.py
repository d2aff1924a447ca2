"""The one interface of everything that speaks, and the values that cross it. Imports no model library."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.engines.job import Job

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakRequest:
    """What to say and how. `rate` 1.0 is the voice's own pace, 2.0 twice as fast; `volume` in 0..1.

    `text` is as it was written, markup and all. Without a `voice` the engine takes the one for `language` (a code such
    as "de" or "en-us"); without that too, it looks at the text.
    """

    text: str
    voice: str | None = None
    language: str | None = None
    rate: float = 1.0
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class WordTime:
    """A written word and when it sounds, in seconds from its chunk's first sample.

    A word that is not said (a dash, an emoji) has its place and no duration.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """Sound for `text`, one written clause of the request: mono float32 in [-1, 1] at `sample_rate` Hz.

    It begins with its first sound and ends with the pause that belongs after it, so that chunks can follow each other
    at once. `words` are those of `text.split()`, in order; empty if their times are not known. `spoken` is what was
    said
    for `text`. What is written and never said (the inside of a block of code) has no samples.
    """

    text: str
    samples: Samples
    sample_rate: int
    words: tuple[WordTime, ...] = ()
    spoken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The end of a request. Seconds of sound, and ms of the engine's own clock."""

    voice: str
    audio_s: float
    sample_rate: int
    first_chunk_ms: float | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    """What runs. `voices` are the names that `SpeakRequest.voice` may hold; `voice` is the one used for None."""

    name: str
    engine: str
    source: str
    voice: str
    voices: tuple[str, ...]
    sample_rate: int


class VoiceEngine(Protocol):
    """What a voice engine offers in its worker. One call at a time. The constructor loads and raises `BadModel`."""

    def info(self, job: Job) -> VoiceInfo: ...

    def speak(self, request: SpeakRequest, job: Job) -> Generator[SpeechChunk, None, Spoken]:
        """Stream the sound clause by clause. Text without a pronounceable character yields no chunk.

        Raises `BadInput` for a voice that it does not have.
        """

    def close(self) -> None: ...
