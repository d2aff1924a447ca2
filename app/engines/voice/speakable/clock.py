"""Rules that put dates and times of day into words."""

from __future__ import annotations

import re
from functools import lru_cache

from babel.dates import get_month_names

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.numbers import cardinal, ordinal, year
from app.engines.voice.speakable.tracked import Tracked

_ISO = re.compile(r"(?<![\w-])([0-9]{4})-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(?:T(?=[0-9]{2}:)|(?![\w-]))")
_SLASHED = re.compile(r"(?<![\w/.-])([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![\w/]|[.-][0-9])")
_GERMAN_SHORT = re.compile(r"(?<![\w.,])([0-3]?[0-9])\.(0?[1-9]|1[0-2])\.(?![0-9])")
_TIME = re.compile(
    r"(?<![\w:.,])([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?"
    r"(?:[ \u00a0\u202f]?([ap])\.?m\.?(?!\w)|[ \u00a0](?:Uhr|heures|horas)(?!\w)| ?h(?!\w))?(?![\w:])",
    re.IGNORECASE,
)
_FRENCH_TIME = re.compile(r"(?<![\w:.,])([01]?[0-9]|2[0-4])[ \u00a0]?h[ \u00a0]?([0-5][0-9])?(?!\w)")
_HALF_DAY = re.compile(r"(?<![\w:.,])(1[0-2]|0?[1-9])[ \u00a0\u202f]?([ap])\.?m\.?(?!\w)", re.IGNORECASE)
_SPAN = re.compile(r"([ap]\.?m\.?|:[0-9]{2}) ?[-–—] ?(?=[0-9]{1,2}(?::[0-9]{2}|[ \u00a0]?[ap]\.?m))", re.IGNORECASE)
_RATIO = re.compile(r"(?<![\w:.,])([0-9]{1,3}):([0-9]{1,3})(?![\w:])")


def tell_dates(text: Tracked, language: Language) -> Tracked:
    """Dates in figures and with names of months."""
    text = text.sub(_ISO, lambda match: _said(match, int(match[3]), int(match[2]), match[1], language))
    text = text.sub(_SLASHED, lambda match: _figures(match, language))
    if language.code == "de":
        text = text.sub(_GERMAN_SHORT, lambda match: _said(match, int(match[1]), int(match[2]), None, language))
    return _named(text, language)


def tell_times(text: Tracked, language: Language) -> Tracked:
    """Times of day; what has a colon and is none is a ratio."""
    if language.code == "fr":
        text = text.sub(_FRENCH_TIME, lambda match: _time(int(match[1]), int(match[2] or 0), language))
    text = text.sub(_SPAN, lambda match: f"{match[1]} {language.range} ")
    text = text.sub(_TIME, lambda match: _clock(match, language))
    if language.code == "en":
        text = text.sub(_HALF_DAY, lambda match: _stop(match, f"{cardinal(int(match[1]), language)} {_half(match[2])}"))
    return text.sub(
        _RATIO,
        lambda match: f"{cardinal(int(match[1]), language)} {language.range} {cardinal(int(match[2]), language)}",
    )


def _figures(match: re.Match[str], language: Language) -> str | None:
    first, second = int(match[1]), int(match[3])
    month_first = language.month_first and match[2] == "/"
    month, day = (first, second) if month_first else (second, first)
    if month > 12:
        month, day = day, month
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    digits = match[4] if len(match[4]) == 4 else ("20" if int(match[4]) < 70 else "19") + match[4]
    return _said(match, day, month, digits, language)


def _named(text: Tracked, language: Language) -> Tracked:
    months, names = _months(language)
    if language.code == "en":
        day = r"([0-3]?[0-9])(?:st|nd|rd|th)?"
        # A month and a number are a date unless the number goes on as something else: "May 3.5", "March 10:30".
        first = rf"(?<!\w)({names})\.? {day}(?:,? ([12][0-9]{{3}}))?(?![\w:]|[.,:][0-9]| ?[ap]\.?m)"
        text = text.sub(
            re.compile(first),
            lambda match: _english(match, match[1], match[2], match[3], months, language, "{month} {day}"),
        )
        last = rf"(?<![\w.,:]){day} (?:of )?({names})(?!\w)\.?(?:,? ([12][0-9]{{3}})(?!\w))?"
        text = text.sub(
            re.compile(last),
            lambda match: _english(match, match[2], match[1], match[3], months, language, "{day} of {month}"),
        )
        joined = rf"(?<!\w)({names}) ([12][0-9]{{3}})(?!\w)"
        return text.sub(re.compile(joined), lambda match: f"{match[1]} {year(int(match[2]), language)}")
    link = "(?:de |d')?" if language.code in ("es", "fr") else ""
    pattern = rf"(?<![\w.,:])([0-3]?[0-9])(?:\.|er|º|°)? {link}({names})(?!\w)\.?(?: (?:del? )?([12][0-9]{{3}})(?!\w))?"
    return text.sub(
        re.compile(pattern, re.IGNORECASE),
        lambda match: (
            _said(match, int(match[1]), months[match[2].lower()], match[3], language)
            if 1 <= int(match[1]) <= 31
            else None
        ),
    )


