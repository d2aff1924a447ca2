"""The tool `convert`: a quantity in other units, by pint's definitions and exact fractions.

pint is slow to load (see docs/architecture.md), so that happens with the first conversion, on a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

from pydantic import Field

from app.errors import BadInput
from app.tools.arithmetic import rounding
from app.tools.arithmetic.quantity import Amount, amounts
from app.tools.arithmetic.units import Unit, currency, named, pair
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.english.numerals import number, tokens
from app.tools.english.request import tidy

NAME = "convert"
_DIGITS = 4  # significant ones that are said
_OTHER_UNIT = re.compile(r"[a-z]{2,}(?:[ _][a-z]+){0,3}")

NO_RATES = "I cannot convert currencies: rates change every day, and looking them up needs the internet."


class Conversion(Arguments):
    quantity: str = Field(
        min_length=1, max_length=100, description='A number with its unit: "72 Fahrenheit", "5 feet 11 inches".'
    )
    unit: str = Field(min_length=1, max_length=60, description='The unit that is wanted: "Celsius".')


class Convert(Tool[Conversion]):
    """Converts what `app.tools.arithmetic.units` names, and single units that only pint knows."""

    name = NAME
    description = "Converts units: temperature, length, mass, volume, area, speed, time, data, energy, pressure."
    arguments: ClassVar[type[Arguments]] = Conversion

    async def run(self, arguments: Conversion, situation: Situation) -> Result:
        """values: value, unit, and `from` with the same of what was given. Raises `BadInput` for unknown units, for
        currencies, and for units that measure different things."""
        source, target = read(arguments.quantity, arguments.unit)
        value = await asyncio.to_thread(_converted, source, target)
        if target.kind == "temperature":
            said, exact = rounding.plain(value, 1), value * 10 % 1 == 0
        else:
            said, exact = rounding.rounded(value, _DIGITS)
        given = " ".join(f"{rounding.said(amount.value)} {_name(unit, amount.value)}" for amount, unit in source)
        first, unit = source[0]
        verb = "is" if unit.kind == "temperature" or (len(source) == 1 and abs(first.value) == 1) else "are"
        about = "" if exact else "about "
        return Result(
            text=f"{given[0].upper()}{given[1:]} {verb} {about}{said} {_name(target, round(value, 9))}.",
            values={
                "value": rounding.json_number(value),
                "unit": target.many,
                "from": {"value": rounding.json_number(first.value), "unit": unit.many}
                if len(source) == 1
                else {"text": given},
            },
            exact=True,
        )


def read(quantity: str, unit: str) -> tuple[list[tuple[Amount, Unit]], Unit]:
    """The parts of the quantity with their units, and the unit that is wanted. Raises `BadInput` as the tool does."""
    words, wanted = tokens(tidy(quantity)), tokens(tidy(unit).rstrip("."))
    if _is_money(words) or (wanted and currency(wanted, 0) == len(wanted) and named(wanted, 0) is None):
        raise BadInput(NO_RATES)
    parts = next((parts for parts, end in amounts(words, 0, article_needed=False) if end == len(words)), None)
    parts = parts or _other_amount(words)
    if parts is None:
        raise BadInput(f'I cannot read "{quantity}" as a number with a unit.')
    target = named(wanted, 0)
    targets: Sequence[Unit] = target[0] if target is not None and target[1] == len(wanted) else _other_unit(wanted)
    if not targets:
        raise BadInput(f'I know no unit called "{unit}".')
    chosen = [(amount, pair(amount.units, targets)) for amount in parts]
    if any(both is None for _, both in chosen):
        return [(amount, amount.units[0]) for amount in parts], targets[0]  # pint may know better
    return [(amount, both[0]) for amount, both in chosen if both], next(both[1] for _, both in chosen if both)


def _is_money(words: Sequence[str]) -> bool:
    if words and words[0] in "$€£¥₹":
        return True
    amount = number(words, 0)
    after = amount[1] if amount else int(bool(words) and words[0] in ("a", "an", "one"))
    return currency(words, after) == len(words) and named(words, after) is None


def _other_amount(words: Sequence[str]) -> list[Amount] | None:
    read = number(words, 0)
    units = _other_unit(words[read[1] :]) if read else []
    return [Amount(read[0], tuple(units))] if read and units else None


def _other_unit(words: Sequence[str]) -> list[Unit]:
    """A unit by a name of pint's own, for what the table does not have ("furlong", "parsec")."""
    name = " ".join(words)
    if not _OTHER_UNIT.fullmatch(name):
        return []
    key = name.replace(" ", "_")
    singular = key.removesuffix("s") if len(key) > 3 else key
    known = next((form for form in (singular, key) if form in _registry()), None)
    if known is None:
        return []
    one = name.removesuffix("s") if known == singular else name
    return [Unit(known, one, f"{one}s" if known == singular else name, "", (name,))]


def _name(unit: Unit, value: Fraction) -> str:
    return unit.one if abs(value) == 1 else unit.many


def _converted(source: Sequence[tuple[Amount, Unit]], target: Unit) -> Fraction:
    """The sum of the parts in the other unit. Raises `BadInput` for units that measure different things."""
    from pint import DimensionalityError

    registry = _registry()
    try:
        parts = [registry.Quantity(amount.value, unit.key).to(target.key).magnitude for amount, unit in source]
    except DimensionalityError:
        first = source[0][1].many
        raise BadInput(
            f"{first[0].upper()}{first[1:]} and {target.many} do not measure the same thing, so I cannot convert them."
        ) from None
    total = sum((Fraction(part) for part in parts), Fraction(0))
    if target.kind == "temperature" and registry.Quantity(total, target.key).to("kelvin").magnitude < 0:
        raise BadInput("Nothing is colder than absolute zero.")
    return total


@lru_cache(maxsize=1)
def _registry() -> Any:
    """pint's units, with exact fractions for numbers. Slow the first time."""
    from pint import UnitRegistry

    registry: Any = UnitRegistry(non_int_type=Fraction)
    registry.define("ten_years = 10 * year")  # pint's decade is one of logarithms
    registry.define("international_acre = 4840 * yard ** 2")  # pint's own is the survey acre
    return registry
