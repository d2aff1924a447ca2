"""When samples sounded: the devices' clocks, the hops cut by them, and the far end found by them."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from app.audio.base import HOP, SAMPLE_RATE
from app.audio.farend import FarEnd
from app.audio.hops import HOP_S, Hops
from app.audio.streamclock import LEAPS, HostTime, StreamClock


def test_jitter_is_smoothed_and_drift_is_followed() -> None:
    rng = np.random.default_rng(5)
    clock, rate, drift = StreamClock(48_000), 48_000, 1 + 1e-4
    errors = []
    for block in range(3000):
        true = 100.0 + block * 0.01 * drift
        clock.update(block * 480, true + rng.uniform(-0.008, 0.008))
        errors.append(clock.time_of(block * 480) - true)
    assert np.max(np.abs(errors[300:])) < 0.003
    assert clock.index_at(clock.time_of(12_345)) == 12_345
    assert rate == clock.rate


def test_late_stamps_are_ignored_and_a_real_leap_is_taken() -> None:
    clock = StreamClock(16_000)
    for block in range(100):
        clock.update(block * HOP, 50.0 + block * HOP_S + (0.4 if block % 10 == 5 else 0.0))
    assert clock.time_of(100 * HOP) == pytest.approx(51.0, abs=1e-6)
    for block in range(100, 100 + LEAPS):
        clock.update(block * HOP, 51.0 + block * HOP_S)
    assert clock.time_of(200 * HOP) == pytest.approx(53.0, abs=1e-6)


def test_a_callback_that_waits_for_its_turn_does_not_move_the_host_s_time() -> None:
    host = HostTime()
    assert host.local(5.0, 5.01, 105.01) == pytest.approx(105.0)
    for number in range(1, 50):
        now = 5.01 + number * 0.01
        waited = 0.03 * (number % 3)
        assert host.local(now - 0.01, now, now + 100.0 + waited) == pytest.approx(now + 99.99, abs=1e-6)
    assert host.local(900.0, 900.01, 107.0) == pytest.approx(106.99)  # the host's clock was set


def times(start: float):
    return lambda sample: start + sample / SAMPLE_RATE


def test_hops_follow_the_samples_however_they_come() -> None:
    hops, sound = Hops(), np.arange(1000, dtype=np.float32)
    given = [hop for piece in np.array_split(sound, 7) for hop in hops.cut(piece, times(10.0))]
    np.testing.assert_array_equal(np.concatenate(given), sound[:960])
    assert hops.heard_until == pytest.approx(10.06)


def test_silence_takes_the_place_of_a_source_and_ends_where_the_next_begins() -> None:
    hops, ones = Hops(), np.ones(1600, np.float32)
    given = list(hops.cut(ones, times(10.0)))
    given += hops.silence(10.2)
    assert hops.heard_until == pytest.approx(10.2)
    hops.new_source()
    given += hops.cut(ones, times(10.3))  # it began later than the silence ended
    assert hops.heard_until == pytest.approx(10.4)
    assert len(given) == 40
    loud = [bool(hop.any()) for hop in given]
    assert loud == [True] * 10 + [False] * 20 + [True] * 10


def test_what_two_sources_heard_is_given_once() -> None:
    hops = Hops()
    first = list(hops.cut(np.full(1600, 0.1, np.float32), times(10.0)))
    hops.new_source()
    second = list(hops.cut(np.full(1600, 0.2, np.float32), times(10.05)))
    assert (len(first), len(second)) == (10, 5)
    assert hops.heard_until == pytest.approx(10.15)


def test_a_night_s_sleep_is_not_filled_with_silence() -> None:
    hops = Hops()
    assert not list(hops.silence(100.0))
    list(hops.cut(np.ones(160, np.float32), times(100.0)))
    assert len(list(hops.silence(40_000.0))) == 3000


def test_a_clock_that_goes_back_does_not_take_heard_until_along() -> None:
    hops = Hops()
    list(hops.cut(np.ones(160, np.float32), times(10.0)))
    list(hops.cut(np.ones(160, np.float32), times(9.5)))
    assert hops.heard_until == pytest.approx(10.01)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_the_far_end_is_what_the_device_took_hop_by_hop(rate: int) -> None:
    far, block = FarEnd(rate), rate // 100
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 2 * rate).astype(np.float32)
    sound = soxr.resample(soxr.resample(noise, rate, 8000), 8000, rate)[: 2 * rate]  # below every filter's edge
    whole = soxr.resample(sound, rate, SAMPLE_RATE)
    heard = []
    assert far.sounded(100.0, HOP) is None
    for number in range(len(sound) // block):
        far.stamp(100.0 + number * 0.01)
        far.note(sound[number * block :][:block], block)
        if number >= 5:
            hop = far.sounded(100.0 + (number - 5) * 0.01, HOP)
            assert hop is not None
            heard.append(hop)
    given = np.concatenate(heard)
    settled = slice(1600, len(given))
    np.testing.assert_allclose(given[settled], whole[: len(given)][settled], atol=0.01)


def test_the_far_end_of_silence_is_nothing_and_costs_nothing() -> None:
    far, ones = FarEnd(48_000), np.full(480, 0.5, np.float32)
    for number in range(500):
        far.stamp(100.0 + number * 0.01)
        far.note(ones if 100 <= number < 110 else None, 480)
    assert far.sounded(100.5, HOP) is None  # no longer known
    assert far.sounded(104.9, HOP) is None
    for number in range(500, 520):
        far.stamp(100.0 + number * 0.01)
        far.note(ones, 480)
    hop = far.sounded(105.05, HOP)
    assert hop is not None
    np.testing.assert_allclose(hop, 0.5, atol=0.02)
    assert far.sounded(104.9, HOP) is None


def test_clocks_that_drift_apart_shift_the_far_end_a_sample_at_a_time() -> None:
    far, rate = FarEnd(16_000), 16_000
    ramp = np.arange(20 * rate, dtype=np.float32)
    heard = []
    for number in range(2000):
        far.stamp(100.0 + number * 0.01)
        far.note(ramp[number * HOP :][:HOP] + 1, HOP)
        if number > 10:
            heard.append(far.sounded(100.0 + (number - 10) * 0.01 * (1 + 2e-4), HOP))
    steps = np.diff(np.concatenate(heard))
    assert set(np.unique(steps)) <= {1.0, 2.0}
    assert np.sum(steps == 2.0) == pytest.approx(2000 * HOP * 2e-4, abs=12)
