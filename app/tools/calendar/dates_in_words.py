"""Recognises questions about dates: as the whole of what is asked, or mentioned in something longer.

What is asked is matched by patterns; where a date has to follow, the words are read by `app.tools.calendar.dates`, so
that "how many days until she calls" is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from app.tools.base import Call
from app.tools.calendar import reckoning
from app.tools.calendar.dates import Spoken, date_in, read, year
from app.tools.english.numerals import number, tokens
from app.tools.english.request import request, tidy
from app.tools.english.surroundings import ends_here

_UNIT = r"(days|weeks|months|years|sleeps)"
_MORE = r"(?: more| full| whole)?"
_LEFT = (
    r"(?: (?:are|is|do|does|will|have|has|there|it|we|i|you|left|remaining|remain|to go|to wait|still|be|got|from now"
    r"|from today|need))*"
)
_UNTIL = r"(?:until|till|til|before|to|up to|away is|off is|until it is|till it is)"
_DATE = r"(.{3,60})"
_LAZY = r"(.{3,60}?)"

_Make = Callable[[re.Match[str], datetime], Call | None]


def _one(kind: str, unit: int | None, day: int) -> _Make:
    def make(found: re.Match[str], now: datetime) -> Call | None:
        return _dated({"kind": kind, **_counted(found[unit] if unit else None)}, {"date": found[day]})

    return make


def _two(found: re.Match[str], now: datetime) -> Call | None:
    """ "between A and B": where the dates part is tried at every "and" or "to"."""
    arguments = {"kind": "between", **_counted(found[1])}
    words = tokens(found[2])
    for at, word in enumerate(words):
        if word in ("and", "to", "until", "till", "through"):
            first, second = date_in(words[:at]), date_in(words[at + 1 :])
            if first is not None and second is not None:
                both = {"date": " ".join(words[:at]), "other": " ".join(words[at + 1 :])}
                return Call(reckoning.NAME, {**arguments, **both})
    return None


def _rest(found: re.Match[str], now: datetime) -> Call | None:
    """Until the end of the year or the month."""
    return Call(reckoning.NAME, {"kind": "until", **_counted(found[1]), "date": f"the end of {found[2]}"})


def _named(found: re.Match[str], now: datetime) -> Call | None:
    """ "when is": only of days whose date is not in the question."""
    spoken = date_in(tokens(found[1]))
    if spoken is None or not (spoken.holiday or spoken.relative is not None):
        return None
    return _dated({"kind": "when"}, {"date": found[1]})


def _shifted(found: re.Match[str], now: datetime) -> Call | None:
    """ "90 days from today", "3 weeks before Easter", "in 2 months"."""
    words = tokens(found["span"])
    amount = number(words, 0)
    if amount is None and words[:1] in (["a"], ["an"]):
        value, end = 1, 1
    elif amount is not None and amount[0].denominator == 1:
        value, end = int(amount[0]), amount[1]
    else:
        return None
    unit = words[end] if end == len(words) - 1 else ""
    unit = {"fortnight": "weeks", "fortnights": "weeks"}.get(unit, unit if unit.endswith("s") else f"{unit}s")
    if unit not in ("days", "weeks", "months", "years") or value > reckoning.MOST // 2:
        return None
    value *= 2 if "fortnight" in found["span"] else 1
    groups = found.groupdict()
    back = bool(groups.get("ago")) or groups.get("side") == "before"
    day = groups.get("day") or "today"
    if date_in(tokens(day)) is None:
        return None
    return Call(reckoning.NAME, {"kind": "shift", "date": day, "amount": -value if back else value, "unit": unit})


def _leap(found: re.Match[str], now: datetime) -> Call | None:
    asked = found[1]
    if asked in ("this year", "this", "it"):
        return Call(reckoning.NAME, {"kind": "leap_year", "date": "today"})
    which = year(tokens(asked), 0) if asked != "next year" else (now.year + 1, len(tokens(asked)))
    if which is None or which[1] != len(tokens(asked)):
        return None
    return Call(reckoning.NAME, {"kind": "leap_year", "date": f"{which[0]}-01-01"})


def _length(found: re.Match[str], now: datetime) -> Call | None:
    """Days in a month or a year."""
    asked = found[1].removeprefix("the month of ").removeprefix("the year ")
    if asked in ("this month", "this year"):
        return Call(reckoning.NAME, {"kind": f"days_in_{asked.removeprefix('this ')}", "date": "today"})
    if asked in reckoning.ANY_YEAR:
        return Call(reckoning.NAME, {"kind": "days_in_year", "date": asked})
    words = tokens(asked)
    if (which := year(words, 0)) is not None and which[1] == len(words):
        return Call(reckoning.NAME, {"kind": "days_in_year", "date": f"{which[0]}-01-01"})
    spoken = date_in(words)
    if spoken is None or not spoken.month_only:
        return None
    return Call(reckoning.NAME, {"kind": "days_in_month", "date": asked})


_SPAN = r"(?P<span>(?:a|an|[\w, -]{1,40}?) (?:days?|weeks?|months?|years?|fortnights?))"
_WHICH = r"(?:what (?:date|day)|which (?:date|day)|what day of the week|what weekday)"

_QUESTIONS: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (
            rf"(?:how many|number of|the number of|what is the number of){_MORE} {_UNIT}{_LEFT} {_UNTIL} {_DATE}",
            _one("until", 1, 2),
        ),
        (rf"{_UNIT}{_LEFT} (?:until|till|til) {_DATE}", _one("until", 1, 2)),
        (
            r"how (?:much )?long(?:er)?(?: is it| do (?:i|we) have| will it be| it is| is left)?(?: left)?"
            rf" (?:until|till|til) {_DATE}",
            _one("until", None, 1),
        ),
        (rf"how (?:far away|far off|far|soon|long away) is {_DATE}", _one("until", None, 1)),
        (rf"(?:a )?count ?down (?:to|until) {_DATE}", _one("until", None, 1)),
        (
            rf"how many {_UNIT}(?: (?:has it been|have passed|is it|it is|it has been))? since {_DATE}",
            _one("since", 1, 2),
        ),
        (rf"how many {_UNIT} ago (?:was|is) {_DATE}", _one("since", 1, 2)),
        (
            rf"how long (?:ago (?:was|is)|has it been since|is it since|since|it has been since) {_DATE}",
            _one("since", None, 1),
        ),
        (rf"{_UNIT} since {_DATE}", _one("since", 1, 2)),
        (
            rf"(?:how many|number of|what is the number of|the number of) {_UNIT}(?: (?:are|is|were|lie|there|it))*"
            rf" (?:between|from) (.{{7,120}})",
            _two,
        ),
        (rf"{_UNIT} (?:between|from) (.{{7,120}})", _two),
        (
            r"(?:on )?(?:what|which) (?:day(?: of the week)?|weekday) (?:is it|was it|is|was|will|does|did|would|were)"
            rf" {_LAZY}(?: (?:be|fall|fall on|land on|on))?(?: on)?(?: this year)?",
            _one("weekday", None, 1),
        ),
        (rf"(?:on )?what day (?:of the week )?{_DATE} (?:is|was|falls on|falls)", _one("weekday", None, 1)),
        (rf"when (?:is|was|are|does|did|will) {_LAZY}(?: (?:be|fall|happen|celebrated))?", _named),
        (rf"(?:on )?(?:what|which) date (?:is|was|does|did|will|are) {_LAZY}(?: (?:be|fall|fall on))?", _named),
        (rf"what is the date (?:of|on|for) {_DATE}", _named),
        (
            rf"how many {_UNIT} (?:are |is )?(?:there )?(?:left|remaining) (?:in|of) ((?:the|this) (?:year|month))",
            _rest,
        ),
        (r"what is (?:the date )?(tomorrow|yesterday)(?:'s|s)?(?: date)?", _named),
        (r"what (?:is|was|will) the date (?:be )?(tomorrow|yesterday|on .{3,30})", _named),
        (rf"{_WHICH} (?:is it|will it be|it will be|is|will that be|would it be) in {_SPAN}", _shifted),
        (rf"what (?:is|will be|will) the date (?:be )?in {_SPAN}", _shifted),
        (rf"{_WHICH} (?:was it|it was|was) {_SPAN} (?P<ago>ago)", _shifted),
        (rf"what was the date {_SPAN} (?P<ago>ago)", _shifted),
        (
            rf"(?:{_WHICH} (?:is it|will it be|is|was|will be|comes)|what is the date|what is|when is) "
            rf"{_SPAN} (?P<side>from|after|before) (?P<day>.{{3,40}})",
            _shifted,
        ),
        (r"is (it|this) a leap year", _leap),
        (r"(?:is|was|will) (.{2,30}?)(?: be)? a leap year", _leap),
        (r"how many days (?:are |is |were |does )?(?:there |it )?(?:in )?(.{3,30}?)(?: have| has)?", _length),
    )
)


def whole_date(text: str, now: datetime) -> Call | None:
    """An intent: a question about dates that can be reckoned."""
    asked = request(text)
    if not 6 < len(asked) < 150:
        return None
    for pattern, make in _QUESTIONS:
        found = pattern.fullmatch(asked)
        if found is not None and (call := make(found, now)) is not None:
            return call
    return None


def _counted(unit: str | None) -> dict[str, str]:
    return {} if unit is None else {"unit": "days" if unit == "sleeps" else unit}


def _dated(arguments: dict[str, str], dates: dict[str, str]) -> Call | None:
    """The call, if its dates can be read; what only ends the question is taken from them first."""
    for name, text in dates.items():
        for ending in (" from now", " from today", " this year", " away", " now", " exactly"):
            text = text.removesuffix(ending) if date_in(tokens(text)) is None else text
        if date_in(tokens(text)) is None:
            return None
        dates = {**dates, name: text}
    return Call(reckoning.NAME, {**arguments, **dates})


# -- mentioned in something longer --

_MENTIONED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\bhow many {_UNIT}{_LEFT} (?:until|till|til|before) "), "until"),
    (re.compile(rf"\b(?:the )?(?:number of )?{_UNIT}(?: left)? (?:until|till) "), "until"),
    (re.compile(r"\bhow long(?: is it| it is| do (?:i|we) have)?(?: left)? (?:until|till|til) "), "until"),
    (re.compile(rf"\bhow many {_UNIT}(?: (?:has it been|it has been|have passed|is it))? since "), "since"),
    (re.compile(r"\bhow long ago was "), "since"),
    (re.compile(r"\b(?:what|which) (?:day of the week|weekday) (?:is|was|will|does|did) "), "weekday"),
)


def mentioned_date(text: str, now: datetime) -> Call | None:
    """A hint: the distance to a day or its weekday, asked within the text."""
    asked = tidy(text)
    for pattern, kind in _MENTIONED:
        found = pattern.search(asked)
        if found is None:
            continue
        words = tokens(asked[found.end() :])
        result = read(words)
        if result is None or not _whole(result[0]) or not ends_here(words[result[1]] if result[1] < len(words) else ""):
            continue
        unit = _counted(found[1] if pattern.groups else None)
        return Call(reckoning.NAME, {"kind": kind, **unit, "date": " ".join(words[: result[1]])})
    return None


def _whole(spoken: Spoken) -> bool:
    """Whether the date is more than the bare name of a month, which may be a person's or a verb."""
    return not spoken.month_only