def _english(
    match: re.Match[str], name: str, day: str, written_year: str | None, months: dict[str, int], language: Language,
    order: str,
) -> str | None:  # fmt: skip
    if not 1 <= int(day) <= 31:
        return None
    month = get_month_names("wide", locale=language.locale)[months[name.lower()]]
    said = order.format(month=month, day=ordinal(int(day), language))
    return said + (language.year_joint + year(int(written_year), language) if written_year else "")


def _said(match: re.Match[str], day: int, month: int, written_year: str | None, language: Language) -> str:
    name = get_month_names("wide", locale=language.locale)[month]
    said = language.date.format(day=_day(match, day, language), month=name)
    if written_year:
        said += language.year_joint + year(int(written_year), language)
    return said + (" " if match[0].endswith("T") else "")


def _day(match: re.Match[str], day: int, language: Language) -> str:
    if language.code == "en":
        return ordinal(day, language)
    if language.code == "de":
        before = match.string[: match.start()].rstrip().rpartition(" ")[2].lower()
        if before in ("am", "vom", "zum", "den", "dem", "bis", "ab", "seit"):
            return ordinal(day, language).removesuffix("e") + "en"
        return ordinal(day, language) + ("" if before in ("der", "das", "die") else "r")
    return language.first_day if day == 1 and language.first_day else cardinal(day, language)


@lru_cache(maxsize=16)
def _months(language: Language) -> tuple[dict[str, int], str]:
    """Number by name in small letters, long and short names, and a pattern of them, longest first."""
    found: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=language.locale).items():
            found.setdefault(name.lower().rstrip("."), number)
    if language.code == "en":
        found["sept"] = 9
    names = sorted(found, key=len, reverse=True)
    cased = [name.capitalize() for name in names] if language.code == "en" else names
    return found, "|".join(re.escape(name) for name in cased)


def _clock(match: re.Match[str], language: Language) -> str:
    hour, minute = int(match[1]), int(match[2])
    if match[4] and language.code == "en":
        said = cardinal(hour, language) + (f" {_minute(minute, language)}" if minute else "")
        return _stop(match, f"{said} {_half(match[4])}")
    said = _time(hour, minute, language)
    if match[3]:
        said += f" {language.and_word} {cardinal(int(match[3]), language)} {_seconds(language)}"
    return said


def _time(hour: int, minute: int, language: Language) -> str:
    words = cardinal(hour, language)
    if language.code in ("fr", "es", "it"):
        words = (
            language.one_feminine if hour == 1 else re.sub("(?<=et )un$|(?<=veinti)uno$", language.one_feminine, words)
        )
    elif language.code == "de" and hour == 1:
        words = language.one_masculine
    unit = language.hour_words[hour > 1]
    said = f"{words} {unit}" if unit else words
    if not minute:
        return language.full_hour.format(hour=said)
    return language.clock.format(hour=said, minute=_minute(minute, language))


def _minute(minute: int, language: Language) -> str:
    return f"oh {cardinal(minute, language)}" if language.code == "en" and minute < 10 else cardinal(minute, language)


def _seconds(language: Language) -> str:
    return {"de": "Sekunden", "fr": "secondes", "es": "segundos", "it": "secondi"}.get(language.code, "seconds")


def _half(letter: str) -> str:
    return f"{letter.upper()}M"


def _stop(match: re.Match[str], said: str) -> str:
    """The full stop of "p.m." ends the sentence as well when nothing follows."""
    ends = match[0].endswith(".") and not match.string[match.end() :].strip(" \"'”’)*_")
    return said + "." if ends else said
