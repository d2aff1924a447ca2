"""Numbers in words: how written ones are read (separators, signs) and said (num2words, digit by digit, as years)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from num2words import num2words

from app.engines.voice.speakable.language import Language

SPACES = "\u00a0\u202f\u2009"
"""Spaces that stand inside numbers, between thousands."""

NUMBER = rf"[0-9]+(?:[.,'’{SPACES}][0-9]+)*"
"""What may be a number; `read_number` says whether it is."""

LONGEST_DIGITS = 15
"""Longer integers are said digit by digit, as is one of more than `LONGEST_PLAIN` without separators or round end."""
LONGEST_PLAIN = 6

_GROUP = rf"['’{SPACES}]"


@dataclass(frozen=True, slots=True)
class Number:
    """The digits before and after the decimal sign; `grouped` if there were separators of thousands."""

    whole: str
    fraction: str = ""
    grouped: bool = False

    @property
    def value(self) -> Decimal:
        return Decimal(f"{self.whole}.{self.fraction}") if self.fraction else Decimal(self.whole)


def read_number(text: str, language: Language) -> Number | None:
    """The number that `text`, a match of `NUMBER`, is in that language; None for versions, lists and the like.

    A single separator before exactly three digits is what the language takes it for; elsewhere it is a decimal sign,
    whichever of the two it is, since models mix them up.
    """
    if re.search(_GROUP, text):
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}})+(?:[.,][0-9]+)?", text):
            return None
        plain = read_number(re.sub(_GROUP, "", text), language)
        return Number(plain.whole, plain.fraction, True) if plain else None
    marks = re.findall(r"[.,]", text)
    if not marks:
        return Number(text)
    *groups, last = re.split(r"[.,]", text)
    thousands = len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
    if len(set(marks)) == 2:
        single = marks.count(marks[-1]) == 1 and marks[-1] not in marks[:-1]
        return Number("".join(groups), last, True) if single and thousands else None
    if len(marks) > 1:
        return Number("".join(groups) + last, "", True) if thousands and len(last) == 3 else None
    if thousands and len(last) == 3 and (marks[0] == ".") == language.comma_decimals:
        return Number(groups[0] + last, "", True)
    return Number(groups[0], last)


def in_words(number: Number, language: Language) -> str:
    """ "three point five", "one thousand two hundred", "zero zero seven"."""
    whole = digits(number.whole, language) if _by_digit(number) else cardinal(int(number.whole), language)
    if not number.fraction:
        return whole
    fraction = number.fraction
    if language.long_decimals and len(fraction) <= 2:
        zeros = len(fraction) - len(fraction.lstrip("0"))
        rest = [cardinal(int(fraction), language)] if zeros < len(fraction) else []
        said = " ".join([cardinal(0, language)] * zeros + rest)
    else:
        said = digits(fraction, language)
    return f"{whole} {language.point} {said}"


def _by_digit(number: Number) -> bool:
    whole = number.whole
    if len(whole) > LONGEST_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        return True
    return len(whole) > LONGEST_PLAIN and not number.grouped and not number.fraction and not whole.endswith("000")


def digits(text: str, language: Language) -> str:
    """Digit by digit."""
    return " ".join(cardinal(int(digit), language) for digit in text)


@lru_cache(maxsize=4096)
def cardinal(value: int, language: Language) -> str:
    words: str = num2words(value, lang=language.code)
    return words.replace(",", "")


@lru_cache(maxsize=1024)
def ordinal(value: int, language: Language) -> str:
    words: str = num2words(value, lang=language.code, to="ordinal")
    return words.replace(",", "")


@lru_cache(maxsize=1024)
def year(value: int, language: Language) -> str:
    """ "nineteen eighty-four"; as a plain number where the language has no other way."""
    if language.code == "en" and 2000 <= value <= 2009:
        return cardinal(value, language).replace(" and ", " ")
    words: str = num2words(value, lang=language.code, to="year")
    return words.replace(",", "")


def fraction(above: int, below: int, language: Language) -> str | None:
    """ "three quarters"; None where nobody says it so."""
    names = language.halves.get(below)
    if names is None or not 0 < above < 100:
        return None
    if above == 1:
        return "one half" if (language.code, below) == ("en", 2) else names[0]
    return f"{cardinal(above, language)} {names[1]}"
