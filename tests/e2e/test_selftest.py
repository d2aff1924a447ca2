"""`duet doctor --listen` on virtual devices: what it finds, and what it advises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.audio.files import write_wav
from tests.e2e.devices_at_work import DEADLINE_S, ROOT


def speech_like(level: float) -> np.ndarray:
    """A minute of a buzz in syllables, three a second, with pauses between them."""
    time_s = np.arange(60 * 16_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 140 * k * time_s) / k for k in range(1, 20))
    return (level * buzz * np.maximum(np.sin(2 * np.pi * 3 * time_s), 0.0)).astype(np.float32)


def listen(pulse, *arguments: str) -> tuple[dict, dict[str, dict]]:
    """Run the self-test; its document, and its findings by name."""
    environ = {**pulse.environ, "DUET_STORE__DATA_DIR": str(pulse.folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "app", "doctor", "--listen", *arguments],
        env=environ,
        cwd=pulse.folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
    assert "Say something" in done.stderr
    document = json.loads(done.stdout)
    return document, {check["name"]: check for check in document["checks"]}


@pytest.fixture
def talking(pulse, tmp_path: Path):
    def talk(sink: str, level: float) -> None:
        write_wav(tmp_path / "talk.wav", np.clip(speech_like(level), -1.0, 1.0), 16_000)
        pulse.play_into(sink, tmp_path / "talk.wav")

    return talk


@pytest.mark.parametrize(("level", "signal"), [(0.2, "good"), (3.0, "clipped"), (0.008, "quiet")])
def test_what_is_said_is_judged(pulse, talking, level: float, signal: str) -> None:
    talking("mic_feed", level)
    document, checks = listen(pulse, "--json")
    assert document["heard"]["signal"] == signal, document["heard"]
    assert checks["signal"]["ok"] == (signal == "good")
    assert (checks["signal"]["mend"] is None) == (signal == "good")
    assert "a headset" in checks["echo"]["detail"]
    assert document["ok"] == all(check["ok"] for check in checks.values())


def test_zeros_are_told_from_silence(pulse) -> None:
    document, checks = listen(pulse, "--json")
    assert document["heard"]["signal"] == "zeros"
    assert "privacy settings" in checks["signal"]["mend"]


def test_the_microphone_that_hears_the_user_is_named(pulse, talking) -> None:
    pulse.plug_speaker("feed2")
    pulse.plug_microphone("headset", "feed2")
    talking("feed2", 0.2)
    document, checks = listen(pulse, "--json")
    assert document["elsewhere"]["headset"]["signal"] == "good"
    assert "headset hears you" in checks["signal"]["detail"]
    assert checks["signal"]["mend"] == 'duet settings set audio.input "headset"'


def test_an_echo_is_measured(pulse, talking) -> None:
    """The speaker's sound returns through a loopback at a tenth of its height."""
    loop = pulse.pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=mic_feed", "latency_msec=60")
    assert loop
    inputs = [line.split("\t")[0] for line in pulse.pactl("list", "short", "sink-inputs").splitlines()]
    pulse.pactl("set-sink-input-volume", inputs[-1], "-20dB")
    document, checks = listen(pulse, "--json")
    assert "a loudspeaker" in checks["echo"]["detail"], checks
    assert document["echo"]["level_db"] == pytest.approx(-20.0, abs=3.0)
    assert 20.0 < document["echo"]["delay_ms"] < 250.0
