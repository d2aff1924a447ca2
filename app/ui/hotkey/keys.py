"""The key to talk: what the setting names, and what each system calls it. Grabs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from app.errors import BadSetting

PORTABLE = QKeySequence.SequenceFormat.PortableText
_Modifier = Qt.KeyboardModifier
MODIFIERS = (_Modifier.ControlModifier, _Modifier.AltModifier, _Modifier.ShiftModifier, _Modifier.MetaModifier)

_X11_NAMED = {
    Qt.Key.Key_Space: 0x20,
    Qt.Key.Key_Pause: 0xFF13,
    Qt.Key.Key_ScrollLock: 0xFF14,
    Qt.Key.Key_Home: 0xFF50,
    Qt.Key.Key_PageUp: 0xFF55,
    Qt.Key.Key_PageDown: 0xFF56,
    Qt.Key.Key_End: 0xFF57,
    Qt.Key.Key_Insert: 0xFF63,
}
"""X keysyms (X11/keysymdef.h) of the keys without a letter."""

_WINDOWS_NAMED = {
    Qt.Key.Key_Space: 0x20,
    Qt.Key.Key_Pause: 0x13,
    Qt.Key.Key_ScrollLock: 0x91,
    Qt.Key.Key_Home: 0x24,
    Qt.Key.Key_PageUp: 0x21,
    Qt.Key.Key_PageDown: 0x22,
    Qt.Key.Key_End: 0x23,
    Qt.Key.Key_Insert: 0x2D,
}
"""Virtual-key codes (Microsoft Learn, Virtual-Key Codes)."""

_MACOS_LETTERS = dict(
    zip(
        "ASDFHGZXCVBQWERYT123465978OUIPLJKNM0",
        (*range(10), *range(11, 24), 25, 26, 28, 31, 32, 34, 35, 37, 38, 40, 45, 46, 29),
        strict=True,
    )
)
_MACOS_FUNCTIONS = (122, 120, 99, 118, 96, 97, 98, 100, 101, 109, 103, 111, 105, 107, 113, 106, 64, 79, 80, 90)
_MACOS_NAMED = {
    Qt.Key.Key_Space: 49,
    Qt.Key.Key_Home: 115,
    Qt.Key.Key_PageUp: 116,
    Qt.Key.Key_PageDown: 121,
    Qt.Key.Key_End: 119,
}
"""Virtual key codes of an ANSI keyboard (Carbon, HIToolbox/Events.h), in order of the code, F1 to F20."""

_PORTAL_NAMED = {
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_ScrollLock: "Scroll_Lock",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_PageUp: "Page_Up",
    Qt.Key.Key_PageDown: "Page_Down",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_Insert: "Insert",
}
_PORTAL_MODIFIERS = {
    _Modifier.ControlModifier: "CTRL",
    _Modifier.AltModifier: "ALT",
    _Modifier.ShiftModifier: "SHIFT",
    _Modifier.MetaModifier: "LOGO",
}


@dataclass(frozen=True, slots=True)
class TalkKey:
    """One key, and the modifiers that are held with it. Make one with `read_key`."""

    key: Qt.Key
    modifiers: Qt.KeyboardModifier

    @property
    def name(self) -> str:
        """As people call it, and as the setting may name it."""
        return QKeySequence(QKeyCombination(self.modifiers, self.key)).toString(PORTABLE)

    @property
    def function(self) -> int:
        """Of F1 to F24 its number, 0 for another key."""
        number = self.key.value - Qt.Key.Key_F1.value + 1
        return number if 1 <= number <= 24 else 0

    @property
    def letter(self) -> str:
        """Of a letter or a digit itself in upper case, "" for another key."""
        return chr(self.key.value) if self.key.value < 128 and chr(self.key.value).isalnum() else ""

    def held(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & modifier)

    @property
    def x11_keysym(self) -> int:
        return 0xFFBD + self.function if self.function else _X11_NAMED.get(self.key, ord(self.letter.lower() or "\0"))

    @property
    def windows_code(self) -> int:
        return 0x6F + self.function if self.function else _WINDOWS_NAMED.get(self.key, ord(self.letter or "\0"))

    @property
    def macos_code(self) -> int | None:
        """None for a key that a Mac's keyboard lacks."""
        if self.function:
            return _MACOS_FUNCTIONS[self.function - 1] if self.function <= len(_MACOS_FUNCTIONS) else None
        return _MACOS_LETTERS[self.letter] if self.letter else _MACOS_NAMED.get(self.key)

    @property
    def portal_trigger(self) -> str:
        """As the XDG shortcuts specification writes it: "CTRL+space"."""
        key = f"F{self.function}" if self.function else _PORTAL_NAMED.get(self.key, self.letter.lower())
        return "+".join([*(name for modifier, name in _PORTAL_MODIFIERS.items() if self.held(modifier)), key])


def read_key(text: str) -> TalkKey:
    """The key that `text` names ("F9", "Ctrl+Space"). Raises `BadSetting` for none, and for one needed for typing."""
    sequence = QKeySequence.fromString(text.strip(), PORTABLE)
    first: QKeyCombination | None = sequence[0] if sequence.count() == 1 else None  # type: ignore[index]
    if first is None or first.key() == Qt.Key.Key_unknown:
        raise BadSetting(f"audio.talk_key cannot be “{text}”: name one key, for example F9 or Ctrl+Space.")
    key = TalkKey(first.key(), first.keyboardModifiers())
    if not (key.function or key.letter or key.key in _X11_NAMED):
        raise BadSetting(
            f"audio.talk_key cannot be “{text}”: choose F1 to F24, Pause, Insert, or Space or a letter with Ctrl."
        )
    strong = key.held(_Modifier.ControlModifier) or key.held(_Modifier.AltModifier) or key.held(_Modifier.MetaModifier)
    if (key.letter or key.key == Qt.Key.Key_Space) and not strong:
        raise BadSetting(f"audio.talk_key cannot be “{text}”, which is needed for typing: add Ctrl or Alt.")
    return key
