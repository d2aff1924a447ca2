"""The conversation in a terminal: a prompt that stays, answers above it, second thoughts when they come."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time

import pytest

from tests.e2e.program import LIMIT_S, duet
from tests.makers.chat_server import chat_server

pty = pytest.importorskip("pty", reason="there are no pseudo terminals on Windows")

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>78]|\r")


class Terminal:
    """`duet ARGUMENTS` in a terminal of 100 columns. `seen` is what was written, without control sequences."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "30"} | environment,
        )
        os.close(theirs)
        self.seen = ""

    def until(self, pattern: str) -> None:
        """Read until the pattern is seen; what was seen before it is forgotten."""
        end = time.monotonic() + LIMIT_S
        while not (found := re.search(pattern, self.seen)):
            assert time.monotonic() < end, f"{pattern} was not seen in {self.seen!r}"
            if select.select([self._ours], [], [], 1)[0]:
                data = os.read(self._ours, 65536).decode("utf-8", "replace")
                if "\x1b[6n" in data:  # prompt-toolkit asks where the cursor is
                    os.write(self._ours, b"\x1b[1;1R")
                self.seen += CONTROL.sub("", data)
        self.seen = self.seen[found.end() :]

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait(30)
        os.close(self._ours)


def test_a_conversation_in_the_terminal() -> None:
    terminal = Terminal()
    try:
        terminal.until("/new begins")
        terminal.until(">")
        terminal.type("What is the capital of Italy?\r")
        terminal.until("The capital of Italy is Rome")
        terminal.until("thought again: it stands")
        terminal.type("/first\r")
        terminal.until("At first: The capital of Italy is Rome")
        terminal.type("/keep first\r")
        terminal.until("duet: This turn has no second answer to choose from")
        terminal.type("/planner off\r")
        terminal.until("Second thoughts are off")
        terminal.type("/again\r")
        terminal.until("thinking again")
        terminal.until(r"thought again: it stands|Correction: |In addition: ")
        terminal.type("/new\r")
        terminal.until("A new conversation")
        terminal.type("/nonsense\r")
        terminal.until("/new begins")
        terminal.type("/quit\r")
        assert terminal.process.wait(60) == 0
    finally:
        terminal.close()


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_what_would_leave_is_asked_about_in_the_conversation(answer: str) -> None:
    with chat_server() as server:
        for key, value in {"base_url": server.url, "model": "large"}.items():
            assert duet("settings", "set", f"remote.{key}", value).code == 0
        terminal = Terminal(DUET_MODELS__FAST="remote", DUET_ASSISTANT__PLANNER="false")
        try:
            terminal.until(">")
            terminal.type("What is the capital of Italy?\r")
            terminal.until(f"May Duet send your question.*to 127.0.0.1:{server.server_port}")
            assert server.headers == []
            terminal.type(f"/{answer}\r")
            terminal.until("Hello there" if answer == "yes" else "Rome")
            terminal.type("/quit\r")
            assert terminal.process.wait(60) == 0
        finally:
            terminal.close()
        assert bool(server.requests) is (answer == "yes")
    assert duet("settings", "get", "remote.allowed").out.strip() == ("true" if answer == "yes" else "false")


def test_one_question_asks_too_where_somebody_sits() -> None:
    with chat_server() as server:
        chosen = {"DUET_MODELS__FAST": "remote", "DUET_REMOTE__BASE_URL": server.url, "DUET_REMOTE__MODEL": "large"}
        terminal = Terminal("ask", "Hi", "--no-planner", **chosen)
        try:
            terminal.until(r"May Duet send .* \[y/N\]")
            terminal.type("y\r")
            terminal.until("Hello there")
            assert terminal.process.wait(60) == 0
        finally:
            terminal.close()
