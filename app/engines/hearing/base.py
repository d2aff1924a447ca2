"""The one interface of everything that turns speech into text, and the values that cross it.

Sound is always mono float32 in [-1, 1] at `SAMPLE_RATE`. Nothing here imports a model library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.engines.job import Job

SAMPLE_RATE = 16_000
"""Hz. Every hearing engine takes this rate and no other."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech, in seconds from the first sample given. `confidence` in 0..1, None if unknown."""

    start_s: float
    end_s: float
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said. `text` is "" when nothing was. `elapsed_s` is the engine's own time for it."""

    text: str
    segments: tuple[Segment, ...]
    engine: str
    model: str
    language: str
    audio_s: float
    elapsed_s: float

    @property
    def confidence(self) -> float | None:
        """Mean of the segments' confidences weighted by their lengths."""
        known = [(s.confidence, max(s.end_s - s.start_s, 1e-3)) for s in self.segments if s.confidence is not None]
        return sum(c * w for c, w in known) / sum(w for _, w in known) if known else None


@dataclass(frozen=True, slots=True)
class Partial:
    """What has been understood of an open utterance. `text` begins with `fixed`, whose words will not change."""

    text: str
    fixed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingInfo:
    """What runs. `streaming` says whether `feed` yields partial transcripts."""

    name: str
    engine: str
    source: str
    languages: tuple[str, ...]
    streaming: bool
    threads: int | None = None


class HearingEngine(Protocol):
    """What a hearing engine offers in its worker. One call at a time; one utterance at a time.

    Loading is the constructor's work and raises `BadModel`. `language` None detects, or uses the only one there is.
    """

    def info(self, job: Job) -> HearingInfo: ...

    def transcribe(self, samples: Samples, language: str | None, job: Job) -> Transcript:
        """The whole of a recording, of any length."""

    def begin(self, language: str | None, job: Job) -> None:
        """Open an utterance; one that was still open is forgotten."""

    def feed(self, samples: Samples, job: Job) -> Partial | None:
        """More of the utterance. What is understood of all so far, or None where there is nothing new."""

    def peek(self, job: Job) -> Transcript:
        """What `finish` would give if the utterance ended here. It stays open and may be fed on."""

    def finish(self, job: Job) -> Transcript:
        """Close the utterance and give its transcript, for which most of the work was done while it was fed."""

    def close(self) -> None: ...
