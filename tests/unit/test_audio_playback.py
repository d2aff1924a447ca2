"""The account that the speaker keeps, driven as a device would drive it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from app.audio.speaker import FADE_S, PlaybackQueue

RATE = 48_000
ONES = np.ones(RATE, np.float32)


def past() -> float:
    """A time at which sound taken now has sounded already."""
    return time.monotonic() - 10.0


def test_sound_comes_out_in_order_and_then_silence() -> None:
    queue = PlaybackQueue()
    queue.put(np.arange(100, dtype=np.float32))
    queue.put(np.arange(100, 150, dtype=np.float32))
    out = np.concatenate([queue.take(64, past()) for _ in range(4)])
    np.testing.assert_array_equal(out, np.concatenate([np.arange(150), np.zeros(106)]))


def test_only_what_the_device_has_sounded_counts_as_played() -> None:
    queue = PlaybackQueue()
    queue.put(ONES)
    assert (queue.played_s, queue.pending_s) == (0.0, 1.0)
    queue.take(RATE // 2, time.monotonic() + 100.0)
    assert queue.played_s == 0.0
    assert queue.pending_s > 1.0
    queue.take(RATE // 2, past())
    assert (queue.played_s, queue.pending_s) == (1.0, 0.0)
    queue.take(RATE, past())
    assert queue.played_s == 1.0
    queue.put(ONES)
    assert (queue.played_s, queue.pending_s) == (0.0, 1.0)


def test_a_stop_fades_forgets_and_keeps_the_count() -> None:
    queue = PlaybackQueue()
    queue.put(ONES)
    queue.take(RATE // 4, past())
    queue.stop()
    assert (queue.played_s, queue.pending_s) == (0.25, 0.0)
    out = np.concatenate([queue.take(100, past()) for _ in range(20)])
    fade = round(FADE_S * RATE)
    assert np.all(np.diff(out[:fade]) < 0)
    assert out[0] > 0.99
    assert not np.any(out[fade:])
    assert queue.played_s == 0.25


def test_sound_given_right_after_a_stop_follows_the_fade() -> None:
    queue = PlaybackQueue()
    queue.put(ONES)
    queue.take(480, past())
    queue.stop()
    queue.put(0.5 * ONES[:960])
    assert queue.pending_s == pytest.approx(0.02)
    out = queue.take(2000, past())
    fade = round(FADE_S * RATE)
    np.testing.assert_array_equal(out[fade : fade + 960], np.full(960, 0.5, np.float32))
    assert not np.any(out[fade + 960 :])
    assert (queue.played_s, queue.pending_s) == (pytest.approx(0.02), 0.0)


def test_a_second_stop_forgets_what_came_after_the_first() -> None:
    queue = PlaybackQueue()
    queue.put(ONES)
    queue.stop()
    queue.put(ONES)
    queue.stop()
    out = queue.take(RATE, past())
    assert not np.any(out[round(FADE_S * RATE) :])
    assert queue.queued == 0


def test_stopping_silence_does_nothing() -> None:
    queue = PlaybackQueue()
    queue.stop()
    assert not np.any(queue.take(1000, past()))
    queue.put(ONES)
    queue.clear()
    assert not np.any(queue.take(1000, past()))
    assert queue.pending_s == 0.0
