"""Reads Markdown into a document in Duet's type: words of models are not trusted.

Raw HTML in them stays text, pictures become their description, nothing is ever loaded.
"""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontDatabase,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)

from app.ui import theme
from app.ui.blocks import CODE, INDENT, INDENTED, LINE_HEIGHT, PARAGRAPH_GAP, PROPORTIONAL, ROLE, Role, clean, tooltip

_MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class MarkdownReader:
    """Reads with one font and palette."""

    def __init__(self, font: QFont, palette: QPalette) -> None:
        self._font = font
        self._muted = QBrush(palette.color(QPalette.ColorRole.PlaceholderText))
        self._line = QBrush(palette.color(QPalette.ColorRole.Mid))

    def read(self, text: str, role: Role) -> QTextDocument:
        """`text` as blocks of `role`."""
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setDefaultFont(self._font)
        document.setMarkdown(clean(text).strip() or " ", _MARKDOWN)
        _pictures_to_words(document)
        self._dress(document, role)
        return document

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
        form.setLineHeight(LINE_HEIGHT, PROPORTIONAL)
        form.setTopMargin(theme.SPACE if form.headingLevel() or (code and not code_before) else 0.0)
        gap = 0.4 * PARAGRAPH_GAP if block.textList() else PARAGRAPH_GAP
        form.setBottomMargin(0.0 if cell or (code and code_after) else 1.8 * PARAGRAPH_GAP if code else gap)
        if code:
            form.setLeftMargin(1.5 * theme.SPACE)
            form.setRightMargin(1.5 * theme.SPACE)
        elif role in INDENTED and not cell:
            form.setLeftMargin(INDENT)
        cursor.setBlockFormat(form)
        self._dress_letters(block, form.headingLevel(), code=code, quiet=role is Role.ASIDE)

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
            if form.isAnchor():
                cursor = QTextCursor(document)
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                change = QTextCharFormat()
                change.setForeground(colour)
                change.setToolTip(tooltip(form.anchorHref()))
                cursor.mergeCharFormat(change)
            parts += 1
        block = block.next()
