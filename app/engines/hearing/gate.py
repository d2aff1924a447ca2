"""Whether anybody speaks in a sound at all, by webrtcvad, frame by frame.

A cheap first opinion that keeps recognisers from finding words in noise. It keeps no sound.
"""

from __future__ import annotations

import numpy as np
import webrtcvad

from app.engines.hearing.base import SAMPLE_RATE, Samples

VAD_FRAME = 480
"""Samples: 30 ms, the longest frame that webrtcvad takes."""

SHORTEST_SPEECH_S = 0.09
"""Less voice than this is a click. Three frames; "no" has six."""


def to_pcm(samples: Samples) -> bytes:
    """Float samples as 16-bit ones."""
    return bytes((np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes())


class VoiceMeter:
    """Counts the seconds of voice in what it is given, in pieces of any size."""

    def __init__(self, mode: int = 2) -> None:
        self._vad = webrtcvad.Vad(mode)
        self._rest = b""
        self.voiced_s = 0.0

    def push(self, pcm: bytes) -> None:
        data = self._rest + pcm
        size = 2 * VAD_FRAME
        whole = len(data) // size * size
        for start in range(0, whole, size):
            if self._vad.is_speech(data[start : start + size], SAMPLE_RATE):
                self.voiced_s += VAD_FRAME / SAMPLE_RATE
        self._rest = data[whole:]

    @property
    def heard(self) -> bool:
        return self.voiced_s >= SHORTEST_SPEECH_S - 1e-9


def has_voice(samples: Samples) -> bool:
    meter = VoiceMeter()
    meter.push(to_pcm(samples))
    return meter.heard
