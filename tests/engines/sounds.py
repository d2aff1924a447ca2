"""Sounds for the tests of hearing: recordings of people where they are at hand, noise, and word errors."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

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


def words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower()).split()


def word_errors(truth: str, heard: str) -> int:
    """Edits (Levenshtein) between the words of both."""
    said, got = words(truth), words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]
