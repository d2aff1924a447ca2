"""Real sound devices, as PulseAudio provides them through ALSA and PortAudio."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from app.audio.files import write_wav

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 90.0


def start(pulse, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.device_program", *arguments],
        cwd=ROOT,
        env=pulse.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen[str]) -> dict:
    """The program's last line."""
    try:
        output, errors = process.communicate(timeout=DEADLINE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"the program hangs: {process.communicate()}")
    assert process.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


class Monitor:
    """Records what the speaker plays, 48 kHz mono, with the time of each block's arrival."""

    def __init__(self, pulse) -> None:
        self.blocks: list[tuple[float, np.ndarray]] = []
        self._process = subprocess.Popen(
            [
                "parec",
                "--device=speaker.monitor",
                "--format=float32le",
                "--rate=48000",
                "--channels=1",
                "--latency-msec=10",
            ],
            env=pulse.environ,
            stdout=subprocess.PIPE,
        )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while data := self._process.stdout.read(480 * 4):
            self.blocks.append((time.time(), np.frombuffer(data[: len(data) // 4 * 4], np.float32)))

    def __enter__(self) -> Monitor:
        end = time.monotonic() + DEADLINE_S
        while not self.blocks and time.monotonic() < end:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._thread.join(30)
        self._process.stdout.close()

    def wait_for_silence(self, seconds: float = 0.5) -> None:
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            recent = [block for _, block in self.blocks[-round(seconds * 100) :]]
            if not np.any(np.abs(np.concatenate(recent)) > 1e-3):
                return
            time.sleep(0.02)

    @property
    def heard(self) -> np.ndarray:
        """From the first to the last audible sample."""
        samples = np.concatenate([block for _, block in self.blocks])
        audible = np.flatnonzero(np.abs(samples) > 1e-3)
        return samples[audible[0] : audible[-1] + 1] if len(audible) else samples[:0]

    @property
    def last_heard_at(self) -> float:
        return max(when for when, block in self.blocks if np.any(np.abs(block) > 1e-3))


def test_the_microphone_hears_what_is_played_into_it(pulse, tmp_path: Path) -> None:
    sound = (0.4 * np.sin(2 * np.pi * 500 * np.arange(3 * 16_000) / 16_000)).astype(np.float32)
    write_wav(tmp_path / "tone.wav", sound, 16_000)
    process = start(pulse, "capture", str(tmp_path / "heard.npy"), "6", "")
    assert "first_hop_s" in process.stdout.readline()
    subprocess.run(
        ["paplay", "--device=mic_feed", tmp_path / "tone.wav"], env=pulse.environ, check=True, timeout=DEADLINE_S
    )
    outcome = result(process)
    heard = np.load(tmp_path / "heard.npy")
    assert outcome["hops"] == 600
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


@pytest.mark.parametrize("arguments", [("capture", "unused.npy", "1", "Nowhere"), ("play", "1", "Nowhere")])
def test_a_device_that_is_not_there_is_named_with_those_that_are(pulse, arguments: tuple[str, ...]) -> None:
    error = result(start(pulse, *arguments))["error"]
    assert '"Nowhere"' in error
    assert "choose one of" in error
    assert "default" in error


def test_a_microphone_that_vanishes_ends_with_a_sentence(pulse, tmp_path: Path) -> None:
    process = start(pulse, "capture", str(tmp_path / "heard.npy"), "600")
    assert "first_hop_s" in process.stdout.readline()
    pulse.process.kill()
    assert "gives no sound any more" in result(process)["error"]


def test_a_speaker_that_vanishes_ends_with_a_sentence(pulse) -> None:
    process = start(pulse, "outlast")
    assert "playing" in process.stdout.readline()
    pulse.process.kill()
    assert "takes no sound any more" in result(process)["error"]


def test_without_a_sound_server_the_sentence_says_so(pulse) -> None:
    pulse.process.kill()
    pulse.process.wait(30)
    error = result(start(pulse, "play", "1"))["error"]
    assert "speaker" in error or "sound" in error
    assert error.endswith(".")
