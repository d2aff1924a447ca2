"""What is painted around the transcript's text: the bubbles of questions, bars, grounds of code, icons, edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPalette, QTextBlock

from app.ui import icons, theme
from app.ui.blocks import ACCENTED, ICON, PAD, Role, kind

_FADE = 14


@dataclass(frozen=True, slots=True)
class Ornaments:
    """Paints with one palette around a column of text that begins at `left`, in pixels of the view."""

    palette: QPalette
    left: float
    column: float

    def decorate(self, painter: QPainter, blocks: list[QTextBlock], rects: list[QRectF]) -> None:
        """Paint around neighbouring blocks of one kind; `rects` are theirs in the view."""
        role, code = kind(blocks[0])
        painter.setPen(Qt.PenStyle.NoPen)
        if role == Role.QUESTION:
            self._bubbles(painter, blocks, rects)
        elif code:
            area = QRectF(self.left, rects[0].top(), self.column, rects[-1].bottom() - rects[0].top())
            painter.setBrush(self.palette.color(QPalette.ColorRole.AlternateBase))
            painter.drawRoundedRect(area.adjusted(0, -4, 0, 4), theme.SPACE, theme.SPACE)
        elif role in (Role.ADDITION, Role.ASIDE):
            tone = QPalette.ColorRole.Accent if role == Role.ADDITION else QPalette.ColorRole.Mid
            painter.setBrush(self.palette.color(tone))
            top, bottom = lines(blocks[0], rects[0]).top(), lines(blocks[-1], rects[-1]).bottom()
            painter.drawRoundedRect(QRectF(self.left + 7, top, 2.5, bottom - top), 1.25, 1.25)
        for block, rect in zip(blocks, rects, strict=True):
            self._icon(painter, block, rect)

    def _bubbles(self, painter: QPainter, blocks: list[QTextBlock], rects: list[QRectF]) -> None:
        painter.setBrush(theme.bubble(self.palette))
        for block, rect in zip(blocks, rects, strict=True):
            area = lines(block, rect)
            if block.layout().lineCount() > 1:
                area.setRight(self.left + self.column - PAD)
            painter.drawRoundedRect(area.adjusted(-PAD, -10, PAD, 9), 1.4 * theme.RADIUS, 1.4 * theme.RADIUS)

    def _icon(self, painter: QPainter, block: QTextBlock, rect: QRectF) -> None:
        name = block.blockFormat().property(ICON)
        if not name or not block.layout().lineCount():
            return
        accented = bool(block.blockFormat().property(ACCENTED))
        tone = QPalette.ColorRole.Accent if accented else QPalette.ColorRole.PlaceholderText
        line = block.layout().lineAt(0).naturalTextRect().translated(rect.topLeft())
        side = 2 * theme.SPACE
        place = QRectF(self.left, line.center().y() - side / 2, side, side)
        icons.paint(painter, str(name), place, self.palette.color(tone))

    def fade(self, painter: QPainter, view: QRectF, *, above: bool, below: bool) -> None:
        """Let words that go on beyond the view fade instead of being cut through."""
        ground = self.palette.color(QPalette.ColorRole.Window)
        clear = self.palette.color(QPalette.ColorRole.Window)
        clear.setAlphaF(0.0)
        for hidden, edge, inner in (
            (above, view.top(), view.top() + _FADE),
            (below, view.bottom(), view.bottom() - _FADE),
        ):
            if hidden:
                fade = QLinearGradient(0, edge, 0, inner)
                fade.setColorAt(0, ground)
                fade.setColorAt(1, clear)
                painter.fillRect(QRectF(0, min(edge, inner), view.width(), _FADE), fade)


def runs(first: QTextBlock, is_below: Callable[[QTextBlock], bool]) -> Iterator[list[QTextBlock]]:
    """Neighbouring blocks of the same role and kind, from `first` on, as far as they are in sight; each run whole."""
    block = first
    while block.previous().isValid() and kind(block.previous()) == kind(block):
        block = block.previous()
    run: list[QTextBlock] = []
    while block.isValid():
        if run and kind(run[0]) != kind(block):
            yield run
            run = []
            if is_below(block):
                return
        run.append(block)
        block = block.next()
    if run:
        yield run


def lines(block: QTextBlock, rect: QRectF) -> QRectF:
    """The rectangle of the letters of `block`, whose bounding rectangle is `rect`."""
    area = QRectF()
    for index in range(block.layout().lineCount()):
        area = area.united(block.layout().lineAt(index).naturalTextRect())
    return area.translated(rect.topLeft())
