"""Sounds for the tests of hearing: recordings of people where they are at hand, noise, and word errors."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from app.bench.words import edits
from app.engines.hearing.base import SAMPLE_RATE, Samples


def shared(*parts: str) -> Path:
    """A file or folder of `shared`, beside the repository or above; skips the test where there is none."""
    for folder in Path(__file__).resolve().parents[2:6]:
        path = folder.joinpath("shared", *parts)
        if path.exists():
            return path
    pytest.skip(f"{'/'.join(parts)} is not on this machine")


def recording(name: str, lead_s: float = 0.0, tail_s: float = 0.0) -> Samples:
    """A recording of `../shared/speech` with digital silence around it; skips the test where there is none."""
    sound, rate = soundfile.read(shared("speech", name), dtype="float32", always_2d=True)
    mono = soxr.resample(sound.mean(axis=1), rate, SAMPLE_RATE)
    return silence(lead_s, mono, tail_s)


def silence(lead_s: float, sound: Samples, tail_s: float) -> Samples:
    lead, tail = (np.zeros(int(s * SAMPLE_RATE), np.float32) for s in (lead_s, tail_s))
    return np.concatenate([lead, sound.astype(np.float32), tail])


def spoken_in(name: str) -> str:
    words: str = json.loads(shared("speech", "transcripts.json").read_text("utf-8"))[name]
    return words


def noise(seconds: float, level_db: float = -40.0, seed: int = 0) -> Samples:
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 10 ** (level_db / 20), int(seconds * SAMPLE_RATE))).astype(np.float32)


def coughs(seed: int) -> Samples:
    """A made cough: one to three bursts of noise, shaped as by a throat, that die away. No voice is in it."""
    rng = np.random.default_rng(seed)
    bursts = [np.zeros(SAMPLE_RATE * 3 // 10)]
    for _ in range(rng.integers(1, 4)):
        t = np.arange(int(rng.uniform(0.2, 0.4) * SAMPLE_RATE)) / SAMPLE_RATE
        frequencies = np.fft.rfftfreq(t.size, 1 / SAMPLE_RATE)
        throat = sum(
            gain / (1 + ((frequencies - place * rng.uniform(0.85, 1.15)) / width) ** 2)
            for place, width, gain in ((500, 150, 1.0), (1500, 300, 0.7), (2600, 400, 0.4))
        )
        burst = np.fft.irfft(np.fft.rfft(rng.normal(size=t.size)) * throat, t.size)
        burst *= np.minimum(t / 0.04, np.exp(-t / 0.12))
        bursts += [
            rng.uniform(0.2, 0.8) * burst / np.abs(burst).max(),
            np.zeros(int(rng.uniform(0.05, 0.25) * SAMPLE_RATE)),
        ]
    sound = silence(0.0, np.concatenate(bursts), 0.3)
    return sound + rng.normal(0, 10 ** (-65 / 20), sound.size).astype(np.float32)


def knock(seed: int) -> Samples:
    """A made knock on the table: a low tone and noise that die away within a few hundredths of a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(SAMPLE_RATE // 8) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * rng.uniform(90, 400) * t) + 0.5 * rng.normal(size=t.size)
    blow = silence(0.3, 0.7 * np.exp(-t / rng.uniform(0.01, 0.04)) * tone, 0.5)
    return blow + rng.normal(0, 10 ** (-65 / 20), blow.size).astype(np.float32)


def words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower()).split()


def word_errors(truth: str, heard: str) -> int:
    """Edits between the words of both; unlike the benches', figures are not the words for them."""
    return edits(words(truth), words(heard))
