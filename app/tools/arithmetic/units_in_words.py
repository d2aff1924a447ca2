"""Recognises conversions in the user's words: "72 Fahrenheit in Celsius", "how many feet are in a mile".

Both units have to be known by name and to measure the same. Only an explicit "convert" is answered otherwise as well,
with the reason why it cannot be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.tools.arithmetic.convert import NAME
from app.tools.arithmetic.quantity import Amount, amounts
from app.tools.arithmetic.units import Unit, currency, named, pair
from app.tools.base import Call
from app.tools.english.numerals import number, tokens
from app.tools.english.request import request, tidy
from app.tools.english.surroundings import begins_here, ends_here

_CONVERT = tuple(
    tuple(words.split()) for words in ("convert from", "convert", "change", "turn", "translate", "transform", "express")
)
_LEADS = tuple(
    tuple(words.split())
    for words in (
        *("what is the equivalent of", "what is", "what are", "what would", "what do", "what does", "what"),
        *("how much is", "how much are", "how much would", "how much does", "how much", "how hot is", "how cold is"),
        *("how warm is", "how long is", "how far is", "how far are", "how heavy is", "how tall is", "how fast is"),
        *("how high is", "how big is", "how wide is", "how deep is", "how old is", "calculate", "give me", "is", "are"),
    )
)
_INTO = (
    *(("converted", "to"), ("converted", "into"), ("expressed", "in"), ("when", "converted", "to"), ("equal", "to")),
    *(("in", "terms", "of"), ("is", "in"), ("are", "in"), ("come", "to", "in"), ("to",), ("in",), ("into",), ("as",)),
)
_TAILS = frozenset(["is", "are", "be", "equal", "equals", "make", "come"])
_LINKS = frozenset(
    """are is there in to into make makes up equal equals would will does do fit go be per inside within contained
    contains""".split()
)
_HOLDS = frozenset(["have", "has", "make", "makes", "contain", "contains", "hold", "holds", "equal", "be", "equals"])
_BARE_YEARS = frozenset(["time", "years"])


def whole_conversion(text: str, now: datetime) -> Call | None:
    """An intent: the utterance asks for one conversion."""
    words = tokens(request(text))
    if not 2 < len(words) < 30:
        return None
    if words[:2] in (["how", "many"], ["how", "much"]) and (found := _how_many(words, 2, to_the_end=True)):
        return found[0]
    lead = next((lead for lead in (*_CONVERT, *_LEADS) if tuple(words[: len(lead)]) == lead), ())
    if words[-1] in _TAILS and lead:
        words = words[:-1]
    if (call := _money(words, len(lead))) is not None:
        return call
    for parts, end in amounts(words, len(lead), article_needed=lead not in _CONVERT):
        if (after := _link(words, end)) and (target := named(words, after)) and target[1] == len(words):
            return _call(words[len(lead) : end], parts, words[after:], target[0], certain=lead in _CONVERT)
    return None


def mentioned_conversion(text: str, now: datetime) -> Call | None:
    """A hint: one conversion that stands in the text, its units by names of more than one letter."""
    words = tokens(tidy(text))
    for at, word in enumerate(words):
        if word in ("how", "many") and words[at : at + 2] == ["how", "many"]:
            found = _how_many(words, at + 2, to_the_end=False)
            if found and ends_here(words[found[1]] if found[1] < len(words) else ""):
                return found[0]
        if not (word[0].isdigit() or number(words, at)) or not begins_here(words[at - 1] if at else ""):
            continue
        for parts, end in amounts(words, at):
            after = _link(words, end)
            target = named(words, after) if after else None
            if after and target and _speaking(words[end - 1], words[after : target[1]]):
                following = words[target[1]] if target[1] < len(words) else ""
                call = _call(words[at:end], parts, words[after : target[1]], target[0])
                if call is not None and ends_here(following):
                    return call
    return None


def _how_many(words: Sequence[str], at: int, *, to_the_end: bool) -> tuple[Call, int] | None:
    """ "how many FEET are in A MILE": the call and the index after it."""
    wanted = named(words, at)
    if wanted is None:
        return _how_much_money(words, at)
    start = wanted[1]
    while start < len(words) and words[start] in _LINKS:
        start += 1
    linked = start > wanted[1]
    article_needed = "per" not in words[wanted[1] : start]
    for parts, end in amounts(words, start, article_needed=article_needed):
        while end < len(words) and words[end] in _HOLDS:
            end += 1
        if end == len(words) or not to_the_end:
            if not linked and words[end - 1] not in _HOLDS:
                continue  # "how many days a week"
            call = _call(_quantity(words, start, end), parts, words[at : wanted[1]], wanted[0])
            if call is not None:
                return call, end
    return None


def _quantity(words: Sequence[str], start: int, end: int) -> Sequence[str]:
    while words[end - 1] in _HOLDS:
        end -= 1
    return words[start:end]


def _link(words: Sequence[str], at: int) -> int:
    """The index after "to", "in" or "into"; 0 if there is none."""
    return next((at + len(link) for link in _INTO if tuple(words[at : at + len(link)]) == link), 0)


def _speaking(last: str, target: Sequence[str]) -> bool:
    """Whether the units are named by more than a letter, which might be anything in a longer text."""
    return len(last) > 1 and len(" ".join(target)) > 1 and last != "in" and target != ["in"]


def _call(
    quantity: Sequence[str],
    parts: Sequence[Amount],
    wanted: Sequence[str],
    targets: Sequence[Unit],
    *,
    certain: bool = False,
) -> Call | None:
    both = pair(parts[-1].units, targets)
    if both is None:
        kinds = {unit.kind for unit in (*parts[-1].units, *targets)}
        if not certain or kinds <= _BARE_YEARS:
            return None
    elif both[0] is both[1]:
        return None
    return Call(NAME, {"quantity": " ".join(quantity), "unit": " ".join(wanted)})


def _money(words: Sequence[str], at: int) -> Call | None:
    """ "50 dollars in euros", which the tool refuses; "5 pounds in ounces" is none."""
    sign = at < len(words) and words[at] in "$€£¥₹"
    read = number(words, at + sign)
    start = read[1] if read else at + (at < len(words) and words[at] in ("a", "an", "one", "1"))
    end = start if sign and read else currency(words, start)
    if end is None or (start == at and not sign):
        return None
    after = _link(words, end)
    target = currency(words, after) if after else None
    if target != len(words) or target is None:
        return None
    if named(words, start) is not None and named(words, after) is not None:
        return None
    return Call(NAME, {"quantity": " ".join(words[at:end]), "unit": " ".join(words[after:])})


def _how_much_money(words: Sequence[str], at: int) -> tuple[Call, int] | None:
    """ "how many euros is 50 dollars"."""
    end = currency(words, at)
    if end is None or end >= len(words) or words[end] not in ("is", "are", "in", "for", "to"):
        return None
    while end < len(words) and words[end] in ("is", "are", "in", "there", "for", "to"):
        end += 1
    sign = end < len(words) and words[end] in "$€£¥₹"
    read = number(words, end + sign)
    start = read[1] if read else end + (end < len(words) and words[end] in ("a", "an", "one"))
    last = start if sign and read else currency(words, start)
    if last != len(words) or start == end:
        return None
    return Call(NAME, {"quantity": " ".join(words[end:last]), "unit": words[at]}), last
