"""The transcript: one text view that grows at its end.

A streaming answer is continued with plain text; a turn is set anew only when its state changes (a handful of times),
never per token. It knows turns, not the assistant. Nothing is ever loaded for it, and links open only when clicked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QContextMenuEvent,
    QDesktopServices,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextBrowser, QWidget

from app.ui import theme
from app.ui.blocks import WIDTH
from app.ui.controls import SlimScrollBar
from app.ui.markdown import tidy_links
from app.ui.ornaments import Ornaments, runs
from app.ui.turn_controls import TurnControls
from app.ui.turn_rows import TurnRows
from app.ui.turns import ShownTurn
from app.ui.typesetting import FOLDED, Typesetter, Unfolded

_WEB = ("http", "https", "mailto")

_NEAR_BOTTOM = 6
"""Pixels from the end that still count as reading along."""


@dataclass(slots=True)
class Placed:
    """A turn in the document: where it starts, how much of its streaming answer is there, and what is unfolded."""

    turn: ShownTurn
    start: QTextCursor
    streamed: int = 0
    unfolded: Unfolded = FOLDED


class TranscriptView(QTextBrowser):
    """Shows turns. `open_url` is called with a web address that was clicked (tests give their own).

    Emits `wished` with the id of a turn and what is wished of it (`app.ui.offers.Wish`), but for what only unfolds or
    copies. side: the margin beside the column of text, in pixels.
    """

    wished = Signal(str, str)

    def __init__(
        self, parent: QWidget | None = None, open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
    ) -> None:
        super().__init__(parent)
        self._open_url = open_url
        self._placed: dict[str, Placed] = {}
        self._order: list[Placed] = []
        self._follow = True
        self.side = 0.0
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
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setFont(theme.scaled(self.font(), theme.BODY))
        self.document().setDocumentMargin(0)
        self._setter = Typesetter(self.font(), self.palette(), 0.0)
        self._controls = TurnRows(self, self._wish)
        self.anchorClicked.connect(self._clicked)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._stay_at_end)
        bar.valueChanged.connect(self._note_position)
        self._fit_column()

    # -- turns -------------------------------------------------------------------------------------------------

    @property
    def turn_ids(self) -> list[str]:
        return [placed.turn.id for placed in self._order]

    @property
    def turns(self) -> Sequence[Placed]:
        """The turns in order, with their places."""
        return self._order

    @property
    def column(self) -> float:
        """The width of the text."""
        return self._setter.column

    def turn(self, id: str) -> ShownTurn | None:
        """The turn as it is shown, if it is."""
        placed = self._placed.get(id)
        return placed.turn if placed is not None else None

    def show_turns(self, turns: Sequence[ShownTurn]) -> None:
        """Show these and no others, the newest in sight."""
        self._placed.clear()
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

    def rename_turn(self, old: str, new: str) -> None:
        """A turn shown before the assistant had named it has its real id now."""
        placed = self._placed.pop(old)
        self._placed[new] = placed
        self._controls.rename(old, new)

    def remove_turn(self, id: str) -> None:
        placed = self._placed.pop(id, None)
        if placed is not None:
            self._set_all([p.turn for p in self._order if p is not placed])

    def go_to_end(self) -> None:
        """Show the newest words and follow what comes."""
        self._follow = True
        self._stay_at_end()

    def _set_all(self, turns: Sequence[ShownTurn]) -> None:
        """Set these anew; what is unfolded of those that were there stays so."""
        unfolded = {id: placed.unfolded for id, placed in self._placed.items()}
        self._placed.clear()
        self._order.clear()
        with self._controls.waiting():
            self.clear()
            self._fit_column()
            for turn in turns:
                self._append(turn, unfolded.get(turn.id, FOLDED))

    def _append(self, turn: ShownTurn, unfolded: Unfolded = FOLDED) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if self._order:
            cursor.insertBlock()
        start = QTextCursor(cursor)
        start.setKeepPositionOnInsert(True)
        placed = Placed(turn, start, unfolded=unfolded)
        self._order.append(placed)
        self._placed[turn.id] = placed
        self._write(placed, cursor)
        cursor.endEditBlock()
        self._stay_at_end()
        self._controls.place()

    def _stream(self, placed: Placed, turn: ShownTurn) -> None:
        new = turn.answer[placed.streamed :]
        placed.turn, placed.streamed = turn, len(turn.answer)
        if new:
            cursor = QTextCursor(self.document())
            cursor.setPosition(self.end_of(placed))
            self._setter.append(cursor, new)
            self._stay_at_end()

    def _set_again(self, placed: Placed, turn: ShownTurn) -> None:
        placed.turn = turn
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(placed.start.position())
        cursor.setPosition(self.end_of(placed), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._write(placed, cursor)
        cursor.endEditBlock()
        self._stay_at_end()
        self._controls.place()

    def _write(self, placed: Placed, cursor: QTextCursor) -> None:
        turn = placed.turn
        self._setter.write(cursor, turn, placed.unfolded)
        placed.streamed = len(turn.answer) if turn.state == "answering" else 0
        link = QBrush(self.palette().color(QPalette.ColorRole.Link))
        tidy_links(self.document(), placed.start.position(), cursor.position(), link)

    def end_of(self, placed: Placed) -> int:
        """Position behind the last character of a turn."""
        after = self._order.index(placed) + 1
        if after < len(self._order):
            return self._order[after].start.position() - 1
        return self.document().characterCount() - 1

    # -- links -------------------------------------------------------------------------------------------------

    def _clicked(self, url: QUrl) -> None:
        if url.scheme().lower() in _WEB:
            self._open_url(url)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: N802 - Qt's name
        """Nothing that a model wrote makes Duet load anything."""
        return None

    # -- what can be done with a turn --------------------------------------------------------------------------

    def controls(self, id: str) -> TurnControls | None:
        """The buttons of a turn, where they stand in sight."""
        return self._controls.of(id)

    def _wish(self, id: str, wish: str) -> None:
        """Unfold, fold and copy here; the rest is for others to do."""
        placed = self._placed.get(id)
        if placed is None:
            return
        unfolded = placed.unfolded
        if wish == "other":
            self._unfold(placed, replace(unfolded, other=not unfolded.other))
        elif wish == "details":
            self._unfold(placed, replace(unfolded, details=not unfolded.details))
        elif wish == "copy":
            QGuiApplication.clipboard().setText(placed.turn.final)
        else:
            self.wished.emit(id, wish)

    def _unfold(self, placed: Placed, unfolded: Unfolded) -> None:
        placed.unfolded = unfolded
        position = self.verticalScrollBar().value()
        self._follow = False
        self._set_again(placed, placed.turn)
        self.verticalScrollBar().setValue(position)

    def context_menu(self, at: QPoint) -> QMenu:
        """What can be done with the turn at a place of the view, and with the words there."""
        menu = self._controls.menu_at(at) or QMenu(self)
        usual = self.createStandardContextMenu(at)
        if usual is not None:
            menu.addSeparator()
            menu.addActions(usual.actions())
            menu.aboutToHide.connect(usual.deleteLater)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.context_menu(event.pos()).popup(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseMoveEvent(event)
        self._controls.point_at(event.position().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Leave and hasattr(self, "_controls"):
            self._controls.point_at(None)
        return super().viewportEvent(event)

    # -- scrolling and size ------------------------------------------------------------------------------------

    def _note_position(self, value: int) -> None:
        self._follow = value >= self.verticalScrollBar().maximum() - _NEAR_BOTTOM
        self._controls.place()

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
        self._controls.place()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._controls.place()

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
        self.side = side
        self._setter = Typesetter(self.font(), self.palette(), max(0.0, width - 2 * side))
        for placed in self._order:
            cursor = QTextCursor(self.document())
            cursor.setPosition(placed.start.position())
            block = cursor.blockFormat()
            block.setLeftMargin(self._setter.question_margin(float(block.property(WIDTH) or 0.0)))
            cursor.setBlockFormat(block)

    # -- what is painted around the text -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        ornaments = Ornaments(self.palette(), self.side, self._setter.column)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        first = self.cursorForPosition(self.viewport().rect().topLeft()).block()
        for blocks in runs(first, lambda block: self.rect_of(block).top() > self.viewport().height()):
            ornaments.decorate(painter, blocks, [self.rect_of(block) for block in blocks])
        painter.end()
        super().paintEvent(event)
        bar = self.verticalScrollBar()
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        view = QRectF(self.viewport().rect())
        ornaments.fade(painter, view, above=bar.value() > bar.minimum(), below=bar.value() < bar.maximum())
        painter.end()

    def rect_of(self, block: QTextBlock) -> QRectF:
        """Where a block stands in the view."""
        rect = self.document().documentLayout().blockBoundingRect(block)
        return rect.translated(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
