"""Tells on standard output when the window is usable and when an answer is possible, then closes the window.

For `duet bench start`. It measures nothing itself; whoever started the process has the clock.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.events import WorkerStateChanged
from app.ui.bridge import AssistantThread


class StartProbe(QObject):
    """Watches `window` until it was painted and its loop is free again, `assistant` until the model is ready."""

    def __init__(self, window: QWidget, assistant: AssistantThread) -> None:
        super().__init__(window)
        self._window = window
        self._said: set[str] = set()
        window.installEventFilter(self)
        assistant.arrived.connect(self._arrived)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and "painted" not in self._said:
            self._said.add("painted")
            QTimer.singleShot(0, lambda: self._say("usable"))
        return super().eventFilter(watched, event)

    @Slot(list)
    def _arrived(self, events: list[object]) -> None:
        if any(isinstance(e, WorkerStateChanged) and (e.worker, e.state) == ("fast", "ready") for e in events):
            self._say("ready")

    def _say(self, mark: str) -> None:
        if mark in self._said:
            return
        self._said.add(mark)
        sys.stdout.write(mark + "\n")
        sys.stdout.flush()
        if {"usable", "ready"} <= self._said:
            self._window.close()
