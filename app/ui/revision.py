"""Marks in a document what a correction changed: words that are gone are struck through, new ones stand out.

Neither says it by colour alone. Code and tables get no struck words, which would break them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QBrush, QFont, QPalette, QTextBlock, QTextCharFormat, QTextCursor, QTextDocument

from app.assistant.revision import Change, changes
from app.ui import theme
from app.ui.blocks import CODE

_STRUCK = 12
"""More words than these are struck through only in part: the first answer has them all."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a document: where it starts and ends, and whether others may be put beside it."""

    text: str
    start: int
    end: int
    block: int
    prose: bool


def mark_changes(document: QTextDocument, before: QTextDocument, palette: QPalette) -> bool:
    """Mark in `document` how it differs from `before`; False where it is another text altogether, and unmarked."""
    old, new = [word.text for word in _words(before)], _words(document)
    found = changes(old, [word.text for word in new])
    if found is None or not new:
        return False
    cursor = QTextCursor(document)
    for change in reversed(found):  # from the end, so that the places of earlier words stay what they are
        _emphasise(cursor, new[change.new_from : change.new_to], palette)
        _strike(cursor, _shortened(old[change.old_from : change.old_to]), new, change, palette)
    return True


def new_words(char: QTextCharFormat, palette: QPalette) -> None:
    """Let new words stand out: heavier, on a breath of the accent."""
    char.setFontWeight(QFont.Weight.DemiBold)
    char.setBackground(QBrush(theme.bubble(palette)))


def gone_words(char: QTextCharFormat, palette: QPalette) -> None:
    """Let words that are gone stand back: struck through, in the quiet colour."""
    char.setFontStrikeOut(True)
    char.setForeground(QBrush(palette.color(QPalette.ColorRole.PlaceholderText)))


def _emphasise(cursor: QTextCursor, words: Sequence[_Word], palette: QPalette) -> None:
    change = QTextCharFormat()
    new_words(change, palette)
    for block in dict.fromkeys(word.block for word in words):
        inside = [word for word in words if word.block == block]
        cursor.setPosition(inside[0].start)
        cursor.setPosition(inside[-1].end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(change)


def _strike(cursor: QTextCursor, gone: str, new: Sequence[_Word], change: Change, palette: QPalette) -> None:
    """Put the words that are gone before those in their place, or else behind the word that they followed."""
    before = change.new_to > change.new_from or not change.new_from
    beside = new[change.new_from] if before else new[change.new_from - 1]
    if not gone or not beside.prose:
        return
    cursor.setPosition(beside.start if before else beside.end)
    usual = QTextCharFormat(cursor.block().charFormat())
    struck = QTextCharFormat(usual)
    gone_words(struck, palette)
    for text, form in ((gone, struck), (" ", usual)) if before else ((" ", usual), (gone, struck)):
        cursor.insertText(text, form)


def _shortened(words: Sequence[str]) -> str:
    kept = list(words) if len(words) <= _STRUCK else [*words[: _STRUCK // 2], "…", *words[-_STRUCK // 4 :]]
    return " ".join(kept)


def _words(document: QTextDocument) -> list[_Word]:
    """The words in the order of reading. Positions count UTF-16 units, as Qt's do."""
    found: list[_Word] = []
    block = document.begin()
    while block.isValid():
        text = block.text()
        plain = len(text) == block.length() - 1
        prose = _is_prose(block)
        for match in re.finditer(r"\S+", text):
            start, end = (block.position() + (at if plain else _units(text, at)) for at in match.span())
            found.append(_Word(match[0], start, end, block.blockNumber(), prose))
        block = block.next()
    return found


def _units(text: str, characters: int) -> int:
    return len(text[:characters].encode("utf-16-le")) // 2


def _is_prose(block: QTextBlock) -> bool:
    return not block.blockFormat().property(CODE) and QTextCursor(block).currentTable() is None
