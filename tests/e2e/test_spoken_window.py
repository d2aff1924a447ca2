"""A whole spoken turn as a user has it: the real window, a real microphone and speaker, the real engines."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.store import Store
from tests.e2e.conftest import PulseServer
from tests.e2e.program import LIMIT_S
from tests.makers.spoken import speak

RATE = 16_000


def wait(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so; a test that waits too long fails and says for what."""
    end, pause = time.monotonic() + LIMIT_S, threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited too long for {what}"
        pause.wait(0.1)


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (Debian: apt install xdotool)")
def test_a_question_spoken_to_the_window_is_answered_aloud(
    x_server: str, pulse: PulseServer, duet_home: Path, tmp_path: Path
) -> None:
    question = tmp_path / "question.wav"
    soundfile.write(question, speak("What is the weather today?", tail_s=1.0), RATE)
    environment = {**pulse.environ, "DISPLAY": x_server, "QT_QPA_PLATFORM": "xcb", "DUET_HOME": str(duet_home)}
    heard = tmp_path / "heard.raw"
    with heard.open("wb") as file, tempfile.TemporaryFile() as log:
        readers_before = readers(pulse)
        recorder = subprocess.Popen(
            ["parec", "--device=speaker.monitor", "--format=s16le", f"--rate={RATE}", "--channels=1"],
            env=pulse.environ,
            stdout=file,
        )
        window = subprocess.Popen([sys.executable, "-m", "app", "window"], env=environment, stdout=log, stderr=log)
        try:
            wait(lambda: readers(pulse) == readers_before + 1, "the recorder")
            listen(environment, pulse)
            subprocess.run(["paplay", "--device=mic_feed", str(question)], env=pulse.environ, check=True, timeout=60)
            wait(lambda: answered(duet_home), "the answer in the store")
            wait(lambda: loud(heard), "the answer in the speaker")
            window.send_signal(signal.SIGINT)
            assert window.wait(60) == 0
        finally:
            for process in (window, recorder):
                process.kill()
                process.wait(30)


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (Debian: apt install xdotool)")
def test_the_key_to_talk_opens_the_microphone_while_another_window_has_the_keyboard(
    x_server: str, pulse: PulseServer, duet_home: Path
) -> None:
    environment = {**pulse.environ, "DISPLAY": x_server, "QT_QPA_PLATFORM": "xcb", "DUET_HOME": str(duet_home)}
    environment["DUET_AUDIO__WAY_IN"] = "push-to-talk"
    before = readers(pulse)

    def xdotool(*arguments: str) -> str:
        done = subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    with tempfile.TemporaryFile() as log:
        window = subprocess.Popen([sys.executable, "-m", "app", "window"], env=environment, stdout=log, stderr=log)
        try:
            wait(lambda: bool(xdotool("search", "--onlyvisible", "--name", "Duet")), "the window")
            own = xdotool("search", "--onlyvisible", "--name", "Duet").split()
            for one in own:
                xdotool("windowunmap", "--sync", one)  # hidden: nothing of it can have the keyboard

            def opened() -> bool:
                xdotool("keydown", "F9", "sleep", "0.3", "keyup", "F9")
                return readers(pulse) > before

            wait(opened, "the microphone to be opened")
            window.send_signal(signal.SIGINT)
            assert window.wait(60) == 0
        finally:
            window.kill()
            window.wait(30)


def listen(environment: dict[str, str], pulse: PulseServer) -> None:
    """Press the microphone's key until the microphone is open; the window takes it once it knows of the sound."""

    def xdotool(*arguments: str) -> str:
        return subprocess.run(
            ["xdotool", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        ).stdout.strip()

    before = readers(pulse)
    wait(lambda: bool(xdotool("search", "--onlyvisible", "--name", "Duet")), "the window")
    window = xdotool("search", "--onlyvisible", "--name", "Duet").split()[-1]
    wait(lambda: xdotool("windowfocus", "--sync", window, "getwindowfocus") == window, "the window's focus")
    wait(lambda: (Path(environment["DUET_HOME"]) / "duet.db").exists(), "the assistant")
    pressed = 0.0

    def opened() -> bool:
        nonlocal pressed
        if readers(pulse) > before:
            return True
        if time.monotonic() - pressed > 10:
            pressed = time.monotonic()
            xdotool("key", "ctrl+m")
        return False

    wait(opened, "the microphone to be opened")


def readers(pulse: PulseServer) -> int:
    """How many read from the sound server."""
    listed = subprocess.run(
        ["pactl", "list", "short", "source-outputs"], env=pulse.environ, capture_output=True, text=True, timeout=60
    )
    return len(listed.stdout.splitlines())


def answered(home: Path) -> bool:
    store = Store.open(home / "duet.db")
    try:
        turns = [turn for each in store.conversations() for turn in store.turns(each.id)]
    finally:
        store.close()
    if not turns or turns[0].state != "done" or turns[0].verdict is None:
        return False
    assert turns[0].source == "sphinx"
    assert "what is" in turns[0].text.lower()  # the starter's hearing knows people better than espeak-ng
    assert turns[0].answer
    return True


def loud(raw: Path) -> bool:
    """Whether something was heard at the speaker."""
    samples = np.frombuffer(raw.read_bytes()[: os.path.getsize(raw) // 2 * 2], np.int16)
    return len(samples) > 0 and int(np.abs(samples.astype(np.int32)).max()) > 1000


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed (Debian: apt install xdotool)")
def test_mute_closes_the_microphone_and_opens_it_again(x_server: str, pulse: PulseServer, duet_home: Path) -> None:
    environment = {**pulse.environ, "DISPLAY": x_server, "QT_QPA_PLATFORM": "xcb", "DUET_HOME": str(duet_home)}
    before = readers(pulse)
    with tempfile.TemporaryFile() as log:
        window = subprocess.Popen([sys.executable, "-m", "app", "window"], env=environment, stdout=log, stderr=log)
        try:
            listen(environment, pulse)
            for closed in (True, False):
                subprocess.run(["xdotool", "key", "ctrl+shift+m"], env=environment, check=True, timeout=60)
                wait(lambda closed=closed: (readers(pulse) == before) == closed, "the microphone to follow mute")
            window.send_signal(signal.SIGINT)
            assert window.wait(60) == 0
        finally:
            window.kill()
            window.wait(30)
