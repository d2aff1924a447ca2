"""Sounds for the tests of the front end: backgrounds, knocks, coughs, and speech by espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

from app.audio.base import SAMPLE_RATE
from app.audio.files import read_audio

RNG = np.random.default_rng(7)


def background(seconds: float, dbfs: float) -> np.ndarray:
    """White noise."""
    return (10 ** (dbfs / 20) * RNG.standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def spoken_by_espeak(text: str, voice: str = "en-us") -> np.ndarray:
    """Without the silence around it. Skips the test where espeak-ng is not installed."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("the program espeak-ng is not installed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", path, text], check=True, timeout=60)
        samples, _ = read_audio(path)
    audible = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[audible[0] : audible[-1] + 1]


def knock(seed: int) -> np.ndarray:
    """A knuckle on wood, 100 ms: a resonance that dies away behind a click."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(SAMPLE_RATE // 10) / SAMPLE_RATE
    ring = np.sin(2 * np.pi * rng.uniform(150, 900) * time_s) * np.exp(-time_s / rng.uniform(0.008, 0.03))
    click = 0.3 * rng.standard_normal(len(time_s)) * np.exp(-time_s / 0.003)
    return (0.4 * (ring + click)).astype(np.float32)


def cough(seed: int) -> np.ndarray:
    """A burst of breath through a throat's resonances, 300 ms, without a voice in it."""
    rng = np.random.default_rng(seed)
    length = round(0.3 * SAMPLE_RATE)
    frequencies = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    throat = sum(1 / np.sqrt(1 + ((frequencies - hz) / width) ** 2) for hz, width in ((700, 300), (1700, 500)))
    breath = np.fft.irfft(np.fft.rfft(rng.standard_normal(length)) * throat, length)
    shape = np.minimum(np.arange(length) / 160, 1.0) * np.exp(-np.arange(length) / SAMPLE_RATE / rng.uniform(0.06, 0.1))
    return (0.3 * breath * shape / np.abs(breath * shape).max()).astype(np.float32)
