"""Where there is no PortAudio: one sentence with the command that mends it, and everything else still works."""

from __future__ import annotations

import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from app.audio import devices

ROOT = Path(__file__).resolve().parents[2]

WITHOUT_PORTAUDIO = """
    import asyncio, ctypes.util, sys
    ctypes.util.find_library = lambda name: None
    sys.modules["_sounddevice_data"] = None  # the copy that the wheels for macOS and Windows carry
    import app.audio.microphone, app.audio.speaker, app.audio.files, app.audio.frontend, app.audio.virtual
    from app.audio import devices, streams
    from app.errors import EngineUnavailable

    async def listen():
        async for hop in app.audio.microphone.DeviceMicrophone():
            raise SystemExit("sound out of nothing")

    print(devices.sound_problem())
    speak = app.audio.speaker.DeviceSpeaker
    for attempt in (devices.list_devices, streams.refresh, speak, lambda: asyncio.run(listen())):
        try:
            attempt()
        except EngineUnavailable as error:
            print(error)
"""


def test_without_portaudio_the_sentence_comes_and_nothing_crashes() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(WITHOUT_PORTAUDIO)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert len(set(lines)) == 1
    assert "There is no sound" in lines[0]
    assert "PortAudio" in lines[0]
    assert "Traceback" not in done.stderr


def test_nothing_loads_portaudio_at_import() -> None:
    code = "import sys, app.audio.microphone, app.audio.speaker; print('sounddevice' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    ("system", "release", "command"),
    [
        ("Linux", {"ID": "ubuntu", "ID_LIKE": "debian"}, "sudo apt install libportaudio2"),
        ("Linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install libportaudio2"),
        ("Linux", {"ID": "fedora"}, "sudo dnf install portaudio"),
        ("Linux", {"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S portaudio"),
        ("Linux", {"ID": "unheard-of"}, "portaudio"),
        ("Darwin", {}, "pip install --force-reinstall sounddevice"),
        ("Windows", {}, "pip install --force-reinstall sounddevice"),
    ],
)
def test_each_system_gets_its_command(
    monkeypatch: pytest.MonkeyPatch, system: str, release: dict[str, str], command: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert command in devices.missing_portaudio()
