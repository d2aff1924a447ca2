"""The clock and the calendar: the tools `date_and_time` and `date_arithmetic`, and what recognises them in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.tools.base import Intent, Tool
from app.tools.calendar.clock import DateAndTime
from app.tools.calendar.clock_in_words import mentioned_time, whole_clock
from app.tools.calendar.dates_in_words import mentioned_date, whole_date
from app.tools.calendar.reckoning import DateArithmetic
from app.tools.services import Services

INTENTS: Sequence[Intent] = (whole_clock, whole_date)
HINTS: Sequence[Intent] = (mentioned_date, mentioned_time)


def tools(services: Services) -> Sequence[Tool[Any]]:
    return (DateAndTime(), DateArithmetic())
