"""What each worker is doing: a colour, a word, its model; and when it failed, why, in words that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.events import WorkerState
from app.ui import theme
from app.ui.controls import TextButton

WORKERS = {"fast": "Answers", "planner": "Second thoughts", "hearing": "Hearing", "voice": "Voice"}
"""The workers that are shown, in order, as people would call what they do."""

SOMETIMES = {"listening": "Wake word"}
"""Workers that are shown while they run."""

_WORDS: dict[WorkerState, str] = {
    "loading": "starting",
    "ready": "ready",
    "busy": "working",
    "degraded": "limited",
    "failed": "failed",
    "stopped": "off",
}
_CAUSE = 220
"""Characters of a cause that are shown; the tooltip and the log have all of it."""

_URGENCY: tuple[WorkerState, ...] = ("failed", "degraded", "loading")


@dataclass(frozen=True, slots=True)
class Status:
    """The last known state of a worker."""

    state: WorkerState = "stopped"
    model: str = ""
    cause: str = ""


class StateDot(QWidget):
    """A small disc in the colour of a state. The word beside it carries the meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = "stopped"
        self.setFixedSize(10, 10)

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.state_colour(self._state, self.palette()))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()


class WorkerRow(QWidget):
    """One worker: dot, what it does, state; its model beneath, and beneath that the cause of a failure."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.status = Status()
        self._dot = StateDot(self)
        self._name = QLabel(label, self)
        self._word = QLabel(self)
        self._model = _Elided(self)
        self._cause = QLabel(self)
        self._cause.setWordWrap(True)
        self._cause.setContentsMargins(0, 2, 0, 0)
        self._cause.setTextFormat(Qt.TextFormat.PlainText)
        self._cause.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        small = theme.scaled(self.font(), theme.SMALL)
        for quiet in (self._word, self._model, self._cause):
            quiet.setFont(small)
        for quiet in (self._word, self._model):
            theme.muted(quiet)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._dot, 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self._word, 0, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._model, 1, 1, 1, 2)
        grid.addWidget(self._cause, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        self.show_status(self.status)

    def show_status(self, status: Status) -> None:
        self.status = status
        word = _WORDS[status.state]
        self._dot.show_state(status.state)
        self._word.setText(word)
        self._model.setText(status.model)
        self._model.setVisible(bool(status.model))
        self._cause.setText(shorten(" ".join(status.cause.split()), width=_CAUSE, placeholder=" …"))
        self._cause.setVisible(bool(status.cause) and status.state in ("failed", "degraded"))
        spoken = ", ".join(part for part in (f"{self.label}: {word}", status.model, status.cause) if part)
        self.setAccessibleName(spoken)
        self.setToolTip("\n".join(part for part in (f"{self.label}: {word}", status.model, status.cause) if part))


class WorkerPanel(QWidget):
    """All workers, one under the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Workers")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(round(1.25 * theme.SPACE))
        self.rows = {name: WorkerRow(label, self) for name, label in (WORKERS | SOMETIMES).items()}
        for name, row in self.rows.items():
            column.addWidget(row)
            row.setVisible(name not in SOMETIMES)

    def show_status(self, worker: str, status: Status) -> None:
        """Show the state of a worker; one that has no row is none of the window's business."""
        row = self.rows.get(worker)
        if row is not None:
            row.show_status(status)
            row.setVisible(worker not in SOMETIMES or status.state != "stopped")

    @property
    def summary(self) -> tuple[WorkerState, str]:
        """The state that deserves attention, and a few words for all workers."""
        for state in _URGENCY:
            affected = [row.label for row in self.rows.values() if row.status.state == state]
            if state == "loading" and affected:
                return state, "Starting"
            if affected:
                return state, f"{affected[0]} {_WORDS[state]}" if len(
                    affected
                ) == 1 else f"{len(affected)} {_WORDS[state]}"
        if all(row.status.state == "stopped" for row in self.rows.values()):
            return "stopped", "Not started"
        return "ready", "Ready"


class SummaryButton(TextButton):
    """The sum of all workers in one quiet button; it opens and closes the side panel that has the details."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Starting", parent=parent)
        self._dot = StateDot(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(theme.scaled(self.font(), theme.SMALL))
        self.setToolTip("Show or hide what the workers are doing")

    def show_summary(self, state: WorkerState, words: str) -> None:
        self._dot.show_state(state)
        self.setText("      " + words)
        self.setAccessibleName(f"Workers: {words}")
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._dot.move(round(1.5 * theme.SPACE), (self.height() - self._dot.height()) // 2)


class _Elided(QLabel):
    """A line that is shortened in its middle when there is no room; its row's tooltip has the whole."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        painter.end()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, super().minimumSizeHint().height())
