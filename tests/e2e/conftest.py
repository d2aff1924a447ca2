"""Real sound devices for tests: a private PulseAudio daemon with null sinks.

A null sink `speaker` is what the user hears (its monitor can be recorded); what is played into the null sink
`mic_feed` is what the microphone `mic` hears.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")

SETUP = """
.fail
load-module module-native-protocol-unix socket={socket} auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000 channels=2
load-module module-null-sink sink_name=mic_feed rate=48000 channels=1
load-module module-remap-source source_name=mic master=mic_feed.monitor
set-default-sink speaker
set-default-source mic
"""

ALSA = """
pcm.!default {{ type pulse server "unix:{socket}" }}
ctl.!default {{ type pulse server "unix:{socket}" }}
"""


class PulseServer:
    """A running daemon. `environ` leads PortAudio, paplay and parec to it and to nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "socket"
        (folder / "setup.pa").write_text(SETUP.format(socket=self.socket))
        (folder / ".asoundrc").write_text(ALSA.format(socket=self.socket))
        self.environ = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
        }
        self.environ.pop("PULSE_COOKIE", None)
        self.children: list[subprocess.Popen[Any]] = []
        self.start()

    def start(self) -> None:
        """Run the daemon, or one like it again after `kill`."""
        self.socket.unlink(missing_ok=True)
        self.log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--realtime=no",
                "--high-priority=no",
                "-F",
                str(self.folder / "setup.pa"),
            ],
            env=self.environ,
            stdout=self.log,
            stderr=self.log,
        )

    def wait_until_ready(self, deadline_s: float = 60.0) -> None:
        end = time.monotonic() + deadline_s
        while time.monotonic() < end and self.process.poll() is None:
            asked = subprocess.run(
                ["pactl", "list", "short", "sources"], env=self.environ, capture_output=True, text=True, timeout=60
            )
            if "\tmic\t" in asked.stdout:
                return
            time.sleep(0.05)
        raise RuntimeError(f"pulseaudio did not start: {(self.folder / 'log').read_text()}")

    def pactl(self, *arguments: str) -> str:
        """Run a command of the server's; its output."""
        done = subprocess.run(
            ["pactl", *arguments], env=self.environ, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout.strip()

    def unload(self, name: str) -> None:
        """Unplug the source or sink called `name`."""
        for line in self.pactl("list", "short", "modules").splitlines():
            if any(word.endswith(f"_name={name}") for word in line.split()):
                self.pactl("unload-module", line.split()[0])

    def plug_microphone(self, name: str, feed: str) -> None:
        """A source called `name` that hears what is played into the sink `feed`."""
        self.pactl(
            "load-module",
            "module-remap-source",
            f"source_name={name}",
            f"master={feed}.monitor",
            f"source_properties=device.description={name}",
        )

    def plug_speaker(self, name: str) -> None:
        self.pactl("load-module", "module-null-sink", f"sink_name={name}", f"sink_properties=device.description={name}")

    def play_into(self, sink: str, path: Path) -> subprocess.Popen[bytes]:
        playing = subprocess.Popen(["paplay", f"--device={sink}", str(path)], env=self.environ)
        self.children.append(playing)
        return playing

    def end_children(self) -> None:
        for child in self.children:
            child.kill()
            child.wait(30)
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self.log.close()


@pytest.fixture
def pulse() -> Iterator[PulseServer]:
    """A PulseAudio daemon of this test's own."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (packages pulseaudio, pulseaudio-utils, libasound2-plugins)")
    folder = Path(tempfile.mkdtemp(prefix="duet-pulse-"))  # not tmp_path: the name of a socket must be short
    server = PulseServer(folder)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.end_children()
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
