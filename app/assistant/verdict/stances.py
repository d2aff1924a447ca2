"""Affirming and denying: yes against no, negation, opposites, and comparisons turned round.

A text's stance is what it answers to a question of yes or no, whether it says so or only affirms or denies what was
asked.
"""

from __future__ import annotations

import re

from app.assistant.verdict.asking import Question, answering, own_words
from app.assistant.verdict.claims import Claims, Clause, Polarity
from app.assistant.verdict.words import known_in, opposed

Found = tuple[str, float] | None
"""What contradicts, and how plainly (0..1)."""

FRAME = 0.5
"""Share of the shorter clause that must stand still for a word in it to have been replaced."""


def stances(question: Question, a: Claims, b: Claims) -> Found:
    """Yes against no, said or implied."""
    told_a, told_b = stance(question, a), stance(question, b)
    if told_a is None or told_b is None or told_a == told_b:
        return None
    plain = a.polarity is not None and b.polarity is not None
    return f"{told_a} became {told_b}", 0.95 if plain else 0.8


def stance(question: Question, claims: Claims) -> Polarity | None:
    """What a text answers to a question of yes or no: as it says, or by affirming or denying the question's words."""
    if claims.polarity is not None:
        return claims.polarity
    if question.wanted != "yes or no" or not claims.clauses:
        return None
    asked = question.claims.clauses[0] if question.claims.clauses else None
    clause, _ = answering(question, claims)
    if asked is None:
        return None
    flips = opposites(asked, clause)
    shared = any(known_in(word, question.claims.vocabulary) for word in clause.content)
    if not (shared or flips or clause.negated or len(clause.stems) <= 4):
        return None
    if not clause.negated and own_words(question.claims, clause.content) and not _covers(asked, clause):
        return None  # it speaks of something else, such as "It is unsafe" to "May I eat it?"
    odd = (clause.negated + flips + swapped(asked, clause)) % 2 == 1
    return "no" if odd else "yes"


def _covers(asked: Clause, clause: Clause) -> bool:
    """Whether a clause holds what was asked, or its opposite, word by word."""
    words = set(asked.content)
    held = sum(
        known_in(word, set(clause.content)) or any(opposed(word, other) for other in clause.stems) for word in words
    )
    return held >= 0.6 * len(words)


def denials(question: Question, a: Claims, b: Claims) -> Found:
    """What one affirms the other denies, by negation or by an opposite."""
    if not a.clauses or not b.clauses or (a.polarity and b.polarity):
        return None
    (clause_a, _), (clause_b, _) = answering(question, a), answering(question, b)
    if clause_b.denied and any(word in clause_b.denied for word in own_words(question.claims, clause_a.content)):
        return "the second denies what the first says", 0.8
    flips = opposites(clause_a, clause_b)
    if question.wanted == "yes or no" and not flips:
        return None  # then it is a matter of stances
    here, there = set(clause_a.content), set(clause_b.content)
    if (_negated_of(clause_a, there) + _negated_of(clause_b, here) + flips) % 2 == 0:
        return None
    shared = sum(known_in(word, there) for word in here)
    if not here or not there or shared + flips < FRAME * min(len(here), len(there)):
        return None
    if not flips and question.wanted != "explanation" and shared < 2:
        return None
    return "one affirms what the other denies", 0.8


def _negated_of(clause: Clause, words: set[str]) -> bool:
    """Whether what the clause says of these words is negated: another part of it may deny something else."""
    concerned = [negated for content, negated in clause.parts if content & words or not content]
    return sum(concerned) % 2 == 1


_MISTAKEN = re.compile(
    r"\b(?:(?:that|this|it) (?:is not|isn't) (?:so|true|right|correct|the case)"
    r"|(?:is|are) (?:not true|untrue|a (?:common )?myth)"
    r"|(?:common )?(?:misconception|misunderstanding|mistaken belief)|contrary to (?:popular|what))\b",
    re.IGNORECASE,
)


def mistakes(question: Question, a: Claims, b: Claims) -> Found:
    """The second answer calls a belief mistaken, and the first one does not."""
    if _MISTAKEN.search(b.text) and not _MISTAKEN.search(a.text) and not a.negated:
        return "the second calls it a mistaken belief", 0.65
    return None


def opposites(a: Clause, b: Clause) -> int:
    """How many words of `a` were put into `b` as their opposite."""
    here, there = set(a.stems), set(b.stems)
    left, right = here - there, there - here
    return sum(any(opposed(word, other) for other in right) for word in left)


def swapped(a: Clause, b: Clause) -> bool:
    """Whether what stands before "than" in one stands after it in the other."""
    if "than" not in a.stems or "than" not in b.stems:
        return False
    (before_a, after_a), (before_b, after_b) = _sides(a), _sides(b)
    return bool(after_a & before_b - before_a and after_b & before_a - before_b)


def _sides(clause: Clause) -> tuple[set[str], set[str]]:
    at = clause.stems.index("than")
    content = set(clause.content)
    return {w for w in clause.stems[:at] if w in content}, {w for w in clause.stems[at:] if w in content}
