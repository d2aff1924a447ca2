"""One quiet line for what the user should know and may put away. The newest is in sight, older ones wait behind it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui import icons, theme
from app.ui.controls import IconButton


class NoticeLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[str] = []
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setFont(theme.scaled(self.font(), theme.SMALL))
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.close_button = IconButton("close", "Dismiss", self, side=26)
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(5 * theme.SPACE, 6, 6, 6)
        row.addWidget(self._text)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is in sight; nothing while hidden."""
        return self._waiting[-1] if self._waiting else ""

    def tell(self, text: str) -> None:
        """Show `text`; the same words twice are shown once."""
        if text in self._waiting:
            self._waiting.remove(text)
        self._waiting.append(text)
        self._refresh()

    def dismiss(self) -> None:
        """Put away what is in sight."""
        del self._waiting[-1:]
        self._refresh()

    def _refresh(self) -> None:
        self._text.setText(self.text)
        self.setAccessibleName(f"Notice: {self.text}" if self.text else "")
        self.setVisible(bool(self._waiting))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        tone = theme.state_colour("degraded", palette)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.blend(palette.window().color(), tone, 0.10))
        painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        side = 2 * theme.SPACE
        icons.paint(painter, "warning", QRectF(1.6 * theme.SPACE, (self.height() - side) / 2, side, side), tone)
        painter.end()
