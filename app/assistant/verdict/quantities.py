"""Numbers with units in a text, and whether two of them can be the same claim: 1.5 km and 1500 m, 22 and 22.2 degrees.

Dates and clock times are not read here; `moments` takes them out first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.assistant.verdict.numerals import numeral
from app.assistant.verdict.units import MONEY, PARTS, UNITS, UNITS_BY_NAME, unit_at
from app.assistant.verdict.words import STOP, alike, stem

_BEFORE = frozenset("$€£¥")
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_ROUGH = frozenset(
    "about around roughly approximately nearly almost some circa ca over under up least most ~ ≈ guess think believe "
    "probably perhaps maybe".split()
)

ROUGH_SHARE, PLAIN_SHARE = 0.06, 0.015
"""How far apart two numbers may be, as a share, and still be one rounded: where one is told as rough, and where not."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as it was told.

    unit: as in the table, "" without one. noun: stem of what is counted, "" unknown. step: place of the last digit.
    rough: "about". weak: "an hour", "once", "one", where the number is hardly a claim of its own. top: end of a range,
    0 for none. at: place of its first word.
    """

    value: float
    unit: str = ""
    dimension: str = ""
    factor: float = 1.0
    step: float = 1.0
    noun: str = ""
    rough: bool = False
    weak: bool = False
    top: float = 0.0
    at: int = 0

    @property
    def said(self) -> str:
        return f"{self.value:,.10g} {self.unit or self.noun}".strip().replace(",", "")


def quantities(words: Sequence[str]) -> tuple[list[Quantity], set[int]]:
    """The quantities of a text's words (lower case, in order), and the places of the words they are made of."""
    found: list[Quantity] = []
    taken: set[int] = set()
    at = 0
    while at < len(words):
        quantity, used = _at(words, at)
        if quantity is None:
            at += 1
            continue
        found.append(quantity)
        taken.update(range(at, at + used))
        at += used
    return _ranges(words, _compounds(words, found)), taken


def _at(words: Sequence[str], at: int) -> tuple[Quantity | None, int]:
    word = words[at]
    before = words[at - 1] if at else ""
    if word in _TIMES:
        return Quantity(_TIMES[word], noun="time", weak=True, at=at), 1
    if word in ("a", "an", "per", "every", "each") and at + 1 < len(words):
        unit = UNITS.get(words[at + 1])
        if unit is not None and unit.dimension == "time":
            half = words[at + 2 : at + 5] == ["and", "a", "half"]
            value = Quantity(1.5 if half else 1.0, unit.name, unit.dimension, unit.factor, 0.1, weak=not half, at=at)
            return value, 5 if half else 2
        return None, 1
    number = numeral(words, at)
    if number is None:
        return None, 1
    end = at + number.used
    while words[end : end + 1] and words[end] in ("of", "a", "an", "full") and number.value < 1:
        end += 1  # "half an hour", "three quarters of an hour"
    unit, taken = unit_at(words, end)
    if not taken and before in _BEFORE:
        unit = UNITS[before]
    if words[at : at + number.used] == ["one"] and not unit.name and not _counts(words, end):
        return None, 1  # more often a pronoun than a number ("one of the ...")
    minus = (
        before in ("minus", "-") and (at < 2 or not words[at - 2][-1:].isdecimal()) and unit.dimension == "temperature"
    )
    value = Quantity(
        -number.value if minus else number.value,
        unit.name,
        unit.dimension,
        unit.factor,
        number.step,
        "" if unit.name else _noun(words, end),
        bool(_ROUGH.intersection(words[max(0, at - 4) : at])) or "or so" in " ".join(words[end : end + 4]),
        weak=words[at : at + number.used] == ["one"],
        at=at,
    )
    return value, end - at + taken


def _counts(words: Sequence[str], end: int) -> bool:
    """Whether "one" counts something: a noun follows, or it is all that is said ("One.", "It is one.")."""
    if end == len(words):
        return end == 1 or words[end - 2] in ("is", "it's", "equals", "makes", "=", "be")
    return end < len(words) and words[end].isalpha() and words[end] not in STOP


def _noun(words: Sequence[str], end: int) -> str:
    """Stem of the counted noun: the last of up to two words of content that follow a bare number."""
    taken: list[str] = []
    for word in words[end : end + 2]:
        if not word.isalpha() or word in STOP:
            break
        taken.append(stem(word))
    return taken[-1] if taken else ""


