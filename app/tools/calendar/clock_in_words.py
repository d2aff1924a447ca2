"""Recognises questions for the time and the date of now, and for the time in a place within a longer text."""

from __future__ import annotations

import re
from datetime import datetime

from app.tools.base import Call
from app.tools.calendar import clock, places
from app.tools.english.numerals import tokens
from app.tools.english.request import request, tidy
from app.tools.english.surroundings import ends_here

_NOW = r"(?: (?:right now|now|currently|at the moment|today|at present|here))?"
_CLOCK: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(f"(?:{pattern}){_NOW}"), wanted)
    for pattern, wanted in (
        (r"what time is it|what time it is|what time do we have|what time is it now", "time"),
        (
            r"(?:what is )?the (?:current |exact |local )?time|what is the time|what the time is|(?:the )?current time",
            "time",
        ),
        (r"do you have the time|have you got the time|got the time|what hour is it|time|time check", "time"),
        (r"what is (?:the |today's |todays )(?:current )?date|what the date is|what today's date is", "date"),
        (r"what date is it|what date it is|(?:today's|todays|the|the current) date|what date is today", "date"),
        (
            r"what day is it|what day it is|what day of the week (?:is it|it is)|which day is it|what weekday is it",
            "weekday",
        ),
        (
            r"what day is today|what day of the week is today|what weekday is today|what is today|what day today is",
            "weekday",
        ),
        (r"what year is it|what year it is|what is the (?:current )?year|which year is it|what year are we in", "year"),
        (
            r"what month is it|what month it is|what is the (?:current )?month|which month is it|what month are we in",
            "month",
        ),
        (
            r"what (?:calendar )?week is it|what is the (?:calendar )?week(?: number)?|what week number is it",
            "week",
        ),
        (r"which (?:calendar )?week is it|what (?:calendar )?week are we in", "week"),
    )
)
_ELSEWHERE = re.compile(
    r"(?:what time is it|what time it is|what is the (?:current |local |exact )?time|the (?:current |local )?time"
    r"|(?:current |local )?time|what the time is)(?: right now| now| currently| at the moment)?"
    r" (?:over )?in (.{2,40}?)(?: right now| now| currently| at the moment)?"
)
_DATE_ELSEWHERE = re.compile(
    r"(what day is it|what day of the week is it|what date is it|what is the date|what is today's date)"
    r"(?: right now| now| today)? (?:over )?in (.{2,40}?)(?: right now| now| today| currently)?"
)


def whole_clock(text: str, now: datetime) -> Call | None:
    """An intent: what time or date it is, here or in a known place."""
    asked = request(text)
    if not 3 < len(asked) < 100:
        return None
    for pattern, wanted in _CLOCK:
        if pattern.fullmatch(asked):
            return Call(clock.NAME, {"wanted": wanted})
    if (found := _ELSEWHERE.fullmatch(asked)) and places.find(found[1]):
        return Call(clock.NAME, {"wanted": "time", "place": found[1]})
    if (found := _DATE_ELSEWHERE.fullmatch(asked)) and places.find(found[2]):
        return Call(
            clock.NAME,
            {"wanted": "weekday" if "day is" in found[1] or "week" in found[1] else "date", "place": found[2]},
        )
    return None


_PLACE_MENTIONED = re.compile(r"\bwhat(?: the)? time (?:it is|is it|is)(?: now| right now)? in ")


def mentioned_time(text: str, now: datetime) -> Call | None:
    """A hint: what time it is in a known place, asked within the text."""
    asked = tidy(text)
    if (found := _PLACE_MENTIONED.search(asked)) is not None:
        words = tokens(asked[found.end() :])
        for length in (3, 2, 1):
            name = " ".join(words[:length])
            if places.find(name) is not None and ends_here("".join(words[length : length + 1])):
                return Call(clock.NAME, {"wanted": "time", "place": name})
    return None
