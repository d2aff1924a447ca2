"""Splitting a recording at its pauses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engines.hearing.base import SAMPLE_RATE
from app.engines.hearing.pauses import checked, level_db, quietest_cut, stretches
from app.engines.hearing.utterance import language_code, tidy
from app.errors import BadInput
from tests.engines.sounds import noise, silence


def tone(seconds: float, level: float = 0.2) -> np.ndarray:
    return (level * np.sin(np.arange(int(seconds * SAMPLE_RATE)) * 0.3)).astype(np.float32)


def seconds(found: list[slice]) -> list[tuple[float, float]]:
    return [(part.start / SAMPLE_RATE, part.stop / SAMPLE_RATE) for part in found]


def test_two_sounds_with_a_pause_are_two_stretches() -> None:
    sound = np.concatenate([silence(1, tone(1), 1), tone(0.5), np.zeros(SAMPLE_RATE, np.float32)])
    assert seconds(stretches(sound, longest_s=10, margin_s=0.3)) == [
        (pytest.approx(0.7, abs=0.03), pytest.approx(2.3, abs=0.03)),
        (pytest.approx(2.7, abs=0.03), pytest.approx(3.8, abs=0.03)),
    ]


@pytest.mark.parametrize("gain", [1.0, 0.01])
@pytest.mark.parametrize("floor_db", [-120.0, -70.0])
def test_the_level_does_not_matter(gain: float, floor_db: float) -> None:
    sound = (silence(1, tone(2, 0.3), 2) + noise(5, floor_db)) * np.float32(gain)
    assert len(stretches(sound, longest_s=10)) == 1


def test_silence_has_no_stretch() -> None:
    assert stretches(np.zeros(SAMPLE_RATE, np.float32), longest_s=10) == []
    assert stretches(np.zeros(0, np.float32), longest_s=10) == []
    assert stretches(noise(2, -80), longest_s=10) == []


def test_sound_without_pauses_is_cut_where_it_is_quietest() -> None:
    sound = np.concatenate([tone(7, 0.3), tone(0.3, 0.1), tone(7, 0.3)])
    first, second = stretches(sound, longest_s=10)
    assert first.stop == second.start
    assert first.stop / SAMPLE_RATE == pytest.approx(7.15, abs=0.1)
    assert quietest_cut(sound, 2.0) / SAMPLE_RATE == pytest.approx(7.15, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.02, 3), st.sampled_from([0.0, 0.0005, 0.05, 0.5])), max_size=12))
def test_stretches_are_ordered_apart_bounded_and_hold_all_that_is_loud(parts: list[tuple[float, float]]) -> None:
    sound = np.concatenate([np.zeros(0, np.float32), *(tone(length, level) for length, level in parts)])
    found = stretches(sound, longest_s=2.0)
    edges = [edge for part in found for edge in (part.start, part.stop)]
    assert edges == sorted(edges)
    assert all(0 < part.stop - part.start <= 2.0 * SAMPLE_RATE for part in found)
    assert all(part.stop <= sound.size for part in found)
    kept = np.zeros(sound.size, bool)
    for part in found:
        kept[part] = True
    assert not (np.abs(sound[: sound.size // 320 * 320]) > 0.3)[~kept[: sound.size // 320 * 320]].any()


def test_sound_that_is_no_sound_is_bad_input() -> None:
    for bad in (np.array([0.0, np.nan]), np.array([np.inf]), np.zeros((2, 5)), np.zeros(5, np.int16)):
        with pytest.raises(BadInput):
            checked(bad)
    assert checked(np.array([3.0, -0.5])).tolist() == [1.0, -0.5]


def test_level() -> None:
    assert level_db(np.full(100, 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert level_db(np.zeros(10, np.float32)) == -np.inf


@pytest.mark.parametrize(("tag", "code"), [(None, None), ("auto", None), ("en-US", "en"), ("PT_br", "pt"), ("", None)])
def test_language_tags(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("what is  the weather in paris", "What is the weather in paris"),
        ("i think i'm here and i", "I think I'm here and I"),
        ("is it in india", "Is it in india"),
        ("", ""),
    ],
)
def test_tidy(raw: str, read: str) -> None:
    assert tidy(raw) == read
