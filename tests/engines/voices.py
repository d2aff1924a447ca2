"""What the tests of voices share: say something, and measure what came."""

import numpy as np
from numpy.typing import NDArray

from app.engines.job import Job, NullJob
from app.engines.voice.base import SpeakRequest, SpeechChunk, Spoken, VoiceEngine


def say(
    engine: VoiceEngine,
    text: str,
    job: Job | None = None,
    voice: str | None = None,
    rate: float = 1.0,
    volume: float = 1.0,
) -> tuple[list[SpeechChunk], Spoken]:
    stream = engine.speak(SpeakRequest(text=text, voice=voice, rate=rate, volume=volume), job or NullJob())
    chunks: list[SpeechChunk] = []
    while True:
        try:
            chunks.append(next(stream))
        except StopIteration as end:
            return chunks, end.value


def joined(chunks: list[SpeechChunk]) -> NDArray[np.float32]:
    return np.concatenate([chunk.samples for chunk in chunks]) if chunks else np.zeros(0, np.float32)


def level_db(samples: NDArray[np.float32]) -> float:
    """RMS of the audible part, dBFS."""
    audible = samples[np.abs(samples) > 0.003]
    return float(10 * np.log10(np.mean(audible**2))) if audible.size else -120.0


def onsets(samples: NDArray[np.float32], rate: int, silence_s: float = 0.05) -> list[float]:
    """Where sound begins after at least that much silence, s, by the peaks of 5 ms."""
    size = rate // 200
    peaks = np.abs(samples[: samples.size // size * size]).reshape(-1, size).max(axis=1)
    found, quiet = [], int(1e6)
    for index, peak in enumerate(peaks):
        if peak > 0.03 and quiet * size >= silence_s * rate:
            found.append(index * size / rate)
        quiet = 0 if peak > 0.03 else quiet + 1
    return found
