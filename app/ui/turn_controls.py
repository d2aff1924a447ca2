"""The buttons of one turn, in one row behind its last small line. They say what is wished, and do nothing themselves.

What is offered only nearby is there all the time for the keyboard and for screen readers; it is painted while the turn
is pointed at or one of its buttons has the keyboard. Everything is in the menu "…" as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.controls import SmallButton
from app.ui.offers import Offer

_GAP = 2
_MENU = "…"


class TurnControls(QWidget):
    """Emits `wished` with the wish of an offer. `about` is the question of the turn, for those who do not see it."""

    wished = Signal(str)

    def __init__(self, about: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._about = about
        self._offers: tuple[Offer, ...] = ()
        self._near = False
        self._quiet = True
        self._refocus = False
        self.buttons: list[SmallButton] = []
        self._more = self._button(_MENU, "More for this answer")
        self._more.clicked.connect(self.open_menu)

    @property
    def row(self) -> list[SmallButton]:
        """The buttons as they stand and as Tab goes through them: what is always in sight, the menu, the others."""
        always = [button for button, offer in zip(self.buttons, self._shown, strict=True) if offer.place == "always"]
        return [*always, self._more, *(button for button in self.buttons if button not in always)]

    @property
    def _shown(self) -> list[Offer]:
        return [offer for offer in self._offers if offer.place != "menu"]

    @property
    def offered(self) -> tuple[Offer, ...]:
        return self._offers

    def show_offers(self, offers: Sequence[Offer], *, quiet: bool) -> bool:
        """Offer these and no others; a `quiet` row is painted only when it is near. True if the buttons changed."""
        changed = tuple(offers) != self._offers
        self._quiet = quiet
        if changed:
            self._offers = tuple(offers)
            self._rebuild()
        self._paint_anew()
        return changed

    def _rebuild(self) -> None:
        focus = self.window().focusWidget()
        self._refocus = focus is not None and self.isAncestorOf(focus)
        old, self.buttons = self.buttons, [self._button_of(offer) for offer in self._shown]
        for button in old:
            button.hide()
            button.deleteLater()

    def _button_of(self, offer: Offer) -> SmallButton:
        button = self._button(offer.says, offer.says, offer.hint, framed=offer.framed)
        button.clicked.connect(lambda _=False: self.wished.emit(offer.wish))
        return button

    def _button(self, says: str, name: str, hint: str = "", *, framed: bool = False) -> SmallButton:
        button = SmallButton(says, self, framed=framed)
        button.setAccessibleName(name)
        button.setAccessibleDescription("; ".join(part for part in (hint, f"To: {self._about}") if part))
        button.setToolTip(hint or (name if says == _MENU else ""))
        button.focused.connect(self._paint_anew)
        return button

    def place(self, at: QPoint, right: int) -> None:
        """Stand with the words from `at` on their baseline, as far as `right`: what has no room is in the menu."""
        with_menu = any(not offer.framed and offer.wish != "stop" for offer in self._offers)
        room = right - at.x() - (self._more.width() if with_menu else 0)
        height = max(button.height() for button in self.row)
        left = 0
        for button in self.row:
            fits = with_menu if button is self._more else left + button.width() <= room or button.framed
            button.setVisible(fits)
            if fits:
                button.move(left, (height - button.height()) // 2)
                left += button.width() + (3 * _GAP if button.framed else _GAP)
                room += button.width() if button is self._more else 0
        metrics = self._more.fontMetrics()
        baseline = round((height - metrics.height()) / 2 + metrics.ascent())
        self.setGeometry(at.x(), at.y() - baseline, max(1, left), height)
        if self._refocus and left:
            next(button for button in self.row if not button.isHidden()).setFocus(Qt.FocusReason.OtherFocusReason)
            self._refocus = False

    def come_near(self, near: bool) -> None:
        """The pointer is on the turn, or has left it."""
        if near != self._near:
            self._near = near
            self._paint_anew()

    def _paint_anew(self) -> None:
        near = self._near or any(button.hasFocus() for button in (*self.buttons, self._more))
        for button, offer in zip(self.buttons, self._shown, strict=True):
            button.faint = not near and offer.place != "always"
            button.update()
        self._more.faint = not near and self._quiet
        self._more.update()

    def menu(self) -> QMenu:
        """All that is offered."""
        menu = QMenu("More for this answer", self)
        for offer in self._offers:
            action = menu.addAction(offer.says)
            action.setToolTip(offer.hint)
            action.triggered.connect(lambda _=False, wish=offer.wish: self.wished.emit(wish))
        return menu

    def open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        self.come_near(True)
