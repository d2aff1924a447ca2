"""Dates against the standard library, the sentences, and days that there are not."""

from __future__ import annotations

import calendar as almanac
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from app.errors import BadInput
from app.tools.base import Result, Situation
from app.tools.calendar import places
from app.tools.calendar.clock import DateAndTime, Moment
from app.tools.calendar.dates import date_in, year
from app.tools.calendar.dates_in_words import whole_date
from app.tools.calendar.holidays import HOLIDAYS
from app.tools.calendar.reckoning import DateArithmetic, Reckoning
from app.tools.english.numerals import tokens
from app.tools.english.request import tidy

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 15, 4, tzinfo=BERLIN)
TODAY = NOW.date()
_days = st.dates(date(1583, 1, 1), date(4099, 12, 31))


async def reckon(now: datetime = NOW, **arguments: object) -> Result:
    return await DateArithmetic().run(Reckoning.model_validate(arguments), Situation(now=now))


def day(text: str, today: date = TODAY) -> date:
    spoken = date_in(tokens(tidy(text)))
    assert spoken is not None
    return spoken.on(today)


# -- reading dates --


@given(_days)
def test_a_date_is_read_in_every_form(when: date) -> None:
    month = almanac.month_name[when.month]
    place = num2words(when.day, to="ordinal_num")
    spoken = num2words(when.day, to="ordinal")
    in_words = num2words(when.year, to="year")
    for form in (
        f"{month} {when.day}, {when.year:04}",
        f"{month} {place} {when.year:04}",
        f"{when.day} {month} {when.year:04}",
        f"the {place} of {month}, {when.year:04}",
        f"{almanac.month_abbr[when.month]} {when.day} {when.year:04}",
        when.isoformat(),
        f"{month} {spoken} {in_words}",
        f"the {spoken} of {month} {in_words}",
    ):
        assert day(form) == when, form


@given(st.integers(1583, 2999))
def test_years_in_words(value: int) -> None:
    words = tokens(tidy(num2words(value, to="year")))
    assert year(words, 0) == (value, len(words))


@given(_days, _days)
def test_without_a_year_it_is_the_next_one_or_the_last(when: date, today: date) -> None:
    if not 1600 < today.year < 4090:
        return
    spoken = date_in(tokens(f"{almanac.month_name[when.month].lower()} {when.day}"))
    assert spoken is not None
    following, before = spoken.on(today, "next"), spoken.on(today, "last")
    assert before <= today <= following
    assert {(found.month, found.day) for found in (following, before)} == {(when.month, when.day)}
    if (when.month, when.day) != (2, 29):
        assert (following - before).days in (0, 365, 366)


@pytest.mark.parametrize(
    "text", ["3/4/2026", "13/13/2026", "2026-13-01", "99", "mayday parade", "first", "the", "june june"]
)
def test_what_means_no_day_or_two_is_not_read(text: str) -> None:
    assert date_in(tokens(tidy(text))) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("february 31", "There is no February 31."),
        ("the 31st of february", "There is no 31st of February."),
        ("february 29 2027", "There is no February 29, 2027."),
        ("31 april 2026", "There is no 31 April 2026."),
        ("july 4 1066", "My calendar goes from 1583 to 4099."),
    ],
)
def test_days_that_there_are_not(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as told:
        day(text)
    assert str(told.value) == sentence


# -- holidays: from the published calendars of 2024 to 2027 --


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("easter 2024", "2024-03-31"),
        ("easter 2025", "2025-04-20"),
        ("easter 2026", "2026-04-05"),
        ("orthodox easter 2024", "2024-05-05"),
        ("ash wednesday 2025", "2025-03-05"),
        ("good friday 2025", "2025-04-18"),
        ("ascension day 2025", "2025-05-29"),
        ("whit monday 2025", "2025-06-09"),
        ("corpus christi 2025", "2025-06-19"),
        ("mardi gras 2025", "2025-03-04"),
        ("martin luther king day 2025", "2025-01-20"),
        ("presidents day 2025", "2025-02-17"),
        ("mother's day 2025", "2025-05-11"),
        ("memorial day 2025", "2025-05-26"),
        ("father's day 2025", "2025-06-15"),
        ("labor day 2025", "2025-09-01"),
        ("columbus day 2025", "2025-10-13"),
        ("thanksgiving 2025", "2025-11-27"),
        ("black friday 2025", "2025-11-28"),
        ("cyber monday 2025", "2025-12-01"),
        ("advent 2025", "2025-11-30"),
        ("advent 2027", "2027-11-28"),
        ("thanksgiving 2024", "2024-11-28"),
        ("memorial day 2024", "2024-05-27"),
    ],
)
def test_movable_feasts(name: str, when: str) -> None:
    assert day(name).isoformat() == when


