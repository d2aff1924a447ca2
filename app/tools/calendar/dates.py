"""Dates in words and digits: "July 4th 1976", "the 3rd of March", "2026-12-25", "Christmas", "tomorrow".

`read` finds out what a date says; `Spoken.on` makes it a day, with "today" given: without a year it is the next one (or
the last, where one looks back). Numeric dates that mean two days ("3/4/2026") are not read.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.errors import BadInput
from app.tools.calendar.holidays import HOLIDAYS, Holiday, plain
from app.tools.english.numerals import below_hundred, number, ordinal

FIRST_YEAR, LAST_YEAR = 1583, 4099
"""The Gregorian calendar begins in October 1582; the formula of Easter holds to 4099."""

Lean = Literal["next", "last"]

MONTHS = {
    name: month
    for month in range(1, 13)
    for name in (calendar.month_name[month].lower(), calendar.month_abbr[month].lower())
} | {"sept": 9}
WEEKDAYS = {name.lower(): day for day, name in enumerate(calendar.day_name)}
_LONGEST_NAME = max(len(name.split()) for name in HOLIDAYS)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A date as it was said. in_year: the day in a given year, None where that year has none; unset for days that hang
    on today (`relative`). year: if one was said. month_only: no day was said, so it is the first."""

    said: str
    in_year: Callable[[int], date | None] | None = None
    year: int | None = None
    relative: Callable[[date], date] | None = None
    holiday: bool = False
    month_only: bool = False

    def on(self, today: date, lean: Lean = "next") -> date:
        """The day. Raises `BadInput` with a sentence for one that there is not."""
        if self.relative is not None:
            return self.relative(today)
        assert self.in_year is not None
        if self.year is not None:
            if not FIRST_YEAR <= self.year <= LAST_YEAR:
                raise BadInput(f"My calendar goes from {FIRST_YEAR} to {LAST_YEAR}.")
            day = self.in_year(self.year)
            if day is None:
                raise BadInput(f"There is no {self.said.removeprefix('the ')}.")
            return day
        step = 1 if lean == "next" else -1
        for year in range(today.year, today.year + 9 * step, step):
            day = self.in_year(year)
            if day is not None and (day >= today if lean == "next" else day <= today):
                return day
        raise BadInput(f"There is no {self.said.removeprefix('the ')}.")


Read = tuple[Spoken, int]


def read(words: Sequence[str], at: int = 0) -> Read | None:
    """The longest date that begins at `at`, and the index after it; None if there is none."""
    at += at < len(words) and words[at] == "on"
    the = at < len(words) and words[at] == "the"
    found = [
        result
        for reader in (_named, _month_first, _day_first, _iso, _slashed, _relative)
        if (result := reader(words, at)) or (the and (result := reader(words, at + 1)))
    ]
    return max(found, key=lambda result: result[1], default=None)


def date_in(text: Sequence[str]) -> Spoken | None:
    """The date that the whole of `text` is."""
    result = read(text)
    return result[0] if result is not None and result[1] == len(text) else None


def long_form(day: date) -> str:
    """ "Friday, December 25, 2026"."""
    return f"{calendar.day_name[day.weekday()]}, {short_form(day)}"


def short_form(day: date) -> str:
    return f"{calendar.month_name[day.month]} {day.day}, {day.year}"


