"""What the tests of the sound devices share: the program under test, its lines, and an ear at the virtual speaker."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 90.0


def start(pulse, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.device_program", *arguments],
        cwd=ROOT,
        env=pulse.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pulse.children.append(process)
    return process


def say(process: subprocess.Popen[str], command: str) -> None:
    """A line for the program's standard input."""
    process.stdin.write(command + "\n")
    process.stdin.flush()


def wait_for_all(process: subprocess.Popen[str], *wanted: dict) -> None:
    """Lines with these values, in any order."""
    missing = list(wanted)
    while missing:
        line = wait_for(process)
        missing = [values for values in missing if not values.items() <= line.items()]


def wait_for(process: subprocess.Popen[str], **wanted: object) -> dict:
    """The program's next line that has these values; those before it are passed over."""
    seen = []
    stop = threading.Timer(DEADLINE_S, process.kill)  # readline has no deadline of its own
    stop.start()
    try:
        while line := process.stdout.readline():
            values = json.loads(line)
            seen.append(values)
            if all(values.get(key) == value for key, value in wanted.items()):
                return values
    finally:
        stop.cancel()
    pytest.fail(f"the program never said {wanted}: {seen} {process.communicate()[1][-2000:]}")


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

    def __init__(self, pulse, sink: str = "speaker") -> None:
        self.blocks: list[tuple[float, np.ndarray]] = []
        self._process = subprocess.Popen(
            [
                "parec",
                f"--device={sink}.monitor",
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

    def wait_for_sound(self, since: float = 0.0) -> float:
        """When sound came that had not at `since` (in time.time())."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            for when, block in self.blocks[-200:]:
                if when >= since and np.any(np.abs(block) > 1e-2):
                    return when
            time.sleep(0.02)
        pytest.fail("nothing sounds")

    @property
    def samples(self) -> np.ndarray:
        return np.concatenate([block for _, block in self.blocks])

    @property
    def heard(self) -> np.ndarray:
        """From the first to the last audible sample."""
        samples = np.concatenate([block for _, block in self.blocks])
        audible = np.flatnonzero(np.abs(samples) > 1e-3)
        return samples[audible[0] : audible[-1] + 1] if len(audible) else samples[:0]

    @property
    def last_heard_at(self) -> float:
        return max(when for when, block in self.blocks if np.any(np.abs(block) > 1e-3))
