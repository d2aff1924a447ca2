"""The key to talk on X11: a passive grab on the root window, through libxcb, which Qt's own X11 platform needs as well.

A connection of its own, read by Qt's loop: no thread. libxcb tells errors as values, where Xlib would end the process.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import POINTER, c_char_p, c_int, c_uint8, c_uint16, c_uint32, c_void_p

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer

from app.errors import EngineUnavailable
from app.ui.hotkey.everywhere import GlobalKey
from app.ui.hotkey.keys import TalkKey

_PRESS, _RELEASE, _ASYNC = 2, 3, 1
_SHIFT, _LOCK, _CONTROL, _ALT, _NUM_LOCK, _SUPER = 1, 2, 4, 8, 16, 64
_MASKS = {
    Qt.KeyboardModifier.ShiftModifier: _SHIFT,
    Qt.KeyboardModifier.ControlModifier: _CONTROL,
    Qt.KeyboardModifier.AltModifier: _ALT,
    Qt.KeyboardModifier.MetaModifier: _SUPER,
}
"""As XKB's usual maps have them: Alt is Mod1, Num Lock Mod2, Super Mod4."""

_LOCKS = (0, _LOCK, _NUM_LOCK, _LOCK | _NUM_LOCK)
"""A grab is for exactly its modifiers, so each state of the locks needs its own."""


class _ScreenIterator(ctypes.Structure):
    _fields_ = (("data", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class X11Key(GlobalKey):
    """See `GlobalKey`. Raises `EngineUnavailable` where libxcb is missing or another program has the key."""

    def __init__(self, key: TalkKey, parent: QObject) -> None:
        super().__init__(parent)
        self._xcb, self._symbols, self._free = _libraries()
        self._down = False
        self._connection: int | None = self._xcb.xcb_connect(None, None)
        if self._xcb.xcb_connection_has_error(self._connection):
            self._disconnect()
            raise EngineUnavailable("the X server cannot be reached.")
        try:
            self._codes = self._keycodes(key)
            self._root = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._connection)).data[0]
            self._grab(key)
        except EngineUnavailable:
            self._disconnect()
            raise
        descriptor = self._xcb.xcb_get_file_descriptor(self._connection)
        self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        # What came together with the answers to the grab is not announced again.
        QTimer.singleShot(0, self, self._read)

    def close(self) -> None:
        if self._connection is not None:
            self._notifier.setEnabled(False)
            self._disconnect()  # the server lets go of a client's grabs

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._xcb.xcb_disconnect(self._connection)
            self._connection = None

    def _keycodes(self, key: TalkKey) -> list[int]:
        table = self._symbols.xcb_key_symbols_alloc(self._connection)
        found = self._symbols.xcb_key_symbols_get_keycode(table, key.x11_keysym)
        codes: list[int] = []
        while found and found[len(codes)]:
            codes.append(int(found[len(codes)]))
        if found:
            self._free(found)
        self._symbols.xcb_key_symbols_free(table)
        if not codes:
            raise EngineUnavailable(f"this keyboard has no {key.name}.")
        return codes

    def _grab(self, key: TalkKey) -> None:
        wanted = sum(mask for modifier, mask in _MASKS.items() if key.held(modifier))
        for code in self._codes:
            for lock in _LOCKS:
                cookie = self._xcb.xcb_grab_key_checked(
                    self._connection, 0, self._root, wanted | lock, code, _ASYNC, _ASYNC
                )
                if error := self._xcb.xcb_request_check(self._connection, cookie):
                    self._free(error)
                    raise EngineUnavailable("another program has it; set audio.talk_key to another key.")

    def _read(self) -> None:
        """Take in all events that have come."""
        while self._connection is not None and (event := self._xcb.xcb_poll_for_event(self._connection)):
            kind, code = event[0] & 0x7F, event[1]
            self._free(event)
            if code in self._codes and kind in (_PRESS, _RELEASE):
                # A key that repeats is released again and again, but stays down in the keyboard's own map.
                self._set(kind == _PRESS or self._held(code))
        if self._connection is not None and self._xcb.xcb_connection_has_error(self._connection):
            self._set(False)
            self.close()

    def _held(self, code: int) -> bool:
        cookie = self._xcb.xcb_query_keymap(self._connection)
        reply = self._xcb.xcb_query_keymap_reply(self._connection, cookie, None)
        if not reply:
            return False
        held = bool(reply[8 + code // 8] & 1 << code % 8)
        self._free(reply)
        return held

    def _set(self, down: bool) -> None:
        if down != self._down:
            self._down = down
            self.changed.emit(down)


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL, ctypes._NamedFuncPointer]:
    """libxcb, libxcb-keysyms and C's `free`, with the signatures of their headers (xproto.h, xcb_keysyms.h)."""
    try:
        xcb = ctypes.CDLL(ctypes.util.find_library("xcb") or "libxcb.so.1")
        symbols = ctypes.CDLL(ctypes.util.find_library("xcb-keysyms") or "libxcb-keysyms.so.1")
        free = ctypes.CDLL(None).free
    except (OSError, AttributeError) as error:
        raise EngineUnavailable("libxcb-keysyms is missing (Debian: sudo apt install libxcb-keysyms1).") from error
    data = POINTER(c_uint8)
    for function, result, arguments in (
        (xcb.xcb_connect, c_void_p, (c_char_p, POINTER(c_int))),
        (xcb.xcb_connection_has_error, c_int, (c_void_p,)),
        (xcb.xcb_disconnect, None, (c_void_p,)),
        (xcb.xcb_get_setup, c_void_p, (c_void_p,)),
        (xcb.xcb_setup_roots_iterator, _ScreenIterator, (c_void_p,)),
        (xcb.xcb_get_file_descriptor, c_int, (c_void_p,)),
        (
            xcb.xcb_grab_key_checked,
            _Cookie,
            (c_void_p, c_uint8, c_uint32, c_uint16, c_uint8, c_uint8, c_uint8),
        ),
        (xcb.xcb_request_check, c_void_p, (c_void_p, _Cookie)),
        (xcb.xcb_poll_for_event, data, (c_void_p,)),
        (xcb.xcb_query_keymap, _Cookie, (c_void_p,)),
        (xcb.xcb_query_keymap_reply, data, (c_void_p, _Cookie, c_void_p)),
        (symbols.xcb_key_symbols_alloc, c_void_p, (c_void_p,)),
        (symbols.xcb_key_symbols_get_keycode, data, (c_void_p, c_uint32)),
        (symbols.xcb_key_symbols_free, None, (c_void_p,)),
        (free, None, (c_void_p,)),
    ):
        function.restype, function.argtypes = result, arguments
    return xcb, symbols, free
