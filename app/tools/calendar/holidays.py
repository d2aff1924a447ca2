"""Days with a name, and when they are: fixed ones, those that hang on Easter, and the nth weekday of a month.

A small table: libraries of holidays list countries' days off and not what people count days to (Halloween, Mother's
Day, Easter in the US). Where countries differ the name belongs to the United States, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.easter import EASTER_ORTHODOX, easter
from dateutil.relativedelta import MO, SU, TH, relativedelta, weekday


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day with a name and its date in a year (1583 to 4099, where Easter's formula holds)."""

    said: str
    on: Callable[[int], date]


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


def _nth(month: int, which: weekday, after: int = 0, first: int = 1) -> Callable[[int], date]:
    """The weekday, counted from day `first` of the month (from its end if negative), and `after` days more."""
    if (which.n or 0) < 0:
        return lambda year: date(year, month, 1) + relativedelta(day=31, weekday=which) + timedelta(days=after)
    return lambda year: date(year, month, first) + relativedelta(weekday=which) + timedelta(days=after)


_TABLE: tuple[tuple[str, str, Callable[[int], date]], ...] = (
    ("Christmas", "christmas day|xmas|xmas day", _fixed(12, 25)),
    ("Christmas Eve", "xmas eve|the night before christmas", _fixed(12, 24)),
    ("Boxing Day", "saint stephens day|st stephens day", _fixed(12, 26)),
    ("New Year's Day", "new year|new years|the new year", _fixed(1, 1)),
    ("New Year's Eve", "silvester|sylvester|hogmanay", _fixed(12, 31)),
    ("Epiphany", "three kings day", _fixed(1, 6)),
    ("Groundhog Day", "", _fixed(2, 2)),
    ("Valentine's Day", "valentines|saint valentines day|st valentines day", _fixed(2, 14)),
    ("International Women's Day", "womens day", _fixed(3, 8)),
    ("Pi Day", "", _fixed(3, 14)),
    ("St. Patrick's Day", "st patricks day|saint patricks day|st paddys day|st patricks", _fixed(3, 17)),
    ("April Fools' Day", "april fools|april fool's day", _fixed(4, 1)),
    ("Earth Day", "", _fixed(4, 22)),
    ("Anzac Day", "", _fixed(4, 25)),
    ("May Day", "", _fixed(5, 1)),
    ("Star Wars Day", "", _fixed(5, 4)),
    ("Cinco de Mayo", "", _fixed(5, 5)),
    ("Juneteenth", "", _fixed(6, 19)),
    ("Midsummer Day", "", _fixed(6, 24)),
    ("Canada Day", "", _fixed(7, 1)),
    ("Independence Day", "the fourth of july", _fixed(7, 4)),
    ("Bastille Day", "", _fixed(7, 14)),
    ("German Unity Day", "", _fixed(10, 3)),
    ("Halloween", "hallowe'en", _fixed(10, 31)),
    ("All Saints' Day", "all saints", _fixed(11, 1)),
    ("All Souls' Day", "", _fixed(11, 2)),
    ("Guy Fawkes Night", "bonfire night|guy fawkes day", _fixed(11, 5)),
    ("Veterans Day", "veteran's day|armistice day", _fixed(11, 11)),
    ("St. Nicholas Day", "saint nicholas day|st nicholas day", _fixed(12, 6)),
    ("Easter", "easter sunday|easter day", _easter(0)),
    ("Orthodox Easter", "greek easter", lambda year: easter(year, EASTER_ORTHODOX)),
    ("Good Friday", "", _easter(-2)),
    ("Maundy Thursday", "holy thursday", _easter(-3)),
    ("Palm Sunday", "", _easter(-7)),
    ("Ash Wednesday", "", _easter(-46)),
    ("Mardi Gras", "shrove tuesday|pancake day|fat tuesday", _easter(-47)),
    ("Easter Monday", "", _easter(1)),
    ("Ascension Day", "", _easter(39)),
    ("Pentecost", "whit sunday|whitsun|pentecost sunday", _easter(49)),
    ("Whit Monday", "pentecost monday", _easter(50)),
    ("Corpus Christi", "", _easter(60)),
    ("Martin Luther King Day", "mlk day|martin luther king jr day", _nth(1, MO(3))),
    ("Presidents' Day", "president's day", _nth(2, MO(3))),
    ("Mother's Day", "", _nth(5, SU(2))),
    ("Memorial Day", "", _nth(5, MO(-1))),
    ("Father's Day", "", _nth(6, SU(3))),
    ("Labor Day", "labour day", _nth(9, MO(1))),
    ("Columbus Day", "indigenous peoples day", _nth(10, MO(2))),
    ("Canadian Thanksgiving", "thanksgiving in canada", _nth(10, MO(2))),
    ("Thanksgiving", "thanksgiving day", _nth(11, TH(4))),
    ("Black Friday", "", _nth(11, TH(4), after=1)),
    ("Cyber Monday", "", _nth(11, TH(4), after=4)),
    ("the first Sunday of Advent", "first advent|advent|the first advent", _nth(11, SU(1), first=27)),
)


def plain(name: str) -> str:
    """The name as it is looked for: lower case, without apostrophes and full stops."""
    return " ".join(name.lower().replace("'", "").replace(".", " ").split())


HOLIDAYS: dict[str, Holiday] = {
    plain(name): Holiday(said, on) for said, names, on in _TABLE for name in (said, *names.split("|")) if name
}
