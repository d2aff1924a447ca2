"""The menu of the second thoughts: for good, or not for one question. It only offers, and says what was chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


class PlannerMenu(QMenu):
    """Emits `toggled` with what is wished from now on, and `once_wanted`. Shows what is so only by `show_on`."""

    toggled = Signal(bool)
    once_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Second thoughts", parent)
        self._on = True
        self.twice = self.addAction("Think twice about every answer")
        self.twice.setCheckable(True)
        self.twice.triggered.connect(self._toggle)
        self.addSeparator()
        self.once = self.addAction("Send without a second thought")
        # The field itself has the key; here it is only shown.
        self.once.setText(
            f"{self.once.text()}\t{QKeySequence('Ctrl+Return').toString(QKeySequence.SequenceFormat.NativeText)}"
        )
        self.once.triggered.connect(self.once_wanted)

    def show_on(self, on: bool) -> None:
        """Mark what is so."""
        self._on = on
        self.twice.setChecked(on)

    def offer_once(self, possible: bool) -> None:
        """Whether there is something to send that would be thought over."""
        self.once.setEnabled(possible and self._on)

    def _toggle(self, wanted: bool) -> None:
        self.toggled.emit(wanted)
        self.show_on(self._on)  # until it is so, the menu shows what was
