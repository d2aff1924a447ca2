"""Numbers as English writes and says them: "2,340", "two thousand three hundred and forty", "two and a half", "4th".

Everything reads from a list of tokens and says how far it read; nothing is searched for. Years are the calendar's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?(?:e[+-]?\d{1,3}(?![a-z\d]))?|\.\d+|[a-z]+(?:'[a-z]+)*|\*\*|\S"
)
_WRITTEN = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d+)?(?:e[+-]?\d{1,3})?")
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
UNITS = {word: value for value, word in enumerate(_NAMES.split())}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
} | {"fourty": 40}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINAL_NAMES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
ORDINALS = {word: value for value, word in enumerate(_ORDINAL_NAMES.split(), start=1)} | {
    "twentieth": 20,
    "thirtieth": 30,
}
_PARTS = {
    **{word: value for word, value in ORDINALS.items() if value > 2},
    **{f"{word}s": value for word, value in ORDINALS.items() if value > 2},
    "half": 2,
    "halves": 2,
    "quarter": 4,
    "quarters": 4,
    "hundredth": 100,
    "hundredths": 100,
    "thousandth": 1000,
    "thousandths": 1000,
}
NUMBER_WORDS = frozenset(
    [*UNITS, *TENS, *_SCALES, "hundred", "dozen", "half", "quarter", "quarters", "third", "thirds", "point"]
)
_LONGEST = 60  # digits

Read = tuple[Fraction, int]
"""A value, and the index of the first token after it."""


def tokens(text: str) -> list[str]:
    """The words, numbers and signs of a tidy text, without its spaces."""
    return _TOKEN.findall(text)


def written(token: str) -> Fraction | None:
    """The value of digits ("2,340", "0.5", ".5", "1e5"); None for anything else, and for digits that name: "007"."""
    if len(token) > _LONGEST or not token[-1:].isdigit() or not _WRITTEN.fullmatch(token):
        return None
    return Fraction(token.replace(",", ""))


def number(words: Sequence[str], at: int = 0) -> Read | None:
    """The longest number that begins at `at`, in digits or in words, with scales, decimals and fractions.

    "a" counts only where it must be a number ("a hundred", "a dozen", "a third").
    """
    if (part := fraction(words, at)) is not None:
        return part
    found = _dozens(words, at) or _cardinal(words, at) or _decimals(words, at, Fraction(0))
    if found is None:
        return None
    value, end = found
    if value.denominator == 1:
        if _word(words, end) == "and" and (part := fraction(words, end + 1)) is not None:
            return value + part[0], part[1]
        if (part := _slashed(words, end)) is not None:
            return value + part[0], part[1]
    return found


def fraction(words: Sequence[str], at: int) -> Read | None:
    """A fraction in words: "half", "a third", "two thirds", "three quarters"."""
    first = _word(words, at)
    if first == "half":
        end = at + 1
        return None if _word(words, end) == "a" and _word(words, end + 1) == "dozen" else (Fraction(1, 2), end)
    if first in ("a", "an", "one", "1") and _word(words, at + 1) in _PARTS:
        return Fraction(1, _PARTS[words[at + 1]]), at + 2
    count = UNITS.get(first) or (int(first) if first.isdecimal() and len(first) < 3 else None)
    second = _word(words, at + 1)
    if count and count > 1 and second in _PARTS and (second.endswith("s") or second == "halves"):
        return Fraction(count, _PARTS[second]), at + 2
    return None


def ordinal(words: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """A place in a row: "fourth", "twenty first", "4th" (two tokens)."""
    first, second = _word(words, at), _word(words, at + 1)
    if first in ORDINALS:
        return ORDINALS[first], at + 1
    if first in TENS and ORDINALS.get(second, 10) < 10:
        return TENS[first] + ORDINALS[second], at + 2
    if first.isdecimal() and len(first) < 4 and second in ("st", "nd", "rd", "th"):
        return int(first), at + 2
    return None


def below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A number below a hundred, in words."""
    first = _word(words, at)
    if first in UNITS:
        return UNITS[first], at + 1
    if first in TENS:
        unit = UNITS.get(_word(words, at + 1), 0)
        return (TENS[first] + unit, at + 2) if 0 < unit < 10 else (TENS[first], at + 1)
    return None


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _dozens(words: Sequence[str], at: int) -> Read | None:
    if tuple(words[at : at + 3]) == ("half", "a", "dozen"):
        return Fraction(6), at + 3
    if _word(words, at) in ("a", "one") and _word(words, at + 1) == "dozen":
        return Fraction(12), at + 2
    count = below_hundred(words, at)
    if count is not None and _word(words, count[1]) == "dozen":
        return Fraction(12 * count[0]), count[1] + 1
    value = written(_word(words, at))
    return (value * 12, at + 2) if value is not None and _word(words, at + 1) == "dozen" else None


