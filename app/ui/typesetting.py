"""Sets a turn as blocks of a text document: the one rendering path of live and stored turns.

What is painted around the blocks (bubble, bar, icon) is `app.ui.ornaments`', by the properties set here; what can be
pressed is `app.ui.turn_controls`', in the room behind the words of the block that is marked for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontMetricsF,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocumentFragment,
)

from app.ui import theme
from app.ui.blocks import ACCENTED, CONTROLS, ICON, INDENT, PAD, WIDTH, Role, block_form, clean, tooltip
from app.ui.details import command, decided, details, second_thought, tools_used
from app.ui.markdown import MarkdownReader
from app.ui.revision import mark_changes
from app.ui.turns import ShownTurn


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What of a turn is shown that usually is not."""

    other: bool = False
    """The answer that does not count."""

    details: bool = False


FOLDED = Unfolded()


class Typesetter:
    """Writes turns with one font and palette. `column` is the width of the text in pixels."""

    def __init__(self, font: QFont, palette: QPalette, column: float) -> None:
        self.font = font
        self.column = column
        self._palette = palette
        self._reader = MarkdownReader(font, palette)
        self._muted = QBrush(palette.color(QPalette.ColorRole.PlaceholderText))
        self._accent = QBrush(palette.color(QPalette.ColorRole.Accent))
        self._fresh = True

    def write(self, cursor: QTextCursor, turn: ShownTurn, unfolded: Unfolded) -> None:
        """Set `turn` into the empty block at `cursor`."""
        self._fresh = True
        self._question(cursor, turn)
        if turn.state == "answering":
            self._growing(cursor, turn)
            return
        if turn.second and turn.kept:
            self._chosen(cursor, turn)
        elif turn.second and turn.verdict == "correct":
            self._corrected(cursor, turn)
        else:
            self._answer(cursor, turn)
            self._second_thought(cursor, turn)
        self._consent(cursor, turn)
        if turn.thinking:
            self._label(cursor, "thinking", f"Thinking again…{tools_used(turn)}", controls=True)
        if unfolded.other and turn.second:
            self._other(cursor, turn)
        if unfolded.details:
            for line in details(turn):
                self._label(cursor, "", line, role=Role.ASIDE)

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
        form = block_form(Role.QUESTION)
        form.setProperty(WIDTH, width)
        form.setLeftMargin(self.question_margin(width))
        form.setRightMargin(PAD)
        form.setTopMargin(5 * theme.SPACE)
        form.setBottomMargin(3.5 * theme.SPACE)
        self._block(cursor, form)
        cursor.insertText(text.replace("\n", "\u2028"), self._char())

    def _growing(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        if turn.answer:
            self._block(cursor, block_form(Role.ANSWER))
            cursor.insertText(clean(turn.answer), self._char())
        else:
            self._label(cursor, "thinking", "Thinking…")

    def _answer(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        if turn.answer:
            self._markdown(cursor, turn.answer, Role.ANSWER)
        if turn.state == "failed":
            self._label(cursor, "warning", turn.failure or "This answer failed.")
        elif turn.state == "interrupted":
            self._label(cursor, "stop", "Stopped here.")
        elif turn.state == "lost":
            self._label(cursor, "warning", "Duet was closed before this answer was finished.")
        call = turn.command
        if call is not None:
            self._label(cursor, "tool", call.tool, hint=command(turn), controls=True)

    def _second_thought(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        """Where the first answer stands."""
        tools, hint = tools_used(turn), second_thought(turn)
        if turn.thinking:
            return
        if turn.verdict == "agree":
            self._label(cursor, "agree", f"Second thought agrees{tools}", hint=hint, controls=True)
        elif turn.verdict in ("add", "correct") and turn.refinement:
            says = "Corrected" if turn.verdict == "correct" else "On second thought"
            self._label(cursor, "add", f"{says}{tools}", hint=hint, accent=True, controls=True)
            self._markdown(cursor, turn.refinement, Role.ADDITION)
        elif turn.verdict == "failed":
            says = f"No second thought this time: {turn.why}" if turn.why else "No second thought"
            self._label(cursor, "warning", says, hint=hint, controls=True)

    def _corrected(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        """In the place of the answer stands what is right, with what changed."""
        self._label(
            cursor, "correct", f"Corrected{tools_used(turn)}", hint=second_thought(turn), accent=True, controls=True
        )
        self._markdown(cursor, turn.second, Role.ANSWER, before=turn.answer)

    def _chosen(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        """One of the two answers, as the user wished, with no more ado."""
        first = turn.kept == "first"
        self._markdown(cursor, turn.answer if first else turn.second, Role.ANSWER)
        says = f"You kept the {'first' if first else 'second'} answer"
        self._label(cursor, "agree", says, hint=second_thought(turn), controls=True)

    def _consent(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        call = turn.asked
        if call is not None:
            icon = "agree" if call.allowed else "close" if call.allowed is False else "ask"
            self._label(cursor, icon, decided(call), hint=[call.question], accent=not call.settled, controls=True)

    def _other(self, cursor: QTextCursor, turn: ShownTurn) -> None:
        """The answer that does not count."""
        first = turn.kept != "first"
        self._label(cursor, "", "First answer" if first else "Second answer", role=Role.ASIDE)
        self._markdown(cursor, turn.answer if first else turn.second, Role.ASIDE)

    def _label(
        self,
        cursor: QTextCursor,
        icon: str,
        text: str,
        *,
        hint: list[str] | None = None,
        accent: bool = False,
        controls: bool = False,
        role: Role = Role.LABEL,
    ) -> None:
        """A small line that says where the words around it come from. The last one with `controls` gets the turn's."""
        form = block_form(role)
        form.setProperty(ICON, icon)
        form.setProperty(ACCENTED, accent)
        form.setProperty(CONTROLS, controls)
        form.setTopMargin(0.5 * theme.SPACE)
        if icon:
            form.setLeftMargin(INDENT)
        self._block(cursor, form)
        char = self._char(theme.SMALL)
        char.setForeground(self._accent if accent else self._muted)
        if hint:
            char.setToolTip(tooltip("\n".join(hint)))
        cursor.insertText(clean(text).replace("\n", " "), char)

    def _markdown(self, cursor: QTextCursor, text: str, role: Role, before: str = "") -> None:
        """Convert `text` once and set it as blocks of `role`, marked where it differs from `before`."""
        source = self._reader.read(text, role)
        if before:
            mark_changes(source, self._reader.read(before, role), self._palette)
        self._block(cursor, source.begin().blockFormat())
        cursor.insertFragment(QTextDocumentFragment(source))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)

    # -- blocks ------------------------------------------------------------------------------------------------

    def _block(self, cursor: QTextCursor, form: QTextBlockFormat) -> None:
        """Begin a block: the empty one that the turn was given, or one more."""
        if self._fresh:
            self._fresh = False
            cursor.setBlockFormat(form)
            cursor.setBlockCharFormat(self._char())
        else:
            cursor.insertBlock(form, self._char())

    def _char(self, factor: float = 1.0) -> QTextCharFormat:
        char = QTextCharFormat()
        char.setFont(self.font if factor == 1.0 else theme.scaled(self.font, factor))
        return char