@given(st.sampled_from(sorted(HOLIDAYS)), st.integers(1583, 4099))
def test_every_holiday_is_once_a_year(name: str, in_year: int) -> None:
    assert HOLIDAYS[name].on(in_year).year == in_year


# -- reckoning --


@given(_days, _days)
def test_between_is_the_difference(first: date, second: date) -> None:
    from app.tools.calendar.reckoning import _measured

    start, end = min(first, second), max(first, second)
    for unit in ("days", "weeks", "months", "years"):
        _, values = _measured(start, end, unit)
        assert values["days"] == (end - start).days
        assert values["rest"] >= 0
        assert values["rest"] < {"days": 1, "weeks": 7, "months": 31, "years": 366}[unit]
    assert _measured(start, end, "weeks")[1]["value"] == (end - start).days // 7


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(-20_000, 20_000))
async def test_a_shift_is_that_many_days(today: date, amount: int) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    result = await reckon(now, kind="shift", amount=amount, unit="days")
    assert result.values["date"] == (today + timedelta(days=amount)).isoformat()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"kind": "until", "date": "Christmas", "unit": "days"}, "It is 34 days until Christmas."),
        ({"kind": "until", "date": "tomorrow", "unit": "days"}, "It is 1 day until tomorrow."),
        ({"kind": "until", "date": "November 21"}, "November 21 is today."),
        ({"kind": "until", "date": "today"}, "That is today."),
        (
            {"kind": "until", "date": "the 3rd of March", "unit": "weeks"},
            "It is 14 weeks and 4 days until the 3rd of March.",
        ),
        ({"kind": "until", "date": "December 19", "unit": "weeks"}, "It is 4 weeks until December 19."),
        ({"kind": "until", "date": "November 24", "unit": "weeks"}, "It is 3 days until November 24."),
        (
            {"kind": "until", "date": "May 1 2020"},
            "May 1, 2020 was 2395 days ago, that is 6 years, 6 months and 20 days.",
        ),
        ({"kind": "since", "date": "Halloween", "unit": "weeks"}, "Halloween was 3 weeks ago."),
        ({"kind": "since", "date": "December 25 2026"}, "It is 34 days until December 25, 2026."),
        (
            {"kind": "between", "date": "2024-01-01", "other": "2024-03-01"},
            "There are 60 days between January 1, 2024 and March 1, 2024.",
        ),
        ({"kind": "between", "date": "today", "other": "tomorrow"}, "There is 1 day between today and tomorrow."),
        ({"kind": "weekday", "date": "July 4th 1976"}, "July 4, 1976 was a Sunday."),
        ({"kind": "weekday", "date": "July 4"}, "July 4, 2027 will be a Sunday."),
        ({"kind": "weekday", "date": "Christmas"}, "Christmas is on Friday, December 25, 2026."),
        ({"kind": "when", "date": "Easter 2025"}, "Easter 2025 was on Sunday, April 20, 2025."),
        ({"kind": "when", "date": "tomorrow"}, "Tomorrow is Sunday, November 22, 2026."),
        ({"kind": "shift", "amount": 90, "unit": "days"}, "In 90 days it will be Friday, February 19, 2027."),
        ({"kind": "shift", "amount": -1, "unit": "weeks"}, "1 week ago it was Saturday, November 14, 2026."),
        (
            {"kind": "shift", "date": "January 31 2027", "amount": 1, "unit": "months"},
            "1 month after January 31, 2027 will be Sunday, February 28, 2027.",
        ),
        ({"kind": "leap_year", "date": "2028-01-01"}, "Yes, 2028 is a leap year."),
        ({"kind": "days_in_month", "date": "February 2028"}, "February 2028 has 29 days."),
        ({"kind": "days_in_year"}, "2026 has 365 days."),
    ],
)
async def test_sentences(arguments: dict[str, object], text: str) -> None:
    result = await reckon(**arguments)
    assert (result.text, result.exact) == (text, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kind": "until", "date": "February 31"}, "There is no February 31."),
        ({"kind": "until", "date": "my birthday"}, 'I cannot read "my birthday" as a date.'),
        ({"kind": "between", "date": "today"}, "Between needs two dates."),
        ({"kind": "shift", "amount": 1_000_000, "unit": "years"}, "My calendar goes from 1583 to 4099."),
        ({"kind": "shift", "amount": -1_000_000, "unit": "days"}, "My calendar goes from 1583 to 4099."),
    ],
)
async def test_what_cannot_be_reckoned_is_told(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput) as told:
        await reckon(**arguments)
    assert str(told.value) == sentence


