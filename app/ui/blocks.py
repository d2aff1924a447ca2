"""What the blocks of the transcript's document are, and the measures they share. It sets and paints nothing."""

from __future__ import annotations

import html
import re
from enum import IntEnum

from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextFormat

from app.ui import theme


class Role(IntEnum):
    """What a block is, for those who paint around it."""

    QUESTION = 1
    ANSWER = 2
    LABEL = 3
    ADDITION = 4
    ASIDE = 5
    """What stands back: the answer that does not count, details."""


ROLE = int(QTextFormat.Property.UserProperty) + 1
ICON = int(QTextFormat.Property.UserProperty) + 2
ACCENTED = int(QTextFormat.Property.UserProperty) + 3
CODE = int(QTextFormat.Property.UserProperty) + 4
WIDTH = int(QTextFormat.Property.UserProperty) + 5
"""Width of the longest line of a question, in pixels, before wrapping."""

CONTROLS = int(QTextFormat.Property.UserProperty) + 6
"""Whether the controls of the turn stand behind the words of this block."""

PAD = 2 * theme.SPACE
"""Room at both sides of a question inside its bubble."""

INDENT = 3 * theme.SPACE
"""Of what has an icon or a bar before it."""

LINE_HEIGHT = 138.0
"""Per cent of the font's own."""

PARAGRAPH_GAP = 9.0
PROPORTIONAL = int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
INDENTED = (Role.ADDITION, Role.ASIDE)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffc\ufffe\uffff\u2028\u2029]")


def clean(text: str) -> str:
    """`text` without what a text document would take for its own control characters."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def block_form(role: Role) -> QTextBlockFormat:
    """How a block of `role` begins and ends."""
    form = QTextBlockFormat()
    form.setProperty(ROLE, int(role))
    form.setLineHeight(LINE_HEIGHT, PROPORTIONAL)
    form.setBottomMargin(PARAGRAPH_GAP)
    if role in INDENTED:
        form.setLeftMargin(INDENT)
    return form


def kind(block: QTextBlock) -> tuple[int, bool]:
    """Role, and whether it is code."""
    form = block.blockFormat()
    return int(form.property(ROLE) or 0), bool(form.property(CODE))


def tooltip(text: str) -> str:
    """Plain text as a tooltip that breaks its lines where `text` does, and where they are too long."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>' if text else ""
