"""Colours, spacing and type of the window: two calm palettes with one accent, chosen by the system's colour scheme.

Widgets read colours from their palette when they paint, so a change of the system's scheme needs no restart.
Someone who asked the system for high contrast keeps the system's own palette.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

Choice = Literal["system", "light", "dark"]

SPACE = 8
"""The unit of all distances, in device-independent pixels."""

COLUMN = 740
"""Widest column of text: about 75 characters, what is read without losing the line."""

RADIUS = 12

SMALL, BODY, TITLE = 0.88, 1.08, 1.75
"""Sizes of type relative to the application's font."""

_SMALLEST_POINTS = 10.5
"""Some bare desktops report 9 points, too small for a page of text."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The palette of one scheme. Text and muted text reach 4.5:1 on window, sidebar and surface (WCAG AA)."""

    window: str
    sidebar: str
    surface: str
    text: str
    muted: str
    accent: str
    on_accent: str
    line: str
    bubble: str
    ready: str
    waiting: str
    failed: str


LIGHT = Colours(
    window="#fcfcfb",
    sidebar="#f4f5f3",
    surface="#ffffff",
    text="#23272b",
    muted="#666c72",
    accent="#0f766e",
    on_accent="#ffffff",
    line="#e2e4e1",
    bubble="#e7f2f0",
    ready="#2c8a5b",
    waiting="#a86a12",
    failed="#b93a2e",
)

DARK = Colours(
    window="#1b1d1f",
    sidebar="#161819",
    surface="#25282b",
    text="#e7e8e6",
    muted="#9ba1a7",
    accent="#5cc4b5",
    on_accent="#0d201d",
    line="#34383c",
    bubble="#233836",
    ready="#67c08b",
    waiting="#dfae58",
    failed="#f08b7f",
)

_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sidebar",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "failed",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Shadow: "line",
}


def palette(dark: bool) -> QPalette:
    """The whole Qt palette of a scheme."""
    colours = DARK if dark else LIGHT
    result = QPalette(QColor(colours.surface), QColor(colours.window))
    for role, name in _ROLES.items():
        result.setColor(role, QColor(getattr(colours, name)))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return result


def is_dark(palette: QPalette) -> bool:
    """Whether `palette` shows light text on a dark ground."""
    return (
        palette.color(QPalette.ColorRole.WindowText).lightnessF()
        > palette.color(QPalette.ColorRole.Window).lightnessF()
    )


def state_colour(state: str, palette: QPalette) -> QColor:
    """The colour of a worker's state; the word beside it says the same to those who do not see colours."""
    colours = DARK if is_dark(palette) else LIGHT
    if state in ("ready", "busy"):
        return QColor(colours.ready)
    if state in ("loading", "degraded"):
        return QColor(colours.waiting)
    if state == "failed":
        return QColor(colours.failed)
    return palette.color(QPalette.ColorRole.PlaceholderText)


def bubble(palette: QPalette) -> QColor:
    """The ground of what the user said: a breath of the accent."""
    return blend(palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.Accent), 0.12)


def blend(under: QColor, over: QColor, share: float) -> QColor:
    """`over` laid on `under` with opacity `share`."""
    return QColor.fromRgbF(
        under.redF() + (over.redF() - under.redF()) * share,
        under.greenF() + (over.greenF() - under.greenF()) * share,
        under.blueF() + (over.blueF() - under.blueF()) * share,
    )


def scaled(font: QFont, factor: float, weight: QFont.Weight | None = None) -> QFont:
    """`font` at `factor` times its size."""
    result = QFont(font)
    if result.pointSizeF() > 0:
        result.setPointSizeF(result.pointSizeF() * factor)
    else:
        result.setPixelSize(max(1, round(result.pixelSize() * factor)))
    if weight is not None:
        result.setWeight(weight)
    return result


def muted(widget: QWidget) -> None:
    """Show the text of `widget` in the quiet colour, whatever the palette becomes."""
    widget.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def apply(app: QApplication, choice: Choice = "system") -> None:
    """Give the application its style and palette, and follow the system if `choice` says so."""
    app.setStyle("Fusion")
    font = app.font()
    if 0 < font.pointSizeF() < _SMALLEST_POINTS:
        app.setFont(scaled(font, _SMALLEST_POINTS / font.pointSizeF()))
    hints = app.styleHints()

    def follow() -> None:
        if _high_contrast(app):
            app.setPalette(QPalette())
        else:
            app.setPalette(palette(_wants_dark(app, choice)))

    follow()
    if choice == "system":
        hints.colorSchemeChanged.connect(follow)


def _wants_dark(app: QApplication, choice: Choice) -> bool:
    if choice == "system":
        return app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return choice == "dark"


def _high_contrast(app: QApplication) -> bool:
    """False where this Qt cannot tell (before 6.10)."""
    accessibility = getattr(app.styleHints(), "accessibility", None)
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)
