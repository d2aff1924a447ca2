"""Text cut into clauses that can be synthesised one after the other, while it is still being written.

The first clause is short, so that it sounds soon; later ones are longer, for the sake of prosody. A clause never ends
inside a number, an abbreviation, an address, a link, a table or a block of code. Nothing is changed or spelled out
here:
the voices do that (`app.engines.voice.speakable`). Knows no voice and no library.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from app.engines.voice.blocks import Opening, closing, is_table_line, opening, table_end

SENTENCE_LETTERS = 10
"""Letters or digits after which the end of a sentence ends a clause; fewer are garbled by neural voices."""

GROWTH = (10, 25, 45)
"""Letters after which a comma or the like ends the first clause, the second, and all later ones.

The first is what is waited for. At 15 letters a second of speech and a model that writes 30 letters a second each
clause
is there before the one ahead of it has sounded, and from the third on a whole phrase is intoned at once.
"""

LONGEST = 240
"""Characters after which a clause ends at the next space or, failing that, at once."""

FIRST_LONGEST = 120
"""The same for the first clause, which is waited for."""

_CLOSERS = r"""["'”’»)\]*_`~]{0,6}+"""
_END = re.compile(
    rf"""(?P<mark>[.!?…,;:]{{1,8}}+) {_CLOSERS} (?=\s|$)
      | (?P<wide>[。！？、，；：]) ["'”’»」』)\]*_]{{0,6}}+
      | (?P<line>\n)""",
    re.VERBOSE,
)
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "vol", "fig", "no", "dept", "approx", "est", "gen", "rev"}
    | {
        "e.g",
        "i.e",
        "cf",
        "bzw",
        "z.b",
        "z",
        "d.h",
        "d",
        "u.a",
        "nr",
        "ca",
        "evtl",
        "ggf",
        "inkl",
        "vgl",
        "hr",
        "mio",
        "mrd",
    }
    | {
        "mme",
        "mlle",
        "p",
        "pp",
        "ex",
        "env",
        "av",
        "dott",
        "sig",
        "es",
        "ad",
        "pag",
        "ej",
        "sra",
        "srta",
        "dra",
        "aprox",
    }
    | {"núm", "pág", "ee", "uu", "mt", "capt", "lt", "sgt", "mm", "chr"}
)
_FINAL_ABBREVIATIONS = frozenset(
    {"etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "corp", "usw", "ecc"}
    | {"tsp", "tbsp", "oz", "lb", "lbs", "ft", "in", "hr", "hrs", "min", "mins", "sec", "std"}
)
"""Abbreviations that do end a sentence if a capital follows."""
_NOT_ALONE = frozenset({"no", "es", "ad", "ex", "env", "est", "d", "p", "u.s"})
"""Words that are abbreviations only before a figure or a small letter."""
_LAST_WORD = re.compile(r"[\w.]+\Z")
_NEXT = re.compile(r"\s+(\S+)(\s?)")
_DAY = re.compile(r"(?<![\w.,])[0-9]{1,2}\Z")
_MONTHS = re.compile(r"(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert|Platz|Klasse|Stock|Tag|Mal)")
_SENTENCE_MARKS = frozenset(".!?…。！？\n")

_LINK = re.compile(r"\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,500}(?:\)|\Z)|\Z)|\[[^\[\]\n]{0,300}\Z|`[^`\n]{1,200}(?:`|\Z)")
"""What a mark inside does not end: links and inline code, whole or still being written."""
_FENCE_BEGINS = re.compile(r"[ \t]{0,3}(?:`{1,2}|~{1,2})?\Z")
_WINDOW = LONGEST + 900
"""No mark further on is looked at, nor what is around it."""


def pronounceable(text: str) -> bool:
    """Whether a voice would say anything: a letter, a digit, or a symbol that has a name in speech."""
    return any(char.isalnum() or char in "%&@€$£+=" for char in text)


def ends_sentence(clause: str) -> bool:
    """Whether `clause` closes a sentence or a paragraph, not only a part of one."""
    stripped = clause.rstrip(" \t\"'”’»)]」』*_`~")
    return bool(stripped) and stripped[-1] in _SENTENCE_MARKS


class ClauseStream:
    """Cuts text that arrives in pieces: a clause is given out once what follows it has begun.

    Clauses are stretches of the text as it was written; their concatenation is the text, but for what lies between them
    and has no letter: blanks, rules, the emoji after a sentence, which nobody wants named.
    A block of code comes as two: its first line as soon as that is complete, so that the listener can be told, and the
    rest with the closing fence (see `blocks.opens_code`, `blocks.is_code`).
    """

    def __init__(self, growth: Sequence[int] = GROWTH) -> None:
        self._growth = growth
        self._tail = ""
        self._count = 0
        self._fence = ""

    def feed(self, text: str) -> list[str]:
        """The clauses that `text` completes."""
        self._tail += text
        return list(self._cut(final=False))

    def finish(self) -> list[str]:
        """What is left. A block of code that was never closed is closed."""
        found = list(self._cut(final=True))
        self._tail = ""
        return found

    def _cut(self, final: bool) -> Iterator[str]:
        while self._tail:
            end = self._code_end(final) if self._fence else self._prose_end(final)
            if not end:
                return
            clause, self._tail = self._tail[:end], self._tail[end:]
            if pronounceable(clause) or (clause.strip() and not self._count) or opening(clause):
                self._count += 1
                yield clause

    def _code_end(self, final: bool) -> int:
        """The length of the rest of a block, with its closing fence; 0 while there is none."""
        end = closing(self._tail, self._fence, 0, final)
        if not end and final:
            self._tail += ("" if self._tail.endswith("\n") else "\n") + self._fence
            end = len(self._tail)
        if end:
            self._fence = ""
        return end

    def _prose_end(self, final: bool) -> int:
        text = self._tail[:_WINDOW]
        block = opening(text)
        if block is not None and not text[: block.start].strip():
            return self._open(block, final)
        table = table_end(self._tail, final)
        if table is not None:
            return table
        limit = block.start if block is not None else len(text)
        wanted = self._growth[min(self._count, len(self._growth) - 1)]
        end = _first_end(text[:limit], wanted, LONGEST if self._count else FIRST_LONGEST, final or block is not None)
        if end == len(self._tail) and not final:
            return 0  # what follows has not begun
        return end

    def _open(self, block: Opening, final: bool) -> int:
        """The length of a fence's own line, once the next shows that the block is not empty."""
        rest = self._tail[block.end :]
        line = rest[: rest.find("\n") + 1 or len(rest)]
        empty = closing(line, block.fence, 0, final)
        if empty:
            return block.end + empty  # an empty block, in one piece
        if not final and (_FENCE_BEGINS.match(line) or closing(line, block.fence, 0, final=True)):
            return 0
        self._fence = block.fence
        return block.end


def clauses(text: str, growth: Sequence[int] = GROWTH) -> Iterator[str]:
    """All of `text`, cut as `ClauseStream` does."""
    stream = ClauseStream(growth)
    yield from stream.feed(text)
    yield from stream.finish()


def _first_end(text: str, wanted: int, longest: int, whole: bool) -> int:
    """Where the first clause of `text` ends, `longest` at most; its length if it has no end within.

    `whole` says that nothing can be added to `text`.
    """
    guarded = [found.span() for found in _LINK.finditer(text)]
    starts = [start for start, _ in guarded]
    letters, counted = 0, 0
    for found in _END.finditer(text):
        end = found.end()
        if end > longest:
            break
        inside = bisect_right(starts, found.start()) - 1
        if inside >= 0 and found.start() < guarded[inside][1] and found["line"] is None:
            continue
        if found["mark"] == "." and _continues(text, found.start("mark"), end, whole):
            continue
        letters, counted = letters + _letters(text[counted:end]), end
        closes = found["line"] or (found["mark"] or found["wide"])[-1] in _SENTENCE_MARKS
        if letters >= (min(wanted, SENTENCE_LETTERS) if closes else wanted):
            return end
        if found["line"] and letters and is_table_line(text, end):
            return end
    if len(text) <= longest:
        return len(text)
    space = text.rfind(" ", longest // 2, longest)
    return space + 1 if space >= 0 else longest


def _continues(text: str, start: int, end: int, whole: bool) -> bool:
    """Whether the full stop at `start` belongs to an abbreviation, an initial or a German ordinal ("am 3. Mai")."""
    before = text[max(0, start - 24) : start]
    following = _NEXT.match(text, end)
    next_word = following[1] if following else ""
    if _DAY.search(before):
        if not following:
            return not whole
        complete = bool(following[2]) or whole
        return not complete or next_word[0].islower() or bool(_MONTHS.match(next_word)) or not before[:-2].strip()
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[0].strip(".")
    small = last.lower()
    if small in _FINAL_ABBREVIATIONS or small in _NOT_ALONE:
        return next_word[:1].islower() or next_word[:1].isdigit() or (not next_word and not whole)
    return small in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last.isupper() and last != "I")


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
