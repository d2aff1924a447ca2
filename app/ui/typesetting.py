"""Sets a turn as blocks of a text document: the one rendering path of live and stored turns.

Words of models and users are not trusted: raw HTML in them stays text, pictures become their description, nothing is
ever loaded. What is painted around the blocks (bubble, bar, icon) is `app.ui.transcript`'s, by the properties set here.
"""

from __future__ import annotations

import html
import re
from enum import IntEnum

from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)

from app.ui import theme
from app.ui.turns import ShownTurn

FIRST_ANSWER = "duet:first-answer/"
"""Scheme of the link that unfolds the first answer of the turn named after it."""


class Role(IntEnum):
    """What a block is, for those who paint around it."""

    QUESTION = 1
    ANSWER = 2
    LABEL = 3
    ADDITION = 4
    FIRST = 5


ROLE = int(QTextFormat.Property.UserProperty) + 1
ICON = int(QTextFormat.Property.UserProperty) + 2
ACCENTED = int(QTextFormat.Property.UserProperty) + 3
CODE = int(QTextFormat.Property.UserProperty) + 4
WIDTH = int(QTextFormat.Property.UserProperty) + 5
"""Width of the longest line of a question, in pixels, before wrapping."""

PAD = 2 * theme.SPACE
"""Room at both sides of a question inside its bubble."""

_LINE_HEIGHT = 138.0
"""Per cent of the font's own."""

_PARAGRAPH_GAP = 9.0
_PROPORTIONAL = int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
_MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffc\ufffe\uffff\u2028\u2029]")