def _compounds(words: Sequence[str], found: list[Quantity]) -> list[Quantity]:
    """ "2 hours and 30 minutes", "5 feet 11 inches", "3 euros 60" as one quantity."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if last is not None and last.unit and quantity.at - last.at <= 4 and last.top == 0:
            between = words[last.at : quantity.at][-1]
            follows = PARTS.get(last.unit) == quantity.unit
            cents = last.dimension in MONEY and quantity.unit in ("", "cent") and 0 < quantity.value < 100
            if (follows or cents) and (between == "and" or between in UNITS):
                factor = 0.01 if cents else UNITS_BY_NAME[quantity.unit].factor / last.factor
                value = last.value + quantity.value * factor
                joined[-1] = Quantity(
                    value, last.unit, last.dimension, last.factor, factor, rough=last.rough, at=last.at
                )
                continue
        joined.append(quantity)
    return joined


def _ranges(words: Sequence[str], found: list[Quantity]) -> list[Quantity]:
    """ "seven to nine hours", "between 60 and 100" as one quantity with a top."""
    result: list[Quantity] = []
    for quantity in found:
        last = result[-1] if result else None
        if last is not None and not last.top and last.value < quantity.value and last.unit in ("", quantity.unit):
            gap = list(words[last.at + 1 : quantity.at])
            linked = gap in (["to"], ["-"], ["–"]) or (gap[:1] in (["to"], ["-"]) and len(gap) == 1)
            between = "and" in gap and len(gap) <= 2 and last.at > 0 and words[last.at - 1] == "between"
            if linked or between:
                result[-1] = Quantity(
                    last.value, quantity.unit, quantity.dimension, quantity.factor, quantity.step, quantity.noun,
                    last.rough, top=quantity.value, at=last.at,
                )  # fmt: skip
                continue
        result.append(quantity)
    return result


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether the two could be answers to one question: one dimension, or one of them without a unit; one noun."""
    if a.dimension and b.dimension:
        return a.dimension == b.dimension
    if {a.dimension, b.dimension} == {"time", ""} and "time" in (a.noun, b.noun):
        return False
    if a.noun and b.noun:
        return alike(a.noun, b.noun)
    return True


def same(a: Quantity, b: Quantity) -> bool:
    """Whether both can be one claim: equal, one within the other's range, or one the other rounded."""
    if not comparable(a, b):
        return False
    if a.top or b.top:
        low, high = (a, b) if b.top else (b, a)
        return any(same_value(low, edge) for edge in _edges(high)) or _within(low, high)
    if same_value(a, b):
        return True
    if {a.dimension, b.dimension} == {"ratio", ""}:
        return same_value(_bare(a), _bare(b))
    return False


def _bare(a: Quantity) -> Quantity:
    return Quantity(a.value * a.factor, step=a.step * a.factor, rough=a.rough)


def _edges(a: Quantity) -> tuple[Quantity, Quantity]:
    plain = {"unit": a.unit, "dimension": a.dimension, "factor": a.factor, "step": a.step, "rough": a.rough}
    return Quantity(a.value, **plain), Quantity(a.top, **plain)  # type: ignore[arg-type]


def _within(a: Quantity, b: Quantity) -> bool:
    """Whether `a` (perhaps a range itself) overlaps the range `b`."""
    value, top = _base(a, a.value, b), _base(a, a.top or a.value, b)
    return value <= _base(b, b.top, a) and top >= _base(b, b.value, a)


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether the values are equal or one is the other rounded at its last place."""
    x, y = _base(a, a.value, b), _base(b, b.value, a)
    if abs(x - y) <= 1e-9 * max(abs(x), abs(y)):
        return True
    rough = a.rough or b.rough
    share = ROUGH_SHARE if rough else PLAIN_SHARE
    if abs(x - y) > share * max(abs(x), abs(y)):
        return False
    half = max(_step(a, b), _step(b, a)) / 2
    return abs(x - y) < half * (1.0 + 1e-9 if rough else 1.0 - 1e-9)


def convert(a: Quantity, into: Quantity) -> float:
    """The value of `a` in the unit of `into`; as it stands if one of them has none; shares meet percentages."""
    if {a.dimension, into.dimension} == {"ratio", ""}:
        other = a.value * a.factor / into.factor
        return other if abs(other - into.value) < abs(a.value - into.value) else a.value
    if not a.dimension or not into.dimension:
        return a.value
    if a.dimension == "temperature":
        base = _base(a, a.value, into)
        if "degree" in (a.unit, into.unit):
            return a.value
        return base * 1.8 + 32 if into.unit == "°f" else base + 273.15 if into.unit == "kelvin" else base
    return a.value * a.factor / into.factor


def _base(a: Quantity, value: float, other: Quantity) -> float:
    """The value in the dimension's base unit; as it stands if the other has no unit."""
    if not a.dimension or not other.dimension:
        return value
    if a.dimension == "temperature":
        if "degree" in (a.unit, other.unit):
            return value
        return (value - 32) / 1.8 if a.unit == "°f" else value - 273.15 if a.unit == "kelvin" else value
    return value * a.factor


def _step(a: Quantity, other: Quantity) -> float:
    if not a.dimension or not other.dimension:
        return a.step
    if a.dimension == "temperature":
        return a.step / 1.8 if a.unit == "°f" and other.unit != "°f" else a.step
    return a.step * a.factor
