"""One quiet line for what the user should know and may put away. The newest is in sight, older ones wait behind it.

What rings comes before everything else, and has a button that stops it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui import icons, theme
from app.ui.controls import IconButton, SmallButton


@dataclass(frozen=True, slots=True)
class _Notice:
    """`stop` ends what rings; None for what does not."""

    text: str
    stop: Callable[[], object] | None = None


class NoticeLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[_Notice] = []
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setFont(theme.scaled(self.font(), theme.SMALL))
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.stop_button = SmallButton("Stop", self, framed=True)
        self.stop_button.setAccessibleName("Stop ringing")
        self.stop_button.clicked.connect(self._stop)
        self.close_button = IconButton("close", "Dismiss", self, side=26)
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(5 * theme.SPACE, 6, 6, 6)
        row.addWidget(self._text)
        row.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is in sight; nothing while hidden."""
        return self._waiting[-1].text if self._waiting else ""

    def tell(self, text: str) -> None:
        """Show `text`; the same words twice are shown once."""
        self._waiting = [notice for notice in self._waiting if notice.stop or notice.text != text]
        ringing = sum(1 for notice in self._waiting if notice.stop)
        self._waiting.insert(len(self._waiting) - ringing, _Notice(text))
        self._refresh()

    def ring(self, text: str, stop: Callable[[], object]) -> None:
        """Show what rings until it is dismissed; `stop` is called when the user wants quiet."""
        self._waiting.append(_Notice(text, stop))
        self._refresh()

    def dismiss(self) -> None:
        """Put away what is in sight."""
        del self._waiting[-1:]
        self._refresh()

    def _stop(self) -> None:
        if self._waiting and (stop := self._waiting[-1].stop) is not None:
            stop()
            self.dismiss()

    @property
    def _rings(self) -> bool:
        return bool(self._waiting) and self._waiting[-1].stop is not None

    def _refresh(self) -> None:
        self._text.setText(self.text)
        self.setAccessibleName(f"Notice: {self.text}" if self.text else "")
        self.stop_button.setVisible(self._rings)
        self.setVisible(bool(self._waiting))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        tone = palette.color(QPalette.ColorRole.Accent) if self._rings else theme.state_colour("degraded", palette)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.blend(palette.window().color(), tone, 0.10))
        painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        side = 2 * theme.SPACE
        place = QRectF(1.6 * theme.SPACE, (self.height() - side) / 2, side, side)
        icons.paint(painter, "alarm" if self._rings else "warning", place, tone)
        painter.end()
