"""Run as a process by test_hotkey: grabs a key as the window does, and tells on its output what becomes of it."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.ui.hotkey.everywhere import grab
from app.ui.hotkey.keys import read_key


def main(text: str) -> int:
    app = QApplication(sys.argv[:1])
    parent = QObject()
    key = grab(read_key(text), parent)
    if isinstance(key, str):
        print("refused", key, flush=True)
        return 1
    key.changed.connect(lambda down: print("down" if down else "up", flush=True))
    key.failed.connect(lambda why: print("failed", why, flush=True))
    print("grabbed", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
