"""The few small controls of the window. They paint themselves from their palette and know nothing of turns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollBar, QSizePolicy, QStyle, QStyleOptionSlider, QWidget

from app.ui import icons, theme


class IconButton(QAbstractButton):
    """A round icon that can be clicked, reached by Tab, and read aloud by its name.

    `filled` gives it the accent as its ground: for the one thing that is likely to be wanted.
    """

    def __init__(
        self, icon: str, name: str, parent: QWidget | None = None, *, side: int = 36, filled: bool = False
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._filled = filled
        self._tint: QColor | None = None
        self.setFixedSize(side, side)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.describe(name)

    def describe(self, name: str, hint: str = "") -> None:
        """Set what it is called, and the tooltip (`name` again unless `hint` says more)."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(hint)
        self.setToolTip(hint or name)

    def show_icon(self, icon: str, *, filled: bool | None = None) -> None:
        self._icon = icon
        if filled is not None:
            self._filled = filled
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        ground, ink = self._paint_colours(palette)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(area)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1.5))
            painter.drawEllipse(area.adjusted(-1, -1, 1, 1))
        side = self.width() * 0.56
        icons.paint(painter, self._icon, QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side), ink)
        painter.end()

    def _paint_colours(self, palette: QPalette) -> tuple[QColor, QColor]:
        text, accent = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Accent)
        window = palette.color(QPalette.ColorRole.Window)
        if self._filled and self.isEnabled():
            over = 0.25 if self.isDown() else 0.12 if self.underMouse() else 0.0
            return theme.blend(accent, text, over), palette.color(QPalette.ColorRole.HighlightedText)
        ground = QColor(text)
        ground.setAlphaF(0.14 if self.isDown() else 0.07 if self.underMouse() and self.isEnabled() else 0.0)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        return ground, muted if self.isEnabled() else theme.blend(window, muted, 0.55)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.size()


class TextButton(QAbstractButton):
    """A quiet button of words, with an icon before them if there is one."""

    def __init__(self, text: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = self.fontMetrics()
        room = 3 * theme.SPACE + (metrics.height() + theme.SPACE if self._icon else 0)
        return QSize(metrics.horizontalAdvance(self.text()) + room, metrics.height() + 2 * theme.SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        ground = QColor(text)
        ground.setAlphaF(0.12 if self.isDown() else 0.06 if self.underMouse() else 0.0)
        painter.setBrush(ground)
        accent = palette.color(QPalette.ColorRole.Accent)
        painter.setPen(QPen(accent, 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(area, theme.SPACE, theme.SPACE)
        left = 1.5 * theme.SPACE
        if self._icon:
            side = self.fontMetrics().height() * 1.05
            icons.paint(painter, self._icon, QRectF(left, (self.height() - side) / 2, side, side), accent)
            left += side + theme.SPACE
        painter.setPen(text)
        words = area.adjusted(left - 1, 0, -theme.SPACE, 0)
        elided = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), elided)
        painter.end()


class SmallButton(QAbstractButton):
    """A button of small words, quiet or in a frame. `faint` ones are not painted."""

    focused = Signal()

    def __init__(self, says: str, parent: QWidget, *, framed: bool = False) -> None:
        super().__init__(parent)
        self.framed = framed
        self.faint = False
        self.setText(says)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(theme.scaled(self.font(), theme.SMALL))
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = self.fontMetrics()
        room = 3 * theme.SPACE if self.framed else round(1.5 * theme.SPACE)
        return QSize(metrics.horizontalAdvance(self.text()) + room, metrics.height() + theme.SPACE)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.focused.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self.faint:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text, accent = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Accent)
        near = self.underMouse() or self.hasFocus()
        ground = theme.blend(
            palette.color(QPalette.ColorRole.Window), text, 0.13 if self.isDown() else 0.07 if near else 0.0
        )
        line = accent if self.hasFocus() else palette.color(QPalette.ColorRole.Mid)
        painter.setBrush(ground)
        painter.setPen(QPen(line, 1.25) if self.framed or self.hasFocus() else Qt.PenStyle.NoPen)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(area, theme.SPACE, theme.SPACE)
        ink = text if self.framed or near else palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(ink)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()


class Card(QFrame):
    """A rounded surface. Its line takes the accent while something inside has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lit = False

    def light(self, on: bool) -> None:
        self.lit = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        line = palette.color(QPalette.ColorRole.Accent if self.lit else QPalette.ColorRole.Mid)
        painter.setPen(QPen(line, 1.25))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        radius = 1.6 * theme.RADIUS
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()


class SlimScrollBar(QScrollBar):
    """A thin upright bar on a ground of `role`, without arrows to be seen; it shows nothing where all is in sight."""

    WIDTH = 12

    def __init__(self, role: QPalette.ColorRole, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._role = role
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.WIDTH, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(self._role))
        if self.maximum() > self.minimum():
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            slider = self.style().subControlRect(
                QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
            )
            strength = 0.45 if self.isSliderDown() else 0.32 if self.underMouse() else 0.18
            text = palette.color(QPalette.ColorRole.WindowText)
            painter.setBrush(theme.blend(palette.color(self._role), text, strength))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(slider).adjusted(3, 1, -3, -1), 3, 3)
        painter.end()
