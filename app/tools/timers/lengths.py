"""Lengths of time as they are said or typed: "ten minutes", "an hour and a half", "2h 30m", "ninety seconds"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.tools.timers.numbers import number
from app.tools.wording import counted, joined, length

_UNITS = {
    "hours": "hour hours hr hrs h",
    "minutes": "minute minutes min mins m",
    "seconds": "second seconds sec secs s",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_NEXT = {"hours": "minutes", "minutes": "seconds"}
_GLUED = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
_HALF = {"½": " and a half", "¼": " and a quarter"}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in the units in which it was said."""

    hours: float = 0.0
    minutes: float = 0.0
    seconds: float = 0.0

    @property
    def total_s(self) -> float:
        return self.hours * 3600 + self.minutes * 60 + self.seconds

    def __str__(self) -> str:
        """As it was said, with halves: "8 and a half minutes", "1 hour and 10 minutes"; else in smaller units."""
        if any(value * 2 % 1 for value in (self.hours, self.minutes, self.seconds)):
            return length(self.total_s)
        parts = (("hour", self.hours), ("minute", self.minutes), ("second", self.seconds))
        return joined([counted(value, noun) for noun, value in parts if value]) or "0 seconds"


def read_length(text: str) -> Length | None:
    """The length that all of `text` says, or None. What has no unit ("five") is none."""
    text = text.lower().replace("-", " ").replace("half an hour", "half hour").replace("half a minute", "half minute")
    for sign, words in _HALF.items():
        text = text.replace(sign, words)
    text = _GLUED.sub(" ", text)
    found: dict[str, float] = {}
    pending: list[str] = []
    last = ""
    for word in re.split(r"[\s,]+", text.strip()):
        unit = _UNIT_OF.get(word)
        if unit is None:
            pending.append(word)
            continue
        value = _value(pending, begun=bool(found))
        if value is None or unit in found or (last and list(_UNITS).index(unit) < list(_UNITS).index(last)):
            return None
        found[unit], last, pending = value, unit, []
    if pending and not _rest(pending, found, last):
        return None
    read = Length(**found)
    return read if read.total_s > 0 else None


def _value(words: list[str], *, begun: bool) -> float | None:
    """The number before a unit: "ten", "and ten", "a quarter of an"."""
    words = words[1:] if begun and words[:1] == ["and"] else list(words)
    if words[-1:] in (["a"], ["an"]) and words[-2:-1] == ["of"]:
        words = words[:-2]
    if words[-1:] == ["of"]:
        words = words[:-1]
    return number(words) if words else None


def _rest(words: list[str], found: dict[str, float], last: str) -> bool:
    """What comes after the last unit: "and a half", or the next smaller unit unsaid ("one hour thirty")."""
    if not last:
        return False
    if words in (["and", "a", "half"], ["and", "a", "quarter"]):
        found[last] += 0.5 if words[-1] == "half" else 0.25
        return True
    value = _value(words, begun=True)
    smaller = _NEXT.get(last)
    if value is None or smaller is None or not (value < 60 and value == int(value)) or words[:1] == ["a"]:
        return False
    found[smaller] = value
    return True
