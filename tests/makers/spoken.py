"""Speech with known words, by the project's own espeak-ng voice, at the rate that hearing takes."""

import numpy as np
import soxr

from app.engines.hearing.base import SAMPLE_RATE, Samples
from app.engines.job import NullJob
from app.engines.voice.base import SpeakRequest
from app.engines.voice.espeak import EspeakEngine


def speak(text: str, voice: str = "en-us", rate: float = 1.0, lead_s: float = 0.3, tail_s: float = 0.5) -> Samples:
    """`text` as mono float32 samples at 16 kHz, with silence around it."""
    engine = EspeakEngine()
    sound = [chunk.samples for chunk in engine.speak(SpeakRequest(text=text, voice=voice, rate=rate), NullJob())]
    # A chunk ends with the pause that belongs after it.
    speech = soxr.resample(np.trim_zeros(np.concatenate(sound), "b"), engine.info(NullJob()).sample_rate, SAMPLE_RATE)
    lead, tail = (np.zeros(int(s * SAMPLE_RATE), np.float32) for s in (lead_s, tail_s))
    return np.concatenate([lead, speech.astype(np.float32), tail])
