"""The transcript: one text view that grows at its end, and what is painted around its text.

A streaming answer is continued with plain text; a turn is set anew only when its state changes (a handful of times),
never per token. It knows turns, not the assistant. Nothing is ever loaded for it, and links open only when clicked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QBrush,
    QDesktopServices,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from app.ui import icons, theme
from app.ui.controls import SlimScrollBar
from app.ui.turns import ShownTurn
from app.ui.typesetting import ACCENTED, CODE, FIRST_ANSWER, ICON, PAD, ROLE, WIDTH, Role, Typesetter, tidy_links

_WEB = ("http", "https", "mailto")
_FADE = 14

_NEAR_BOTTOM = 6
"""Pixels from the end that still count as reading along."""


@dataclass(slots=True)
class _Placed:
    """A turn in the document: where it starts, and how much of its streaming answer is there."""

    turn: ShownTurn
    start: QTextCursor
    streamed: int = 0


class TranscriptView(QTextBrowser):
    """Shows turns. `open_url` is called with a web address that was clicked (tests give their own)."""

    def __init__(
        self, parent: QWidget | None = None, open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
    ) -> None:
        super().__init__(parent)
        self._open_url = open_url
        self._placed: dict[str, _Placed] = {}
        self._order: list[_Placed] = []
        self._unfolded: set[str] = set()
        self._follow = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(SlimScrollBar(QPalette.ColorRole.Window, self))
        # Always there, often invisible: the column must not move sideways when the text outgrows the window.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("Conversation")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setFont(theme.scaled(self.font(), theme.BODY))
        self.document().setDocumentMargin(0)
        self._setter = Typesetter(self.font(), self.palette(), 0.0)
        self.anchorClicked.connect(self._clicked)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._stay_at_end)
        bar.valueChanged.connect(self._note_position)
        self._fit_column()

    # -- turns -------------------------------------------------------------------------------------------------

    @property
    def turn_ids(self) -> list[str]:
        return [placed.turn.id for placed in self._order]

    def show_turns(self, turns: Sequence[ShownTurn]) -> None:
        """Show these and no others, the newest in sight."""
        self._unfolded.clear()
        self._set_all(turns)
        self.go_to_end()

    def show_turn(self, turn: ShownTurn) -> None:
        """Add `turn` at the end, or bring what is shown of it up to date."""
        placed = self._placed.get(turn.id)
        if placed is None:
            self._append(turn)
        elif turn.state == "answering" and placed.streamed and len(turn.answer) >= placed.streamed:
            self._stream(placed, turn)
        else:
            self._set_again(placed, turn)

    def has(self, id: str) -> bool:
        """Whether the turn is shown."""
        return id in self._placed

    def rename_turn(self, old: str, new: str) -> None:
        """A turn shown before the assistant had named it has its real id now."""
        placed = self._placed.pop(old)
        self._placed[new] = placed

    def remove_turn(self, id: str) -> None:
        placed = self._placed.pop(id, None)
        if placed is not None:
            self._set_all([p.turn for p in self._order if p is not placed])

    def go_to_end(self) -> None:
        """Show the newest words and follow what comes."""
        self._follow = True
        self._stay_at_end()

    def _set_all(self, turns: Sequence[ShownTurn]) -> None:
        self._placed.clear()
        self._order.clear()
        self.clear()
        self._fit_column()
        for turn in turns:
            self._append(turn)

    def _append(self, turn: ShownTurn) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if self._order:
            cursor.insertBlock()
        start = QTextCursor(cursor)
        start.setKeepPositionOnInsert(True)
        placed = _Placed(turn, start)
        self._order.append(placed)
        self._placed[turn.id] = placed
        self._write(placed, cursor)
        cursor.endEditBlock()
        self._stay_at_end()

    def _stream(self, placed: _Placed, turn: ShownTurn) -> None:
        new = turn.answer[placed.streamed :]
        placed.turn, placed.streamed = turn, len(turn.answer)
        if new:
            cursor = QTextCursor(self.document())
            cursor.setPosition(self._end(placed))
            self._setter.append(cursor, new)
            self._stay_at_end()

    def _set_again(self, placed: _Placed, turn: ShownTurn) -> None:
        placed.turn = turn
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(placed.start.position())
        cursor.setPosition(self._end(placed), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._write(placed, cursor)
        cursor.endEditBlock()
        self._stay_at_end()

    def _write(self, placed: _Placed, cursor: QTextCursor) -> None:
        turn = placed.turn
        self._setter.write(cursor, turn, unfolded=turn.id in self._unfolded)
        placed.streamed = len(turn.answer) if turn.state == "answering" else 0
        link = QBrush(self.palette().color(QPalette.ColorRole.Link))
        tidy_links(self.document(), placed.start.position(), cursor.position(), link)

    def _end(self, placed: _Placed) -> int:
        """Position behind the last character of a turn."""
        after = self._order.index(placed) + 1
        if after < len(self._order):
            return self._order[after].start.position() - 1
        return self.document().characterCount() - 1

    # -- links -------------------------------------------------------------------------------------------------

    def _clicked(self, url: QUrl) -> None:
        address = url.toString()
        if address.startswith(FIRST_ANSWER):
            self.toggle_first_answer(address.removeprefix(FIRST_ANSWER))
        elif url.scheme().lower() in _WEB:
            self._open_url(url)

    def toggle_first_answer(self, id: str) -> None:
        """Unfold or fold the first answer of a corrected turn."""
        placed = self._placed.get(id)
        if placed is None:
            return
        self._unfolded ^= {id}
        position = self.verticalScrollBar().value()
        self._follow = False
        self._set_again(placed, placed.turn)
        self.verticalScrollBar().setValue(position)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: N802 - Qt's name
        """Nothing that a model wrote makes Duet load anything."""
        return None

    # -- scrolling and size ------------------------------------------------------------------------------------

    def _note_position(self, value: int) -> None:
        self._follow = value >= self.verticalScrollBar().maximum() - _NEAR_BOTTOM

    def _stay_at_end(self) -> None:
        if self._follow:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())
            self._follow = True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        follow = self._follow
        super().resizeEvent(event)
        self._fit_column()
        self._follow = follow
        self._stay_at_end()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_order"):
            position = self.verticalScrollBar().value()
            self._set_all([placed.turn for placed in self._order])
            if not self._follow:
                self.verticalScrollBar().setValue(position)

    def _fit_column(self) -> None:
        """Centre the column, and put the questions at its right edge."""
        width = self.viewport().width()
        side = max(2.5 * theme.SPACE, (width - theme.COLUMN) / 2)
        frame = self.document().rootFrame()
        form = frame.frameFormat()
        form.setLeftMargin(side)
        form.setRightMargin(side)
        form.setTopMargin(3 * theme.SPACE)
        form.setBottomMargin(4 * theme.SPACE)
        frame.setFrameFormat(form)
        self._side = side
        self._setter = Typesetter(self.font(), self.palette(), max(0.0, width - 2 * side))
        for placed in self._order:
            cursor = QTextCursor(self.document())
            cursor.setPosition(placed.start.position())
            block = cursor.blockFormat()
            block.setLeftMargin(self._setter.question_margin(float(block.property(WIDTH) or 0.0)))
            cursor.setBlockFormat(block)

    # -- what is painted around the text -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        shift = QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        for blocks in self._visible_runs():
            rects = [self._rect(block).translated(shift) for block in blocks]
            self._decorate(painter, blocks, rects)
        painter.end()
        super().paintEvent(event)
        self._fade_edges(event)

    def _fade_edges(self, event: QPaintEvent) -> None:
        """Let words that go on beyond the view fade instead of being cut through."""
        bar = self.verticalScrollBar()
        view = QRectF(self.viewport().rect())
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        ground, clear = self.palette().color(QPalette.ColorRole.Window), self.palette().color(QPalette.ColorRole.Window)
        clear.setAlphaF(0.0)
        for hidden, edge, inner in (
            (bar.value() > bar.minimum(), view.top(), view.top() + _FADE),
            (bar.value() < bar.maximum(), view.bottom(), view.bottom() - _FADE),
        ):
            if hidden:
                fade = QLinearGradient(0, edge, 0, inner)
                fade.setColorAt(0, ground)
                fade.setColorAt(1, clear)
                painter.fillRect(QRectF(0, min(edge, inner), view.width(), _FADE), fade)
        painter.end()

    def _visible_runs(self) -> Iterator[list[QTextBlock]]:
        """Neighbouring blocks of the same role and kind, from those in sight; a run is yielded whole."""
        top = float(self.verticalScrollBar().value())
        bottom = top + self.viewport().height()
        block = self.cursorForPosition(self.viewport().rect().topLeft()).block()
        while block.previous().isValid() and _kind(block.previous()) == _kind(block):
            block = block.previous()
        run: list[QTextBlock] = []
        while block.isValid():
            if run and _kind(run[0]) != _kind(block):
                yield run
                run = []
                if self._rect(block).top() > bottom:
                    return
            run.append(block)
            block = block.next()
        if run:
            yield run

    def _rect(self, block: QTextBlock) -> QRectF:
        return self.document().documentLayout().blockBoundingRect(block)

    def _decorate(self, painter: QPainter, blocks: list[QTextBlock], rects: list[QRectF]) -> None:
        role, code = _kind(blocks[0])
        palette = self.palette()
        if role == Role.QUESTION:
            for block, rect in zip(blocks, rects, strict=True):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.bubble(palette))
                area = _lines(block, rect)
                if block.layout().lineCount() > 1:
                    area.setRight(self._side + self._setter.column - PAD)
                painter.drawRoundedRect(area.adjusted(-PAD, -10, PAD, 9), 1.4 * theme.RADIUS, 1.4 * theme.RADIUS)
        elif code:
            area = QRectF(self._side, rects[0].top(), self._setter.column, rects[-1].bottom() - rects[0].top())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
            painter.drawRoundedRect(area.adjusted(0, -4, 0, 4), theme.SPACE, theme.SPACE)
        elif role in (Role.ADDITION, Role.FIRST):
            tone = QPalette.ColorRole.Accent if role == Role.ADDITION else QPalette.ColorRole.Mid
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(tone))
            top, bottom = _lines(blocks[0], rects[0]).top(), _lines(blocks[-1], rects[-1]).bottom()
            painter.drawRoundedRect(QRectF(self._side + 7, top, 2.5, bottom - top), 1.25, 1.25)
        for block, rect in zip(blocks, rects, strict=True):
            self._paint_icon(painter, block, rect)

    def _paint_icon(self, painter: QPainter, block: QTextBlock, rect: QRectF) -> None:
        name = block.blockFormat().property(ICON)
        if not name or not block.layout().lineCount():
            return
        accented = bool(block.blockFormat().property(ACCENTED))
        tone = QPalette.ColorRole.Accent if accented else QPalette.ColorRole.PlaceholderText
        line = block.layout().lineAt(0).naturalTextRect().translated(rect.topLeft())
        centre = line.center().y()
        side = 2 * theme.SPACE
        icons.paint(painter, str(name), QRectF(self._side, centre - side / 2, side, side), self.palette().color(tone))


def _kind(block: QTextBlock) -> tuple[int, bool]:
    """Role, and whether it is code."""
    form = block.blockFormat()
    return int(form.property(ROLE) or 0), bool(form.property(CODE))


def _lines(block: QTextBlock, rect: QRectF) -> QRectF:
    """The rectangle of the letters of `block`, whose bounding rectangle is `rect`."""
    area = QRectF()
    for index in range(block.layout().lineCount()):
        area = area.united(block.layout().lineAt(index).naturalTextRect())
    return area.translated(rect.topLeft())
