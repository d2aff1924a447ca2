"""Does a second answer agree with the first, add to it, or correct it? Decided by comparing claims, not wording.

A tool's exact result decides before anything else. Then come contradictions (`comparing`), then what the second
answer has that the first has not, then the planner's own opinion where the texts alone leave it open. When in doubt
the verdict is "agree": silence is a valid refinement, and a wrong correction costs more trust than a missed addition.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.assistant.verdict.asking import Question, ask, own_moments, own_quantities, own_words
from app.assistant.verdict.claims import Claims, extract
from app.assistant.verdict.comparing import COMPARISONS, dates, enumerates, numbers
from app.assistant.verdict.facts import ToolFact, decide
from app.assistant.verdict.moments import Moment
from app.assistant.verdict.moments import agree as same_moment
from app.assistant.verdict.outcome import Opinion, Verdict
from app.assistant.verdict.quantities import same
from app.assistant.verdict.stances import stance
from app.assistant.verdict.words import known_in

ADDED, BARE = 3, 2
"""How much that is new makes an addition, and how much does to a bare yes or no."""

NAME, VALUE = 2, 3
"""A word of content counts 1, one that is a name so much more, a number, a date or one more item of a list so much. All
tuned on the half `tune` of resources/verdict/pairs.jsonl."""

OPEN = 0.5
"""A verdict from the texts of at most this confidence leaves the question open to the planner's opinion..."""

SURE = 0.8
"""... of at least this confidence."""


def judge(
    question: str, first: str, second: str, tools: Sequence[ToolFact] = (), opinion: Opinion | None = None
) -> Verdict:
    """Compare `second` with `first` as answers to `question`.

    tools: what tools found for this question; an exact result that can be compared decides about `first`, whatever
    `second` says. opinion: the planner's own judgement; it counts where the claims decide nothing.
    """
    if (exact := decide(question, first, tools)) is not None:
        return exact
    verdict = _by_claims(question, first, second)
    if opinion is not None and verdict.confidence <= OPEN and opinion.confidence >= SURE and second.strip():
        return Verdict(
            opinion.verdict, f"the planner's own judgement; {verdict.why}", round(0.6 * opinion.confidence, 3)
        )
    return verdict


def _by_claims(question: str, first: str, second: str) -> Verdict:
    asked = ask(question)
    when = {"years": asked.timed, "hours": asked.timed}
    a, b = extract(first, **when), extract(second, **when)
    if b.empty or (not b.clauses and b.polarity is None):
        return Verdict("agree", "the second answer says nothing", 0.95)
    if b.ignorant:
        return Verdict("agree", "the second answer does not know", 0.9)
    if a.ignorant:
        return Verdict("correct", "the first answer did not know", 0.85)
    if a.empty and not (asked.wanted == "talk" and a.clauses):
        return Verdict("correct", "the first answer says nothing", 0.9)
    if asked.wanted == "talk":
        return Verdict("agree", "there is nothing to be right or wrong about", 0.8)
    if (missed := _answers(asked, a, b)) is not None:
        return missed
    settled = asked.wanted == "yes or no" and stance(asked, a) == stance(asked, b) is not None
    for compare in (numbers, dates) if settled else COMPARISONS:
        if (found := compare(asked, a, b)) is not None:
            return Verdict("correct", *found)
    return _what_is_new(asked, a, b)


def _answers(asked: Question, a: Claims, b: Claims) -> Verdict | None:
    """A verdict if one of the two does not answer what was asked."""
    told_a, told_b = tells(asked, a), tells(asked, b)
    if told_a and not told_b:
        return Verdict("agree", "the second answer does not say what was asked", 0.7)
    if told_b and not told_a:
        return Verdict("correct", "the first answer does not say what was asked", 0.7)
    return None


def tells(asked: Question, claims: Claims) -> bool:
    """Whether a text has what the question wants: a number, a time, a name; anything of its own for other questions."""
    own = [word for word in own_words(asked.claims, claims.content) if word in claims.substance]
    if asked.wanted == "number":
        return bool(own_quantities(asked.claims, claims.quantities) or claims.moments)
    if asked.wanted == "time":
        return bool(own_moments(asked.claims, claims.moments) or claims.quantities or not asked.dated)
    if asked.person:
        return any(word in claims.names for word in own)
    if asked.wanted in ("yes or no", "choice"):
        return True
    if asked.wanted != "fact":
        return bool(claims.vocabulary or claims.quantities or claims.moments or claims.polarity)
    return bool(own or claims.quantities or claims.moments or claims.polarity)


def _what_is_new(asked: Question, a: Claims, b: Claims) -> Verdict:
    """An addition, if what the second answer has besides is worth it and it keeps to the first one's subject."""
    words = {w for w in own_words(asked.claims, b.substance) if not known_in(w, a.vocabulary)}
    words -= {word for run in _runs(b) for word in run if any(known_in(other, a.vocabulary) for other in run)}
    known = (*a.quantities, *asked.claims.quantities)
    counts = [
        y for y in own_quantities(asked.claims, b.quantities) if not y.weak and not any(same(x, y) for x in known)
    ]
    times = [y for y in own_moments(asked.claims, b.moments) if _tells_more(y, a.moments)]
    names = words & b.names
    weight = len(words) + NAME * len(names) + VALUE * (len(counts) + len(times))
    if enumerates(b) and asked.wanted in ("fact", "list"):
        weight += VALUE * len(words - names)
    if weight < (BARE if asked.wanted == "yes or no" and not a.clauses else ADDED):
        return Verdict("agree", "it says the same", 0.8 if not weight else 0.6)
    if not _kept(asked, a, b):
        if asked.wanted == "idea":
            return Verdict("add", "it is another idea", 0.5)
        return Verdict("agree", "it speaks of something else", 0.4)
    new = [*(y.said for y in counts), *(y.said for y in times), *sorted(words)]
    return Verdict("add", f"{', '.join(new[:4])} is new", min(0.9, 0.5 + 0.05 * weight))


def _runs(claims: Claims) -> list[frozenset[str]]:
    return [run for clause in claims.clauses for run in clause.runs]


def _tells_more(moment: Moment, others: Sequence[Moment]) -> bool:
    return not any(same_moment(moment, other) and moment.parts <= other.parts for other in others)


def _kept(asked: Question, a: Claims, b: Claims) -> bool:
    """Whether the second answer holds anything of what the first one told."""
    own = [word for word in own_words(asked.claims, a.content) if word in a.substance]
    return bool(
        any(known_in(word, b.vocabulary) for word in own)
        or any(same(x, y) for x in a.quantities for y in b.quantities)
        or any(same_moment(x, y) for x in a.moments for y in b.moments)
        or (stance(asked, a) is not None and stance(asked, a) == stance(asked, b))
        or not (own or a.quantities or a.moments)
    )