def _cardinal(words: Sequence[str], at: int) -> Read | None:
    """A whole number in words, or digits; either with scales: "3 million", "two thousand three hundred and forty"."""
    total, scale, end = Fraction(0), 10**15, at
    while scale > 1:
        begun = end > at
        linked = begun and _word(words, end) == "and"
        group = _group(words, end + linked, begun=begun)
        if group is None:
            break
        value, after = group
        factor = _SCALES.get(_word(words, after), 1)
        if value * factor >= scale or (begun and value.denominator > 1) or (linked and (factor > 1 or value >= 100)):
            break  # what should be smaller is not: another number begins here
        total, scale, end = total + value * factor, factor, after + (factor > 1)
    if end == at:
        return None
    return _decimals(words, end, total) or (total, end)


def _group(words: Sequence[str], at: int, *, begun: bool) -> Read | None:
    """Digits, or words below a thousand; "twelve hundred" where a number begins."""
    word, second = _word(words, at), _word(words, at + 1)
    if (value := written(word)) is not None:
        return (value * 100, at + 2) if second == "hundred" else (value, at + 1)
    count = (1, at + 1) if word == "a" and (second in _SCALES or second == "hundred") else below_hundred(words, at)
    if count is None:
        return None
    hundreds, end = count
    if _word(words, end) != "hundred" or hundreds == 0 or (hundreds > 9 and (begun or hundreds % 10 == 0)):
        return Fraction(hundreds), end
    end += 1
    rest = below_hundred(words, end + (_word(words, end) == "and"))
    if rest is None or rest[0] == 0 or _word(words, rest[1]) == "hundred":
        return Fraction(hundreds * 100), end
    return Fraction(hundreds * 100 + rest[0]), rest[1]


def _decimals(words: Sequence[str], at: int, whole: Fraction) -> Read | None:
    """What follows a whole number after "point": digits one by one, or two at a time ("point twenty five")."""
    if _word(words, at) != "point":
        return None
    digits, end = "", at + 1
    while len(digits) < _LONGEST:
        word = _word(words, end)
        if word in ("oh", "o"):
            digits, end = digits + "0", end + 1
        elif word.isdecimal():
            digits, end = digits + word, end + 1
        elif (value := below_hundred(words, end)) is not None:
            digits, end = digits + str(value[0]), value[1]
        else:
            break
    if not digits:
        return None
    value_ = whole + Fraction(int(digits), 10 ** len(digits))
    scale = _SCALES.get(_word(words, end), 1)
    return value_ * scale, end + (scale > 1)


def _slashed(words: Sequence[str], at: int) -> Read | None:
    """The fraction of a mixed number: the "1/2" of "2 1/2"."""
    if len(words) < at + 3 or words[at + 1] != "/" or not (words[at].isdecimal() and words[at + 2].isdecimal()):
        return None
    top, bottom = int(words[at][:9]), int(words[at + 2][:9])
    return (Fraction(top, bottom), at + 3) if 0 < top < bottom <= 64 else None
