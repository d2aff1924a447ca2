"""The tool `date_arithmetic`: how long until or since a day, between two days, which weekday, which day in 90 days."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Literal

from dateutil.relativedelta import relativedelta
from pydantic import Field

from app.errors import BadInput
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.calendar.dates import FIRST_YEAR, LAST_YEAR, Lean, Spoken, date_in, long_form, short_form
from app.tools.english.numerals import tokens
from app.tools.english.request import tidy

NAME = "date_arithmetic"
Kind = Literal["until", "since", "between", "weekday", "when", "shift", "leap_year", "days_in_month", "days_in_year"]
Unit = Literal["days", "weeks", "months", "years"]
MOST = 1_000_000  # of any unit, in a shift

ANY_YEAR = {
    "a year": ("A year has 365 days, and a leap year 366.", 365),
    "a leap year": ("A leap year has 366 days.", 366),
}


class Reckoning(Arguments):
    kind: Kind = Field(
        description="until or since: how long to or from a date. between: date and other. weekday, when: of a date. "
        "shift: amount units after date (before it if negative)."
    )
    date: str = Field(default="today", max_length=60, description='"Christmas", "July 4 1976", "2026-12-25", "today".')
    other: str | None = Field(default=None, max_length=60, description="The second date of `between`.")
    amount: int | None = Field(default=None, ge=-MOST, le=MOST, description="Of `shift`.")
    unit: Unit | None = Field(default=None, description="What to count in; days if null.")


class DateArithmetic(Tool[Reckoning]):
    """Reckons with days. "Today" is the day of `Situation.now`."""

    name = NAME
    description = (
        "Days, weeks, months or years until, since or between dates; weekdays; dates of holidays; date plus days."
    )
    arguments: ClassVar[type[Arguments]] = Reckoning

    async def run(self, arguments: Reckoning, situation: Situation) -> Result:
        """values: value and unit of what is counted, days, rest (what is left over, in days), and date, weekday, from,
        to (ISO) where they belong. Raises `BadInput` for dates that there are not."""
        today = situation.now.date()
        if arguments.kind == "days_in_year" and arguments.date in ANY_YEAR:
            text, days = ANY_YEAR[arguments.date]
            return Result(text=text, values={"value": days, "unit": "days"}, exact=True)
        first = _spoken(arguments.date)
        try:
            return self._answer(arguments, first, today)
        except OverflowError:
            raise BadInput(f"My calendar goes from {FIRST_YEAR} to {LAST_YEAR}.") from None

    def _answer(self, arguments: Reckoning, first: Spoken, today: date) -> Result:
        match arguments.kind:
            case "until" | "since":
                lean: Lean = "next" if arguments.kind == "until" else "last"
                return _distance(first, first.on(today, lean), today, arguments.unit)
            case "between":
                if arguments.other is None:
                    raise BadInput("Between needs two dates.")
                return _between(first, _spoken(arguments.other), today, arguments.unit)
            case "weekday" | "when":
                return _weekday(first, first.on(today), today, named=arguments.kind == "when" or first.holiday)
            case "shift":
                return _shift(first, first.on(today), today, arguments.amount or 0, arguments.unit or "days")
            case "leap_year":
                return _leap_year(first.on(today).year)
            case "days_in_month":
                return _days_in_month(first.on(today))
            case "days_in_year":
                return _days_in_year(first.on(today).year)


def _spoken(text: str) -> Spoken:
    spoken = date_in(tokens(tidy(text)))
    if spoken is None:
        raise BadInput(f'I cannot read "{text}" as a date.')
    return spoken


def count(number: int, unit: str) -> str:
    """ "1 day", "34 days", "12,345 days"."""
    digits = f"{number:,}" if number >= 10_000 else str(number)
    return f"{digits} {unit.removesuffix('s') if number == 1 else unit}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _span(start: date, end: date, unit: Unit) -> tuple[int, int, list[str]]:
    """From `start` to the later `end`: whole units, days left over, and both in words."""
    if unit == "days":
        days = (end - start).days
        return days, 0, [count(days, "days")]
    if unit == "weeks":
        whole, rest = divmod((end - start).days, 7)
    else:
        gone = relativedelta(end, start)
        whole = gone.years if unit == "years" else gone.years * 12 + gone.months
        step = relativedelta(years=whole) if unit == "years" else relativedelta(months=whole)
        rest = (end - (start + step)).days
    words = [count(whole, unit)] if whole or not rest else []
    return whole, rest, [*words, *([count(rest, "days")] if rest else [])]


def _years_months_days(start: date, end: date) -> str:
    gone = relativedelta(end, start)
    parts = [(gone.years, "years"), (gone.months, "months"), (gone.days, "days")]
    return _listed([count(number, unit) for number, unit in parts if number] or ["0 days"])


def _measured(start: date, end: date, unit: Unit | None) -> tuple[str, dict[str, Any]]:
    whole, rest, words = _span(start, end, unit or "days")
    days = (end - start).days
    values = {"value": whole, "unit": unit or "days", "days": days, "rest": rest}
    return _listed(words), {**values, "from": start.isoformat(), "to": end.isoformat()}


def _distance(spoken: Spoken, day: date, today: date, unit: Unit | None) -> Result:
    said = _upper(spoken.said)
    if day == today:
        values = {"value": 0, "unit": unit or "days", "days": 0, "rest": 0, "date": day.isoformat()}
        return Result(text="That is today." if said == "Today" else f"{said} is today.", values=values, exact=True)
    words, values = _measured(min(day, today), max(day, today), unit)
    values["date"] = day.isoformat()
    days = abs((day - today).days)
    if day > today:
        return Result(text=f"It is {words} until {spoken.said}.", values=values, exact=True)
    text = f"{said} was {words} ago"
    if unit is None and days > 60:
        text += f", that is {_years_months_days(day, today)}"
    return Result(text=f"{text}.", values=values, exact=True)


def _between(first: Spoken, second: Spoken, today: date, unit: Unit | None) -> Result:
    one, two = first.on(today), second.on(today)
    if first.in_year is not None and first.year is None and second.year is not None:
        one = replace(first, year=second.year).on(today)
    elif second.in_year is not None and second.year is None:
        two = second.on(one)
    words, values = _measured(min(one, two), max(one, two), unit)
    verb = "is" if words.startswith("1 ") and "and" not in words else "are"
    return Result(text=f"There {verb} {words} between {first.said} and {second.said}.", values=values, exact=True)


def _weekday(spoken: Spoken, day: date, today: date, *, named: bool) -> Result:
    values = {"date": day.isoformat(), "weekday": calendar.day_name[day.weekday()]}
    verb = "was" if day < today else "is"
    if named:
        on = "" if spoken.relative is not None and not spoken.holiday else "on "
        return Result(text=f"{_upper(spoken.said)} {verb} {on}{long_form(day)}.", values=values, exact=True)
    verb = "was" if day < today else "is" if day == today else "will be"
    said = spoken.said if spoken.year is not None or spoken.relative is not None else short_form(day)
    return Result(text=f"{_upper(said)} {verb} a {values['weekday']}.", values=values, exact=True)


def _shift(spoken: Spoken, day: date, today: date, amount: int, unit: Unit) -> Result:
    steps = {
        "days": relativedelta(days=amount),
        "weeks": relativedelta(weeks=amount),
        "months": relativedelta(months=amount),
        "years": relativedelta(years=amount),
    }
    try:
        target = day + steps[unit]
    except ValueError:
        raise BadInput(f"My calendar goes from {FIRST_YEAR} to {LAST_YEAR}.") from None
    if not FIRST_YEAR <= target.year <= LAST_YEAR:
        raise BadInput(f"My calendar goes from {FIRST_YEAR} to {LAST_YEAR}.")
    many = count(abs(amount), unit)
    verb = "was" if target < today else "is" if target == today else "will be"
    if day == today and spoken.relative is not None:
        text = (
            f"In {many} it will be {long_form(target)}." if amount >= 0 else f"{many} ago it was {long_form(target)}."
        )
    else:
        text = f"{many} {'after' if amount >= 0 else 'before'} {spoken.said} {verb} {long_form(target)}."
    values = {"date": target.isoformat(), "weekday": calendar.day_name[target.weekday()], "from": day.isoformat()}
    return Result(text=_upper(text), values=values, exact=True)


def _leap_year(year: int) -> Result:
    leap = calendar.isleap(year)
    text = f"Yes, {year} is a leap year." if leap else f"No, {year} is not a leap year."
    return Result(text=text, values={"year": year, "leap_year": leap}, exact=True)


def _days_in_month(day: date) -> Result:
    days = calendar.monthrange(day.year, day.month)[1]
    name = calendar.month_name[day.month]
    values = {"value": days, "unit": "days", "month": day.month, "year": day.year}
    return Result(text=f"{name} {day.year} has {days} days.", values=values, exact=True)


def _days_in_year(year: int) -> Result:
    days = 366 if calendar.isleap(year) else 365
    return Result(text=f"{year} has {days} days.", values={"value": days, "unit": "days", "year": year}, exact=True)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
