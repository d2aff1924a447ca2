"""What a tool found, and whether a first answer says so: where a tool decides, the verdict is exact.

The first answer has to state the tool's value; an honest rounding counts as stating it: "about 22" for 22.2 does,
"22.5" does not. What the second answer says does not matter here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import floor, log10
from typing import Any

from app.assistant.verdict.asking import Question, ask, own_moments, own_quantities, own_words
from app.assistant.verdict.claims import Claims, extract
from app.assistant.verdict.moments import Moment, moments
from app.assistant.verdict.moments import agree as same_moment
from app.assistant.verdict.outcome import Verdict
from app.assistant.verdict.quantities import Quantity, comparable, convert
from app.assistant.verdict.stances import stance
from app.assistant.verdict.units import MONEY, UNITS
from app.assistant.verdict.words import known_in

ROUGHLY = 0.025
"""How far off, as a share, a number may be that is told as "about"."""
CLOSELY = 0.01
"""The same for a measure that is told as one digit: 5 miles for 8 km."""
TICKED_MIN = 1
"""Minutes that may have passed between the answer and the tool's reading of the clock."""

_ALTERNATIVES = re.compile(r"\d\s+or\s+(?:maybe |perhaps |about )?\$?\d", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::[\d.]+)?(?:Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFact:
    """A tool's result.

    values: plain JSON values; a number under "value" has its unit under "unit"; dates and times are ISO strings.
    text: what is said of it. exact: the tool decides, and an answer that says otherwise is wrong.
    """

    tool: str
    values: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Targets:
    """What a fact tells, by kind. All empty: nothing that could be compared."""

    quantities: tuple[Quantity, ...] = ()
    moments: tuple[Moment, ...] = ()
    yes: bool | None = None
    words: tuple[frozenset[str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.quantities or self.moments or self.words) or self.yes is not None


def decide(question: str, first: str, tools: Sequence[ToolFact]) -> Verdict | None:
    """The verdict of the last exact fact that can be compared with an answer; None if there is none.

    Facts about numbers and times decide nothing of who or why.
    """
    asked = ask(question)
    for fact in reversed(tools):
        if not fact.exact or not (targets := _targets(fact, asked)):
            continue
        if (asked.person or asked.wanted == "explanation") and not targets.words:
            continue
        if _states(asked, first, targets) or _repeats(asked, first, fact.text):
            return Verdict("agree", f"{fact.tool} found the same", 1.0)
        return Verdict("correct", f"{fact.tool} found otherwise: {fact.text or _shown(fact.values)}", 1.0)
    return None


def _shown(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())


def _targets(fact: ToolFact, asked: Question) -> _Targets:
    values = {"value": fact.values["value"]} if "value" in fact.values else dict(fact.values)
    unit = str(fact.values.get("unit") or "")
    if isinstance(values.get("value"), bool):
        return _Targets(yes=bool(values["value"]))
    numbers: list[Quantity] = []
    times: list[Moment] = []
    words: list[frozenset[str]] = []
    for key, value in _plain(values):
        if isinstance(value, bool) or key == "unit":
            continue
        if isinstance(value, int | float):
            numbers.append(_quantity(float(value), unit or key))
        elif found := _moments(value):
            times += found
        elif own := frozenset(own_words(asked.claims, extract(value).content)):
            words.append(own)
    if numbers or times:
        return _Targets(tuple(numbers), tuple(times))
    if words:
        return _Targets(words=tuple(words))
    told = extract(fact.text, years=True)
    return _Targets(
        tuple(own_quantities(asked.claims, told.quantities)),
        tuple(own_moments(asked.claims, map(_with_weekday, told.moments))),
    )


def _plain(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Scalar values by key; those of lists too."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _plain(value)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from _plain(item if isinstance(item, Mapping) else {key: item})
        elif isinstance(value, str | int | float):
            yield key, value


def _quantity(value: float, unit: str) -> Quantity:
    known = UNITS.get(unit.lower())
    step = 10.0 ** -len(f"{value:.6f}".rstrip("0").partition(".")[2])
    if known is None:
        return Quantity(value, step=step)
    return Quantity(value, known.name, known.dimension, known.factor, step)


def _moments(value: str) -> list[Moment]:
    if _CLOCK.fullmatch(value):
        value = value[:5].rjust(5, "0")
        hour, minute = (int(part) for part in value.split(":")[:2])
        return [Moment(hour=hour, minute=minute, half=True, said=value)]
    found, rest = moments(value)
    return [_with_weekday(moment) for moment in found] if not rest.strip(" ,.T") else []


def _with_weekday(moment: Moment) -> Moment:
    if moment.year is None or moment.month is None or moment.day is None or moment.weekday is not None:
        return moment
    try:
        return replace(moment, weekday=date(moment.year[0], moment.month, moment.day).weekday())
    except ValueError:
        return moment


def _states(asked: Question, first: str, targets: _Targets) -> bool:
    told = extract(first, years=bool(targets.moments), hours=bool(targets.moments))
    if told.ignorant:
        return False
    if targets.yes is not None:
        return stance(asked, told) == ("yes" if targets.yes else "no")
    if targets.words:
        return all(all(known_in(word, told.vocabulary) for word in words) for words in targets.words)
    if targets.moments and _tells_time(asked, told, targets.moments):
        return True
    return bool(targets.quantities) and _tells_number(asked, told, targets.quantities)


def _tells_number(asked: Question, told: Claims, targets: Sequence[Quantity]) -> bool:
    """Whether the answer's result is one of the targets; steps on the way to it may hold other numbers."""
    for clause in told.clauses:
        own = own_quantities(asked.claims, clause.quantities)
        echoed = len(clause.quantities) - len(own) >= max(1, len(asked.claims.quantities))
        if own and echoed and not any(states(own[-1], target) for target in targets):
            return False  # "12 times 7 is 72 ..." is an answer, whatever follows
    affirmed = [quantity for clause in told.clauses if not clause.negated for quantity in clause.quantities]
    own = own_quantities(asked.claims, affirmed)
    if not own or (_ALTERNATIVES.search(told.text) and not all(any(states(x, y) for y in targets) for x in own)):
        return False
    return any(states(said, target) for said in (own[0], own[-1]) for target in targets)


def states(said: Quantity, target: Quantity) -> bool:
    """Whether a number as it was told is `target`: equal, or honestly rounded.

    Whole targets and sums of money have to be told as they are unless the answer says "about". A measure may be
    rounded to two digits or more, not beyond whole ones; so may a bare number with many decimals, if it keeps some.
    """
    if said.top or not comparable(said, target):
        return False
    wanted = convert(target, said)
    if abs(said.value - wanted) <= 1e-9 * max(1.0, abs(wanted)):
        return True
    off, share = abs(said.value - wanted), abs(said.value - wanted) / max(abs(wanted), 1e-12)
    if off > said.step / 2 * (1 + 1e-9):
        return False
    if said.rough:
        return share <= ROUGHLY
    digits = floor(log10(max(abs(said.value), 1e-12) / said.step) + 1e-9) + 1
    whole = wanted == round(wanted)
    if target.dimension and target.dimension not in MONEY:
        return not whole and said.step <= 1 and (digits >= 2 or share <= CLOSELY)
    return target.step <= 1e-4 and said.step < 1 and digits >= 2


def _tells_time(asked: Question, told: Claims, targets: Sequence[Moment]) -> bool:
    """Whether the answer tells the moment, and nothing of it wrongly."""
    own = [moment for moment in told.moments if moment not in asked.claims.moments]
    wanted = _wanted_parts(asked, targets)
    if not own or any(not any(_one(moment, target, told) for target in targets) for moment in own):
        return False
    return any(moment.parts & wanted for moment in own)


def _wanted_parts(asked: Question, targets: Sequence[Moment]) -> frozenset[str]:
    words = set(asked.claims.words)
    if words & {"year"}:
        return frozenset({"year"})
    if words & {"month"}:
        return frozenset({"month"})
    if words & {"weekday"}:
        return frozenset({"weekday"})
    has_date = any(target.day is not None for target in targets)
    if words & {"time", "clock", "late"} or not has_date:
        return (
            frozenset({"hour"}) if any(target.clock for target in targets) else frozenset({"year", "month", "weekday"})
        )
    return frozenset({"day", "weekday"})


def _one(moment: Moment, target: Moment, told: Claims) -> bool:
    found = same_moment(moment, target)
    if found is not False or not (moment.clock and target.clock):
        return found is True
    most = 5 if any(quantity in told.words for quantity in ("about", "around", "nearly", "almost")) else TICKED_MIN
    apart = abs((moment.hour or 0) * 60 + moment.minute - (target.hour or 0) * 60 - target.minute)
    apart %= 1440 if moment.half else 720
    return min(apart, (1440 if moment.half else 720) - apart) <= most


def _repeats(asked: Question, first: str, text: str) -> bool:
    """Whether the first answer holds all that the tool's own sentence says besides the question."""
    said, told = extract(text, years=asked.timed), extract(first, years=asked.timed)
    own = own_words(asked.claims, said.substance)
    if told.negated != said.negated or not (own or said.quantities or said.moments):
        return False
    numbers = own_quantities(asked.claims, said.quantities)
    other = own_quantities(asked.claims, told.quantities)
    return (
        all(known_in(word, told.vocabulary) for word in own)
        and all(any(states(x, y) for x in other) for y in numbers)
        and all(any(states(x, y) for y in numbers) for x in other)
        and all(any(same_moment(x, y) for x in told.moments) for y in said.moments)
    )
