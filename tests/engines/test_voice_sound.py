"""What is done to samples: trimmed, evened, paused."""

import numpy as np
import pytest

from app.engines.voice.sound import KNEE, LEAD_S, TAIL_S, before_pause, evened, trimmed

RATE = 16_000


def test_silence_at_both_ends_goes() -> None:
    tone = 0.3 * np.sin(np.arange(RATE) * 0.3).astype(np.float32)
    padded = np.concatenate([np.zeros(3_200, np.float32), tone, np.zeros(8_000, np.float32)])
    sound, lead_s = trimmed(padded, RATE)
    assert sound.size == pytest.approx(RATE + (LEAD_S + TAIL_S) * RATE, abs=4)
    assert lead_s == pytest.approx(0.2 - LEAD_S, abs=0.001)
    assert trimmed(np.zeros(100, np.float32), RATE)[0].size == 0


def test_peaks_are_bent_and_quiet_sound_is_not() -> None:
    ramp = np.linspace(-2, 2, 4_001, dtype=np.float32)
    bent = evened(ramp, RATE)[100:-100]
    assert np.abs(bent).max() <= 1.0
    assert (np.diff(bent) >= 0).all()
    inside = np.abs(ramp[100:-100]) < KNEE
    assert np.array_equal(bent[inside], ramp[100:-100][inside])


def test_edges_are_faded_and_the_rest_is_not() -> None:
    sound = evened(np.full(1_000, 0.5, np.float32), RATE)
    assert sound[0] < 0.001
    assert sound[-1] < 0.001
    assert (sound[64:-64] == 0.5).all()
    assert evened(np.zeros(0, np.float32), RATE).size == 0
    assert evened(np.ones(1, np.float32) / 2, RATE).size == 1


def test_a_pause_follows() -> None:
    assert before_pause(np.ones(10, np.float32), 0.01, 1_000).tolist() == [1.0] * 10 + [0.0] * 10
    assert before_pause(np.ones(10, np.float32), -1, 1_000).size == 10
