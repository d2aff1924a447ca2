"""Dates and clock times in a text, and whether two of them can be one moment. English only.

Each is as precise as it was told: "in 1969" and "July 20, 1969" agree, the second tells more. Reads no clock, so
"tomorrow" is a word like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.assistant.verdict.numerals import ordinal

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1) if name != "may"
}
_MONTH |= {"sept": 9}
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn", "winter": "winter"}
_M = "|".join(sorted(_MONTH, key=len, reverse=True))
_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_H = "|".join([r"\d{1,2}", *_HOURS])
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "a quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}
_DAYTIME = r"(?:\s*(?P<half>[ap]\.?m\b\.?)|\s+(?:in the |at )(?P<part>morning|afternoon|evening|night))?"
_YEAR = r"(?:1\d{3}|20\d{2})"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|twent(?:y|ieth)[- ]?\w*|thirt\w+)"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was told of a date or a time of day; None what was not.

    year: first and last of the years it may be. hour: 0..23, or 1..12 if `half` (of the day) is unknown.
    """

    year: tuple[int, int] | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: str | None = None
    hour: int | None = None
    minute: int = 0
    half: bool = False
    said: str = ""

    @property
    def clock(self) -> bool:
        return self.hour is not None

    @property
    def parts(self) -> frozenset[str]:
        """What it tells: "year", "month", ..."""
        names = ("year", "month", "day", "weekday", "season", "hour")
        return frozenset(name for name in names if getattr(self, name) is not None)


def agree(a: Moment, b: Moment) -> bool | None:
    """Whether the two can be one; None when they have no part in common."""
    shared = a.parts & b.parts
    if not shared:
        return None
    if (
        "year" in shared
        and a.year is not None
        and b.year is not None
        and (a.year[1] < b.year[0] or b.year[1] < a.year[0])
    ):
        return False
    if any(getattr(a, part) != getattr(b, part) for part in shared - {"year", "hour"}):
        return False
    return _same_clock(a, b) if "hour" in shared else True


def _same_clock(a: Moment, b: Moment) -> bool:
    if a.hour is None or b.hour is None or a.minute != b.minute:
        return False
    return a.hour == b.hour if a.half and b.half else a.hour % 12 == b.hour % 12


def moments(text: str, *, years: bool = False, hours: bool = False) -> tuple[list[Moment], str]:
    """The moments of `text` in order, and `text` without them.

    years: a bare number that can be a year is one. hours: "at 9" is a time of day.
    """
    found: list[tuple[int, Moment]] = []
    rest = text
    readers = [*_READERS, *([(_BARE_YEAR, _year)] if years else []), *([(_BARE_HOUR, _clock)] if hours else [])]
    for pattern, read in readers:

        def take(match: re.Match[str], read: Callable[[re.Match[str]], Moment | None] = read) -> str:
            moment = read(match)
            if moment is None:
                return match[0]
            found.append((match.start(), replace(moment, said=match[0].strip())))
            return " " * (len(match[0]) - 1) + ("," if match[0].endswith(",") else " ")

        rest = pattern.sub(take, rest)
    return [moment for _, moment in sorted(found, key=lambda each: each[0])], rest


def _iso(match: re.Match[str]) -> Moment | None:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    date = Moment(year=(year, year), month=month, day=day)
    return replace(date, hour=int(match["h"]), minute=int(match["min"]), half=True) if match["h"] else date


