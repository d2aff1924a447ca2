"""The listening engine: wake words, Silero's opinion on speech, and a model of ends of turns, in one light worker.

What is not wanted is not loaded: a worker that only waits for a wake word has no ONNX runtime in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.engines.hearing.pauses import checked
from app.engines.job import Job
from app.engines.listening.base import SAMPLE_RATE, ListeningInfo, Samples, Wake

if TYPE_CHECKING:
    from app.engines.listening.silero import Silero
    from app.engines.listening.turn_model import TurnModel
    from app.engines.listening.wake import WakeWords

_PIECE = 10 * SAMPLE_RATE
"""Samples between two checkpoints: some 60 ms of work."""


class ListeningEngine:
    """See `app.engines.listening.base.Listening`.

    wake_words: bundled ones by name ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa"), or .json files of models.
    turn_model: the path of an .onnx file, or nothing.
    Raises `BadModel`, and `BadSetting` for a word that there is not,
    `EngineUnavailable` where TensorFlow Lite does not run.
    """

    def __init__(self, wake_words: tuple[str, ...] = (), turn_model: str = "") -> None:
        self._wake: WakeWords | None = None
        self._silero: Silero | None = None
        self._turn: TurnModel | None = None
        if wake_words:
            from app.engines.listening.wake import WakeWords

            self._wake = WakeWords(tuple(wake_words))
        if turn_model:
            from app.engines.listening.turn_model import load_turn_model

            self._turn = load_turn_model(Path(turn_model).expanduser())

    def info(self, job: Job) -> ListeningInfo:
        return ListeningInfo(
            wake_words=self._wake.words if self._wake else (), turn_model=self._turn.kind if self._turn else ""
        )

    def wake(self, samples: Samples, job: Job) -> tuple[Wake, ...]:
        wake = self._wake
        if wake is None:
            return ()
        return tuple(found for piece in _pieces(samples, job) for found in wake.push(piece))

    def speech_probability(self, samples: Samples, job: Job) -> list[float]:
        if self._silero is None:
            from app.engines.listening.silero import Silero

            self._silero = Silero()
        silero = self._silero
        return [probability for piece in _pieces(samples, job) for probability in silero.push(piece)]

    def turn_probability(self, samples: Samples, job: Job) -> float | None:
        return None if self._turn is None else self._turn.probability(checked(samples), job)

    def reset(self, job: Job) -> None:
        for stream in (self._wake, self._silero):
            if stream is not None:
                stream.reset()

    def close(self) -> None:
        if self._wake is not None:
            self._wake.close()


def _pieces(samples: Samples, job: Job) -> Iterator[Samples]:
    sound = checked(samples)
    for start in range(0, sound.size, _PIECE):
        job.checkpoint()
        yield sound[start : start + _PIECE]
