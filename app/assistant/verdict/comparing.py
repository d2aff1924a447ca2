"""Where two answers contradict each other: other numbers, moments, names, another order, a word in another's place.

Each comparison returns a clause that says what became what, with a confidence, or None if it finds no contradiction.
None of them says that two answers agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from app.assistant.verdict.asking import Question, answering, own_moments, own_quantities, own_words
from app.assistant.verdict.claims import Claims
from app.assistant.verdict.moments import Moment
from app.assistant.verdict.moments import agree as same_moment
from app.assistant.verdict.quantities import Quantity, comparable, same
from app.assistant.verdict.stances import FRAME, Found, denials, mistakes, opposites, stances, swapped
from app.assistant.verdict.words import alike, known_in, opposed

SHORT, LONG = 3, 6
"""Words of its own in an answer that is nothing but the answer; and in a clause that may still replace it."""


def numbers(question: Question, a: Claims, b: Claims) -> Found:
    """Another number where one number was asked for, or for the same thing."""
    told_a, told_b = (
        _strong(own_quantities(question.claims, a.quantities)),
        own_quantities(question.claims, b.quantities),
    )
    if not told_a or not told_b:
        return None
    if (found := _elsewhere(question, told_a[0], b)) is not None:
        return found
    missing = [x for x in told_a if not any(same(x, y) for y in told_b)]
    new = [y for y in told_b if not any(same(x, y) for x in told_a)]
    if not missing or not new:
        return None
    main = told_a[0]
    rivals = [y for y in _strong(new) if comparable(main, y)]
    if missing[0] is main and rivals and (question.wanted == "number" or _one_role(main, rivals[0])):
        return f"{main.said} became {rivals[0].said}", 0.95
    if len(told_a) == len(told_b) > 1 and main not in missing:
        pairs = [(x, y) for x in missing for y in new if comparable(x, y) and (x.unit == y.unit)]
        if pairs:
            return f"{pairs[0][0].said} became {pairs[0][1].said}", 0.7
    return None


def _elsewhere(question: Question, main: Quantity, b: Claims) -> Found:
    """The second answer holds the number, but of something else: the clause that plainly answers has another."""
    if question.wanted != "number" or not b.clauses:
        return None
    clause, plain = answering(question, b)
    told = [
        y for y in _strong(own_quantities(question.claims, clause.quantities)) if y.dimension and comparable(main, y)
    ]
    if not plain or not told or clause is not b.clauses[0] or any(same(main, y) for y in told):
        return None
    return f"{main.said} became {told[0].said}", 0.8


def _strong(told: Sequence[Quantity]) -> list[Quantity]:
    return [quantity for quantity in told if not quantity.weak] or list(told)


def _one_role(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers tell the same thing although the question asked for no number."""
    return (
        bool(a.dimension and a.dimension == b.dimension)
        or (a.noun != "" and alike(a.noun, b.noun))
        or not (a.noun or b.noun)
    )


def dates(question: Question, a: Claims, b: Claims) -> Found:
    """Another date or time of day."""
    told_a, told_b = own_moments(question.claims, a.moments), own_moments(question.claims, b.moments)
    if not told_a or not told_b:
        return None
    missing = [x for x in told_a if _denied(x, b.moments)]
    if not missing:
        return None
    if question.timed or (len(told_a) == 1 and len(told_b) == 1) or len(told_a) == len(missing):
        became = next(y for y in told_b if same_moment(missing[0], y) is False) if told_b else None
        return f"{missing[0].said} became {became.said if became else 'another'}", 0.9 if question.timed else 0.75
    return None


def _denied(moment: Moment, others: Sequence[Moment]) -> bool:
    found = [same_moment(moment, other) for other in others]
    return False in found and True not in found


def replies(question: Question, a: Claims, b: Claims) -> Found:
    """A short answer in whose place another stands: Sydney, Canberra."""
    if question.wanted not in ("fact", "choice", "list", "time") or not a.clauses or not b.clauses:
        return None
    (clause_a, _), (clause_b, plain) = answering(question, a), answering(question, b)
    own_a = [word for word in own_words(question.claims, clause_a.content) if word in a.substance]
    own_b = [word for word in own_words(question.claims, clause_b.content) if word in b.substance]
    if not own_a or not own_b:
        return None
    if all(known_in(word, set(b.clauses[0].content)) for word in own_a) and not b.clauses[0].negated:
        return None  # it begins by saying the same
    names_a, names_b = [w for w in own_a if w in clause_a.names], [w for w in own_b if w in clause_b.names]
    if any(known_in(word, set(own_b)) for word in own_a):
        return _other_person(names_a, names_b)
    if any(known_in(word, b.vocabulary) for word in own_a) and not plain:
        return None  # the second answer speaks of it elsewhere; what it says there is not plain
    became = f"{' '.join(own_a[:4])} became {' '.join(own_b[:4])}"
    if names_a and names_b:
        return became, 0.85
    if len(own_a) <= SHORT and len(own_b) <= LONG:
        return became, 0.65
    return None


