"""How results are worded, as good to hear as to read: enumerations, lengths of time, clock times, days.

English only. Decides nothing and reads no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def joined(items: Sequence[str]) -> str:
    """ "milk", "milk and eggs", "milk, eggs and bread"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end."""
    text = text.strip()
    return (text[:1].upper() + text[1:]) + ("" if text.endswith((".", "!", "?", "…", '."', '!"', '?"')) else ".")


def counted(number: float, noun: str) -> str:
    """ "1 minute", "8 and a half minutes", "2.4 hours", "3 notes"."""
    whole = int(number)
    if number == whole:
        return f"{whole} {noun}" + ("" if whole == 1 else "s")
    if number == 0.5:
        return f"half {'an' if noun == 'hour' else 'a'} {noun}"
    if number - whole == 0.5:
        return f"{whole} and a half {noun}s"
    return f"{number:.4g} {noun}s"


def length(seconds: float) -> str:
    """A length of time in its two largest units: "1 hour and 5 minutes", "40 seconds"."""
    left = round(seconds)
    parts = []
    for noun, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(counted(count, noun))
        elif parts:
            break  # "1 hour", not "1 hour and 5 seconds"
    return joined(parts[:2]) or "less than a second"


def clock(at: datetime) -> str:
    """ "7 AM", "7:30 PM", "noon", "midnight"."""
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'AM' if at.hour < 12 else 'PM'}"


def day(at: datetime, now: datetime) -> str:
    """The day of `at` as one says it at `now`: "today", "tomorrow", "on Monday", "on November 3", "... 3, 2024"."""
    days = (at.date() - now.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return f"on {at:%A}"
    if -7 < days < -1:
        return f"last {at:%A}"
    year = f", {at.year}" if at.year != now.year else ""
    return f"on {at:%B} {at.day}{year}"


def moment(at: datetime, now: datetime) -> str:
    """A past or future instant: "yesterday at 3:40 PM". Both are aware; `at` is told in the time zone of `now`."""
    local = at.astimezone(now.tzinfo)
    if timedelta(0) <= now - local < timedelta(minutes=1):
        return "just now"
    return f"{day(local, now)} at {clock(local)}"
