"""A second opinion on speech: the Silero network that faster-whisper brings along, streaming.

The file is found without importing faster-whisper, which would load all of CTranslate2. Frames of 512 samples with the
64 before them; the state is carried along (the network's own interface, version 6).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from app.engines.listening.base import SPEECH_FRAME, Samples
from app.engines.listening.session import quiet_session
from app.errors import EngineUnavailable

CONTEXT = 64


class Silero:
    """Probabilities of speech in a stream."""

    def __init__(self) -> None:
        self._session = quiet_session(_bundled())
        self.reset()

    def reset(self) -> None:
        """Begin a new stream."""
        self._rest = np.zeros(0, np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)

    def push(self, samples: Samples) -> list[float]:
        """More of the stream; one probability for each frame that became whole."""
        sound = np.concatenate([self._rest, samples])
        whole = sound.size // SPEECH_FRAME * SPEECH_FRAME
        self._rest = sound[whole:].copy()
        found: list[float] = []
        for frame in sound[:whole].reshape(-1, SPEECH_FRAME):
            window = np.concatenate([self._context, frame])[None]
            spoken, self._h, self._c = self._session.run(None, {"input": window, "h": self._h, "c": self._c})
            self._context = frame[-CONTEXT:].copy()
            found.append(float(np.asarray(spoken).reshape(-1)[0]))
        return found


def _bundled() -> Path:
    spec = find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = sorted(path for folder in folders for path in Path(folder, "assets").glob("silero_vad*.onnx"))
    if not found:
        raise EngineUnavailable("Silero's voice activity model is missing; installing Duet again mends it.")
    return found[-1]
