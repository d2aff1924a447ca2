"""The main window: where everything stands and which key does what. `app.ui.presenter` decides what it shows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFont,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.ui import icons, theme
from app.ui.controls import IconButton, SlimScrollBar, TextButton
from app.ui.conversation_list import ConversationList
from app.ui.input_bar import InputBar
from app.ui.notices import NoticeLine
from app.ui.transcript import TranscriptView
from app.ui.worker_status import SummaryButton, WorkerPanel

_SIDEBAR = 264
_NARROW = 760
"""Below this width the side panel lies over the conversation instead of beside it."""


class MainWindow(QMainWindow):
    """Emits `new_wanted`, `stop_wanted`, `microphone_wanted` and `mute_wanted` for keys and buttons alike, and `closed`
    when it goes.

    `hint` tells on the empty page what to expect of the models, and where words go.
    """

    new_wanted = Signal()
    stop_wanted = Signal()
    microphone_wanted = Signal()
    mute_wanted = Signal()
    closed = Signal()

    def __init__(self, *, hint: str = "") -> None:
        super().__init__()
        self.setWindowTitle("Duet")
        self.setMinimumSize(400, 460)
        self.resize(1080, 760)
        self._centre = QWidget(self)
        self.setCentralWidget(self._centre)
        self._page = QWidget(self._centre)
        self.sidebar = Sidebar(self._centre)
        self.title = QLabel(self._page)
        self.summary = SummaryButton(self._page)
        self.toggle = IconButton("sidebar", "Show or hide the side panel", self._page, side=32)
        self.empty = EmptyState(self._page, hint)
        self.transcript = TranscriptView(self._page)
        self.notices = NoticeLine(self._page)
        self.input = InputBar(self._page)
        self._stack = QStackedWidget(self._page)
        self._beside = True
        self._wanted = True
        self._lay_out()
        self._connect()
        self.show_title("")
        self.show_empty(True)
        self.input.field.setFocus()

    # -- what the presenter shows ------------------------------------------------------------------------------

    def show_empty(self, empty: bool) -> None:
        """Show the empty page, or the transcript."""
        self._stack.setCurrentWidget(self.empty if empty else self.transcript)

    def show_title(self, title: str) -> None:
        text = " ".join(title.split())
        self.title.setText(text if len(text) <= 60 else text[:59] + "…")
        self.setWindowTitle(f"{self.title.text()} – Duet" if text else "Duet")

    def leave_sidebar(self) -> None:
        """Fold a side panel that lies over the conversation."""
        if not self._beside:
            self._wanted = False
            self._place()

    # -- layout ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setAccessibleName("Title of the conversation")
        theme.muted(self.title)
        top = QHBoxLayout()
        top.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, 0)
        top.addWidget(self.toggle)
        top.addWidget(self.title, 1)
        top.addWidget(self.summary)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.transcript)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(theme.SPACE)
        self._foot.addWidget(self.notices)
        self._foot.addWidget(self.input)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addLayout(self._foot)
        for first, second in (
            (self.input.field, self.input.twice),
            (self.input.twice, self.input.send),
            (self.input.send, self.input.stop),
            (self.input.stop, self.input.microphone),
            (self.input.microphone, self.input.mute),
            (self.input.mute, self.input.ways),
            (self.input.ways, self.transcript),
            (self.transcript, self.notices.stop_button),
            (self.notices.stop_button, self.notices.close_button),
            (self.notices.close_button, self.toggle),
            (self.toggle, self.sidebar.new),
            (self.sidebar.new, self.sidebar.conversations),
        ):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        keys = {
            QKeySequence(QKeySequence.StandardKey.New): self.new_wanted.emit,
            QKeySequence(Qt.Key.Key_Escape): self._escape,
            QKeySequence("Ctrl+B"): self.toggle_sidebar,
            QKeySequence("Ctrl+M"): self.microphone_wanted.emit,
            QKeySequence("Ctrl+Shift+M"): self.mute_wanted.emit,
            QKeySequence("Ctrl+L"): self.input.field.setFocus,
            QKeySequence(QKeySequence.StandardKey.Quit): self.close,
        }
        for key, action in keys.items():
            QShortcut(key, self).activated.connect(action)
        self.toggle.clicked.connect(self.toggle_sidebar)
        self.summary.clicked.connect(self.toggle_sidebar)
        self.sidebar.new.clicked.connect(self.new_wanted)
        self.input.stopped.connect(self.stop_wanted)
        self.input.microphone_toggled.connect(self.microphone_wanted)
        self.input.mute_toggled.connect(self.mute_wanted)

    def toggle_sidebar(self) -> None:
        self._wanted = not self.sidebar.isVisible()
        self._place()

    def _escape(self) -> None:
        if not self._beside and self.sidebar.isVisible():
            self.leave_sidebar()
        else:
            self.stop_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        beside = self.width() >= _NARROW
        if beside != self._beside:
            self._beside = beside
            self._wanted = beside
        self._place()

    def _place(self) -> None:
        """Put the side panel beside the conversation or over it, and keep the input in the column of the text."""
        width, height = self._centre.width(), self._centre.height()
        self.sidebar.setVisible(self._wanted)
        left = _SIDEBAR if self._beside and self._wanted else 0
        self.sidebar.setGeometry(0, 0, _SIDEBAR, height)
        self._page.setGeometry(left, 0, width - left, height)
        bar = SlimScrollBar.WIDTH
        side = (width - left - bar - theme.COLUMN) // 2 - 2 * theme.SPACE
        margins = (side, side + bar) if side > bar else (bar, bar)
        self._foot.setContentsMargins(margins[0], theme.SPACE // 2, margins[1], round(1.25 * theme.SPACE))
        if self._wanted:
            self.sidebar.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self.closed.emit()
        super().closeEvent(event)


class Sidebar(QWidget):
    """The conversations, and beneath them the workers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAutoFillBackground(True)
        name = QLabel("Duet", self)
        name.setFont(theme.scaled(self.font(), 1.3, QFont.Weight.DemiBold))
        self.new = TextButton("New conversation", "new", self)
        self.new.setToolTip("Begin a new conversation (Ctrl+N)")
        self.conversations = ConversationList(self)
        self.nothing = QLabel("Conversations will be kept here,\non this machine only.", self)
        self.nothing.setFont(theme.scaled(self.font(), theme.SMALL))
        self.nothing.setContentsMargins(round(1.5 * theme.SPACE), theme.SPACE, 0, 0)
        theme.muted(self.nothing)
        self.workers = WorkerPanel(self)
        head = QHBoxLayout()
        head.setContentsMargins(round(1.5 * theme.SPACE), theme.SPACE, 0, theme.SPACE)
        head.setSpacing(round(1.25 * theme.SPACE))
        head.addWidget(Mark(self))
        head.addWidget(name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE + 1, 2 * theme.SPACE)
        column.setSpacing(theme.SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.new)
        column.addWidget(self.nothing)
        column.addWidget(self.conversations, 1)
        column.addSpacing(theme.SPACE)
        foot = QVBoxLayout()
        foot.setContentsMargins(round(1.5 * theme.SPACE), theme.SPACE, round(1.5 * theme.SPACE), 0)
        foot.addWidget(self.workers)
        column.addLayout(foot)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        top = self.workers.mapTo(self, self.workers.rect().topLeft()).y() - round(1.5 * theme.SPACE)
        painter.drawLine(round(2.5 * theme.SPACE), top, self.width() - round(2.5 * theme.SPACE), top)
        painter.end()