def clean(text: str) -> str:
    """`text` without what a text document would take for its own control characters."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


class Typesetter:
    """Writes turns with one font and palette. `column` is the width of the text in pixels."""

    def __init__(self, font: QFont, palette: QPalette, column: float) -> None:
        self.font = font
        self.column = column
        self._palette = palette
        self._muted = QBrush(palette.color(QPalette.ColorRole.PlaceholderText))
        self._line = QBrush(palette.color(QPalette.ColorRole.Mid))
        self._accent = QBrush(palette.color(QPalette.ColorRole.Accent))
        self._fresh = True

    def write(self, cursor: QTextCursor, turn: ShownTurn, *, unfolded: bool) -> None:
        """Set `turn` into the empty block at `cursor`."""
        self._fresh = True
        self._question(cursor, turn)
        if turn.verdict == "correct" and turn.refinement:
            self._corrected(cursor, turn, unfolded=unfolded)
        else:
            self._answer(cursor, turn)
            self._second_thought(cursor, turn)

    def append(self, cursor: QTextCursor, text: str) -> None:
        """Continue a streaming answer at `cursor` with plain text."""
        cursor.insertText(clean(text))

    def question_margin(self, width: float) -> float:
        """Left margin that puts a question `width` wide at the right edge of the column."""
        return max(0.16 * self.column, self.column - width - 2 * PAD - 2) + PAD

    # -- the parts of a turn -----------------------------------------------------------------------------------

    def _question(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        text = clean(turn.question).strip()
        metrics = QFontMetricsF(self.font)
        width = max((metrics.horizontalAdvance(line[:400]) for line in text.split("\n")), default=0.0)
        form = self._form(Role.QUESTION)
        form.setProperty(WIDTH, width)
        form.setLeftMargin(self.question_margin(width))
        form.setRightMargin(PAD)
        form.setTopMargin(5 * theme.SPACE)
        form.setBottomMargin(3.5 * theme.SPACE)
        self._block(cursor, form)
        cursor.insertText(text.replace("\n", "\u2028"), self._char())

    def _answer(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        if turn.state == "answering":
            if turn.answer:
                self._block(cursor, self._form(Role.ANSWER))
                cursor.insertText(clean(turn.answer), self._char())
            else:
                self._label(cursor, "thinking", "Thinking…")
            return
        if turn.answer:
            self._markdown(cursor, turn.answer, Role.ANSWER)
        if turn.state == "failed":
            self._label(cursor, "warning", turn.failure or "This answer failed.")
        elif turn.state == "interrupted":
            self._label(cursor, "stop", "Stopped here.")
        elif turn.state == "lost":
            self._label(cursor, "warning", "Duet was closed before this answer was finished.")

    def _second_thought(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        if turn.verdict == "agree":
            self._label(cursor, "agree", "Second thought agrees", hint=_origin(turn))
        elif turn.verdict == "add" and turn.refinement:
            self._label(cursor, "add", "On second thought", hint=_origin(turn), accent=True)
            self._markdown(cursor, turn.refinement, Role.ADDITION)
        elif turn.verdict == "failed":
            self._label(
                cursor, "warning", f"No second thought this time: {turn.why}" if turn.why else "No second thought"
            )
        elif turn.thinking:
            self._label(cursor, "thinking", "Thinking again…")

    def _corrected(self, cursor: QTextCursor, turn: ShownTurn, *, unfolded: bool) -> None:
        link = (f"{FIRST_ANSWER}{turn.id}", "Hide the first answer" if unfolded else "Show the first answer")
        self._label(cursor, "correct", "Corrected on second thought", hint=_origin(turn), accent=True, link=link)
        self._markdown(cursor, turn.refinement, Role.ANSWER)
        if unfolded:
            self._label(cursor, "", "First answer", role=Role.FIRST)
            self._markdown(cursor, turn.answer, Role.FIRST)

    def _label(
        self,
        cursor: QTextCursor,
        icon: str,
        text: str,
        *,
        hint: str = "",
        accent: bool = False,
        link: tuple[str, str] | None = None,
        role: Role = Role.LABEL,
    ) -> None:
        """A small line that says where the words around it come from. `link` is an address and its words."""
        form = self._form(role)
        form.setProperty(ICON, icon)
        form.setProperty(ACCENTED, accent)
        form.setTopMargin(0.5 * theme.SPACE)
        if icon:
            form.setLeftMargin(3 * theme.SPACE)
        self._block(cursor, form)
        char = self._char(theme.SMALL)
        char.setForeground(self._accent if accent else self._muted)
        if hint:
            char.setToolTip(html.escape(hint))
        cursor.insertText(clean(text).replace("\n", " "), char)
        if link is not None:
            quiet = self._char(theme.SMALL)
            quiet.setForeground(self._muted)
            cursor.insertText("  ·  ", quiet)
            quiet.setAnchor(True)
            quiet.setAnchorHref(link[0])
            quiet.setFontUnderline(True)
            cursor.insertText(link[1], quiet)

    # -- Markdown ----------------------------------------------------------------------------------------------

    def _markdown(self, cursor: QTextCursor, text: str, role: Role) -> None:
        """Convert `text` once and set it as blocks of `role`."""
        source = QTextDocument()
        source.setUndoRedoEnabled(False)
        source.setDefaultFont(self.font)
        source.setMarkdown(clean(text).strip() or " ", _MARKDOWN)
        _pictures_to_words(source)
        self._dress(source, role)
        self._block(cursor, source.begin().blockFormat())
        cursor.insertFragment(QTextDocumentFragment(source))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)

    def _dress(self, document: QTextDocument, role: Role) -> None:
        """Give all blocks Duet's type, spacing and role. `document` must not be in the middle of an edit block."""
        block = document.begin()
        table: QTextTable | None = None
        while block.isValid():
            before, table = table, _table_of(block)
            if table is not None and table != before:
                self._dress_table(table)
                block = _without_stray_line(block)
            self._dress_block(block, role, cell=table is not None, code_before=_is_code(block.previous()))
            if before is not None and table != before and not block.text():
                _flatten(block)  # Qt needs a block behind a table; readers do not
            block = block.next()

    def _dress_table(self, table: QTextTable) -> None:
        form = table.format()
        form.setCellPadding(0.75 * theme.SPACE)
        form.setCellSpacing(0)
        form.setBorder(1)
        form.setBorderCollapse(True)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderBrush(self._line)
        form.setTopMargin(0.5 * theme.SPACE)
        form.setBottomMargin(theme.SPACE)
        table.setFormat(form)

    def _dress_block(self, block: QTextBlock, role: Role, *, cell: bool, code_before: bool) -> None:
        cursor = QTextCursor(block)
        form = block.blockFormat()
        code = _is_code(block)
        code_after = _is_code(block.next())
        form.setProperty(ROLE, int(role))
        form.setProperty(CODE, code)
        form.setNonBreakableLines(False)
        form.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        form.setTopMargin(theme.SPACE if form.headingLevel() or (code and not code_before) else 0.0)
        gap = 0.4 * _PARAGRAPH_GAP if block.textList() else _PARAGRAPH_GAP
        form.setBottomMargin(0.0 if cell or (code and code_after) else 1.8 * _PARAGRAPH_GAP if code else gap)
        if code:
            form.setLeftMargin(1.5 * theme.SPACE)
            form.setRightMargin(1.5 * theme.SPACE)
        elif role in (Role.ADDITION, Role.FIRST) and not cell:
            form.setLeftMargin(3 * theme.SPACE)
        cursor.setBlockFormat(form)
        self._dress_letters(block, form.headingLevel(), code=code, quiet=role is Role.FIRST)

    def _dress_letters(self, block: QTextBlock, heading: int, *, code: bool, quiet: bool) -> None:
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        change = QTextCharFormat()
        if heading:
            change.setProperty(QTextFormat.Property.FontSizeAdjustment, 1 if heading <= 2 else 0)
            change.setFontWeight(QFont.Weight.DemiBold)
        if code:
            fixed = theme.scaled(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont), 1.0)
            change.setFontFamilies([fixed.family(), "monospace"])
            change.setFontFixedPitch(True)
        if quiet:
            change.setForeground(self._muted)
        cursor.mergeCharFormat(change)

    # -- blocks ------------------------------------------------------------------------------------------------

    def _block(self, cursor: QTextCursor, form: QTextBlockFormat) -> None:
        """Begin a block: the empty one that the turn was given, or one more."""
        if self._fresh:
            self._fresh = False
            cursor.setBlockFormat(form)
            cursor.setBlockCharFormat(self._char())
        else:
            cursor.insertBlock(form, self._char())

    def _form(self, role: Role) -> QTextBlockFormat:
        form = QTextBlockFormat()
        form.setProperty(ROLE, int(role))
        form.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        form.setBottomMargin(_PARAGRAPH_GAP)
        if role in (Role.ADDITION, Role.FIRST):
            form.setLeftMargin(3 * theme.SPACE)
        return form

    def _char(self, factor: float = 1.0) -> QTextCharFormat:
        char = QTextCharFormat()
        char.setFont(self.font if factor == 1.0 else theme.scaled(self.font, factor))
        return char


