"""When each written word sounds, from when each spoken one does."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.engines.voice.base import WordTime
from app.engines.voice.speakable.tracked import Tracked

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Mark:
    """The instant (s) at which the character at `place` of the spoken text begins to sound."""

    place: int
    at_s: float


def word_times(written: str, said: Tracked, marks: Sequence[Mark], length_s: float) -> tuple[WordTime, ...]:
    """The words of `written.split()` with their times within `length_s` seconds of sound.

    Between marks, which must rise, time is shared by letters. A word of which nothing is said begins and ends where
    the next one begins.
    """
    places, instants = _curve(said.text, marks, length_s)
    found: list[WordTime] = []
    last = 0.0
    for word in _WORD.finditer(written):
        begin, end = said.place(*word.span())
        sounding = said.text[begin:end]
        begin += len(sounding) - len(sounding.lstrip())
        end = max(begin, end - (len(sounding) - len(sounding.rstrip(" ,;:.!?…"))))
        start_s = max(last, _at(begin, places, instants))
        end_s = max(start_s, _at(end, places, instants)) if sounding.strip() else start_s
        found.append(WordTime(word[0], round(start_s, 4), round(end_s, 4)))
        last = end_s
    return tuple(found)


def shares(weights: Sequence[tuple[int, float]], length_s: float) -> tuple[Mark, ...]:
    """Marks for a sound of which only the order is known: (place, weight) with time in proportion to the weights."""
    total = sum(weight for _, weight in weights) or 1.0
    marks, passed = [], 0.0
    for place, weight in weights:
        marks.append(Mark(place, length_s * passed / total))
        passed += weight
    return tuple(marks)


def by_letters(text: str) -> list[tuple[int, float]]:
    """Weights of the words of `text`: letters, and a little for the marks after them, where voices pause."""
    return [
        (word.start(), sum(map(str.isalnum, word[0])) + 3.0 * sum(char in ",;:.!?…" for char in word[0][-1:]))
        for word in _WORD.finditer(text)
    ]


def _curve(text: str, marks: Sequence[Mark], length_s: float) -> tuple[list[int], list[float]]:
    """The marks that rise, with the start and the end of the text."""
    places, instants = [0], [0.0]
    for mark in marks:
        at_s = min(max(mark.at_s, 0.0), length_s)
        if mark.place > places[-1] and at_s >= instants[-1]:
            places.append(mark.place)
            instants.append(at_s)
        elif mark.place == places[-1] == 0:
            instants[-1] = at_s
    if len(text) > places[-1]:
        places.append(len(text))
        instants.append(length_s)
    return places, instants


def _at(place: int, places: list[int], instants: list[float]) -> float:
    index = bisect_right(places, place) - 1
    if index + 1 >= len(places):
        return instants[-1]
    share = (place - places[index]) / (places[index + 1] - places[index])
    return instants[index] + share * (instants[index + 1] - instants[index])
