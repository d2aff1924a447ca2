"""What a language must tell so that its written numbers, dates, signs and abbreviations can be said in words.

The tables are in `tables`, one module for each language. Numbers in words come from num2words, names of units, months
and currencies from Babel; what is here is what neither has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Currency:
    """Names of a currency: one and many, and of its hundredth part."""

    one: str
    many: str
    feminine: bool = False
    cent: str = ""
    cents: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language. `code` is its two letters, `locale` Babel's name for it.

    `comma_decimals`: "3,5" is three and a half and "1.234" a thousand and more; otherwise the other way round.
    `long_decimals`: what follows the decimal sign is read as a number, not digit by digit.
    `signs` maps characters to words, with a space or not around them in the text; `between_numbers` those that are
    signs only between numbers. `abbreviations` are written with their full stops; `before_numbers` and `after_numbers`
    are those that would be other words elsewhere ("No. 5", "5 in."). `feminine_units` are Babel's names of units of
    that gender. `halves` maps denominators to (one part, several parts). `clock`, `full_hour` and `date` give
    the order.
    """

    code: str
    locale: str
    comma_decimals: bool = True
    long_decimals: bool = False
    point: str
    minus: str
    range: str
    dot: str
    at: str
    slash: str
    dash: str
    underscore: str
    colon: str
    number: str
    over: str
    about: str
    power: str
    root: str
    one_masculine: str
    one_feminine: str
    feminine_units: frozenset[str] = frozenset()
    and_word: str
    half_after: str
    halves: Mapping[int, tuple[str, str]]
    signs: Mapping[str, str]
    between_numbers: Mapping[str, str]
    money_joint: str
    name_cents: bool = False
    currencies: Mapping[str, Currency]
    magnitudes: Mapping[str, str]
    of_money: str = " "
    abbreviations: Mapping[str, str]
    before_numbers: Mapping[str, str]
    after_numbers: Mapping[str, str]
    clock: str
    full_hour: str
    hour_words: tuple[str, str] = ("", "")
    date: str
    year_joint: str = " "
    first_day: str = ""
    year_words: frozenset[str] = frozenset()
    code_notice: str
    month_first: bool = False
    more_units: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@lru_cache(maxsize=64)
def language_of(tag: str | None) -> Language | None:
    """The table of a language tag such as "en", "en-us" or "de_AT"; None where there is none."""
    from app.engines.voice.speakable.tables import LANGUAGES

    parts = (tag or "").lower().replace("_", "-").split("-")
    found = LANGUAGES.get(parts[0])
    if found is not None and parts[0] == "en" and len(parts) > 1 and parts[1] != "us":
        return LANGUAGES["en-gb"]
    return found
