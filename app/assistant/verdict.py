"""Does a second answer agree with the first, add to it, or correct it? Decided by comparing claims, not wording.

Numbers, names, yes/no and negation decide first, then how much of the content is shared. When in doubt the verdict is
"agree": silence is a valid refinement, and a wrong correction costs more trust than a missed addition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.assistant.claims import Claims, extract

Name = Literal["agree", "add", "correct"]

SAME_CONTENT = 0.75
"""Share of the second answer's content words found in the first from which on nothing was added."""

ADDED_WORDS = 4
"""New content words that make an addition when the first answer's claims all stand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` in 0..1 is how plainly the claims decided it, not a probability."""

    verdict: Name
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ToolFact:
    """What a tool found: `values` as plain JSON, `text` as it is said; `exact` where it decides."""

    tool: str
    values: Mapping[str, Any]
    text: str
    exact: bool = False


def judge(question: str, first: str, second: str, tools: Sequence[ToolFact] = ()) -> Verdict:
    """Compare `second` with `first` as answers to `question`. What an exact fact says is right, whoever says it."""
    for fact in tools:
        if fact.exact:
            told, certain = extract(first), _told_numbers(extract(question), extract(fact.text))
            stated = all(any(_same_number(n, other) for other in told.numbers) for n in certain)
            return (
                Verdict("agree", f"{fact.tool} says the same", 1.0)
                if certain and stated
                else Verdict("correct", f"{fact.tool} says otherwise", 1.0)
            )
    asked, a, b = extract(question), extract(first), extract(second)
    if not second.strip() or b.empty:
        return Verdict("agree", "the second answer says nothing", 1.0)
    if not first.strip() or a.empty:
        return Verdict("correct", "the first answer says nothing", 1.0)
    if b.hedged:
        return Verdict("agree", "the second answer does not know", 0.9)
    if a.hedged:
        return Verdict("correct", "the first answer did not know", 0.8)
    for compare in (_polarity, _numbers, _names, _negation):
        if (verdict := compare(asked, a, b)) is not None:
            return verdict
    return _content(asked, a, b)


def _polarity(asked: Claims, a: Claims, b: Claims) -> Verdict | None:
    if a.polarity and b.polarity and a.polarity != b.polarity:
        return Verdict("correct", f"{a.polarity} became {b.polarity}", 0.95)
    return None


def _numbers(asked: Claims, a: Claims, b: Claims) -> Verdict | None:
    told_a, told_b = _told_numbers(asked, a), _told_numbers(asked, b)
    if not told_a or not told_b:
        return None
    missing = {n for n in told_a if not any(_same_number(n, other) for other in told_b)}
    new = {n for n in told_b if not any(_same_number(n, other) for other in told_a)}
    if missing and new:
        return Verdict("correct", f"{_show(missing)} became {_show(new)}", 0.95)
    if new:
        return Verdict("add", f"{_show(new)} is new", 0.7)
    return None


def _told_numbers(asked: Claims, claims: Claims) -> set[tuple[float, str]]:
    """Numbers that the question did not bring along; all of them if it brought them all (a result may repeat one)."""
    told = {n for n in claims.numbers if not any(_same_number(n, other) for other in asked.numbers)}
    return told or set(claims.numbers - asked.numbers)


def _same_number(a: tuple[float, str], b: tuple[float, str]) -> bool:
    return abs(a[0] - b[0]) <= 1e-9 * max(abs(a[0]), abs(b[0])) and (a[1] == b[1] or not a[1] or not b[1])


def _show(numbers: set[tuple[float, str]]) -> str:
    return ", ".join(f"{value:g} {unit}".strip() for value, unit in sorted(numbers))


def _names(asked: Claims, a: Claims, b: Claims) -> Verdict | None:
    told_a = a.names - asked.names - asked.content
    told_b = b.names - asked.names - asked.content
    # A name of one may be written small in the other.
    missing = {name for name in told_a if name not in b.names and name not in b.content}
    new = {name for name in told_b if name not in a.names and name not in a.content}
    if missing and new and not (told_a & told_b):
        return Verdict("correct", f"{', '.join(sorted(missing))} became {', '.join(sorted(new))}", 0.85)
    if new and not missing and told_a:
        return Verdict("add", f"{', '.join(sorted(new))} is new", 0.6)
    return None


def _negation(asked: Claims, a: Claims, b: Claims) -> Verdict | None:
    shared = (a.content & b.content) - asked.content
    union = (a.content | b.content) - asked.content
    alike = not union or len(shared) / len(union) >= 0.5
    if a.negated != b.negated and alike and not a.polarity and not b.polarity:
        return Verdict("correct", "one affirms what the other denies", 0.8)
    return None


def _content(asked: Claims, a: Claims, b: Claims) -> Verdict:
    new = b.content - a.content - asked.content
    lost = a.content - b.content - asked.content
    if not new or len(new) <= (1 - SAME_CONTENT) * len(b.content):
        return Verdict("agree", "it says the same", 0.8)
    same_name = (a.names & b.names) - asked.names
    if len(new) == 1 and len(lost) == 1 and not same_name and _short(a, asked) and _short(b, asked):
        return Verdict("correct", f"{next(iter(lost))} became {next(iter(new))}", 0.6)
    if len(new) >= ADDED_WORDS and len(lost) <= len(a.content) / 2:
        return Verdict("add", f"{len(new)} new words of content", 0.5)
    return Verdict("agree", "no claim of the first answer is contradicted", 0.4)


def _short(claims: Claims, asked: Claims) -> bool:
    """Whether the answer is hardly more than one word of its own."""
    return len(claims.content - asked.content) <= 2
