"""Where the buttons of the turns stand: behind the words of the line that was marked for them, for the turns in sight.

It keeps a row of buttons for each turn that was in sight, in the order of the keyboard, and moves it with the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QMenu, QWidget

from app.ui import theme
from app.ui.blocks import CONTROLS
from app.ui.offers import Offer, offers
from app.ui.turn_controls import TurnControls

if TYPE_CHECKING:
    from app.ui.transcript import Placed, TranscriptView


class TurnRows:
    """The rows of `view`. `wish` is called with the id of a turn and what is wished of it."""

    def __init__(self, view: TranscriptView, wish: Callable[[str, str], None]) -> None:
        self._view = view
        self._wish = wish
        self._rows: dict[str, TurnControls] = {}
        self._near: str | None = None
        self._waits = False

    def of(self, id: str) -> TurnControls | None:
        """The row of a turn that is in sight and offers something."""
        row = self._rows.get(id)
        return row if row is not None and not row.isHidden() else None

    def rename(self, old: str, new: str) -> None:
        self._drop(old)
        self._near = new if self._near == old else self._near

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Place nothing until all is set."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        self.place()

    def place(self) -> None:
        """Bring the rows of the turns in sight to their places, and hide the others."""
        if self._waits or not self._view.isVisible():
            return
        last = self._last_answered()
        seen = {}
        for placed in self._in_sight():
            id = placed.turn.id
            found = offers(
                placed.turn, may_think=id == last, other=placed.unfolded.other, detailed=placed.unfolded.details
            )
            if found:
                seen[id] = self._place(placed, found, last=id == last)
        for id in [id for id in self._rows if id not in seen]:
            if self._view.turn(id) is None:
                self._drop(id)
            else:
                self._rows[id].hide()

    def _place(self, placed: Placed, found: tuple[Offer, ...], *, last: bool) -> TurnControls:
        id = placed.turn.id
        row = self._rows.get(id)
        anew = row is None
        if row is None:
            row = self._rows[id] = TurnControls(_short(placed.turn.question), self._view.viewport())
            row.wished.connect(lambda wish: self._wish(placed.turn.id, wish))
        quiet = not last and not any(offer.place == "always" for offer in found)
        changed = row.show_offers(found, quiet=quiet)
        row.come_near(id == self._near)
        row.place(*self._room(self._line(placed)))
        row.show()
        if anew or changed:
            self._chain()
        return row

    def _room(self, block: QTextBlock) -> tuple[QPoint, int]:
        """Where the words of `block` end, on the baseline of its last line, and where the column does."""
        corner = self._view.rect_of(block).topLeft()
        line = block.layout().lineAt(block.layout().lineCount() - 1)
        right = self._view.side + self._view.column
        left = min(corner.x() + line.naturalTextRect().right() + theme.SPACE, right)
        return QPoint(round(left), round(corner.y() + line.y() + line.ascent())), round(right) + theme.SPACE

    def _line(self, placed: Placed) -> QTextBlock:
        """The block behind whose words the row stands: the last one that is marked, or else the last one."""
        block = last = self._view.document().findBlock(self._view.end_of(placed))
        while block.isValid() and block.position() > placed.start.position():
            if block.blockFormat().property(CONTROLS):
                return block
            block = block.previous()
        return last

    def _in_sight(self) -> list[Placed]:
        turns, view = self._view.turns, self._view.viewport().rect()
        top = self._view.cursorForPosition(view.topLeft()).position()
        bottom = self._view.cursorForPosition(view.bottomRight()).position()
        first = bisect_right(turns, top, key=lambda placed: placed.start.position())
        behind = bisect_right(turns, bottom, key=lambda placed: placed.start.position())
        return list(turns[max(0, first - 1) : behind])

    def _last_answered(self) -> str | None:
        """The turn that can be thought over again: the last answer, a model's, with nothing under way."""
        for placed in reversed(self._view.turns):
            turn = placed.turn
            if not turn.finished:
                return None
            if turn.answer and turn.state != "failed":
                return None if turn.obeyed else turn.id
        return None

    def _drop(self, id: str) -> None:
        row = self._rows.pop(id, None)
        if row is not None:
            row.hide()
            row.deleteLater()

    def _chain(self) -> None:
        """Let Tab go through the buttons in the order of the turns, behind the text."""
        before: QWidget = self._view
        for placed in self._view.turns:
            row = self._rows.get(placed.turn.id)
            for button in row.row if row is not None else ():
                QWidget.setTabOrder(before, button)
                before = button

    # -- the pointer -------------------------------------------------------------------------------------------

    def point_at(self, point: QPoint | None) -> None:
        """The pointer is at a place of the view, or has left it."""
        placed = self._at(point) if point is not None else None
        near = placed.turn.id if placed is not None else None
        if near == self._near:
            return
        for id, now in ((self._near, False), (near, True)):
            if id is not None and (row := self._rows.get(id)) is not None:
                row.come_near(now)
        self._near = near

    def menu_at(self, point: QPoint) -> QMenu | None:
        """The menu of the turn at a place of the view."""
        placed = self._at(point)
        row = self.of(placed.turn.id) if placed is not None else None
        return row.menu() if row is not None and row.offered else None

    def _at(self, point: QPoint) -> Placed | None:
        turns = self._view.turns
        position = self._view.cursorForPosition(point).position()
        number = bisect_right(turns, position, key=lambda placed: placed.start.position()) - 1
        return turns[number] if number >= 0 else None


def _short(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 60 else line[:59] + "…"
