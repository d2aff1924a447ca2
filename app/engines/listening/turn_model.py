"""Networks that hear whether somebody is done speaking: Smart Turn v3 and turn-1-mini, as their makers publish them.

No such model comes with the program. Which of the two an .onnx file is, its inputs tell. Both answer with a
probability; they are not calibrated alike.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime

from app.engines.job import Job, NullJob
from app.engines.listening.base import SAMPLE_RATE, Samples
from app.engines.listening.session import quiet_session, reason
from app.errors import BadModel

LONGEST_S = 8
"""Both were trained on the last eight seconds."""


class TurnModel(Protocol):
    """A loaded network. `kind` is its family's name."""

    kind: str

    def probability(self, samples: Samples, job: Job) -> float:
        """That the turn is over, 0..1, of at most the last `LONGEST_S` of `samples`."""


def load_turn_model(path: Path) -> TurnModel:
    """The network in `path`. Raises `BadModel` for what is missing, damaged or something else."""
    session = quiet_session(path)
    inputs = {one.name for one in session.get_inputs()}
    kind: type[SmartTurn] | type[Turn1Mini]
    if inputs == {"input_features"}:
        kind = SmartTurn
    elif inputs >= {"audio", "state_audio"}:
        kind = Turn1Mini
    else:
        raise BadModel(
            f"{path.name} is an ONNX model, but not one that hears ends of turns; choose Smart Turn v3 or the step "
            "graph of turn-1-mini."
        )
    try:
        model = kind(session)
        model.probability(_trial(), NullJob())
    except BadModel:
        raise
    except Exception as error:
        raise BadModel(
            f"{path.name} does not work as a {kind.kind} model ({reason(error)}); fetch it again."
        ) from error
    return model


class SmartTurn:
    """Smart Turn v3 (pipecat-ai/smart-turn, BSD-2-Clause): Whisper's features of the last eight seconds at once.

    Input "input_features" float32 (batch, 80 mel bands, 800 frames of 10 ms), of the sound scaled to mean 0 and
    variance 1, silence in front where there is less; output (batch, 1), a probability although it is called logits.
    """

    kind = "smart-turn"

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor  # slow to import; most listen without this model

        self._session = session
        self._features = FeatureExtractor(chunk_length=LONGEST_S)

    def probability(self, samples: Samples, job: Job) -> float:
        length = LONGEST_S * SAMPLE_RATE
        sound = samples[-length:]
        sound = np.pad(sound, (length - sound.size, 0))
        sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
        features = self._features(sound.astype(np.float32), padding=0)
        job.checkpoint()
        (answer,) = self._session.run(None, {"input_features": features[None].astype(np.float32)})
        job.checkpoint()
        return _checked(answer)


class Turn1Mini:
    """turn-1-mini (p99lab, Apache-2.0): steps of 160 ms with a carried state, one probability for every 20 ms.

    Inputs "audio" float32 (1, 2560) and "state_*", which begin as zeros; outputs "probs" (8) and "new_state_*". Its
    features are inside the graph.
    """

    kind = "turn-1-mini"
    STEP, FRAME = 2560, 320

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._zeros = {
            one.name: np.zeros(one.shape, np.float32) for one in session.get_inputs() if one.name.startswith("state_")
        }
        self._outputs = ["probs", *(f"new_{name}" for name in self._zeros)]

    def probability(self, samples: Samples, job: Job) -> float:
        sound = samples[-LONGEST_S * SAMPLE_RATE :]
        frames = sound.size // self.FRAME
        if not frames:
            return 0.0
        # Whole frames, the newest last, and zeros behind them to the end of the step: causal, they change nothing.
        sound = sound[-frames * self.FRAME :]
        sound = np.pad(sound, (0, -sound.size % self.STEP))
        state = self._zeros
        answer: Any = None
        for step in sound.reshape(-1, 1, self.STEP):
            job.checkpoint()
            answer, *new = self._session.run(self._outputs, {"audio": step.astype(np.float32), **state})
            state = dict(zip(self._zeros, new, strict=True))
        job.checkpoint()
        return _checked(np.asarray(answer).reshape(-1)[(frames - 1) % (self.STEP // self.FRAME)])


def _trial() -> Samples:
    """Noise and a pause: what a model must have an opinion on."""
    sound = np.zeros(SAMPLE_RATE, np.float32)
    sound[: SAMPLE_RATE // 2] = np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE // 2)
    return sound


def _checked(answer: Any) -> float:
    value = float(np.asarray(answer, np.float64).reshape(-1)[0])
    if not 0.0 <= value <= 1.0:
        raise BadModel(f"The turn model answers {value:.3g}, which is no probability; choose another one.")
    return value
