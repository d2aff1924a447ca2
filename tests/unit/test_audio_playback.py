"""The account that the speaker keeps, driven as a device would drive it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
import soxr

from app.audio.playback import PlaybackQueue
from app.audio.timeline import FADE_S

RATE = 48_000
ONES = np.ones(RATE, np.float32)
FADE = round(FADE_S * RATE)


def past() -> float:
    """A time at which sound taken now has sounded already."""
    return time.monotonic() - 10.0


def taken(queue: PlaybackQueue, frames: int, at: float | None = None) -> np.ndarray:
    out = np.full(frames, 7.0, np.float32)
    count = queue.take(out, past() if at is None else at)
    assert not np.any(out[count:])
    return out


def blocks(queue: PlaybackQueue, count: int) -> Iterator[np.ndarray]:
    return (taken(queue, 480) for _ in range(count))


def test_sound_comes_out_in_order_and_then_silence() -> None:
    queue = PlaybackQueue()
    sound = np.arange(150, dtype=np.float32) / 200
    queue.put(sound[:100], RATE)
    queue.put(sound[100:], RATE)
    out = np.concatenate([taken(queue, 64) for _ in range(4)])
    np.testing.assert_array_equal(out, np.concatenate([sound, np.zeros(106)]))


def test_only_what_the_device_has_sounded_counts_as_played() -> None:
    queue = PlaybackQueue()
    queue.put(ONES, RATE)
    assert (queue.played_s, queue.pending_s) == (0.0, 1.0)
    taken(queue, RATE // 2, time.monotonic() + 100.0)
    assert queue.played_s == 0.0
    assert queue.pending_s > 1.0
    taken(queue, RATE // 2)
    assert (queue.played_s, queue.pending_s) == (1.0, 0.0)
    taken(queue, RATE)
    assert queue.played_s == 1.0
    queue.put(ONES, RATE)
    assert (queue.played_s, queue.pending_s) == (0.0, 1.0)


def test_a_stop_fades_forgets_and_keeps_the_count() -> None:
    queue = PlaybackQueue()
    queue.put(ONES, RATE)
    taken(queue, RATE // 4)
    queue.stop()
    assert (queue.played_s, queue.pending_s) == (0.25, 0.0)
    out = np.concatenate([taken(queue, 100) for _ in range(20)])
    assert np.all(np.diff(out[:FADE]) < 0)
    assert out[0] > 0.99
    assert not np.any(out[FADE:])
    assert queue.played_s == 0.25


def test_sound_given_right_after_a_stop_follows_the_fade() -> None:
    queue = PlaybackQueue()
    queue.put(ONES, RATE)
    taken(queue, 480)
    queue.stop()
    queue.put(0.5 * ONES[:960], RATE)
    assert queue.pending_s == pytest.approx(0.02)
    out = taken(queue, 2000)
    np.testing.assert_array_equal(out[FADE : FADE + 960], np.full(960, 0.5, np.float32))
    assert not np.any(out[FADE + 960 :])
    assert (queue.played_s, queue.pending_s) == (pytest.approx(0.02), 0.0)


def test_a_second_stop_forgets_what_came_after_the_first() -> None:
    queue = PlaybackQueue()
    queue.put(ONES, RATE)
    queue.stop()
    queue.put(ONES, RATE)
    queue.stop()
    assert not np.any(taken(queue, RATE)[FADE:])
    assert queue.queued == 0


def test_stopping_silence_does_nothing() -> None:
    queue = PlaybackQueue()
    queue.stop()
    assert not np.any(taken(queue, 1000))
    queue.put(ONES, RATE)
    queue.clear()
    assert not np.any(taken(queue, 1000))
    assert queue.pending_s == 0.0


def test_a_hold_keeps_everything_and_a_release_fades_in_where_it_cut() -> None:
    queue = PlaybackQueue()
    sound = np.linspace(0.5, 1.0, RATE, dtype=np.float32)
    queue.put(sound, RATE)
    taken(queue, RATE // 4)
    queue.hold()
    queue.hold()
    assert queue.held
    out = np.concatenate(list(blocks(queue, 20)))
    ramp = np.linspace(1.0, 0.0, FADE, dtype=np.float32)
    np.testing.assert_allclose(out[:FADE], sound[RATE // 4 : RATE // 4 + FADE] * ramp, atol=1e-6)
    assert not np.any(out[FADE:])
    assert (queue.played_s, queue.pending_s) == (0.25, 0.75)
    queue.put(0.25 * ONES[:480], RATE)
    queue.release()
    assert not queue.held
    out = taken(queue, RATE)
    assert np.all(np.diff(out[:FADE]) > 0)
    assert out[0] == 0.0
    np.testing.assert_array_equal(out[FADE : RATE * 3 // 4], sound[RATE // 4 + FADE :])
    np.testing.assert_array_equal(out[RATE * 3 // 4 :][:480], np.full(480, 0.25, np.float32))
    assert (queue.played_s, queue.pending_s) == (pytest.approx(1.01), 0.0)


def test_a_hold_before_anything_sounds_changes_nothing_of_it() -> None:
    queue = PlaybackQueue()
    queue.hold()
    queue.put(ONES, RATE)
    assert not np.any(taken(queue, 960))
    assert queue.pending_s == 1.0
    queue.release()
    np.testing.assert_array_equal(taken(queue, RATE), ONES)


def test_a_stop_ends_a_hold() -> None:
    queue = PlaybackQueue()
    queue.put(ONES, RATE)
    taken(queue, 4800)
    queue.hold()
    taken(queue, 4800)
    queue.stop()
    assert not queue.held
    assert (queue.played_s, queue.pending_s) == (pytest.approx(0.1), 0.0)
    assert not np.any(taken(queue, 4800))
    queue.put(ONES, RATE)
    np.testing.assert_array_equal(taken(queue, 480), ONES[:480])


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_pieces_of_one_sound_are_resampled_as_one(rate: int) -> None:
    """Also where the device takes what there is in between, as long as the sound comes in time."""
    sound = np.random.default_rng(2).uniform(-0.5, 0.5, rate).astype(np.float32)
    queue, out = PlaybackQueue(), []
    for piece in np.array_split(sound, 10):
        queue.put(piece, rate)
        out += blocks(queue, 5)
    assert queue.pending_s == pytest.approx(0.5)
    while queue.queued:
        out.append(taken(queue, 480))
    out.append(taken(queue, 480))
    whole = soxr.resample(sound, rate, RATE)
    np.testing.assert_allclose(np.concatenate(out)[: len(whole)], whole, atol=1e-5)
    assert queue.played_s == pytest.approx(1.0, abs=1e-4)


def test_a_sound_shorter_than_the_resampler_s_memory_is_pending_and_comes_out() -> None:
    queue = PlaybackQueue()
    queue.put(0.5 * ONES[:160], 16_000)
    assert queue.pending_s == pytest.approx(0.01)
    assert queue.queued == 480
    out = np.concatenate(list(blocks(queue, 4)))
    assert np.sum(np.abs(out) > 0.25) == pytest.approx(480, abs=4)
    assert queue.pending_s == 0.0


def test_another_rate_and_another_device_lose_nothing() -> None:
    queue = PlaybackQueue()
    tone = (0.5 * np.sin(2 * np.pi * 300 * np.arange(24_000) / 24_000)).astype(np.float32)
    queue.put(tone, 24_000)
    queue.put(tone[:12_000], 24_000)
    queue.put(soxr.resample(tone, 24_000, 16_000), 16_000)
    taken(queue, RATE // 2)
    queue.change_rate(44_100)
    assert queue.pending_s == pytest.approx(2.0, abs=1e-3)
    assert queue.played_s == pytest.approx(0.5, abs=1e-3)
    out = taken(queue, 3 * 44_100)
    assert np.count_nonzero(out) == pytest.approx(2.0 * 44_100, abs=800)
    assert queue.played_s == pytest.approx(2.5, abs=1e-3)


def test_what_is_not_sound_becomes_silence() -> None:
    queue = PlaybackQueue()
    queue.put(np.array([np.nan, np.inf, -9.0, 0.5], np.float32), RATE)
    assert taken(queue, 4).tolist() == [0.0, 1.0, -1.0, 0.5]
