"""Run as a process by test_process: the real entry on a scripted session, reporting what a user would notice."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractAsyncContextManager

BEGAN = time.monotonic()


def main(picture: str) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from scripted import Reply, ScriptedSession

    from app.settings import Settings
    from app.ui.app import run
    from app.ui.window import MainWindow

    session = ScriptedSession(Reply(answer="Sydney.", verdict="correct", refinement="Canberra."))

    def window() -> MainWindow:
        (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        return found

    def look() -> None:
        shown = window().transcript.toPlainText()
        if "Canberra." not in shown:
            QTimer.singleShot(100, look)
            return
        print("loaded", *sorted(m for m in sys.modules if "." not in m), flush=True)
        window().grab().save(picture)
        print("answered", flush=True)

    def usable() -> None:
        print("usable", time.monotonic() - BEGAN, flush=True)
        window().input.field.insertPlainText("Capital of Australia?")
        window().input.field.sent.emit()
        look()

    def factory() -> AbstractAsyncContextManager[ScriptedSession]:
        # The session is opened, on its own thread, once the window has been shown.
        QTimer.singleShot(0, QApplication.instance(), usable)
        return session.open()

    code = run(Settings(), factory)
    print("closed", session.closed, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
