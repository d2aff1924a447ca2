"""Where blocks of code and tables begin and end in written text, be it whole or still being written.

Only their lines are looked at. What is done about them is up to `clauses` and `utterance`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})([^\n`]*)(?:\n|\Z)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*(\n|\Z)", re.MULTILINE)
_TABLE_LINE = 400
"""Characters of a line that are looked at to tell whether it is one of a table."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The line of an opening fence, from `start` to `end` with its line break, and the fence itself."""

    start: int
    end: int
    fence: str


def opening(text: str) -> Opening | None:
    """The first line that opens a block of code."""
    if "```" not in text and "~~~" not in text:
        return None
    found = _OPENING.search(text)
    return Opening(found.start(), found.end(), found[1]) if found else None


def closing(text: str, fence: str, start: int, final: bool) -> int:
    """Where the line ends that closes a block of code opened with `fence`, from `start` on; 0 if there is none.

    Unless `final`, its line break must be there: it may go on as something else.
    """
    for found in _FENCE.finditer(text, start):
        if found[1].startswith(fence) and (final or found[2]):
            return found.end()
    return 0


def opens_code(clause: str) -> bool:
    """Whether this clause of a `ClauseStream` is the first line of a block of code."""
    found = opening(clause)
    return found is not None and not clause[: found.start].strip() and not clause[found.end :].strip()


def is_code(clause: str) -> bool:
    """Whether this clause of a `ClauseStream` is the rest of a block of code: it ends with its only fence."""
    found = opening(clause)
    return found is not None and not clause[found.end :].strip() and bool(clause[: found.start].strip())


def is_table_line(text: str, start: int = 0) -> bool:
    """Whether the line that begins at `start` is one of a table, as far as can be seen."""
    line = text[start : min(_line_end(text, start), start + _TABLE_LINE)].strip()
    return line.startswith("|") or " | " in line


def is_table(clause: str) -> bool:
    """Whether every line of the clause is one of a table, and there are at least two."""
    lines = clause.strip().split("\n")
    return len(lines) > 1 and all(map(is_table_line, lines))


def table_end(text: str, final: bool) -> int | None:
    """Where the table ends with which `text` begins; None if it begins with none, 0 if the table may go on."""
    start = len(text) - len(text.lstrip("\n"))
    lines = 0
    while start < len(text) and is_table_line(text, start):
        start = _line_end(text, start) + 1
        lines += 1
    if not lines:
        return None
    if start < len(text) or final:
        return min(start, len(text)) if lines > 1 else None
    return 0


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