async def test_today_is_where_the_user_is() -> None:
    late = datetime(2026, 12, 24, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    assert (await reckon(late, kind="until", date="Christmas")).values["value"] == 1
    assert (await reckon(late.astimezone(BERLIN), kind="until", date="Christmas")).text == "Christmas is today."


def test_next_year_is_next_year() -> None:
    on_the_day = datetime(2026, 12, 25, 9, tzinfo=UTC)
    after = datetime(2026, 12, 26, 9, tzinfo=UTC)
    for now, days in ((on_the_day, 0), (after, 364)):
        assert whole_date("how many days until christmas", now) is not None
        spoken = date_in(["christmas"])
        assert spoken is not None
        assert (spoken.on(now.date()) - now.date()).days == days


# -- the clock --


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 0, "12:00 AM"), (0, 5, "12:05 AM"), (9, 30, "9:30 AM"), (12, 0, "12:00 PM"), (23, 59, "11:59 PM")],
)
async def test_the_time(hour: int, minute: int, said: str) -> None:
    now = datetime(2026, 11, 21, hour, minute, tzinfo=BERLIN)
    result = await DateAndTime().run(Moment(), Situation(now=now))
    assert result.text == f"It is {said}."
    assert result.values["time"] == f"{hour:02}:{minute:02}"


async def test_elsewhere_it_may_be_another_day() -> None:
    result = await DateAndTime().run(Moment(place="Sydney"), Situation(now=NOW))
    assert result.text == "In Sydney it is 1:04 AM on Sunday."
    assert result.values["datetime"] == "2026-11-22T01:04:00+11:00"


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("the united states", "The United States has several time zones, so name a city."),
        ("Russia", "Russia has several time zones, so name a city."),
        ("Middle-earth", "I do not know the time zone of Middle-earth."),
    ],
)
async def test_places_without_one_time(place: str, sentence: str) -> None:
    with pytest.raises(BadInput) as told:
        await DateAndTime().run(Moment(place=place), Situation(now=NOW))
    assert str(told.value) == sentence


def test_every_zone_in_the_tables_exists() -> None:
    zones = {zone for zone in places._zones().values() if zone}
    assert len(zones) > 300
    for zone in zones:
        assert NOW.astimezone(ZoneInfo(zone)).tzinfo is not None


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("America/New_York", "America/New_York"),
        ("France", "Europe/Paris"),
        ("China", "Asia/Shanghai"),
        ("Spain", "Europe/Madrid"),
        ("new zealand", "Pacific/Auckland"),
        ("the Netherlands", "Europe/Amsterdam"),
        ("Tokyo, Japan", None),
        ("georgia", None),
    ],
)
def test_places(name: str, zone: str | None) -> None:
    place = places.find(name)
    assert (place.zone if place else None) == zone
