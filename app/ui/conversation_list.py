"""The list of conversations: titles and days, newest first. It chooses and asks to delete; it reads no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTime,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QKeySequence, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui import theme
from app.ui.controls import SlimScrollBar
from app.ui.session import StoredConversation

Index = QModelIndex | QPersistentModelIndex
_DATE_ROLE = int(Qt.ItemDataRole.UserRole) + 1


def day(stamp: str, today: date) -> str:
    """An ISO-8601 instant as people say it: "14:05" today, "Yesterday", a weekday, or the date."""
    try:
        moment = datetime.fromisoformat(stamp).astimezone()
    except ValueError:
        return ""
    locale = QLocale()
    if moment.date() == today:
        return locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)
    if moment.date() == today - timedelta(days=1):
        return "Yesterday"
    if timedelta(0) < today - moment.date() < timedelta(days=7):
        return locale.dayName(moment.isoweekday())
    return locale.toString(QDate(moment.year, moment.month, moment.day), QLocale.FormatType.ShortFormat)


class ConversationModel(QAbstractListModel):
    """The conversations that have turns, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[StoredConversation] = []

    def show_all(self, conversations: Sequence[StoredConversation]) -> None:
        self.beginResetModel()
        self._rows = [c for c in conversations if c.turns]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        title = row.title.strip() or "Untitled"
        when = day(row.updated_at, datetime.now().astimezone().date())
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == _DATE_ROLE:
            return when
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{title}, {when}" if when else title
        return None

    def id_at(self, index: Index) -> str | None:
        return self._rows[index.row()].id if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, id: str | None) -> QModelIndex:
        for number, row in enumerate(self._rows):
            if row.id == id:
                return self.index(number)
        return QModelIndex()


class _Delegate(QStyledItemDelegate):
    """Title in the text's colour, day beneath it in the quiet one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        height = option.fontMetrics.height()
        return QSize(120, round(height * 1.88) + 2 * theme.SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(1, 1, -1, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._ground(painter, option, area, selected=selected)
        inner = area.adjusted(1.5 * theme.SPACE, 0.75 * theme.SPACE, -theme.SPACE, -0.75 * theme.SPACE)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        title = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), title)
        painter.setFont(theme.scaled(option.font, theme.SMALL))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), str(index.data(_DATE_ROLE))
        )
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF, *, selected: bool) -> None:
        accent = option.palette.color(QPalette.ColorRole.Accent)
        ground = QColor(accent if selected else option.palette.color(QPalette.ColorRole.WindowText))
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        ground.setAlphaF(0.14 if selected else 0.05 if over else 0.0)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(accent, 1.25) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(area, theme.SPACE, theme.SPACE)


class ConversationList(QListView):
    """Emits `chosen` with an id when someone picks a conversation, `unwanted` when someone wants one deleted."""

    chosen = Signal(str)
    unwanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ConversationModel(self)
        self._current: str | None = None
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(SlimScrollBar(QPalette.ColorRole.AlternateBase, self))
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Conversations")
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self._delete = QAction("Delete…", self)
        self._delete.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self._delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._delete.triggered.connect(self._ask_to_delete)
        self.addAction(self._delete)

    def show_conversations(self, conversations: Sequence[StoredConversation]) -> None:
        """Show these, and keep the current one marked."""
        self._model.show_all(conversations)
        self.mark(self._current)

    def mark(self, id: str | None) -> None:
        """Show `id` as the one in sight, or none for a new conversation."""
        self._current = id
        index = self._model.index_of(id)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def _choose(self, index: QModelIndex) -> None:
        id = self._model.id_at(index)
        if id is not None and id != self._current:
            self._current = id
            self.chosen.emit(id)

    def _ask_to_delete(self) -> None:
        index = self.currentIndex()
        id = self._model.id_at(index)
        if id is not None:
            self.unwanted.emit(id, str(index.data()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            menu = QMenu(self)
            menu.addAction(self._delete)
            menu.exec(event.globalPos())
            menu.deleteLater()
