"""Where one speaks or types: the field, the microphone, stop and send, and one quiet line that says what is going on.

It knows nothing of turns; the window tells it what to show.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.controls import Card, IconButton

MicrophoneState = Literal[
    "unknown",
    "unavailable",
    "off",
    "opening",
    "muted",
    "waiting",
    "asleep",
    "listening",
    "hearing",
    "thinking",
    "speaking",
]
"""Of a conversation by voice; "waiting" is for the key to be held, "asleep" for the wake word."""

_SAYS: dict[MicrophoneState, str] = {
    "opening": "Opening the microphone…",
    "muted": "Muted: the microphone is closed.",
    "waiting": "Hold {key} and speak.",
    "asleep": "Say “{word}”.",
    "listening": "Listening. Just speak.",
    "hearing": "Hearing you…",
    "thinking": "Thinking…",
    "speaking": "Speaking. Esc stops it.",
}
_UNUSED = ("muted", "waiting", "asleep")
_SEND = "Send (Enter). Ctrl+Enter sends without a second thought."
_KEYS = "Enter sends  ·  Shift+Enter for a new line  ·  Esc stops"
_LINES = 8
"""The field grows to this many lines, then scrolls."""


def _used(state: MicrophoneState) -> bool:
    """Whether what is said now is heard."""
    return state in _SAYS and state not in _UNUSED


class Field(QPlainTextEdit):
    """Grows with its text. Enter emits `sent`, with Ctrl `sent_once`; Shift+Enter is a new line."""

    sent = Signal()
    sent_once = Signal()
    lit = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.scaled(self.font(), theme.BODY))
        self.setPlaceholderText("Ask me anything")
        self.setAccessibleName("Your question")
        self.setAccessibleDescription(_KEYS)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(theme.SPACE)
        self.viewport().setAutoFillBackground(False)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def _grow(self) -> None:
        # A plain-text layout counts its size in lines, wrapped ones included.
        lines = max(1, round(self.document().size().height()))
        height = self.fontMetrics().lineSpacing() * min(lines, _LINES) + 2 * theme.SPACE + 2
        if height != self.height():
            self.setFixedHeight(height)
        needed = lines > _LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if needed else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
            (self.sent_once if event.modifiers() & Qt.KeyboardModifier.ControlModifier else self.sent).emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.lit.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.lit.emit(False)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, self.height())


class InputBar(QWidget):
    """Emits `asked` with a question and whether to think it over, `stopped`, `microphone_toggled` and `mute_toggled`.

    key, word: how the key to talk and the wake word are called, for the line beneath the field.
    """

    asked = Signal(str, bool)
    stopped = Signal()
    microphone_toggled = Signal()
    mute_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.word = "F9", "Hey Jarvis"
        self.microphone_state: MicrophoneState = "unknown"
        self._card = Card(self)
        self.field = Field(self._card)
        self.microphone = IconButton("microphone", "Speak", self._card)
        self.mute = IconButton("microphone-off", "Mute", self._card)
        self.mute.setCheckable(True)
        self.ways = IconButton("ways", "How to be heard", self._card)
        self.ways.describe("How to be heard", "Hands-free, a held key, or a wake word")
        self.twice = IconButton("twice", "Second thoughts", self._card)
        self.stop = IconButton("stop", "Stop", self._card)
        self.stop.describe("Stop", "Stop the answer (Esc)")
        self.send = IconButton("send", "Send", self._card, filled=True)
        self.send.describe("Send", _SEND)
        self.says = QLabel(_KEYS, self)
        self.says.setFont(theme.scaled(self.font(), theme.SMALL))
        self.says.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        self.says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.says.setAccessibleName("What Duet is doing")
        theme.muted(self.says)
        self._lay_out()
        self.field.lit.connect(self._card.light)
        self.field.sent.connect(self._ask)
        self.field.sent_once.connect(self.ask_once)
        self.field.textChanged.connect(self._allow_sending)
        self.send.clicked.connect(lambda: self._ask())
        self.stop.clicked.connect(self.stopped)
        self.microphone.clicked.connect(self.microphone_toggled)
        self.mute.clicked.connect(self.mute_toggled)
        self.show_busy(False)
        self.show_twice(True)
        self._allow_sending()
        self.show_microphone("unknown")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._card)
        row.setContentsMargins(theme.SPACE, 6, theme.SPACE, 6)
        row.setSpacing(4)
        for widget in (self.microphone, self.mute, self.ways, self.field, self.twice, self.stop, self.send):
            row.addWidget(widget, 1 if widget is self.field else 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(self._card)
        column.addWidget(self.says)

    def show_busy(self, busy: bool) -> None:
        """Offer the stop button while there is something to stop."""
        self.stop.setVisible(busy)

    def show_twice(self, on: bool) -> None:
        """Show whether answers are thought over."""
        self.twice.show_icon("twice" if on else "twice-off")
        self.twice.describe(
            "Second thoughts: on" if on else "Second thoughts: off",
            "Every answer is thought over" if on else "Answers are not thought over",
        )

    def show_microphone(self, state: MicrophoneState, why: str = "") -> None:
        """Show the microphone's state; `why` says what is wrong when there is none."""
        self.microphone_state = state
        says = self.says_of(state)
        button = self.microphone
        button.setEnabled(state not in ("unknown", "unavailable"))
        button.show_icon("microphone-off" if state == "unavailable" else "microphone", filled=_used(state))
        if state == "unavailable":
            button.describe("Microphone unavailable", why)
        elif state == "unknown":
            button.describe("Microphone", "Looking for a microphone")
        else:
            button.describe("Stop listening" if says else "Speak", says or "Speak instead of typing")
        self._show_mute(state)
        self.say(says)

    def says_of(self, state: MicrophoneState) -> str:
        """What is said of a state; nothing where there is no conversation by voice."""
        return _SAYS.get(state, "").format(key=self.key, word=self.word)

    def _show_mute(self, state: MicrophoneState) -> None:
        self.mute.setVisible(state in _SAYS)
        self.mute.setChecked(state == "muted")
        self.mute.show_icon("microphone-off", filled=state == "muted")
        self.mute.describe(
            *(("Unmute", "Open the microphone") if state == "muted" else ("Mute", "Close the microphone"))
        )

    def say(self, words: str, *, problem: bool = False) -> None:
        """Put `words` into the line beneath the field; nothing restores the keys."""
        self.says.setText(words or _KEYS)
        self.says.setForegroundRole(QPalette.ColorRole.BrightText if problem else QPalette.ColorRole.PlaceholderText)

    def _allow_sending(self) -> None:
        self.send.setEnabled(bool(self.field.toPlainText().strip()))

    def ask_once(self) -> None:
        """Send what is in the field, not to be thought over."""
        self._ask(twice=False)

    def _ask(self, *, twice: bool = True) -> None:
        text = self.field.toPlainText().strip()
        if text:
            self.field.clear()
            self.asked.emit(text, twice)