def _other_person(a: Sequence[str], b: Sequence[str]) -> Found:
    """Names with one word in common and each another first one: Percy Shelley, Mary Shelley."""
    if len(a) >= 2 and len(b) >= 2 and a[-1] == b[-1] and not set(a[:-1]) & set(b[:-1]):
        return f"{' '.join(a)} became {' '.join(b)}", 0.7
    return None


def picks(question: Question, a: Claims, b: Claims) -> Found:
    """The other one of the two things that were asked about."""
    if question.wanted != "choice":
        return None
    pick_a, pick_b = _pick(question, a), _pick(question, b)
    if pick_a is None or pick_b is None or pick_a == pick_b:
        return None
    return f"{pick_a} became {pick_b}", 0.85


_BOTH = frozenset({"same", "both", "neither", "equal", "equival"})


def _pick(question: Question, claims: Claims) -> str | None:
    """The option that a text chooses (a stem), by naming it alone or first; "neither" if it makes no difference."""
    if not claims.clauses:
        return None
    said = claims.clauses[0]
    named = [word for word in said.stems if word in question.options]
    named = named or [quantity.said for quantity in said.quantities if quantity.said in question.options]
    if not named:
        return "neither" if _BOTH.intersection(said.stems) else None
    first = named[0]
    if len(set(named)) == 1 and said.negated:
        return next((option for option in question.options if option != first), None)
    return first


def order(question: Question, a: Claims, b: Claims) -> Found:
    """The same words the other way round: "faster than", or a list whose order matters."""
    if not a.clauses or not b.clauses:
        return None
    (clause_a, _), (clause_b, _) = answering(question, a), answering(question, b)
    if (swapped(clause_a, clause_b) + opposites(clause_a, clause_b)) % 2 == 1 and swapped(clause_a, clause_b):
        return "the comparison was turned round", 0.85
    own_a, own_b = own_words(question.claims, clause_a.content), own_words(question.claims, clause_b.content)
    if question.ordered and len(own_a) > 2 and sorted(own_a) == sorted(own_b) and own_a != own_b:
        return "the order changed", 0.8
    return None


def members(question: Question, a: Claims, b: Claims) -> Found:
    """A list in which something was exchanged."""
    own_a, own_b = own_words(question.claims, a.content), own_words(question.claims, b.content)
    if question.wanted != "list" and not (enumerates(a) and enumerates(b)):
        return None
    missing = [word for word in own_a if not known_in(word, b.vocabulary)]
    new = [word for word in own_b if not known_in(word, a.vocabulary)]
    shared = len(own_a) - len(missing)
    if missing and new and shared and len(missing) <= shared and len(own_a) > 1:
        return f"{' '.join(missing)} became {' '.join(new[:3])}", 0.7
    return None


def enumerates(claims: Claims) -> bool:
    """Whether a text is little more than a list."""
    items = re.split(r",|;|\band\b|\bor\b", claims.text)
    lengths = [len(re.findall(r"\w+", item)) for item in items]
    return len(items) > 1 and max(lengths[1:]) <= 3 and lengths[0] <= 5 and len(claims.clauses) == 1


def substitutions(question: Question, a: Claims, b: Claims) -> Found:
    """A sentence that stayed the same but for one or two words."""
    if question.wanted in ("idea", "talk") or not a.clauses or not b.clauses:
        return None
    (clause_a, _), (clause_b, _) = answering(question, a), answering(question, b)
    if clause_a.negated != clause_b.negated:
        return None  # "not flat" and "round"
    here, there = clause_a.content[:60], clause_b.content[:60]
    matcher = SequenceMatcher(None, here, there, autojunk=False)
    still = sum(block.size for block in matcher.get_matching_blocks())
    frame = 0.75 if question.wanted == "explanation" else FRAME
    if not still or still < frame * min(len(here), len(there)):
        return None
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        old, new = here[i:i_end], there[j:j_end]
        names = all(w in clause_a.names for w in old) and all(w in clause_b.names for w in new)
        if kind != "replace" or not (len(old) == len(new) <= 2 or (names and len(old) <= SHORT >= len(new))):
            continue
        if any(opposed(word, other) for word in old for other in new):
            continue  # counted as a denial, or made good by a negation
        if any(known_in(word, b.vocabulary) for word in old) or any(known_in(word, a.vocabulary) for word in new):
            continue
        if all(word not in a.substance for word in old) or all(word not in b.substance for word in new):
            continue
        return f"{' '.join(old)} became {' '.join(new)}", 0.65
    return None


COMPARISONS: tuple[Callable[[Question, Claims, Claims], Found], ...] = (
    stances, numbers, dates, picks, order, denials, mistakes, replies, members, substitutions,
)  # fmt: skip
"""The plainest first."""
