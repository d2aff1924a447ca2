"""What a question wants to hear: yes or no, one of two things, a number, a time, a name, a list, an explanation.

Also what of an answer replies to it: the part of a text that answers, without what the question said already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.assistant.verdict.claims import Claims, Clause, extract
from app.assistant.verdict.moments import Moment
from app.assistant.verdict.moments import agree as same_moment
from app.assistant.verdict.quantities import Quantity, same
from app.assistant.verdict.words import known_in

Wanted = Literal["yes or no", "choice", "number", "time", "fact", "list", "explanation", "idea", "talk"]

_ASIDE = (
    "hi|hello|hey|good (?:morning|evening|night|afternoon|day)|bye|goodbye|see you|thanks?|thank you|how are you"
    "|how do you do|nice to meet you|tell me (?:a|another) (?:joke|story|poem)|sing|you are|i love you|well done"
)
_YES_NO = (
    "is|are|was|were|am|do|does|did|can|could|may|might|should|must|will|would|has|have|had"
    "|isn't|aren't|don't|doesn't|can't"
)
_HOW = (
    "many|much|long|tall|high|far|fast|old|hot|cold|big|deep|wide|heavy|large|often|thick|loud|bright|expensive"
    "|small|short|close"
)
_MEASURE = (
    "percent|percentage|population|square root|average|speed|voltage|temperature|distance|sum|product|plus|minus|times"
    "|divided|multiplied|power of|altitude|weight|height|length|width|depth|age"
)
_OF_TIME = "time|day|date|year|month|century|decade|season|weekday"

_KINDS: tuple[tuple[Wanted, str], ...] = (
    ("talk", rf"(?:{_ASIDE})\b"),
    ("idea", r".*\b(?:suggest|recommend|ideas?|inspire|propose)\b|what (?:could|should|shall|can) (?:i|we)\b"),
    ("idea", r"(?:give me|write|name|tell me) (?:a|an|some|any)\b"),
    ("time", rf"when\b|(?:in |on |at |since )?(?:which|what) (?:{_OF_TIME})\b"),
    ("number", rf".*\bhow (?:{_HOW})\b|(?!(?:{_YES_NO})\b).*\b(?:{_MEASURE})\b"),
    ("number", r".*\bwhat (?:does|do|did|is|are|was) .*\b(?:weigh|cost)s?\b|.*\d\s*(?:[-+*/x×÷^%]|in)\s*\d|convert\b"),
    ("number", r"(?:what|how much) (?:is|are) (?:half|a (?:third|quarter)|-?\d)"),
    ("choice", r"(?:which|who|what|is it|are they|do you|should i|is|are|does|do)\b[^?]*?\b\S+ or \S+"),
    ("yes or no", rf"(?:{_YES_NO})\b"),
    ("list", r"(?:what are|which are|who are|list|name the)\b"),
    ("list", r"(?:what|which) \w+s (?:are|do|does|can|have|belong|make|were|did)\b"),
    ("fact", r"how (?:do|does|can|would) (?:you|one|i|we|they) (?:say|spell|write|call|pronounce)\b"),
    ("explanation", r"(?:why|how|explain|describe)\b"),
)
"""The first pattern that a question begins with says what it wants; "fact" if there is none."""
_WANTED = tuple((kind, re.compile(rf"\s*(?:{pattern})", re.IGNORECASE)) for kind, pattern in _KINDS)

_ORDERED = re.compile(
    r"\b(?:order|outwards?|inwards?|first|sequence|rank(?:ing|ed)?|sorted|alphabetical|steps?|from \w+ to)\b", re.I
)
_PERSON = re.compile(r"\s*(?:who|whose|by whom)\b(?! are\b)", re.IGNORECASE)
_DATED = re.compile(r"\s*(?:when (?:is|was|did|does|do|were)|what time|what date|what day|what year)\b", re.IGNORECASE)
_OPTIONS = re.compile(r"((?:[^\s,?]+\s+){0,4}[^\s,?]+),? or ([^,?]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """A question's own claims and the kind of answer it wants.

    options: what there is to choose from (stems). ordered: the order of a list matters. person: somebody is asked for.
    dated: a point in time is asked for, not a season or the like.
    """

    claims: Claims
    wanted: Wanted
    options: tuple[str, ...] = ()
    ordered: bool = False
    person: bool = False
    dated: bool = False

    @property
    def timed(self) -> bool:
        return self.wanted == "time"


@lru_cache(maxsize=64)
def ask(text: str) -> Question:
    """Read a question. An empty one wants a "fact"."""
    asked = extract(text)
    wanted: Wanted = next((kind for kind, pattern in _WANTED if pattern.match(text)), "fact")
    options: tuple[str, ...] = ()
    if wanted == "choice" and (found := _OPTIONS.search(text)) is not None:
        left, right = extract(found[1]).content, extract(found[2]).content
        # "a kilogram of feathers or a kilogram of steel": what only one of the two has.
        only_left = [word for word in left if word not in right][-1:]
        only_right = [word for word in right if word not in left][:1]
        options = tuple(only_left + only_right)
    if wanted == "choice" and len(options) < 2:
        options = tuple(quantity.said for quantity in asked.quantities)
    return Question(
        asked,
        wanted,
        options,
        ordered=bool(_ORDERED.search(text)),
        person=bool(_PERSON.match(text)),
        dated=bool(_DATED.match(text)),
    )


def own_quantities(question: Claims, quantities: Iterable[Quantity]) -> list[Quantity]:
    """The quantities without one mention of each that the question brought; all of them if they do not repeat it.

    "15 percent of 80 is 15" tells 15; "15." alone tells 15 as well, although the question holds one.
    """
    years = {moment.year[0] for moment in question.moments if moment.year is not None}
    told = [quantity for quantity in quantities if quantity.unit or quantity.value not in years]
    rest = list(told)
    taken = 0
    for brought in question.quantities:
        for quantity in rest:
            if same(brought, quantity) and brought.value == quantity.value:
                rest.remove(quantity)
                taken += 1
                break
    if taken < min(2, len(question.quantities)) or (not rest and len(told) == 1):
        return told
    return rest


def own_moments(question: Claims, moments: Iterable[Moment]) -> list[Moment]:
    """The moments that the question did not bring along."""
    return [
        moment
        for moment in moments
        if not any(same_moment(moment, other) and not (moment.parts - other.parts) for other in question.moments)
    ]


def own_words(question: Claims, words: Iterable[str]) -> list[str]:
    """The stems that the question does not hold, nor synonyms of its words."""
    return [word for word in words if not known_in(word, question.vocabulary)]


def answering(question: Question, claims: Claims) -> tuple[Clause, bool]:
    """The clause of a text that answers, and whether it is plain that it is this one and not the others.

    It is the one that repeats most of the question; the first of equals.
    """
    asked = question.claims
    best, most, second = claims.clauses[0], -1.0, -1.0
    for clause in claims.clauses:
        shared = sum(known_in(word, set(clause.content)) for word in asked.vocabulary)
        shared += sum(any(same_moment(moment, other) for other in clause.moments) for moment in asked.moments)
        shared += sum(any(same(number, other) for other in clause.quantities) for number in asked.quantities)
        if (
            question.wanted != "yes or no"
            and not own_words(asked, clause.content)
            and not clause.quantities
            and not clause.moments
        ):
            shared = 0  # says nothing that was not asked
        if shared > most:
            best, most, second = clause, shared, most
        else:
            second = max(second, shared)
    return best, most > max(second, 0) and most >= 1
