"""Whether anybody speaks in a sound at all, by webrtcvad, frame by frame.

A cheap first opinion that keeps recognisers from finding words in noise. It keeps no sound.
"""

from __future__ import annotations

import math

import numpy as np
import webrtcvad

from app.engines.hearing.base import SAMPLE_RATE, Samples

VAD_FRAME = 480
"""Samples: 30 ms, the longest frame that webrtcvad takes."""

SHORTEST_SPEECH_S = 0.09
"""Less voice than this is a click. Three frames; "no" has six."""

SPOKEN_DB = 25.0
"""A voiced frame further than this below the loudest one is the room, not the speaker."""


def to_pcm(samples: Samples) -> bytes:
    """Float samples as 16-bit ones."""
    return bytes((np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes())


class VoiceMeter:
    """Counts the seconds of voice in what it is given, in pieces of any size.

    voiced_s: all that webrtcvad calls voice. spoken_s: of it, what was not much softer than the loudest before it.
    silent_s: how long ago the last spoken frame ended.
    """

    def __init__(self, mode: int = 2) -> None:
        self._vad = webrtcvad.Vad(mode)
        self._rest = b""
        self._loudest_db = -math.inf
        self.voiced_s = self.spoken_s = self.silent_s = 0.0

    def push(self, pcm: bytes) -> None:
        data = self._rest + pcm
        size = 2 * VAD_FRAME
        whole = len(data) // size * size
        for start in range(0, whole, size):
            self._frame(data[start : start + size])
        self._rest = data[whole:]

    def _frame(self, frame: bytes) -> None:
        length_s = VAD_FRAME / SAMPLE_RATE
        self.silent_s += length_s
        if not self._vad.is_speech(frame, SAMPLE_RATE):
            return
        self.voiced_s += length_s
        power = float(np.mean(np.square(np.frombuffer(frame, np.int16), dtype=np.float64)))
        level_db = 10 * math.log10(power + 1e-9)
        self._loudest_db = max(self._loudest_db, level_db)
        if level_db >= self._loudest_db - SPOKEN_DB:
            self.spoken_s += length_s
            self.silent_s = 0.0

    @property
    def heard(self) -> bool:
        return self.voiced_s >= SHORTEST_SPEECH_S - 1e-9


def has_voice(samples: Samples) -> bool:
    meter = VoiceMeter()
    meter.push(to_pcm(samples))
    return meter.heard
