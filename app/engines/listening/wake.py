"""Wake words in a stream of sound, by pymicro-wakeword: its bundled models, and models of the same kind from files.

A model is a .json that describes it and a .tflite beside it (microWakeWord, version 2). Says nothing about what to do
when a word was heard.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

from app.engines.hearing.gate import to_pcm
from app.engines.listening.base import Samples, Wake
from app.errors import BadModel, BadSetting, EngineUnavailable

HOP_S, WINDOW_S = 0.01, 0.03
"""Of the features; the first one stands once a whole window was heard."""

FEATURES = 40

LAG_S = {"okay_nabu": 0.16, "hey_jarvis": 0.14, "hey_mycroft": 0.06, "alexa": 0.22}
"""How long after the word's end its model answers, s. Medians over espeak-ng in six voices at three rates, alone and
followed by a question (18 to 36 hits a word, spread +-0.1 s); hey_jarvis: two such hits and three people."""

USUAL_LAG_S = 0.15

REFRACTORY_S = 1.0
"""After a hit the same word counts again only when its probability has fallen and this time has passed."""


class WakeWords:
    """Several wake words in one stream; the features are computed once. Raises `BadModel`, `BadSetting`."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._features = MicroWakeWordFeatures()
        self._spotters = [_Spotter(word) for word in dict.fromkeys(words)]
        self._frames = 0

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(spotter.word for spotter in self._spotters)

    def push(self, samples: Samples) -> list[Wake]:
        """More of the stream; the hits in it, in order."""
        found: list[Wake] = []
        for features in self._features.process_streaming(to_pcm(samples)):
            now_s = WINDOW_S + self._frames * HOP_S
            self._frames += 1
            hits = [spotter.step(features, now_s) for spotter in self._spotters]
            found += [hit for hit in hits if hit is not None]
        return found

    def reset(self) -> None:
        """Begin a new stream."""
        self._features.reset()
        self._frames = 0
        for spotter in self._spotters:
            spotter.reset()

    def close(self) -> None:
        for spotter in self._spotters:
            spotter.model.close()


class _Spotter:
    """One wake word: its model, and when it may count again."""

    def __init__(self, choice: str) -> None:
        self.model, self.word = _load(choice)
        self._lag_s = LAG_S.get(self.word, USUAL_LAG_S)
        self._steps, self._armed, self._next_s = 0, True, 0.0

    def step(self, features: NDArray[np.float64], now_s: float) -> Wake | None:
        probability = self.model.process_streaming_prob(features)
        self._steps += 1
        if self._steps % self.model.stride:  # between two strides the model has nothing to say, and says 0
            return None
        if probability is None or probability <= self.model.probability_cutoff:
            self._armed = True
            return None
        counts, self._armed = self._armed and now_s >= self._next_s, False
        if not counts:
            return None
        self._next_s = now_s + REFRACTORY_S
        return Wake(self.word, round(max(0.0, now_s - self._lag_s), 3), round(float(probability), 4))

    def reset(self) -> None:
        self.model.reset()
        self._steps, self._armed, self._next_s = 0, True, 0.0


def _load(choice: str) -> tuple[MicroWakeWord, str]:
    """The model of a bundled word, or of a .json file, and what the word is called."""
    bundled = {model.value: model for model in Model}
    if choice in bundled:
        return _bundled(bundled[choice]), choice
    path = Path(choice).expanduser()
    if path.suffix.lower() != ".json":
        raise BadSetting(
            f"There is no wake word “{choice}”; choose one of {', '.join(bundled)}, or the .json file of a model."
        )
    if not path.is_file():
        raise BadModel(f"There is no wake word model at {path}; choose its .json file.")
    _check_file(path)
    try:
        model = MicroWakeWord.from_config(path)
        taken = model.lib.TfLiteTensorByteSize(model.input_tensor), model.lib.TfLiteTensorByteSize(model.output_tensor)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _described_badly(path, error) from error
    if taken != (model.stride * FEATURES, 1):
        raise BadModel(f"{path.name} describes a network of another kind; choose a microWakeWord model.")
    return model, re.sub(r"\W+", "_", str(model.wake_word).lower()).strip("_") or path.stem


def _bundled(model: Model) -> MicroWakeWord:
    try:
        return MicroWakeWord.from_builtin(model)
    except (OSError, ValueError) as error:  # the package has no TensorFlow Lite for this system (Intel Macs)
        raise EngineUnavailable(f"Wake words do not work on this system ({error}); choose another way in.") from error


def _check_file(path: Path) -> None:
    """Refuse a network that the library would crash on: it goes on with the NULL that a damaged file gives."""
    try:
        network = path.parent / str(json.loads(path.read_text("utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _described_badly(path, error) from error
    if not network.is_file():
        raise BadModel(f"The wake word model {path.name} lacks {network.name}; put that file beside it.")
    library = _bundled(Model.OKAY_NABU).lib
    loaded = library.TfLiteModelCreateFromFile(str(network.resolve()).encode("utf-8"))
    if not loaded:
        raise BadModel(f"{network.name} is damaged or no TensorFlow Lite model; fetch the wake word again.")
    library.TfLiteModelDelete(loaded)


def _described_badly(path: Path, error: Exception) -> BadModel:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
    return BadModel(f"{path.name} does not describe a wake word model ({reason}); fetch it again.")
