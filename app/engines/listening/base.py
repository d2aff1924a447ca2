"""The interface of what listens all the time, and the values that cross it. Nothing here imports a model library.

Sound is mono float32 in [-1, 1] at `SAMPLE_RATE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.engines.hearing.base import SAMPLE_RATE, Samples
from app.engines.job import Job

__all__ = ["SAMPLE_RATE", "Listening", "ListeningInfo", "Samples", "Wake"]

SPEECH_FRAME = 512
"""Samples behind each probability of speech: 32 ms."""


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake word was said.

    word: as the settings name it ("hey_jarvis"), or the words of a user's own model joined by underscores.
    at_s: seconds from the last `reset` to the word's estimated end.
    probability: the mean that crossed the model's threshold, 0..1.
    """

    word: str
    at_s: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningInfo:
    """What runs. `turn_model` is "" without one, else its kind ("smart-turn", "turn-1-mini")."""

    wake_words: tuple[str, ...]
    turn_model: str


class Listening(Protocol):
    """What a listening engine offers in its worker. One call at a time.

    Loading is the constructor's work and raises `BadModel`. Sound that is not mono numbers is `BadInput`.
    """

    def info(self, job: Job) -> ListeningInfo: ...

    def wake(self, samples: Samples, job: Job) -> tuple[Wake, ...]:
        """More of the stream, in pieces of any size: the wake words that were found in it."""

    def speech_probability(self, samples: Samples, job: Job) -> list[float]:
        """More of the stream, in pieces of any size: one probability of speech for each whole `SPEECH_FRAME`."""

    def turn_probability(self, samples: Samples, job: Job) -> float | None:
        """How likely it is that the speaker is done, of an utterance up to now; None without a turn model."""

    def reset(self, job: Job) -> None:
        """Forget the streams: what comes next begins new ones, at 0 s."""

    def close(self) -> None: ...
