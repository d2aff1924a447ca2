"""How many words of what was said were misheard."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def words(text: str) -> list[str]:
    """The words as they sound: lower case, without marks, numbers up to 100 spelled out."""
    plain = re.sub(r"[^\w' ]", " ", text.lower().replace("%", " percent "))
    return [word for token in plain.split() for word in _spelled(token)]


def word_errors(truth: str, heard: str) -> int:
    """Words to be changed, added or removed (Levenshtein) to make one of the other."""
    return edits(words(truth), words(heard))


def edits(said: Sequence[str], got: Sequence[str]) -> int:
    """Words to be changed, added or removed to make one list of the other."""
    row = list(range(len(got) + 1))
    for i, word in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]


def _spelled(token: str) -> list[str]:
    if not token.isascii() or not token.isdigit() or int(token) > 100:
        return [token]
    number = int(token)
    if number == 100:
        return ["one", "hundred"]
    if number < 20:
        return [(*_ONES, *_TEENS)[number]]
    return [_TENS[number // 10 - 2], *([_ONES[number % 10]] if number % 10 else [])]