class Mark(QWidget):
    """Duet's sign."""

    def __init__(self, parent: QWidget | None = None, side: int = 26) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "duet", QRectF(self.rect()), self.palette().color(QPalette.ColorRole.Text))
        painter.end()


class EmptyState(QWidget):
    """What stands where no conversation is yet."""

    def __init__(self, parent: QWidget | None, hint: str) -> None:
        super().__init__(parent)
        self.headline = QLabel("Ask me anything", self)
        self.headline.setFont(theme.scaled(self.font(), theme.TITLE, QFont.Weight.DemiBold))
        promise = QLabel("I answer at once, then think again.", self)
        promise.setFont(theme.scaled(self.font(), theme.BODY * 1.05))
        self.hint = QLabel(hint, self)
        self.hint.setFont(theme.scaled(self.font(), theme.SMALL * 1.04))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * theme.SPACE, 0, 3 * theme.SPACE, 0)
        column.setSpacing(theme.SPACE)
        column.addStretch(5)
        column.addWidget(Mark(self, 52), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2 * theme.SPACE)
        for label in (self.headline, promise, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setMaximumWidth(460)
            row = QHBoxLayout()
            row.addWidget(label)
            column.addLayout(row)
        theme.muted(promise)
        theme.muted(self.hint)
        column.insertSpacing(column.count() - 1, theme.SPACE)
        column.addStretch(7)
