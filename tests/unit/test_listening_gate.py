"""The energy gate: nothing of a word is lost, silence is left out, and times can be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engines.listening.gate import FRAME, EnergyGate

RATE = 16_000


def noise(seconds: float, level_db: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10 ** (level_db / 20), int(seconds * RATE)).astype(np.float32)


def passed(gate: EnergyGate, sound: np.ndarray, piece: int = 1600) -> np.ndarray:
    return np.concatenate([gate.push(sound[at : at + piece]) for at in range(0, sound.size, piece)])


@pytest.mark.parametrize("room_db", [-120, -75, -66])
def test_a_quiet_room_is_left_out_altogether(room_db: float) -> None:
    gate = EnergyGate()
    assert passed(gate, noise(60, room_db)).size == 0
    assert gate.skipped_s == pytest.approx(60 - 0.6, abs=0.1)


def test_a_fan_is_soon_the_rooms_own_level() -> None:
    gate = EnergyGate()
    passed(gate, noise(30, -45))
    assert passed(gate, noise(30, -45, seed=1)).size == 0


def test_a_word_comes_through_whole_with_its_lead_and_what_follows() -> None:
    gate = EnergyGate()
    word = noise(0.4, -35, seed=3)
    heard = passed(gate, np.concatenate([noise(5, -60), word, noise(5, -60, seed=2)]))
    start = gate_position(heard, word)
    assert start / RATE == pytest.approx(0.6, abs=0.05)
    assert (heard.size - start - word.size) / RATE == pytest.approx(1.0, abs=0.05)


def test_a_word_in_the_noise_of_a_fan_comes_through() -> None:
    gate = EnergyGate()
    passed(gate, noise(60, -40))
    word = noise(0.4, -28, seed=3)
    heard = passed(gate, np.concatenate([word, noise(2, -40, seed=2)]))
    assert gate_position(heard, word) > 0


@settings(max_examples=60, deadline=None)
@given(
    stretches=st.lists(st.tuples(st.floats(0.02, 3.0), st.sampled_from([-90.0, -65.0, -40.0, -20.0])), max_size=6),
    piece=st.integers(1, 5000),
)
def test_what_passes_is_the_source_without_the_skipped(stretches: list[tuple[float, float]], piece: int) -> None:
    sound = np.concatenate([np.zeros(0, np.float32), *(noise(s, db, n) for n, (s, db) in enumerate(stretches))])
    gate, at = EnergyGate(), 0
    for start in range(0, sound.size, piece):
        out = gate.push(sound[start : start + piece])
        # Each piece that passed ends where the source says it does, so a time in it plus skipped_s is true.
        at += out.size
        if out.size:
            tail = sound[at + gate.skipped - FRAME : at + gate.skipped]
            assert np.array_equal(out[-FRAME:], tail)
    assert at + gate.skipped <= sound.size


def gate_position(heard: np.ndarray, word: np.ndarray) -> int:
    """Where `word` begins in `heard`, sample for sample."""
    found = np.flatnonzero(heard == word[0])
    (start,) = [int(at) for at in found if np.array_equal(heard[at : at + word.size], word)]
    return start
