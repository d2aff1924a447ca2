"""The key to talk on macOS: Carbon's RegisterEventHotKey, which needs no permission and tells press and release.

Written from Carbon's headers (CarbonEvents.h, CarbonEventsCore.h).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import POINTER, byref, c_int32, c_uint32, c_ulong, c_void_p
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.errors import EngineUnavailable
from app.ui.hotkey.everywhere import GlobalKey
from app.ui.hotkey.keys import TalkKey


def _code(four: str) -> int:
    """A four-character code, as Apple's headers write them."""
    return int.from_bytes(four.encode("ascii"), "big")


_KEYBOARD, _PRESSED, _RELEASED = _code("keyb"), 5, 6
_DIRECT_OBJECT, _HOT_KEY_ID = _code("----"), _code("hkid")
_SIGNATURE = _code("duet")
_MODIFIERS = {
    # Qt exchanges the two: its Control is a Mac's Command.
    Qt.KeyboardModifier.ControlModifier: 1 << 8,
    Qt.KeyboardModifier.ShiftModifier: 1 << 9,
    Qt.KeyboardModifier.AltModifier: 1 << 11,
    Qt.KeyboardModifier.MetaModifier: 1 << 12,
}
_numbers = count(1)

_NOT_HANDLED = -9874
"""eventNotHandledErr: another handler may want it."""


class _EventType(ctypes.Structure):
    _fields_ = (("kind_class", c_uint32), ("kind", c_uint32))


class _HotKeyId(ctypes.Structure):
    _fields_ = (("signature", c_uint32), ("number", c_uint32))


_Handler = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)


class MacKey(GlobalKey):
    """See `GlobalKey`. Raises `EngineUnavailable` when the key is taken, or a Mac's keyboard lacks it."""

    def __init__(self, key: TalkKey, parent: QObject) -> None:
        super().__init__(parent)
        code = key.macos_code
        if code is None:
            raise EngineUnavailable("a Mac's keyboard lacks it; set audio.talk_key to another key.")
        self._carbon = _carbon()
        self._id = _HotKeyId(_SIGNATURE, next(_numbers))
        self._down = False
        self._hot_key, self._installed = c_void_p(), c_void_p()
        self._handler = _Handler(self._handle)  # kept: Carbon holds only its address
        target = self._carbon.GetApplicationEventTarget()
        kinds = (_EventType * 2)(_EventType(_KEYBOARD, _PRESSED), _EventType(_KEYBOARD, _RELEASED))
        if self._carbon.InstallEventHandler(target, self._handler, 2, kinds, None, byref(self._installed)):
            raise EngineUnavailable("macOS refused to tell of keys.")
        flags = sum(flag for modifier, flag in _MODIFIERS.items() if key.held(modifier))
        if self._carbon.RegisterEventHotKey(code, flags, self._id, target, 0, byref(self._hot_key)):
            self._carbon.RemoveEventHandler(self._installed)
            raise EngineUnavailable("another program has it; set audio.talk_key to another key.")

    def close(self) -> None:
        if self._hot_key:
            self._carbon.UnregisterEventHotKey(self._hot_key)
            self._carbon.RemoveEventHandler(self._installed)
            self._hot_key = c_void_p()

    def _handle(self, _next: int | None, event: int | None, _data: int | None) -> int:
        found = _HotKeyId()
        status = self._carbon.GetEventParameter(
            event, _DIRECT_OBJECT, _HOT_KEY_ID, None, ctypes.sizeof(found), None, byref(found)
        )
        if status or (found.signature, found.number) != (self._id.signature, self._id.number):
            return _NOT_HANDLED
        down = self._carbon.GetEventKind(event) == _PRESSED
        if down != self._down:
            self._down = down
            self.changed.emit(down)
        return 0


def _carbon() -> Any:
    path = ctypes.util.find_library("Carbon")
    if path is None:
        raise EngineUnavailable("this is not macOS.")
    carbon = ctypes.CDLL(path)
    event, pointer = c_void_p, POINTER(c_void_p)
    for function, result, arguments in (
        (carbon.GetApplicationEventTarget, c_void_p, ()),
        (carbon.InstallEventHandler, c_int32, (event, _Handler, c_ulong, POINTER(_EventType), event, pointer)),
        (carbon.RemoveEventHandler, c_int32, (c_void_p,)),
        (carbon.RegisterEventHotKey, c_int32, (c_uint32, c_uint32, _HotKeyId, c_void_p, c_uint32, pointer)),
        (carbon.UnregisterEventHotKey, c_int32, (c_void_p,)),
        (carbon.GetEventKind, c_uint32, (c_void_p,)),
        (
            carbon.GetEventParameter,
            c_int32,
            (c_void_p, c_uint32, c_uint32, c_void_p, c_ulong, c_void_p, POINTER(_HotKeyId)),
        ),
    ):
        function.restype, function.argtypes = result, arguments
    return carbon
