"""Text made ready to be spoken, and cut into clauses that can be synthesised one after the other.

Small first units let speech start early; later ones may be longer, for the sake of prosody. Knows no voice and no
model library, and does not spell out numbers or abbreviations: the voices do that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

FIRST_LETTERS = 10
"""Letters after which the first punctuation mark of any kind ends the first clause."""

LONGEST = 240
"""Characters after which a clause ends at the next space or, failing that, at once."""

_END = re.compile(
    r"""(?P<mark>[.!?…,;:]{1,8}+) ["'”’»)\]]{0,4}+ (?=\s|$)
      | [。！？、，；：] ["'”’»」』)\]]{0,4}+
      | \n""",
    re.VERBOSE,
)
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "vol", "fig", "inc", "ltd", "dept", "approx"}
    | {"e.g", "i.e", "cf", "a.m", "p.m", "u.s", "u.k", "bzw", "usw", "z.b", "d.h", "nr", "mme", "mlle", "dott", "sra"}
)
_LAST_WORD = re.compile(r"[\w.]+\Z")
_SENTENCE_MARKS = frozenset(".!?…。！？\n")
_ASTRAL_SYMBOLS = 0x2190
"""Symbols (category So) from here on are arrows, dingbats and emoji, which nobody wants read out."""


def speakable(text: str) -> str:
    """`text` without what cannot be spoken: control characters, halves of surrogate pairs, emoji, joiners.

    Each becomes a space or nothing; line breaks stay.
    """
    return "".join(map(_speakable, text))


def _speakable(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() or char == "\n" else " "
    category = unicodedata.category(char)
    if category in ("Cs", "Cn", "Co", "Cc", "Zl", "Zp"):
        return " "
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return ""
    emoji = ord(char) >= _ASTRAL_SYMBOLS and category in ("So", "Sk")
    return " " if emoji else char


def pronounceable(text: str) -> bool:
    """Whether a voice would say anything: a letter, a digit, or a symbol that has a name in speech."""
    return any(char.isalnum() or char in "%&@€$£+=" for char in text)


def ends_sentence(clause: str) -> bool:
    """Whether `clause` closes a sentence or a paragraph, not only a part of one."""
    stripped = clause.rstrip(" \t\"'”’»)]」』")
    return bool(stripped) and stripped[-1] in _SENTENCE_MARKS


def clauses(
    text: str, *, first_letters: int = FIRST_LETTERS, later_letters: int = FIRST_LETTERS, longest: int = LONGEST
) -> Iterator[str]:
    """Cut `text` into clauses whose concatenation is `text` again.

    The first clause ends at any of . ! ? , ; : or a line break after `first_letters` letters or digits, later ones
    after `later_letters`. A mark counts only before a space or the end, so decimals ("3.5"), times and addresses stay
    whole, and so do common abbreviations and initials. No clause is longer than `longest` characters.
    """
    start, wanted = 0, first_letters
    for end in _ends(text):
        while end - start > longest:
            cut = _cut(text, start, longest)
            yield text[start:cut]
            start, wanted = cut, later_letters
        if end > start and (_letters(text[start:end]) >= wanted or end == len(text)):
            yield text[start:end]
            start, wanted = end, later_letters


class ClauseStream:
    """Cuts text that arrives in pieces into clauses: a clause is given out once what follows it has begun."""

    def __init__(self) -> None:
        self._tail = ""

    def feed(self, text: str) -> list[str]:
        self._tail += text
        *done, self._tail = list(clauses(self._tail)) or [""]
        return [clause for clause in done if clause.strip()]

    def finish(self) -> list[str]:
        rest, self._tail = self._tail, ""
        return [rest] if rest.strip() else []


def _ends(text: str) -> Iterator[int]:
    """Where clauses may end, in order; the last is the end of the text."""
    for found in _END.finditer(text):
        if found["mark"] == "." and _abbreviated(text[max(0, found.start() - 24) : found.start()]):
            continue
        yield found.end()
    yield len(text)


def _abbreviated(before: str) -> bool:
    """Whether a full stop after `before` belongs to an abbreviation or an initial ("J. R. R. Tolkien")."""
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[0]
    return last.lower() in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last.isupper() and last != "I")


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _cut(text: str, start: int, longest: int) -> int:
    """Where to end a clause without punctuation: after the last space within reach, or right at `longest`."""
    space = text.rfind(" ", start + longest // 2, start + longest)
    return space + 1 if space >= 0 else start + longest
