"""Recognises sums in the user's words: as the whole of what is asked, or mentioned in something longer.

A wrong hit is worse than a miss: what may be a date, a score, a phone number, a size or an idiom is left to the models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.tools.arithmetic.asking import sum_of
from app.tools.arithmetic.calculate import NAME
from app.tools.arithmetic.lexer import VOCABULARY
from app.tools.arithmetic.parser import is_sum, parse, parse_tokens
from app.tools.base import Call
from app.tools.english.numerals import tokens, written
from app.tools.english.request import request, tidy
from app.tools.english.surroundings import begins_here, ends_here

_SIGNS = {"$": "dollars", "€": "euros", "£": "pounds"}
_MONEY = re.compile(r"([$€£])(?=\d)|(?<=[\da-z]) (dollars|euros|bucks)\b")
_UNITLESS = frozenset(["share", "as a percentage", "divided", "power", "square root", "cube root", "root", "squared"])
"""Operations whose result is not in the unit of the only amount among their parts, or need not be."""
_TIGHT = re.compile(r"(\d+)([-/x])(\d+)")
_OVER = re.compile(r"(\d+) over (\d+)")
_FACTORIAL = re.compile(r"(?:(?:what is|calculate|compute) )?(\d{1,3}) ?!\??")
_BARE_IDIOMS = frozenset({("24", "7"), ("10", "4"), ("4", "4"), ("2", "4")})


def whole_sum(text: str, now: datetime) -> Call | None:
    """An intent: the utterance is one sum."""
    if found := _FACTORIAL.fullmatch(tidy(text)):
        return Call(NAME, {"expression": f"{found[1]} factorial"})
    asked = request(text)
    if not _may_hold_a_sum(asked):
        return None
    core, how = sum_of(asked)
    if how != "command" and _doubtful(core, asked_for=how == "question"):
        return None
    sum_, unit = _without_money(core)
    node = parse(sum_)
    if node is None or not is_sum(node) or (unit and node.operation in _UNITLESS):
        return None
    return Call(NAME, {"expression": sum_, **({"unit": unit} if unit else {})})


def _without_money(core: str) -> tuple[str, str]:
    """The sum without the currency that one of its numbers is in, and that currency: "20% of $45" is in dollars.

    Only of one amount: what several amounts make together depends on the sum.
    """
    found = _MONEY.findall(core)
    if len(found) != 1:
        return core, ""
    before, after = found[0]
    return " ".join(_MONEY.sub(" ", core).split()), _SIGNS.get(before, after)


def _may_hold_a_sum(text: str) -> bool:
    return len(text) > 2 and all(letter.isascii() or letter in _SIGNS for letter in text)


def _doubtful(core: str, *, asked_for: bool) -> bool:
    """Whether digits with a sign between them may be something else: a date, a score, a ratio, a size, a phone."""
    if over := _OVER.fullmatch(core):
        return int(over[1]) > 50  # a blood pressure
    found = _TIGHT.fullmatch(core)
    if found is None:
        return bool(re.search(r"\d[-/x]\d+[-/x]\d", core))
    first, sign, second = found.groups()
    a, b = int(first), int(second)
    if not asked_for or a + b == 100 or (first, second) in _BARE_IDIOMS or written(second) is None:
        return True
    if sign == "/":
        return max(a, b) <= 31
    return a <= b if sign == "-" else min(a, b) > 100


# -- sums mentioned in something longer --

_CERTAIN = frozenset("percent % times multiplied divided plus minus root squared + *".split())
_FRINGE = frozenset(
    """to from by with and is are equal equals of off the x add take less twice second first third over into double
    lower reduce , ; ( ) - / !""".split()
)
_BREAKS = frozenset(["is", "are", "equal", "equals", "what", "how"])
"""Words that a sum may hold and that here end one: "12 times 7 is ninety"."""
_MOST_RUNS = 6


def mentioned_sum(text: str, now: datetime) -> Call | None:
    """A hint: one sum that stands in the text and can be read in one way."""
    words = tokens(tidy(text))
    for start, end in _runs(words):
        if _stands_alone(words, start, end):
            node = parse_tokens(words[start:end])
            if node is not None and is_sum(node):
                return Call(NAME, {"expression": node.said()})
    return None


def _runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of tokens that can belong to a sum, without what hangs at their ends; the first few only."""
    start, given = 0, 0
    for at in range(len(words) + 1):
        if at < len(words) and words[at] not in _BREAKS and (words[at] in VOCABULARY or words[at][0].isdigit()):
            continue
        first, last = start, at
        while first < last and words[first] in _FRINGE:
            first += 1
        while last > first and words[last - 1] in _FRINGE:
            last -= 1
        if last - first > 2 and not _CERTAIN.isdisjoint(words[first:last]):
            yield first, last
            given += 1
            if given == _MOST_RUNS:
                return
        start = at + 1


def _stands_alone(words: Sequence[str], start: int, end: int) -> bool:
    """Whether the words around leave the sum as it is: nothing that it counts follows, no name goes before."""
    before = words[start - 1] if start else ""
    after = words[end] if end < len(words) else ""
    percentage = "percent" in words[start:end] or "%" in words[start:end]
    return (percentage or begins_here(before)) and ends_here(after)
