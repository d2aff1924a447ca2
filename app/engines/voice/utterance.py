"""A written text as what is said of it, piece by piece: clauses, rows of tables, one sentence for a block of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.engines.voice.blocks import is_code, is_table, opens_code
from app.engines.voice.clauses import FIRST_LONGEST, LONGEST, clauses, ends_sentence, pronounceable
from app.engines.voice.sound import CLAUSE_PAUSE_S, CUT_PAUSE_S, SENTENCE_PAUSE_S
from app.engines.voice.speakable import speakable, spoken
from app.engines.voice.speakable.language import language_of
from app.engines.voice.speakable.tracked import Tracked

_WHOLE_SENTENCES = (LONGEST,)
"""A text that was already cut into clauses is not cut finer here: only at the ends of sentences."""

_DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
_CELL = re.compile(r"(?:[^|\\\n]|\\.)+")
_MARKS = re.compile(r"[.!?…,;:。！？、，；：]\W*\Z")


@dataclass(frozen=True, slots=True)
class Utterance:
    """`written` (blanks around it removed), what is said for it, and the silence in s that belongs after it at rate 1.

    The origins of `said` count from the start of `written`. `said` is empty for code.
    """

    written: str
    said: Tracked
    pause_s: float


def utterances(text: str, tag: str | None) -> Iterator[Utterance]:
    """What to say for `text` in the language of `tag`. What is not said is left out, except code."""
    if is_code(text):
        yield _silent(text)
        return
    inside = False
    for clause in clauses(text, _WHOLE_SENTENCES):
        written = clause.strip()
        if inside:
            inside = False
            yield _silent(written)
        elif opens_code(clause):
            inside = True
            yield _notice(written, tag)
        elif is_table(written):
            yield from _rows(written, tag)
        else:
            said = speakable(written, tag)
            if pronounceable(said.text):
                yield Utterance(written, said, _pause_s(written))


def _silent(written: str) -> Utterance:
    return Utterance(written.strip(), Tracked("", ()), 0.0)


def _notice(written: str, tag: str | None) -> Utterance:
    """One sentence for a block of code, in English where there is no other."""
    language = language_of(tag) or language_of("en")
    assert language is not None
    return Utterance(written, Tracked.standing_for(language.code_notice, 0, len(written)), SENTENCE_PAUSE_S)


def _pause_s(written: str) -> float:
    if ends_sentence(written):
        return SENTENCE_PAUSE_S
    if _MARKS.search(written):
        return CLAUSE_PAUSE_S
    # Without any mark it is a heading, a list item or the end, unless it is what was cut for its length.
    return CUT_PAUSE_S if len(written) >= FIRST_LONGEST // 2 - 1 else SENTENCE_PAUSE_S


def _rows(table: str, tag: str | None) -> Iterator[Utterance]:
    """Each row as a sentence: "Anna: age 3, town Rome." The header is not read by itself if rows follow it."""
    lines = [(found.start(), found.end()) for found in re.finditer(r"[^\n]+", table)]
    whole = Tracked.of(table)
    ruled = len(lines) > 1 and _DELIMITERS.fullmatch(table, *lines[1]) is not None
    header = _cells(whole, *lines[0]) if ruled and len(lines) > 2 else []
    start = 0
    for begin, end in lines[2 if header else 0 :]:
        if _DELIMITERS.fullmatch(table, begin, end):
            continue
        said = spoken(_row(_cells(whole, begin, end), [cell.text for cell in header], start), tag)
        if pronounceable(said.text):
            shifted = Tracked(said.text, tuple(origin - start for origin in said.origins))
            yield Utterance(table[start:end].strip("\n"), shifted, SENTENCE_PAUSE_S)
            start = end + 1


def _cells(whole: Tracked, begin: int, end: int) -> list[Tracked]:
    found = [whole[match.start() : match.end()].stripped() for match in _CELL.finditer(whole.text, begin, end)]
    return [cell for cell in found if cell.text] if found else []


def _row(cells: list[Tracked], header: list[str], start: int) -> Tracked:
    """The cells with the names of their columns. Two columns need none: the first names the second."""
    parts: list[Tracked] = []
    place = start

    def add(text: str) -> None:
        parts.append(Tracked(text, (place,) * len(text)))

    named = len(header) > 2 and len(header) == len(cells)
    for index, cell in enumerate(cells):
        place = cell.origins[0]
        if index and named and not _plain_number(header[index]):
            add((": " if index == 1 else ", ") + header[index] + " ")
        elif index:
            add(": " if index == 1 and (len(cells) == 2 or named) else ", ")
        parts.append(cell)
        place = cell.origins[-1]
    add(".")
    return Tracked.joined(parts)


def _plain_number(text: str) -> bool:
    return text.isdigit()
