"""Amounts with units in words: "72 degrees Fahrenheit", "5 feet 11 inches", "half a mile", "a dozen cups"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.tools.arithmetic.units import Unit, named
from app.tools.english.numerals import number

_MOST_PARTS = 4


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of something; `units` are what the unit's name may mean."""

    value: Fraction
    units: tuple[Unit, ...]


def amounts(words: Sequence[str], at: int, *, article_needed: bool = True) -> Iterator[tuple[list[Amount], int]]:
    """What can be read from `at`, longest first: the parts ("5 feet", "11 inches") and the index after them.

    article_needed: a unit alone is no quantity; otherwise it counts as one of it ("per mile").
    """
    first = _amount(words, at, article_needed=article_needed)
    if first is None:
        return
    amount, end = first
    parts, ends = [amount], [end]
    while len(parts) < _MOST_PARTS:
        following = end + (end < len(words) and words[end] in ("and", ","))
        more = _amount(words, following, article_needed=True)
        if more is None or not _same_kind(parts[-1].units, more[0].units) or more[0].value < 0:
            break
        parts, end = [*parts, more[0]], more[1]
        ends.append(end)
    for count in range(len(parts), 0, -1):
        if (inches := _bare_inches(parts[:count], words, ends[count - 1])) is not None:
            yield [*parts[:count], inches], ends[count - 1] + 1
        yield parts[:count], ends[count - 1]


def _amount(words: Sequence[str], at: int, *, article_needed: bool) -> tuple[Amount, int] | None:
    negative = at < len(words) and words[at] in ("-", "minus", "negative")
    read = number(words, at + negative)
    if read is not None:
        value, end = read
        if end < len(words) and words[end] == "of" and value < 1:
            end += 1
        if end < len(words) and words[end] in ("a", "an") and value < 1:
            end += 1
    elif at < len(words) and words[at] in ("a", "an", "one", "1"):
        value, end = Fraction(1), at + 1
    elif article_needed or negative:
        return None
    else:
        value, end = Fraction(1), at
    unit = named(words, end)
    if unit is None or not unit[0]:
        return None
    return Amount(-value if negative else value, tuple(unit[0])), unit[1]


def _bare_inches(parts: Sequence[Amount], words: Sequence[str], at: int) -> Amount | None:
    """The "11" of "five foot eleven"."""
    if parts[-1].units[0].key != "foot" or parts[-1].value.denominator != 1:
        return None
    read = number(words, at)
    if read is None or read[1] != at + 1 or not 0 <= read[0] < 12:
        return None
    inches = named(["inches"], 0)
    return Amount(read[0], tuple(inches[0])) if inches else None


def _same_kind(first: Sequence[Unit], second: Sequence[Unit]) -> bool:
    kinds = {unit.kind for unit in first}
    return any(unit.kind in kinds for unit in second)
