"""What the self-test makes of recordings."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.base import SAMPLE_RATE
from app.audio.diagnosis import burst, find_echo, listen_to

RNG = np.random.default_rng(4)


def syllables(level: float, noise: float = 1e-4) -> np.ndarray:
    time_s = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    voice = np.sin(2 * np.pi * 200 * time_s) * (np.sin(2 * np.pi * time_s) > 0)
    return np.clip(level * voice + noise * RNG.standard_normal(len(time_s)), -1.0, 1.0).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "signal"),
    [
        (np.zeros(100, np.float32), "nothing"),
        (np.zeros(64_000, np.float32), "zeros"),
        (syllables(0.0, 1e-5), "silence"),
        (syllables(0.0, 0.05), "noise"),
        (syllables(0.005), "quiet"),
        (syllables(0.3), "good"),
        (syllables(0.98), "good"),
        (syllables(4.0), "clipped"),
    ],
)
def test_a_recording_is_judged(sound: np.ndarray, signal: str) -> None:
    assert listen_to(sound).signal == signal


def test_levels_are_those_of_the_loud_and_the_quiet_hops() -> None:
    heard = listen_to(syllables(0.3))
    assert heard.speech_dbfs == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.5)
    assert heard.noise_dbfs == pytest.approx(-80.0, abs=1.0)
    assert heard.peak == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("level_db", [0.0, -20.0, -40.0])
@pytest.mark.parametrize("delay_ms", [-10, 0, 35, 400])
def test_an_echo_is_found_at_its_level_and_delay(level_db: float, delay_ms: int) -> None:
    far = np.pad(burst(0.7, SAMPLE_RATE), (9600, 19200))
    near = 10 ** (level_db / 20) * np.roll(far, delay_ms * 16) + 1e-3 * RNG.standard_normal(len(far))
    echo = find_echo(far, near.astype(np.float32))
    assert echo is not None
    assert echo.level_db == pytest.approx(level_db, abs=1.0)
    assert echo.delay_ms == pytest.approx(delay_ms, abs=0.1)


def test_a_room_spreads_an_echo_and_does_not_hide_it() -> None:
    far = np.pad(burst(0.7, SAMPLE_RATE), (9600, 19200))
    room = RNG.standard_normal(320) * np.exp(-np.arange(320) / 80)
    room *= 0.1 / np.sqrt(np.sum(room**2))
    near = np.convolve(far, np.concatenate((np.zeros(800), room)))[: len(far)]
    echo = find_echo(far, near.astype(np.float32))
    assert echo is not None
    assert echo.level_db == pytest.approx(-20.0, abs=2.5)
    assert 50.0 <= echo.delay_ms <= 65.0


def test_without_an_echo_none_is_found() -> None:
    far = np.pad(burst(0.7, SAMPLE_RATE), (9600, 19200))
    assert find_echo(far, np.zeros_like(far)) is None
    assert find_echo(np.zeros_like(far), far) is None
    for _ in range(20):
        assert find_echo(far, (0.05 * RNG.standard_normal(len(far))).astype(np.float32)) is None
    assert find_echo(far, syllables(0.3)[: len(far)]) is None
