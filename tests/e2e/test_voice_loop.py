"""Whole conversations on real (virtual) sound devices with the real engines, judged by what the speaker played.

Hearing is the tests' own Whisper, so that what is said is what is answered. The microphone hears the speaker as well in
one of them, as a laptop's does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.e2e.devices_at_work import ROOT, Monitor, say, wait_for
from tests.makers.spoken import speak

RATE = 48_000


@pytest.fixture
def said(tmp_path: Path) -> Callable[[str], Path]:
    """A recording of a sentence, with nothing before and a second of silence after it."""

    def record(text: str) -> Path:
        path = tmp_path / f"{abs(hash(text))}.wav"
        soundfile.write(path, speak(text, lead_s=0.0, tail_s=1.0), 16_000)
        return path

    return record


def converse(pulse, duet_home: Path, tiny_whisper: Path) -> subprocess.Popen[str]:
    """The program, listening."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.voice_program"],
        cwd=ROOT,
        env={
            **pulse.environ,
            "DUET_HOME": str(duet_home),
            "DUET_HEARING__ENGINE": "whisper",
            "DUET_HEARING__MODEL": str(tiny_whisper),
            "DUET_ASSISTANT__SYSTEM_PROMPT": "You are a helpful assistant. Answer in three long sentences.",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pulse.children.append(process)
    wait_for(process, event="ListeningChanged", state="listening")
    wait_for(process, event="DeviceChanged", kind="microphone", state="open")
    return process


def audible(sound: np.ndarray, start: int, seconds: float) -> float:
    part = sound[start : start + round(seconds * RATE)]
    return float(np.abs(part).max()) if len(part) else 0.0


def onset(sound: np.ndarray, after: int) -> int:
    """The sample at which the speaker is heard again."""
    found = np.flatnonzero(np.abs(sound[after:]) > 1e-3)
    assert len(found), "the speaker was not heard"
    return after + int(found[0])


def test_ask_interrupt_and_ask_again(pulse, duet_home: Path, tiny_whisper: Path, said: Callable[[str], Path]) -> None:
    with Monitor(pulse) as monitor:
        process = converse(pulse, duet_home, tiny_whisper)
        pulse.play_into("mic_feed", said("What is the weather in Paris?"))
        first = wait_for(process, event="TurnCommitted")
        began = wait_for(process, event="PlaybackStarted")
        while wait_for(process, event="PlaybackProgress")["played_s"] < 1.2:  # within a second it would join the turn
            pass
        pulse.play_into("mic_feed", said("Turn on the kitchen light."))
        held = wait_for(process, event="PlaybackHeld")
        interrupted = wait_for(process, event="Interrupted")
        second = wait_for(process, event="TurnCommitted")
        again = wait_for(process, event="PlaybackStarted")
        finished = wait_for(process, event="TurnFinished", turn=second["turn"])
        monitor.wait_for_silence()
        say(process, "end")
        process.communicate(timeout=60)
    assert held["turn"] == interrupted["turn"] == first["turn"] == began["turn"]
    assert "weather" in first["text"].lower()
    assert "kitchen" in second["text"].lower()
    assert again["turn"] == second["turn"]
    assert finished["final"]
    sound = monitor.samples
    start = onset(sound, 0)
    silent_from = start + round((held["time"] - began["time"] + 0.15) * RATE)
    restart = onset(sound, silent_from)
    assert audible(sound, silent_from, (again["time"] - held["time"]) - 0.2) < 1e-3
    # The marks are the devices' own times: what lies between two of them lies between the two sounds.
    assert (restart - start) / RATE == pytest.approx(again["time"] - began["time"], abs=0.02)


def test_the_microphone_is_unplugged_in_mid_turn_and_plugged_in_again(
    pulse, duet_home: Path, tiny_whisper: Path, said: Callable[[str], Path]
) -> None:
    with Monitor(pulse) as monitor:
        process = converse(pulse, duet_home, tiny_whisper)
        pulse.play_into("mic_feed", said("What is the weather in Paris?"))
        wait_for(process, event="SpeechStarted")
        pulse.unload("mic")
        lost = wait_for(process, event="DeviceChanged", kind="microphone", state="lost")
        pulse.plug_microphone("mic", "mic_feed")
        pulse.pactl("set-default-source", "mic")
        wait_for(process, event="DeviceChanged", kind="microphone", state="open")
        wait_for_the_end_of_a_turn(process)  # what was said before the plug was pulled
        before = len(monitor.samples)
        pulse.play_into("mic_feed", said("Turn on the kitchen light."))
        committed = wait_for(process, event="TurnCommitted")
        wait_for(process, event="PlaybackStarted", turn=committed["turn"])
        wait_for(process, event="TurnFinished", turn=committed["turn"])
        say(process, "end")
        process.communicate(timeout=60)
    assert lost["problem"]
    assert "kitchen" in committed["text"].lower()
    assert audible(monitor.samples, before, 60.0) > 0.05


def test_a_loudspeaker_beside_the_microphone_does_not_interrupt_itself(
    pulse, duet_home: Path, tiny_whisper: Path, said: Callable[[str], Path]
) -> None:
    pulse.pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=mic_feed", "latency_msec=60")
    with Monitor(pulse) as monitor:
        process = converse(pulse, duet_home, tiny_whisper)
        pulse.pactl("set-sink-input-volume", loopback(pulse), "25%")
        pulse.play_into("mic_feed", said("What is the weather in Paris?"))
        committed = wait_for(process, event="TurnCommitted")
        finished = wait_for(process, event="TurnFinished")
        monitor.wait_for_silence()
        say(process, "end")
        rest, _ = process.communicate(timeout=60)
    assert finished["turn"] == committed["turn"]
    assert "interrupted" not in finished["marks_ms"]
    assert '"TurnCommitted"' not in rest


def wait_for_the_end_of_a_turn(process: subprocess.Popen[str]) -> None:
    """Until it is answered, or came to nothing."""
    while True:
        event = wait_for(process)
        if event["event"] == "TurnFinished" or (event["event"] == "TurnDropped" and event["generation"] is None):
            return


def loopback(pulse) -> str:
    """The number of the stream that lets the speaker sound into the microphone."""
    blocks = pulse.pactl("list", "sink-inputs").split("Sink Input #")[1:]
    return next(block.split("\n", 1)[0].strip() for block in blocks if "loopback" in block.lower())
