"""Numbers as they are said of times and lengths: "twenty five", "eight and a half", "1.5". English, below a million."""

from __future__ import annotations

import re
from collections.abc import Sequence

SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_FRACTIONS = {"half": 0.5, "quarter": 0.25}
_DIGITS = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")


def number(words: Sequence[str]) -> float | None:
    """The number that `words` (lower case) say, or None: "a" is one, "a half" 0.5, "two and a half" 2.5."""
    said = list(words)
    if said[-3:-1] in (["and", "a"], ["and", "one"]) and said[-1] in _FRACTIONS:
        whole = number(said[:-3])
        return None if whole is None else whole + _FRACTIONS[said[-1]]
    if said == ["three", "quarters"]:
        return 0.75
    if said and said[-1] in _FRACTIONS and said[:-1] in ([], ["a"], ["one"]):
        return _FRACTIONS[said[-1]]
    if said in (["a"], ["an"]):
        return 1.0
    if said in (["couple"], ["a", "couple"]):
        return 2.0
    if "point" in said:
        return _decimal(said)
    if len(said) == 1 and _DIGITS.fullmatch(said[0]):
        return float(said[0].replace(",", "."))
    return cardinal(said)


def cardinal(words: Sequence[str]) -> int | None:
    """A whole number in words or digits: "twenty five", "a hundred and twenty", "45"."""
    if len(words) == 1 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= 6:
        return int(words[0])
    total = group = 0
    open_for = 1000  # the next word must be smaller than this
    said = False
    for word in words:
        if word == "and" and said and open_for == 100:
            continue
        if word in SMALL and SMALL[word] < open_for:
            group, open_for = group + SMALL[word], 1
        elif word in TENS and TENS[word] < open_for:
            group, open_for = group + TENS[word], 10
        elif word in ("a", "an") and not said:
            group, open_for = 1, 1
        elif word == "hundred" and 0 < group < 10:
            group, open_for = group * 100, 100
        elif word == "thousand" and group and not total:
            total, group, open_for = group * 1000, 0, 1000
        else:
            return None
        said = True
    return total + group if said and words[-1] not in ("a", "an", "and") else None


def _decimal(words: Sequence[str]) -> float | None:
    """ "eight point five": digits after the point, one by one."""
    at = words.index("point")
    whole = cardinal(words[:at])
    digits = [SMALL.get(word, -1) for word in words[at + 1 :]]
    if whole is None or not digits or not all(0 <= digit <= 9 for digit in digits):
        return None
    return float(whole + sum(digit / 10 ** (place + 1) for place, digit in enumerate(digits)))
