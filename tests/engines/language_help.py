"""What tests of language engines share: running a request to its end, and a job that a test can pause and cancel."""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.engines.job import Job, NullJob
from app.engines.language.base import Delta, Generated, GenerateRequest, LanguageEngine, Message, Sampling
from app.errors import Cancelled

SYSTEM = Message("system", "You are a helpful assistant. Give short, correct answers.")
CAPITAL = (SYSTEM, Message("user", "What is the capital of France?"))
GREEDY = Sampling(repeat_penalty=1.1, max_tokens=40)
DEADLINE_S = 120.0


class ControlledJob:
    """A job as the worker makes them: a flag for native code, and a checkpoint that waits or raises."""

    generation = 1

    def __init__(self) -> None:
        self._flag = ctypes.create_string_buffer(2)
        self.stop_flag = ctypes.addressof(self._flag)
        self._go = threading.Event()
        self._go.set()
        self.waiting = threading.Event()
        self.cancelled = False
        self.checkpoints = 0
        self.first_checkpoint = lambda: None

    def cancel(self) -> None:
        self.cancelled = True
        self._flag.value = b"!"
        self._go.set()

    def pause(self) -> None:
        self._go.clear()
        self._flag.value = b"!"

    def resume(self) -> None:
        self._flag.value = b""
        self._go.set()

    def checkpoint(self) -> None:
        self.checkpoints += 1
        if self.checkpoints == 1:
            self.first_checkpoint()
        if not self._go.is_set():
            self.waiting.set()
            assert self._go.wait(DEADLINE_S)
        if self.cancelled:
            raise Cancelled


def run(
    engine: LanguageEngine, messages: tuple[Message, ...], job: Job | None = None, **request: Any
) -> tuple[list[Delta], Generated]:
    """All deltas and the result of one request."""
    stream = engine.generate(GenerateRequest(messages=messages, **request), job or NullJob())
    deltas: list[Delta] = []
    while True:
        try:
            deltas.append(next(stream))
        except StopIteration as end:
            return deltas, end.value


def say(engine: LanguageEngine, text: str, **request: Any) -> str:
    return run(engine, (Message("user", text),), **request)[1].text


@contextmanager
def llama_server(model: Path, log: Path, *options: str) -> Iterator[str]:
    """llama-cpp-python's own OpenAI-compatible server on loopback; its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--port", str(port)]
    with log.open("wb") as out, subprocess.Popen([*command, *options], stdout=out, stderr=subprocess.STDOUT) as server:
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/v1/models", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")
