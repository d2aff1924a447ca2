"""Instants as they are said of alarms: "half past six", "7 tomorrow morning", "18:30", "noon on Monday".

All in local wall-clock time. What the user leaves open is settled by `_hour`: it is written beside it how. `instant`
puts a wall-clock time on the time line, through changes of the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Literal

from app.tools.timers.numbers import cardinal

Half = Literal["am", "pm", "night"]

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_DAY = re.compile(rf"(?:\b(?:on|this|next|for)\s+)?\b({'|'.join(_WEEKDAYS)}|today|tomorrow|tonight)\b")
_HALF = re.compile(
    r"\b(?:in the (?:early )?|at |this )?(morning|afternoon|evening|night)\b|(?:(?<=\d)|\b)([ap])\.?\s?m\b\.?"
)
_DIGITS = re.compile(r"(\d{1,2})(?:[:.]| )(\d{2})|(\d{1,2})")
_NAMED = {"noon": 12, "midday": 12, "midnight": 0}
_MORNING_FROM, _NIGHT_FROM = 5, 6


@dataclass(frozen=True, slots=True)
class _Clock:
    """A reading of a clock face. `exact`: it can only mean one time of the day."""

    hour: int
    minute: int
    exact: bool


def read_moment(text: str, now: datetime, *, waking: bool = False) -> datetime | None:
    """The wall-clock time (naive) that all of `text` says, seen from `now`; None where it says none.

    waking: somebody wants to be woken, so an hour without a half of the day is one of the morning. The time may lie in
    the past where the day was said ("today at 9 in the morning").
    """
    text = f" {text.lower().replace('-', ' ')} "
    text, day = _take(text, _DAY)
    text, half = _take(text, _HALF)
    text, more = _take(text, _HALF)  # "at 9 p.m. in the evening"
    said_half = _half(half, day) or _half(more, None)
    clock = _read_clock(re.sub(r"^(?:at|for|by|to|in|of)\b", "", text.strip(" ,")).strip(" ,"))
    if clock is None:
        return None
    today = now.replace(tzinfo=None)
    hour = _hour(clock, said_half, dated=day not in (None, "today"), waking=waking)
    if hour is None:  # either half of the day: the next time that the clock shows it
        candidates = [today.replace(hour=h, minute=clock.minute, second=0, microsecond=0) for h in _both(clock.hour)]
        later = [each for each in candidates if each > today]
        return min(later) if later else min(candidates) + timedelta(days=day is None)
    at = today.replace(hour=hour, minute=clock.minute, second=0, microsecond=0)
    if day is None:
        return at + timedelta(days=at <= today)
    midnight = (clock.hour == 0 and clock.exact) or (said_half == "night" and hour < _MORNING_FROM)
    if day in ("tonight", "today") and midnight:
        return at + timedelta(days=1)
    return at + timedelta(days=_days_until(day, at, today))


def instant(wall: datetime, like: datetime) -> datetime:
    """`wall` (naive) in the time zone of `like`, in UTC. A time that the clock skips is as much later; of a time that
    it shows twice it is the first that is not before `like`."""
    zone = like.tzinfo
    if zone is None:
        raise ValueError("`like` is aware")
    here = wall.replace(tzinfo=zone)
    if isinstance(zone, timezone) and datetime.now().astimezone().tzinfo == zone:
        here = wall.astimezone()  # only the present offset is known of `zone`, but the system knows its changes
    first = here.astimezone(UTC)
    if first < like and (second := here.replace(fold=1).astimezone(UTC)) >= like:
        return second
    return first


def read_time(text: str) -> time | None:
    """A clock time that is written out in full, "07:00"; None for anything else."""
    try:
        return time.fromisoformat(text) if re.fullmatch(r"\d\d:\d\d(?::\d\d)?", text) else None
    except ValueError:
        return None


def _take(text: str, pattern: re.Pattern[str]) -> tuple[str, str | None]:
    """`text` without what the pattern finds first, and which word that was."""
    found = pattern.search(text)
    if found is None:
        return text, None
    word = next(group for group in found.groups() if group)
    return f"{text[: found.start()]} {text[found.end() :]}", word


def _half(word: str | None, day: str | None) -> Half | None:
    if word in ("a", "morning"):
        return "am"
    if word in ("p", "afternoon", "evening"):
        return "pm"
    return "night" if word == "night" or day == "tonight" else None


def _read_clock(text: str) -> _Clock | None:
    if text in _NAMED:
        return _Clock(_NAMED[text], 0, exact=True)
    text = re.sub(r"\s*\bo'? ?clock\b", "", text).strip()
    written = _DIGITS.fullmatch(text)
    if written is not None:
        hour, minute = int(written[1] or written[3]), int(written[2] or 0)
        return _valid(hour, minute, exact=(written[1] or "").startswith("0") or hour > 12 or hour == 0)
    words = text.split()
    past = re.fullmatch(r"(.+?)(?: minutes?)? (past|after|to|before|till) (.+)", text)
    if past is not None:
        minutes = {"half": 30, "quarter": 15, "a quarter": 15}.get(past[1]) or cardinal(past[1].split())
        hour_ = _NAMED.get(past[3], cardinal(past[3].split()))
        if minutes is None or hour_ is None or not 0 < minutes < 60:
            return None
        late = past[2] in ("past", "after")
        if past[1] == "half" and not late:
            return None
        exact = past[3] in _NAMED
        if late:
            return _valid(hour_, minutes, exact)
        return _valid((hour_ - 1) % (24 if exact else 12), 60 - minutes, exact)
    for split in range(len(words), 0, -1):
        hour_ = cardinal(words[:split])
        if hour_ is not None and hour_ <= 24:
            return _with_minutes(hour_, words[split:])
    return None


def _with_minutes(hour: int, words: list[str]) -> _Clock | None:
    """ "six", "six thirty", "six oh five"."""
    if not words:
        return _valid(hour, 0, exact=hour > 12 or hour == 0)
    if words[0] in ("oh", "o", "zero"):
        minute = cardinal(words[1:])
        return None if minute is None or minute > 9 else _valid(hour, minute, exact=hour > 12 or hour == 0)
    minute = cardinal(words)
    return None if minute is None or minute < 10 else _valid(hour, minute, exact=hour > 12 or hour == 0)


def _valid(hour: int, minute: int, exact: bool) -> _Clock | None:
    return _Clock(hour % 24, minute, exact) if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _hour(clock: _Clock, half: Half | None, *, dated: bool, waking: bool) -> int | None:
    """The hour of 24, or None where either half of the day may be meant."""
    hour = clock.hour
    if clock.exact or hour > 12:
        return hour
    if half == "am":
        return hour % 12
    if half == "pm":
        return hour % 12 + 12
    if half == "night":  # 11 at night is 23, 2 at night is 2, 12 at night is midnight
        return hour % 12 + 12 if _NIGHT_FROM <= hour < 12 else hour % 12
    if waking:
        return hour
    if dated:  # "tomorrow at 7" is said of the morning, "tomorrow at 3" of the afternoon
        return hour if _MORNING_FROM <= hour <= 12 else hour % 12 + 12
    return None


def _both(hour: int) -> tuple[int, int]:
    return hour % 12, hour % 12 + 12


def _days_until(day: str, at: datetime, today: datetime) -> int:
    if day == "tomorrow":
        return 1
    if day in ("today", "tonight"):
        return 0
    ahead = (_WEEKDAYS.index(day) - today.weekday()) % 7
    return 7 if ahead == 0 and at <= today else ahead