def year(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A year in digits or in words: "1976", "nineteen seventy six", "nineteen oh five", "two thousand and six"."""
    if at >= len(words):
        return None
    if re.fullmatch(r"[1-9]\d{3}", words[at]):
        return int(words[at]), at + 1
    if words[at].isdecimal():
        return None
    first = below_hundred(words, at)
    if first is not None and 10 <= first[0] <= 40:
        if words[first[1] : first[1] + 1] in (["oh"], ["o"]):
            unit = below_hundred(words, first[1] + 1)
            return (first[0] * 100 + unit[0], unit[1]) if unit and 0 < unit[0] < 10 else None
        second = below_hundred(words, first[1])
        if second is not None and second[0] >= 10:
            return first[0] * 100 + second[0], second[1]
    whole = number(words, at)
    if whole is not None and whole[0].denominator == 1 and 1000 <= whole[0] <= 9999:
        return int(whole[0]), whole[1]
    return None


# -- the ways to say a date --


def _year_after(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The year that may follow a day, "," "of" or "in" before it."""
    start = at + (at < len(words) and words[at] in (",", "of", "in"))
    found = year(words, start)
    return found if found is not None else (None, at)


def _named(words: Sequence[str], at: int) -> Read | None:
    which = words[at] if at < len(words) and words[at] in ("next", "this", "last") else ""
    at += bool(which)
    if which == "this" and words[at : at + 1] == ["coming"]:
        at += 1
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        holiday = HOLIDAYS.get(plain(" ".join(words[at : at + length])))
        if holiday is not None:
            return _holiday(holiday, which, words, at + length)
    return None


def _holiday(holiday: Holiday, which: str, words: Sequence[str], at: int) -> Read:
    in_year, end = _year_after(words, at)
    if which == "last":
        return Spoken(f"last {holiday.said}", relative=lambda today: _before(holiday, today), holiday=True), at
    if in_year is None and words[at : at + 2] in (["next", "year"], ["this", "year"], ["last", "year"]):
        offset = {"next": 1, "this": 0, "last": -1}[words[at]]
        said = f"{holiday.said} {words[at]} year"
        return Spoken(said, relative=lambda today: holiday.on(today.year + offset), holiday=True), at + 2
    said = holiday.said if in_year is None else f"{holiday.said} {in_year}"
    return Spoken(said, in_year=holiday.on, year=in_year, holiday=True), end


def _before(holiday: Holiday, today: date) -> date:
    this = holiday.on(today.year)
    return this if this < today else holiday.on(today.year - 1)


def _month_first(words: Sequence[str], at: int) -> Read | None:
    month = MONTHS.get(words[at] if at < len(words) else "")
    if month is None:
        return None
    at += 1 + (words[at + 1 : at + 2] == ["."])
    day = _day_number(words, at + (words[at : at + 1] == ["the"]))
    name = calendar.month_name[month]
    if day is None:
        in_year, end = _year_after(words, at)
        said = f"{name} {in_year}" if in_year else name
        return Spoken(said, lambda y: date(y, month, 1), in_year, month_only=True), end
    in_year, end = _year_after(words, day[1])
    said = f"{name} {day[0]}" + (f", {in_year}" if in_year else "")
    return Spoken(said, _in_year(month, day[0]), in_year), end


def _day_first(words: Sequence[str], at: int) -> Read | None:
    day = _day_number(words, at)
    if day is None:
        return None
    of = words[day[1] : day[1] + 1] == ["of"]
    month = MONTHS.get("".join(words[day[1] + of : day[1] + of + 1]))
    if month is None:
        return None
    at = day[1] + of + 1
    in_year, end = _year_after(words, at + (words[at : at + 1] == ["."]))
    name = calendar.month_name[month]
    said = f"the {_place(day[0])} of {name}" if of else f"{day[0]} {name}"
    return Spoken(f"{said} {in_year}" if in_year else said, _in_year(month, day[0]), in_year), end


def _day_number(words: Sequence[str], at: int) -> tuple[int, int] | None:
    found = ordinal(words, at)
    if found is None and at < len(words):
        found = (int(words[at]), at + 1) if re.fullmatch(r"\d{1,2}", words[at]) else below_hundred(words, at)
    return found if found is not None and 1 <= found[0] <= 99 else None


def _place(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _in_year(month: int, day: int) -> Callable[[int], date | None]:
    return lambda y: date(y, month, day) if day <= calendar.monthrange(y, month)[1] else None


def _iso(words: Sequence[str], at: int) -> Read | None:
    if not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", "".join(words[at : at + 5])):
        return None
    y, month, day = int(words[at]), int(words[at + 2]), int(words[at + 4])
    return (_numeric(y, month, day), at + 5) if 1 <= month <= 12 else None


def _slashed(words: Sequence[str], at: int) -> Read | None:
    """12/25 and 12/25/2026; 25/12/2026 as well, since nothing else can be meant."""
    text = "".join(words[at : at + 5])
    full = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    short = re.fullmatch(r"(\d{1,2})/(\d{1,2})", "".join(words[at : at + 3])) if full is None else None
    found = full or short
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    if first > 12:
        first, second = second, first
    elif second <= 12 and first != second:
        return None
    if not 1 <= first <= 12:
        return None
    return _numeric(int(full[3]) if full else None, first, second), at + (5 if full else 3)


def _numeric(in_year: int | None, month: int, day: int) -> Spoken:
    said = f"{calendar.month_name[month]} {day}" + (f", {in_year}" if in_year else "")
    return Spoken(said, _in_year(month, day), in_year)


_RELATIVE: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "now": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "yesterday": lambda today: today - timedelta(days=1),
    "day after tomorrow": lambda today: today + timedelta(days=2),
    "day before yesterday": lambda today: today - timedelta(days=2),
    "end of the year": lambda today: date(today.year, 12, 31),
    "end of this year": lambda today: date(today.year, 12, 31),
    "end of the month": lambda today: today.replace(day=calendar.monthrange(today.year, today.month)[1]),
    "end of this month": lambda today: today.replace(day=calendar.monthrange(today.year, today.month)[1]),
    "weekend": lambda today: today + timedelta(days=(5 - today.weekday()) % 7),
}


def _relative(words: Sequence[str], at: int) -> Read | None:
    for length in range(min(4, len(words) - at), 0, -1):
        name = " ".join(words[at : at + length])
        if name in _RELATIVE:
            said = "today" if name == "now" else name if length == 1 and name != "weekend" else f"the {name}"
            return Spoken(said, relative=_RELATIVE[name]), at + length
    which = words[at] if at < len(words) and words[at] in ("this", "last", "coming") else ""
    at += bool(which)
    name = words[at] if at < len(words) else ""
    if name not in WEEKDAYS:
        return None
    wanted = WEEKDAYS[name]
    if which == "last":
        return Spoken(
            f"last {name.capitalize()}",
            relative=lambda today: today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1),
        ), at + 1
    return Spoken(
        name.capitalize(), relative=lambda today: today + timedelta(days=(wanted - today.weekday()) % 7)
    ), at + 1
