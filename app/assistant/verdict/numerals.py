"""Numbers as English writes and says them: "2,340", "two hundred and five", "3/4", "two and a half", "once".

Works on words in lower case; says how many of them a number takes. Knows no units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)
}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"thirtieth": 30}
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4, "tenth": 10, "tenths": 10} | {
    form: value for word, value in _ORDINALS.items() if 2 < value <= 20 for form in (word, f"{word}s")
}
NUMBER_WORDS = frozenset({*SMALL, *_SCALES, *_PARTS, "dozen", "half"})


@dataclass(frozen=True, slots=True)
class Numeral:
    """A value, the place of its last digit that was told (22.5: 0.1, 380,000: 10,000) and the words it takes."""

    value: float
    step: float
    used: int


def numeral(words: Sequence[str], at: int) -> Numeral | None:
    """The number that begins at `at`, None if there is none."""
    if (part := _fraction(words, at)) is not None:
        return part
    whole = _digits(words, at) or _spelled(words, at)
    if whole is None:
        return None
    end = at + whole.used
    if words[end : end + 3] == ["and", "a", "half"]:
        return Numeral(whole.value + 0.5, 0.1, whole.used + 3)
    if words[end : end + 1] == ["and"] and (part := _fraction(words, end + 1)) is not None and part.used == 2:
        return Numeral(whole.value + part.value, 0.01, whole.used + 1 + part.used)
    if words[end : end + 1] == ["point"] and (decimals := _decimals(words, end + 1)):
        value = whole.value + int(decimals) / 10 ** len(decimals)
        return Numeral(value, 10.0 ** -len(decimals), whole.used + 1 + len(decimals))
    if words[end : end + 1] == ["dozen"]:
        return Numeral(whole.value * 12, 1.0, whole.used + 1)
    return whole


def ordinal(word: str) -> int | None:
    """The place in a row: "fourth", "21st", "twenty-first" (one word)."""
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word[:1].isdecimal() and word[-2:] in ("st", "nd", "rd", "th") and word[:-2].isdecimal():
        return int(word[:-2])
    return None


def _fraction(words: Sequence[str], at: int) -> Numeral | None:
    first, second, third = (*words[at : at + 3], "", "", "")[:3]
    if first.isdecimal() and second == "/" and third.isdecimal() and int(third):
        return Numeral(int(first) / int(third), 0.001, 3)
    if first == "half":
        return Numeral(0.5, 0.1, 1)
    if first in ("a", "one") and second in ("half", "third", "quarter", "tenth"):
        return Numeral(1 / _PARTS[second], 0.01, 2)
    count = SMALL.get(first) or (int(first) if first.isdecimal() and len(first) < 3 else 0)
    if count > 1 and second in _PARTS and (second.endswith("s")):
        return Numeral(count / _PARTS[second], 0.001, 2)
    if second == "out" and third == "of" and count:
        below = numeral(words, at + 3)
        if below is not None and below.value:
            return Numeral(count / below.value, 0.001, 3 + below.used)
    return None


def _digits(words: Sequence[str], at: int) -> Numeral | None:
    first = words[at]
    if not first[0].isdecimal() or not first.replace(",", "").replace(".", "", 1).isdecimal():
        return None
    plain = first.replace(",", "")
    value, step = float(plain), last_place(plain)
    scale = _SCALES.get(words[at + 1]) if at + 1 < len(words) else None
    return Numeral(value * scale, step * scale, 2) if scale else Numeral(value, step, 1)


def last_place(plain: str) -> float:
    """The place of the last significant digit: "22.5" 0.1, "380000" 10000, "0" 1."""
    if "." in plain:
        return float(10.0 ** -len(plain.partition(".")[2]))
    return float(10 ** (len(plain) - len(plain.rstrip("0")))) if plain.strip("0") else 1.0


def _spelled(words: Sequence[str], start: int) -> Numeral | None:
    total, current, used = 0, 0, 0
    for offset, word in enumerate(words[start:]):
        follows = words[start + offset + 1 : start + offset + 2]
        if word in SMALL and _may_follow(current, SMALL[word], used):
            current += SMALL[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word in ("a", "an") and not used and follows and (follows[0] in _SCALES or follows[0] == "dozen"):
            current = 1
        elif word in _SCALES and word != "hundred" and used:
            total, current = total + max(current, 1) * _SCALES[word], 0
        elif word == "and" and used and words[start + offset - 1] in _SCALES and follows and follows[0] in SMALL:
            continue
        else:
            break
        used = offset + 1
    if not used:
        return None
    value = total + current
    return Numeral(float(value), last_place(str(value)), used)


def _may_follow(current: int, value: int, used: int) -> bool:
    """Whether "five" may follow: "twenty five" and "two hundred five" are one number, "six five" are two."""
    return used == 0 or (current % 100 == 0) or (current % 100 >= 20 and current % 10 == 0 and 0 < value < 10)


def _decimals(words: Sequence[str], at: int) -> str:
    digits = ""
    for word in words[at:]:
        if word not in SMALL or SMALL[word] > 9:
            break
        digits += str(SMALL[word])
    return digits