def _table_of(block: QTextBlock) -> QTextTable | None:
    return QTextCursor(block).currentTable()


def _is_code(block: QTextBlock) -> bool:
    """Whether the Markdown reader made it a code block."""
    form = block.blockFormat()
    return bool(
        form.hasProperty(QTextFormat.Property.BlockCodeFence)
        or form.hasProperty(QTextFormat.Property.BlockCodeLanguage)
    )


def _without_stray_line(block: QTextBlock) -> QTextBlock:
    """The first block of a table's first cell, which Qt's reader puts an empty line before when code comes first."""
    table = QTextCursor(block).currentTable()
    if table is None or block.text() or table.cellAt(0, 0).lastPosition() <= block.position():
        return block
    cursor = QTextCursor(block)
    cursor.deleteChar()
    title = QTextCharFormat()
    title.setFontWeight(QFont.Weight.Bold)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(title)
    return cursor.block()


def _flatten(block: QTextBlock) -> None:
    form = block.blockFormat()
    form.setLineHeight(1.0, int(QTextBlockFormat.LineHeightTypes.FixedHeight.value))
    form.setBottomMargin(0)
    QTextCursor(block).setBlockFormat(form)


def _origin(turn: ShownTurn) -> str:
    """Who thought again, for how long as measured in that turn, and why the verdict."""
    took = f"{turn.refinement_ms / 1000:.1f} s" if turn.refinement_ms is not None else ""
    first = " · ".join(part for part in (turn.refinement_model, took) if part)
    return "\n".join(part for part in (first, turn.why) if part)


def _pictures_to_words(document: QTextDocument) -> None:
    """Put each picture's description where the picture was; nothing is loaded."""
    block = document.begin()
    found: list[tuple[int, int, str]] = []
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            piece = parts.fragment()
            if piece.charFormat().isImageFormat():
                image = piece.charFormat().toImageFormat()
                words = str(image.property(QTextFormat.Property.ImageAltText) or image.name() or "picture")
                found.append((piece.position(), piece.length(), words))
            parts += 1
        block = block.next()
    for position, length, words in reversed(found):
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"[picture: {words}]", QTextCharFormat())


def tidy_links(document: QTextDocument, start: int, end: int, colour: QBrush) -> None:
    """Give links between two positions the accent, and their true address as the tooltip."""
    block = document.findBlock(start)
    while block.isValid() and block.position() < end:
        parts = block.begin()
        while not parts.atEnd():
            piece = parts.fragment()
            form = piece.charFormat()
            if form.isAnchor() and not form.anchorHref().startswith(FIRST_ANSWER):
                cursor = QTextCursor(document)
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                change = QTextCharFormat()
                change.setForeground(colour)
                change.setToolTip(html.escape(form.anchorHref()))
                cursor.mergeCharFormat(change)
            parts += 1
        block = block.next()
