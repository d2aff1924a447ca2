"""The tool `date_and_time`: what time, day or date it is, here or elsewhere. `Situation.now` is its only clock."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from app.errors import BadInput
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.calendar import places
from app.tools.calendar.dates import long_form

NAME = "date_and_time"
Wanted = Literal["time", "date", "weekday", "month", "year", "week"]


class Moment(Arguments):
    wanted: Wanted = Field(default="time", description="What is asked for.")
    place: str | None = Field(
        default=None, max_length=60, description='A city or country, e.g. "Tokyo"; null for here.'
    )


class DateAndTime(Tool[Moment]):
    """The time, the date and what belongs to it."""

    name = NAME
    description = "The current time, date, weekday, month, year or week number, here or in a city or country."
    arguments: ClassVar[type[Arguments]] = Moment

    async def run(self, arguments: Moment, situation: Situation) -> Result:
        """values: time (HH:MM), date (ISO), weekday, datetime (ISO with offset), zone; value and unit where a number
        was asked for. Raises `BadInput` for a place that is unknown or has several time zones."""
        now, where = situation.now, ""
        zone = str(now.tzinfo)
        if arguments.place:
            place = places.find(arguments.place)
            if place is None:
                raise BadInput(f"I do not know the time zone of {arguments.place}.")
            if not place.zone:
                name = place.name[0].upper() + place.name[1:]
                raise BadInput(f"{name} has several time zones, so name a city.")
            now, where, zone = situation.now.astimezone(place.tz), place.name, place.zone
        text, number = _said(arguments.wanted, now, where, same_day=now.date() == situation.now.date())
        values: dict[str, object] = {
            "time": now.strftime("%H:%M"),
            "date": now.date().isoformat(),
            "weekday": calendar.day_name[now.weekday()],
            "datetime": now.replace(microsecond=0).isoformat(),
            "zone": zone,
        }
        if number is not None:
            values |= {"value": number, "unit": ""}
        return Result(text=text, values=values, exact=True)


def clock_time(moment: datetime) -> str:
    """ "3:05 PM"."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"


def _said(wanted: Wanted, now: datetime, where: str, *, same_day: bool) -> tuple[str, int | None]:
    """The sentence, and the number that it says where one was asked for."""
    here = f"In {where} it is" if where else "It is"
    day = calendar.day_name[now.weekday()]
    match wanted:
        case "time":
            return f"{here} {clock_time(now)}{'' if same_day else f' on {day}'}.", None
        case "date":
            return f"{f'In {where} today' if where else 'Today'} is {long_form(now.date())}.", None
        case "weekday":
            return f"{f'In {where} today' if where else 'Today'} is {day}.", None
        case "month":
            return f"{here} {calendar.month_name[now.month]} {now.year}.", now.month
        case "year":
            return f"{here} {now.year}.", now.year
        case "week":
            week = now.isocalendar().week
            return f"{here} calendar week {week}.", week
