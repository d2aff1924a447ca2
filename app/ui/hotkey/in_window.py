"""The key to talk while the window has the keyboard: pressed once, released once, whatever the keyboard repeats."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.hotkey.keys import TalkKey

_MODIFIER_KEYS = {
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Meta: Qt.KeyboardModifier.MetaModifier,
}
_RELEVANT = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.MetaModifier
)


class InWindowKey(QObject):
    """Watches one window. Emits `changed(True)` when the key goes down and `changed(False)` when it comes up.

    A modifier that is let go, and a window that loses the keyboard, count as coming up: what happens to the key
    afterwards is not seen. The key reaches no widget.
    """

    changed = Signal(bool)

    def __init__(self, key: TalkKey, window: QWidget) -> None:
        super().__init__(window)
        self._key = key
        self._window = window
        self._down = False
        self._focused: QWidget | None = None
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Only who has the keyboard is watched: a filter on the whole application would see every event there is.
        application.focusChanged.connect(self._follow)
        self._follow(None, QApplication.focusWidget())

    def _follow(self, _: QWidget | None, focused: QWidget | None) -> None:
        if self._focused is not None and self._focused is not self._window and shiboken6.isValid(self._focused):
            self._focused.removeEventFilter(self)
        self._focused = focused if focused is not None and focused.window() is self._window else None
        if self._focused is not None and self._focused is not self._window:
            self._focused.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        kind = event.type()
        if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            if watched is self._window:
                self._set(False)
            return False
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride):
            return False
        return self._take(event) if isinstance(event, QKeyEvent) else False

    def _take(self, event: QKeyEvent) -> bool:
        """Follow the key; True if the event is its own and nobody else's business."""
        if event.type() == QEvent.Type.KeyRelease:
            let_go = _MODIFIER_KEYS.get(Qt.Key(event.key()))
            if let_go is not None and self._key.held(let_go):
                self._set(False)
                return False
        if event.key() != self._key.key.value:
            return False
        if event.type() == QEvent.Type.KeyRelease:
            if self._down and not event.isAutoRepeat():
                self._set(False)
            return True
        if event.modifiers() & _RELEVANT != self._key.modifiers:
            return self._down
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut and no menu gets it
        elif not event.isAutoRepeat():
            self._set(True)
        return True

    def _set(self, down: bool) -> None:
        if down != self._down:
            self._down = down
            self.changed.emit(down)
