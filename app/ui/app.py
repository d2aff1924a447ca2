"""Opens the window: `run(settings)` is the one entry. The window stands before any worker is started."""

from __future__ import annotations

import faulthandler
import logging
import signal
import socket
import sys
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from app.errors import BadSetting
from app.registry.roles import cast
from app.registry.servers import find_server, is_server
from app.settings import Settings
from app.ui import icons, theme
from app.ui.bridge import AssistantThread
from app.ui.presenter import Presenter
from app.ui.session import Session, SessionFactory
from app.ui.window import MainWindow

log = logging.getLogger(__name__)

_CLOSE_S = 10.0
"""Longest wait for workers and the store after the window has gone."""


def run(settings: Settings, factory: SessionFactory | None = None, *, measure_start: bool = False) -> int:
    """Show the window and hold the conversation until it is closed; returns the exit code of the process.

    `factory` opens the session; the default is the real assistant. `measure_start` closes the window again once it has
    told when it and the model were there. Call it on the main thread, once per process.
    """
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("duet")
    app.setApplicationDisplayName("Duet")
    app.setDesktopFileName("duet")
    app.setWindowIcon(icons.application_icon())
    theme.apply(app, settings.window.theme)
    window = MainWindow(hint=expectations(settings))
    assistant = AssistantThread(factory or _real(settings), app)
    presenter = Presenter(window, assistant, app, audio=settings.audio, planner=settings.assistant.planner)
    sys.excepthook = _log_exception
    interrupt = _InterruptWatch(window)
    if measure_start:
        from app.ui.start_probe import StartProbe

        StartProbe(window, assistant)
    window.show()
    # Once the window has been drawn: starting workers must not delay it.
    QTimer.singleShot(0, assistant.start)
    try:
        code = app.exec()
    finally:
        window.hide()
        assistant.close(_CLOSE_S)
        interrupt.close()
        presenter.deleteLater()
        QCoreApplication.sendPostedEvents()
    return code


def expectations(settings: Settings) -> str:
    """What someone should know before the first question: how good the models are, and where the words go."""
    try:
        models = {reference for role in ("dialogue", "planning") for reference in cast(settings, role).models}
        hosts = [find_server(settings, reference).host for reference in sorted(models) if is_server(reference)]
    except BadSetting as error:
        return str(error)
    sentences = []
    if "starter" in models:
        sentences.append("The starter models are small and often wrong; the second thought catches some of it.")
        sentences.append("Larger models can be chosen in the settings.")
    if hosts:
        sentences.append(f"Your words go to {' and '.join(dict.fromkeys(hosts))}, once you have allowed it.")
    else:
        sentences.append("Nothing you say leaves this machine.")
    return " ".join(sentences)


def _real(settings: Settings) -> SessionFactory:
    """The session of the real assistant; what it needs is imported when it opens, on its own thread."""

    def opened() -> AbstractAsyncContextManager[Session]:
        from app.ui.duet import open_session

        return open_session(settings)

    return opened


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A mistake in a slot goes to the log; the window lives on."""
    if issubclass(kind, KeyboardInterrupt):
        QCoreApplication.quit()
        return
    log.critical("an error escaped in the window", exc_info=(kind, error, trace))


class _InterruptWatch(QObject):
    """Lets Ctrl+C close the window at once: Qt's loop runs no Python until the signal's byte wakes it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._ours, self._signals = socket.socketpair()
        for end in (self._ours, self._signals):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._old_fd = signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)
        self._old = signal.signal(signal.SIGINT, lambda *_: window.close())

    def _drain(self) -> None:
        try:
            self._ours.recv(64)
        except BlockingIOError:
            pass

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        signal.signal(signal.SIGINT, self._old)
        self._ours.close()
        self._signals.close()
