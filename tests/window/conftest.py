"""The window's tests: Qt without a screen, a scripted session behind a real bridge, and nothing left behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from scripted import Reply, ScriptedSession

from app.settings import AudioSettings, Settings
from app.ui import theme
from app.ui.app import expectations
from app.ui.bridge import AssistantThread
from app.ui.presenter import Presenter
from app.ui.window import MainWindow

WAIT_MS = 20_000
"""Deadline of every wait; reached only when something is broken."""


@dataclass
class Running:
    """A window at work, and the session behind it."""

    window: MainWindow
    presenter: Presenter
    assistant: AssistantThread
    session: ScriptedSession
    qtbot: QtBot

    @property
    def text(self) -> str:
        return self.window.transcript.toPlainText()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def ask(self, question: str) -> None:
        """Put a question into the field (as an input method would) and press Enter."""
        self.window.input.field.insertPlainText(question)
        self.qtbot.keyClick(self.window.input.field, Qt.Key.Key_Return)

    def press(self, wish: str, turn: int = -1) -> None:
        """Press the button or choose the menu entry of that name, of a turn in sight."""
        transcript = self.window.transcript
        row = transcript.controls(transcript.turn_ids[turn])
        assert row is not None
        button = next((button for button in row.buttons if button.text() == wish), None)
        if button is not None:
            button.click()
        else:
            next(action for action in row.menu().actions() if action.text() == wish).trigger()

    def offered(self, turn: int = -1) -> list[str]:
        """What is offered of a turn in sight."""
        transcript = self.window.transcript
        row = transcript.controls(transcript.turn_ids[turn])
        return [offer.says for offer in row.offered] if row is not None else []

    def ask_and_wait(self, question: str) -> None:
        self.ask(question)
        self.wait(lambda: not self.window.input.stop.isVisibleTo(self.window))


Open = Callable[..., Running]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[Open]:
    """Open a window on a session that gives these replies; everything is closed and checked for leaks afterwards."""
    opened: list[Running] = []
    before = set(threading.enumerate())

    def open_one(
        *replies: Reply,
        problem: str | None = None,
        session: ScriptedSession | None = None,
        audio: AudioSettings | None = None,
        planner: bool = True,
    ) -> Running:
        theme.apply(qapp, "light")
        session = session or ScriptedSession(*(replies or (Reply(answer="Yes."),)), problem=problem)
        session.planner = planner
        session.attention.way_in = (audio or AudioSettings()).way_in
        window = MainWindow(hint=expectations(Settings()))
        qtbot.addWidget(window)
        assistant = AssistantThread(session.open)
        running = Running(window, Presenter(window, assistant, audio=audio, planner=planner), assistant, session, qtbot)
        opened.append(running)
        window.show()
        assistant.start()
        running.wait(lambda: window.input.microphone_state != "unknown")
        return running

    yield open_one
    for running in opened:
        running.window.close()
        assert running.assistant.close(20.0)
        assert running.session.closed
        # Left to Python's collector they may be destroyed on another window's thread, with their timers running.
        running.presenter.deleteLater()
        running.assistant.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert set(threading.enumerate()) - before == set()
