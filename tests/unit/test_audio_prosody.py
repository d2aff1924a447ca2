"""Pitch and prosody on sounds whose pitch and loudness are known."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.base import HOP, SAMPLE_RATE
from app.audio.level import level_dbfs
from app.audio.prosody import FRAME, Prosody, ProsodyTracker, pitch_hz

RNG = np.random.default_rng(5)


def buzz(hz: np.ndarray) -> np.ndarray:
    """A voice's harmonics on that pitch, sample by sample, RMS about 0.1."""
    phase = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE
    return (0.1 * sum(np.sin(k * phase) / k for k in range(1, 12))).astype(np.float32)


def followed(samples: np.ndarray) -> Prosody:
    tracker = ProsodyTracker()
    for start in range(0, len(samples) - HOP + 1, HOP):
        hop = samples[start : start + HOP]
        tracker.push(hop, level_dbfs(hop), True)
    return tracker.prosody()


@pytest.mark.parametrize("hz", [75, 110, 160, 230, 380])
def test_the_pitch_of_a_voice_is_found_to_half_a_semitone(hz: int) -> None:
    found = pitch_hz(buzz(np.full(FRAME, float(hz))))
    assert found is not None
    assert abs(12 * np.log2(found / hz)) < 0.5


def test_noise_has_no_pitch() -> None:
    assert [pitch_hz(RNG.standard_normal(FRAME).astype(np.float32)) for _ in range(20)] == [None] * 20


@pytest.mark.parametrize("semitones_per_s", [-12.0, 0.0, 12.0])
def test_a_contour_is_followed(semitones_per_s: float) -> None:
    time_s = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    found = followed(buzz(150 * 2 ** (semitones_per_s * time_s / 12)))
    assert found.pitch_slope == pytest.approx(semitones_per_s, abs=2.0)
    assert found.pitch_end_st == pytest.approx(semitones_per_s * 0.45, abs=0.7)
    assert found.periodic_share == 1.0
    assert found.energy_slope_db_s == pytest.approx(0.0, abs=3.0)
    assert found.voiced_s == pytest.approx(0.97, abs=0.011)


def test_a_voice_that_fades_drops() -> None:
    gain = 10 ** (-np.maximum(np.arange(SAMPLE_RATE) / SAMPLE_RATE - 0.7, 0.0) * 40 / 20)
    found = followed(buzz(np.full(SAMPLE_RATE, 140.0)) * gain.astype(np.float32))
    assert found.energy_slope_db_s == pytest.approx(-40, abs=4)
    assert found.end_drop_db == pytest.approx(-10, abs=1.5)


def test_breath_and_an_empty_utterance_have_no_pitch() -> None:
    found = followed((0.1 * RNG.standard_normal(SAMPLE_RATE)).astype(np.float32))
    assert (found.pitch_slope, found.pitch_end_st) == (None, None)
    assert found.periodic_share < 0.05
    empty = ProsodyTracker().prosody()
    assert (empty.pitch_slope, empty.voiced_s, empty.periodic_share) == (None, 0.0, 0.0)
