"""The key to talk while other windows have the keyboard: what this desktop offers, or why there is nothing."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.errors import EngineUnavailable
from app.ui.hotkey.keys import TalkKey

log = logging.getLogger(__name__)


class GlobalKey(QObject):
    """A key that was grabbed. Emits `changed(True)` when it goes down and `changed(False)` when it comes up, and
    `failed` with a sentence if it turns out later that it cannot be had."""

    changed = Signal(bool)
    failed = Signal(str)

    def close(self) -> None:
        """Let go of it. Idempotent."""


def grab(key: TalkKey, parent: QObject) -> GlobalKey | str:
    """The grabbed key, or one sentence on why it works in Duet's own window only."""
    try:
        return _grabbed(key, parent)
    except EngineUnavailable as error:
        log.info("no global key: %s", error)
        return f"{key.name} works while this window has the keyboard, not elsewhere: {error}"
    except Exception:  # what a foreign library may do must not keep the window from opening
        log.exception("the global key could not be grabbed")
        return f"{key.name} works while this window has the keyboard, not elsewhere; the log says why."


def _grabbed(key: TalkKey, parent: QObject) -> GlobalKey:
    """By platform. Each is imported only where it can work. Raises `EngineUnavailable`."""
    platform = QGuiApplication.platformName()
    if platform == "xcb":
        from app.ui.hotkey.x11 import X11Key

        return X11Key(key, parent)
    if platform.startswith("wayland"):
        from app.ui.hotkey.portal import PortalKey

        return PortalKey(key, parent)
    if sys.platform == "win32" and platform == "windows":
        from app.ui.hotkey.windows import WindowsKey

        return WindowsKey(key, parent)
    if sys.platform == "darwin" and platform == "cocoa":
        from app.ui.hotkey.macos import MacKey

        return MacKey(key, parent)
    raise EngineUnavailable("this desktop offers no keys to programs in the background.")
