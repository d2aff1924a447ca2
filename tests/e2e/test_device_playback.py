"""What the listener hears of playback that is held, released and stopped: judged at the virtual speaker."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.devices_at_work import Monitor, result, say, start, wait_for

STEP = 0.05
"""Largest jump between samples at 48 kHz of the tone of 440 Hz at half level: 0.029."""


def longest_silence_s(samples: np.ndarray) -> float:
    audible = np.flatnonzero(np.abs(samples) > 1e-3)
    return float(np.max(np.diff(audible))) / 48_000


def test_a_hold_is_a_hole_without_clicks(pulse) -> None:
    with Monitor(pulse) as monitor:
        process = start(pulse, "speak")
        say(process, "play 4")
        say(process, "until 1.5")
        wait_for(process, did="until")
        say(process, "hold")
        held = wait_for(process, did="hold")
        monitor.wait_for_silence()
        say(process, "release")
        released = wait_for(process, did="release")
        monitor.wait_for_sound(released["at"])
        say(process, "drain")
        done = wait_for(process, did="drain")
        monitor.wait_for_silence()
        say(process, "end")
        result(process)
    assert done["played_s"] == pytest.approx(4.0, abs=0.02)
    assert released["played_s"] == pytest.approx(held["played_s"], abs=0.12)  # what the device had taken
    assert released["pending_s"] + released["played_s"] == pytest.approx(4.0, abs=0.02)
    heard = monitor.heard
    assert longest_silence_s(heard) == pytest.approx(released["at"] - held["at"], abs=0.25)
    assert len(heard) / 48_000 == pytest.approx(4.0 + released["at"] - held["at"], abs=0.35)
    if done["underflows"] == 0:
        assert np.max(np.abs(np.diff(heard))) < STEP


def test_a_stop_is_silence_within_a_tenth_of_a_second(pulse) -> None:
    """By the samples at the speaker: the clocks of two processes do not come into it."""
    with Monitor(pulse) as monitor:
        process = start(pulse, "speak")
        say(process, "play 30")
        say(process, "until 3")
        wait_for(process, did="until")
        say(process, "stop")
        stopped = wait_for(process, did="stop")
        monitor.wait_for_silence()
        say(process, "end")
        result(process)
    assert stopped["pending_s"] == 0.0
    after = len(monitor.heard) / 48_000 - stopped["played_s"]
    if stopped["underflows"] == 0:
        assert after <= max(0.1, stopped["latency_s"] + 0.05)
        assert np.max(np.abs(np.diff(monitor.heard))) < STEP


def test_an_under_run_is_counted_and_loses_nothing(pulse) -> None:
    with Monitor(pulse) as monitor:
        process = start(pulse, "speak")
        say(process, "play 5")
        say(process, "until 2")
        before = wait_for(process, did="until")["underflows"]
        process.send_signal(signal.SIGSTOP)
        monitor.wait_for_silence()
        process.send_signal(signal.SIGCONT)
        say(process, "drain")
        done = wait_for(process, did="drain")
        say(process, "end")
        result(process)
    assert done["underflows"] > before
    assert done["played_s"] == pytest.approx(5.0, abs=0.02)


def test_far_and_near_end_agree_to_20_ms(pulse, tmp_path: Path) -> None:
    """The speaker's own monitor is heard without delay, so what sounded and what was heard are in step."""
    outcome = result(start(pulse, "both_ends", str(tmp_path / "ends.npz"), "9"))
    ends = np.load(tmp_path / "ends.npz")
    size = 1 << 17
    delays = []
    for second in range(4, 8):  # a null sink needs some seconds to settle on a latency
        piece = slice(second * 16_000, (second + 1) * 16_000)
        near, far = (np.fft.rfft(ends[name][piece], size) for name in ("near", "far"))
        correlation = np.abs(np.fft.irfft(near * np.conj(far), size))
        peak = int(np.argmax(correlation))
        assert correlation[peak] > 0
        delays.append((peak if peak < size // 2 else peak - size) / 16)
    assert np.median(np.abs(delays)) < 20.0, delays
    assert outcome["cost_us"] < 1000
