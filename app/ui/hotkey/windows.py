"""The key to talk on Windows: RegisterHotKey, whose message Qt's native event filter sees; the release is polled.

Written from Microsoft's documentation. Windows tells only that the key went down, so while it is down its state is
asked for.
"""

from __future__ import annotations

import ctypes
from itertools import count
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Qt, QTimer

from app.errors import EngineUnavailable
from app.ui.hotkey.everywhere import GlobalKey
from app.ui.hotkey.keys import TalkKey

_WM_HOTKEY = 0x0312
_NO_REPEAT = 0x4000
_MODIFIERS = {
    Qt.KeyboardModifier.AltModifier: 0x0001,
    Qt.KeyboardModifier.ControlModifier: 0x0002,
    Qt.KeyboardModifier.ShiftModifier: 0x0004,
    Qt.KeyboardModifier.MetaModifier: 0x0008,
}
_POLL_MS = 15
"""How late a release may be seen."""

_numbers = count(0xB000)
"""Ids of hotkeys; a program's own are below 0xC000."""


class _Message(ctypes.Structure):
    """MSG of winuser.h, as far as it is needed."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wide", ctypes.c_size_t),
        ("long", ctypes.c_ssize_t),
    )


class _Filter(QAbstractNativeEventFilter):
    """Sees the messages of the window's thread before Qt handles them."""

    def __init__(self, owner: WindowsKey) -> None:
        super().__init__()
        self._owner = owner

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> Any:  # noqa: N802
        if bytes(kind.data() if isinstance(kind, QByteArray) else kind).startswith(b"windows_"):
            seen = _Message.from_address(int(message))
            if seen.message == _WM_HOTKEY and seen.wide == self._owner.number:
                self._owner.pressed()
                return True, 0
        return False, 0


class WindowsKey(GlobalKey):
    """See `GlobalKey`. Raises `EngineUnavailable` when another program has the key."""

    def __init__(self, key: TalkKey, parent: QObject) -> None:
        super().__init__(parent)
        self.number = next(_numbers)
        self._code = key.windows_code
        self._user32 = _user32()
        flags = _NO_REPEAT | sum(flag for modifier, flag in _MODIFIERS.items() if key.held(modifier))
        if not self._user32.RegisterHotKey(None, self.number, flags, self._code):
            raise EngineUnavailable("another program has it; set audio.talk_key to another key.")
        self._registered = True
        self._filter = _Filter(self)
        application = QCoreApplication.instance()
        assert application is not None
        application.installNativeEventFilter(self._filter)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)

    def close(self) -> None:
        if self._registered:
            self._registered = False
            self._poll.stop()
            self._user32.UnregisterHotKey(None, self.number)
            application = QCoreApplication.instance()
            if application is not None:
                application.removeNativeEventFilter(self._filter)

    def pressed(self) -> None:
        if not self._poll.isActive():
            self._poll.start()
            self.changed.emit(True)

    def _look(self) -> None:
        if not self._user32.GetAsyncKeyState(self._code) & 0x8000:
            self._poll.stop()
            self.changed.emit(False)


def _user32() -> Any:
    load = getattr(ctypes, "WinDLL", None)
    if load is None:
        raise EngineUnavailable("this is not Windows.")
    user32 = load("user32")
    user32.RegisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_uint)
    user32.UnregisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int)
    user32.GetAsyncKeyState.argtypes = (ctypes.c_int,)
    user32.GetAsyncKeyState.restype = ctypes.c_short
    return user32
