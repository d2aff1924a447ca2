"""Real sound devices, as PulseAudio provides them through ALSA and PortAudio."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.audio.files import write_wav
from tests.e2e.devices_at_work import DEADLINE_S, Monitor, result, start


def test_the_microphone_hears_what_is_played_into_it(pulse, tmp_path: Path) -> None:
    sound = (0.4 * np.sin(2 * np.pi * 500 * np.arange(3 * 16_000) / 16_000)).astype(np.float32)
    write_wav(tmp_path / "tone.wav", sound, 16_000)
    process = start(pulse, "capture", str(tmp_path / "heard.npy"), "60", "")
    assert "first_hop_s" in process.stdout.readline()
    subprocess.run(
        ["paplay", "--device=mic_feed", tmp_path / "tone.wav"], env=pulse.environ, check=True, timeout=DEADLINE_S
    )
    outcome = result(process)
    heard = np.load(tmp_path / "heard.npy")
    assert len(heard) == outcome["hops"] * 160
    audible = np.flatnonzero(np.abs(heard) > 0.02)
    inside = heard[audible[0] : audible[-1] + 1]
    assert len(inside) / 16_000 == pytest.approx(3.0, abs=0.1)
    middle = inside[8_000:-8_000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)
    assert np.argmax(np.abs(np.fft.rfft(middle))) * 16_000 / len(middle) == pytest.approx(500, abs=2)
    assert outcome["loudest"] == pytest.approx(-11.0, abs=1.0)


def test_the_speaker_plays_all_of_it_and_knows_when_it_is_over(pulse) -> None:
    with Monitor(pulse) as monitor:
        outcome = result(start(pulse, "play", "2.0"))
        monitor.wait_for_silence()
    assert outcome["given_s"] < 1.0  # play does not wait for the device
    assert outcome["pending_s"] == pytest.approx(2.0, abs=0.5)
    assert outcome["played_s"] == pytest.approx(2.0, abs=0.01)
    assert 1.9 <= outcome["took_s"] < 12.0  # 2.03 on an idle machine
    assert len(monitor.heard) / 48_000 == pytest.approx(2.0, abs=0.15)
    middle = monitor.heard[24_000:48_000]
    assert np.max(np.abs(middle)) == pytest.approx(0.5, rel=0.05)
    if outcome["underflows"] == 0:  # a loaded machine leaves holes
        assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_a_stop_is_heard_soon(pulse) -> None:
    with Monitor(pulse) as monitor:
        outcome = result(start(pulse, "stop", "1.0"))
        monitor.wait_for_silence()
    assert outcome["pending_s"] == 0.0
    assert 1.0 <= outcome["played_s"] < 5.0
    late = monitor.last_heard_at - outcome["stopped_at"]
    assert late < 1.0  # 0.15 s on an idle machine; the monitor's own latency is part of it
    assert len(monitor.heard) / 48_000 - outcome["played_s"] < 0.3


def test_the_device_stays_open_and_can_be_listed_anew_when_closed(pulse) -> None:
    outcome = result(start(pulse, "again"))
    assert outcome["refused"] is False
    assert outcome["played_s"] == pytest.approx(0.2, abs=0.01)
    assert any("pulse" in name or "default" in name for name in outcome["names"])
    assert outcome["problem"] is None


def test_an_idle_speaker_lets_its_device_go_and_plays_again(pulse) -> None:
    with Monitor(pulse) as monitor:
        outcome = result(start(pulse, "release"))
        monitor.wait_for_silence()
    assert outcome["played_s"] == pytest.approx(0.5, abs=0.01)
    assert len(monitor.heard) / 48_000 > 1.0  # both sounds and the time between them


def test_a_speaker_whose_server_dies_ends_with_a_sentence(pulse) -> None:
    process = start(pulse, "outlast", "0.5")
    assert "playing" in process.stdout.readline()
    pulse.process.kill()
    assert "takes no sound any more" in result(process)["error"]


def test_without_a_sound_server_the_sentence_says_so(pulse) -> None:
    pulse.process.kill()
    pulse.process.wait(30)
    error = result(start(pulse, "play", "1"))["error"]
    assert "speaker" in error or "sound" in error
    assert error.endswith(".")