def _slashed(match: re.Match[str]) -> Moment | None:
    """Month first, as in America, unless that cannot be; with full stops the day is first."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    day, month = (first, second) if match["sign"] == "." or first > 12 else (second, first)
    return Moment(year=(year, year), month=month, day=day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _date(match: re.Match[str]) -> Moment | None:
    parts = match.groupdict()
    day = _day(parts.get("day") or "")
    if (parts.get("day") and day is None) or (day is not None and not 1 <= day <= 31):
        return None
    year = int(parts["year"]) if parts.get("year") else None
    return Moment(year=None if year is None else (year, year), month=_MONTH[match["month"].lower()], day=day)


def _day(said: str) -> int | None:
    digits = re.match(r"\d+", said)
    if digits:
        return int(digits[0])
    words = said.lower().replace("-", " ").split()
    if len(words) == 2 and words[0] in ("twenty", "thirty"):
        last = ordinal(words[1])
        return None if last is None else (20 if words[0] == "twenty" else 30) + last
    return ordinal(words[0]) if words else None


def _year(match: re.Match[str]) -> Moment | None:
    year = int(match["year"])
    if match.groupdict().get("bc"):
        year = -year
    return Moment(year=(year, year))


def _decade(match: re.Match[str]) -> Moment | None:
    year = int(match["year"])
    return Moment(year=(year, year + 9))


def _century(match: re.Match[str]) -> Moment | None:
    number = ordinal(match["n"].lower())
    return None if number is None else Moment(year=(100 * (number - 1), 100 * number - 1))


def _weekday(match: re.Match[str]) -> Moment:
    return Moment(weekday=_WEEKDAYS.index(match["weekday"].lower()))


def _season(match: re.Match[str]) -> Moment:
    return Moment(season=_SEASONS[match["season"].lower()])


def _clock(match: re.Match[str]) -> Moment | None:
    hour = _hour(match["h"])
    minute = int(match.groupdict().get("m") or 0)
    return None if hour is None or minute > 59 else _told(hour, minute, match)


def _spoken_clock(match: re.Match[str]) -> Moment | None:
    hour, minutes = _hour(match["h"]), match["n"].lower()
    if hour is None:
        return None
    minute = int(minutes) if minutes.isdecimal() else _MINUTES[minutes]
    if match["rel"].lower() in ("to", "before"):
        return _told((hour - 1) % 12 or 12 if hour <= 12 else hour - 1, 60 - minute, match)
    return _told(hour, minute, match)


def _hour(said: str) -> int | None:
    hour = int(said) if said.isdecimal() else _HOURS.index(said.lower()) + 1
    return hour if hour <= 24 else None


def _told(hour: int, minute: int, match: re.Match[str]) -> Moment:
    half, part = (match["half"] or "").lower().replace(".", ""), (match["part"] or "").lower()
    if half or part:
        late = half == "pm" or part in ("afternoon", "evening") or (part == "night" and 5 < hour < 12)
        hour = (hour % 12 + 12 if late else hour % 12) if hour <= 12 else hour
        return Moment(hour=hour, minute=minute, half=True)
    return Moment(hour=hour % 24, minute=minute, half=hour > 12 or hour == 0)


def _noon(match: re.Match[str]) -> Moment:
    return Moment(hour=12 if match[0].lower() in ("noon", "midday") else 0, half=True)


def _p(*pattern: str) -> re.Pattern[str]:
    return re.compile("".join(pattern), re.IGNORECASE)


_NO_UNIT = (
    r"(?!\s*(?:%|°|[$€£]|percent|degrees|[a-z]*met(?:re|er)|kilo|gram|people|dollar|euro|bytes|square|watts|hours"
    r"|minutes))"
)
_BEFORE_YEAR = (
    r"(?:\b(?:in|since|until|till|from|by|to|of|year|around|about|between|early|late|mid|after|before|during|and|ad|born|was"
    r"|spring|summer|autumn|fall|winter)\s+(?:the year\s+)?|\(|[-–])"
)
_AND_YEAR = rf"(?:,?\s+(?:of |in )?(?P<year>{_YEAR})\b)?"
_NTH = r"(?:\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:st|nd|rd|th))"
_LONG_MONTHS = "|".join(month for month in _MONTHS if month not in ("may", "march"))  # which are words as well

_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Moment | None]]] = [
    (
        _p(
            r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ](?P<h>\d\d):(?P<min>\d\d)(?::[\d.]+)?(?:[+-]\d\d:?\d\d|Z)?)?"
        ),
        _iso,
    ),
    (_p(r"\b(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})\b"), _slashed),
    (_p(rf"\b(?:the )?(?P<day>{_DAY})(?: of|\.)?\s+(?P<month>{_M})\b\.?", _AND_YEAR), _date),
    (_p(rf"\b(?P<month>{_M})\b\.?\s+(?:the )?(?P<day>{_DAY})\b(?!:)", _AND_YEAR), _date),
    (_p(rf"\b(?P<month>{_M})\b\.?,?\s+(?:of )?(?P<year>{_YEAR})\b"), _date),
    (_p(rf"\b(?P<month>{_LONG_MONTHS})\b"), _date),
    (_p(r"(?<=\bin )(?P<month>may|march)\b"), _date),
    (_p(r"\b(?:the )?(?P<year>(?:1\d|20)\d0)s\b"), _decade),
    (
        _p(
            rf"\b(?:the )?(?P<n>{_NTH})"
            r"(?=\s+(?:(?:and|to|or)\s+(?:early |late )?(?:the )?\S+\s+)?(?:century|centuries)\b)"
        ),
        _century,
    ),
    (_p(rf"{_BEFORE_YEAR}(?P<year>{_YEAR})\b(?![,.:]?\d)", _NO_UNIT), _year),
    (_p(r"\b(?:in )?(?:the year )?(?P<year>\d{1,4})\s+(?:(?P<bc>BCE?)|AD|CE)\b"), _year),
    (_p(r"\b(?:AD |the year )(?P<year>\d{1,4})\b"), _year),
    (_p(rf"\b(?P<weekday>{'|'.join(_WEEKDAYS)})s?\b"), _weekday),
    (
        _p(rf"(?:(?<=in )|(?<=in the )|(?<=in early )|(?<=in late )|(?<=of ))(?P<season>{'|'.join(_SEASONS)})\b"),
        _season,
    ),
    (
        _p(
            r"\b(?P<n>five|ten|a quarter|quarter|twenty|twenty-five|half|\d{1,2})\s+(?:minutes? )?",
            r"(?P<rel>past|to|before|after)",
            rf"\s+(?P<h>{_H})\b",
            _NO_UNIT,
            _DAYTIME,
        ),
        _spoken_clock,
    ),
    (_p(r"\b(?P<h>\d{1,2}):(?P<m>[0-5]\d)\b(?!\.?\d)", _NO_UNIT, _DAYTIME), _clock),
    (_p(rf"\b(?P<h>{_H})(?=\s*(?:[ap]\.?m\b|in the (?:morning|afternoon|evening)|at night)){_DAYTIME}"), _clock),
    (_p(rf"\b(?P<h>{_H}) o'?clock", _DAYTIME), _clock),
    (_p(r"\b(?:noon|midday|midnight)\b"), _noon),
]
_BARE_YEAR = _p(rf"(?<![\d.,:$€])\b(?P<year>{_YEAR})\b(?![,.]?\d)", _NO_UNIT)
_BARE_HOUR = _p(
    rf"(?:^|(?<=at )|(?<=about )|(?<=is )|(?<=until )|(?<=from ))(?P<h>{_H})\b",
    r"(?![/:.]\d|\s*[%°]|\s+(?!and |or |to |until |on |in |sharp|tonight|every )[a-z])",
    _DAYTIME,
)
